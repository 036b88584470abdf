"""A minimal machine as a graph: one arrow between two states for all steps between them, with a line a label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.network_details import MachineTable
from grader.pages.pictures.svg import CHARACTER_WIDTH_PIXELS, clipped, width_of

MAX_ARROW_LINES = 5
"""Lines of text at one arrow; what is left out is counted, and in the table."""

MAX_ARROW_CHARACTERS = 20

MAX_SHOWN_PASSES = 3
"""Steps of a path that are named at one arrow."""

LABEL_LINE_HEIGHT, STATE_HEIGHT = 13, 26
"""Pixels of a line of text at an arrow, and of a state."""

ANY_OUTPUT = "any"
"""Stands for an output that does not count."""

START_STATE = "start"


@dataclass(frozen=True)
class ArrowLine:
    """`0, 1 / 0`: inputs and the output; of a step on the path also when it is taken."""

    text: str
    on_path: bool = False


@dataclass(frozen=True)
class Arrow:
    """All steps from one state to another."""

    source: int
    target: int
    lines: tuple[ArrowLine, ...]

    @property
    def on_path(self) -> bool:
        """Whether the path takes one of the steps."""
        return any(line.on_path for line in self.lines)

    @property
    def size(self) -> tuple[float, float]:
        """Pixels that its text takes."""
        return max(width_of(line.text) for line in self.lines) + 4, LABEL_LINE_HEIGHT * len(self.lines) + 2


@dataclass(frozen=True)
class MachineGraph:
    """States by number with their names, and the arrows between them."""

    states: tuple[str, ...]
    arrows: tuple[Arrow, ...]

    def width(self, state: int) -> float:
        """Pixels of a state."""
        return max(36.0, width_of(self.states[state]) + 2 * CHARACTER_WIDTH_PIXELS)


Passes = Mapping[tuple[int, int], list[int]]
"""By state and input the steps, from 1, at which a path passes there."""


def passes_of(table: MachineTable, path: Sequence[int]) -> Passes:
    """The way of an input through a machine, to its end or to where the machine has no such step."""
    passes: dict[tuple[int, int], list[int]] = {}
    state = 0
    for t, symbol in enumerate(path, 1):
        step = table.steps[state][symbol] if symbol < len(table.inputs) else None
        if step is None:
            break
        passes.setdefault((state, symbol), []).append(t)
        state = step.target
    return passes


def machine_graph(table: MachineTable, path: Sequence[int] = ()) -> MachineGraph:
    """The graph of a machine, with the path of a counterexample marked."""
    passes = passes_of(table, path)
    arrows = []
    for source, row in enumerate(table.steps):
        targets: dict[int, list[int]] = {}
        for symbol, step in enumerate(row):
            if step is not None:
                targets.setdefault(step.target, []).append(symbol)
        arrows += [Arrow(source, target, _lines(table, source, on, passes)) for target, on in targets.items()]
    return MachineGraph(tuple(state_name(table, i, 12) for i in range(len(table.states))), tuple(arrows))


def state_name(table: MachineTable, state: int, most: int = 40) -> str:
    """A state by a shortest input that leads there."""
    return clipped(f"after {table.states[state]}", most) if table.states[state] else START_STATE


def _lines(table: MachineTable, source: int, symbols: Sequence[int], passes: Passes) -> tuple[ArrowLine, ...]:
    """Inputs with the same output in one line, as many as fit; those on the path each in its own, and first."""
    lines: list[ArrowLine] = []
    others: dict[str, list[str]] = {}
    for symbol in symbols:
        step = table.steps[source][symbol]
        assert step is not None
        name, output = clipped(table.inputs[symbol], 10), clipped(step.output, 8) if step.output else ANY_OUTPUT
        if taken := passes.get((source, symbol)):
            lines.append(ArrowLine(f"{name} / {output} {_when(taken)}", on_path=True))
        else:
            others.setdefault(output, []).append(name)
    for output, names in others.items():
        lines += [ArrowLine(f"{', '.join(some)} / {output}") for some in _in_rows(names)]
    if len(lines) <= MAX_ARROW_LINES:
        return tuple(lines)
    shown = lines[: MAX_ARROW_LINES - 1]
    return (*shown, ArrowLine(f"and {len(lines) - len(shown)} more lines"))


def _when(taken: Sequence[int]) -> str:
    """`[step 2]`, `[steps 1, 3, …]`."""
    shown = [*map(str, taken[:MAX_SHOWN_PASSES]), *(["…"] if len(taken) > MAX_SHOWN_PASSES else [])]
    return f"[step{'s' * (len(taken) > 1)} {', '.join(shown)}]"


def _in_rows(names: Sequence[str]) -> list[list[str]]:
    """Names in lines that are not too long."""
    rows: list[list[str]] = [[]]
    for name in names:
        if rows[-1] and len(", ".join([*rows[-1], name])) > MAX_ARROW_CHARACTERS:
            rows.append([])
        rows[-1].append(name)
    return rows
