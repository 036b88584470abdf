"""What the pages of the desk show, as plain values for its templates. Only values of the type `Markup` are markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from grader.errors import listed
from grader.kinds.written.marks import Mark
from grader.reports.sentences import counted
from grader.review.desk import FILTERS, Desk, DeskAnswer, DeskGroup, Filter, QuestionAtDesk, seen_version, whole_points
from grader.review.grouping import WordDifference, word_differences
from grader.review.pending import ReadQuestion
from grader.review.prose import MAX_SHOWN_CHARACTERS, shown_prose
from grader.verdict import points_in_words

if TYPE_CHECKING:
    from markupsafe import Markup

PAGE_LENGTH = 100
"""Groups of answers on one page of a list."""

MAX_EXCERPT_CHARACTERS = 160
MAX_LISTED_NUMBERS = 12
MAX_KEYS = 9
"""Points of a rubric that a key of their own ticks: 1 to 9."""

MAX_REUSED_NOTES = 12
MAX_SIMILAR = 4
MAX_COMPARED_CHARACTERS = 10_000
"""Of answers whose differences are shown word by word."""

STATES = {"pending": "waiting", "changed": "changed since", "flagged": "look again", "marked": "marked"}
"""What the state of an answer is called."""

BADGES = {"pending": "pending", "changed": "held", "flagged": "blocked", "marked": "passed"}
"""The badge of the style sheet that a state has."""


@dataclass(frozen=True)
class FilterTab:
    """A filter over the list of answers, and how many groups it lists."""

    name: str
    said: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class QuestionRow:
    """A question on the first page; `waiting`, `flagged` and `disputed` count answers."""

    number: int
    id: str
    title: str
    points: str
    answers: int
    marked: int
    waiting: int
    flagged: int
    disputed: int


@dataclass(frozen=True)
class AnswerRow:
    """A group in a list of answers."""

    key: str
    names: str
    excerpt: str
    badge: str
    state: str
    points: str


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
    """A mark in words."""

    who: str
    points: str
    found: str
    note: str


@dataclass(frozen=True)
class MarkForm:
    """The form in which a group is marked, as it stands now."""

    boxes: tuple[PointBox, ...]
    is_none: bool
    points: str
    rubric_points: str
    max_points: str
    note: str
    seen: str
    seen_one: str
    is_marked: bool
    said: str


@dataclass(frozen=True)
class Side:
    """One side of a comparison, in runs: what differs is marked."""

    name: str
    runs: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class SimilarAnswer:
    """A group that is like the one that is read: side by side, with what differs."""

    key: str
    name: str
    likeness: str
    sides: tuple[Side, Side] | None
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
    files: tuple[str, ...]
    notes: tuple[str, ...]
    flags: tuple[str, ...]
    form: MarkForm
    differing: tuple[ShownMark, ...]
    second: tuple[ShownMark, ...]
    reused: tuple[str, ...]
    similar: tuple[SimilarAnswer, ...]
    position: str


def name_of(answer: DeskAnswer, *, names: bool) -> str:
    """How a page calls an answer: by its number, unless names are shown."""
    return answer.read.submission if names else f"answer {answer.number}"


def names_of(group: DeskGroup, *, names: bool) -> str:
    """How a page calls a group."""
    if len(group.answers) == 1:
        return name_of(group.first, names=names)
    shown = group.answers[:MAX_LISTED_NUMBERS]
    texts = [answer.read.submission if names else str(answer.number) for answer in shown]
    more = len(group.answers) - len(shown)
    which = listed([*texts, *([f"{more} more"] if more else [])])
    return f"{len(group.answers)} identical answers: {which}"


def question_rows(desk: Desk) -> list[QuestionRow]:
    """The questions of the first page."""
    rows = []
    for number, question in enumerate(desk.review.questions):
        answers = desk.answers(question.id)
        counts = {name: sum(answer.is_in(name) for answer in answers) for name in FILTERS}
        rows.append(
            QuestionRow(
                number,
                question.id,
                question.title,
                points_in_words(question.points),
                len(answers),
                len(answers) - counts["pending"],
                counts["pending"],
                counts["flagged"],
                counts["disputed"],
            )
        )
    return rows


def filter_tabs(at_desk: QuestionAtDesk, chosen: Filter, *, second: bool) -> list[FilterTab]:
    """The filters with their counts; a second reader sees no disputes, which would show the first marks."""
    answers = at_desk.answers
    shown = [name for name in FILTERS if not second or name not in ("disputed", "flagged")]
    return [
        FilterTab(name, FILTERS[name], sum(answer.is_in(name) for answer in answers), name == chosen) for name in shown
    ]


def answer_rows(at_desk: QuestionAtDesk, groups: Sequence[DeskGroup], *, names: bool) -> list[AnswerRow]:
    """Groups as a list shows them."""
    return [_answer_row(at_desk.question, group, names=names) for group in groups]


def _answer_row(question: ReadQuestion, group: DeskGroup, *, names: bool) -> AnswerRow:
    text = group.first.read.answer.text
    excerpt = re.sub(r"\s+", " ", text[: 4 * MAX_EXCERPT_CHARACTERS]).strip() if text else ""
    if len(excerpt) > MAX_EXCERPT_CHARACTERS:
        excerpt = excerpt[:MAX_EXCERPT_CHARACTERS].rsplit(" ", 1)[0] + " …"
    files = group.first.read.answer.files
    excerpt = excerpt or (f"a file to open: {len(files)}" if files else "no text")
    badge, state = _state(group)
    return AnswerRow(group.first.key, names_of(group, names=names), excerpt, badge, state, _points(question, group))


def _state(group: DeskGroup) -> tuple[str, str]:
    """The badge of a group, and what is said of its state: that of the answer that most wants to be read."""
    order = list(STATES)
    worst = min((answer.state for answer in group.answers), key=order.index)
    some = "" if len({answer.state for answer in group.answers}) == 1 else "some "
    return BADGES[worst], f"{some}{STATES[worst]}{', in dispute' if any(a.disputed for a in group.answers) else ''}"


def _points(question: ReadQuestion, group: DeskGroup) -> str:
    points = {whole_points(question, answer.mark) for answer in group.answers if answer.mark is not None}
    return " or ".join(points_in_words(one) for one in sorted(points))


def answer_page(desk: Desk, at_desk: QuestionAtDesk, group: DeskGroup, answer: DeskAnswer) -> AnswerPage:
    """The page of an answer and those that are identical to it."""
    question, read = at_desk.question, answer.read
    text = read.answer.text
    keywords = [word for point in question.rubric for word in point.keywords]
    others = [other for other in group.answers if other.mark != answer.mark and other.mark is not None]
    title = names_of(group, names=desk.names)
    return AnswerPage(
        key=answer.key,
        title=title if desk.names else title[:1].upper() + title[1:],
        group=tuple(name_of(one, names=desk.names) for one in group.answers) if len(group.answers) > 1 else (),
        text=shown_prose(text, keywords) if text is not None else None,
        is_cut=text is not None and len(text) > MAX_SHOWN_CHARACTERS,
        files=_file_names(answer, names=desk.names),
        notes=_without_names(answer, read.answer.notes, names=desk.names),
        flags=read.flags if desk.second is None else (),
        form=mark_form(question, group, answer),
        differing=tuple(shown_mark(question, one.mark, name_of(one, names=desk.names)) for one in others if one.mark),
        second=_second(desk, question, answer),
        reused=tuple(desk.notes(at_desk.answers)[:MAX_REUSED_NOTES]),
        similar=_similar(desk, at_desk, group),
        position=f"{group.index + 1} of {len(at_desk.groups)}",
    )


def _file_names(answer: DeskAnswer, *, names: bool) -> tuple[str, ...]:
    """The files to open; where names are hidden, only what they end in, since a file may be called after its author."""
    return tuple(
        file if names else f"file {number} of answer {answer.number}{suffix_in(file)}"
        for number, file in enumerate(answer.read.answer.files, 1)
    )


def _without_names(answer: DeskAnswer, notes: Sequence[str], *, names: bool) -> tuple[str, ...]:
    """What is said of how an answer was read, with numbers in the place of the names of files."""
    hidden = []
    for note in notes:
        text = note
        for number, file in enumerate(answer.read.answer.files, 1):
            text = text if names else text.replace(file, f"file {number}")
        hidden.append(text if names else text.replace(answer.read.submission, f"answer {answer.number}"))
    return tuple(hidden)


def suffix_in(file: str) -> str:
    """The ending of a file's name, of letters and digits alone; "" where it has none."""
    found = re.search(r"\.[A-Za-z0-9]{1,8}$", file)
    return found[0].lower() if found else ""


