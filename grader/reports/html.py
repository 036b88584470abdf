"""A report as HTML, a page or a part of one: a student's page, made of plain values by `grader/pages/`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from markupsafe import Markup

from grader.evidence import Counterexample, TraceStep
from grader.page_details import HandedInText, PageDetails
from grader.pages.environment import rendered
from grader.pages.pictures import call_picture, network_diagram, state_diagrams, trace_plot
from grader.pages.prose import prose_html
from grader.pages.views import (
    CheckView,
    DataRow,
    DataTable,
    Listing,
    ListingLine,
    QuestionView,
    ReportView,
    ShownFormula,
    ShownMarks,
    ShownProse,
)
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

MAX_TABLE_CELL_CHARACTERS = 200
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
    said = notes(question, question.checks)
    margins = [margin_in_words(question.margins)] if question.margins else []
    blocks = (
        ("How far the weights may move", robustness_lines(question)),
        ("What the network does, as the smallest machine", machine_lines(question)),
    )
    texts = ((title, "\n".join(lines)) for title, lines in blocks)
    page = question.page or PageDetails()
    checks = tuple(check_view(check, page) for check in question.checks)
    reasons = {check.why for check in checks}
    reason = reasons.pop() if len(reasons) == 1 and question.status in ("rejected", "missing", "held") else ""
    return QuestionView(
        question.id,
        question.title,
        anchor,
        "excused" if question.excused else question.status,
        shown_marks(question),
        tuple(replace(check, why="") for check in checks) if reason else checks,
        _notes([*decisions_in_words(question), *said, *margins]),
        UNPROVED_LEGEND if question.is_unproved else "",
        prose_html(page.prompt, links=True) if page.prompt else None,
        tuple(map(_handed_in, page.handed_in)),
        tuple(ShownFormula(shown.caption, shown.text, Markup(shown.mathml)) for shown in page.formulas),
        tuple(_pictures(page)),
        tuple((title, text) for title, text in texts if text),
        reason,
    )


def _handed_in(given: HandedInText) -> Listing | ShownProse:
    note = "There is more of it than is shown here." if given.cut else ""
    caption = f"What you handed in: {given.file}"
    if given.language == "markdown":
        return ShownProse(caption, prose_html(given.text, breaks=True), note)
    lines = enumerate(given.text.split("\n"), given.first_line)
    shown = (ListingLine(number, line.expandtabs(4), number in given.marked_lines) for number, line in lines)
    return Listing(caption, tuple(shown), note)


def _pictures(page: PageDetails) -> Iterator[Markup]:
    if page.network is not None:
        yield _drawn(network_diagram, page.network)
    if page.machines is not None:
        yield _drawn(state_diagrams, page.machines, page.machine_path)


def _drawn(picture: Callable[..., Markup], *data: object) -> Markup:
    """A picture, or that it could not be drawn: the marks and the rest of the page stand without it."""
    try:
        return picture(*data)
    except Exception as error:  # whatever a picture trips over
        return Markup('<p class="soft">A picture could not be drawn ({}).</p>').format(type(error).__name__)


def check_view(check: CheckResult, page: PageDetails) -> CheckView:
    """What a page shows of a line of the rubric: why it has its points, and where the answer goes wrong."""
    marks = ShownMarks(points_in_words(check.points), points_in_words(check.max_points), 0)
    unproved = ", not proved" if check.unproved and check.outcome == "passed" else ""
    tables = (trace_table(check), difference_table(check))
    pictures = [_drawn(call_picture, call) for call in page.calls if call.check == check.name]
    if isinstance(check.evidence, Counterexample) and check.evidence.trace:
        pictures.append(_drawn(trace_plot, check.evidence))
    return CheckView(
        check.name,
        check.outcome,
        f"{check.outcome}{unproved}",
        marks,
        why(check),
        tuple(table for table in tables if table),
        tuple(pictures),
    )


def difference_table(check: CheckResult) -> DataTable | None:
    """The point at which a formula is not the right one, with both values; None of everything else."""
    evidence = check.evidence
    if not isinstance(evidence, Counterexample) or not evidence.latex:
        return None
    values = {"at": evidence.input, "yours": evidence.got}
    values |= {"wanted": evidence.expected} if evidence.expected else {}
    return DataTable("A point at which it differs", tuple(values), (DataRow(_cells(values.values()), tone="wrong"),))


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
    return tuple(clipped(text, MAX_TABLE_CELL_CHARACTERS) for text in texts)


def _notes(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(clipped(text.strip()) for text in texts)
