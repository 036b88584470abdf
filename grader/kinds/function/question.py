"""Questions that are answered with a Python function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

from grader.audience import ReportField, enters_report
from grader.errors import SourceLocation
from grader.inputs.input_set import InputSet, sets_in
from grader.inputs.outputs import Output
from grader.kinds.function import KIND
from grader.kinds.function.call_check import CallCheck
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


@dataclass(frozen=True)
class Holds:
    """An expression that is true of every input; `everywhere` False: of at least one."""

    tree: Tree
    text: str
    everywhere: bool = True


@dataclass(frozen=True)
class Equals:
    """The function agrees with a reference (or with the last output of the question's `network`).

    `of`, an expression in `out` and the inputs, says which part of the two values is compared; None: all of it.
    """

    reference: str
    of: Tree | None = None
    text: str = ""


@dataclass(frozen=True)
class Feeds:
    """The function calls what it is given with the same arguments, in the same order, as a reference does."""

    reference: str


@dataclass(frozen=True)
class Pure:
    """The function leaves its arguments as they were."""


@dataclass(frozen=True)
class Withheld:
    """The course checks this; here nothing is known of it."""


Aim = Holds | Equals | Feeds | Pure | Withheld | CallCheck
NETWORK_NAME = "network"


@dataclass(frozen=True)
class Partly:
    """A weaker aim that earns some of the points, and what to say."""

    aim: Holds | Equals
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
