"""A weights question as it is written in YAML."""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from grader.documents import MappingNode, SequenceNode, describe_node
from grader.engines.corpus import DEFAULT_LONGEST
from grader.kinds.weights.layout import read_gates
from grader.machines.explore import DEFAULT_MAX_STATES
from grader.spec.fields import (
    Count,
    FieldError,
    Flag,
    Label,
    Points,
    ReadBy,
    Rounding,
    StepFormula,
    Strict,
    Words,
    read_percentage,
    text_of,
)
from grader.spec.question_models import AnsweredModel
from grader.spec.readings import ReadingModel
from grader.spec.systems import EquationsModel, NetworkModel

DEFAULT_SAMPLES = 300
MAX_LONGEST = 10_000
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
    WithJsonSchema({"type": "string", "pattern": r"^(full|hold|(100|\d{1,2})(\.\d+)? ?%)$"}),
]


class LineModel(Strict):
    """A rubric line: its points, and the reachable steps it is about."""

    name: Label
    points: Points
    when: StepFormula | None = None


class JudgeModel(Strict):
    """Which steps of an input count, and whether the empty input does."""

    at: Literal["end", "every step"] = "every step"
    empty: Flag = False


class BudgetModel(Strict):
    """How far to look where the reachable states do not end."""

    states: Count = DEFAULT_MAX_STATES
    samples: Count = DEFAULT_SAMPLES
    seed: Count = DEFAULT_SAMPLES_SEED
    longest: Annotated[Count, Field(le=MAX_LONGEST)] = DEFAULT_LONGEST


def _read_map(node: Any) -> Any:
    """A mapping of parameters to arrays, or a list of such mappings; read in full once the parameters are known."""
    if not isinstance(node, MappingNode | SequenceNode):
        wanted = "a mapping of parameters to names in the file, {W: rnn.weight_ih_l0, ...}"
        raise FieldError(f"must be {wanted}, not {describe_node(node)}", node.place)
    return node


ArrayMap = Annotated[
    Any,
    ReadBy(_read_map),
    WithJsonSchema(
        {
            "type": ["object", "array"],
            "description": "for each parameter the array of a file, or several to be added up",
        }
    ),
]
Gates = Annotated[
    tuple[str, ...],
    ReadBy(read_gates),
    WithJsonSchema({"type": "array", "items": {"type": "string"}, "description": "the order of gates: [i, f, g, o]"}),
]


class WeightsModel(AnsweredModel):
    """A weights question as it is written."""

    network: NetworkModel
    from_: ArrayMap | None = Field(default=None, alias="from")
    transpose: Flag = False
    gates: Gates = ()
    behaviour: EquationsModel
    accept: StepFormula | None = None
    assume: StepFormula | None = None
    length: Count | None = None
    judge: JudgeModel = JudgeModel()
    reference: Words | None = None
    reference_rtol: Rounding | None = None
    examples: dict[Words, Words] = Field(default_factory=dict)
    checks: list[LineModel] = Field(min_length=1)
    credit: Literal["each", "ladder"] = "each"
    known: dict[Words, dict[Words, Any]] = Field(default_factory=dict)
    readings: list[ReadingModel] = Field(default_factory=list)
    unproved: UnprovedShare = Fraction(1)
    arithmetic: Literal["exact", "float64"] = "exact"
    budget: BudgetModel = BudgetModel()
