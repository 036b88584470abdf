"""A report as HTML, a page or a part of one: a student's page, made of plain values by `grader/pages/`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from grader.evidence import Counterexample, TraceStep
from grader.pages.environment import rendered
from grader.pages.views import CheckView, DataRow, DataTable, QuestionView, ReportView, ShownMarks
from grader.reports.lines import (
    MAX_TRACE_STEPS,
    clipped,
    notes,
    trace_mark,
    trace_note,
    trace_titles,
    trace_values,
    why,
)
from grader.reports.machines import machine_lines
from grader.reports.robustness import robustness_lines
from grader.reports.sentences import UNPROVED_LEGEND, decisions_in_words, margin_in_words, marks_in_words, said_of
from grader.verdict import CheckResult, QuestionResult, Report, points_in_words

MAX_CELL_CHARACTERS = 200
"""Characters of a cell of a table; what is longer is cut, and says so."""

ANCHOR = re.compile(r"[A-Za-z][A-Za-z0-9._-]*")
"""What may name a place in a page, so that links to it need no quoting."""


def render(report: Report, made_from: str = "") -> str:
    """A whole page, which loads nothing from elsewhere; `made_from` is a digest that stands in its head."""
    return rendered("student.html", report=report_view(report), made_from=made_from)


def report_html(report: Report) -> str:
    """A whole report as one element, for notebooks."""
    view = report_view(report, anchors=False)
    return rendered("fragment.html", report=view, questions=view.questions)


def question_html(question: QuestionResult) -> str:
    """One question as one element, for notebooks."""
    return rendered("fragment.html", questions=[question_view(question)])


def report_view(report: Report, *, anchors: bool = True) -> ReportView:
    """What a page shows of a report; `anchors`: its questions can be linked to, which only one page can have."""
    names = _anchors(report) if anchors else [""] * len(report.questions)
    return ReportView(
        f"{report.submission} - {report.assignment}: {marks_in_words(report)}",
        report.submission,
        report.assignment,
        shown_marks(report),
        report.status,
        tuple(question_view(question, name) for question, name in zip(report.questions, names, strict=True)),
        _notes([*said_of(report), *([f"Code ran in a sandbox of tier {report.sandbox}."] if report.sandbox else [])]),
    )


def _anchors(report: Report) -> list[str]:
    """The names of questions where they can be names of places and are different, else their numbers."""
    names = [question.id for question in report.questions]
    usable = len(set(names)) == len(names) and all(ANCHOR.fullmatch(name) for name in names)
    return names if usable else [f"question-{number}" for number in range(1, len(names) + 1)]


def shown_marks(part: Report | QuestionResult) -> ShownMarks:
    """The points of a report or a question."""
    share = part.points / part.max_points if part.max_points else 1
    pending = points_in_words(part.pending_points) if part.pending_points else ""
    return ShownMarks(
        points_in_words(part.points), points_in_words(part.max_points), min(1.0, max(0.0, float(share))), pending
    )


def question_view(question: QuestionResult, anchor: str = "") -> QuestionView:
    """What a page shows of a question."""
    said = notes(question.messages, "passed" if question.status == "graded" else "rejected")
    margins = [margin_in_words(question.margins)] if question.margins else []
    blocks = (
        ("How far the weights may move", robustness_lines(question)),
        ("What the network does, as the smallest machine", machine_lines(question)),
    )
    texts = ((title, "\n".join(lines)) for title, lines in blocks)
    return QuestionView(
        question.id,
        question.title,
        anchor,
        "excused" if question.excused else question.status,
        shown_marks(question),
        tuple(map(check_view, question.checks)),
        _notes([*decisions_in_words(question), *said, *margins]),
        UNPROVED_LEGEND if question.is_unproved else "",
        blocks=tuple((title, text) for title, text in texts if text),
    )


def check_view(check: CheckResult) -> CheckView:
    """What a page shows of a line of the rubric: why it has its points, and a counterexample step by step."""
    marks = ShownMarks(points_in_words(check.points), points_in_words(check.max_points), 0)
    unproved = ", not proved" if check.unproved and check.outcome == "passed" else ""
    table = trace_table(check)
    said = f"{check.outcome}{unproved}"
    return CheckView(check.name, check.outcome, said, marks, why(check), (table,) if table else ())


def trace_table(check: CheckResult) -> DataTable | None:
    """The steps of a counterexample, the first wrong one marked; None where there are none."""
    evidence = check.evidence
    if not isinstance(evidence, Counterexample) or not evidence.trace:
        return None
    steps = evidence.trace[-MAX_TRACE_STEPS:]
    titles = trace_titles(evidence, steps)
    rows = tuple(_row(evidence, step, titles) for step in steps)
    note = " ".join(trace_note(evidence, steps))
    return DataTable(f"Step by step on {evidence.input_in_words}", _cells(titles), rows, note=note)


def _row(evidence: Counterexample, step: TraceStep, titles: list[str]) -> DataRow:
    mark = trace_mark(evidence, step).removeprefix("<-- ")
    tone = "wrong" if step.t == evidence.first_wrong_step else ""
    return DataRow(_cells(trace_values(step, titles)), mark, tone)


def _cells(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(clipped(text, MAX_CELL_CHARACTERS) for text in texts)


def _notes(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(clipped(text.strip()) for text in texts)
