"""A weights question as it is written in YAML."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from grader.documents import FieldError, MappingNode, SequenceNode, describe_node, text_of
from grader.documents.scalar_schemas import FILLED_SCALAR, FILLED_SCHEMA, FLAG_SCHEMA, TEXT_SCHEMA
from grader.engines.corpus import DEFAULT_LONGEST
from grader.kinds.weights.layout import read_gates
from grader.machines.explore import DEFAULT_MAX_STATES
from grader.spec import field_schemas as schemas
from grader.spec.fields import Count, Flag, Label, Points, ReadBy, Rounding, StepFormula, Strict, Words, read_percentage
from grader.spec.question_models import AnsweredModel
from grader.spec.readings import ReadingModel
from grader.spec.systems import EquationsModel, NetworkModel

DEFAULT_SAMPLES = 300
MAX_SAMPLED_STEPS = 10_000
"""Steps of the longest sampled input that a question may ask for."""

DEFAULT_SAMPLES_SEED = 20_260_901


def _read_unproved(node: Any) -> Fraction | None:
    """The share of its points that a pass earns which is not proved; None: it is held for a person."""
    text = text_of(node)
    if text.strip() in ("full", "hold"):
        return Fraction(1) if text.strip() == "full" else None
    share = read_percentage(text)
    if share is None:
        wanted = "full, hold, or a percentage from 0% to 100%"
        raise FieldError(f"must be {wanted}, not {describe_node(text)}", text.place)
    return share


UnprovedShare = Annotated[
    Fraction | None,
    ReadBy(_read_unproved),
    schemas.field_schema(
        "full, hold, or a percentage from 0% to 100%",
        "string",
        pattern=rf"^\s*(full|hold|{schemas.SHARE_PATTERN})\s*$",
    ),
]


class LineModel(Strict):
    """A rubric line: its points, and the reachable steps it is about."""

    name: Label = Field(description="What is wanted, as the rubric says it.")
    points: Points = Field(description="What the line is worth.")
    when: StepFormula | None = Field(
        default=None, description="The reachable steps that the line is about; all of them without it."
    )


class JudgeModel(Strict):
    """Which steps of an input count, and whether the empty input does."""

    at: Literal["end", "every step"] = Field(
        default="every step", description="Whether every step of an input is judged, or its end alone."
    )
    empty: Flag = Field(default=False, description="Whether the empty input counts as well.")


class BudgetModel(Strict):
    """How far to look where the reachable states do not end."""

    states: Count = Field(default=DEFAULT_MAX_STATES, description="How many joint states are visited at most.")
    samples: Count = Field(
        default=DEFAULT_SAMPLES, description="How many inputs are drawn where the states do not end."
    )
    seed: Count = Field(default=DEFAULT_SAMPLES_SEED, description="From which seed they are drawn.")
    longest: Annotated[Count, Field(le=MAX_SAMPLED_STEPS)] = Field(
        default=DEFAULT_LONGEST,
        description="How many steps the longest drawn input has.",
        json_schema_extra={"maximum": MAX_SAMPLED_STEPS},
    )


def _read_map(node: Any) -> Any:
    """A mapping of parameters to arrays, or a list of such mappings; read in full once the parameters are known."""
    if not isinstance(node, MappingNode | SequenceNode):
        wanted = "a mapping of parameters to names in the file, {W: rnn.weight_ih_l0, ...}"
        raise FieldError(f"must be {wanted}, not {describe_node(node)}", node.place)
    return node


_GATES_SCHEMA: dict[str, Any] = {
    "type": "array",
    "minItems": 2,
    "uniqueItems": True,
    "items": FILLED_SCHEMA,
}
_CUT_SCHEMA = {"type": ["integer", "string"], "pattern": r"^\s*(-?[0-9]{1,6}|(-?[0-9]{1,6})?:(-?[0-9]{1,6})?)\s*$"}
_ARRAY_SCHEMA: dict[str, Any] = {
    "type": [*FILLED_SCALAR, "object"],
    "properties": {
        "name": {**FILLED_SCHEMA, "description": "The name of the array in the file."},
        "transpose": {**FLAG_SCHEMA, "description": "Whether the array is transposed."},
        "gate": {**FILLED_SCHEMA, "description": "The gate whose part of the array it is."},
        "gates": {**_GATES_SCHEMA, "description": "The order of the gates in the array: [i, f, g, o]."},
        "rows": {**_CUT_SCHEMA, "description": "The rows that count, as in NumPy: 0, 0:2."},
        "columns": {**_CUT_SCHEMA, "description": "The columns that count, as in NumPy: 0, 0:2."},
    },
    "required": ["name"],
    "additionalProperties": False,
}
_LAYOUT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": {
        **_ARRAY_SCHEMA,
        "type": [*FILLED_SCALAR, "object", "array"],
        "items": _ARRAY_SCHEMA,
        "minItems": 1,
    },
}
"""For each parameter the array of a file, or several to be added up; `transpose` and `gates` of all."""

ArrayMap = Annotated[
    Any,
    ReadBy(_read_map),
    WithJsonSchema({**_LAYOUT_SCHEMA, "type": ["object", "array"], "minItems": 1, "items": _LAYOUT_SCHEMA}),
]
Gates = Annotated[
    tuple[str, ...],
    ReadBy(read_gates),
    WithJsonSchema(_GATES_SCHEMA),
]
KnownNodes = Annotated[
    dict[Words, Any],
    WithJsonSchema(
        {
            "type": "object",
            "properties": {
                "earns": {**schemas.POINTS_SCHEMA, "description": "The marks that the answer must get."},
                "say": {
                    **TEXT_SCHEMA,
                    "description": "What a student is told whose network behaves like it.",
                },
                "reading": {**TEXT_SCHEMA, "description": "The reading under which it is right."},
            },
            "required": ["earns"],
            "additionalProperties": {"type": ["number", "string", "array"]},
        }
    ),
]
"""A known answer: its parameters beside these keys, which are read once the parameters are known."""


class WeightsModel(AnsweredModel):
    """A weights question as it is written."""

    network: NetworkModel = Field(description="The network whose parameters students hand in.")
    from_: ArrayMap | None = Field(
        default=None,
        alias="from",
        description="Where the parameters lie in a file of weights: W: rnn.weight_ih_l0; "
        "a list has one such mapping for each library.",
    )
    transpose: Flag = Field(default=False, description="Whether every array of such a file is transposed.")
    gates: Gates = Field(default=(), description="The order of the gates in every array of such a file: [i, f, g, o].")
    behaviour: EquationsModel = Field(
        description="What is right, as a machine of its own over the inputs of the network."
    )
    accept: StepFormula | None = Field(
        default=None, description="When an output is right: y == expected (the default), abs(y - expected) < 0.1."
    )
    assume: StepFormula | None = Field(default=None, description="What holds at every step of the inputs that count.")
    length: Count | None = Field(
        default=None, description="The longest input that counts; 1 is a feed-forward network."
    )
    judge: JudgeModel = Field(
        default_factory=JudgeModel,
        description="Which outputs are judged: at every step or at the end, of the empty input too.",
    )
    reference: Words | None = Field(
        default=None, description="The right network as a Python module of the course: reference.latch."
    )
    reference_rtol: Rounding | None = Field(
        default=None, description="How far rounding may have moved what the reference gives, relatively: 1e-9."
    )
    examples: dict[Words, Words] = Field(
        default_factory=dict,
        description="Inputs, and the outputs that the prompt promises for them: 1111010000: 1111000000.",
    )
    checks: list[LineModel] = Field(
        min_length=1, description="The lines of the rubric; their points add up to those of the question."
    )
    credit: Literal["each", "ladder"] = Field(
        default="each",
        description="Whether each line counts on its own, or only when every line above it passed (ladder).",
    )
    known: dict[Words, KnownNodes] = Field(
        default_factory=dict, description="Answers by name whose marks are known: tests of the spec."
    )
    readings: list[ReadingModel] = Field(
        default_factory=list, description="Other conventions under which a network may be read."
    )
    unproved: UnprovedShare = Field(
        default=Fraction(1),
        json_schema_extra={"default": "full"},
        description="What a line earns that passed and is not proved: full, a share such as 80%, or hold.",
    )
    arithmetic: Literal["exact", "float64"] = Field(
        default="exact", description="Whether networks compute exactly, or are rounded as in float64."
    )
    budget: BudgetModel = Field(
        default_factory=BudgetModel,
        description="How many states, inputs and steps are looked at where states do not end.",
    )
