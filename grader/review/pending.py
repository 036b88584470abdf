"""What readers of a class work through: the written questions of an assignment, and every answer that can be read.

It comes from the gradebook in a folder of results, from the course and from the file of marks. Nothing is graded.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from grader.classroom.gradebook import opened_gradebook
from grader.classroom.gradebook_rows import PlacedRow
from grader.classroom.result_names import GRADEBOOK_FILE, GRADES_FILE
from grader.classroom.verdicts import KeptVerdict
from grader.errors import Problem, SpecError, SubmissionError, did_you_mean, listed
from grader.kinds.table import load_assignment, ways_of
from grader.kinds.variants.question import has_variants
from grader.kinds.written.checked_marks import marks_for, refuse_faulty_marks
from grader.kinds.written.marks import Mark, MarksEntry, refuse_marks
from grader.kinds.written.question import WrittenPoint, WrittenQuestion, points_of
from grader.kinds.written.standing import is_for_another_way, standing
from grader.reports.sentences import counted
from grader.review.excused import excused_answers
from grader.review.handed_in import handed_in_file
from grader.review.marks_store import MarksStore
from grader.spec.assignment import MARKS_FILE, Assignment
from grader.spec.course import ASSIGNMENT_FILE, CourseSearch
from grader.spec.question import Question
from grader.written_answer import WrittenAnswer

AnswerState = Literal["pending", "changed", "flagged", "marked"]
"""`pending`: nobody has marked it; `changed`: its mark waits for a reader again; `flagged`: its mark counts, and should
be looked at again; `marked`: its mark counts."""

WAITING: frozenset[AnswerState] = frozenset({"pending", "changed"})
"""States in which the points of an answer are pending."""


@dataclass(frozen=True)
class ReadQuestion:
    """A written question as readers see it; `assignment` is the name of its assignment."""

    assignment: str
    id: str
    title: str
    prompt: str
    points: Fraction
    rubric: tuple[WrittenPoint, ...]
    fingerprint: str

    def worth(self, met: Sequence[str]) -> Fraction:
        """What these points of the rubric give together, at most what the question is worth."""
        return min(self.points, points_of(met, self.rubric))


@dataclass(frozen=True)
class ReadableAnswer:
    """An answer as it was handed in last, and its mark as the file of marks has it now.

    `flags` say in sentences what has changed since it was marked. `second` are findings of other readers, each with its
    state and flags in `second_standing`: such a one, too, is about the answer and the rubric that its reader has read.
    """

    submission: str
    question: str
    answer: WrittenAnswer
    state: AnswerState
    mark: Mark | None
    flags: tuple[str, ...] = ()
    second: tuple[Mark, ...] = ()
    second_standing: tuple[tuple[AnswerState, tuple[str, ...]], ...] = ()

    @property
    def is_marked(self) -> bool:
        """Whether its mark counts."""
        return self.state not in WAITING

    @property
    def second_that_hold(self) -> tuple[Mark, ...]:
        """The findings of other readers on the answer as it is now."""
        both = zip(self.second, self.second_standing, strict=True)
        return tuple(mark for mark, (state, _) in both if state not in WAITING)

    @property
    def key(self) -> tuple[str, str]:
        """The submission and the question: how marks name it."""
        return self.submission, self.question

    @property
    def whole_text(self) -> str | None:
        """The text, where that is all that there is to read; else None."""
        return None if self.answer.files or self.answer.cut else self.answer.text


@dataclass(frozen=True)
class _HandedIn:
    """What the gradebook has of an answer."""

    submission: str
    question: str
    answer: WrittenAnswer


class Review:
    """An open review of a folder of results.

    `questions` are those that readers mark, in the order of the assignment; `store` has their marks.
    """

    def __init__(self, results: Path, assignment: Assignment, store: MarksStore) -> None:
        self.results = results
        self.assignment = assignment
        self.store = store
        self._written: dict[str, WrittenQuestion] = {}
        for question in assignment.questions:
            written = [way for way in ways_of(question) if isinstance(way, WrittenQuestion)]
            self._written |= {question.id: written[0]} if written else {}
        self.questions = tuple(
            _read_question(assignment, question, self._written[question.id])
            for question in assignment.questions
            if question.id in self._written
        )
        self._rows: tuple[PlacedRow, ...] = ()
        self._unread: list[str] = []
        self._excused = frozenset[tuple[str, str]]()
        self._handed_in: dict[str, dict[str, _HandedIn]] = {}
        self._seen: tuple[tuple[int, int], ...] = ()

    # ------------------------------------------------------------- questions and answers
    def question(self, name: str) -> ReadQuestion:
        """A question by its name.

        Raises:
            SpecError: if no reader marks a question of that name.
        """
        found = next((question for question in self.questions if question.id == name), None)
        if found is None:
            known = [question.id for question in self.questions]
            there = f"readers mark {listed(known)}" if known else "the assignment has no written question"
            raise SpecError(f"{name!r} is no written question{did_you_mean(name, known)} ({there})")
        return found

    def asked(self, names: Sequence[str]) -> tuple[ReadQuestion, ...]:
        """The questions of these names in the order of the assignment; all of them where none is named."""
        wanted = {self.question(name).id for name in names}
        return tuple(question for question in self.questions if not wanted or question.id in wanted)

    def answers(self, question: str, *, with_excused: bool = False) -> tuple[ReadableAnswer, ...]:
        """Every answer to a question, in the order of submissions, with the marks as the file has them now.

        Those that are excused for all of their students are left out, unless `with_excused`.

        Raises:
            SpecError: if anything in the file of marks cannot be used.
        """
        self.question(question)
        self._read_again()
        entries = self.store.entries()
        asked = self._handed_in[question].values()
        left_out = frozenset[tuple[str, str]]() if with_excused else self._excused
        return tuple(self._readable(one, entries) for one in asked if (one.submission, question) not in left_out)

    def answer(self, submission: str, question: str) -> ReadableAnswer:
        """One of them.

        Raises:
            SpecError: as `answers` does.
            SubmissionError: if there is none.
        """
        self.question(question)
        self._read_again()
        handed_in = self._handed_in[question].get(submission)
        if handed_in is None:
            raise self._no_answer(submission, question)
        return self._readable(handed_in, self.store.entries())

    def _no_answer(self, submission: str, question: str) -> SubmissionError:
        names = self.submissions
        if submission not in names:
            advice = did_you_mean(submission, names)
            return SubmissionError(f"there is no submission {submission!r} in the results{advice}")
        return SubmissionError(f"{submission} has handed in nothing for {question} that a reader could mark")

    @property
    def submissions(self) -> frozenset[str]:
        """The names of all submissions of the results, whether or not they have handed in for this assignment."""
        return frozenset(placed.row.name for placed in self._rows)

    def _readable(self, handed_in: _HandedIn, entries: Mapping[tuple[str, str], MarksEntry]) -> ReadableAnswer:
        entry = entries.get((handed_in.submission, handed_in.question))
        mark = entry.mark if entry is not None else None
        state, flags = self._state(handed_in, mark)
        second = entry.second if entry is not None else ()
        stands = tuple(self._state(handed_in, found) for found in second)
        name, question = handed_in.submission, handed_in.question
        return ReadableAnswer(name, question, handed_in.answer, state, mark, flags, second, stands)

    def _state(self, handed_in: _HandedIn, mark: Mark | None) -> tuple[AnswerState, tuple[str, ...]]:
        if mark is None:
            return "pending", ()
        try:
            stands = standing(self._way(handed_in.question, mark), handed_in.answer.fingerprint, mark)
        except SpecError as error:  # a slip of whoever has written it by hand: marking it again mends it
            return "changed", tuple(map(str, error.problems))
        return ("flagged" if stands.flags else "marked") if stands.counts else "changed", stands.flags

    def _way(self, question: str, mark: Mark) -> WrittenQuestion:
        """The way to answer by whose rubric a mark was given: of several written ones, readers see the first."""
        written = self._written[question]
        asked = next(one for one in self.assignment.questions if one.id == question)
        if not is_for_another_way(written, mark, self.assignment):
            return written
        others = [way for way in ways_of(asked) if isinstance(way, WrittenQuestion)]
        return next(way for way in others if not is_for_another_way(way, mark, self.assignment))

    # ------------------------------------------------------------- what was handed in
    def file_bytes(self, answer: ReadableAnswer, name: str) -> bytes:
        """A file that was handed in (one of `answer.answer.files`), for a reader who opens it.

        Raises:
            SubmissionError: if it is not there any more.
        """
        placed = next((placed for placed in self._rows if placed.row.name == answer.submission), None)
        if placed is None or name not in answer.answer.files:
            raise SubmissionError(f"{answer.submission} has handed in no {name} for {answer.question}")
        return handed_in_file(Path(placed.source), answer.submission, name, self.results)

    def earlier_mark(self, answer: ReadableAnswer) -> Mark | None:
        """The last mark of an answer that a run has used, which the file of marks may have no more."""
        with opened_gradebook(self.results, read_only=True) as book:
            rows = book.history(answer.submission)
            kept = (verdict.mark for row in rows for verdict in row.verdicts if verdict.question == answer.question)
            return next((mark for mark in kept if mark is not None), None)

    # ------------------------------------------------------------- reading
    def _read_again(self) -> None:
        """Reads the gradebook, where a run has changed it since.

        Raises:
            SubmissionError: if it is not there, or a run is writing to it and it was never read.
        """
        files = (GRADEBOOK_FILE, f"{GRADEBOOK_FILE}-wal", GRADES_FILE)
        seen = tuple(file_stamp(self.results / name) for name in files)
        if seen == self._seen:
            return
        try:
            with opened_gradebook(self.results, read_only=True) as book:
                rows = tuple(book.placed())
                ours = [placed.row for placed in rows if placed.row.assignment == self.assignment.id]
                kept = [(row.name, verdict) for row in ours for verdict in row.verdicts]
        except SubmissionError:
            if self._rows:  # what was graded before a run that goes on now
                return
            raise
        self._seen = seen
        self._excused = excused_answers(self.results)
        self._rows = rows
        self._handed_in = {question.id: {} for question in self.questions}
        kept = [(name, verdict) for name, verdict in kept if verdict.question in self._handed_in]
        self._unread = list(dict.fromkeys(name for name, verdict in kept if _is_unread(verdict)))
        for name, verdict in kept:
            if (written := verdict.written) is not None:
                self._handed_in[verdict.question][name] = _HandedIn(name, verdict.question, written)

    @property
    def said(self) -> tuple[str, ...]:
        """Sentences about what could not be used: marks of submissions that there are not, answers without a text."""
        return tuple(self._said())

    def _said(self) -> Iterator[str]:
        self._read_again()
        names = self.submissions
        for (name, _), entry in self.store.entries().items():
            if name not in names:
                yield str(Problem(f"there is no submission {name!r}{did_you_mean(name, names)}", entry.place))
        for question, handed_in in self._handed_in.items():
            if number := sum((name, question) in self._excused for name in handed_in):
                yield f"{question}: {counted(number, 'answer')} excused, which no reader is asked about"
        if self._unread:
            unread = listed(self._unread)
            yield f"{unread}: graded before texts were kept for readers: run `grader grade` again with --fresh"


def open_review(
    results: Path,
    spec: str | None = None,
    course: Path | None = None,
    marks: Path | None = None,
    start: Path | None = None,
) -> Review:
    """The review of a folder of results, for the spec that is named, else the one that its submissions were graded by.

    `marks` names the file of marks (one that is not there yet is made with the first mark); else it is `marks.yaml`
    beside the spec. `start` is where a course is looked for (the present folder).

    Raises:
        SubmissionError: if nothing was graded there.
        SpecError: if the course, its spec or the file of marks cannot be used.
    """
    with opened_gradebook(results, read_only=True) as book:
        rows = list(book.placed())
    if not rows:
        raise SubmissionError(f"{results}: nothing is graded there: `grader grade FOLDER --out {results}` comes first")
    names = list(dict.fromkeys(placed.row.spec_name for placed in rows if placed.row.spec_name))
    if spec is None and len(names) > 1:
        raise SpecError(f"the results are of {listed(names)}: name one with --spec")
    search = CourseSearch(start or Path.cwd(), None, course, whole_class=True)
    assignment = load_assignment(search.spec(spec if spec is not None else next(iter(names), None)))
    refuse_marks(marks, [path for placed in rows for path in placed.entry.paths])
    file = marks or file_beside(assignment, MARKS_FILE, "name the file for marks with --marks FILE")
    review = Review(results, assignment, MarksStore(file))
    found = {key: entry.mark for key, entry in review.store.entries().items() if entry.mark is not None}
    if marks is None:
        refuse_faulty_marks(found, [assignment])
    else:  # which may speak of other assignments of the course, too
        marks_for(assignment, marks if marks.exists() else None)
    return review


def file_beside(assignment: Assignment, name: str, advice: str) -> Path:
    """Where a file of that name lies, or would lie, beside the questions of an assignment.

    Raises:
        SpecError: with the advice, if they belong to none.
    """
    folder = assignment.path if assignment.path.is_dir() else assignment.path.parent
    if not (folder / ASSIGNMENT_FILE).is_file():
        raise SpecError(f"{assignment.path.name} belongs to no assignment: {advice}")
    return folder / name


def _read_question(assignment: Assignment, question: Question, written: WrittenQuestion) -> ReadQuestion:
    heading = assignment.headings.get(question.id)
    own = [] if has_variants(question) else [written.prompt]  # of one variant
    prompts = [*([heading.prompt] if heading is not None else []), question.prompt, *own]
    return ReadQuestion(
        assignment.id,
        question.id,
        question.title,
        "\n\n".join(dict.fromkeys(prompt.strip() for prompt in prompts if prompt.strip())),
        written.points,
        written.accepted,
        written.rubric_fingerprint,
    )


def _is_unread(verdict: KeptVerdict) -> bool:
    return verdict.written is None and json.loads(verdict.texts.facts).get("status") == "pending"


def file_stamp(file: Path) -> tuple[int, int]:
    """By which it is told whether a file has changed; zeros where there is none."""
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
