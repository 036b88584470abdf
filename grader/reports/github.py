"""A report as annotations of GitHub Actions, on the lines of the answers that lost points.

Sources: GitHub, "Workflow commands for GitHub Actions" (docs.github.com/actions/reference/workflow-commands), and the
escaping of `@actions/core` (`escapeData`, `escapeProperty`): `%`, CR and LF in a message, `:` and `,` as well in a
property. A step shows at most ten annotations of a kind, so the tenth says how many more there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from grader.reports.lines import LineStatus, ReportLine, clipped, lines_of
from grader.verdict import Report, points_in_words
from grader.visible import one_line, visible

ANNOTATION_KINDS: Mapping[LineStatus, str] = {
    "failed": "error",
    "rejected": "error",
    "missing": "error",
    "held": "warning",
    "pending": "notice",
}
"""The kind of annotation by status; see `_kind_of`."""

MAX_ANNOTATIONS = 10
"""Annotations of one kind that a step shows."""


def render(report: Report, folder: str = "") -> str:
    """Workflow commands, one a line; `folder` is where the submission lies in its repository."""
    commands: list[str] = []
    lines = lines_of(report)
    for kind in dict.fromkeys(ANNOTATION_KINDS.values()):
        commands += _of_kind(kind, [line for line in lines if _kind_of(line) == kind], folder)
    return "".join(f"{command}\n" for command in commands)


def _kind_of(line: ReportLine) -> str | None:
    """The kind of annotation; a line that passed gets one where it earns less because it is not proved."""
    lost = line.status == "passed" and line.points < line.max_points
    return "notice" if lost else ANNOTATION_KINDS.get(line.status)


def _of_kind(kind: str, lines: Sequence[ReportLine], folder: str) -> list[str]:
    if len(lines) <= MAX_ANNOTATIONS:
        return [_annotation(kind, line, folder) for line in lines]
    rest = lines[MAX_ANNOTATIONS - 1 :]
    more = f"and {len(rest)} more: " + ", ".join(one_line(line.key) for line in rest)
    shown = [_annotation(kind, line, folder) for line in lines[: MAX_ANNOTATIONS - 1]]
    return [*shown, f"::{kind} title={property_text(f'{len(rest)} more')}::{message_text(clipped(more))}"]


def _annotation(kind: str, line: ReportLine, folder: str) -> str:
    properties: dict[str, str] = {}
    if line.place is not None:
        properties["file"] = one_line(str(PurePosixPath(folder, line.place.file)))
        if line.place.line:
            properties["line"] = str(line.place.line)
    is_lost = kind == "error" or line.status == "passed"
    lost = f" (-{points_in_words(line.max_points - line.points)})" if is_lost else ""
    properties["title"] = one_line(f"{line.question.id}: {line.name}{lost}")
    written = ",".join(f"{name}={property_text(value)}" for name, value in properties.items())
    return f"::{kind} {written}::{message_text(line.full_text)}"


def message_text(text: str) -> str:
    """A message as a workflow command carries it: nothing in it ends the line or hides from the reader."""
    return visible(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def property_text(text: str) -> str:
    """The same for the value of a property."""
    return message_text(text).replace(":", "%3A").replace(",", "%2C")
