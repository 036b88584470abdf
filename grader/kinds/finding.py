"""What a look at a spec finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, Protocol

from grader.documents import ScalarNode
from grader.errors import GraderError, SourceLocation
from grader.verdict import Evidence, QuestionResult, points_in_words

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `evidence` where there is some."""

    question: str
    level: Level
    text: str
    evidence: Evidence | None = None


class KnownText(Protocol):
    """An answer as a student might write it, and what it earns."""

    @property
    def name(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def earns(self) -> Fraction: ...


class QuestionWithKnownTexts(Protocol):
    """A question that is answered with text, with answers whose marks are known."""

    @property
    def id(self) -> str: ...
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
            yield Finding(question.id, "fail", f"known {known.name!r}: {error}")
            continue
        yield marks_finding(known.name, result, known.earns)


def marks_finding(name: str, result: QuestionResult, claimed: Fraction, why: str = "") -> Finding:
    """Whether the known answer of that name earns what the spec claims; `why` follows where it does not."""
    earns = f"known {name!r} earns {points_in_words(result.points)}"
    if result.points == claimed:
        return Finding(result.id, "ok", earns)
    return Finding(result.id, "fail", f"{earns}, not {points_in_words(claimed)}{why}")
