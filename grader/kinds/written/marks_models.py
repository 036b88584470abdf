"""The keys of `marks.yaml`."""

from __future__ import annotations

from pydantic import RootModel

from grader.spec.fields import Label, Points, Strict, Words


class FindingModel(Strict):
    """What one reader found in one answer."""

    met: list[Label] | None = None
    points: Points | None = None
    note: Words | None = None
    reader: Words | None = None
    rubric: Words | None = None
    answer: Words | None = None


class MarkModel(FindingModel):
    """The entry of an answer: the finding that counts, and those of other readers."""

    submission: Label
    question: Label
    second: list[FindingModel] | None = None


class MarksModel(RootModel[list[MarkModel]]):
    """The whole file."""
