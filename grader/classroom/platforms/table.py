"""The formats in which the marks of a class go to platforms, by the name that the command knows them by."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import cast

from grader.classroom.platforms.platform import PlatformFormat

PLATFORM_FORMATS: Mapping[str, tuple[str, str]] = {
    "canvas": ("canvas", "CanvasFormat"),
    "moodle": ("moodle", "MoodleFormat"),
    "gradescope": ("gradescope", "GradescopeBulkFormat"),
    "csv": ("spreadsheet", "SpreadsheetFormat"),
    "feedback": ("feedback", "FeedbackFormat"),
}
"""The module of each and the class in it, which is loaded when it is asked for."""


def platform_format(name: str) -> PlatformFormat:
    """The format of a name in the table."""
    module, row = PLATFORM_FORMATS[name]
    return cast(PlatformFormat, getattr(import_module(f"grader.classroom.platforms.{module}"), row)())
