"""What every kind of question shares: a name, a prompt, and lines that are worth points and add up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from fractions import Fraction
from typing import Any, ClassVar, Protocol

from grader.deferred import dataclass
from grader.documents import MappingNode, ScalarNode
from grader.errors import Problem, SourceLocation
from grader.spec.places import find
from grader.verdict import points_in_words

VARIANTS_KEY = "variants"
"""Under which a question says what is drawn for each student."""


class SpecKind(Protocol):
    """How questions are answered, as far as loading a spec asks; `kinds.kind.Kind` says the rest."""

    @property
    def name(self) -> str: ...

    def ways(self, question: Any) -> tuple[Question, ...]:
        """The questions of which answering one is enough."""

    def salted(self, question: Any, salt: str) -> Question:
        """The question with the course's secret salt, from which sample points are drawn."""

    def with_packages(self, question: Any, packages: tuple[str, ...]) -> Question:
        """The question with the packages that code may import."""

    def python_of(self, question: Any) -> Iterator[str]:
        """The Python that a question names or holds, each piece by name."""


class Question(Protocol):
    """A question of any kind; `kind` knows how it is answered."""

    @property
    def kind(self) -> SpecKind: ...
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


@dataclass(frozen=True, eq=False)
class BaseQuestion:
    """What a question of any kind holds; the class of a kind adds `kind` and what is particular to it.

    `source` is the mapping that it was read from.
    """

    id: str
    title: str
    points: Fraction
    prompt: str
    source: MappingNode = field(default_factory=lambda: MappingNode(SourceLocation("")), kw_only=True, repr=False)

    def place(self, *keys: str | int) -> SourceLocation:
        """Where in its file the value under a path of keys starts, as far as the path leads: `place("checks", 0)`."""
        place, node = find(self.source, keys)
        return place if node is None else node.place

    def key_place(self, *keys: str | int) -> SourceLocation:
        """Where in its file the last of a path of keys itself stands."""
        return find(self.source, keys)[0]


class OneLineQuestion(BaseQuestion):
    """A question with one rubric line, called `line_name`, for all of its points."""

    line_name: ClassVar[str]

    @property
    def rubric(self) -> tuple[RubricLine, ...]:
        """The one line."""
        return (RubricLine(self.line_name, self.points),)


@dataclass(frozen=True)
class PartsHeading:
    """What a question in parts says before them, for all."""

    id: str
    title: str
    points: Fraction
    prompt: str


@dataclass(frozen=True)
class LoadedFile:
    """What a question file holds: its own name, its questions (several where it has parts), every problem."""

    name: str
    questions: tuple[Question, ...]
    problems: tuple[Problem, ...]
    heading: PartsHeading | None = None


def rubric_problems(lines: Sequence[tuple[ScalarNode, Fraction]], points: Fraction, root: MappingNode) -> list[Problem]:
    """Points that do not add up, and names that are used twice."""
    problems = []
    total = sum((worth for _, worth in lines), Fraction(0))
    if total != points:
        place = next(value.place for key, value in root.items() if key == "points")
        text = f"points: the checks add up to {points_in_words(total)}, but the question is worth"
        problems.append(Problem(f"{text} {points_in_words(points)}", place))
    names = [str(name) for name, _ in lines]
    for i, (name, _) in enumerate(lines):
        if name in names[:i]:
            problems.append(Problem(f"checks[{i + 1}].name: {str(name)!r} is used twice", name.place))
    return problems
