"""What is wrong with a field of a spec."""

from __future__ import annotations

from grader.errors import SourceLocation


class FieldError(ValueError):
    """What is wrong with a field, and where inside it."""

    def __init__(self, message: str, place: SourceLocation | None = None) -> None:
        super().__init__(message)
        self.place = place
