"""What students and references give, as values that can be compared, used in expressions, and shown."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Iterator
from collections.abc import Sequence as SequenceOf
from typing import Any

from grader.inputs.argument_types import GeneratorArgument, TorchTensor
from grader.inputs.drawn_values import Seed, Table
from grader.language.arrays import Array
from grader.language.floats import NUMBER_TYPES, close
from grader.sandbox import TableFunction

MAX_SHOWN_CHARACTERS = 400
"""Characters of one shown value."""

MAX_SHOWN_INTEGER_BITS = 10_000
"""Bits of an integer that is written out; Python refuses to write those of more than 4,300 digits."""

ALIKE_DIGITS = 10

NUMERIC_TYPES = frozenset({int, float})
PLAIN_VALUE_TYPES = NUMERIC_TYPES | {str, type(None)}


def for_reference(argument: Any) -> Any:
    """An argument as a reference is given it: NumPy's arrays for tensors, floats in float64, so that it is exact."""
    import numpy as np

    if isinstance(argument, TorchTensor):
        argument = argument.array
    if isinstance(argument, np.ndarray):
        return argument.astype(float) if argument.dtype.kind == "f" else argument
    if isinstance(argument, list | tuple):
        return type(argument)(map(for_reference, argument))
    if isinstance(argument, dict):
        return {key: for_reference(item) for key, item in argument.items()}
    return np.random.default_rng(argument.seed) if isinstance(argument, GeneratorArgument) else argument


def to_function(table: Table, name: str) -> TableFunction:
    """A drawn table as a function for the sandbox."""
    return TableFunction(name, len(table.parameters), table.rows, table.parameters)


def as_value(given: Any) -> Any:
    """What came back, for expressions: numbers, `Array`s of numbers where they are regular, else as it is."""
    kind = type(given)
    if kind in PLAIN_VALUE_TYPES:
        return given
    if kind is bool:
        return int(given)
    if kind is TorchTensor:
        return _from_numpy(given.array)
    if hasattr(given, "tolist") and hasattr(given, "shape"):
        return _from_numpy(given)
    if kind is dict:
        return {key: as_value(item) for key, item in given.items()}
    if isinstance(given, list | tuple):
        return _regular(given if set(map(type, given)) <= NUMERIC_TYPES else [as_value(item) for item in given])
    return given


def _regular(items: SequenceOf[Any]) -> Any:
    """Numbers as a vector, vectors of one length as a matrix, matrices of one shape as an array; else a tuple."""
    if all(isinstance(item, int | float) for item in items):
        return Array((len(items),), items)
    shapes = {item.shape if isinstance(item, Array) else () for item in items}
    shape = shapes.pop()
    if shapes or not shape:
        return tuple(items)
    return Array((len(items), *shape), (entry for item in items for entry in item.entries))


def _from_numpy(given: Any) -> Any:
    """A NumPy array, or a tensor that a reference gives."""
    if given.ndim == 0:
        return as_value(given.item())
    entries = given.ravel().tolist()
    return Array(tuple(given.shape), map(int, entries) if entries and type(entries[0]) is bool else entries)


def same(got: Any, wanted: Any, rtol: float, atol: float, nan: bool = False) -> bool:
    """Whether two values agree: numbers within the tolerances, structure and text exactly.

    Lists, tuples and arrays of the same parts are the same. NaN agrees with nothing, or (`nan`) with itself.
    """

    if isinstance(got, NUMBER_TYPES) and isinstance(wanted, NUMBER_TYPES):  # most are, and there are many
        return close(got, wanted, rtol, atol) or (nan and got != got and wanted != wanted)
    if isinstance(got, Array) and isinstance(wanted, Array) and got.shape == wanted.shape:
        if got.entries == wanted.entries and not has_nan(got):
            return True
        return all(same(a, b, rtol, atol, nan) for a, b in zip(got.entries, wanted.entries, strict=True))
    if isinstance(got, Array | tuple) and isinstance(wanted, Array | tuple):
        ours, theirs = _parts(got), _parts(wanted)
        return len(ours) == len(theirs) and all(same(a, b, rtol, atol, nan) for a, b in zip(ours, theirs, strict=True))
    if isinstance(got, dict) and isinstance(wanted, dict):
        return got.keys() == wanted.keys() and all(same(got[key], wanted[key], rtol, atol, nan) for key in wanted)
    return type(got) is type(wanted) and bool(got == wanted)


