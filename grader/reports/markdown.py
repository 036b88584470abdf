"""A report as Markdown for the summary of a job: a table a question, and the trace of each counterexample.

Sources: GitHub, "Workflow commands for GitHub Actions" (a job's summary is GitHub Flavored Markdown, at most 1 MiB a
step), and the CommonMark specification, 2.5: a character reference stands for itself and never for structure. So every
punctuation mark of a text is written as one; `@`, `#` and `$` get an element of their own, so that no name is notified,
no issue linked and no formula typeset.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from grader.reports.lines import LineStatus, ReportLine, clipped, lines_of, notes, trace_in_text
from grader.reports.machines import machine_lines
from grader.reports.robustness import robustness_lines
from grader.reports.sentences import decisions_in_words, margin_in_words, marks_in_words, said_of
from grader.verdict import Report, points_in_words
from grader.visible import visible

MARKDOWN_OUTCOMES: Mapping[LineStatus, str] = {
    "passed": "✅ passed",
    "failed": "❌ failed",
    "missing": "❌ missing",
    "rejected": "❌ rejected",
    "blocked": "⏸️ blocked",
    "pending": "⏳ pending",
    "held": "⚠️ held",
    "excused": "➖ excused",
}
PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
HARMLESS = frozenset("'(,;?%")
"""Punctuation that neither CommonMark nor GitHub ever takes for structure."""

MAX_SUMMARY_BYTES = 1_000_000
"""A little less than a step's summary may hold."""


def render(report: Report) -> str:
    """The report; too long a one has no traces, and is cut at the end of a line where it still does not fit."""
    text = "\n".join(_report(report, traces=True)) + "\n"
    if len(text.encode()) > MAX_SUMMARY_BYTES:
        text = "\n".join(_report(report, traces=False)) + "\n"
    if len(text.encode()) > MAX_SUMMARY_BYTES:
        kept = text.encode()[:MAX_SUMMARY_BYTES].decode(errors="ignore").rpartition("\n")[0]
        text = f"{kept}\n\n(the rest is too long for a summary)\n"
    return text


def escaped(text: str) -> str:
    """A text that shows as itself, wherever it is put; line breaks become `<br>`."""
    return PUNCTUATION.sub(_reference, visible(text)).replace("\n", "<br>")


def _reference(match: re.Match[str]) -> str:
    char = match[0]
    if char in HARMLESS:
        return char
    reference = f"&#{ord(char)};"
    return f"<span>{reference}</span>" if char in "@#$" else reference


def _report(report: Report, *, traces: bool) -> Iterator[str]:
    yield f"## {escaped(report.submission)} - {escaped(report.assignment)}: {marks_in_words(report)}"
    yield from _list(said_of(report))
    for _, lines in groupby(lines_of(report), lambda line: line.question.id):
        yield from _question(list(lines), traces)
    if report.sandbox:
        yield from ("", f"Code ran in a sandbox of tier {escaped(report.sandbox)}.")


def _outcome(line: ReportLine) -> str:
    """`✅ passed`; `✅ passed, not proved`."""
    unproved = ", not proved" if line.check.unproved and line.status == "passed" else ""
    return f"{MARKDOWN_OUTCOMES[line.status]}{unproved}"


def _list(messages: Iterable[str]) -> Iterator[str]:
    for i, message in enumerate(messages):
        if i == 0:
            yield ""
        yield f"- {escaped(clipped(message.strip()))}"


def _question(lines: list[ReportLine], traces: bool) -> Iterator[str]:
    question = lines[0].question
    yield from ("", f"### {escaped(question.id)} {escaped(question.title)}: {marks_in_words(question)}", "")
    yield from ("| | check | points | why |", "| --- | --- | ---: | --- |")
    for line in lines:
        points = f"{points_in_words(line.points)} / {points_in_words(line.max_points)}"
        yield f"| {_outcome(line)} | {escaped(line.name)} | {points} | {escaped(line.text)} |"
    for line in lines if traces else ():
        if trace := trace_in_text(line.check):
            yield from ("", f"<details><summary>{escaped(line.name)}: the steps</summary>")
            yield from (f"<pre>{escaped(trace)}</pre>", "</details>")
    yield from _list([*decisions_in_words(question), *notes(question, (line.check for line in lines))])
    if question.margins:
        yield from ("", f"{escaped(margin_in_words(question.margins))}")
    for block in (robustness_lines(question), machine_lines(question)):
        if text := "\n".join(block):
            yield from ("", f"<pre>{escaped(text)}</pre>")
