"""A function question as it is written in YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema, create_model

from grader.documents.scalar_schemas import DEFINED_SCHEMA
from grader.inputs.outputs import Output
from grader.inputs.set_schema import INPUT_SETS_SCHEMA, input_set_schema
from grader.kinds.function.aims.table import AIMS, aims_of_parts
from grader.kinds.function.class_model import ClassModel
from grader.kinds.function.question import AimKey
from grader.kinds.function.returns import read_returns
from grader.spec.fields import Count, Flag, Input, Label, Points, PropertyText, ReadBy, SizeText, Strict, Words
from grader.spec.question_models import AnsweredModel
from grader.spec.systems import EquationsModel

Returns = Annotated[Output, ReadBy(read_returns), WithJsonSchema({DEFINED_SCHEMA: "ReturnedForm"})]
InputNodes = Annotated[dict[Words, Any], WithJsonSchema(INPUT_SETS_SCHEMA)]
"""Sets of inputs by name, which are read once it is known what is called."""

DEFAULT_CASES = 200
DEFAULT_CASES_SEED = 20_260_901

AIM_KEYS = [aim.key() for aim in AIMS if not aim.pending]
"""The keys of which a line has exactly one, in the order in which they are listed."""


def _stating(base: type[Strict], keys: Mapping[str, tuple[AimKey, str]]) -> type[Strict]:
    """A model with keys that state aims, and what is said of each."""
    types = {"property": PropertyText | None, "part": PropertyText | None, "flag": Flag}
    fields: dict[str, Any] = {}
    for name, (key, said) in keys.items():
        default = False if key.sort == "flag" else None
        fields[name] = types.get(key.sort, Words | None), Field(default=default, description=said)
    return create_model("_Stating", __base__=base, **fields)


class _LineHead(Strict):
    """What stands before the aim of a line."""

    name: Label = Field(description="What is wanted, as the rubric says it.")
    points: Points = Field(description="What the line is worth.")
    when: PropertyText | None = Field(
        default=None, description="The inputs that the line is about; all of them without it."
    )


_of_parts = {aim.key(): (key := aim.keys[aim.key()], key.partly) for aim in aims_of_parts()}
_of_lines = {name: (key, key.description) for aim in AIMS for name, key in aim.keys.items()}


class PartlyModel(_stating(Strict, _of_parts)):  # type: ignore[misc]  # its keys are those of the aims
    """What earns some of a line's points where the whole does not hold."""

    points: Points = Field(description="What it earns of the line's points.")
    say: Words | None = Field(default=None, description="What the student is told.")
    rtol: SizeText | None = Field(default=None, description="The relative error that counts as equal here.")
    atol: SizeText | None = Field(default=None, description="The absolute error that counts as equal here.")


class ExhaustiveModel(Strict):
    """Every input, with sequences up to a length."""

    length: Count = Field(description="How long the longest sequence is.")


class FunctionCheckModel(_stating(_LineHead, _of_lines)):  # type: ignore[misc]  # its keys are those of the aims
    """A rubric line; exactly one of `AIM_KEYS` says what it wants.

    `waits`: only the course knows what it wants; in a student's copy its points are pending.
    """

    inputs: InputNodes = Field(
        default_factory=dict, description="Sets of this line alone, in place of those of the question."
    )
    exhaustive: ExhaustiveModel | None = Field(
        default=None, description="That every input is tried, with sequences up to a length."
    )
    cases: Count | None = Field(default=None, description="How many inputs are drawn for this line.")
    rtol: SizeText | None = Field(default=None, description="The relative error that counts as equal.")
    atol: SizeText | None = Field(default=None, description="The absolute error that counts as equal.")
    nan: Flag = Field(default=False, description="Whether NaN equals NaN.")
    hidden: Flag = Field(
        default=False, description="Whether students see neither the inputs nor the values of this line."
    )
    say: Words | None = Field(default=None, description="What the student is told whose function fails.")
    partly: list[PartlyModel] = Field(
        default_factory=list, description="What earns some of the points where the whole does not hold."
    )


class TestedNetworkModel(EquationsModel):
    """A network without parameters, whose last output is what the function must give."""

    inputs: dict[Words, Input] = Field(description="What one step takes, by name.")


class KnownCodeModel(Strict):
    """Python whose marks are known: a test of the spec."""

    code: Words = Field(description="Python that defines the function.")
    earns: Points = Field(description="The marks that it must get.")


class FunctionModel(AnsweredModel):
    """A function question as it is written; its title may be its name, and its points what the lines add up to."""

    title: Label | None = Field(
        default=None, description="What the question is called in reports; its name where it is left out."
    )  # type: ignore[assignment]  # here it may be left out
    points: Points | None = Field(
        default=None, description="What the whole question earns; what the lines add up to where it is left out."
    )  # type: ignore[assignment]  # here it may be left out
    signature: Words | None = Field(
        default=None, description="The function and its arguments: clip(g, c); of a class one call on a new object."
    )
    class_: ClassModel | None = Field(
        default=None, alias="class", description="A class with several steps on one object, in place of `signature`."
    )
    inputs: InputNodes = Field(description="A set of inputs for each argument: vector(1..8, real), one of 0.5, 1.")
    returns: Returns | None = Field(
        default=None, description="The form of a right output: real, vector(len(g)), [real, vector(2)]."
    )
    assume: PropertyText | None = Field(default=None, description="What is true of all inputs that are drawn.")
    network: TestedNetworkModel | None = Field(
        default=None, description="A network without parameters, for `equals: network`."
    )
    checks: list[FunctionCheckModel] = Field(min_length=1, description="The lines of the rubric.")
    credit: Literal["each", "ladder"] = Field(
        default="each",
        description="Whether each line counts on its own, or only when every line above it passed (ladder).",
    )
    cases: Count = Field(default=DEFAULT_CASES, description="How many inputs are drawn for each line.")
    seed: Count = Field(default=DEFAULT_CASES_SEED, description="From which seed inputs are drawn.")
    call_seconds: SizeText = Field(default=2.0, description="How many seconds one call may take.")
    known: dict[Words, KnownCodeModel] = Field(
        default_factory=dict, description="Python by name whose marks are known: tests of the spec."
    )

    @classmethod
    def shared_schemas(cls) -> dict[str, dict[str, Any]]:
        return {"InputSet": input_set_schema()}
