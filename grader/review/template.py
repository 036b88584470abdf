"""Marks without a browser: an empty file of marks to fill in by hand."""

from __future__ import annotations

from grader.review.pending import Review


def marks_template(review: Review, questions: tuple[str, ...] = ()) -> str:
    """A file of marks with an empty entry for each answer that waits for a reader."""
    raise NotImplementedError
