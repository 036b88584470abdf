"""What a function must return: `real`, `vector(len(g))`, `[real, vector(n)]`. Sizes may speak of the arguments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from flint import fmpq

from grader.inputs.ranges import value_of
from grader.language.arrays import Array
from grader.language.tree import Number, Tree, names_in

ScalarKind = Literal["real", "integer", "bit", "boolean", "text", "none"]


@dataclass(frozen=True)
class OutputSize:
    """How many entries: from `low` to `high` (None: without an end) in steps."""

    low: Tree
    high: Tree | None
    step: int = 1


@dataclass(frozen=True)
class ScalarOutput:
    """One number, truth value or text, or None."""

    kind: ScalarKind


@dataclass(frozen=True)
class ArrayOutput:
    """A vector (one size), a matrix (two) or an array of more axes, as an array or as lists of numbers."""

    sizes: tuple[OutputSize, ...]
    entries: ScalarOutput


@dataclass(frozen=True)
class SequenceOutput:
    """A list, a tuple or an array of items that all have one form."""

    size: OutputSize
    item: Output


@dataclass(frozen=True)
class TupleOutput:
    """So many parts, each of a form of its own."""

    parts: tuple[Output, ...]


@dataclass(frozen=True)
class MappingOutput:
    """A dictionary with these keys."""

    entries: Mapping[str, Output]


@dataclass(frozen=True)
class EitherOutput:
    """Any of several forms."""

    forms: tuple[Output, ...]


Output = ScalarOutput | ArrayOutput | SequenceOutput | TupleOutput | MappingOutput | EitherOutput


def sizes_in(output: Output) -> list[OutputSize]:
    """Every size that it states."""
    match output:
        case ArrayOutput(sizes=sizes):
            return list(sizes)
        case SequenceOutput(size=size, item=item):
            return [size, *sizes_in(item)]
        case TupleOutput(parts=parts) | EitherOutput(forms=parts):
            return [size for part in parts for size in sizes_in(part)]
        case MappingOutput(entries=entries):
            return [size for part in entries.values() for size in sizes_in(part)]
    return []


def names_used(output: Output) -> list[str]:
    """The arguments that its sizes speak of."""
    bounds = [tree for size in sizes_in(output) for tree in (size.low, size.high) if tree is not None]
    return [name for tree in bounds for name in names_in(tree)]


def is_exact(output: Output) -> bool:
    """Whether the arguments fix every size, so that an output without entries is one that is wanted so."""
    return not isinstance(output, EitherOutput) and all(size.low == size.high for size in sizes_in(output))


def number_of_entries(count: int) -> OutputSize:
    """Exactly so many."""
    tree = Number(fmpq(count))
    return OutputSize(tree, tree)


def output_of(value: Any) -> Output:
    """The form that a value has: what a reference gives fixes what an answer must be."""
    if value is None:
        return ScalarOutput("none")
    if isinstance(value, str):
        return ScalarOutput("text")
    if isinstance(value, Array):
        return ArrayOutput(tuple(map(number_of_entries, value.shape)), ScalarOutput("real"))
    if isinstance(value, dict):
        return MappingOutput({key: output_of(part) for key, part in value.items()})
    if isinstance(value, list | tuple):
        return TupleOutput(tuple(map(output_of, value)))
    return ScalarOutput("real")


def fits(value: Any, output: Output, arguments: Mapping[str, Any]) -> bool:
    """Whether a value (as expressions see it: numbers, texts, `Array`s, tuples, dictionaries) has this form.

    Raises:
        EvaluationError: for sizes that cannot be worked out from the arguments.
    """
    match output:
        case ScalarOutput(kind=kind):
            return _is_scalar(value, kind)
        case ArrayOutput():
            return _is_array(value, output, arguments)
        case SequenceOutput(size=size, item=item):
            items = items_of(value)
            return (
                items is not None
                and allows(size, len(items), arguments)
                and all(fits(entry, item, arguments) for entry in items)
            )
        case TupleOutput(parts=parts):
            items = items_of(value)
            return (
                items is not None
                and len(items) == len(parts)
                and all(fits(entry, part, arguments) for entry, part in zip(items, parts, strict=True))
            )
        case MappingOutput(entries=entries):
            return (
                isinstance(value, dict)
                and value.keys() == entries.keys()
                and all(fits(value[key], entry, arguments) for key, entry in entries.items())
            )
        case EitherOutput(forms=forms):
            return any(fits(value, form, arguments) for form in forms)


def _is_scalar(value: Any, kind: ScalarKind) -> bool:
    if kind == "none":
        return value is None
    if kind == "text":
        return isinstance(value, str)
    if not isinstance(value, int | float):
        return False
    return kind == "real" or (value in (0, 1) if kind in ("bit", "boolean") else value % 1 == 0)


def _is_array(value: Any, output: ArrayOutput, arguments: Mapping[str, Any]) -> bool:
    if not isinstance(value, Array):
        return False
    missing = len(output.sizes) - len(value.shape)
    if missing and (missing < 0 or value.entries):  # without rows, lists do not say how long each would be
        return False
    if not all(allows(size, length, arguments) for size, length in zip(output.sizes, value.shape, strict=False)):
        return False
    kind = output.entries.kind
    return kind == "real" or all(_is_scalar(entry, kind) for entry in value.entries)


def items_of(value: Any) -> tuple[Any, ...] | None:
    """The items of a sequence; None of anything else."""
    if isinstance(value, Array):
        return tuple(map(value.item, range(value.shape[0])))
    return tuple(value) if isinstance(value, list | tuple) else None


def allows(size: OutputSize, length: int, arguments: Mapping[str, Any]) -> bool:
    """Whether something may have this length."""
    low = value_of(size.low, arguments)
    if length < low or (size.high is not None and length > value_of(size.high, arguments)):
        return False
    return bool((length - low) % size.step == 0)


def is_empty(value: Any) -> bool:
    """Whether nothing is in it: an array without entries, lists of empty lists, a dictionary without keys."""
    if isinstance(value, Array):
        return not value.entries
    if isinstance(value, list | tuple):
        return all(map(is_empty, value))
    return isinstance(value, dict) and all(map(is_empty, value.values()))
