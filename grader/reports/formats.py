"""The formats of a report, in one table: each is loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from grader.verdict import Report


@dataclass(frozen=True)
class View:
    """What a format may want to know beside the report.

    `folder` is where the submission lies, relative to the present folder; `metadata` is Gradescope's file, if there is
    one; `width` and `colour` are the terminal's.
    """

    folder: str = ""
    metadata: Path | None = None
    show_expected: bool = False
    colour: bool = False
    width: int = 80


def _terminal(report: Report, view: View) -> str:
    from grader.reports import terminal

    return terminal.render(report, colour=view.colour, width=view.width)


def _json(report: Report, _: View) -> str:
    from grader.reports import json

    return json.render(report)


def _gradescope(report: Report, view: View) -> str:
    from grader.reports import gradescope, gradescope_metadata

    place = view.metadata or gradescope_metadata.METADATA_FILE
    metadata = gradescope_metadata.read_metadata(place) if view.metadata or place.is_file() else None
    return gradescope.render(report, metadata, show_expected=view.show_expected)


def _junit(report: Report, _: View) -> str:
    from grader.reports import junit

    return junit.render(report)


def _markdown(report: Report, _: View) -> str:
    from grader.reports import markdown

    return markdown.render(report)


def _github(report: Report, view: View) -> str:
    from grader.reports import github

    return github.render(report, view.folder)


def _classroom(report: Report, _: View) -> str:
    from grader.reports import classroom

    return classroom.render(report)


RENDERERS: Mapping[str, Callable[[Report, View], str]] = {
    "terminal": _terminal,
    "json": _json,
    "gradescope": _gradescope,
    "junit": _junit,
    "markdown": _markdown,
    "github": _github,
    "classroom": _classroom,
}
