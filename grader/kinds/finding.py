"""What a look at a spec finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Literal, Protocol

from grader.deferred import dataclass
from grader.documents import ScalarNode
from grader.errors import GraderError, Problem, SourceLocation
from grader.evidence import Evidence
from grader.verdict import QuestionResult, points_in_words

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `evidence` where there is some, `place` where something is to be changed."""

    question: str
    level: Level
    text: str
    evidence: Evidence | None = None
    place: SourceLocation | None = None

    @property
    def problem(self) -> Problem:
        """The text, and where it is about."""
        return Problem(self.text, self.place)


class KnownText(Protocol):
    """An answer as a student might write it, and what it earns."""

    @property
    def name(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def earns(self) -> Fraction: ...


class QuestionWithPlaces(Protocol):
    """A question that knows where in its file something stands."""

    @property
    def id(self) -> str: ...
    def place(self, *keys: str | int) -> SourceLocation: ...


class QuestionWithKnownTexts(QuestionWithPlaces, Protocol):
    """A question that is answered with text, with answers whose marks are known."""

    @property
    def known(self) -> Sequence[KnownText]: ...


def known_answers(question: QuestionWithKnownTexts, score: Callable[[ScalarNode], QuestionResult]) -> Iterator[Finding]:
    """Whether each known answer earns what the spec says."""
    if not question.known:
        yield Finding(question.id, "warn", "there is no known answer: nothing shows that answers are read as meant")
    for known in question.known:
        try:
            result = score(ScalarNode(known.text, SourceLocation(known.name)))
        except GraderError as error:
            text = f"known {known.name!r}: {error}"
            yield Finding(question.id, "fail", text, place=question.place("known", known.name))
            continue
        yield marks_finding(question, known.name, result, known.earns)
    yield from repeated_answers(question, [(known.name, known.text.strip()) for known in question.known])


def marks_finding(
    question: QuestionWithPlaces, name: str, result: QuestionResult, claimed: Fraction, why: str = ""
) -> Finding:
    """Whether the known answer of that name earns what the spec claims; `why` follows where it does not."""
    earns = f"known {name!r} earns {points_in_words(result.points)}"
    if result.points == claimed:
        return Finding(result.id, "ok", earns)
    text, place = f"{earns}, not {points_in_words(claimed)}{why}", question.place("known", name, "earns")
    return Finding(result.id, "fail", text, place=place)


def repeated_answers(question: QuestionWithPlaces, answers: Iterable[tuple[str, object]]) -> Iterator[Finding]:
    """Known answers (each a name and what is compared) that stand there a second time."""
    seen: dict[object, str] = {}
    for name, answer in answers:
        if answer in seen:
            text = f"known {name!r} is the same answer as {seen[answer]!r}: leave one out"
            yield Finding(question.id, "warn", text, place=question.place("known", name))
        seen.setdefault(answer, name)
