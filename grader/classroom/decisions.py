"""What people decided, applied to the rows of a class last: a pure function of the rows, so no regrade loses any of it.

The grader's own marks stay in the row's report beside what was decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from fractions import Fraction

from grader.classroom.facts import JUDGED
from grader.classroom.graded import DecidedTexts, Graded, digest_of_report
from grader.classroom.lateness import LateTerms, extended, lateness, on_clock
from grader.classroom.report_data import with_marks
from grader.classroom.reported_row import held_row, marks_in_row
from grader.classroom.squeezed import report_bytes, squeezed
from grader.classroom.staff_decision import StaffDecision
from grader.deferred import dataclass
from grader.errors import GraderError, listed
from grader.fingerprint import grader_fingerprint
from grader.kinds.unjudged import unjudged
from grader.reports.json import render
from grader.reports.recorded import report_in
from grader.spec.assignment import Assignment
from grader.spec.late_policy import LatePolicy
from grader.verdict import CheckOutcome, CheckResult, Override, QuestionResult, QuestionStatus, Report
from grader.visible import shown_name


@dataclass(frozen=True)
class RowFacts:
    """What is known of a row beside its marks: what was decided of it, when it was handed in, late days used before.

    `decisions` are those of the student, then those of the submission; `handed_in` None: the platform does not say.
    """

    decisions: tuple[StaffDecision, ...] = ()
    handed_in: datetime | None = None
    used_days: int = 0

    @property
    def counted(self) -> tuple[StaffDecision, ...]:
        """The decisions without those of the submission about questions of which something was decided of the student.

        Of two others about the same, the first one counts.
        """
        of_student = _questions_of_student(self.decisions)
        return tuple(
            one for one in self.decisions if one.points is None or one.students or str(one.question) not in of_student
        )


NO_FACTS = RowFacts()

UNKNOWN_ASSIGNMENT = "decides nothing, as it is not known to which assignment this was handed in: say `assignment`"


def _questions_of_student(decisions: Sequence[StaffDecision]) -> set[str]:
    """The questions for which the student was given points: nothing that is decided of the submission takes them."""
    return {str(one.question) for one in decisions if one.points is not None and one.students}


@dataclass(frozen=True)
class CourseRules:
    """What the course says, by the name of an assignment: of lateness, and its questions where it has decisions."""

    policies: Mapping[str, LatePolicy] = field(default_factory=dict)
    assignments: Mapping[str, Assignment] = field(default_factory=dict)


@dataclass(frozen=True)
class DecidedRow:
    """A row after what was decided; `decided` says it in words, `unused` what could not be applied to it."""

    graded: Graded
    report: Report | None = None
    decided: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()


def decided(row: Graded, facts: RowFacts, rules: CourseRules) -> DecidedRow:
    """The row with what was decided of it, and with what its lateness costs; held if that cannot be found out."""
    try:
        return _decided(row, facts, rules)
    except Exception as error:  # ours, and neither this row's zero nor the end of the others
        reason = str(error) if isinstance(error, GraderError) else f"{type(error).__name__}: {error}"
        return DecidedRow(held_row(row, f"what was decided cannot be applied: {reason}"))


def assignment_meant(row: Graded, facts: RowFacts, rules: CourseRules) -> str:
    """The assignment of a row; of one that names none, the only one that all decisions about it can be about."""
    if row.assignment or not facts.decisions:
        return row.assignment
    names = [
        name for name, one in rules.assignments.items() if all(_may_be_about(d, name, one) for d in facts.decisions)
    ]
    return names[0] if len(names) == 1 else ""


def _may_be_about(decision: StaffDecision, name: str, assignment: Assignment) -> bool:
    questions = {*assignment.listed, *(question.id for question in assignment.questions)}
    asked = {*(decision.excused or ()), *([decision.question] if decision.question is not None else ())}
    return decision.assignment in ("", name) and asked <= questions


def not_applied(rows: Iterable[tuple[str, RowFacts]]) -> Iterator[str]:
    """The decisions that are about no row of their assignment; `rows` have theirs, and what is known of them."""
    found: dict[StaffDecision, bool] = {}
    for assignment, facts in rows:
        for one in facts.decisions:
            found[one] = found.get(one, False) or one.assignment in ("", assignment)
    for one in (decision for decision, is_applied in found.items() if not is_applied):
        whose = listed(map(shown_name, (*one.students, *one.submissions)), "or")
        yield f"{one.place}: decides nothing, as nothing in this class was handed in to {one.assignment} by {whose}"


def _decided(row: Graded, facts: RowFacts, rules: CourseRules) -> DecidedRow:
    if (meant := assignment_meant(row, facts, rules)) != row.assignment:
        row = replace(row, assignment=meant)
    decisions = [one for one in facts.counted if one.assignment in ("", row.assignment)]
    policy = rules.policies.get(row.assignment) if row.texts.has_report else None
    if not decisions and policy is None:
        return DecidedRow(row)
    text = row.report or render(Report(row.assignment, row.name, (), grader=grader_fingerprint()))
    before = reported = report_in(text)
    if not before.questions and decisions and (assignment := rules.assignments.get(row.assignment)):
        before = replace(before, assignment=row.assignment, questions=_without_marks(row, assignment))
    report, said, unused = decided_report(before, decisions)
    if policy is not None:
        terms = late_terms(policy, decisions, facts.used_days)
        if not terms.waived and report.questions and all(question.excused for question in report.questions):
            terms = replace(terms, waived=report.questions[0].excused)  # so no day of the budget is used either
        handed_in = on_clock(facts.handed_in, policy.zone) if facts.handed_in else None
        late = lateness(policy, handed_in, report.max_points, report.earned, terms)
        report = replace(report, lateness=late)
        if late.days or terms.extended or (terms.waived and report.max_points):
            said = (*said, late.said)
    if not report.questions:
        lost = (one.place for one in decisions if one.points is not None or one.excused is not None)
        return DecidedRow(row, report, said, tuple(f"{place}: {UNKNOWN_ASSIGNMENT}" for place in lost))
    text = with_marks(text, report)
    texts = DecidedTexts(squeezed(report_bytes(text)), row.texts, report.questions == reported.questions)
    graded = replace(row, texts=texts, page_digest="", report_digest=digest_of_report(text), **marks_in_row(report))
    return DecidedRow(graded, report, said, unused)


def _without_marks(row: Graded, assignment: Assignment) -> tuple[QuestionResult, ...]:
    """The questions of a row that has none: nothing was handed in, or nothing that can be used."""
    status: QuestionStatus = "held" if row.status == "held" else "missing" if row.status == "missing" else "rejected"
    said = list(row.messages) or ["nothing was graded"]
    outcome: CheckOutcome = "held" if status == "held" else "failed"
    return tuple(unjudged(question, status, outcome, said) for question in assignment.questions)


# ------------------------------------------------------------- one report
def decided_report(
    report: Report, decisions: Sequence[StaffDecision]
) -> tuple[Report, tuple[str, ...], tuple[str, ...]]:
    """The report with the points that people gave and what they excused; what was decided, and what has no place in it.

    Of two decisions about the same, the first counts.
    """
    questions, unused = {question.id: question for question in report.questions}, list[str]()
    graded_as = {question.id: question.status for question in report.questions}
    said: list[str] = []
    for decision in sorted(decisions, key=lambda one: one.line is None):
        if decision.points is None or decision.question is None:
            continue
        question = questions.get(str(decision.question))
        if question is None:
            continue  # of another assignment
        changed = _with_points(question, decision, graded_as[question.id])
        if changed is None:
            unused.append(f"{decision.place}: {question.id} has no line {str(decision.line)!r} in this answer")
        else:
            questions[question.id] = changed
    messages: list[str] = []
    of_student = _questions_of_student(decisions)
    for decision in decisions:
        before = of_student if decision.submissions else ()
        for name in questions if decision.excused == () else map(str, decision.excused or ()):
            if name in questions and name not in before and not questions[name].excused:
                excused = f"excused {decision.decided_by}"
                questions[name] = replace(questions[name], status="excused", excused=excused)
        if decision.group is not None:
            messages.append(f"counted to {decision.group}, {decision.decided_by}")
    for question in questions.values():
        said += [f"{question.id}: {question.excused}"] if question.excused else []
        said += [f"{question.id}: {question.override}"] if question.override and not question.excused else []
        overrides = [(check.name, check.override) for check in question.checks if check.override]
        said += [f"{question.id}, {name}: {override}" for name, override in overrides if not question.is_decided]
    report = replace(report, questions=tuple(questions.values()), messages=(*messages, *report.messages))
    return report, (*messages, *said), tuple(unused)


def _with_points(question: QuestionResult, decision: StaffDecision, graded_as: QuestionStatus) -> QuestionResult | None:
    """The question with the points of a decision, unless they were decided before; None where it has no such line.

    `graded_as` is its status before anything was decided.
    """
    assert decision.points is not None
    if decision.line is None:
        if question.override is not None:
            return question
        graded = None if question.status == "held" else question.points
        override = Override(decision.points, question.max_points, decision.by, decision.reason, graded, graded_as)
        return replace(question, override=override, status="graded")
    line = next((check for check in question.checks if check.name == decision.line), None)
    if line is None:
        return None
    if line.override is not None:
        return question
    given = _line_with_points(line, decision, line.outcome if graded_as in JUDGED else graded_as)
    checks = tuple(given if check is line else check for check in question.checks)
    outcomes = {check.outcome for check in checks}
    status: QuestionStatus = "held" if "held" in outcomes else "pending" if "pending" in outcomes else "graded"
    return replace(question, checks=checks, status=status)


def _line_with_points(check: CheckResult, decision: StaffDecision, graded_as: str) -> CheckResult:
    points = decision.points or Fraction(0)
    graded = None if check.outcome == "held" else check.points
    override = Override(points, check.max_points, decision.by, decision.reason, graded, graded_as)
    outcome: CheckOutcome = "passed" if points == check.max_points else "failed"
    return replace(check, points=points, outcome=outcome, unproved=False, override=override)


# ------------------------------------------------------------- lateness
def late_terms(policy: LatePolicy, decisions: Sequence[StaffDecision], used_days: int = 0) -> LateTerms:
    """What was decided of a student's lateness; of two decisions about the same, the first counts."""
    extensions = [one for one in decisions if one.extension is not None]
    waivers = [one for one in decisions if one.waived]
    used = [one.late_days_used for one in decisions if one.late_days_used is not None]
    extension = extensions[0].extension if extensions else None
    return LateTerms(
        deadline=extended(policy, extension) if extension else None,
        extended=f"extended {extensions[0].decided_by}" if extensions else "",
        waived=f"waived {waivers[0].decided_by}" if waivers else "",
        used_days=used[0] if used else used_days,
    )
