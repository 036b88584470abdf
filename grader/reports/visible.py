"""Text of students as reports show it, on one line where it is a name."""

from __future__ import annotations

from grader.visible_text import one_line, visible

__all__ = ["one_line", "shown_name", "visible"]


def shown_name(name: str) -> str:
    """The name of a submission as every report has it: on one line, and different for different names."""
    return one_line(name.replace("\\", "\\\\"))
