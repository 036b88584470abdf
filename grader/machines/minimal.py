"""The smallest Mealy machine that answers as a given one does, numbered so that like behaviours give equal machines."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from functools import lru_cache
from typing import NamedTuple

from grader.deferred import dataclass

MAX_KEPT_MACHINES = 64
"""Machines whose minimal machine is kept: in a class many networks do the same."""


class LabelledStep(NamedTuple):
    """Where a step leads, and what it shows; the label None: whatever it shows does not count."""

    target: int
    label: Hashable


MachineRows = tuple[tuple[LabelledStep | None, ...], ...]
"""The steps of each state, by symbol; None: no input has this symbol there."""


@dataclass(frozen=True)
class FiniteMachine:
    """States are numbered from 0, the initial one, in the order in which inputs reach them, shorter ones first."""

    rows: MachineRows

    @property
    def states(self) -> int:
        return len(self.rows)

    def words(self) -> list[tuple[int, ...]]:
        """A shortest input, by numbers of symbols, that leads to each state."""
        words: list[tuple[int, ...]] = [()]
        for state, row in enumerate(self.rows):
            for symbol, step in enumerate(row):
                if step is not None and step.target == len(words):
                    words.append((*words[state], symbol))
        return words

    @property
    def remembers(self) -> bool:
        """True if some label depends on more than the present input."""
        columns = zip(*self.rows, strict=True)
        return any(len({step.label for step in column if step} - {None}) > 1 for column in columns)


@lru_cache(maxsize=MAX_KEPT_MACHINES)
def minimal_machine(rows: MachineRows) -> FiniteMachine:
    """The machine with the fewest states that allows the same inputs and shows the same labels; state 0 is initial.

    By refinement of partitions (Moore 1956): states are apart if their rows differ in a label, or lead to states that
    are apart. All states are reachable.
    """
    classes = _numbered([tuple(step and (step.label,) for step in row) for row in rows])
    while True:
        refined = _numbered(
            [
                (classes[state], *(None if step is None else classes[step.target] for step in row))
                for state, row in enumerate(rows)
            ]
        )
        if max(refined) == max(classes):
            break
        classes = refined
    return FiniteMachine(_in_order(rows, classes))


def _numbered(keys: Sequence[Hashable]) -> list[int]:
    """The number of each key, in the order in which they are met."""
    numbers: dict[Hashable, int] = {}
    return [numbers.setdefault(key, len(numbers)) for key in keys]


def _in_order(rows: MachineRows, classes: Sequence[int]) -> MachineRows:
    """One row for each class, in the order in which a breadth-first search meets them."""
    numbers, representatives, merged = {classes[0]: 0}, [0], list[tuple[LabelledStep | None, ...]]()
    for state in representatives:
        row = list[LabelledStep | None]()
        for step in rows[state]:
            if step is None:
                row.append(None)
                continue
            known = classes[step.target]
            if known not in numbers:
                numbers[known] = len(representatives)
                representatives.append(step.target)
            row.append(LabelledStep(numbers[known], step.label))
        merged.append(tuple(row))
    return tuple(merged)
