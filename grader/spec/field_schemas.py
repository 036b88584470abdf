"""What the fields of a file may hold, as JSON Schema.

Keywords of JSON Schema are each about one type, so a schema of several types needs no alternatives, whose errors would
be about all of them.
"""

from __future__ import annotations

from typing import Any

from pydantic import WithJsonSchema

from grader.documents.scalar_schemas import DEFINED_SCHEMA, FILLED_SCALAR, limited

NUMBER_PATTERN = r"^\s*[+\-−]?([0-9]+\s*/\s*0*[1-9][0-9]*|([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?)\s*$"
SIZE_PATTERN = NUMBER_PATTERN.replace(r"[+\-−]?", r"\+?", 1)
"""Numbers from 0 on."""

SHARE_PATTERN = r"(0?[0-9]{1,2}(\.[0-9]{1,6})?|100(\.0{1,6})?) ?%"


def field_schema(description: str, *types: str, **limits: Any) -> WithJsonSchema:
    """What `limited` gives, for a field of a model."""
    return WithJsonSchema(limited(description, *types, **limits))


NUMBER_SCHEMA = limited("a number", "number", "string", pattern=NUMBER_PATTERN)
POINTS_SCHEMA = limited("points: a number from 0 on", "number", "string", minimum=0, pattern=SIZE_PATTERN)
SHARE_SCHEMA = limited("a share of the points: full, 60%", "string", pattern=rf"^\s*(full|{SHARE_PATTERN})\s*$")


def whole_number(least: int) -> dict[str, Any]:
    """A whole number from one on, of at most nine digits."""
    pattern = r"^(0|[1-9][0-9]{0,8})$" if least == 0 else r"^[1-9][0-9]{0,8}$"
    description = f"a whole number from {least} on"
    return limited(description, "integer", "string", minimum=least, maximum=10**9 - 1, pattern=pattern)


SHAPE_SCHEMA = limited(
    "a shape: scalar, [2] or [2, 3]",
    "string",
    "array",
    pattern="^scalar$",
    items={"type": ["integer", "string"], "minimum": 1, "pattern": "^[0-9]+$"},
    minItems=1,
    maxItems=2,
)
"""Of an array whose sizes are numbers."""

_BOUNDS = r"\(\s*\S.*\.\..*\S\s*\)"
_KIND_PATTERN = rf"^(bit|(integer|real)\s*({_BOUNDS})?)$"
CHANNEL_SCHEMA: dict[str, Any] = {
    "type": ["string", "array", "object"],
    "pattern": _KIND_PATTERN,
    "patternErrorMessage": "must be bit, [-1, 0, 1], integer(-5..5) or real(-3..3)",
    "minItems": 1,
    "items": {"type": ["number", "string"], "pattern": rf"{NUMBER_PATTERN}|{_KIND_PATTERN}"},
    "properties": {
        "shape": {**SHAPE_SCHEMA, "description": "The shape of the vector or matrix that one step takes."},
        "in": {"type": ["string", "array"], "description": "What its numbers are: bit, [-1, 0, 1], real(-3..3)."},
    },
    "required": ["shape", "in"],
    "additionalProperties": False,
}

EXPRESSION_SCHEMA: dict[str, Any] = {
    "type": [*FILLED_SCALAR, "array"],
    "pattern": r"\S",
    "patternErrorMessage": "must be an expression",
    "minItems": 1,
    "items": {DEFINED_SCHEMA: "Expression"},
}

SHARED_SCHEMAS: dict[str, dict[str, Any]] = {
    "Expression": EXPRESSION_SCHEMA,
    "ReturnedForm": {
        "description": "What a function returns: a line of text, a list (a tuple of parts), a mapping (a dictionary).",
        "type": ["string", "array", "object"],
        "pattern": r"^\s*(real|integer|bit|boolean|text|none|vector|matrix|array|sequence)\b",
        "patternErrorMessage": "must be a form such as real, vector(len(g)), [real, vector(2)]",
        "minItems": 1,
        "items": {DEFINED_SCHEMA: "ReturnedForm"},
        "additionalProperties": {DEFINED_SCHEMA: "ReturnedForm"},
    },
}
"""Schemas that speak of themselves, by name."""
