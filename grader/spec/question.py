"""What every kind of question shares: a name, a prompt, and lines that are worth points and add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from grader.documents import Block, Text
from grader.errors import Problem


class Question(Protocol):
    """A question of any kind; `kind` says how it is answered."""

    @property
    def kind(self) -> str: ...
    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def points(self) -> Fraction: ...
    @property
    def prompt(self) -> str: ...
    @property
    def rubric(self) -> tuple[RubricLine, ...]: ...


@dataclass(frozen=True)
class RubricLine:
    """A line of the rubric and what it is worth."""

    name: str
    points: Fraction


def plain_points(points: Fraction) -> str:
    """Points without a needless decimal point."""
    return str(points.numerator) if points.denominator == 1 else f"{float(points):g}"


def rubric_problems(lines: Sequence[tuple[Text, Fraction]], points: Fraction, root: Block) -> list[Problem]:
    """Points that do not add up, and names that are used twice."""
    problems = []
    total = sum((worth for _, worth in lines), Fraction(0))
    if total != points:
        place = next(value.place for key, value in root.items() if key == "points")
        message = (
            f"points: the checks add up to {plain_points(total)}, but the question is worth {plain_points(points)}"
        )
        problems.append(Problem(message, place))
    names = [str(name) for name, _ in lines]
    for i, (name, _) in enumerate(lines):
        if name in names[:i]:
            problems.append(Problem(f"checks[{i + 1}].name: {str(name)!r} is used twice", name.place))
    return problems
