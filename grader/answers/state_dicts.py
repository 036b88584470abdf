"""Which arrays of a tree that was saved (mappings in mappings) are the weights: those of its one state dict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from grader.answers.arrays import MAX_ARRAYS, UNNAMED_ARRAY, Numbers
from grader.answers.torch_tensors import Tensor
from grader.documents import shortened
from grader.errors import listed

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_CHECKPOINT_DEPTH = 6
"""Mappings within mappings that are looked into."""

MAX_LISTED_NUMBERS = 10_000
"""Numbers in the lists of one file that are no tensors."""

MAX_NAMED_REST = 8
"""Entries beside a state dict that are named one by one."""

SAVE_ONE = "save a dictionary of tensors by name, such as model.state_dict()"


class StateDictError(Exception):
    """A tree without weights by name; the end of a sentence about the file."""


@dataclass
class _FoundArrays:
    """What the arrays of a tree are called, and where the mappings lie that hold them."""

    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)
    unusable: dict[str, str] = field(default_factory=dict)
    extras: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    holders: list[str] = field(default_factory=list)
    visited: int = 0
    numbers: int = 0


def arrays_of(tree: Any, file: str) -> Numbers:
    """The arrays of a tree by name.

    A mapping with tensors (or one of numbers alone) is a state dict. Where a tree has one, its names count and the rest
    is left aside, with a note; where there are several, names are joined by points. The state of an optimizer (`state`
    beside `param_groups`) is none.

    Raises:
        StateDictError: for lists, for what has no tensors, and for more than can be looked into.
    """
    if isinstance(tree, Tensor):
        if tree.array is None:
            raise StateDictError(f"is a tensor that {tree.reason}")
        return Numbers(file, {UNNAMED_ARRAY: tree.array})
    if not isinstance(tree, Mapping):
        what = f"a {type(tree).__name__} of {len(tree)}" if isinstance(tree, list | tuple) else "one value"
        raise StateDictError(f"holds {what}, which has no names: {SAVE_ONE}")
    found = _FoundArrays()
    flat = all(not isinstance(value, Mapping) for value in tree.values())
    _collect(tree, "", found, MAX_CHECKPOINT_DEPTH, with_numbers=flat)
    if not found.holders:
        raise StateDictError(f"holds no tensors: {SAVE_ONE}")
    return _numbers(found, file)


def _numbers(found: _FoundArrays, file: str) -> Numbers:
    left = _left_aside(found.rest)
    if len(found.holders) == 1:
        (holder,) = found.holders
        arrays = {name.removeprefix(holder): array for name, array in found.arrays.items()}
        unusable = {name.removeprefix(holder): why for name, why in found.unusable.items()}
        extras = frozenset(name.removeprefix(holder) for name in found.extras)
        notes = (f"read from {shortened(holder[:-1])!r}, the state dict in a checkpoint",) if holder else ()
        return Numbers(file, arrays, unusable, extras, (*notes, *left), holder)
    holders = listed(repr(shortened(holder[:-1])) for holder in found.holders[:MAX_NAMED_REST] if holder)
    note = f"holds several state dicts ({holders}): their names stand before those of the tensors"
    extras = frozenset(found.extras)
    return Numbers(file, found.arrays, found.unusable, extras, (note, *left), holders=tuple(found.holders))


def _left_aside(rest: list[str]) -> tuple[str, ...]:
    if not rest:
        return ()
    more = [f"{len(rest) - MAX_NAMED_REST} more"] if len(rest) > MAX_NAMED_REST else []
    return (f"left aside: {listed([*(shortened(name) for name in rest[:MAX_NAMED_REST]), *more])}",)


def _collect(tree: Mapping[Any, Any], prefix: str, found: _FoundArrays, depth: int, *, with_numbers: bool) -> None:
    """Adds the tensors in a mapping and in those within it, and plain numbers beside tensors or `with_numbers`."""
    if depth == 0:
        raise StateDictError(f"holds mappings within mappings, more than {MAX_CHECKPOINT_DEPTH} deep: {SAVE_ONE}")
    has_tensors = any(isinstance(value, Tensor) for value in tree.values())
    with_numbers = with_numbers or has_tensors
    for key, value in tree.items():
        found.visited += 1
        if found.visited > MAX_ARRAYS:
            raise StateDictError(f"holds more than {MAX_ARRAYS} entries: {SAVE_ONE}")
        name = f"{prefix}{key}"
        if not name:
            raise StateDictError("holds an array without a name")
        if isinstance(value, Tensor):
            if value.array is None:
                found.unusable[name] = value.reason
            else:
                found.arrays[name] = value.array
        elif isinstance(value, Mapping) and value and not _is_optimizer(value):
            holders, rest = len(found.holders), len(found.rest)
            _collect(value, f"{name}.", found, depth - 1, with_numbers=False)
            if len(found.holders) == holders:  # no tensors in it: one entry of the rest
                found.rest[rest:] = [name]
        elif with_numbers:
            _add_numbers(name, value, found)
        else:
            found.rest.append(name)
    if has_tensors or (with_numbers and found.arrays):
        found.holders.append(prefix)


def _is_optimizer(mapping: Mapping[Any, Any]) -> bool:
    return "state" in mapping and "param_groups" in mapping


def _add_numbers(name: str, value: Any, found: _FoundArrays) -> None:
    """A number or equally long lists of them, as an array where that holds every one exactly."""
    import numpy as np

    numbers = list(_leaves(value, MAX_CHECKPOINT_DEPTH))
    found.numbers += len(numbers)
    if found.numbers > MAX_LISTED_NUMBERS:
        raise StateDictError(f"holds more than {MAX_LISTED_NUMBERS} numbers outside of tensors: {SAVE_ONE}")
    if not numbers or any(type(number) not in (int, float) for number in numbers):
        found.unusable[name] = f"is {_described(value)}: save a tensor"
        found.extras.append(name)
        return
    dtype = float if any(type(number) is float for number in numbers) else np.int64
    try:
        array = np.array(value, dtype)
        exact = [number for number, kept in zip(numbers, array.ravel().tolist(), strict=True) if number != kept]
    except (ValueError, OverflowError):
        exact = numbers
    if exact and not all(number != number for number in exact):  # NaN differs from itself, and is refused later
        found.unusable[name] = "holds rows of different lengths, or numbers that no float holds exactly: save a tensor"
    else:
        found.arrays[name] = array
        found.extras.append(name)


def _leaves(value: Any, depth: int) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        if depth == 0 or len(value) > MAX_LISTED_NUMBERS:
            raise StateDictError(f"holds lists that are too long or too deep: {SAVE_ONE}")
        for item in value:
            yield from _leaves(item, depth - 1)
    else:
        yield value


def _described(value: Any) -> str:
    words = {str: "text", type(None): "None", bool: "True or False", list: "a list", tuple: "a list", dict: "a mapping"}
    return words.get(type(value), "no number")
