"""Marks without a browser: a table for a spreadsheet, written and read back."""

from __future__ import annotations

from pathlib import Path

from grader.review.pending import Review


def marks_table(review: Review, questions: tuple[str, ...] = ()) -> bytes:
    """A CSV with a row for each answer: what was handed in, a column for each point, points, note and reader."""
    raise NotImplementedError


def take_marks_table(review: Review, file: Path) -> tuple[str, ...]:
    """Saves the marks of a table that was filled in; gives back sentences on what was done.

    Raises:
        SpecError: with each cell that cannot be used (file:row:column); then nothing is saved.
        MarkConflictError: if answers were marked by others since the table was written; then nothing is saved.
    """
    raise NotImplementedError
