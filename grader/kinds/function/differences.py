"""Where two values differ first: what is shown of a large value, or of a dictionary, is that place alone."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

from grader.inputs.outputs import items_of
from grader.kinds.function.values import MAX_SHOWN_CHARACTERS, same, show
from grader.language.arrays import Array


class Difference(NamedTuple):
    """What stands at the first place (`['W'][0]`; "": all of it) where two values differ, in each of them."""

    place: str
    got: Any
    wanted: Any


def first_difference(got: Any, wanted: Any, rtol: float, atol: float, nan: bool = False) -> Difference | None:
    """The first place where values differ; None where they are best shown whole: short, and no dictionaries."""
    found = Difference("", got, wanted)
    while (inside := _inside(found, rtol, atol, nan)) is not None:
        found = inside
    return found if found.place else None


def _inside(found: Difference, rtol: float, atol: float, nan: bool) -> Difference | None:
    """The first part that differs of two values that are too long to be shown, or dictionaries."""
    got, wanted = found.got, found.wanted
    if isinstance(got, dict) and isinstance(wanted, dict) and got.keys() == wanted.keys():
        pairs = [(f"[{key!r}]", got[key], wanted[key]) for key in wanted]
    elif len(show(wanted)) < MAX_SHOWN_CHARACTERS and len(show(got)) < MAX_SHOWN_CHARACTERS:
        return None
    elif isinstance(got, Array) and isinstance(wanted, Array) and got.shape == wanted.shape:
        pairs = list(zip(_places(wanted.shape), got.entries, wanted.entries, strict=True))
    else:
        ours, theirs = items_of(got), items_of(wanted)
        if ours is None or theirs is None or len(ours) != len(theirs):
            return None
        pairs = [(f"[{i}]", *pair) for i, pair in enumerate(zip(ours, theirs, strict=True))]
    for place, one, other in pairs:
        if not same(one, other, rtol, atol, nan):
            return Difference(found.place + place, one, other)
    return None


def _places(shape: tuple[int, ...]) -> Iterator[str]:
    """The indices of the entries of an array, in their order: `[0][0]`, `[0][1]`, ..."""
    for indices in itertools.product(*map(range, shape)):
        yield "".join(f"[{index}]" for index in indices)
