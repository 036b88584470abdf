"""A weights question as it is written in YAML."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from grader.machines.explore import DEFAULT_MAX_STATES
from grader.spec.fields import Count, FormulaText, Label, Points, Rounding, Strict, Words
from grader.spec.question import AnsweredModel
from grader.spec.systems import (
    EquationsModel,
    NetworkModel,
    ReadingModel,
)

DEFAULT_SAMPLES = 300
DEFAULT_SAMPLES_SEED = 20_260_901


class LineModel(Strict):
    """A rubric line: its points, and the reachable steps it is about."""

    name: Label
    points: Points
    when: FormulaText | None = None


class BudgetModel(Strict):
    """How far to look where the reachable states do not end."""

    states: Count = DEFAULT_MAX_STATES
    samples: Count = DEFAULT_SAMPLES
    seed: Count = DEFAULT_SAMPLES_SEED


class WeightsModel(AnsweredModel):
    """A weights question as it is written."""

    network: NetworkModel
    behaviour: EquationsModel
    accept: FormulaText | None = None
    assume: FormulaText | None = None
    length: Count | None = None
    reference: Words | None = None
    reference_rtol: Rounding | None = None
    examples: dict[Words, Words] = Field(default_factory=dict)
    checks: list[LineModel] = Field(min_length=1)
    credit: Literal["each", "ladder"] = "each"
    known: dict[Words, dict[Words, Any]] = Field(default_factory=dict)
    readings: list[ReadingModel] = Field(default_factory=list)
    budget: BudgetModel = BudgetModel()
