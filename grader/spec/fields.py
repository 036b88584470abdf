"""The types of single fields of a spec, each with its own reading and its own words for what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Annotated, Any

from flint import fmpq
from pydantic import BaseModel, ConfigDict, WithJsonSchema
from pydantic_core import CoreSchema, core_schema

from grader.deferred import dataclass
from grader.documents import FieldError, MappingNode, Node, ScalarNode, SequenceNode, describe_node, read_flag, text_of
from grader.documents.scalar_schemas import DEFINED_SCHEMA, FILLED_SCHEMA, FLAG_SCHEMA, TEXT_SCHEMA
from grader.expressions import Expression, read_expression, read_property, read_step_expression
from grader.language.numbers import NumberError, read_rational
from grader.machines.alphabet import Channel, NumberDomain, read_kind
from grader.spec import field_schemas as schemas
from grader.spec.places import FUNCTION_HEAD as FUNCTION_HEAD
from grader.spec.places import TIMED_NAME as TIMED_NAME
from grader.spec.values import read_shape


class Strict(BaseModel):
    """A mapping of a spec: no key but those named."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True, defer_build=True)

    @classmethod
    def shared_schemas(cls) -> dict[str, dict[str, Any]]:
        """Schemas that its fields refer to by name, beside `SHARED_SCHEMAS`."""
        return {}


@dataclass(frozen=True)
class ReadBy:
    """Says in `Annotated[...]` which function makes a field of its node.

    It is pydantic's `PlainValidator`, which would also make a schema of the field's type to write it out again. No
    model of a spec is ever written out, and such a schema goes through every class that a tree is built of.
    """

    read: Callable[[Any], Any]

    def __get_pydantic_core_schema__(self, _type: Any, _of_type: Any) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)


def _filled(node: Node) -> ScalarNode:
    text = text_of(node)
    if text.blank or not text.strip():
        raise FieldError("is blank", text.place)
    return text


def read_size(node: Node) -> float:
    """A number from 0 on, as a float."""
    number = read_exact(node)
    if number < 0:
        raise FieldError(f"must not be negative, and this is {text_of(node)}", node.place)
    return int(number.p) / int(number.q)


def read_points(node: Node) -> Fraction:
    """Points: 0 or more, exact (`20`, `12.5`, `10/3`)."""
    number = read_exact(node)
    if number < 0:
        raise FieldError(f"points cannot be negative, and this is {text_of(node)}", node.place)
    return Fraction(int(number.p), int(number.q))


def read_exact(node: Node) -> fmpq:
    """A number, exactly (`0.3`, `-5/3`)."""
    text = text_of(node)
    try:
        return read_rational(text)
    except NumberError as error:
        raise FieldError(str(error), text.place) from None


MAX_ROUNDING = fmpq(1, 1000)
"""The largest relative error that is taken for rounding."""


def read_rounding(node: Node) -> fmpq:
    """A relative error that rounding in floats may have: more than 0, at most MAX_ROUNDING."""
    number = read_exact(node)
    if not 0 < number <= MAX_ROUNDING:
        message = f"must be a rounding error, from above 0 to 0.001 (such as 1e-9), and this is {text_of(node)}"
        raise FieldError(message, node.place)
    return number


_PERCENTAGE = re.compile(r"(\d{1,3}(?:\.\d{1,6})?) ?%")


def read_percentage(node: Node) -> Fraction | None:
    """The share that a percentage from 0% to 100% is; None for other text."""
    found = _PERCENTAGE.fullmatch(text_of(node).strip())
    share = Fraction(found[1]) / 100 if found else None
    return share if share is not None and share <= 1 else None


def read_share(node: Node) -> Fraction:
    """A share of the points: `full`, or a percentage from 0% to 100% (`62.5%`)."""
    text = text_of(node)
    share = Fraction(1) if text.strip() == "full" else read_percentage(text)
    if share is None:
        raise FieldError(f"must be full, or a percentage from 0% to 100%, not {describe_node(text)}", text.place)
    return share


def read_count(node: Node) -> int:
    """A whole number from 1 on."""
    text = text_of(node)
    if not re.fullmatch(r"[1-9]\d{0,8}", text):
        raise FieldError(f"must be a whole number from 1 on, not {describe_node(text)}", text.place)
    return int(text)


