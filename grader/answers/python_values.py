"""Values of Python as the same values would stand in a file of answers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import Any

from grader.documents import MappingNode, Node, ScalarNode, SequenceNode
from grader.errors import SourceLocation


def node_of(value: Any, place: SourceLocation) -> Node:
    """A Python value as the same value would stand in a file of answers.

    Raises:
        TypeError: for anything but text, numbers, lists and mappings of them, and arrays.
    """
    if isinstance(value, str):
        return ScalarNode(value, place)
    if isinstance(value, Mapping):
        return MappingNode(place, {ScalarNode(str(k), place): node_of(item, place) for k, item in value.items()})
    if callable(getattr(value, "tolist", None)):  # arrays and scalars of NumPy and its like
        return node_of(value.tolist(), place)
    if isinstance(value, list | tuple):
        return SequenceNode(place, (node_of(item, place) for item in value))
    return ScalarNode(_number(value), place)


def _number(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float | Decimal) and not isfinite(value):
        return str(value)
    if hasattr(value, "as_integer_ratio"):
        return str(Fraction(*value.as_integer_ratio()))
    if hasattr(value, "numerator") and hasattr(value, "denominator"):  # other rational numbers, such as FLINT's
        return str(Fraction(int(value.numerator), int(value.denominator)))
    raise TypeError(f"an answer is made of numbers, text, lists and arrays, not of {type(value).__name__}: {value!r}")
