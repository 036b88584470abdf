"""The form of what a function returns, proposed as a line of YAML from outputs that are known to be right."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grader.inputs.outputs import items_of
from grader.language.arrays import Array

OutputExample = tuple[Mapping[str, Any], Any]
"""The arguments of a call, and the right output as a value for expressions."""


def proposed(examples: Sequence[OutputExample]) -> str | None:
    """What `returns:` may say; None where the outputs have no form in common that can be written."""
    values = [value for _, value in examples]
    if not values:
        return None
    if all(value is None for value in values):
        return "none"
    if all(isinstance(value, str) for value in values):
        return "text"
    if all(isinstance(value, int | float) for value in values):
        return "integer" if all(isinstance(value, int) for value in values) else "real"
    if all(isinstance(value, Array) and len(value.shape) == 1 for value in values):
        return f"vector({_length(examples)})"
    if all(isinstance(value, Array) and len(value.shape) == 2 for value in values):
        rows, columns = _length(examples), _length([(a, value.item(0)) for a, value in examples if value.shape[0]])
        return f"matrix({rows}, {columns})"
    if all(isinstance(value, dict) and value.keys() == values[0].keys() for value in values):
        entries = {key: proposed([(a, value[key]) for a, value in examples]) for key in values[0]}
        return f"{{{', '.join(f'{json.dumps(key)}: {_quoted(entry)}' for key, entry in entries.items())}}}"
    return _sequence(examples)


def _sequence(examples: Sequence[OutputExample]) -> str | None:
    parts = [(arguments, items_of(value)) for arguments, value in examples]
    if any(items is None for _, items in parts):
        return None
    item = proposed([(arguments, entry) for arguments, items in parts for entry in items or ()])
    if item is not None and not item.startswith(("[", "{")):
        return f"sequence({_length(examples)}, {item})"
    lengths = {len(items or ()) for _, items in parts}
    if len(lengths) != 1 or not (size := lengths.pop()):
        return None
    each = [proposed([(arguments, items[i]) for arguments, items in parts if items]) for i in range(size)]
    return f"[{', '.join(map(_quoted, each))}]" if None not in each else None


def _quoted(form: str | None) -> str:
    """A form inside of a YAML list, where a comma outside of quotes would end it."""
    return "none" if form is None else json.dumps(form) if "," in form and form[0] not in "[{" else form


def _length(examples: Sequence[OutputExample]) -> str:
    """A length as an expression in the arguments that is right for every example, else `any`."""
    lengths = [len(items_of(value) or ()) for _, value in examples]
    if not lengths:
        return "any"
    if len(set(lengths)) == 1 and len({repr(_sizes(arguments)) for arguments, _ in examples}) > 1:
        return str(lengths[0])
    for name in _sizes(examples[0][0]):
        for more in (0, 1, -1):
            if all(_sizes(a).get(name) == size - more for (a, _), size in zip(examples, lengths, strict=True)):
                return name + (f" {'+' if more > 0 else '-'} 1" if more else "")
    return str(lengths[0]) if len(set(lengths)) == 1 else "any"


def _sizes(arguments: Mapping[str, Any]) -> dict[str, int]:
    return {name: size for argument, value in arguments.items() for name, size in _sizes_of(argument, value)}


def _sizes_of(name: str, value: Any) -> Iterator[tuple[str, int]]:
    if isinstance(value, int):
        yield name, value
    elif isinstance(value, str):
        yield f"len({name})", len(value)
    elif (items := items_of(value)) is not None:
        yield f"len({name})", len(items)
        if items and (inner := items_of(items[0])) is not None:
            yield f"len({name}[0])", len(inner)
