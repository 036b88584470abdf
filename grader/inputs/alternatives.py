"""`[set, set]`: any of several sets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grader.documents import FieldError, SequenceNode
from grader.errors import listed
from grader.inputs.arguments import plain_argument
from grader.inputs.input_set import Chooser, Env, InputSet


@dataclass(frozen=True)
class Either(InputSet):
    """What is in any of several sets."""

    sets: tuple[InputSet, ...]

    def drawn(self, chooser: Chooser, env: Env) -> Any:
        return self.sets[chooser.whole(range(len(self.sets)))].drawn(chooser, env)

    def members(self, env: Env, longest: int) -> Iterator[Any]:
        for one in self.sets:
            yield from one.members(env, longest)

    def inner_sets(self) -> tuple[InputSet, ...]:
        return self.sets

    def most_entries(self) -> int:
        return max(one.most_entries() for one in self.sets)

    def argument(self, value: Any) -> Any:
        """What all alternatives that may hold the value make of it, where they make the same."""
        able = [one for one in self.sets if one.may_hold(value)]
        sorts = {one.sort_of_argument for one in able}
        return able[0].argument(value) if len(sorts) == 1 else plain_argument(value)


def either_of(sets: list[InputSet], node: SequenceNode) -> Either:
    """Any of several sets, whose arrays are of one type: from a drawn array alone its type could not be told.

    Raises:
        FieldError: at the node, where they are of several.
    """
    types = {f"{one.array_type.library}.{one.array_type.dtype}" for one in sets if one.array_type is not None}
    if len(types) > 1:
        advice = "say `{set: ..., array: torch.float32}` of each"
        raise FieldError(
            f"the arrays of a list of sets are of different types ({listed(sorted(types))}): {advice}", node.place
        )
    return Either(tuple(sets))
