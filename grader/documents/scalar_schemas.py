"""What a field with one scalar may hold, as JSON Schema.

An editor reads YAML 1.2, in which `1` is a number, `true` a truth value and a blank null, where the loader reads texts.
The rule: where the loader reads text or an expression, every scalar may stand (null only where it may be blank);
where it reads a number or the like, a value of that type, and a text that is written as one.
"""

from __future__ import annotations

from typing import Any

BLANK_OR_SCALAR = ("string", "number", "boolean", "null")
FILLED_SCALAR = ("string", "number", "boolean")

DEFINED_SCHEMA = "x-defined"
"""A keyword whose value names a schema that speaks of itself: `grader.spec.schema` puts a reference in its place."""


def limited(description: str, *types: str, **limits: Any) -> dict[str, Any]:
    """What may stand: values of these types within limits.

    Of a `pattern`, editors say in the words of the description that a text is not written so.
    """
    said = {"patternErrorMessage": f"must be {description}"} if "pattern" in limits else {}
    return {"type": types[0] if len(types) == 1 else list(types), "description": description, **limits, **said}


TEXT_SCHEMA = limited("text", *BLANK_OR_SCALAR)
FILLED_SCHEMA = {"type": list(FILLED_SCALAR), "pattern": r"\S"}
FLAG_SCHEMA = limited("true or false", "boolean", "string", pattern="^(true|false)$")
