"""The JSON Schema of a question file of any kind, for editors."""

from __future__ import annotations

import json

from pydantic.json_schema import models_json_schema

from grader.spec.choices import ChoiceModel
from grader.spec.either import EitherModel
from grader.spec.fields import Strict
from grader.spec.formula_models import FormulaModel
from grader.spec.function_models import FunctionModel
from grader.spec.numbers import NumberModel
from grader.spec.parts import PartsModel
from grader.spec.waits import WaitsModel
from grader.spec.weights import WeightsModel
from grader.spec.written import WrittenModel

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
