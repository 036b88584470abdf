"""A function question as it is written in YAML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from grader.inputs.outputs import Output
from grader.inputs.set_schema import INPUT_SETS_SCHEMA, input_set_schema
from grader.kinds.function.call_check import CallCheckIn
from grader.kinds.function.returns import read_returns
from grader.spec.field_schemas import DEFINED_SCHEMA
from grader.spec.fields import (
    Count,
    Flag,
    Input,
    Label,
    Points,
    PropertyText,
    ReadBy,
    SizeText,
    Strict,
    Words,
)
from grader.spec.question_models import AnsweredModel
from grader.spec.systems import EquationsModel

Returns = Annotated[
    Output,
    ReadBy(read_returns),
    WithJsonSchema({DEFINED_SCHEMA: "ReturnedForm"}),
]
InputNodes = Annotated[dict[Words, Any], WithJsonSchema(INPUT_SETS_SCHEMA)]
"""Sets of inputs by name, which are read once it is known what is called."""

DEFAULT_CASES = 200
DEFAULT_CASES_SEED = 20_260_901


class PartlyModel(Strict):
    """What earns some of a line's points where the whole does not hold."""

    holds: PropertyText | None = Field(
        default=None, description="An expression that is true where these points are earned."
    )
    equals: Words | None = Field(
        default=None, description="A reference that the function agrees with where these points are earned."
    )
    points: Points = Field(description="What it earns of the line's points.")
    say: Words | None = Field(default=None, description="What the student is told.")
    rtol: SizeText | None = Field(default=None, description="The relative error that counts as equal here.")
    atol: SizeText | None = Field(default=None, description="The absolute error that counts as equal here.")


class ExhaustiveModel(Strict):
    """Every input, with sequences up to a length."""

    length: Count = Field(description="How long the longest sequence is.")


class FunctionCheckModel(Strict):
    """A rubric line; exactly one of `AIM_KEYS` says what it wants.

    `waits`: only the course knows what it wants; in a student's copy its points are pending.
    """

    name: Label = Field(description="What is wanted, as the rubric says it.")
    points: Points = Field(description="What the line is worth.")
    when: PropertyText | None = Field(
        default=None, description="The inputs that the line is about; all of them without it."
    )
    holds: PropertyText | None = Field(
        default=None,
        description="An expression that is true of every input: of the arguments, `out`, and further calls.",
    )
    somewhere: PropertyText | None = Field(
        default=None, description="An expression that is true of at least one input."
    )
    equals: Words | None = Field(
        default=None, description="What the function agrees with: reference.module.function, or network."
    )
    of: PropertyText | None = Field(default=None, description="The part of the output that `equals` compares: out[0].")
    feeds: Words | None = Field(
        default=None, description="The reference that calls what it is given with the same arguments in the same order."
    )
    raises: Annotated[Words | None, CallCheckIn("grader.kinds.function.raises")] = Field(
        default=None, description="The exception with which the function refuses the input."
    )
    pure: Flag = Field(default=False, description="Whether the function must leave its arguments as they were.")
    waits: Flag = Field(default=False, description="In a student's copy: that the course checks this line.")
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


CALL_CHECKS: Mapping[str, CallCheckIn] = {
    key: mark
    for key, field in FunctionCheckModel.model_fields.items()
    for mark in field.metadata
    if isinstance(mark, CallCheckIn)
}
"""The keys of lines that judge each call by itself, and where what they ask for lies."""

_OTHER_AIMS = frozenset({"holds", "somewhere", "equals", "feeds", "pure"})
AIM_KEYS: Sequence[str] = [key for key in FunctionCheckModel.model_fields if key in _OTHER_AIMS or key in CALL_CHECKS]
"""The keys of which a line has exactly one, in the order in which they are listed."""


class TestedNetworkModel(EquationsModel):
    """A network without parameters, whose last output is what the function must give."""

    inputs: dict[Words, Input] = Field(description="What one step takes, by name.")


class KnownCodeModel(Strict):
    """Python whose marks are known: a test of the spec."""

    code: Words = Field(description="Python that defines the function.")
    earns: Points = Field(description="The marks that it must get.")


class ClassModel(Strict):
    """A class as an answer: an object of it is made for each input, gets attributes, and is called step by step."""

    name: Label = Field(description="The name of the class.")
    init: list[Words] = Field(
        default_factory=list, description="What its constructor is given: inputs by name, or lr=rate."
    )
    set: dict[Words, Words] = Field(
        default_factory=dict, description="Attributes that the grader sets, each with an input: W: params['W']."
    )
    calls: list[Words] = Field(
        min_length=1, description="What is done with the object, step by step: y = forward(x), dW = self.dW."
    )


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
