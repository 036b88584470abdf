"""Answers of a class that few share: by what networks do, and by weights up to the order of hidden units and scale.

That is a fact about answers: it does not say how they came to be.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Literal

from grader.classroom.statistics import AlikeAnswers, ClassStatistics
from grader.deferred import dataclass

ComparedBy = Literal["behaviour", "weights"]
"""`behaviour`: networks do the same on every input; `weights`: they have the same weights."""


@dataclass(frozen=True)
class UnusualAnswers:
    """A few submissions of a class whose answers to a question are alike as few are."""

    assignment: str
    question: str
    answers: AlikeAnswers
    fingerprint: str
    by: ComparedBy

    def is_within(self, names: set[str]) -> bool:
        """Whether all that share it are among these."""
        return names.issuperset(self.answers.names.first)


MAX_UNUSUAL_SUBMISSIONS = 3
"""Submissions that may share an answer which is still unusual, in a class of any size."""

UNUSUAL_SHARE = Fraction(1, 50)
"""The share of all answers to a question up to which an answer is unusual in a large class."""


def unusual_answers(statistics: ClassStatistics) -> Iterator[UnusualAnswers]:
    """Networks that few share and the spec does not foresee; those that most submissions share come first.

    The rule: at least two submissions share it, which no group handed in together; at most 3 of them, or 2 % of the
    answers to the question where that is more; and no more than half of the answers. Right networks all do the same, so
    they are compared by their weights alone; so are wrong ones whose behaviour is more common than that.
    """
    for assignment, of in statistics.assignments.items():
        for name, question in of.questions.items():
            few = max(Fraction(MAX_UNUSUAL_SUBMISSIONS), question.answers * UNUSUAL_SHARE)
            most = min(few, Fraction(question.answers, 2))
            compared: tuple[tuple[ComparedBy, dict[str, AlikeAnswers]], ...] = (
                ("behaviour", question.behaviours),
                ("weights", question.weights),
            )
            found = [
                UnusualAnswers(assignment, name, alike, key, by)
                for by, groups in compared
                for key, alike in groups.items()
                if 2 <= alike.names.count <= most and not alike.foreseen
            ]
            told = [set(one.answers.names.first) for one in found if one.by == "behaviour"]
            yield from sorted(
                (one for one in found if one.by == "behaviour" or not any(one.is_within(names) for names in told)),
                key=lambda one: (-one.answers.names.count, one.by, one.fingerprint),
            )
