"""The JSON Schema of a question file of any kind, for editors."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic.json_schema import models_json_schema

from grader.spec.fields import Strict


def question_schema(models: Sequence[type[Strict]]) -> str:
    """The schema as indented JSON: a question file is any of the models."""
    _, schema = models_json_schema([(model, "validation") for model in models], title="A question of grader")
    schema["anyOf"] = [{"$ref": f"#/$defs/{model.__name__}"} for model in models]
    return json.dumps(schema, indent=2) + "\n"
