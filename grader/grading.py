"""One submission against one assignment: a report. A fault of the grader is held, never a zero."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from typing import TYPE_CHECKING, Protocol

from grader.answers.links import SHARED_FILE_NOTE
from grader.answers.submission import Submission
from grader.deferred import dataclass, replace
from grader.errors import SubmissionError, listed, reason_of
from grader.kinds.effects import Effects, effects_so_far, take_effects
from grader.kinds.kind import kind_of
from grader.kinds.missing import WithoutAnswer
from grader.kinds.open_submission import NO_DETAILS, Details, OpenSubmission, Resources
from grader.kinds.page import with_page
from grader.kinds.unjudged import held, rejected
from grader.kinds.variants.own import drawn_variants, own_assignment, variants_of
from grader.kinds.variants.question import VariantsQuestion
from grader.spec.assignment import Assignment
from grader.spec.packages import refuse_missing
from grader.spec.question import Question
from grader.verdict import QuestionResult, Report

if TYPE_CHECKING:
    from grader.kinds.written.marks import Marks
    from grader.sandbox import Requirement


class Verdicts(Protocol):
    """What is known of questions before they are graded, and what hears of each as it is graded."""

    def known_unread(self, question: Question, opened: OpenSubmission) -> KnownVerdict | None:
        """What grading the question would come to, where nothing of the submission need be read to tell."""

    def known(self, question: Question, opened: OpenSubmission, before: Effects) -> KnownVerdict | None:
        """The same of a question that is not known unread, with what the ones before it have left behind; None where
        it has to be graded."""

    def graded(self, question: Question, result: QuestionResult | None, effects: Effects) -> None:
        """Called with what grading a question that was not known has come to."""


@dataclass(frozen=True)
class KnownVerdict:
    """What grading a question has come to before (`result` None: there was no answer), and what it left behind."""

    result: QuestionResult | None
    effects: Effects


GRADED_AGAINST_COPY = (
    "checked against a student's copy of the assignment: marks come from the course, which checks more"
)


def grade(
    submission: Submission,
    assignment: Assignment,
    require_sandbox: Requirement = "strict",
    marks: Marks | None = None,
    run: Resources | None = None,
    details: Details = NO_DETAILS,
    verdicts: Verdicts | None = None,
    student: str | None = None,
) -> Report:
    """The report of a submission; every question is tried, whatever happens to the others.

    `marks` are a reader's, for written answers; `details` are what is said beside the marks. `run` has what several
    submissions share, above all the sandbox; without it, this submission has its own. `verdicts` may know some already.
    `student`: whose variants it meets, where questions have some (None: those of the name of the submission).

    Raises:
        SpecError: if a package that code may import is not installed here.
    """
    student = submission.name if student is None else student
    whole = assignment
    assignment = own_assignment(whole, drawn_variants(whole, student))
    if any(kind_of(way).takes_code for question in assignment.questions for way in kind_of(question).ways(question)):
        refuse_missing(assignment.packages)
    with ExitStack() as stack:
        if run is None:
            run = stack.enter_context(closing(Resources()))
        opened = OpenSubmission(submission, assignment, run, require_sandbox, marks or {}, details)
        stack.enter_context(closing(opened))
        everyones = {question.id: question for question in variants_of(whole)} if details.other_variants else {}
        scored = [
            (question, _graded_or_known(opened, question, verdicts, everyones.get(question.id)))
            for question in assignment.questions
        ]
    left = WithoutAnswer(submission, assignment)
    questions = tuple(left.result(question) if result is None else result for question, result in scored)
    if details.page and verdicts is None:  # pages of a class are made of what is kept with its verdicts
        asked = zip(questions, assignment.questions, strict=True)
        questions = tuple(result if result.page else with_page(result, question, opened) for result, question in asked)
    shared = [f"{name}: {SHARED_FILE_NOTE}" for name in submission.shared]
    copied = (GRADED_AGAINST_COPY,) if assignment.students_copy else ()
    broken = map(str, submission.problems)
    messages = tuple(dict.fromkeys((*broken, *submission.notes, *left.messages(), *copied, *shared, *opened.notes)))
    messages += tuple(_said_of_students(submission))
    questions = tuple(replace(q, variant=found) if (found := assignment.variants.get(q.id)) else q for q in questions)
    whose = student if assignment.variants else ""
    return Report(assignment.id, submission.name, questions, messages, opened.tier, opened.ran, variants_of=whose)


def _graded_or_known(
    opened: OpenSubmission, question: Question, verdicts: Verdicts | None, everyones: VariantsQuestion | None
) -> QuestionResult | None:
    """The marks of a question, which may be known; `everyones` has its other variants, where these are to be tried."""
    if verdicts is None:
        return grade_question(opened, question)
    if (known := verdicts.known_unread(question, opened)) is None:
        before = effects_so_far(opened)
        known = verdicts.known(question, opened, before)
    if known is not None:
        take_effects(opened, known.effects)
        return known.result
    result = grade_question(opened, question)
    effects = effects_so_far(opened).since(before)
    if result is not None and everyones is not None:
        from grader.kinds.variants.others import with_other_variants

        with suppress(Exception):  # the marks are known already
            result = with_other_variants(result, everyones, opened)
    verdicts.graded(question, result, effects)
    return result


def _said_of_students(submission: Submission) -> Iterator[str]:
    """Who is named as handing in together, or why nobody is; that costs no question its marks."""
    try:
        if names := submission.students:
            yield f"handed in together, as the answers say: {listed(names)}"
    except SubmissionError as error:
        yield from map(str, error.problems)


def grade_question(opened: OpenSubmission, question: Question) -> QuestionResult | None:
    """The marks of one question, whatever goes wrong: a fault of the grader is held. None where there is no answer."""
    result = _scored(opened, question)
    return with_page(result, question, opened) if result is not None and opened.details.page else result


def _scored(opened: OpenSubmission, question: Question) -> QuestionResult | None:
    try:
        return kind_of(question).score(question, opened)
    except SubmissionError as error:
        return rejected(question, error)
    except Exception as error:  # the whole point: whatever else goes wrong is our fault, and is said so
        return held(question, reason_of(error))
