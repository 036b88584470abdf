"""A batch on its way through the children of a session: who was asked for what, and the replies so far."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence

from .answers import is_end
from .batch import Batch
from .codec import UndecodableError
from .process import Process
from .replies import Protocol, Reply, Skipped, SlowReply, TimedOut

RetryPolicy = Callable[[int, Sequence[int]], Sequence[int]]
"""Given a call without an answer and those after it (by number): which of these are still made."""

SKIPPED_AFTER_LOSS = Skipped("what it would have shown was lost with a call before it")
THE_WHOLE_RUN = "the whole run"
"""In place of a call where the time of a session ran out during one."""


def used_up(run_seconds: float) -> str:
    """What is said of calls for which there was no time left."""
    return f"the {run_seconds:g} s that {THE_WHOLE_RUN} may take were used up"


def retry_all(_lost: int, left: Sequence[int]) -> Sequence[int]:
    return left


class Round:
    """`replies` grow in the order of the batch. A child is told everything that is left at once.

    `too_slow` is the reply to a call that came back, and took longer than it may.
    """

    def __init__(
        self,
        batch: Batch,
        retry: RetryPolicy = retry_all,
        too_slow: Reply = SKIPPED_AFTER_LOSS,
        sizes: Sequence[int] | None = None,
    ) -> None:
        """`sizes`: of the pieces in which replies are asked for (None: all at once)."""
        self.batch = batch
        self.too_slow = too_slow
        self.slow_calls = 0
        self.replies: list[Reply] = []
        self.problem: str | None = None
        self._retry = retry
        self._skipped = SKIPPED_AFTER_LOSS
        self._record = batch.record()
        self._child: Process | None = None
        self._todo: Sequence[int] = range(len(batch))  # the calls that the child was sent, ascending
        self._at = 0  # how many of them it has answered
        self._first = 0  # the number by which it counts the first of them
        self._ended = False
        self._in_step = False  # whether the child counts the calls as the batch does, and each is answered by itself
        self._block_ends = batch.blocks.ends([len(batch)] if sizes is None else sizes)
        self._block_end = 0  # of the block that is read at present
        self._part: list[bytes] = []  # of a block of answers, those that were read
        self._one_by_one = batch.supplies  # whether children send each answer at once
        self._suspected: tuple[int, Reply] | None = None  # what is lost if nothing shows at which call it was
        self._interrupted_at = -1  # how many replies there were when the last child was killed by somebody else

    def next_request(self, child: Process) -> bytes | None:
        """The next frame for a child; None where it has been sent already."""
        if child is self._child:
            return None
        self._child, self._first = child, child.answered
        self._todo, self._at = self._todo[bisect_left(self._todo, len(self.replies)) :], 0
        whole = len(self._todo) == len(self.batch) and not self.replies
        self._in_step = whole and not self._first and not self.batch.supplies
        return self.batch.request(self._todo, one_by_one=self._one_by_one)

    def frames_until(self, end: int) -> int:
        """How many frames come before all replies below `end` are there; after the last answer one says so."""
        stop = bisect_left(self._todo, end, self._at)
        return 0 if self._ended else stop - self._at + (stop == len(self._todo))

    def take(self, frames: Sequence[bytes]) -> bool:
        """Read the next frames; False when one is not what an honest child sends now (`problem` says why)."""
        todo, replies, reply_in = self._todo, self.replies, self.batch.reply
        at, first = self._at, self._first
        try:
            for frame in frames:
                if at == len(todo):
                    self._ended = is_end(frame, first + at)
                    if not self._ended:
                        raise UndecodableError("it sent an answer that nobody had asked for")
                    break
                index = todo[at]
                if index > len(replies):
                    self.skip(index)
                reply = reply_in(index, frame, first + at, self._record)
                replies.append(self._measured(reply) if isinstance(reply, SlowReply) else reply)
                at += 1
        except UndecodableError as problem:
            self.problem = str(problem)
        self._at = at
        if self._in_step and not self._ended:
            self._remember(frames)
        assert self._child is not None
        self._child.answered = first + at
        return self.problem is None

    # ------------------------------------------------------ answers that are known
    def take_known(self, data: bytes, at: int, most: int) -> tuple[int, int]:
        """Take the blocks of answers that have all come before; their bytes, and their frames (0: there is none)."""
        if not self._in_step:
            return 0, 0
        size, first, find = 0, self._at, self.batch.blocks.find
        while (end := self._block_ends.get(self._at)) is not None:
            self._block_end, self._part = end, []
            block = find(self._at, end, data, at + size) if end - first <= most else None
            if block is None:
                break
            self.replies += block.replies
            size, self._at = size + len(block.data), end
        assert self._child is not None
        self._child.answered = self._at
        return size, self._at - first

    def frames_until_known(self) -> int:
        """The frames that are left of a block; behind the last of them comes the one that ends the batch."""
        return max(self._block_end - self._at, 1) if self._in_step else len(self.batch) + 1

    def _remember(self, frames: Sequence[bytes]) -> None:
        """Remember the answers to a block that has been read whole."""
        self._part += frames
        start = self._at - len(self._part)
        if self.problem is None and self._block_ends.get(start) == self._at:
            self.batch.blocks.remember(start, self._part, self.replies[start : self._at])

    def _measured(self, slow: SlowReply) -> Reply:
        """The reply to a call that took long by the child's clock: it counts if that was not the program's doing."""
        assert self._child is not None
        if not self._child.too_slow(slow.wall, slow.processor):
            return slow.reply
        self.slow_calls += 1
        return self.too_slow

    def asked(self, question: bytes) -> bytes | None:
        """What a supplied function answers; None where no honest child asks for it now (`problem` says why)."""
        try:
            if self._at == len(self._todo):
                raise UndecodableError("it asked for a value of a supplied function when it was at no call")
            return self._record.answer(self._todo[self._at], question)
        except UndecodableError as problem:
            self.problem = str(problem)
            return None

    @property
    def interrupted(self) -> bool:
        """Whether the call at hand is asked for the second time, its first child having been killed by others."""
        return self._interrupted_at == len(self.replies)

    def interrupt(self) -> None:
        """The child was killed by somebody else; the next one is sent the calls that are left, if there are any."""
        self._child = None
        self._record.clear()
        self._interrupted_at = len(self.replies)
        self._ended = self._at == len(self._todo)

    @property
    def can_show_where(self) -> bool:
        """Whether another child, each of whose answers leaves at once, can show at which call something was sent.

        What a program writes to the channel itself comes ahead of the answers that its process has not sent.
        """
        return not self._one_by_one and self._at + 1 < len(self._todo)

    def ask_one_by_one(self, reply: Reply) -> None:
        """A child sent what no honest one sends, or closed its channel; the next is sent the calls that are left.

        `reply` is that to the call at hand if nothing is wrong with the next child.
        """
        self._child = self.problem = None
        self._one_by_one = True
        self._suspected = len(self.replies), reply

    def end_for(self, end: int) -> int:
        """How many replies must be there before those below `end` are known: all while it is open which is lost."""
        return end if self._suspected is None else len(self.batch)

    def settle(self) -> None:
        """The replies up to an end are there; nothing showed which one was lost, where one was: that to the first."""
        if self._suspected is not None and len(self.replies) == len(self.batch):
            index, reply = self._suspected
            self.replies[index], self._suspected = reply, None

    def lose(self, reply: Reply) -> None:
        """The child is lost, and with it the call that it was at: `reply` says how."""
        self._child = self.problem = self._suspected = None
        self._record.clear()
        if self._at < len(self._todo):
            lost, left = self._todo[self._at], self._todo[self._at + 1 :]
            self.skip(lost)
            self.replies.append(reply)
            if isinstance(reply, TimedOut) and reply.what == THE_WHOLE_RUN:
                self._skipped = Skipped(used_up(reply.seconds))
            self._todo, self._at = self._retry(lost, left) if left else left, 0
            self._ended = not self._todo
        else:  # every call was answered
            self._ended = True
            if isinstance(reply, Protocol) and self._todo:  # and one more
                self.replies[self._todo[-1]] = reply

    def skip(self, end: int, reply: Skipped | None = None) -> None:
        """`reply` stands for every call below `end` that has none (None: what the last loss has made of it)."""
        self.replies += [reply or self._skipped] * (end - len(self.replies))
