"""What the pages of the desk show, as plain values for its templates. Only values of the type `Markup` are markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from grader.errors import listed_first
from grader.reports.sentences import counted
from grader.review.desk import Desk
from grader.review.desk_answers import FILTERS, AnswerFilter, DeskAnswer, DeskGroup, QuestionAtDesk, whole_points
from grader.review.pending import ReadQuestion
from grader.verdict import points_in_words

PAGE_LENGTH = 100
"""Groups of answers on one page of a list."""

MAX_ANSWER_EXCERPT_CHARACTERS = 160
MAX_GROUP_NUMBERS = 12
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


def name_of(answer: DeskAnswer, *, names: bool) -> str:
    """How a page calls an answer: by its number, unless names are shown."""
    return answer.read.submission if names else f"answer {answer.number}"


def names_of(group: DeskGroup, *, names: bool) -> str:
    """How a page calls a group."""
    if len(group.answers) == 1:
        return name_of(group.first, names=names)
    texts = (answer.read.submission if names else str(answer.number) for answer in group.answers)
    return f"{len(group.answers)} identical answers: {listed_first(texts, MAX_GROUP_NUMBERS)}"


def file_names(answer: DeskAnswer, *, names: bool) -> tuple[str, ...]:
    """The files to open; where names are hidden, only what they end in, since a file may be called after its author."""
    return tuple(
        file if names else f"file {number} of answer {answer.number}{suffix_in(file)}"
        for number, file in enumerate(answer.read.answer.files, 1)
    )


def without_names(answer: DeskAnswer, notes: Sequence[str], *, names: bool) -> tuple[str, ...]:
    """What is said of how an answer was read; where names are hidden, with numbers in the place of names of files."""
    if names:
        return tuple(notes)
    files = answer.read.answer.files
    hidden = {file: f"file {number}" for number, file in enumerate(files, 1)}
    hidden.setdefault(answer.read.submission, f"answer {answer.number}")
    known = "|".join(re.escape(name) for name in sorted(hidden, key=len, reverse=True))
    return tuple(re.sub(rf"(?<!\w)(?:{known})(?!\w)", lambda found: hidden[found[0]], note) for note in notes)


def suffix_in(file: str) -> str:
    """The ending of a file's name, of letters and digits alone; "" where it has none."""
    found = re.search(r"\.[A-Za-z0-9]{1,8}$", file)
    return found[0].lower() if found else ""


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


def filter_tabs(at_desk: QuestionAtDesk, chosen: AnswerFilter, *, second: bool) -> list[FilterTab]:
    """The filters with their counts; a second reader sees no disputes, which would show the first marks."""
    answers = at_desk.answers
    shown = [name for name in FILTERS if not second or name not in ("disputed", "flagged")]
    return [
        FilterTab(name, FILTERS[name], sum(answer.is_in(name) for answer in answers), name == chosen) for name in shown
    ]


def answer_rows(
    at_desk: QuestionAtDesk, groups: Sequence[DeskGroup], shown: AnswerFilter, *, names: bool
) -> list[AnswerRow]:
    """Groups as a list shows them; each leads to the answer that the filter lists."""
    return [_answer_row(at_desk.question, group, group.first_in(shown).key, names=names) for group in groups]


def _answer_row(question: ReadQuestion, group: DeskGroup, key: str, *, names: bool) -> AnswerRow:
    text = group.first.read.answer.text
    excerpt = re.sub(r"\s+", " ", text[: 4 * MAX_ANSWER_EXCERPT_CHARACTERS]).strip() if text else ""
    if len(excerpt) > MAX_ANSWER_EXCERPT_CHARACTERS:
        excerpt = excerpt[:MAX_ANSWER_EXCERPT_CHARACTERS].rsplit(" ", 1)[0] + " …"
    files = group.first.read.answer.files
    excerpt = excerpt or (f"a file to open: {len(files)}" if files else "no text")
    badge, state = state_of_group(group)
    return AnswerRow(key, names_of(group, names=names), excerpt, badge, state, points_of_group(question, group))


def state_of_group(group: DeskGroup) -> tuple[str, str]:
    """The badge of a group, and what is said of its state: that of the answer that most wants to be read."""
    order = list(STATES)
    worst = min((answer.state for answer in group.answers), key=order.index)
    some = "" if len({answer.state for answer in group.answers}) == 1 else "some "
    return BADGES[worst], f"{some}{STATES[worst]}{', in dispute' if any(a.disputed for a in group.answers) else ''}"


def points_of_group(question: ReadQuestion, group: DeskGroup) -> str:
    points = {whole_points(question, answer.mark) for answer in group.answers if answer.mark is not None}
    return " or ".join(points_in_words(one) for one in sorted(points))


def said_of_progress(at_desk: QuestionAtDesk) -> tuple[int, int, str]:
    """How many answers are marked, of how many, and that in words."""
    answers = at_desk.answers
    done = sum(not answer.is_in("pending") for answer in answers)
    return done, len(answers), f"{done} of {counted(len(answers), 'answer')} marked"
