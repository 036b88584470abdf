"""Which parts of an output a line speaks of: where it is `out[0]` alone, nothing else of the output is looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from grader.inputs.outputs import ArrayOutput, MappingOutput, Output, SequenceOutput, TupleOutput, allows
from grader.language.arrays import Array
from grader.language.tree import Index, Name, Number, Text, Tree, children
from grader.sandbox import Parts

OutputPath = tuple[int | str, ...]
"""Indices and keys from the output down to a part of it: (1, 0) is `out[1][0]`, ("W",) is `out["W"]`."""


OutputPaths = frozenset[OutputPath] | None
"""The parts of an output that something speaks of; None: it speaks of the whole."""


def spoken_of(trees: Iterable[Tree], name: str) -> OutputPaths:
    """The parts of a value that expressions speak of."""
    found = frozenset(path for tree in trees for path in paths_in(tree, name))
    return None if () in found else found


def paths_in(tree: Tree, name: str) -> set[OutputPath]:
    """The parts of a value that an expression speaks of; the empty path where it speaks of the whole."""
    if isinstance(tree, Name):
        return {()} if tree.id == name else set()
    path = _path(tree, name)
    return {path} if path is not None else {found for child in children(tree) for found in paths_in(child, name)}


def _path(tree: Tree, name: str) -> OutputPath | None:
    """`out[1][0]` as (1, 0); None of anything that is not written so."""
    if isinstance(tree, Name):
        return () if tree.id == name else None
    if not isinstance(tree, Index):
        return None
    match tree.index:
        case Number(value=value) if value.q == 1:
            step: int | str = int(value.p)
        case Text(value=key):
            step = key
        case _:
            return None
    base = _path(tree.base, name)
    return None if base is None else (*base, step)


def parts_of(paths: Iterable[OutputPath]) -> Parts | None:
    """The parts that several paths lead to; None where one of them leads to the whole."""
    below: dict[int | str, list[OutputPath]] = {}
    for path in paths:
        if not path:
            return None
        below.setdefault(path[0], []).append(path[1:])
    return tuple((step, parts_of(below[step])) for step in sorted(below, key=_order))


def _order(step: int | str) -> tuple[bool, int | str]:
    return isinstance(step, str), step


def in_order(paths: Iterable[OutputPath]) -> list[OutputPath]:
    """Paths in the order in which they are looked at: by index, then by key."""
    return sorted(paths, key=lambda path: [_order(step) for step in path])


def part_of(value: Any, step: int | str) -> Any:
    """The part of a list, a tuple or a dictionary that a step of a path leads to; None where there is none."""
    if isinstance(value, dict):
        return value.get(step)
    return value[step] if isinstance(value, list | tuple) and isinstance(step, int) and step < len(value) else None


def part_at(value: Any, path: OutputPath) -> Any:
    """The part of a value for expressions that a path leads to; None where there is none."""
    for step in path:
        if isinstance(value, Array) and isinstance(step, int) and step < value.shape[0]:
            value = value.item(step)
        else:
            value = part_of(value, step)
    return value


class PartWithForm(NamedTuple):
    """A part of an output, the form that it should have, and how it is written (`out[1]`)."""

    value: Any
    form: Output
    name: str


def part_with_form(
    value: Any, form: Output, path: OutputPath, arguments: Mapping[str, Any], *, stated: bool
) -> PartWithForm:
    """The part that a path leads to; or that on the way to it which has another number of parts than it should have.

    How many parts a tuple should have is known where the form is `stated`: a reference's output does not say whether
    a right one may have more.

    Raises:
        EvaluationError: for sizes that cannot be worked out from the arguments.
    """
    name = "out"
    for index in path:
        there = len(value) if isinstance(value, list | tuple) or bool(getattr(value, "ndim", 0)) else -1
        if isinstance(index, str):
            if (
                not isinstance(form, MappingOutput)
                or not isinstance(value, dict)
                or not {index} <= form.entries.keys() & value
            ):
                break
            value, form, name = value[index], form.entries[index], f"{name}[{index!r}]"
            continue
        match form:
            case TupleOutput(parts=parts) if len(parts) > index and (there == len(parts) if stated else there > index):
                form = parts[index]
            case SequenceOutput(size=size, item=item) if there > index and allows(size, there, arguments):
                form = item
            case ArrayOutput(sizes=(size, *rest), entries=entries) if there > index and allows(size, there, arguments):
                form = ArrayOutput(tuple(rest), entries) if rest else entries
            case _:
                break
        value, name = value[index], f"{name}[{index}]"
    return PartWithForm(value, form, name)


def has_parts(form: Output) -> bool:
    """Whether values of this form are tuples, lists or dictionaries of parts of their own."""
    return isinstance(form, TupleOutput | SequenceOutput | MappingOutput)
