"""A report as JUnit XML, the way GitLab and Artemis read it.

Sources: GitLab, "Unit test reports" (docs.gitlab.com/ci/testing/unit_test_reports): a test is known by its class name
and name, duplicates are dropped, `failure`, `error` and `skipped` are understood, a file stays below 30 MB. Artemis,
`TestResultXmlParser` of its build agent: a test is known by its `name` alone, skipped tests are left out, the text that
is shown is the `message` attribute of `failure` or `error`. So names are unique by themselves, and `message` says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from xml.etree import ElementTree as ET

from grader.reports.lines import LineStatus, ReportLine, clipped, lines_of, notes, trace_in_text
from grader.reports.sentences import decisions_in_words, said_of
from grader.verdict import Report, points_in_words
from grader.visible import one_line, visible

JUNIT_ELEMENTS: Mapping[LineStatus, str] = {
    "failed": "failure",
    "missing": "failure",
    "rejected": "error",
    "held": "error",
    "pending": "skipped",
    "blocked": "skipped",
    "excused": "skipped",
}
"""What stands inside a test that did not pass."""


def render(report: Report) -> str:
    """The report as one XML document; times are 0, so that the same report gives the same bytes."""
    lines = lines_of(report)
    root = ET.Element("testsuites", _counts(one_line(report.assignment), lines))
    for question, group in groupby(lines, lambda line: line.question.id):
        own = list(group)
        suite = ET.SubElement(root, "testsuite", _counts(one_line(f"{report.assignment}.{question}"), own))
        for line in own:
            _test(suite, line, report.assignment)
        messages = [*decisions_in_words(own[0].question), *notes(own[0].question, (line.check for line in own))]
        said = [visible(message) for message in messages]
        if said:
            ET.SubElement(suite, "system-out").text = clipped("\n".join(said))
    if said_of(report):
        ET.SubElement(root, "system-err").text = clipped(visible("\n".join(said_of(report))))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _counts(name: str, lines: list[ReportLine]) -> dict[str, str]:
    made = [JUNIT_ELEMENTS.get(line.status, "") for line in lines]
    counts = {"failures": "failure", "errors": "error", "skipped": "skipped"}
    return {
        "name": name,
        "tests": str(len(lines)),
        **{key: str(made.count(element)) for key, element in counts.items()},
        "time": "0",
    }


def _test(suite: ET.Element, line: ReportLine, assignment: str) -> None:
    attributes = {"classname": one_line(f"{assignment}.{line.question.id}"), "name": one_line(line.key), "time": "0"}
    if line.place is not None:
        attributes["file"] = one_line(line.place.file)
        if line.place.line:
            attributes["line"] = str(line.place.line)
    test = ET.SubElement(suite, "testcase", attributes)
    if line.status == "passed":
        if line.text:
            ET.SubElement(test, "system-out").text = line.text
        return
    points = f"{points_in_words(line.points)} of {points_in_words(line.max_points)} points"
    message = f"{line.text or line.status} ({points})"
    reason = ET.SubElement(test, JUNIT_ELEMENTS[line.status], {"message": message, "type": line.status})
    reason.text = "\n".join(part for part in (message, trace_in_text(line.check)) if part)
