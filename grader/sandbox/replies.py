"""What comes back: how loading a program went, and what became of each call. All of it is the submission's doing."""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.errors import did_you_mean, listed_first

from .values import PlainValue

MAX_NAMED_IN_MESSAGE = 12
"""Functions that a message names."""


@dataclass(frozen=True)
class ObservedCall:
    """One call of a supplied table function, as it was answered by the grader: its arguments and its result."""

    name: str
    args: tuple[PlainValue, ...]
    result: PlainValue


@dataclass(eq=False, slots=True)  # not frozen: a thousand are made for each submission, and that costs
class Returned:
    """The call came back with plain data. Tuples stay tuples; NumPy's scalars arrive as Python's.

    `arguments_after` is None unless the call was watched; a supplied generator or function stands there as None.
    `shared`: the same object comes again wherever the same answer comes to the same call (see `Batch`). `size`: the
    bytes that it came in.
    """

    value: PlainValue
    arguments_after: tuple[PlainValue, ...] | None = None
    observed: tuple[ObservedCall, ...] = ()
    shared: bool = False
    size: int = 0


@dataclass(frozen=True)
class Raised:
    """The student's code raised. `traceback_lines` name the lines of the student's own file, outermost first.

    `ancestors`: the names of the types that its type derives from.
    """

    type_name: str
    message: str
    traceback_lines: tuple[str, ...] = ()
    ancestors: tuple[str, ...] = field(default=(), compare=False)

    def is_a(self, type_name: str) -> bool:
        """Whether `except type_name` would catch it."""
        return type_name == self.type_name or type_name in self.ancestors

    def __str__(self) -> str:
        return f"{self.type_name}: {self.message}" if self.message else self.type_name


@dataclass(frozen=True)
class MissingFunction:
    """There is no such function or class; `defined` are those that are there, `why` says what kept it away."""

    function: str
    defined: tuple[str, ...]
    why: str = ""
    what: str = "function"

    def __str__(self) -> str:
        shown = listed_first(self.defined, MAX_NAMED_IN_MESSAGE)
        there = f"it defines {shown}" if shown else f"it defines no {self.what}"
        hint = self.why or did_you_mean(self.function, self.defined)
        return f"there is no {self.what} {self.function!r}{hint}; {there}"


@dataclass(frozen=True)
class BadValue:
    """The call came back with something that is not plain data, or too much of it.

    `where` it stands in the value (`[1]['seen']`; "": it is the value); `parts`: those that were wanted, if they came.
    """

    type_name: str
    message: str
    where: str = ""
    parts: Returned | None = field(default=None, compare=False)

    def __str__(self) -> str:
        place = f" in out{self.where}" if self.where else ""
        return f"returned {self.type_name}{place}: {self.message}"


@dataclass(frozen=True)
class TimedOut:
    """Nothing came back within `seconds`: `what` is the call's limit, loading's, or what was left of the run's.

    `note`: why the limit is what it is, where that wants saying.
    """

    seconds: float
    what: str = "a call"
    note: str = ""

    def __str__(self) -> str:
        return f"took longer than the {self.seconds:g} s that {self.what} may take{self.note}"


@dataclass(frozen=True)
class Died:
    """The process ended in the middle: by a signal, a limit or its own wish."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True)
class Protocol:
    """The process wrote to the grader's channel itself, or closed it."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True)
class Refused:
    """The program cannot be run as it is: not UTF-8, no notebook, too large."""

    message: str

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True)
class Skipped:
    """The call was not made."""

    reason: str

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True)
class LoadLoss:
    """A statement that stopped while the program was loaded, or was left out (then `kind` is empty).

    `kind`: the type of its exception; `root`: the number of the loss that made it stop, or its own.
    """

    place: str
    line: int
    kind: str
    message: str
    root: int

    def __str__(self) -> str:
        if not self.kind:
            return f"line {self.line} was left out: {self.message}"
        return f"line {self.line} stopped: {self.kind}{f': {self.message}' if self.message else ''}"


@dataclass(frozen=True)
class LoadedProgram:
    """The program was read and run to its end; `functions` are the names it defines.

    `losses` are the first of its statements that stopped, `lost` is how many did.
    """

    functions: tuple[str, ...]
    losses: tuple[LoadLoss, ...] = ()
    lost: int = 0


@dataclass(frozen=True)
class SlowReply:
    """A reply that came after longer than a call may take by the clock on the wall: `wall` and `processor` seconds."""

    reply: Reply
    wall: float
    processor: float


Reply = Returned | Raised | MissingFunction | BadValue | TimedOut | Died | Protocol | Skipped
Load = LoadedProgram | Refused | Raised | TimedOut | Died | Protocol
