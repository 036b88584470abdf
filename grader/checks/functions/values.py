"""What students and references give, as values that can be compared, used in expressions, and shown."""

from __future__ import annotations

import math
from typing import Any

from grader.inputs.sets import InputSet, Matrix, Seed, Sequence, Table
from grader.language.arrays import Array
from grader.sandbox import Generator, TableFunction

LONGEST_SHOWN = 400
"""Characters of one shown value."""

CLOSE_DIGITS = 10


def to_argument(value: Any, input_set: InputSet | None = None) -> Any:
    """A drawn value (or one worked out by a property) as the sandbox sends it."""
    import numpy as np

    if isinstance(value, Array):
        wants_list = isinstance(input_set, Sequence) and input_set.form == "sequence"
        rows = (
            list(value.entries)
            if len(value.shape) == 1
            else [list(value.item(i).entries) for i in range(value.shape[0])]
        )
        return rows if wants_list else np.asarray(rows, dtype=float).reshape(value.shape)
    if isinstance(value, Seed):
        return Generator(value.seed)
    if isinstance(value, Table):
        raise TypeError("a table is made into a function once a case, by the plan")
    if isinstance(value, list | tuple) and isinstance(input_set, Matrix | Sequence) and not _is_plain_list(input_set):
        return np.asarray(value, dtype=float)
    return value


def _is_plain_list(input_set: Matrix | Sequence) -> bool:
    return isinstance(input_set, Sequence) and input_set.form == "sequence"


def to_function(table: Table, name: str) -> TableFunction:
    """A drawn table as a function for the sandbox."""
    return TableFunction(name, len(table.parameters), table.rows)


def as_value(given: Any) -> Any:
    """What came back, for expressions: numbers, `Array`s of numbers where they are regular, else as it is."""
    if isinstance(given, bool):
        return int(given)
    if hasattr(given, "tolist") and hasattr(given, "shape"):
        return _from_numpy(given)
    if isinstance(given, list | tuple):
        items = [as_value(item) for item in given]
        if items and all(isinstance(item, int | float) for item in items):
            return Array((len(items),), items)
        shapes = {item.shape if isinstance(item, Array) else None for item in items}
        if len(shapes) == 1 and (shape := shapes.pop()) is not None and len(shape) == 1 and isinstance(given, list):
            return Array((len(items), *shape), (entry for item in items for entry in item.entries))
        return tuple(items)
    return given


def _from_numpy(given: Any) -> Any:
    if given.ndim == 0:
        return as_value(given.item())
    if given.ndim > 2:
        return tuple(as_value(part) for part in given)
    entries = given.ravel().tolist()
    return Array(tuple(given.shape), (int(e) if isinstance(e, bool) else e for e in entries))


def same(got: Any, wanted: Any, rtol: float, atol: float) -> bool:
    """Whether two values agree: numbers within the tolerances (NaN never does), structure and text exactly."""
    if isinstance(got, int | float) and isinstance(wanted, int | float):
        return bool(got == wanted or abs(got - wanted) <= atol + rtol * abs(wanted))
    if isinstance(got, Array) and isinstance(wanted, Array):
        return got.shape == wanted.shape and all(
            a == b or abs(a - b) <= atol + rtol * abs(b) for a, b in zip(got.entries, wanted.entries, strict=True)
        )
    if isinstance(got, tuple | list) and isinstance(wanted, tuple | list):
        return len(got) == len(wanted) and all(same(a, b, rtol, atol) for a, b in zip(got, wanted, strict=True))
    if isinstance(got, dict) and isinstance(wanted, dict):
        return got.keys() == wanted.keys() and all(same(got[k], wanted[k], rtol, atol) for k in wanted)
    if isinstance(got, Array | tuple) and isinstance(wanted, Array | tuple):
        return _length(got) == _length(wanted) == 0
    return type(got) is type(wanted) and bool(got == wanted)


def identical(one: Any, other: Any) -> bool:
    """Whether two answers are the same to the last bit; NaN is itself."""
    return repr(one) == repr(other)


def has_nan(value: Any) -> bool:
    """Whether a NaN is anywhere inside."""
    if isinstance(value, float):
        return math.isnan(value)
    if isinstance(value, Array):
        return any(isinstance(e, float) and math.isnan(e) for e in value.entries)
    if isinstance(value, dict):
        return any(map(has_nan, value.values()))
    return isinstance(value, list | tuple) and any(map(has_nan, value))


def _length(value: Array | tuple[Any, ...]) -> int:
    return value.shape[0] if isinstance(value, Array) else len(value)


def show(value: Any) -> str:
    """A value as Python writes it, with numbers to 10 digits."""
    text = _shown(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, Array):
        if len(value.shape) == 2:
            return f"[{', '.join(_shown(value.item(i)) for i in range(value.shape[0]))}]"
        return f"[{', '.join(map(_shown, value.entries))}]"
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, tuple):
        return f"({', '.join(map(_shown, value))}{',' * (len(value) == 1)})"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key!r}: {_shown(item)}' for key, item in value.items())}}}"
    if isinstance(value, Seed):
        return f"numpy.random.default_rng({value.seed})"
    if isinstance(value, Table):
        return _table(value)
    return repr(value)


def _table(table: Table) -> str:
    """A supplied function: its most frequent value, then the arguments where it gives another."""
    values = [_shown(value) for value in table.rows.values()]
    usual = max(values, key=values.count)
    other = [f"{_shown(key)}: {text}" for key, text in zip(table.rows, values, strict=True) if text != usual]
    names = ", ".join(table.parameters)
    return f"<({names}) -> {usual}{', but ' * bool(other)}{', '.join(other)}>"


def _number(value: float) -> str:
    if value == int(value) if math.isfinite(value) else False:
        return f"{value:.1f}" if abs(value) < 10**15 else repr(value)
    short = f"{value:.{CLOSE_DIGITS}g}"
    return short if float(short) == value else repr(value)
