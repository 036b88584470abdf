"""The JSON Schema of a question file of any kind, for editors."""

from __future__ import annotations

import json

from pydantic.json_schema import models_json_schema

from grader.kinds.choice.question import ChoiceModel
from grader.kinds.either import EitherModel
from grader.kinds.formula.models import FormulaModel
from grader.kinds.function.models import FunctionModel
from grader.kinds.number.question import NumberModel
from grader.kinds.parts import PartsModel
from grader.kinds.weights.question import WeightsModel
from grader.kinds.withheld import WaitsModel
from grader.kinds.written.question import WrittenModel
from grader.spec.fields import Strict

MODELS: tuple[type[Strict], ...] = (
    WeightsModel,
    FunctionModel,
    FormulaModel,
    NumberModel,
    ChoiceModel,
    WrittenModel,
    EitherModel,
    PartsModel,
    WaitsModel,
)


def question_schema() -> str:
    """The schema as indented JSON: a question is any of the kinds."""
    _, schema = models_json_schema([(model, "validation") for model in MODELS], title="A question of grader")
    schema["anyOf"] = [{"$ref": f"#/$defs/{model.__name__}"} for model in MODELS]
    return json.dumps(schema, indent=2) + "\n"
