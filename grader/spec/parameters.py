"""What students choose, as a spec writes it: numbers of a shape, the sizes in shapes, functions from a menu."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated

from flint import fmpq
from pydantic import WithJsonSchema

from grader.documents import FieldError, MappingNode, Node, ScalarNode, SequenceNode, describe_node, text_of
from grader.documents.scalar_schemas import TEXT_SCHEMA
from grader.errors import did_you_mean, listed
from grader.language.limits import MAX_ENTRIES
from grader.language.numbers import NumberError, read_rational
from grader.machines.system import Filling, Otherwise, Parameter, filled
from grader.spec import field_schemas as schemas
from grader.spec.fields import ReadBy, read_channel, read_share
from grader.spec.values import ValueMismatchError, check_allowed, read_shape, read_value

PARAMETER_KEYS = ("shape", "in", "otherwise", "default")

MAX_SIZE_VALUES = 64
"""Values that one size may take."""

_SIZE_RANGE = re.compile(r"\s*(\d{1,4})\s*\.\.\s*(\d{1,4})\s*")
_SIZE_NAME = re.compile(r"[^\W\d]\w*")
_FILLINGS: Mapping[str, Filling] = {"zeros": fmpq(0), "ones": fmpq(1), "identity": "identity"}


def read_parameter(node: Node) -> Parameter:
    """`scalar`, `[2, 2]`, `[n, 2]`, `{shape: [2, 2], in: [-1, 0, 1]}`, `{shape: [n], default: zeros}`."""
    if not isinstance(node, MappingNode):
        return _shaped(node)
    for key in node:
        if key not in PARAMETER_KEYS:
            advice = did_you_mean(key, PARAMETER_KEYS) or f" ({listed(PARAMETER_KEYS)} can stand here)"
            raise FieldError(f"{str(key)!r} says nothing of a parameter{advice}", key.place)
    if "default" not in node and "in" not in node:
        raise FieldError(
            "a restricted parameter is written {shape: [2, 2], in: [-1, 0, 1]}, one that may be left out "
            "{shape: [2], default: [0, 0]}",
            node.place,
        )
    wanted = _shaped(node.lookup("shape")) if "shape" in node else Parameter()
    if (restriction := node.lookup("in")) is not None:
        domain = read_channel(restriction)
        if domain.kind.values is None or domain.shape:
            raise FieldError("a restricted parameter takes a finite set of values", node.place)
        wanted = replace(wanted, allowed=domain.kind.values)
    if (otherwise := node.lookup("otherwise")) is not None:
        if wanted.allowed is None:
            raise FieldError("`otherwise` needs a restriction, such as in: [-1, 0, 1]", otherwise.place)
        wanted = replace(wanted, otherwise=_otherwise(otherwise))
    default = node.lookup("default")
    return wanted if default is None else _with_default(wanted, default)


def _shaped(node: Node) -> Parameter:
    """A parameter of a shape, which may have names of sizes."""
    if isinstance(node, SequenceNode) and any(isinstance(n, ScalarNode) and _SIZE_NAME.fullmatch(n) for n in node):
        plain = SequenceNode(node.place)
        plain += [
            ScalarNode("1", n.place) if isinstance(n, ScalarNode) and _SIZE_NAME.fullmatch(n) else n for n in node
        ]
        lengths = _lengths(plain)
        named = [isinstance(n, ScalarNode) and bool(_SIZE_NAME.fullmatch(n)) for n in node]
        pattern = tuple(str(n) if is_name else k for n, k, is_name in zip(node, lengths, named, strict=True))
        return Parameter(lengths, pattern=pattern)
    return Parameter(_lengths(node))


def _lengths(node: Node) -> tuple[int, ...]:
    try:
        return read_shape(node)
    except ValueError as error:
        raise FieldError(str(error), node.place) from None


def _otherwise(node: Node) -> Otherwise:
    """`{earns: 60%, say: ...}`: what an answer that breaks the restriction earns."""
    if not isinstance(node, MappingNode) or "earns" not in node or not {"earns", "say"} >= set(node):
        raise FieldError("what a broken restriction earns is written {earns: 60%, say: ...}", node.place)
    say = node.lookup("say")
    return Otherwise(read_share(node.lookup("earns")), "" if say is None else str(text_of(say)).strip())


def _with_default(wanted: Parameter, node: Node) -> Parameter:
    """The parameter with a default: a value of its shape, or what fills its shape, whichever that is."""
    filling = _filling(node) if wanted.shape else None
    try:
        if filling is None:
            if wanted.pattern:
                fillings = listed(_FILLINGS, "or")
                message = f"a default whose size is not fixed is {fillings}, or one number for all entries"
                raise FieldError(message, node.place)
            found = replace(wanted, default=read_value(node, "default", replace(wanted, otherwise=None)))
        else:
            if filling == "identity" and (len(wanted.shape) != 2 or len(set(wanted.pattern or wanted.shape)) > 1):
                raise FieldError("only a square matrix can be the identity", node.place)
            found = replace(wanted, default=filled(wanted.shape, filling), filling=filling)
            for at in (dict.fromkeys(wanted.size_names, 1), dict.fromkeys(wanted.size_names, 2)):
                default = found.at(at).default
                assert default is not None
                check_allowed(default, "default", replace(found, otherwise=None), node.place)
    except ValueMismatchError as error:
        raise FieldError(error.problem.message, error.place) from None
    return found


def _filling(node: Node) -> Filling | None:
    if not isinstance(node, ScalarNode):
        return None
    if node in _FILLINGS:
        return _FILLINGS[node]
    try:
        return read_rational(node)
    except NumberError:
        return None


def read_size_range(node: Node) -> tuple[int, ...]:
    """The values of a size, in order: `1..8`, or a list `[2, 4, 8]`."""
    texts = [node] if isinstance(node, ScalarNode) else node
    values: Sequence[int]
    if isinstance(node, ScalarNode) and (found := _SIZE_RANGE.fullmatch(node)):
        low, high = int(found[1]), int(found[2])
        if low > high:
            raise FieldError(f"{node} is empty: {low} is larger than {high}", node.place)
        values = range(low, high + 1)
    elif isinstance(texts, list) and texts and all(isinstance(n, ScalarNode) and n.isdecimal() for n in texts):
        values = sorted({int(n) for n in texts[: MAX_SIZE_VALUES + 1]})
    else:
        raise FieldError(f"a size is written 1..8 or [2, 4, 8], not {describe_node(node)}", node.place)
    if not 1 <= values[0] <= values[-1] <= MAX_ENTRIES or len(values) > MAX_SIZE_VALUES:
        message = f"a size takes at most {MAX_SIZE_VALUES} values, from 1 to {MAX_ENTRIES}"
        raise FieldError(message, node.place)
    return tuple(values)


_WEIGHT_SHAPE = {
    "type": ["string", "array"],
    "pattern": "^scalar$",
    "patternErrorMessage": "must be scalar, [2], [2, 3] or [n, 2]",
    "items": {"type": ["integer", "string"], "minimum": 1, "pattern": r"^\w+$"},
    "minItems": 1,
    "maxItems": 2,
}
_WEIGHT_SCHEMA = {
    **_WEIGHT_SHAPE,
    "type": ["string", "array", "object"],
    "properties": {
        "shape": {**_WEIGHT_SHAPE, "description": "Its shape: scalar, [2], [2, 3] or [n, 2]."},
        "in": {"type": ["string", "array"], "description": "The finite set that its numbers are taken from."},
        "otherwise": {
            "type": "object",
            "description": "What an answer earns that breaks the restriction.",
            "properties": {
                "earns": {**schemas.SHARE_SCHEMA, "description": "The share of the points: full, 60%."},
                "say": {**TEXT_SCHEMA, "description": "What the student is told of it."},
            },
            "required": ["earns"],
            "additionalProperties": False,
        },
        "default": {
            "type": ["string", "number", "array"],
            "description": "What counts where a student leaves it out: a value, zeros, ones, identity.",
        },
    },
    "anyOf": [{"not": {"type": "object"}}, {"required": ["in"]}, {"required": ["default"]}],
    "additionalProperties": False,
}

Weight = Annotated[Parameter, ReadBy(read_parameter), WithJsonSchema(_WEIGHT_SCHEMA)]
SizeRange = Annotated[
    tuple[int, ...],
    ReadBy(read_size_range),
    schemas.field_schema(
        "the values of a size: 1..8, [2, 4, 8]",
        *("string", "array", "integer"),
        pattern=r"^\s*[0-9]+(\s*\.\.\s*[0-9]+)?\s*$",
        items={"type": ["integer", "string"], "minimum": 1, "pattern": "^[0-9]+$"},
        minItems=1,
        minimum=1,
    ),
]
