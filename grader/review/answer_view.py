"""What the page shows on which an answer is marked, as plain values. Only values of the type `Markup` are markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from grader.errors import listed
from grader.kinds.written.marks import Mark
from grader.pages.prose import prose_html
from grader.review.desk import Desk
from grader.review.desk_answers import DeskAnswer, DeskGroup, QuestionAtDesk, seen_version, whole_points
from grader.review.grouping import WordDifference, word_differences
from grader.review.pending import WAITING, ReadQuestion
from grader.review.prose import MAX_PROSE_CHARACTERS, shown_prose
from grader.review.views import file_names, name_of, names_of, points_of_group, state_of_group, suffix_in, without_names
from grader.verdict import points_in_full, points_in_words

if TYPE_CHECKING:
    from markupsafe import Markup

MAX_KEYS = 9
"""Points of a rubric that a key of their own ticks: 1 to 9."""

MAX_REUSED_NOTES = 12
MAX_SIMILAR_SHOWN = 4
MAX_SIDE_CHARACTERS = 10_000
"""Of answers whose differences are shown word by word."""


@dataclass(frozen=True)
class PointBox:
    """A point of the rubric as a checkbox; `key` ticks it ("": none does)."""

    index: int
    name: str
    points: str
    key: str
    is_ticked: bool
    keywords: tuple[str, ...]


@dataclass(frozen=True)
class ShownMark:
    """A mark in words; `met` and `adjusted` are what a form says that gives the same one.

    `is_earlier`: it is about another answer or rubric than there is now.
    """

    who: str
    points: str
    found: str
    note: str
    met: tuple[int, ...] = ()
    adjusted: str = ""
    is_earlier: bool = False


@dataclass(frozen=True)
class MarkForm:
    """The form in which a group is marked, as it stands now; `is_doubted`: the mark has to be looked at again.

    `answer` tells whether the answer that was read is the one that there is now.
    """

    boxes: tuple[PointBox, ...]
    is_none: bool
    points: str
    rubric_points: str
    max_points: str
    note: str
    seen: str
    seen_one: str
    answer: str
    is_marked: bool
    is_doubted: bool
    said: str


@dataclass(frozen=True)
class ComparedSide:
    """One side of a comparison, in runs: what differs is marked."""

    name: str
    runs: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class SimilarAnswer:
    """A group that is like the one that is read: side by side, with what differs."""

    key: str
    name: str
    likeness: str
    sides: tuple[ComparedSide, ComparedSide] | None
    badge: str
    state: str
    points: str
    seen: str


@dataclass(frozen=True)
class AnswerPage:
    """All of the page on which an answer is marked."""

    key: str
    title: str
    group: tuple[str, ...]
    text: Markup | None
    is_cut: bool
    prompt: Markup | None
    files: tuple[str, ...]
    pictures: tuple[int, ...]
    notes: tuple[str, ...]
    flags: tuple[str, ...]
    form: MarkForm
    differing: tuple[ShownMark, ...]
    second: tuple[ShownMark, ...]
    reused: tuple[str, ...]
    similar: tuple[SimilarAnswer, ...]
    is_grouping: bool
    position: str


def answer_page(desk: Desk, at_desk: QuestionAtDesk, group: DeskGroup, answer: DeskAnswer) -> AnswerPage:
    """The page of an answer and those that are identical to it."""
    question, read = at_desk.question, answer.read
    text, asked = read.answer.text, read.answer.asked or question.prompt
    keywords = [word for point in question.rubric for word in point.keywords]
    others = [other for other in group.answers if other.mark is not None and _given(other.mark) != _given(answer.mark)]
    title = names_of(group, names=desk.names)
    return AnswerPage(
        key=answer.key,
        title=title if desk.names else title[:1].upper() + title[1:],
        group=tuple(name_of(one, names=desk.names) for one in group.answers) if len(group.answers) > 1 else (),
        text=shown_prose(text, keywords) if text is not None else None,
        is_cut=text is not None and len(text) > MAX_PROSE_CHARACTERS,
        prompt=prose_html(asked, links=True) if asked else None,
        files=file_names(answer, names=desk.names),
        pictures=tuple(i for i, file in enumerate(read.answer.files) if suffix_in(file) in PICTURE_SUFFIXES),
        notes=without_names(answer, read.answer.notes, names=desk.names),
        flags=answer.flags,
        form=mark_form(desk, question, group, answer),
        differing=tuple(shown_mark(question, one.mark, name_of(one, names=desk.names)) for one in others if one.mark),
        second=_second(desk, question, answer),
        reused=tuple(desk.notes(at_desk.answers)[:MAX_REUSED_NOTES]),
        similar=_similar(desk, at_desk, group),
        is_grouping=desk.is_grouping(question.id),
        position=f"{group.index + 1} of {len(at_desk.groups)}",
    )


def _given(mark: Mark | None) -> object:
    """What a reader says with a mark; texts that are identical but for space have other fingerprints."""
    return None if mark is None else (frozenset(mark.met), mark.points, mark.note)


PICTURE_STARTS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
"""How pictures begin that a page shows, and what they are; nothing in them can act."""

PICTURE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".gif"})


def picture_type(data: bytes) -> str | None:
    """What kind of picture these bytes are; None of others, whatever their name says."""
    return next((kind for start, kind in PICTURE_STARTS.items() if data.startswith(start)), None)


def _second(desk: Desk, question: ReadQuestion, answer: DeskAnswer) -> tuple[ShownMark, ...]:
    if desk.second is not None:
        return ()
    found = zip(answer.read.second, answer.read.second_standing, strict=True)
    return tuple(
        replace(shown_mark(question, mark, mark.reader or "a second reader"), is_earlier=state in WAITING)
        for mark, (state, _) in found
    )


def shown_mark(question: ReadQuestion, mark: Mark, who: str) -> ShownMark:
    """A mark in words."""
    found = [point.name for point in question.rubric if point.name in mark.met]
    return ShownMark(
        who,
        f"{points_in_words(whole_points(question, mark))} of {points_in_words(question.points)}",
        listed(found) if found else "none of the points of the rubric",
        mark.note,
        tuple(i for i, point in enumerate(question.rubric) if point.name in found),
        points_in_full(mark.points) if mark.points is not None else "",
    )


def mark_form(desk: Desk, question: ReadQuestion, group: DeskGroup, answer: DeskAnswer) -> MarkForm:
    """The form with the mark that an answer has now."""
    mark = answer.mark
    met = mark.met if mark is not None else ()
    boxes = tuple(
        PointBox(
            i,
            point.name,
            points_in_words(point.points),
            str(i + 1) if i < MAX_KEYS else "",
            point.name in met,
            point.keywords,
        )
        for i, point in enumerate(question.rubric)
    )
    return MarkForm(
        boxes=boxes,
        is_none=mark is not None and not any(box.is_ticked for box in boxes) and mark.points is None,
        points=points_in_full(mark.points) if mark is not None and mark.points is not None else "",
        rubric_points=points_in_words(question.worth([box.name for box in boxes if box.is_ticked])),
        max_points=points_in_words(question.points),
        note=desk.note_of(question.id, answer),
        seen=seen_version(question, group.answers),
        seen_one=seen_version(question, [answer]),
        answer=answer.read.answer.fingerprint,
        is_marked=mark is not None,
        is_doubted=mark is not None and answer.state != "marked",
        said=said_of_mark(question, answer),
    )


def said_of_mark(question: ReadQuestion, answer: DeskAnswer) -> str:
    """`marked: 25 of 40`, or that it waits."""
    mark = answer.mark
    if mark is None:
        return "not marked yet"
    by = f" by {mark.reader}" if mark.reader else ""
    again = "waits again; it was " if answer.state in WAITING else ""
    points = points_in_words(whole_points(question, mark))
    return f"{again}marked{by}: {points} of {points_in_words(question.points)}"


def _similar(desk: Desk, at_desk: QuestionAtDesk, group: DeskGroup) -> tuple[SimilarAnswer, ...]:
    found = []
    for index, likeness in at_desk.similar[group.index][:MAX_SIMILAR_SHOWN]:
        other = at_desk.groups[index]
        badge, state = state_of_group(other)
        found.append(
            SimilarAnswer(
                other.first.key,
                names_of(other, names=desk.names),
                f"{likeness:.0%}",
                sides(group, other, names=desk.names),
                badge,
                state,
                points_of_group(at_desk.question, other),
                seen_version(at_desk.question, other.answers),
            )
        )
    return tuple(found)


def sides(one: DeskGroup, other: DeskGroup, *, names: bool) -> tuple[ComparedSide, ComparedSide] | None:
    """Two answers side by side; None where one has no text, or is too long to be compared word by word."""
    texts = (one.first.read.answer.text, other.first.read.answer.text)
    left, right = texts
    if left is None or right is None or max(len(left), len(right)) > MAX_SIDE_CHARACTERS:
        return None
    differences = word_differences(left, right)
    return (
        ComparedSide(names_of(one, names=names), tuple(_runs(differences, first=True))),
        ComparedSide(names_of(other, names=names), tuple(_runs(differences, first=False))),
    )


def _runs(differences: Sequence[WordDifference], *, first: bool) -> list[tuple[str, bool]]:
    runs = ((part.one if first else part.other, part.kind == "different") for part in differences)
    return [(text, is_marked) for text, is_marked in runs if text]
