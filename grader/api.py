"""The Python API: load an assignment, grade a submission, check one answer, and look at what comes out."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, cast
from weakref import finalize

from grader import grading, verdict
from grader.answers.code import SOLUTION_FILE
from grader.answers.in_memory import InMemorySubmission
from grader.answers.python_values import node_of
from grader.answers.submission import Submission
from grader.errors import Problem, SourceLocation, SpecError, did_you_mean, listed
from grader.kinds.kept_assignment import kept_or_loaded
from grader.kinds.kind import kind_of
from grader.kinds.open_submission import Details, Resources
from grader.kinds.table import load_assignment, ways_of
from grader.kinds.variants.own import students_assignment, variants_of
from grader.shown_reports import ShownReport, ShownResult
from grader.spec import assignment as specs
from grader.spec.course import CourseSearch, WhichAssignmentError, is_name, refuse_inside, student_folder
from grader.spec.question import Question
from grader.visible import shown_name

if TYPE_CHECKING:
    from grader.sandbox import Requirement

UNNAMED_SUBMISSION = "your answer"
"""What an answer without a folder is called."""

SHOWN_DETAILS = Details(page=True)
"""What is looked up beside the marks, since a result may be shown in a notebook."""


@dataclass(frozen=True, repr=False)
class GradableAssignment(specs.Assignment):
    """An assignment that grades: `id`, `title`, `points`, `questions`, and `only(["q5"])` for a part of it.

    `place_named`: whether the caller said where its spec lies (a path or a course); else it was searched for.
    """

    place_named: bool = False

    def grade(
        self,
        path: str | Path,
        *,
        marks: str | Path | None = None,
        require_sandbox: Requirement | None = None,
        student: str | None = None,
    ) -> ShownReport:
        """The report of the submission at a path; `marks` is a file of a reader's marks (else the course's).

        `require_sandbox`: what must hold its code; by default "strict", and on macOS and Windows, which have no more,
        "degraded". `student`: whose variants it meets, where questions have some; by default, of whom its name is.

        >>> import grader
        >>> report = grader.load("assignment3").grade("submissions_example/forgets_the_past")
        >>> [(q.id, q.status, float(q.points)) for q in report.questions if q.id in ("q5", "q6")]
        [('q5', 'graded', 40.0), ('q6', 'graded', 45.0)]

        Raises:
            SubmissionError: if there is nothing at the path.
            SpecError: if the file of marks cannot be used, or if it or the spec lies in the submission.
        """
        from grader.kinds.written.checked_marks import marks_for
        from grader.kinds.written.marks import refuse_marks
        from grader.own_code import requirement_for_own_code

        submission = Submission(Path(path))
        refuse_inside(self.path, submission.path if self.place_named else student_folder(submission.path))
        file = Path(marks) if marks is not None else self.marks_file
        refuse_marks(file, [submission.path])
        given = marks_for(self, Path(marks) if marks is not None else None)
        require = requirement_for_own_code(require_sandbox)
        name = shown_name(submission.name if student is None else student)
        report = grading.grade(submission, self, require, given, self._run, SHOWN_DETAILS, student=name)
        return ShownReport(**vars(report))

    @cached_property
    def _run(self) -> Resources:
        """The sandbox of all submissions that are graded; it ends with this object."""
        run = Resources()
        finalize(self, run.close)
        return run

    def of_student(self, student: str | None) -> GradableAssignment:
        """The assignment with the variants of a student, whose id or e-mail this is.

        Raises:
            SpecError: if questions have variants, and no student is named.
        """
        if not variants_of(self):
            return self
        if student is None:
            raise SpecError(f"{variants_of(self)[0].id} has variants: say whose are meant, student=...")
        return cast(GradableAssignment, students_assignment(self, shown_name(student)))

    def only(self, ids: Iterable[str]) -> GradableAssignment:
        return cast(GradableAssignment, super().only(ids))

    def __repr__(self) -> str:
        names = listed(question.id for question in self.questions)
        return f"<Assignment {self.id}: {names} ({verdict.points_in_words(self.points)} points)>"


def load(spec: str | Path | None = None, *, course: str | Path | None = None) -> GradableAssignment:
    """The assignment of a spec: a folder, a question file, a name in `specs/`, or the only one there is.

    `specs/` is that of the folder `course`, else the nearest one from the current folder upwards. Where a submission is
    at hand, `assignment_for` finds the spec without ever looking into what was handed in.

    >>> import grader
    >>> grader.load("assignment3").only(["q5", "q6"])
    <Assignment assignment3: q5 and q6 (140 points)>

    Raises:
        SpecError: with every problem of the spec, or the assignments there are where none or several could be meant.
    """
    found = _only_or_named(spec, course)
    return replace(found, place_named=course is not None or not (spec is None or is_name(str(spec))))


def _only_or_named(
    spec: str | Path | None, course: str | Path | None, *, from_cache: bool = False
) -> GradableAssignment:
    try:
        return assignment_for(None, spec, _search(course), from_cache=from_cache)
    except WhichAssignmentError as error:
        advice = f"say load({error.names[0]!r})" if error.names else "give the path of a spec"
        raise WhichAssignmentError(error.names, advice) from None


def assignment_for(
    submission: Submission | None, spec: str | Path | None, search: CourseSearch, *, from_cache: bool = False
) -> GradableAssignment:
    """The assignment of a `spec`, else the one that the submission names, else the only one there is.

    `from_cache`: one that is kept in the user's cache will do, whose questions are loaded as they are needed.

    Raises:
        SpecError: if the spec cannot be found or used.
        SubmissionError: if the submission names an assignment that there is not.
    """
    named = submission.assignment if submission is not None else None
    path = search.spec(str(spec) if spec is not None else None, named)
    found = kept_or_loaded(path) if from_cache else load_assignment(path)
    return GradableAssignment(**{field.name: getattr(found, field.name) for field in fields(specs.Assignment)})


def check(
    question: str,
    answer: object = None,
    /,
    *,
    spec: str | Path | None = None,
    course: str | Path | None = None,
    student: str | None = None,
    **parameters: object,
) -> ShownResult:
    """The marks of one answer: weights by name, or a formula, a number, choices, prose, or a Python function.

    A function runs in the sandbox, as handed in: what it reaches of its module (imports, functions, constants) goes
    with it. Weights are numbers, lists or NumPy arrays. A float counts at its exact binary value; `"0.1"`, `"-3/2"` and
    fractions are exact. The question is looked for in `spec`, else in every assignment in the `specs/` of the `course`.
    `student` is whose variant is meant, of a question that has some.

    >>> import grader
    >>> grader.check("q5", W1=1, W2=0, b2=0, W3=1, b3=0)
    q5  A latch that remembers the first zero                                40 / 70
       ok   stays 1 while every input is 1                                     20/20
            proved for every input of every length (3 states)
       ok   drops to 0 at the first 0                                          20/20
            proved for every input of every length (3 states)
       FAIL stays 0 ever after                                                  0/30
            on input 01 the output is 01, but 00 is wanted: step 2 gives 1
            instead of 0 (the shortest such input)
           t  x  your h  output  wanted
           1  0       0       0       0
           2  1       1       1       0  <-- first wrong step
      note: Your hidden unit forgets: it only copies the input. W2 must carry the
      past.
    >>> grader.check("q3.1", "dL[t+1] * W * h[t+1] * (1 - h[t+1])").points
    Fraction(20, 1)

    Raises:
        SpecError: if there is no such question, or several of that name.
        TypeError: for an answer that is none of these.
    """
    if (answer is None) is not bool(parameters):
        raise TypeError(f"check({question!r}, ...) takes either one answer or weights by name")
    assignment = assignment_with(question, spec, course).of_student(student)
    return check_value(assignment, parameters if answer is None else answer)


def check_value(assignment: GradableAssignment, answer: object) -> ShownResult:
    """The marks of an answer to the first question of an assignment.

    Raises:
        TypeError: for an answer that is none of those which `check` takes.
    """
    with _handed_in(assignment.questions[0], answer) as submission:
        return _shown_result(submission, assignment)


def check_files(assignment: GradableAssignment, files: Mapping[str, str]) -> ShownResult:
    """The marks of the first question of an assignment, to which files with these names and texts are handed in."""
    with _folder_of(files) as submission:
        return _shown_result(submission, assignment)


def _shown_result(submission: Submission, assignment: GradableAssignment) -> ShownResult:
    from grader.own_code import requirement_for_own_code

    report = grading.grade(submission, assignment, requirement_for_own_code(None), details=SHOWN_DETAILS)
    return ShownResult(**vars(replace(report.questions[0], place=None)))


def _search(course: str | Path | None) -> CourseSearch:
    return CourseSearch(Path.cwd(), course=Path(course) if course is not None else None)


def assignment_with(name: str, spec: str | Path | None, course: str | Path | None) -> GradableAssignment:
    """The assignment of the question of that name, with that question alone.

    Each assignment of the course is looked through, so it is taken from the user's cache where it is kept there.

    Raises:
        SpecError: if there is no such question, or several of that name.
    """
    search = _search(course)
    names = search.assignments() if spec is None else []
    if len(names) < 2:
        return _single(_only_or_named(spec, course, from_cache=True), name)
    found, broken, known = [], list[Problem](), list[str]()
    for assignment in names:
        try:
            whole = assignment_for(None, assignment, search, from_cache=True)
        except SpecError as error:
            broken += error.problems
            continue
        known += [question.id for question in whole.questions]
        if any(f"{question.id}.".startswith(f"{name}.") for question in whole.questions):
            found.append(whole)
    if len(found) > 1:
        there = [assignment.id for assignment in found]
        raise SpecError(f"{name!r} is a question of {listed(there)}: say which, spec={there[0]!r}")
    if not found:
        advice = did_you_mean(name, known) or f" ({listed(names)} have {listed(known)})"
        raise SpecError(f"{name!r} is not a question{advice}", *broken)
    return _single(found[0], name)


def _single(assignment: GradableAssignment, name: str) -> GradableAssignment:
    chosen = assignment.only([name])
    exact = tuple(question for question in chosen.questions if question.id == name)
    if not exact:
        parts = listed((question.id for question in chosen.questions), "or")
        raise SpecError(f"{name!r} has parts: check one of them ({parts})")
    return replace(chosen, questions=exact)


@contextmanager
def _handed_in(question: Question, answer: object) -> Iterator[Submission]:
    """An answer as a submission; code goes through a file, as all code does."""
    source = _source(question, answer)
    if source is None:
        yield InMemorySubmission(UNNAMED_SUBMISSION, {question.id: node_of(answer, SourceLocation(question.id))})
        return
    with _folder_of({SOLUTION_FILE: source}) as submission:
        yield submission


@contextmanager
def _folder_of(files: Mapping[str, str]) -> Iterator[Submission]:
    with TemporaryDirectory() as folder:
        for name, text in files.items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        yield Submission(Path(folder), UNNAMED_SUBMISSION)


def _source(question: Question, answer: object) -> str | None:
    """The Python of an answer; None where it is no code."""
    takes_code = kind_of(question).takes_code
    if inspect.isfunction(answer) or (takes_code and callable(answer)):
        from grader.answers.live import source_of

        return source_of(answer, function_asked_for(question) or getattr(answer, "__name__", "answer"))
    if not takes_code:
        return None
    if not isinstance(answer, str):
        raise TypeError(f"{question.id} is answered with a function, or with the text of a solution.py")
    return answer


def function_asked_for(question: Question) -> str:
    """What the function that answers a question is called; "" where it is answered with something else."""
    asked = (kind_of(way).asked(way) for way in ways_of(question))
    return next((answer.defines for answer in asked if answer.defines), "")