def _parts(value: Array | tuple[Any, ...]) -> tuple[Any, ...]:
    if isinstance(value, tuple):
        return value
    return value.entries if len(value.shape) == 1 else tuple(value.item(i) for i in range(value.shape[0]))


def identical(one: Any, other: Any) -> bool:
    """Whether two values are the same to the last bit; NaN equals NaN."""
    return repr(one) == repr(other)


def has_nan(value: Any) -> bool:
    """Whether a NaN is anywhere inside."""
    if isinstance(value, NUMBER_TYPES):
        return value != value
    if isinstance(value, Array):
        return any(map(operator.ne, value.entries, value.entries))
    if isinstance(value, dict):
        return any(map(has_nan, value.values()))
    return isinstance(value, list | tuple) and any(map(has_nan, value))


def show(value: Any) -> str:
    """A value as Python writes it, with numbers to 10 digits; no more of it is written than is shown."""
    text = ""
    for piece in _pieces(value):
        text += piece
        if len(text) > MAX_SHOWN_CHARACTERS:
            return f"{text[: MAX_SHOWN_CHARACTERS - 1]}…"
    return text


def _pieces(value: Any) -> Iterator[str]:
    if isinstance(value, float):
        yield _number(value)
    elif isinstance(value, Array) and len(value.shape) > 1:
        yield from _listed("[", (value.item(i) for i in range(value.shape[0])), "]")
    elif isinstance(value, Array):
        yield from _listed("[", value.entries, "]")
    elif isinstance(value, list):
        yield from _listed("[", value, "]")
    elif isinstance(value, tuple):
        yield from _listed("(", value, ",)" if len(value) == 1 else ")")
    elif isinstance(value, dict):
        yield "{"
        for number, (key, item) in enumerate(value.items()):
            yield f"{', ' * bool(number)}{_text(key)}: "
            yield from _pieces(item)
        yield "}"
    elif hasattr(value, "tolist") and hasattr(value, "shape"):
        yield from _pieces(as_value(value))
    else:
        yield _text(value)


def _listed(start: str, items: Iterable[Any], end: str) -> Iterator[str]:
    yield start
    for number, item in enumerate(items):
        if number:
            yield ", "
        yield from _pieces(item)
    yield end


def _text(value: Any) -> str:
    if isinstance(value, str):
        return repr(value[: MAX_SHOWN_CHARACTERS + 1])
    if isinstance(value, int) and value.bit_length() > MAX_SHOWN_INTEGER_BITS:
        return f"about {'-' * (value < 0)}1e{round(value.bit_length() * math.log10(2))}"
    if isinstance(value, Seed):
        return f"numpy.random.default_rng({value.seed})"
    if isinstance(value, Table):
        return _table(value)
    return repr(value)


def _table(table: Table) -> str:
    """A supplied function: its most frequent value, then the arguments where it gives another."""
    values = [show(value) for value in table.rows.values()]
    usual = max(values, key=values.count)
    other = [f"{show(key)}: {text}" for key, text in zip(table.rows, values, strict=True) if text != usual]
    names = ", ".join(table.parameters)
    return f"<({names}) -> {usual}{', but ' * bool(other)}{', '.join(other)}>"


def _number(value: float) -> str:
    if value == int(value) if math.isfinite(value) else False:
        return f"{value:.1f}" if abs(value) < 10**15 else repr(value)
    short = f"{value:.{ALIKE_DIGITS}g}"
    return short if float(short) == value else repr(value)
