"""A report as the flat list of tests that platforms want: one a rubric line, with its status and its text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Literal

from grader.deferred import dataclass
from grader.evidence import CheckFault, Counterexample, TraceStep
from grader.reports.sentences import explained
from grader.verdict import AnswerLocation, CheckResult, QuestionResult, Report
from grader.visible import visible

LineStatus = Literal["passed", "failed", "blocked", "pending", "held", "missing", "rejected", "excused"]

MAX_TEXT_CHARACTERS = 4_000
"""Characters of one text; what is longer is cut, and says so."""

MAX_TRACE_STEPS = 40
"""Steps of a trace that are shown; of a longer one, the last ones."""


@dataclass(frozen=True)
class ReportLine:
    """One test of a platform; `text` is safe to show, of any length up to `MAX_TEXT_CHARACTERS`."""

    question: QuestionResult
    name: str
    status: LineStatus
    points: Fraction
    max_points: Fraction
    check: CheckResult

    @property
    def key(self) -> str:
        """`q5::drops to 0 at the first 0`."""
        return f"{self.question.id}::{self.name}"

    @property
    def text(self) -> str:
        """Why, in a sentence or a few."""
        excused = f"does not count: {self.question.excused}; " if self.question.excused else ""
        return clipped(visible(f"{excused}{explained(self.check)}"))

    @property
    def full_text(self) -> str:
        """Why, else its status; then the trace of its counterexample, a line each."""
        return "\n".join(filter(None, (self.text or self.status, trace_in_text(self.check))))

    @property
    def place(self) -> AnswerLocation | None:
        return self.question.place


def lines_of(report: Report) -> list[ReportLine]:
    """Every rubric line in order; their keys are unique. A report without questions is one rejected line.

    What a person gives or what is taken for lateness is a line of its own, so that the lines that count add up.
    """
    lines = [line for question in report.questions for line in _of_question(question)]
    if not lines:
        evidence = CheckFault("\n".join(report.messages) or "nothing in it could be graded")
        check = CheckResult("can be read", Fraction(0), Fraction(0), "failed", evidence)
        nothing = QuestionResult("submission", "", "rejected", Fraction(0), (check,))
        lines = list(_of_question(nothing))
    if report.lateness and report.late_points:
        check = CheckResult("late", -report.late_points, Fraction(0), "passed", message=report.lateness.said)
        taken = QuestionResult("lateness", "Handed in late", "graded", Fraction(0), (check,))
        lines += _of_question(taken)
    return lines


def _of_question(question: QuestionResult) -> Iterator[ReportLine]:
    checks = question.checks
    if not checks:
        outcome = question.status if question.status in ("pending", "held") else "failed"
        reason = CheckFault("\n".join(question.messages))
        outcome = "failed" if question.is_decided else outcome
        checks = (CheckResult("the question", Fraction(0), question.max_points, outcome, reason),)
    if question.override is not None:
        change = question.override.points - sum((check.points for check in checks), Fraction(0))
        name = f"overridden by {question.override.by}"
        checks = (*checks, CheckResult(name, change, Fraction(0), "passed", message=str(question.override)))
    for check, name in zip(checks, unique_names(check.name for check in checks), strict=True):
        yield ReportLine(question, name, _status(question, check), check.points, check.max_points, check)


def unique_names(names: Iterable[str], same: Callable[[str], str] = str) -> Iterator[str]:
    """Each name, numbered where one before it is equal under `same`: `sums`, `sums (2)`."""
    used: set[str] = set()
    for name in names:
        unique, turn = name, 1
        while same(unique) in used:
            turn += 1
            unique = f"{name} ({turn})"
        used.add(same(unique))
        yield unique


def _status(question: QuestionResult, check: CheckResult) -> LineStatus:
    if question.excused:
        return "excused"
    if question.is_decided and check.outcome in ("pending", "held"):
        return "blocked"
    if question.status in ("missing", "rejected") and check.outcome == "failed":
        return "missing" if question.status == "missing" else "rejected"
    return check.outcome


def notes(question: QuestionResult, checks: Iterable[CheckResult]) -> list[str]:
    """The messages of a question; where it was not graded, only those that are in the text of no line shown."""
    if question.status == "graded":
        return list(question.messages)
    texts = [explained(check) for check in checks]
    return [message for message in question.messages if not any(message in text for text in texts)]


def why(check: CheckResult) -> str:
    """What is said of a line; hidden characters are written out, and too long a text is cut."""
    return clipped(visible(explained(check)))


def clipped(text: str, most: int = MAX_TEXT_CHARACTERS) -> str:
    """The text, or its beginning and how much is missing; no number is cut in the middle."""
    if len(text) <= most:
        return text
    cut = next((i for i in range(most, max(0, most - MAX_NUMBER_CHARACTERS), -1) if not _in_number(text, i)), most)
    return f"{text[:cut]}... ({len(text) - cut} more characters)"


MAX_NUMBER_CHARACTERS = 60
"""Characters of the longest number that a report shows."""

NUMBER_CHARACTERS = frozenset("0123456789./+-e")


def _in_number(text: str, at: int) -> bool:
    """Whether a cut before a character would part a number."""
    before, after = text[at - 1 : at], text[at : at + 1]
    return before in NUMBER_CHARACTERS and after in NUMBER_CHARACTERS and (before.isdigit() or after.isdigit())


def trace_in_text(check: CheckResult) -> str:
    """The trace of a counterexample as a table of plain text; empty where there is none."""
    if not isinstance(check.evidence, Counterexample) or not check.evidence.trace:
        return ""
    steps = check.evidence.trace[-MAX_TRACE_STEPS:]
    titles = trace_titles(check.evidence, steps)
    header, *rows = [[_cell(title) for title in titles], *(_cells(step, titles) for step in steps)]
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    fitting = max(1, MAX_TEXT_CHARACTERS // (sum(widths) + 2 * len(widths)) - 2)
    steps, rows = steps[-fitting:], [header, *rows[-fitting:]]
    text = ["  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    for i, step in enumerate(steps, 1):
        mark = trace_mark(check.evidence, step)
        text[i] += f"  {mark}" if mark else ""
    return "\n".join([*trace_note(check.evidence, steps), *text])


def trace_note(evidence: Counterexample, steps: Sequence[TraceStep]) -> list[str]:
    """What is said over a trace of which only the last steps are shown."""
    return [f"(the last {len(steps)} of {evidence.length} steps)"] if len(steps) < evidence.length else []


def trace_mark(evidence: Counterexample, step: TraceStep) -> str:
    """What stands behind a step: the first wrong one that the line is about, and others that are wrong."""
    if step.right or not step.counts:
        return ""
    if step.t == evidence.first_wrong_step:
        return "<-- first wrong step"
    return "<-- wrong" if step.about else "(wrong too, but for another line)"


def trace_titles(evidence: Counterexample, steps: Sequence[TraceStep]) -> list[str]:
    """The titles of a trace's columns: t, the inputs, your quantities, the output, and what is wanted.

    Where more than equality is asked for, the last is what `accept` calls `expected`; an audience may not see it.
    """
    last = ["expected" if evidence.condition else "wanted"] if any(step.expected for step in steps) else []
    return ["t", *steps[0].inputs, *(f"your {name}" for name in _student_names(steps)), "output", *last]


def _student_names(steps: Sequence[TraceStep]) -> list[str]:
    names = list(dict.fromkeys(name for step in (steps[0], steps[-1]) for name in step.student))
    if names and all(step.student.get(names[-1]) == step.output for step in steps):
        names.pop()  # the output itself, which has a column of its own
    return names


def _cells(step: TraceStep, titles: Sequence[str]) -> list[str]:
    return [_cell(text) for text in trace_values(step, titles)]


def trace_values(step: TraceStep, titles: Sequence[str]) -> list[str]:
    """The values of a step under the titles of columns."""
    known = {"t": str(step.t), "output": step.output, "wanted": step.expected, "expected": step.expected}
    known |= {} if step.counts else {"wanted": "-", "expected": "-"}
    known |= step.inputs
    known |= {f"your {name}": value for name, value in step.student.items()}
    return [known.get(title, "-") for title in titles]


def _cell(text: str) -> str:
    return clipped(visible(text).replace("\n", " "), 200)
