"""Exploring machines side by side: every reachable joint state, shortest words first.

Breadth-first search over the product of machines, after Moore's "Gedanken-experiments on sequential machines" (1956):
the first edge on which a property fails is the last step of a shortest word on which it fails, and when no state is
left unseen, what held on every edge holds for every word of every length.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from grader.deferred import dataclass
from grader.evidence import MAX_COUNTED_INPUTS
from grader.language.arithmetic import TooLarge
from grader.machines.alphabet import FiniteAlphabet, Word
from grader.machines.machine import Edge, Machine, Step

DEFAULT_MAX_STATES = 20_000
"""Joint states that a walk may meet before it gives up on seeing them all."""

EdgeVisitor = Callable[["Walk", int, int, list[Edge]], bool]
"""Looks at one joint edge (walk, node, symbol, one edge a machine); False: words through it do not count."""


class Stop(Exception):
    """Raised by a visitor to end the walk."""


@dataclass(frozen=True)
class Bounds:
    """How far a walk may go: joint states, and the length of words (None: any)."""

    states: int = DEFAULT_MAX_STATES
    length: int | None = None


class Walk:
    """The joint states met so far of machines over one alphabet, each with the way that first led there."""

    def __init__(self, machines: Sequence[Machine], alphabet: FiniteAlphabet) -> None:
        self.machines = machines
        self.alphabet = alphabet
        self.nodes: list[tuple[int, ...]] = [(0,) * len(machines)]
        self.complete = False
        """Every reachable joint state was met, and every edge between them visited."""
        self.length = 0
        """Every word up to this length was visited."""
        self._origin: list[tuple[int, int]] = [(-1, -1)]
        self._depth = [0]

    def word(self, node: int, symbol: int) -> Word:
        """A shortest word to a node, and one symbol (by number) more."""
        reversed_word = [symbol]
        while node > 0:
            node, step = self._origin[node]
            reversed_word.append(step)
        return tuple(self.alphabet.symbols[number] for number in reversed_word[::-1])

    def depth(self, node: int) -> int:
        """How many steps the shortest way to a node takes."""
        return self._depth[node]

    def run(self, visit: EdgeVisitor, bounds: Bounds) -> None:
        """Visits every joint edge within the bounds, breadth first and in the order of the symbols."""
        try:
            self._run(visit, bounds)
        except TooLarge:
            return
        except Stop:
            return

    def _run(self, visit: EdgeVisitor, bounds: Bounds) -> None:
        nodes, origin, depths = self.nodes, self._origin, self._depth
        seen = {nodes[0]}
        symbols = range(len(self.alphabet.symbols))
        node = 0
        while node < len(nodes):
            self.length = depths[node]
            if self.length == bounds.length:
                break
            joint_state = [*zip(self.machines, nodes[node], strict=True)]
            for symbol in symbols:
                edges = [machine.edge(state, symbol) for machine, state in joint_state]
                if not visit(self, node, symbol, edges):
                    continue
                target = tuple([edge.target for edge in edges])
                if target not in seen:
                    if len(nodes) >= bounds.states:
                        return
                    seen.add(target)
                    nodes.append(target)
                    origin.append((node, symbol))
                    depths.append(self.length + 1)
            node += 1
        self.complete = True


MAX_COUNTED_EDGES = 200_000
"""Edges that counting words may look at."""


@dataclass(frozen=True)
class WordCount:
    """How many words there are; `more`: at least so many, counting was given up."""

    number: int
    more: bool = False


def count_words(
    machine: Machine,
    alphabet: FiniteAlphabet,
    allowed: Callable[[Step], bool],
    length: int,
    most: int = MAX_COUNTED_INPUTS,
    counts: Callable[[Step], bool] = lambda step: True,
) -> WordCount:
    """How many words of 1 to `length` symbols stay on allowed edges of a machine and end on one that counts.

    Counting ends beyond `most` words, and before a level of words that needs more than MAX_COUNTED_EDGES edges.
    """
    symbols = range(len(alphabet.symbols))
    level, total, edges = {0: 1}, 0, 0
    for _ in range(length):
        following: dict[int, int] = {}
        edges += len(level) * len(symbols)
        if edges > MAX_COUNTED_EDGES:
            return WordCount(total, more=True)
        for state, ways in level.items():
            for symbol in symbols:
                edge = machine.edge(state, symbol)
                if allowed(edge.step):
                    following[edge.target] = following.get(edge.target, 0) + ways
                    total += ways if counts(edge.step) else 0
        level = following
        if total > most:
            return WordCount(most, more=True)
        if not level:
            break
    return WordCount(total)
