"""A function question as it is written in YAML."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from grader.inputs.outputs import Output
from grader.kinds.function.returns import read_returns
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
    WithJsonSchema({"type": ["string", "array", "object"], "description": "the form of what the function returns"}),
]

DEFAULT_CASES = 200
DEFAULT_CASES_SEED = 20_260_901


class PartlyModel(Strict):
    """What earns some of a line's points where the whole does not hold."""

    holds: PropertyText | None = None
    equals: Words | None = None
    points: Points
    say: Words | None = None
    rtol: SizeText | None = None
    atol: SizeText | None = None


class ExhaustiveModel(Strict):
    """Every input, with sequences up to a length."""

    length: Count


class FunctionCheckModel(Strict):
    """A rubric line; exactly one of `holds`, `somewhere`, `equals`, `feeds`, `raises`, `pure` says what it wants.

    `waits`: only the course knows what it wants; in a student's copy its points are pending.
    """

    name: Label
    points: Points
    when: PropertyText | None = None
    holds: PropertyText | None = None
    somewhere: PropertyText | None = None
    equals: Words | None = None
    of: PropertyText | None = None
    feeds: Words | None = None
    raises: Words | None = None
    pure: Flag = False
    waits: Flag = False
    inputs: dict[Words, Any] = Field(default_factory=dict)
    exhaustive: ExhaustiveModel | None = None
    cases: Count | None = None
    rtol: SizeText | None = None
    atol: SizeText | None = None
    nan: Flag = False
    hidden: Flag = False
    say: Words | None = None
    partly: list[PartlyModel] = Field(default_factory=list)


class TestedNetworkModel(EquationsModel):
    """A network without parameters, whose last output is what the function must give."""

    inputs: dict[Words, Input]


class KnownCodeModel(Strict):
    """Python whose marks are known: a test of the spec."""

    code: Words
    earns: Points


class ClassModel(Strict):
    """A class as an answer: an object of it is made for each input, gets attributes, and is called step by step."""

    name: Label
    init: list[Words] = Field(default_factory=list)
    set: dict[Words, Words] = Field(default_factory=dict)
    calls: list[Words] = Field(min_length=1)


class FunctionModel(AnsweredModel):
    """A function question as it is written; its title may be its name, and its points what the lines add up to."""

    title: Label | None = None  # type: ignore[assignment]  # here it may be left out
    points: Points | None = None  # type: ignore[assignment]  # here it may be left out
    signature: Words | None = None
    class_: ClassModel | None = Field(default=None, alias="class")
    inputs: dict[Words, Any]
    returns: Returns | None = None
    assume: PropertyText | None = None
    network: TestedNetworkModel | None = None
    checks: list[FunctionCheckModel] = Field(min_length=1)
    credit: Literal["each", "ladder"] = "each"
    cases: Count = DEFAULT_CASES
    seed: Count = DEFAULT_CASES_SEED
    call_seconds: SizeText = 2.0
    known: dict[Words, KnownCodeModel] = Field(default_factory=dict)
