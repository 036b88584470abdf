"""Questions that are answered with a number."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

from grader.deferred import dataclass
from grader.kinds.number import KIND
from grader.language.tree import Tree
from grader.spec.question import OneLineQuestion

NUMBER_LINE = "the number is right"


@dataclass(frozen=True)
class NearNumber:
    """A near miss, read; its name is the number, or what a student writes, as the spec has it."""

    name: str
    value: Tree | None
    writes: tuple[str, ...]
    points: Fraction
    say: str


@dataclass(frozen=True)
class KnownNumber:
    """An answer as a student might write it, and what it earns."""

    name: str
    text: str
    earns: Fraction


@dataclass(frozen=True, eq=False)
class NumberQuestion(OneLineQuestion):
    """A question whose answer is a number, right within `tolerance` (None: exactly)."""

    kind: ClassVar = KIND
    line_name: ClassVar = NUMBER_LINE

    value: Tree
    tolerance: Tree | None
    unit: str
    accepts: tuple[str, ...]
    near: tuple[NearNumber, ...]
    known: tuple[KnownNumber, ...]
