"""Other conventions under which a network may be read: one by one, or as axes of which every combination is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from math import prod
from typing import Annotated, Any

from pydantic import Field, WithJsonSchema, model_validator

from grader.deferred import dataclass
from grader.documents import FieldError, MappingNode, Node, ScalarNode, SequenceNode, describe_node
from grader.documents.scalar_schemas import DEFINED_SCHEMA
from grader.expressions import Expression, read_step_expression
from grader.language.printing import to_text
from grader.language.rewriting import substituted
from grader.language.tree import Tree, names_in
from grader.spec.fields import FUNCTION_HEAD, ReadBy, Share, StepFormula, Strict, Words

MAX_READINGS = 64
"""Readings of one question, each combination of axes counted."""


@dataclass(frozen=True)
class AxisValue:
    """A value of an axis, and how it follows the axis' name in the name of a reading: ` = 0`, `: z > 0`."""

    label: str
    expression: Expression


def read_axis(node: Node) -> tuple[AxisValue, ...]:
    """`[0, 1]`, `[z > 0, z >= 0]`, or values with names: `{strict: z > 0, weak: z >= 0}`."""
    if isinstance(node, MappingNode) and node:
        return tuple(AxisValue(f": {key}", read_step_expression(value)) for key, value in node.items())
    if not isinstance(node, SequenceNode) or not node:
        raise FieldError(f"an axis is a list of values, such as [0, 1], not {describe_node(node)}", node.place)
    values = tuple(_axis_value(item) for item in node)
    for i, value in enumerate(values):
        if value.label in [earlier.label for earlier in values[:i]]:
            raise FieldError(f"the value {value.label.lstrip(' :=')} stands twice in this axis", node[i].place)
    return values


def _axis_value(node: Node) -> AxisValue:
    expression = read_step_expression(node)
    text = str(node).strip() if isinstance(node, ScalarNode) else to_text(expression.tree)
    is_number = not names_in(expression.tree)
    return AxisValue(f"{' =' if is_number else ':'} {text}", expression)


Axis = Annotated[
    tuple[AxisValue, ...],
    ReadBy(read_axis),
    WithJsonSchema(
        {
            "type": ["array", "object"],
            "description": "values that are put in place of the axis' name",
            "items": {DEFINED_SCHEMA: "Expression"},
            "minItems": 1,
            "additionalProperties": {DEFINED_SCHEMA: "Expression"},
            "minProperties": 1,
        }
    ),
]


class ReadingModel(Strict):
    """Another convention: what changes in the network when it is read that way.

    With `axes`, the changes speak of axes by name, and each combination of their values is a reading of its own.
    """

    name: Words | None = Field(default=None, description="What the reading is called in reports.")
    axes: dict[Words, Axis] = Field(
        default_factory=dict,
        description="Values that vary, by names that the changes speak of; each combination is a reading.",
    )
    earns: Share | None = Field(
        default=None,
        description="The share of the points that an answer earns which is right under this reading alone: full, 80%.",
    )
    initial: dict[Words, StepFormula] = Field(
        default_factory=dict, description="Values before the first step that are others under this reading."
    )
    functions: dict[Words, StepFormula] = Field(
        default_factory=dict, description="Functions that are others under this reading."
    )
    equations: dict[Words, StepFormula] = Field(
        default_factory=dict, description="Equations that are others under this reading."
    )
    replace: dict[Words, StepFormula] = Field(
        default_factory=dict, description="Parameters that are taken otherwise: W: W.T."
    )
    output: StepFormula | None = Field(default=None, description="The output under this reading.")

    @model_validator(mode="after")
    def _has_a_name(self) -> ReadingModel:
        if self.name is None and not self.axes:
            raise FieldError("needs a 'name', or 'axes' of which every combination is a reading")
        if self.name is not None and self.axes:
            raise FieldError("has both a 'name' and 'axes', which make names of their own", self.name.place)
        if self.combinations > MAX_READINGS:
            message = f"these axes make {self.combinations} readings, and at most {MAX_READINGS} are tried"
            raise FieldError(f"{message}: leave out values", next(iter(self.axes)).place)
        self._check_axes()
        return self

    def _check_axes(self) -> None:
        """Raises `FieldError` for an axis that nothing uses."""
        used = {name for expression in self._expressions() for name in names_in(expression.tree)}
        for axis in self.axes:
            if axis not in used:
                message = f"nothing uses the axis {str(axis)!r}: speak of it in initial, functions, equations, replace"
                raise FieldError(f"{message} or output", axis.place)

    def _expressions(self) -> Iterator[Expression]:
        for group in (self.initial, self.functions, self.equations, self.replace):
            yield from group.values()
        yield from [self.output] if self.output else []

    @property
    def combinations(self) -> int:
        """How many readings it makes."""
        return prod(map(len, self.axes.values()))

    @property
    def label(self) -> str:
        """The name of a reading that has one."""
        return str(self.name)

    def expanded(self) -> list[ReadingModel]:
        """The readings, each with a name; those of axes in the order of the values, the last axis changing fastest."""
        if not self.axes:
            return [self]
        return [self._combination(values) for values in product(*self.axes.values())]

    def _combination(self, values: Sequence[AxisValue]) -> ReadingModel:
        first = next(iter(self.axes))
        name = ", ".join(f"{axis}{value.label}" for axis, value in zip(self.axes, values, strict=True))
        trees = {str(axis): value.expression.tree for axis, value in zip(self.axes, values, strict=True)}

        def put(formulas: Mapping[ScalarNode, Expression]) -> dict[ScalarNode, Expression]:
            return {key: _put(key, expression, trees) for key, expression in formulas.items()}

        changed: dict[str, Any] = {
            "name": ScalarNode(name, first.place),
            "axes": {},
            "initial": put(self.initial),
            "functions": put(self.functions),
            "equations": put(self.equations),
            "replace": put(self.replace),
            "output": self.output and _put("", self.output, trees),
        }
        return self.model_copy(update=changed)


def _put(key: str, expression: Expression, trees: Mapping[str, Tree]) -> Expression:
    """An expression in which names of axes stand for values; arguments of a function are its own."""
    found = FUNCTION_HEAD.fullmatch(key)
    own = {argument.strip() for argument in found[2].split(",")} if found else set()
    return replace(expression, tree=substituted(expression.tree, {k: v for k, v in trees.items() if k not in own}))
