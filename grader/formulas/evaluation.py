"""One evaluation: a case, a value for everything that is free, and sequences that follow the network from there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from zlib import crc32

from flint import fmpq

from grader.deferred import dataclass
from grader.formulas.backward import GRADIENT, Backward, gradient_name
from grader.formulas.cases import IntegerCase
from grader.formulas.gradient_values import CompiledBackward, GradientValues
from grader.formulas.setting import Setting
from grader.formulas.timeline import ObservedStep, OutOfTime, Timeline
from grader.formulas.whole_numbers import whole_number
from grader.language.arithmetic import STEP_BUDGET, Arithmetic, Closure, Frame, TooLarge
from grader.language.arrays import Array, Shape, Value
from grader.language.compile import compile_tree
from grader.language.printing import to_text
from grader.language.scope import Scope
from grader.language.tree import Name, Tree, subtrees
from grader.notation.symbols import Domain, Quantity, SequenceSymbol

MAX_NETWORK_STEPS = 60
"""Steps that one evaluation follows a network for."""

MAX_LOOP_STEPS = 4_000
"""Steps of loops in one evaluation."""

DrawEntry = Callable[[str, Domain], Value]
"""The number that a free entry is: `draw("W[0, 1]", "real")`."""


@dataclass
class CompiledSetting:
    """A setting compiled in one domain of the language."""

    setting: Setting
    arithmetic: Arithmetic
    backward: Backward | None = None
    scope: Scope = field(default_factory=Scope)
    used: set[str] = field(default_factory=set)
    wholes: dict[tuple[int, tuple[int, ...]], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        symbols = self.setting.symbols
        names = (*symbols.quantities, *symbols.sequences, *symbols.whole, "t", GRADIENT)
        linked = (*self.setting.equations, self.backward.by.name) if self.backward else ()
        for name in dict.fromkeys((*names, *map(gradient_name, linked))):
            self.scope.names[name] = self.scope.new_slot()
        self.scope.functions = symbols.functions
        self.steps = {name: self.compile(tree) for name, tree in self.setting.steps.items()}
        self.initial = {name: self.compile(tree) for name, tree in self.setting.starts.items()}
        self.gradients = CompiledBackward(self, self.backward) if self.backward else None

    def compile(self, tree: Tree) -> Closure:
        """The closure of a formula of the question."""
        self.used.update(node.id for node in subtrees(tree) if isinstance(node, Name))
        return compile_tree(tree, self.scope, self.arithmetic)

    def whole(self, tree: Tree, case: IntegerCase) -> int:
        """The value of a step or bound of the setting in a case, worked out once."""
        key = id(tree), tuple(case.values())
        if key not in self.wholes:
            self.wholes[key] = whole_number(tree, case)
        return self.wholes[key]


def extent(shape: Shape, case: IntegerCase) -> tuple[int, ...]:
    """The sizes in a case."""
    return tuple(case[size] if isinstance(size, str) else size for size in shape)


def entry_names(label: str, sizes: tuple[int, ...]) -> list[str]:
    """The names of the entries of a value: `W[0, 1]`."""
    match sizes:
        case (n,):
            return [f"{label}[{i}]" for i in range(n)]
        case (n, m):
            return [f"{label}[{i}, {j}]" for i in range(n) for j in range(m)]
    return [label]


class Evaluation:
    """Everything that formulas may speak of, at one point of one case.

    Sequences with an equation and no initial value are free up to the step `origin`. Each formula may take
    `loop_steps` steps of loops.
    """

    def __init__(
        self,
        compiled: CompiledSetting,
        case: IntegerCase,
        origin: int,
        draw: DrawEntry,
        loop_steps: int = MAX_LOOP_STEPS,
    ) -> None:
        self.compiled, self.case, self.origin, self.draw, self.loop_steps = compiled, case, origin, draw, loop_steps
        self.reached: dict[str, set[int]] = {}
        self.shapes: dict[str, tuple[int, ...]] = {}
        symbols, slots = compiled.setting.symbols, compiled.scope.names
        self.frame: Frame = [None] * compiled.scope.new_slot()
        self.frame[STEP_BUDGET] = loop_steps
        for name, value in case.items():
            if name in slots:
                self.frame[slots[name]] = compiled.arithmetic.number(fmpq(value))
        for name, quantity in symbols.quantities.items():
            if name not in compiled.used:
                continue
            self.frame[slots[name]] = self.free(name, quantity)
        self.timelines = {
            name: Timeline(self.lookup(name, s), anywhere=s.everywhere and name not in compiled.steps)
            for name, s in symbols.sequences.items()
        }
        for name, timeline in self.timelines.items():
            self.frame[slots[name]] = ObservedStep(timeline, self.reached.setdefault(name, set()))
        if compiled.gradients:
            GradientValues(self, compiled.gradients)

    def value(self, closure: Closure) -> Value:
        """The value of a compiled formula here."""
        self.frame[STEP_BUDGET] = self.loop_steps
        return closure(self.frame)

    def free(self, label: str, quantity: Quantity | SequenceSymbol) -> Value:
        """A value that is chosen, entry by entry; of a one-hot vector the case says which entry is 1."""
        if quantity.hot:
            return self.one_hot(label, quantity)
        if not quantity.shape:
            self.shapes[label] = ()
            return self.draw(label, quantity.domain)
        self.shapes[label] = sizes = extent(quantity.shape, self.case)
        entries = [self.draw(key, quantity.domain) for key in entry_names(label, sizes)]
        return Array(sizes, entries)

    def one_hot(self, label: str, quantity: Quantity | SequenceSymbol) -> Array:
        """The one-hot vector of a case; in a sequence the index varies from step to step."""
        sizes, index = extent(quantity.shape, self.case), self.case[quantity.hot]
        if isinstance(quantity, SequenceSymbol):
            index = (index + crc32(label.encode())) % sizes[0]
        return Array(sizes, (self.compiled.arithmetic.number(fmpq(int(i == index))) for i in range(sizes[0])))

    def at_step(self, step: int, *, observed: bool = False) -> Frame:
        """The frame in which an equation is evaluated."""
        frame, slots = self.frame.copy(), self.compiled.scope.names
        frame[slots["t"]] = self.compiled.arithmetic.number(fmpq(step))
        if not observed:
            for name, timeline in self.timelines.items():
                frame[slots[name]] = timeline
        return frame

    def lookup(self, name: str, sequence: SequenceSymbol) -> Callable[[int], Value]:
        """How the value at a step is found."""
        compiled = self.compiled
        if name in compiled.steps:
            return lambda step: self.followed(name, sequence, step)
        bounds = [None if b is None else compiled.whole(b, self.case) for b in (sequence.first, sequence.last)]
        only = [compiled.whole(tree, self.case) for tree in sequence.only]

        def given(step: int) -> Value:
            if only and step not in only:
                shown = " and ".join(f"{name}[{to_text(tree)}]" for tree in sequence.only)
                raise OutOfTime(f"{name}[{step}] is not given here: only {shown} is")
            if (bounds[0] is not None and step < bounds[0]) or (bounds[1] is not None and step > bounds[1]):
                extents = f" to {to_text(sequence.last)}" if sequence.last else " on"
                raise OutOfTime(f"{name}[{step}] does not exist: it runs from {bounds[0]}{extents}")
            return self.free(f"{name}[{step}]", sequence)

        return given

    def followed(self, name: str, sequence: SequenceSymbol, step: int) -> Value:
        """A sequence with an equation."""
        compiled, start = self.compiled, 0 if self.compiled.initial else self.origin
        if compiled.initial and step < 0:
            raise OutOfTime(f"{name}[{step}] does not exist: {name} starts at step 0")
        if step <= start:
            if name in compiled.initial:
                return compiled.initial[name](self.at_step(step))
            return self.free(f"{name}[{step}]", sequence)
        if step - start > MAX_NETWORK_STEPS:
            raise TooLarge(
                f"{name}[{step}] lies more than {MAX_NETWORK_STEPS} steps after the first one that is chosen freely"
            )
        if step - 1 not in self.timelines[name].known:  # else all before it are known too
            for earlier in range(start + 1, step):
                self.timelines[name].at(earlier)
        return compiled.steps[name](self.at_step(step))
