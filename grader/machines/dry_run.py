"""A dry run of a system over sizes alone, on load: shapes that do not fit, values needed before they exist."""

from __future__ import annotations

from collections.abc import Mapping

from flint import fmpq

from grader.deferred import dataclass, replace
from grader.language import limits
from grader.language.arithmetic import STEP_BUDGET, Closure, Frame, MissingValue
from grader.language.arrays import ShapeError, describe
from grader.language.compile import compile_tree
from grader.language.parse import ExpressionError
from grader.language.scope import Scope
from grader.language.shapes import Shapes
from grader.language.sizes import NUMBER_SIZE, Size
from grader.language.tree import Tree
from grader.machines.layout import Layout
from grader.machines.system import DefinitionError, Path, SystemFault

UNUSED_SLOT = -1
"""The slot of an argument in a body that is compiled for its names alone."""

MAX_REPORTED_FUNCTIONS = 3
"""Faulty functions that are reported; finding each one that grows too large takes time."""


@dataclass(frozen=True)
class ShapeTable:
    """The shape of every equation's quantity and of the output."""

    quantities: Mapping[str, tuple[int, ...]]
    output: tuple[int, ...]


def check_shapes(layout: Layout) -> ShapeTable:
    """The shapes of a system, found by running it dry: at a general step, then at the first steps.

    Raises:
        DefinitionError: with every fault met.
    """
    dry = _DryRun(layout)
    shapes = dry.general()
    dry.report()
    for time in range(1, 1 + max((lag for _, lag in layout.past), default=0)):
        dry.early(time, shapes)
    dry.report()
    return ShapeTable({name: size.known_shape for name, size in shapes.items()}, dry.output.known_shape)


class _DryRun:
    """Evaluates every expression of a system over sizes and collects what does not fit."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.system = layout.system
        self.faults: list[SystemFault] = []
        self.closures: dict[Path, Closure] = {}
        self.output = NUMBER_SIZE
        self.expressions = [e.path for e in layout.expressions] + ([layout.predicate.path] if layout.predicate else [])
        trees = {path: tree for path, tree in layout.system.trees() if path[0] != "functions"}
        trees |= {e.path: e.tree for e in layout.expressions}
        for name, function in self.system.functions.items():
            arguments = dict.fromkeys(function.parameters, UNUSED_SLOT)
            scope = replace(layout.scope, names={**layout.scope.names, **arguments})
            self.compile(("functions", name), function.body, scope)
            if len(self.faults) >= MAX_REPORTED_FUNCTIONS:
                break
        self.report()
        for key, tree in self.system.initial.items():
            self.compile(("initial", *map(str, key)), tree, layout.parameter_scope)
        for name, tree in self.system.substitutions.items():
            self.compile(("replace", name), tree, layout.parameter_scope)
        for path, tree in trees.items():
            self.compile(path, tree, layout.scope)
        if layout.predicate:
            self.compile(layout.predicate.path, layout.predicate.tree, layout.predicate_scope)

    def compile(self, path: Path, tree: Tree, scope: Scope) -> None:
        try:
            self.closures[path] = compile_tree(tree, scope, Shapes(), locate=True)
        except ExpressionError as error:
            self.faults.append(SystemFault(path, error.message, error.at))

    def report(self) -> None:
        if self.faults:
            raise DefinitionError(self.faults)

    def size_at(self, path: Path, frame: Frame) -> Size:
        try:
            size: Size = self.closures[path](frame) if path in self.closures else NUMBER_SIZE
            return Size(size.shape)
        except ExpressionError as error:
            self.faults.append(SystemFault(path, error.message, error.at))
        except ShapeError as error:
            self.faults.append(SystemFault(path, str(error)))
        return NUMBER_SIZE

    def frame(self) -> Frame:
        system, layout = self.system, self.layout
        frame: Frame = [NUMBER_SIZE] * layout.scope.new_slot()
        frame[STEP_BUDGET] = limits.MAX_ITERATIONS
        for name, parameter in system.parameters.items():
            frame[layout.scope.names[name]] = Size(parameter.shape)
        if self.layout.predicate:
            for name, shape in self.layout.predicate.names.items():
                frame[self.layout.predicate_scope.names[name]] = Size(shape)
        for name, channel in system.alphabet.channels.items():
            for slot in layout.scope.sequences[name].values():
                frame[slot] = Size(channel.shape)
        return frame

    def initial(self, frame: Frame) -> dict[tuple[str, int | None], Size]:
        return {key: self.size_at(("initial", *map(str, key)), frame) for key in self.system.initial}

    def general(self) -> dict[str, Size]:
        """Shapes at a step with all its past: first guessed from initial values, then settled by the equations."""
        frame = self.frame()
        for name in self.system.substitutions:
            size = self.size_at(("replace", name), frame)
            if size.shape != self.system.parameters[name].shape:
                shape = describe(self.system.parameters[name].shape)
                self.faults.append(SystemFault(("replace", name), f"makes {describe(size.shape)} of {shape}"))
        sizes = {name: size for (name, _), size in self.initial(frame).items()}
        self.report()
        slots = self.layout.scope.sequences
        for _ in range(1 + len(self.layout.order)):
            before, self.faults = dict(sizes), []
            for name in self.layout.order:
                for slot in slots[name].values():
                    frame[slot] = sizes.get(name, NUMBER_SIZE)
            for name in self.layout.order:
                size = self.size_at(("equations", name), frame)
                frame[slots[name][0]] = size
                sizes[name] = size
            if sizes == before:
                break
        for (name, time), size in self.initial(frame).items():
            wanted = sizes.get(name, NUMBER_SIZE)
            channel = self.system.alphabet.channels.get(name)
            if size.shape != (channel.shape if channel else wanted.shape):
                message = f"is {describe(size.shape)}, but {name} is {describe(wanted.shape)}"
                self.faults.append(SystemFault(("initial", name, str(time)), message))
        self._outputs(frame)
        return sizes

    def _outputs(self, frame: Frame) -> None:
        self.output = self.size_at(("output",), frame)
        for path in self.expressions:
            size = self.size_at(path, frame)
            if size.shape:
                message = f"is {describe(size.shape)}, not one truth value: write all(...) or any(...)"
                self.faults.append(SystemFault(path, message))

    def early(self, time: int, shapes: Mapping[str, Size]) -> None:
        """The step at a given early time, where some of the past does not exist."""
        frame, layout = self.frame(), self.layout
        frame[layout.time] = Size((), fmpq(time))
        given = {(name, when) for name, when in self.system.initial}
        for name, size in shapes.items():
            frame[layout.slot(name)] = size
        for name, lag in layout.past:
            channel = self.system.alphabet.channels.get(name)
            size = Size(channel.shape) if channel else shapes.get(name, NUMBER_SIZE)
            born = time - lag >= 1 or (name, time - lag) in given or (name, None) in given
            frame[layout.slot(name, lag)] = size if born else MissingValue(f"{name}[{time - lag}]")
        for path in [("equations", n) for n in self.layout.order] + [("output",)] + self.expressions:
            self.size_at(path, frame)
