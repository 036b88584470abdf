"""A report as HTML, a page or a part of one: a table a question; texts are never taken for markup or TeX."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from grader.reports.lines import clipped, notes, trace_in_text, why
from grader.reports.machines import machine_lines
from grader.reports.robustness import robustness_lines
from grader.reports.sentences import (
    UNPROVED_LEGEND,
    decisions_in_words,
    margin_in_words,
    marks_in_words,
    outcome_mark,
    said_of,
)
from grader.verdict import CheckResult, QuestionResult, Report, points_in_words
from grader.visible import visible

HTML_OUTCOMES = {
    "passed": ("ok", "green"),
    "failed": ("FAIL", "crimson"),
    "blocked": ("--", "darkgoldenrod"),
    "pending": ("wait", "steelblue"),
    "held": ("HELD", "darkmagenta"),
}
"""The mark and the colour of an outcome; the mark alone says it too."""

NO_TEX = "tex2jax_ignore mathjax_ignore"
"""The classes under which MathJax leaves dollars and backslashes alone (its versions 2, and 3 and later)."""


HTML_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{title}</title>
</head>
<body>
{body}
</body>
</html>
"""


def render(report: Report) -> str:
    """A whole page, which loads nothing from elsewhere."""
    return HTML_PAGE.format(title=_text(_headline(report)), body=report_html(report))


def report_html(report: Report) -> str:
    """A whole report as one element, for notebooks."""
    head = _line("b", _headline(report))
    return _framed([head, *_messages(said_of(report)), *(_question(question) for question in report.questions)])


def question_html(question: QuestionResult) -> str:
    """One question as one element, for notebooks."""
    return _framed([_question(question)])


def _headline(report: Report) -> str:
    return f"{report.submission} - {report.assignment}: {marks_in_words(report)}"


def _framed(parts: Iterable[str]) -> str:
    return f'<div class="{NO_TEX}">{"".join(parts)}</div>'


def _question(question: QuestionResult) -> str:
    status = "" if question.status == "graded" else f" [{question.status}]"
    head = f"{question.id}  {question.title}{status}: {marks_in_words(question)}"
    rows = "".join(_check(check) for check in question.checks)
    shown = notes(question.messages, "passed" if question.status == "graded" else "rejected")
    said = _messages([*decisions_in_words(question), *shown])
    margins = [_line("div", margin_in_words(question.margins))] if question.margins else []
    blocks = ("\n".join(lines) for lines in (robustness_lines(question), machine_lines(question)))
    beside = [_line("pre", block) for block in blocks if block]
    legend = [_line("small", UNPROVED_LEGEND)] if question.is_unproved else []
    return "".join([_line("b", head), f"<table>{rows}</table>", *legend, *said, *margins, *beside])


def _check(check: CheckResult) -> str:
    mark, colour = HTML_OUTCOMES[check.outcome]
    points = f"{points_in_words(check.points)}/{points_in_words(check.max_points)}"
    left = 'style="text-align: left; vertical-align: top"'
    trace = trace_in_text(check)
    shown = f"<pre>{_text(trace)}</pre>" if trace else ""
    return (
        f'<tr><td {left}><b style="color: {colour}">{outcome_mark(check, mark)}</b></td>'
        f"<td {left}>{_text(check.name)}<br><small>{_text(why(check))}</small>{shown}</td>"
        f"<td {left}>{points}</td></tr>"
    )


def _messages(messages: Iterable[str]) -> Iterator[str]:
    return (_line("div", f"note: {clipped(message)}") for message in messages)


def _line(tag: str, text: str) -> str:
    return f"<{tag}>{_text(text)}</{tag}>"


def _text(text: str) -> str:
    """Text between tags: markup escaped, hidden characters written out."""
    return escape(visible(text))
