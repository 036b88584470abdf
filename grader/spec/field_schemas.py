"""What the fields of a file may hold, as JSON Schema.

An editor reads YAML 1.2, in which `1` is a number, `true` a truth value and a blank null, where the loader reads texts.
The rule: where the loader reads text or an expression, every scalar may stand (null only where it may be blank);
where it reads a number or the like, a value of that type, and a text that is written as one.
Keywords of JSON Schema are each about one type, so a schema of several types needs no alternatives, whose errors would
be about all of them.
"""

from __future__ import annotations

from typing import Any

from pydantic import WithJsonSchema

BLANK_OR_SCALAR = ("string", "number", "boolean", "null")
FILLED_SCALAR = ("string", "number", "boolean")

DEFINED_SCHEMA = "x-defined"
"""A keyword whose value names one of `SHARED_SCHEMAS`: `grader.spec.schema` puts a reference in its place."""

NUMBER_PATTERN = r"^\s*[+\-−]?([0-9]+\s*/\s*0*[1-9][0-9]*|([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?)\s*$"
SIZE_PATTERN = NUMBER_PATTERN.replace(r"[+\-−]?", r"\+?", 1)
"""Numbers from 0 on."""

SHARE_PATTERN = r"(0?[0-9]{1,2}(\.[0-9]{1,6})?|100(\.0{1,6})?) ?%"


def field_schema(description: str, *types: str, **limits: Any) -> WithJsonSchema:
    """What a field may hold: values of these types within limits.

    Of a `pattern`, editors say in the words of the description that a text is not written so.
    """
    return WithJsonSchema(limited(description, *types, **limits))


def limited(description: str, *types: str, **limits: Any) -> dict[str, Any]:
    """The schema itself, for parts of one."""
    said = {"patternErrorMessage": f"must be {description}"} if "pattern" in limits else {}
    return {"type": types[0] if len(types) == 1 else list(types), "description": description, **limits, **said}


FILLED_SCHEMA = {"type": list(FILLED_SCALAR), "pattern": r"\S"}
NUMBER_SCHEMA = limited("a number", "number", "string", pattern=NUMBER_PATTERN)
POINTS_SCHEMA = limited("points: a number from 0 on", "number", "string", minimum=0, pattern=SIZE_PATTERN)
SHARE_SCHEMA = limited("a share of the points: full, 60%", "string", pattern=rf"^\s*(full|{SHARE_PATTERN})\s*$")
FLAG_SCHEMA = limited("true or false", "boolean", "string", pattern="^(true|false)$")
TEXT_SCHEMA = limited("text", *BLANK_OR_SCALAR)


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

INPUT_SET_REFERENCE = {DEFINED_SCHEMA: "InputSet"}
ARRAY_TYPE_SCHEMA = {"type": "string", "pattern": r"^\s*(numpy|torch)(\.\w+)?\s*$"}

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
