"""Which axes of parameters count the same hidden units, read off the equations of a network.

Two axes belong together where an equation adds, compares or multiplies along them. An axis whose places are told apart
(by inputs, outputs, an index, a list) may not be reordered. What is not understood ends the search: then no axis may.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from grader.deferred import dataclass
from grader.language.functions.operations import EntryValues
from grader.language.functions.table import FUNCTIONS
from grader.language.tree import (
    Binary,
    Call,
    Compare,
    IfExp,
    Index,
    ListExpr,
    Logic,
    Name,
    Number,
    Transpose,
    Tree,
    Unary,
)
from grader.machines.program import Program

AxisNumbers = tuple[int, ...]
"""A number for each axis of a value; axes of the same units have the same root."""


class _NotUnderstoodError(Exception):
    """An expression of which it is not known along which axes it works."""


@dataclass(frozen=True)
class UnitGroup:
    """Hidden units that may change places: the axes of parameters that count them, with their length."""

    lengths: Mapping[tuple[str, int], int]


@dataclass
class HiddenAxes:
    """The groups of hidden units, and by quantity and parameter the root of each axis."""

    groups: list[UnitGroup] = field(default_factory=list)
    roots: dict[str, AxisNumbers] = field(default_factory=dict)


def hidden_axes(program: Program) -> HiddenAxes:
    """The groups of hidden units of a network that may change places without changing what it does."""
    system = program.system
    reader = _AxisReader(program)
    try:
        for name, tree in system.equations.items():
            reader.join(reader.axes[name], reader.read(tree, {}))
        for (name, _), tree in system.initial.items():
            reader.join(reader.axes[name], reader.read(tree, {}))
        reader.fix(reader.read(system.output, {}))
        if system.substitutions:
            raise _NotUnderstoodError
    except (_NotUnderstoodError, KeyError, RecursionError):
        return HiddenAxes()
    groups: dict[int, dict[tuple[str, int], int]] = {}
    for name, parameter in system.parameters.items():
        for axis, length in enumerate(parameter.shape):
            root = reader.root(reader.axes[name][axis])
            if root not in reader.fixed_roots and length > 1:
                groups.setdefault(root, {})[name, axis] = length
    roots = {name: tuple(map(reader.root, axes)) for name, axes in reader.axes.items()}
    return HiddenAxes([UnitGroup(group) for group in groups.values()], roots)


class _AxisReader:
    """Numbers the axes of quantities, inputs and parameters, and joins those that an expression works along."""

    def __init__(self, program: Program) -> None:
        self._parents: list[int] = []
        self._fixed: set[int] = set()
        self._functions = program.system.functions
        system = program.system
        self.axes = {name: self._new(len(parameter.shape)) for name, parameter in system.parameters.items()}
        self.axes |= {name: self._new(len(program.shapes[name])) for name in system.equations}
        for name, channel in system.alphabet.channels.items():
            self.axes[name] = self._new(len(channel.shape))
            self.fix(self.axes[name])
        self._sequences = {*system.equations, *system.alphabet.channels}

    @property
    def fixed_roots(self) -> set[int]:
        return {self.root(axis) for axis in self._fixed}

    def _new(self, number: int) -> AxisNumbers:
        first = len(self._parents)
        self._parents.extend(range(first, first + number))
        return tuple(range(first, first + number))

    def root(self, axis: int) -> int:
        while self._parents[axis] != axis:
            axis = self._parents[axis]
        return axis

    def fix(self, axes: Sequence[int]) -> None:
        """The places of these axes are told apart."""
        self._fixed.update(axes)

    def join(self, one: AxisNumbers, other: AxisNumbers) -> AxisNumbers:
        """The axes of what works entry by entry: a number goes with everything, else they are the same."""
        if not one or not other:
            return one or other
        if len(one) != len(other):
            raise _NotUnderstoodError
        for left, right in zip(one, other, strict=True):
            self._parents[self.root(left)] = self.root(right)
        return one

    def read(self, tree: Tree, names: Mapping[str, AxisNumbers]) -> AxisNumbers:
        """The axes of the value of an expression; `names` are the arguments of a function of the spec."""
        match tree:
            case Number():
                return ()
            case Name(id="t") if "t" not in self.axes:
                return ()
            case Name(id=name):
                return names[name] if name in names else self.axes[name]
            case Index(base=Name(id=name)) if name in self._sequences and name not in names:
                return self.axes[name]
            case Index(base=base, index=index):
                axes = self.read(base, names)
                if not axes or self.read(index, names):
                    raise _NotUnderstoodError
                self.fix(axes[:1])
                return axes[1:]
            case Unary(operand=operand):
                return self.read(operand, names)
            case Binary(op="@", left=left, right=right):
                return self._product(self.read(left, names), self.read(right, names))
            case Binary(left=left, right=right):
                return self.join(self.read(left, names), self.read(right, names))
            case Compare(operands=operands) | Logic(operands=operands):
                return self._entrywise(operands, names)
            case IfExp(condition=condition, then=then, otherwise=otherwise):
                return self._entrywise((condition, then, otherwise), names)
            case Transpose(operand=operand):
                return self.read(operand, names)[::-1]
            case Call(function=function, arguments=arguments):
                return self._called(function, arguments, names)
            case ListExpr(items=items):
                inner = self._entrywise(items, names)
                outer = self._new(1)
                if any(item != items[0] for item in items):  # `[0, 0]` tells no units apart
                    self.fix(outer)
                return (*outer, *inner)
            case _:
                raise _NotUnderstoodError

    def _entrywise(self, parts: Sequence[Tree], names: Mapping[str, AxisNumbers]) -> AxisNumbers:
        axes: AxisNumbers = ()
        for part in parts:
            axes = self.join(axes, self.read(part, names))
        return axes

    def _product(self, left: AxisNumbers, right: AxisNumbers) -> AxisNumbers:
        """Along the last axis of the left and the first of the right."""
        if not (1 <= len(left) <= 2 and 1 <= len(right) <= 2):
            raise _NotUnderstoodError
        self.join(left[-1:], right[:1])
        return (*left[:-1], *right[1:])

    def _called(self, name: str, arguments: Sequence[Tree], names: Mapping[str, AxisNumbers]) -> AxisNumbers:
        given = [self.read(argument, names) for argument in arguments]
        if function := self._functions.get(name):
            return self.read(function.body, dict(zip(function.parameters, given, strict=True)))
        record = FUNCTIONS.get(name)
        if record is None or not isinstance(record.values, EntryValues):
            raise _NotUnderstoodError
        if record.max_arguments == 1 or not any(given):
            return given[0]
        raise _NotUnderstoodError
