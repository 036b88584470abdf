"""Questions that are answered with a Python function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from grader.audience import ReportField, enters_report
from grader.errors import SourceLocation
from grader.inputs.input_set import InputSet, sets_in
from grader.inputs.outputs import Output
from grader.kinds.finding import Finding
from grader.kinds.function import KIND
from grader.kinds.function.objects import script_text
from grader.language.tree import Tree
from grader.machines.program import Program
from grader.sandbox import ObjectScript
from grader.spec.packages import DEFAULT_PACKAGES
from grader.spec.places import find
from grader.spec.question import BaseQuestion, RubricLine


@dataclass(frozen=True)
class Signature:
    """The name of the function and of its arguments; of a class, with what is done with an object of it."""

    name: str
    parameters: tuple[str, ...]
    script: ObjectScript | None = None

    def __str__(self) -> str:
        if self.script is not None:
            return script_text(self.name, self.script, self.parameters)
        return f"{self.name}({', '.join(self.parameters)})"


NETWORK_NAME = "network"


@dataclass(frozen=True)
class AimKey:
    """A key of a line: what is written behind it, and what the schema says of it.

    - `property`: an expression over the inputs, `out` and calls of the function; `part`: the same without calls
    - `reference`: the name of a function of the course, or `network`
    - `words`: a text that the aim reads itself; `flag`: true or false

    `partly`: what it says as a key of a part ("": parts do not have it); `alone`: what is wrong with a line that has
    this key without the first one of its aim.
    """

    sort: Literal["property", "part", "reference", "words", "flag"]
    description: str
    partly: str = ""
    alone: str = ""


class Aim:
    """What a line asks for. Two that are equal ask for the same: subclasses are frozen dataclasses.

    An aim is one file in `grader/kinds/function/aims/`, with this, as it is written, and a `LinePlan` that judges
    answers by it; and one row of the table there.

    - `keys`: the keys of a line that state it, its own first
    - `wants_value`: a call that gives none is wrong already, as is one that gives another the second time, and the aim
      is not asked
    - `reads_output`: it looks at the output (or its line's `part` of it), and not through the line's `property` alone
    - `gives_outputs`: what its reference returns is a right output
    - `watched`: it asks only what calls leave as it was: they are watched, and the line counts beside one that is met
    - `pending`: what is said of a line that nothing here can judge
    - `reference`: the course's function (or the network) that it compares with
    """

    keys: ClassVar[Mapping[str, AimKey]]
    wants_value: ClassVar[bool] = True
    reads_output: ClassVar[bool] = True
    gives_outputs: ClassVar[bool] = False
    watched: ClassVar[bool] = False
    pending: ClassVar[str] = ""
    reference: str = ""

    @classmethod
    def key(cls) -> str:
        """Its own key, in the file of the question."""
        return next(iter(cls.keys))

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """What a line asks for that has these values behind the keys: here, all of them that are no flags.

        Raises:
            FieldError: where that is nothing.
        """
        return cls(*(value for key, value in given.items() if cls.keys[key].sort != "flag"))

    def __str__(self) -> str:
        """What is asked for, in a few words: `raises ValueError`."""
        return self.key()

    def expressions(self) -> Mapping[str, Tree]:
        """The expressions that it is written with, by key."""
        return {}

    def contradicts(self, other: Aim) -> bool:
        """Whether no output is right for both, whatever the input."""
        return False

    def check_written(
        self, question: FunctionQuestion, check: FunctionCheck, keys: tuple[str | int, ...]
    ) -> Iterator[Finding]:
        """What is wrong with it that can be seen without an answer; `keys`: where it stands in the question's file."""
        yield from ()

    @classmethod
    def tells_answer(cls, written: Any, function: str) -> bool:
        """Whether what is written behind its key says what is right, so that it is left out of a student's copy."""
        return cls.keys[cls.key()].sort == "reference" and bool(written != NETWORK_NAME)


@dataclass(frozen=True)
class Partly:
    """A weaker aim that earns some of the points, and what to say."""

    aim: Aim
    points: Fraction
    say: str
    rtol: float
    atol: float


@dataclass(frozen=True)
class FunctionCheck:
    """A rubric line of a function question; `longest` lists every input up to there instead of drawing some.

    `cases`: how many are drawn for this line (None: as many as the question says).

    `say` is what a student reads first where the line fails (and no `partly` says something else); `nan`: NaN may come.
    """

    name: str
    points: Fraction
    aim: Aim
    when: Tree | None
    sets: Mapping[str, InputSet]
    longest: int | None
    cases: int | None
    rtol: float
    atol: float
    nan: bool
    hidden: bool
    say: str
    partly: tuple[Partly, ...]

    @property
    def aims(self) -> tuple[Aim, ...]:
        """That of the line, and those of its parts."""
        return self.aim, *(part.aim for part in self.partly)

    @property
    def shows_case(self) -> bool:
        """True if reports show the input on which the line fails."""
        return enters_report(ReportField.HIDDEN_CASE if self.hidden else ReportField.CASE)


@dataclass(frozen=True)
class KnownCode:
    """Python source and what it earns."""

    name: str
    code: str
    earns: Fraction


@dataclass(frozen=True, eq=False)
class FunctionQuestion(BaseQuestion):
    """A question whose answer is a Python function; `path` is its file, from where references are found.

    `returns` is the form of a right output, where the question states it. `packages` are what code may import.
    """

    kind: ClassVar = KIND

    signature: Signature
    checks: tuple[FunctionCheck, ...]
    assume: Tree | None
    network: Program | None
    ladder: bool
    cases: int
    seed: int
    call_seconds: float
    known: tuple[KnownCode, ...]
    path: Path
    returns: Output | None = None
    packages: tuple[str, ...] = DEFAULT_PACKAGES

    def place_of_tensors(self) -> SourceLocation | None:
        """Where the question says that code is given tensors; None where it does not."""
        for i, check in enumerate(self.checks):
            for name, members in check.sets.items():
                if any(one.array_type is not None and one.array_type.library == "torch" for one in sets_in(members)):
                    found = (
                        find(self.source, (*keys, "inputs", key))
                        for keys in ((), ("checks", i))
                        for key in ("array", name)
                    )
                    return next((node.place for _key, node in found if node is not None), self.place("inputs"))
        return None

    @property
    def rubric(self) -> tuple[RubricLine, ...]:
        """The lines and what they are worth."""
        return tuple(RubricLine(check.name, check.points) for check in self.checks)
