"""A report as JUnit XML, the way GitLab, Jenkins and Artemis read it.

Sources: GitLab, "Unit test reports" (docs.gitlab.com/ci/testing/unit_test_reports): a test is known by its class name
and name, duplicates are dropped, `failure`, `error` and `skipped` are understood, a file stays below 30 MB. Artemis,
`TestResultXmlParser` of its build agent: a test is known by its `name` alone, skipped tests are left out, the text that
is shown is the `message` attribute of `failure` or `error`; where there are several suites, the name of each stands
before those of its tests. So names are unique by themselves, and `message` says why. Jenkins, `junit-10.xsd` of its
xunit plugin: a test has `name`, `classname` and `time` and no other attribute, and suites alone stand in `testsuites`,
which has no `skipped`. So the file of an answer is an attribute of the suite of its question, and its line stands in
the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from xml.etree import ElementTree as ET

from grader.reports.lines import LineStatus, ReportLine, clipped, lines_of, notes, trace_in_text, unique_names
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
    counts = _counts(one_line(report.assignment), lines)
    del counts["skipped"]
    root = ET.Element("testsuites", counts)
    names = unique_names(one_line(line.key) for line in lines)
    for question, group in groupby(lines, lambda line: line.question.id):
        own = list(group)
        suite = ET.SubElement(root, "testsuite", _counts(one_line(f"{report.assignment}.{question}"), own))
        if place := own[0].place:
            suite.set("file", one_line(place.file))
        for line in own:
            _test(suite, line, report.assignment, next(names))
        messages = [*decisions_in_words(own[0].question), *notes(own[0].question, (line.check for line in own))]
        said = [visible(message) for message in messages]
        if said:
            ET.SubElement(suite, "system-out").text = clipped("\n".join(said))
    if said_of(report):
        ET.SubElement(root[0], "system-err").text = clipped(visible("\n".join(said_of(report))))
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


def _test(suite: ET.Element, line: ReportLine, assignment: str, name: str) -> None:
    attributes = {"classname": one_line(f"{assignment}.{line.question.id}"), "name": name, "time": "0"}
    test = ET.SubElement(suite, "testcase", attributes)
    if line.status == "passed":
        if line.text:
            ET.SubElement(test, "system-out").text = line.text
        return
    points = f"{points_in_words(line.points)} of {points_in_words(line.max_points)} points"
    message = f"{line.text or line.status} ({points})"
    reason = ET.SubElement(test, JUNIT_ELEMENTS[line.status], {"message": message, "type": line.status})
    place = f"handed in: {one_line(line.place.file)}" if line.place else ""
    if line.place and line.place.line:
        place += f", line {line.place.line}"
    reason.text = "\n".join(part for part in (message, trace_in_text(line.check), place) if part)