def _second(desk: Desk, question: ReadQuestion, answer: DeskAnswer) -> tuple[ShownMark, ...]:
    if desk.second is not None:
        return ()
    return tuple(shown_mark(question, mark, mark.reader or "a second reader") for mark in answer.read.second)


def shown_mark(question: ReadQuestion, mark: Mark, who: str) -> ShownMark:
    """A mark in words."""
    found = [point.name for point in question.rubric if point.name in mark.met]
    return ShownMark(
        who,
        f"{points_in_words(whole_points(question, mark))} of {points_in_words(question.points)}",
        listed(found) if found else "none of the points of the rubric",
        mark.note,
    )


def mark_form(question: ReadQuestion, group: DeskGroup, answer: DeskAnswer) -> MarkForm:
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
        points=exact_text(mark.points) if mark is not None and mark.points is not None else "",
        rubric_points=points_in_words(question.worth([box.name for box in boxes if box.is_ticked])),
        max_points=points_in_words(question.points),
        note=mark.note if mark is not None else "",
        seen=seen_version(question, group.answers),
        seen_one=seen_version(question, [answer]),
        is_marked=mark is not None,
        said=said_of_mark(question, mark),
    )


def exact_text(points: Fraction) -> str:
    """Points as a form takes them, exactly."""
    text = points_in_words(points)
    return text if Fraction(text) == points else str(points)


