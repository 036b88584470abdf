"""A report as Gradescope's results.json.

Source: Gradescope autograder documentation, "Autograder Specifications"
(gradescope-autograders.readthedocs.io/en/latest/specs). What follows from it:

- A test that students cannot see takes their total away with it, unless it is `hidden`, which is for tests without
  points. So every line stays visible, and what its audience may not see of it (`grader.audience`) is left out.
- A number is the only score there is. What is held is therefore a test that appears `after_published`: until staff have
  looked at it, students see the explanation and no total, and so no zero.
- `score` on top overrides the sum, `status` overrides what score and maximum suggest; lines that are pending or held
  have neither.
- Staff read why something is held in words, not in names of Python's exceptions.
- Texts are `text`, which the platform escapes; what is printed while grading is for staff alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from grader.audience import Audience, redacted
from grader.reports.exception_words import in_readers_words
from grader.reports.gradescope_metadata import Metadata
from grader.reports.lines import ReportLine, clipped, lines_of, notes, trace_in_text
from grader.reports.sentences import counted, decisions_in_words, said_of
from grader.verdict import Report, as_number, counted_points, points_in_words
from grader.visible import one_line, visible

HELD_NOTE = (
    "Part of this submission could not be marked, because the grader itself failed. Nothing is lost: course staff see"
    " why, and marks follow. Until then no total is shown."
)
UNPROVED_NOTE = (
    "Part of this submission is right wherever it was looked at, but not proved: course staff look at it, and marks"
    " follow. Until then no total is shown."
)
NOT_MARKED_NOTE = (
    "This submission has not been marked yet: the grader itself failed, or is not done. Nothing is lost: course staff"
    " see why, and marks follow. Until then no total is shown."
)


def render(report: Report, metadata: Metadata | None = None, *, show_expected: bool = False) -> str:
    """results.json; the same report and metadata give the same bytes."""
    return json.dumps(as_data(report, metadata, show_expected=show_expected), ensure_ascii=True, indent=1) + "\n"


def as_data(report: Report, metadata: Metadata | None = None, *, show_expected: bool = False) -> dict[str, Any]:
    """The results; students see what is for the audience of a platform, with expected values if `show_expected`."""
    lines = lines_of(redacted(report, Audience.PLATFORM, show_expected=show_expected))
    tests = [_test(line, number, show_expected) for line, number in zip(lines, _numbers(lines), strict=True)]
    staff = _for_staff(report, metadata)
    extra = {"assignment": report.assignment, "status": report.status, "sandbox": report.sandbox}
    return {
        "score": as_number(report.points),
        "output": clipped(visible("\n\n".join(_output(report, lines)))),
        **_formats(),
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {**extra, **({"submission": metadata.as_data()} if metadata else {})},
        "tests": [*tests, *([_staff_test(staff)] if staff else [])],
    }


def not_marked() -> str:
    """The results.json that stands where there is no report: no total for students, a word to staff."""
    tests = [
        {"name": "Waits for course staff", "output": NOT_MARKED_NOTE, "visibility": "after_published"},
        _staff_test("There is no report. What the grader said stands in the output of the autograder (stdout)."),
    ]
    data = {"score": 0, "output": NOT_MARKED_NOTE, **_formats(), "visibility": "after_published"}
    return json.dumps({**data, "stdout_visibility": "hidden", "extra_data": {"status": "held"}, "tests": tests}) + "\n"


def _formats() -> dict[str, str]:
    return {"output_format": "text", "test_output_format": "text", "test_name_format": "text"}


def _test(line: ReportLine, number: str, show_expected: bool) -> dict[str, Any]:
    waits = line.status in ("pending", "held", "excused")
    marks: dict[str, Any] = {"score": as_number(line.points), "max_score": as_number(line.max_points)}
    marks["status"] = "passed" if line.status == "passed" else "failed"
    return {
        **({} if waits else marks),
        "name": one_line(f"{line.question.id}: {line.name}"),
        "number": number,
        "output": _why(line, show_expected),
        "output_format": "text",
        "visibility": "after_published" if line.status == "held" else "visible",
    }


def _why(line: ReportLine, show_expected: bool) -> str:
    points = counted_points(line.max_points - line.points)
    if line.status == "held" and not line.check.unproved:
        return f"{points} wait for course staff: the grader itself failed here."
    if line.status == "pending":
        return f"{points} wait for a reader."
    if line.status == "held":
        return clipped(f"{points} wait for course staff: {line.text}")
    text = "\n\n".join(part for part in (line.text or line.status, trace_in_text(line.check)) if part)
    return text if show_expected else clipped(text)


def _numbers(lines: Sequence[ReportLine]) -> list[str]:
    """`5.2` for the second line of q5; by position where the questions' names are not all numbers."""
    groups = [(question, len(list(group))) for question, group in groupby(lines, lambda line: line.question.id)]
    named = [re.fullmatch(r"[A-Za-z]{0,2}([0-9]+(?:\.[0-9]+)*)", question) for question, _ in groups]
    names = [match[1] for match in named if match]
    if len(set(names)) < len(groups):
        names = [str(i) for i in range(1, len(groups) + 1)]
    return [f"{name}.{i}" for name, (_, size) in zip(names, groups, strict=True) for i in range(1, size + 1)]


def _output(report: Report, lines: Sequence[ReportLine]) -> Iterator[str]:
    held = [line for line in lines if line.status == "held"]
    if held:
        yield UNPROVED_NOTE if all(line.check.unproved for line in held) else HELD_NOTE
    else:
        yield f"{points_in_words(report.points)} of {points_in_words(report.max_points)} points."
        if report.pending_points:
            yield f"{points_in_words(report.pending_points)} points wait for a reader, and are not in the total yet."
    yield from said_of(report)
    for question in report.questions:
        checks = (line.check for line in lines if line.question.id == question.id)
        said = notes(question, checks) if question.status != "held" else ()
        for message in (*decisions_in_words(question), *said):
            yield f"{question.id}: {message}"


def _for_staff(report: Report, metadata: Metadata | None) -> str:
    """What went wrong on our side, in full."""
    reasons = [f"{line.key}: {line.text}" for line in lines_of(report) if line.status == "held"]
    if reasons:
        unproved = all(line.check.unproved for line in lines_of(report) if line.status == "held")
        advice = "look at it" if unproved else "grade it again"
        reasons.insert(0, f"held: {counted(len(reasons), 'line')} of {one_line(report.submission)}, {advice}")
    if metadata and metadata.problem:
        reasons.append(metadata.problem)
    return clipped(visible(in_readers_words("\n".join(reasons))))


def _staff_test(text: str) -> dict[str, Any]:
    return {"name": "For course staff", "output": text, "output_format": "text", "visibility": "hidden"}
