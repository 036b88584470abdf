"""The keys of `marks.yaml`."""

from __future__ import annotations

from pydantic import RootModel

from grader.spec.fields import Label, Strict, Words


class MarkModel(Strict):
    """One reader's finding on one answer."""

    submission: Label
    question: Label
    met: list[Label]
    note: Words | None = None
    reader: Words | None = None


class MarksModel(RootModel[list[MarkModel]]):
    """The whole file."""
