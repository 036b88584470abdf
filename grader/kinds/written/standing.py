"""Whether a reader's mark still stands: what has changed since it was given.

The rule: a mark counts for the answer that its reader has read. Where the answer was handed in anew, it waits for the
reader again, since it may be better or worse. Where the rubric has changed and still has every point that the mark
names, it keeps counting, at what these points are worth now, and is flagged; where a point is gone, or fewer points are
left than the reader gave, it waits. A mark is never cut or dropped in silence.
"""

from __future__ import annotations

from grader.deferred import dataclass
from grader.errors import Problem, SpecError, listed
from grader.kinds.stored_question import loaded
from grader.kinds.table import ways_of
from grader.kinds.written.marks import Mark, more_than_there_are, not_in_rubric
from grader.kinds.written.question import WrittenQuestion
from grader.spec.assignment import Assignment

ANSWER_CHANGED = "the answer has changed since a reader marked it: it waits for a reader again"
RUBRIC_CHANGED = "the rubric has changed since a reader marked this; the mark counts, and should be looked at again"


@dataclass(frozen=True)
class MarkStanding:
    """Whether a mark counts, and what a reader should know of it, in sentences."""

    counts: bool
    flags: tuple[str, ...] = ()


def standing(question: WrittenQuestion, answer: str, mark: Mark) -> MarkStanding:
    """How a mark stands for the answer with the fingerprint `answer`, and for the rubric as it is now.

    Raises:
        SpecError: if it names what the rubric does not have, and was given for this rubric, or nobody knows for which.
    """
    names = {point.name for point in question.accepted}
    is_old = mark.rubric not in ("", question.rubric_fingerprint)
    gone = [name for name in mark.met if name not in names]
    too_many = mark.points is not None and mark.points > question.points
    if (gone or too_many) and not is_old:
        raise SpecError(*mark_faults(question, question.id, mark))
    flags = [ANSWER_CHANGED] if mark.answer not in ("", answer) else []
    if gone:
        verb = "is" if len(gone) == 1 else "are"
        flags.append(
            f"the rubric has changed since a reader marked this, and {listed(map(repr, gone))} {verb} not in it any"
            " more: it waits for a reader again"
        )
    elif too_many and mark.points is not None:
        said = more_than_there_are(mark.points, question.id, question.points)
        flags.append(f"the rubric has changed since a reader marked this, and {said}: it waits for a reader again")
    elif is_old and not flags:
        return MarkStanding(True, (RUBRIC_CHANGED,))
    return MarkStanding(not flags, tuple(flags))


def is_for_another_way(question: WrittenQuestion, mark: Mark, assignment: Assignment) -> bool:
    """Whether a mark was given by the rubric of another of the ways to answer a question, and not by that of this one.

    A question may be answered in one of several ways, of which two are written. One from the cache is the question that
    it stands for.
    """
    question = loaded(question)
    named = [ways for ways in map(ways_of, assignment.questions) if any(way.id == question.id for way in ways)]
    ways = next((ways for ways in (tuple(map(loaded, ways)) for ways in named) if question in ways), ())
    others = [way for way in ways if isinstance(way, WrittenQuestion) and way is not question]
    return any(_is_by(mark, way) for way in others) and not _is_by(mark, question)


def _is_by(mark: Mark, question: WrittenQuestion) -> bool:
    if mark.rubric:
        return mark.rubric == question.rubric_fingerprint
    return {point.name for point in question.accepted}.issuperset(mark.met)


def mark_faults(question: WrittenQuestion, name: str, mark: Mark) -> list[Problem]:
    """What a mark says that nobody could get in this question, each at its place."""
    points = [point.name for point in question.accepted]
    places = mark.places or (mark.place,) * len(mark.met)
    problems = [
        Problem(not_in_rubric(point, name, points), place)
        for point, place in zip(mark.met, places, strict=True)
        if point not in points
    ]
    if mark.points is not None and mark.points > question.points:
        problems.append(Problem(more_than_there_are(mark.points, name, question.points), mark.points_place))
    return problems
