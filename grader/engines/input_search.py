"""Decides one step for all inputs of intervals: cells of inputs are cut in two until each is right, or one is wrong.

The cuts are the certificate: whoever checks it cuts in the same places, and looks at each cell once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import field

from flint import ctx

from grader.deferred import dataclass
from grader.engines.boxes import BOX_PRECISION_BITS, BoxedSystem, UnboxedStep
from grader.engines.input_cells import Cell, corner_symbols, halved, simplest_symbol, symbol_of, whole_cells, widest
from grader.machines.alphabet import Alphabet, Symbol

MAX_INPUT_CELLS = 12_000
"""Cells that are looked at for one set of lines."""

MAX_CUT_LEVELS = 60
"""Cuts of a cell: beyond them, what it does not decide is a tie between the network and what is right."""

MAX_TRIED_CELLS = 24
"""Cells of one level in which single inputs are tried."""


@dataclass
class CutTree:
    """A cell of a domain: cut in two `parts` at the number at `place`, or decided as a whole (no parts)."""

    domain: Cell
    cell: Cell
    place: int | None = None
    parts: tuple[CutTree, CutTree] | None = None


@dataclass(frozen=True)
class InputsDecided:
    """All inputs of one step are right: the cuts that show it, and the lines that surely apply to some input."""

    trees: Sequence[CutTree]
    met: frozenset[int]


@dataclass(frozen=True)
class InputFound:
    """An input that breaks lines; `met` are the lines that surely apply to some input."""

    symbol: Symbol
    met: frozenset[int] = frozenset()


@dataclass(frozen=True)
class InputsOpen:
    """Why nothing is proved of one step; `met` are the lines that surely apply to some input."""

    reason: str
    met: frozenset[int] = frozenset()


def decide_inputs(
    system: BoxedSystem, alphabet: Alphabet, lines: Sequence[int], breaks: Callable[[Symbol], Collection[int]]
) -> InputsDecided | InputFound | InputsOpen:
    """What is found about one step from the start. `breaks` gives the lines that an input breaks."""
    cells = whole_cells(alphabet)
    if cells is None:
        return InputsOpen("there are too many kinds of inputs")
    with ctx.workprec(BOX_PRECISION_BITS):
        return _CellSearch(system, alphabet, lines, breaks).run([CutTree(cell, cell) for cell in cells])


@dataclass
class _CellSearch:
    system: BoxedSystem
    alphabet: Alphabet
    lines: Sequence[int]
    breaks: Callable[[Symbol], Collection[int]]
    met: set[int] = field(default_factory=set)
    looked_at: int = 0

    def run(self, roots: list[CutTree]) -> InputsDecided | InputFound | InputsOpen:
        level = roots
        for _ in range(MAX_CUT_LEVELS):
            if not level:
                return InputsDecided(roots, frozenset(self.met))
            following, tried = list[CutTree](), 0
            for tree in level:
                self.looked_at += 1
                if self.looked_at > MAX_INPUT_CELLS:
                    return self._open(f"{MAX_INPUT_CELLS} cells of inputs did not decide all")
                is_right = self._is_right(tree.cell)
                if is_right:
                    continue
                if is_right is False or tried < MAX_TRIED_CELLS:
                    tried += is_right is None
                    found = self._input_of(tree.cell)
                    if found is not None:
                        return InputFound(found, frozenset(self.met))
                tree.place = widest(tree.cell, tree.domain)
                if tree.place is None:
                    return self._open("an input is not decided")
                first, second = halved(tree.cell, tree.place)
                tree.parts = CutTree(tree.domain, first), CutTree(tree.domain, second)
                following += tree.parts
            level = following
        return self._open("cells of inputs do not decide what happens close to a tie")

    def _open(self, reason: str) -> InputsOpen:
        return InputsOpen(reason, frozenset(self.met))

    def _is_right(self, cell: Cell) -> bool | None:
        """Whether no input of a cell breaks a line; False: all of them do; None: some may."""
        try:
            landing = self.system.step(self.system.start, symbol_of(self.alphabet, cell), self.lines, is_last=True)
        except UnboxedStep:
            return None
        if landing is None:
            return True
        self.met |= landing.applied
        return False if landing.broken else None if landing.maybe_broken else True

    def _input_of(self, cell: Cell) -> Symbol | None:
        """One of a few inputs of a cell that breaks a line, simple ones first."""
        tried = (simplest_symbol(self.alphabet, cell), *corner_symbols(self.alphabet, cell))
        return next((symbol for symbol in tried if self.breaks(symbol)), None)


def cuts_of(trees: Sequence[CutTree]) -> list[int]:
    """The cuts of trees, each before its parts, as places of numbers; -1: a cell is not cut."""
    cuts, todo = list[int](), list(trees)[::-1]
    while todo:
        tree = todo.pop()
        cuts.append(-1 if tree.place is None else tree.place)
        todo += (tree.parts or ())[::-1]
    return cuts
