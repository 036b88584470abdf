"""Marks without a browser: question by question in a terminal, one line for each answer.

What is typed is read line by line, so that a remote shell, a pipe and a file of keys do alike; each mark is saved as
soon as its line ends, and nothing else has to be saved at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TextIO

from grader.columns import wrapped
from grader.errors import GraderError, HarnessError, SubmissionError, listed
from grader.kinds.written.marks import Mark, more_than_there_are
from grader.reports.sentences import counted
from grader.review.agreement import agreement_lines
from grader.review.desk import Desk
from grader.review.desk_answers import DeskGroup, QuestionAtDesk, seen_version, whole_points
from grader.review.pending import ReadQuestion
from grader.review.views import suffix_in, without_names
from grader.verdict import points_in_words
from grader.visible import one_line, visible

MAX_LINES_AT_FIRST = 40
"""Of an answer, before `a` is typed."""

MAX_TYPED_CHARACTERS = 20_000

HELP = """\
  1 3           the answer makes points 1 and 3 (with up to nine points also 13), and no others
  0             it makes none of them
  1 3 =15       ... and gets 15 points
  1 3 : text    ... and a note for the student; `1 3 =15 : text` is both
  Enter or n    go on without a mark;  b  go back;  a  show all of a long answer
  u             take back the last mark;  q  end (what was marked is saved)
