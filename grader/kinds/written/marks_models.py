"""The keys of `marks.yaml`."""

from __future__ import annotations

from pydantic import Field, RootModel

from grader.spec.fields import Label, Points, Strict, Words


class FindingModel(Strict):
    """What one reader found in one answer."""

    met: list[Label] | None = Field(
        default=None, description="The points of the rubric that the answer makes, [] for none."
    )
    points: Points | None = Field(default=None, description="What the reader gives in place of what these are worth.")
    note: Words | None = Field(default=None, description="Words for the student.")
    reader: Words | None = Field(default=None, description="Whose finding it is.")
    rubric: Words | None = Field(
        default=None, description="A fingerprint of the rubric that was read; it may be left out."
    )
    answer: Words | None = Field(
        default=None, description="A fingerprint of the answer that was read; it may be left out."
    )


class MarkModel(FindingModel):
    """The entry of an answer: the finding that counts, and those of other readers."""

    met: list[Label] | None = Field(
        default=None,
        description="The points of the rubric that the answer makes, [] for none; nothing where nobody has read it.",
        json_schema_extra={"type": ["array", "null"]},
    )
    submission: Label = Field(description="Whose answer was read.")
    question: Label = Field(description="The written question that it answers.")
    second: list[FindingModel] | None = Field(
        default=None, description="What other readers found, which changes no mark."
    )


class MarksModel(RootModel[list[MarkModel]]):
    """The whole file."""
