"""Sets of inputs as JSON Schema, for editors."""

from __future__ import annotations

from typing import Any

from grader.inputs import table
from grader.inputs.array_types import ARRAY_TYPE_SCHEMA
from grader.inputs.set_forms import INPUT_SET_REFERENCE, MappingForm, PrefixForm, TextForm

INPUT_SETS_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "array": {
            "description": "The type of all arrays: torch, torch.float64, numpy.int64 (or the set of an argument)",
            "anyOf": [ARRAY_TYPE_SCHEMA, INPUT_SET_REFERENCE],
        }
    },
    "additionalProperties": INPUT_SET_REFERENCE,
}
"""The inputs of a function, by name."""


def input_set_schema() -> dict[str, Any]:
    """The schema of one set: of a mapping, that of the first form that it is meant to have, else of a dictionary."""
    mappings: dict[str, Any] = {"additionalProperties": INPUT_SET_REFERENCE}
    schemas = [one for form in table.INPUT_SETS if isinstance(form, MappingForm) for one in form.schemas()]
    for condition, schema in reversed(schemas):
        mappings = {"if": {"type": "object", **condition}, "then": schema, "else": mappings}
    prefixes = [form.prefix for form in table.INPUT_SETS if isinstance(form, PrefixForm)]
    names = [form.name for form in table.INPUT_SETS if isinstance(form, TextForm)]
    said = ", ".join([*(f"{prefix}..." for prefix in prefixes), *names])
    starts = "|".join([*(prefix.rstrip() + r"\s" for prefix in prefixes), rf"({'|'.join(names)})\b"])
    return {
        "description": "A set of inputs: a line of text, a list of sets (any of them), a dictionary or list of sets.",
        "type": ["string", "array", "object"],
        "pattern": rf"^\s*({starts})",
        "patternErrorMessage": f"must be a set of inputs: {said}",
        "minItems": 1,
        "items": INPUT_SET_REFERENCE,
        "minProperties": 1,
        **mappings,
    }