"""

_MARK_LINE = re.compile(r"(?P<points>[\d\s,]+)(?:=\s*(?P<given>[\d./,]+)\s*)?(?::(?P<note>.*))?", re.DOTALL)
_GIVEN = re.compile(r"\d{1,9}(?:[.,]\d{1,9})?|\d{1,9}/0*[1-9]\d{0,8}")


class LineError(SubmissionError):
    """A line that was typed says nothing that can be done."""


@dataclass
class _Session:
    """Where the reader is."""

    desk: Desk
    keys: TextIO
    screen: TextIO
    width: int
    saved: list[int] = field(default_factory=list)
    """How many answers each mark was given to that was not taken back."""

    def say(self, text: str = "") -> None:
        self.screen.write(f"{text}\n")

    def line(self, prompt: str) -> str | None:
        """The next line that is typed; None at the end of what is typed.

        Raises:
            LineError: if it is too long; nothing of it is read.
        """
        self.screen.write(prompt)
        self.screen.flush()
        line = self.keys.readline(MAX_TYPED_CHARACTERS)
        if not line:
            self.say()
            return None
        if len(line) == MAX_TYPED_CHARACTERS and not line.endswith("\n"):
            while (rest := self.keys.readline(MAX_TYPED_CHARACTERS)) and not rest.endswith("\n"):
                pass
            raise LineError(f"the line is longer than {MAX_TYPED_CHARACTERS} characters, and was not read")
        if strange := next((char for char in line.strip() if not char.isprintable() and char != "\t"), None):
            raise LineError(f"the line holds a key that is no text ({visible(strange)!r}), and was not read")
        if "\ufffd" in line:
            raise LineError("the line is not in the encoding of this terminal, and was not read")
        return line.strip()


def mark_in_terminal(desk: Desk, keys: TextIO, screen: TextIO, names: Sequence[str] = (), width: int = 80) -> int:
    """Has the reader of a desk mark what waits, until `q` or the end of what is typed; gives back how many marks.

    Raises:
        SpecError: if there is no written question of one of the names, or the file of marks cannot be used.
        HarnessError: if a mark cannot be saved.
    """
    session = _Session(desk, keys, screen, width)
    questions = [question.id for question in desk.review.asked(names)]
    place, move = 0, ON
    while 0 <= place < len(questions):
        move = _question(session, questions[place], move.key)
        if move.ends:
            break
        place = questions.index(move.question) if move.question else max(place + move.step, 0)
        if place == len(questions) and session.saved:
            move = _at_end(session)
            place = questions.index(move.question) if move.question else place
    marked = sum(session.saved)
    session.say(f"{counted(marked, 'answer')} marked; {_left(desk, questions)}")
    if (second := desk.second) is not None:
        for name in questions:
            for _, found in (one for one in desk.agreement(name) if one[0] == second.reader):
                session.say("\n".join(agreement_lines(name, found)))
    return marked


def _at_end(session: _Session) -> _Step:
    """Behind the last answer: the marks that were given last can still be taken back."""
    while True:
        try:
            match session.line("that was the last one [u takes the last mark back, Enter ends] "):
                case "u":
                    return _undone(session)
                case None | "" | "q" | "n":
                    return END
                case line:
                    session.say(f"! {line!r} says nothing that can be done here")
        except HarnessError:
            raise
        except GraderError as error:
            session.say(f"! {one_line(str(error))}")


def _undone(session: _Session) -> _Step:
    """Takes the last mark back."""
    question, key = session.desk.undo()
    session.saved[-1:] = []
    session.say("taken back")
    return _Step(question=question, key=key)


def _left(desk: Desk, questions: Sequence[str]) -> str:
    counts = {name: sum(answer.is_in("pending") for answer in desk.answers(name)) for name in questions}
    waiting = [f"{count} of {one_line(name)}" for name, count in counts.items() if count]
    return f"{listed(waiting)} wait" if waiting else "none waits"


@dataclass(frozen=True)
class _Step:
    """What comes after an answer: so many answers on or back, the end, or the answer of which a mark was taken back."""

    step: int = 0
    ends: bool = False
    question: str = ""
    key: str = ""


ON, BACK, AGAIN, END = _Step(1), _Step(-1), _Step(), _Step(ends=True)


def _question(session: _Session, name: str, first: str = "") -> _Step:
    """Works through a question, from the answer with the key `first` on; gives back a move between questions."""
    keys = [group.first.key for group in session.desk.question(name).groups if group.is_in("pending")]
    if not keys:
        return ON
    for line in _heading(session.desk.question(name).question, session.width):
        session.say(line)
    place = keys.index(first) if first in keys else 0
    while 0 <= place < len(keys):
        at_desk = session.desk.question(name)
        group, _ = at_desk.found(keys[place])
        move = _group(session, at_desk, group, f"{place + 1}/{len(keys)}")
        if move.ends or move.question not in ("", name):
            return move
        if move.question:
            home, _ = session.desk.question(name).found(move.key)
            place = next((i for i, key in enumerate(keys) if home.of(key) is not None), place)
        place += move.step
    return BACK if place < 0 else ON


def _group(session: _Session, at_desk: QuestionAtDesk, group: DeskGroup, place: str) -> _Step:
    """Has one answer marked, or identical ones at once."""
    for line in _shown(session, at_desk, group, place, most=MAX_LINES_AT_FIRST):
        session.say(line)
    prompt = f"{one_line(at_desk.question.id)} {place} [1-{len(at_desk.question.rubric)} 0 n b u a q ?] "
    while True:
        try:
            match session.line(prompt):
                case None | "q":
                    return END
                case "" | "n":
                    return ON
                case "b":
                    return BACK
                case "?" | "h":
                    session.screen.write(HELP)
                case "a":
                    for shown in _shown(session, at_desk, group, place, most=None):
                        session.say(shown)
                case "u":
                    return _undone(session)
                case str(line):
                    _save(session, at_desk, group, mark_in(at_desk.question, line))
                    return ON
        except HarnessError:
            raise
        except GraderError as error:
            session.say(f"! {one_line(str(error))}")
            if not isinstance(error, LineError):
                return AGAIN  # as it is now


def mark_in(question: ReadQuestion, line: str) -> Mark:
    """The mark that a line says: numbers of points, `= 15` for points in their place, `: ...` for a note.

    Raises:
        LineError: if it says none.
    """
    found = _MARK_LINE.fullmatch(line)
    if found is None:
        raise LineError(f"{line!r} says nothing that can be done: ? shows what does")
    count = len(question.rubric)
    words = found["points"].replace(",", " ").split()
    numbers = (
        [int(n) for word in words for n in (word if count <= 9 else [word])] if all(map(_is_short, words)) else [-1]
    )
    strange = [n for n in numbers if not 0 <= n <= count]
    if strange or not numbers:
        raise LineError(f"the points are numbered from 1 to {count}, and 0 is none of them")
    if 0 in numbers and len(set(numbers)) > 1:
        raise LineError("0 is none of the points, and others are named")
    met = tuple(point.name for i, point in enumerate(question.rubric, 1) if i in numbers)
    given = found["given"]
    if given is not None and not _GIVEN.fullmatch(given):
        raise LineError(f"{given!r} is no number of points")
    points = None if given is None else Fraction(given.replace(",", "."))
    if points is not None and points > question.points:
        raise LineError(more_than_there_are(points, question.id, question.points))
    return Mark(met, (found["note"] or "").strip(), "", points=points)


def _is_short(word: str) -> bool:
    return len(word) <= 20 and word.isascii()


def _save(session: _Session, at_desk: QuestionAtDesk, group: DeskGroup, mark: Mark) -> None:
    """Marks the answers of a group, which are identical."""
    answers = [answer for answer in group.answers if answer.is_in("pending")] or list(group.answers)
    seen = seen_version(at_desk.question, answers)
    session.desk.save(at_desk.question.id, [answer.key for answer in answers], mark, seen)
    session.saved.append(len(answers))
    points = points_in_words(whole_points(at_desk.question, mark))
    of = f"{points} of {points_in_words(at_desk.question.points)} points"
    session.say(f"saved: {of}{f' for {len(answers)} identical answers' if len(answers) > 1 else ''}")


# ------------------------------------------------------------- what is shown
def _heading(question: ReadQuestion, width: int) -> Iterator[str]:
    yield ""
    yield f"== {one_line(question.id)}: {one_line(question.title)} ({points_in_words(question.points)} points)"
    yield from _wrapped(question.prompt, width, "   ")
    for number, point in enumerate(question.rubric, 1):
        yield f"   {number}  {one_line(point.name)} ({points_in_words(point.points)})"


def _shown(session: _Session, at_desk: QuestionAtDesk, group: DeskGroup, place: str, most: int | None) -> Iterator[str]:
    """An answer in lines of a terminal: no sign in it moves the cursor or hides."""
    first, count = group.first, len(group.answers)
    written = first.read.answer
    names = session.desk.names
    name = f" {one_line(first.read.submission)}" if names else ""
    yield ""
    yield f"-- answer {place}{name}{f', {count} identical ones' if count > 1 else ''}"
    if written.asked:
        yield "   asked of this student:"
        yield from _wrapped(written.asked, session.width, "   ")
    for note in (*first.flags, *without_names(first, written.notes, names=names)):
        yield f"   ({one_line(note)})"
    if first.mark is not None:
        found = ", ".join(first.mark.met) or "none of the points"
        by = f" by {first.mark.reader}" if first.mark.reader else ""
        points = points_in_words(whole_points(at_desk.question, first.mark))
        yield f"   (marked{one_line(by)}: {one_line(found)}; {points} points)"
    for number, file in enumerate(written.files, 1):
        hidden = f"file {number}{suffix_in(file)}; --names says which one it is"
        yield f"   (file to open: {f'{one_line(file)} of {one_line(first.read.submission)}' if names else hidden})"
    if written.text is not None:
        lines = list(_wrapped(written.text, session.width, "   | "))
        yield from lines[:most]
        if most is not None and len(lines) > most:
            yield f"   ({len(lines) - most} more lines: a shows them)"
        if written.cut and (most is None or len(lines) <= most):
            yield "   (there is more of it: open what was handed in)"


def _wrapped(text: str, width: int, indent: str) -> Iterator[str]:
    for line in visible(text.strip("\n")).split("\n") if text.strip() else ():
        for part in wrapped(line, max(width - len(indent), 20), long_words=True) or [""]:
            yield f"{indent}{part}"