def said_of_mark(question: ReadQuestion, mark: Mark | None) -> str:
    """`marked: 25 of 40`, or that it waits."""
    if mark is None:
        return "not marked yet"
    by = f" by {mark.reader}" if mark.reader else ""
    return f"marked{by}: {points_in_words(whole_points(question, mark))} of {points_in_words(question.points)}"


def said_of_progress(at_desk: QuestionAtDesk) -> tuple[int, int, str]:
    """How many answers are marked, of how many, and that in words."""
    answers = at_desk.answers
    done = sum(not answer.is_in("pending") for answer in answers)
    return done, len(answers), f"{done} of {counted(len(answers), 'answer')} marked"


def _similar(desk: Desk, at_desk: QuestionAtDesk, group: DeskGroup) -> tuple[SimilarAnswer, ...]:
    found = []
    for index, likeness in at_desk.similar[group.index][:MAX_SIMILAR]:
        other = at_desk.groups[index]
        badge, state = _state(other)
        found.append(
            SimilarAnswer(
                other.first.key,
                names_of(other, names=desk.names),
                f"{likeness:.0%}",
                sides(group, other, names=desk.names),
                badge,
                state,
                _points(at_desk.question, other),
                seen_version(at_desk.question, other.answers),
            )
        )
    return tuple(found)


def sides(one: DeskGroup, other: DeskGroup, *, names: bool) -> tuple[Side, Side] | None:
    """Two answers side by side; None where one has no text, or is too long to be compared word by word."""
    texts = (one.first.read.answer.text, other.first.read.answer.text)
    left, right = texts
    if left is None or right is None or max(len(left), len(right)) > MAX_COMPARED_CHARACTERS:
        return None
    differences = word_differences(left, right)
    return (
        Side(names_of(one, names=names), tuple(_runs(differences, first=True))),
        Side(names_of(other, names=names), tuple(_runs(differences, first=False))),
    )


def _runs(differences: Sequence[WordDifference], *, first: bool) -> list[tuple[str, bool]]:
    runs = ((part.one if first else part.other, part.kind == "different") for part in differences)
    return [(text, is_marked) for text, is_marked in runs if text]
