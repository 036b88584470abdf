"""Walks of machines beside the behaviour that is wanted, on the inputs that the question allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from grader.deferred import dataclass
from grader.machines.alphabet import FiniteAlphabet, Word
from grader.machines.explore import Bounds, Stop, Walk
from grader.machines.machine import Edge, Machine
from grader.machines.specification import Specification

Look = Callable[[Walk, int, int, Sequence[Edge]], None]
"""Looks at one joint edge (walk, node, symbol, one edge a machine, the behaviour's last); may raise `Stop`."""


def walk_allowed(
    specification: Specification, machines: Sequence[Machine], alphabet: FiniteAlphabet, bounds: Bounds, look: Look
) -> Walk:
    """Visits every joint edge of the machines and the behaviour that an allowed input takes, breadth first."""
    allows = specification.allows

    def visit(walk: Walk, node: int, symbol: int, edges: list[Edge]) -> bool:
        if not allows(edges[-1].step):
            return False
        look(walk, node, symbol, edges)
        return True

    walk = Walk([*machines, specification.machine()], alphabet)
    walk.run(visit, bounds)
    return walk


@dataclass(frozen=True)
class MachineComparison:
    """A walk of machines beside each other, and a shortest word on which they do not agree.

    `difference` None: the walk met none; `()`: they differ on the empty input.
    """

    difference: Word | None
    walk: Walk

    @property
    def proved_alike(self) -> bool:
        """True if they agree on every input, and the walk saw every reachable joint state."""
        return self.difference is None and self.walk.complete


def compare(
    specification: Specification,
    machines: Sequence[Machine],
    alphabet: FiniteAlphabet,
    bounds: Bounds,
    agree: Callable[[Sequence[Edge]], bool],
) -> MachineComparison:
    """Walks until `agree` is false of a joint edge that counts: one edge a machine, the behaviour's last.

    The empty input comes first where it counts, as an edge back to the initial state.
    """
    difference: Word | None = None
    if specification.judged.empty:
        steps = [*(machine.empty_input() for machine in machines), specification.empty_input]
        edges = [Edge(0, step) for step in steps if step is not None]
        if len(edges) == len(steps) and not agree(edges):
            return MachineComparison((), Walk([*machines, specification.machine()], alphabet))

    def look(walk: Walk, node: int, symbol: int, edges: Sequence[Edge]) -> None:
        nonlocal difference
        if specification.counts(edges[-1].step) and not agree(edges):
            difference = walk.word(node, symbol)
            raise Stop

    walk = walk_allowed(specification, machines, alphabet, bounds, look)
    return MachineComparison(difference, walk)


@dataclass(frozen=True)
class ReachedLines:
    """A shortest word to a step of each set of rubric lines that apply together, in the order of the walk."""

    words: Mapping[frozenset[int], Word]
    complete: bool
    """True if no other sets are ever reached."""

    def word(self, line: int) -> Word | None:
        """A shortest word to a step to which a line applies; None where the walk met no such step."""
        return next((word for lines, word in self.words.items() if line in lines), None)


def reached_lines(specification: Specification, alphabet: FiniteAlphabet, bounds: Bounds) -> ReachedLines:
    """Walks the behaviour by itself; only steps that count are looked at, the empty input first."""
    words: dict[frozenset[int], Word] = {}
    if specification.judged.empty:
        words[frozenset(specification.lines_applying_to(specification.empty_input))] = ()

    def look(walk: Walk, node: int, symbol: int, edges: Sequence[Edge]) -> None:
        step = edges[0].step
        lines = frozenset(specification.lines_applying_to(step))
        if lines not in words and specification.counts(step):
            words[lines] = walk.word(node, symbol)

    walk = walk_allowed(specification, [], alphabet, bounds, look)
    return ReachedLines(words, walk.complete)