def read_natural(node: Node) -> int:
    """A whole number from 0 on."""
    text = text_of(node)
    if not re.fullmatch(r"0|[1-9]\d{0,8}", text):
        raise FieldError(f"must be a whole number from 0 on, not {describe_node(text)}", text.place)
    return int(text)


def read_channel(node: Node) -> Channel:
    """`bit`, `[-1, 0, 1]`, `integer(-5..5)`, `[bit, bit]`, `{shape: [2], in: bit}`."""
    if isinstance(node, MappingNode):
        if set(node) != {"shape", "in"}:
            raise FieldError("an input with a shape is written {shape: [2], in: bit}", node.place)
        return Channel(_kind(node[_key(node, "in")]), _shape(node[_key(node, "shape")]))
    if (
        isinstance(node, SequenceNode)
        and node
        and all(isinstance(item, ScalarNode) and item[:1].isalpha() for item in node)
    ):
        kinds = {_kind(item) for item in node}
        if len(kinds) > 1:
            raise FieldError(
                "the components of one input are all of one kind: give them names of their own", node.place
            )
        return Channel(kinds.pop(), (len(node),))
    return Channel(_kind(node))


def _key(block: MappingNode, key: str) -> ScalarNode:
    return next(k for k in block if k == key)


def _kind(node: Node) -> NumberDomain:
    if isinstance(node, SequenceNode):
        values = tuple(read_exact(item) for item in node)
        if not values:
            raise FieldError("a set of inputs needs at least one value", node.place)
        return NumberDomain(tuple(dict.fromkeys(values)))
    text = text_of(node)
    try:
        return read_kind(text)
    except ValueError as error:
        raise FieldError(str(error), text.place) from None


def _shape(node: Node) -> tuple[int, ...]:
    try:
        return read_shape(node)
    except ValueError as error:
        raise FieldError(str(error), node.place) from None


def read_function_head(text: ScalarNode, such_as: str = "phi(z): ...") -> tuple[str, tuple[str, ...]]:
    """The name and the parameters of `phi(z)`."""
    found = FUNCTION_HEAD.fullmatch(text)
    parameters = tuple(p.strip() for p in found[2].split(",")) if found else ()
    if not found or not all(p.isidentifier() for p in parameters) or len(set(parameters)) < len(parameters):
        raise FieldError(f"a function is written {such_as}, not {describe_node(text)}", text.place)
    return found[1], parameters


_EXPRESSION = {DEFINED_SCHEMA: "Expression"}

Words = Annotated[ScalarNode, ReadBy(text_of), WithJsonSchema(TEXT_SCHEMA)]
Label = Annotated[ScalarNode, ReadBy(_filled), WithJsonSchema(FILLED_SCHEMA)]
FormulaText = Annotated[Expression, ReadBy(read_expression), WithJsonSchema(_EXPRESSION)]
StepFormula = Annotated[Expression, ReadBy(read_step_expression), WithJsonSchema(_EXPRESSION)]
Points = Annotated[Fraction, ReadBy(read_points), WithJsonSchema(schemas.POINTS_SCHEMA)]
PropertyText = Annotated[Expression, ReadBy(read_property), WithJsonSchema(FILLED_SCHEMA)]
Share = Annotated[Fraction, ReadBy(read_share), WithJsonSchema(schemas.SHARE_SCHEMA)]
Rational = Annotated[fmpq, ReadBy(read_exact), WithJsonSchema(schemas.NUMBER_SCHEMA)]
Rounding = Annotated[
    fmpq, ReadBy(read_rounding), WithJsonSchema({**schemas.NUMBER_SCHEMA, "exclusiveMinimum": 0, "maximum": 0.001})
]
Flag = Annotated[bool, ReadBy(read_flag), WithJsonSchema(FLAG_SCHEMA)]
SizeText = Annotated[float, ReadBy(read_size), WithJsonSchema(schemas.POINTS_SCHEMA)]
Count = Annotated[int, ReadBy(read_count), WithJsonSchema(schemas.whole_number(1))]
NaturalNumber = Annotated[int, ReadBy(read_natural), WithJsonSchema(schemas.whole_number(0))]
Input = Annotated[Channel, ReadBy(read_channel), WithJsonSchema(schemas.CHANNEL_SCHEMA)]
