"""The JSON Schema of the files of an assignment, for editors."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema


def question_schema(models: Sequence[type[BaseModel]]) -> str:
    """The schema as indented JSON: a file is any of the models."""
    _, schema = models_json_schema(
        [(model, "validation") for model in models], title="A file of an assignment of grader"
    )
    schema["anyOf"] = [{"$ref": f"#/$defs/{model.__name__}"} for model in models]
    return json.dumps(schema, indent=2) + "\n"
