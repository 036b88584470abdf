"""What a submission answered to one case, and to the same call asked a second time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from grader.kinds.function.parts import OutputPaths, in_order, part_at, part_of
from grader.kinds.function.values import as_value, identical, show
from grader.sandbox import (
    BadValue,
    FailedStep,
    Raised,
    Reply,
    Returned,
    Skipped,
    TimedOut,
    UnreadablePart,
    bad_part,
    failed_step,
)

MAX_KNOWN_ANSWERS = 8
"""Different answers to all the cases of a group that are remembered."""

UNREAD_VALUE = object()
"""Stands for a value that has not been looked at yet."""


class CaseAnswer:
    """A reply; `again` is that to the same call asked a second time."""

    __slots__ = ("_other", "_paths", "_value", "again", "reply")

    def __init__(self, reply: Reply, again: Reply | None = None, paths: OutputPaths = None) -> None:
        """`paths`: the parts of it that a line speaks of (None: all of it)."""
        self.reply = reply
        self.again = again
        self._paths = paths
        self._value: Any = UNREAD_VALUE
        self._other: Any = UNREAD_VALUE

    @property
    def shared(self) -> bool:
        """Whether these very replies come again where another submission answers alike."""
        return is_shared(self.reply) and (self.again is None or is_shared(self.again))

    def in_parts(self, paths: OutputPaths) -> CaseAnswer:
        """The same for a line that speaks of these parts alone: the rest may be anything (None: of all of it)."""
        first, again = _parts_sent(self.reply, paths), None if self.again is None else _parts_sent(self.again, paths)
        if not paths and first is self.reply and again is self.again:
            return self
        answer = CaseAnswer(first, again, paths)
        if first is self.reply:
            answer._value = self.value  # worked out once for all lines
        return answer

    @property
    def value(self) -> Any:
        """What was returned, for expressions; None where nothing was."""
        if self._value is UNREAD_VALUE:
            self._value = as_value(self.reply.value) if isinstance(self.reply, Returned) else None
        return self._value

    def text(self) -> str:
        """What came back, in words."""
        if isinstance(self.reply, Returned):
            return show(self.value if not isinstance(self.reply.value, list | tuple) else self.reply.value)
        if isinstance(self.reply, Raised):
            where = ": ".join(map(str.strip, self.reply.traceback_lines[-2:]))
            return f"{self.reply} ({where})" if where else str(self.reply)
        return str(self.reply)

    def other(self) -> CaseAnswer | None:
        """The second answer to the same call, where it differs from the first; compared once."""
        if self._other is UNREAD_VALUE:
            self._other = self._differing()
        return self._other  # type: ignore[no-any-return]  # a CaseAnswer or None

    def _differing(self) -> CaseAnswer | None:
        if self.again is None or unasked(self.again):
            return None
        other = CaseAnswer(self.again)
        if isinstance(self.reply, Raised) and isinstance(self.again, Raised):
            return None if self.reply.type_name == self.again.type_name else other
        if isinstance(self.reply, Returned) and isinstance(self.again, Returned):
            return None if identical(*map(self._spoken_of, (self.value, other.value))) else other
        return other

    def _spoken_of(self, value: Any) -> Any:
        """What a line speaks of in a value: what stands beside it may be another each time."""
        return [part_at(value, path) for path in in_order(self._paths)] if self._paths else value


class KnownCaseAnswers:
    """The answers to all cases that replies make, for the replies that come again, being shared by submissions."""

    def __init__(self) -> None:
        self._known: list[tuple[Sequence[Reply], Sequence[CaseAnswer]]] = []

    def of(self, replies: Sequence[Reply], make: Callable[[], list[CaseAnswer]]) -> list[CaseAnswer]:
        """A list of its own, with the answers that `make` gives for these very replies."""
        for before, answers in self._known:
            if before == replies:  # the same objects: what a call returned is equal to nothing else
                return list(answers)
        answers = make()
        if len(self._known) < MAX_KNOWN_ANSWERS and all(map(is_shared, replies)):
            self._known.append((list(replies), tuple(answers)))
        return answers


def _parts_sent(reply: Reply, paths: OutputPaths) -> Reply:
    """What a reply is for a line that speaks of these parts alone."""
    if paths is None:
        return _steps_made(reply, whole=True)
    sent = reply.parts if isinstance(reply, BadValue) and reply.parts is not None else reply
    if not paths:
        return _steps_made(sent, whole=False)
    if isinstance(sent, Returned):
        for path in in_order(paths):
            value = sent.value
            for step in path:
                value = part_of(value, step)
                if isinstance(value, UnreadablePart):
                    return bad_part(value)
                if isinstance(value, FailedStep):
                    return failed_step(value)
    return sent


def _steps_made(reply: Reply, *, whole: bool) -> Reply:
    """What the steps on an object are for a line that is about all of them: an exception where one of them raised.

    `whole`: the line speaks of what they gave.
    """
    values = reply.value.values() if isinstance(reply, Returned) and isinstance(reply.value, dict) else ()
    for value in values:
        if isinstance(value, FailedStep):
            return failed_step(value)
        if whole and isinstance(value, UnreadablePart):
            return bad_part(value)
    return reply


def is_shared(reply: Reply) -> bool:
    """Whether this very object comes again with the same answer."""
    return isinstance(reply, Returned) and reply.shared


def unasked(reply: Reply) -> bool:
    """Whether time ran out before (or during) a call, through no fault of this call alone."""
    return isinstance(reply, Skipped) or (isinstance(reply, TimedOut) and reply.what != "a call")
