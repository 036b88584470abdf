"""One submission's conversation: load it, ask for calls, put a new child in the place of one that was lost."""

from __future__ import annotations

import secrets
from binascii import b2a_base64
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import accumulate
from types import TracebackType

from grader.errors import HarnessError

from .answers import is_end
from .batch import Batch
from .codec import UndecodableError, parse
from .endings import ENDED_EARLY, KILLED_TWICE, MEMORY_EXIT_STATUS, NEVER_STARTED, TOO_BUSY
from .limits import MIB, Limits
from .loading import MAX_LOADING_FRAMES, Loading, LoadWatch
from .observation import Observation, observations
from .process import Log, Process, Stopped, frames_into
from .program import NotRunnableError, StudentProgram
from .replies import Died, Load, LoadedProgram, Protocol, Refused, Reply, Skipped, TimedOut
from .round import THE_WHOLE_RUN, RetryPolicy, Round, retry_all, used_up
from .values import FunctionCall

Spawn = Callable[[Log], Process]

CONFINE_TIMEOUT_S = 60.0  # seconds until a child is confined; usually it waits for us already
A_CALL = "a call"

MAX_INTERRUPTIONS = 20  # of one session: processes killed by somebody else, each of which is made up for


class Session:
    """Use as a context manager; afterwards no process of it is left."""

    def __init__(
        self,
        spawn: Spawn,
        program: StudentProgram | Loading,
        limits: Limits,
        seed: int,
        *,
        can_kill_itself: bool = False,
    ) -> None:
        """`can_kill_itself`: whether the program can end its own process by SIGKILL; where not, others have done it."""
        self.limits = limits
        self.seed = seed
        self.timed_out_seconds = 0.0  # seconds of calls that took too long
        self.irregular = False  # whether a process was lost by what the program did
        self._can_kill_itself = can_kill_itself
        self._spawn = spawn
        self._log = Log(limits.log_bytes)
        self._process: Process | None = None
        self._spent = self._loading_spent = 0.0
        self._lost = self._interruptions = 0
        self._over: str | None = None
        self._loading = program if isinstance(program, Loading) else Loading(program)
        self._closed = self._has_loaded = False
        try:
            self._loading.cells(limits)
        except NotRunnableError as problem:
            self.load: Load = Refused(str(problem))
        else:
            self.load = self._start()
            self._has_loaded = True

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._process is not None:
            self._end()
        self._closed = True

    @property
    def log(self) -> bytes:
        """The last of what was printed so far, standard output and standard error together."""
        return self._log.tail()

    @property
    def spent(self) -> float:
        """Seconds of its run that it has used, of its own time."""
        return self._spent

    @property
    def used_up(self) -> bool:
        """Whether it can answer nothing more: its time is over, or too many of its processes were lost."""
        return self._over is not None or self._left() <= 0 or self._lost > self.limits.restarts

    def call(
        self, calls: Sequence[FunctionCall] | Batch, *, fresh: bool = False, retry: RetryPolicy = retry_all
    ) -> list[Reply]:
        """One reply a call, in order. `fresh`: in a new child, which nothing asked before can have changed."""
        batch = calls if isinstance(calls, Batch) else Batch(calls)
        if fresh and self._process is not None:
            self._end()
        return next(self.stream(batch, [len(batch)], retry))

    def stream(self, batch: Batch, sizes: Sequence[int], retry: RetryPolicy = retry_all) -> Iterator[list[Reply]]:
        """The replies in pieces of these sizes, each when it is there; nothing else may be asked before the last.

        While one piece is looked at, the child is busy with the next. A call that takes too long or ends its process
        is lost, and the next child is asked for those that `retry` names; a call that is not among it is `Skipped`.
        """
        too_slow = TimedOut(self.limits.call_seconds, A_CALL, self.limits.call_note)
        begun = Round(batch, retry, too_slow, sizes)
        start = 0
        for end in accumulate(sizes):
            while len(begun.replies) < (wanted := begun.end_for(end)):
                if not begun.frames_until(wanted):
                    begun.skip(wanted)
                elif reason := self._why_not():
                    begun.skip(wanted, Skipped(reason))
                else:
                    self._ask(begun, wanted)
            begun.settle()
            yield begun.replies[start:end]
            start = end

    def at_rest(self) -> bool:
        """True if its child waits for calls and has sent nothing unasked; any other child is ended."""
        if self._process is None:
            return False
        frames: list[bytes] = []
        stopped = self._exchange(Batch([]).request(), 1, self.limits.call_seconds, frames_into(frames))
        with suppress(UndecodableError):
            if stopped is None and is_end(frames[0], self._process.answered):
                return True
        self.irregular = True
        self._end()
        return False

    def observe(self, batch: Batch) -> list[Observation]:
        """What each call does to its arguments, in a child that is there for nothing else.

        Shorter than the batch where the child ended, took too long for a call or wrote to the channel itself.
        HarnessError: if no child can be had.
        """
        if self._closed or not isinstance(self.load, LoadedProgram):
            return []
        word = secrets.token_hex(16)
        request = b2a_base64(batch.request(), newline=False)
        source = self._loading.frame(self.limits, self.seed)
        source = b'%s,"word":"%s","observe":"%s"}' % (source[:-1], word.encode("ascii"), request)
        for _attempt in range(2):
            frames: list[bytes] = []
            process = self._spawn(self._log)
            try:
                body = process.program(source)
                process.exchange(body, 1, CONFINE_TIMEOUT_S, CONFINE_TIMEOUT_S, frames_into(frames))
                if frames and parse(frames.pop()) == ["confined"]:
                    seconds = max(self._loading.seconds(self.limits), self.limits.call_seconds)
                    left = self.limits.run_seconds + seconds
                    asked = batch.record().after(frames)
                    stopped = process.exchange(None, 1 + len(batch), seconds, left, frames_into(frames), asked)
                    if stopped is not None and stopped.kind == "starved":
                        raise HarnessError(TOO_BUSY)
                    if stopped is None or stopped.kind != "lost":
                        return observations(frames, batch.calls, word)
            except UndecodableError:
                return []
            finally:
                process.end()
        raise HarnessError(NEVER_STARTED)

    # ------------------------------------------------------------ children
    def _why_not(self) -> str | None:
        """Ensures that a child runs; returns the reason if it cannot, else None."""
        if not isinstance(self.load, LoadedProgram):
            return "the program could not be loaded"
        if self._over is not None:
            return self._over
        if self._closed:
            return "the session is closed"
        if self._left() <= 0:
            return used_up(self.limits.run_seconds)
        if self._process is None:
            if self._lost > self.limits.restarts:
                return f"its process was lost {self._lost} times"
            if not isinstance(load := self._start(), LoadedProgram):
                return f"the program could not be loaded again: {load}"
        return None

    def _left(self) -> float:
        return self.limits.run_seconds - self._spent

    def _start(self) -> Load:
        """A new child with the program loaded in it, or how that went wrong.

        A statement that takes too long, prints too much or ends its process is left out, and the next is tried.
        """
        while True:
            watch = LoadWatch(self._loading)
            stopped = self._load(watch)
            if stopped is None:
                return self._loaded(watch)
            assert self._process is not None
            spent, seconds = self._process.spent, self._loading.seconds(self.limits)
            self._end()
            failure = self._loss(stopped)
            if watch.step is None or stopped.kind not in ("time", "ended", "printed"):
                return failure
            if stopped.kind == "time":
                again = self._loading.too_slow(watch.step, self.limits, in_all=stopped.in_all or spent >= seconds)
            else:
                again = self._loading.leave_out(watch.step, str(failure).removesuffix(ENDED_EARLY))
            if not again:
                return failure

    def _load(self, watch: LoadWatch) -> Stopped | None:
        """Load the program in a new child; how it was lost, by what the program did.

        What it prints while it is loaded is not counted, nor is the time: that has a limit of its own.
        """
        for attempt in range(2):
            self._process = self._spawn(self._log)
            self._log.total = 0
            frames: list[bytes] = []
            body = self._process.program(self._loading.frame(self.limits, self.seed))
            self._process.exchange(body, 1, CONFINE_TIMEOUT_S, CONFINE_TIMEOUT_S, frames_into(frames))
            if frames and parse(frames[0]) != ["confined"]:
                self._end()
                raise HarnessError(f"the sandbox could not be put up: {parse(frames[0])[-1]}")
            if frames:
                share, seconds = self._loading.share(self.limits), self._loading.seconds(self.limits)
                stopped = self._process.exchange(
                    None, MAX_LOADING_FRAMES, share, seconds, watch.take, None, None, MAX_LOADING_FRAMES
                )
                self._count_loading(self._process.spent)
                self._check_starved(stopped)
                if watch.is_unclear(forged=self._process.may_be_forged):
                    self._end()
                    watch.begin_again(together=False)
                    return self._load(watch)
                if stopped is None or not self._by_others(stopped, second=attempt > 0):
                    self._log.total = 0
                    return stopped
                watch.begin_again()
            self._end()  # that was not the student's doing
        raise HarnessError(KILLED_TWICE if frames else NEVER_STARTED)

    def _count_loading(self, seconds: float) -> None:
        """Loading takes none of the run's time, unless child after child has to be put in the place of a lost one."""
        free = max(2 * self.limits.load_seconds - self._loading_spent, 0.0)
        self._loading_spent += seconds
        if self._has_loaded:
            self._spent += max(seconds - free, 0.0)

    def _loaded(self, watch: LoadWatch) -> Load:
        load = watch.result()
        if not isinstance(load, LoadedProgram):
            self._end()
        return load

    def _loss(self, stopped: Stopped) -> Load:
        if stopped.kind == "printed":
            return Died(f"it printed more than {self.limits.log_limit / MIB:g} MiB")
        if stopped.kind == "time":
            return TimedOut(self._loading.seconds(self.limits), "loading")
        if stopped.ending.status >> 8 == MEMORY_EXIT_STATUS:
            return Died(f"it needs more memory than the {self.limits.memory / MIB:g} MiB that there are")
        failure = self._ended(stopped, self.limits.load_seconds, "loading")
        assert not isinstance(failure, Skipped)
        return failure

    def _end(self) -> None:
        """End the child."""
        assert self._process is not None
        process, self._process = self._process, None
        process.end()

    def _exchange(
        self,
        body: bytes | None,
        wanted: int,
        seconds: float,
        on_frames: Callable[[list[bytes]], bool],
        begun: Round | None = None,
    ) -> Stopped | None:
        """HarnessError: the machine is too busy for the child to get on."""
        assert self._process is not None
        asked = None if begun is None else begun.asked
        stopped = self._process.exchange(body, wanted, seconds, self._left(), on_frames, asked, begun)
        self._spent += self._process.spent
        if stopped is not None and stopped.in_all:  # the queue may have been told of since, so that less was spent
            self._spent = max(self._spent, self.limits.run_seconds)
        self._check_starved(stopped)
        return stopped

    def _check_starved(self, stopped: Stopped | None) -> None:
        """HarnessError: the machine is too busy for the child to get on."""
        if stopped is not None and stopped.kind == "starved":
            self._end()
            raise HarnessError(TOO_BUSY)

    # --------------------------------------------------------------- calls
    def _ask(self, begun: Round, end: int) -> None:
        """Replies below `end`, or up to a call that is lost or must be asked again."""
        assert self._process is not None
        body = begun.next_request(self._process)
        if body is not None and len(body) > self.limits.input_bytes:
            raise HarnessError(
                f"a batch of calls takes {len(body) / MIB:.1f} MiB; send at most {self.limits.input_bytes / MIB:g}"
            )
        spent = self._spent
        stopped = self._exchange(body, begun.frames_until(end), self.limits.call_seconds, begun.take, begun)
        self.timed_out_seconds += self.limits.call_seconds * begun.slow_calls
        begun.slow_calls = 0
        if stopped is None and begun.problem is None:
            return
        forged = begun.problem is not None or self._process.may_be_forged
        ended = stopped if begun.problem is None else None
        self._end()
        if ended is not None and self._by_others(ended, second=begun.interrupted):
            self._ask_again(begun, spent)
            return
        self.irregular = True
        reply = self._ended(ended, self.limits.call_seconds, A_CALL) if ended else Protocol(begun.problem or "")
        if forged and begun.can_show_where:
            begun.ask_one_by_one(reply)
        else:
            begun.lose(reply)
            self._lost += 1

    def _ask_again(self, begun: Round, spent: float) -> None:
        """Makes the present call again in a fresh child; the time that the lost one took is not counted."""
        if begun.interrupted or self._interruptions >= MAX_INTERRUPTIONS:
            raise HarnessError(KILLED_TWICE)
        begun.interrupt()
        self._interruptions += 1
        self._spent = spent

    def _by_others(self, stopped: Stopped, *, second: bool) -> bool:
        """Whether a process was ended by somebody else, as far as can be told.

        What the program could have done itself (kill its process or the one above it, where nothing forbids that, or
        use so much memory that the system ends it) is taken for its own doing when it happens a `second` time.
        """
        ending = stopped.ending
        if stopped.kind != "lost" and (not ending.killed or ending.used_up_time(self.limits)):
            return False
        return not second or not (self._can_kill_itself or ending.used_much_memory(self.limits))

    def _ended(self, stopped: Stopped, seconds: float, what: str) -> TimedOut | Died | Protocol:
        """What a conversation's end means for the call (or the loading) that was going on."""
        match stopped.kind:
            case "time" if self._left() <= 0:
                return TimedOut(self.limits.run_seconds, THE_WHOLE_RUN)
            case "time" if what == A_CALL:
                self.timed_out_seconds += seconds
                return TimedOut(seconds, what, self.limits.call_note)
            case "time":
                return TimedOut(seconds, what)
            case "channel":
                return Protocol("it closed the channel to the grader or wrote to it")
            case "printed":
                self._over = f"it printed more than {self.limits.log_limit / MIB:g} MiB"
                return Died(self._over)
            case "answers":
                self._over = f"its answers are larger than {self.limits.output_bytes / MIB:g} MiB together"
                return Died(self._over)
            case "lost":
                return Died("its process and the one that started it were ended twice")
        return Died(stopped.ending.in_words(self.limits))
