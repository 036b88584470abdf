"""Units with ReLU, or a leaky one: `relu(c*z) == c*relu(z)` for every c > 0, so that such a unit has a scale.

What comes into a unit may be multiplied with a positive number if what goes out of it is divided by that number. Each
unit is brought to the scale at which the largest weight that comes into it is 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flint import fmpq

from grader.kinds.weights.linear_sums import NotLinearError, UnitNumbers, degree_in, entry_places
from grader.kinds.weights.unit_axes import HiddenAxes
from grader.language.scope import Function
from grader.language.tree import (
    Binary,
    Call,
    Compare,
    IfExp,
    Index,
    ListExpr,
    Name,
    Number,
    Tree,
    Unary,
    children,
    names_in,
)
from grader.machines.system import System

HOMOGENEOUS_FUNCTIONS = frozenset({"relu", "abs"})
"""Functions of the language for which `f(c*z) == c*f(z)` for every c > 0."""

Axes = Mapping[str, int | None]
"""By parameter the axis that counts the units (None: there is one unit alone)."""


@dataclass(frozen=True)
class ReluUnit:
    """`h: relu(W*x + R*h[t-1] + b)`, of which `V*h[t]` is used: `incoming` are W, R and b, `outgoing` R and V.

    The scale is read off the parameters `measured`, of which no later scaling changes anything.
    """

    incoming: Axes
    outgoing: Axes
    measured: frozenset[str]

    def scaled(self, numbers: UnitNumbers) -> dict[str, tuple[tuple[int, ...], tuple[fmpq, ...]]]:
        """The numbers, with the largest measured one of each unit 1; a unit without any stays as it is."""
        new = {name: list(entries) for name, (_, entries) in numbers.items()}
        sizes = {numbers[name][0][axis] for name, axis in self.incoming.items() if axis is not None}
        for unit in range(max(sizes, default=1)):
            largest = max(abs(new[name][i]) for name, i in _entries(numbers, self.incoming, unit, self.measured))
            if not largest:
                continue
            for name, i in _entries(numbers, self.incoming, unit):
                new[name][i] /= largest
            for name, i in _entries(numbers, self.outgoing, unit):
                new[name][i] *= largest
        return {name: (shape, tuple(new[name])) for name, (shape, _) in numbers.items()}


def _entries(
    numbers: UnitNumbers, axes: Axes, unit: int, among: frozenset[str] | None = None
) -> Iterator[tuple[str, int]]:
    for name, axis in axes.items():
        if among is None or name in among:
            yield from ((name, i) for i in entry_places(numbers[name][0], axis, unit))


def relu_units(system: System, axes: HiddenAxes) -> list[ReluUnit]:
    """The equations of a system that are such units, in the order in which they are to be scaled."""
    if not axes.roots or system.substitutions:
        return []
    found = [
        (incoming, outgoing)
        for name, tree in system.equations.items()
        if (outgoing := _outgoing(system, axes, name)) and (incoming := _incoming(system, axes, name, tree, outgoing))
    ]
    units = []
    for i, (incoming, outgoing) in enumerate(found):
        later = {parameter for _, out in found[i:] for parameter in out}
        if measured := frozenset(incoming) - later:
            units.append(ReluUnit(incoming, outgoing, measured))
    return units


def _incoming(system: System, axes: HiddenAxes, name: str, tree: Tree, outgoing: Axes) -> Axes:
    """The parameters that are summed up in a unit; none where it is no such unit."""
    if not isinstance(tree, Call) or len(tree.arguments) != 1 or not _is_homogeneous(system, tree.function):
        return {}
    parameters = set(system.parameters)
    try:
        if degree_in(tree.arguments[0], parameters) != 1:
            return {}
    except NotLinearError:
        return {}
    own = axes.roots[name]
    found: dict[str, int | None] = {}
    for parameter in sorted(parameters & set(names_in(tree))):
        out = outgoing.get(parameter)  # the other axis of R in `R @ h[t-1]`
        places = [axis for axis, root in enumerate(axes.roots[parameter]) if root in own and axis != out]
        if len(own) > 1 or len(places) != len(own) or _uses(system, parameter) != 1:
            return {}
        found[parameter] = places[0] if places else None
    return found


def _outgoing(system: System, axes: HiddenAxes, name: str) -> Axes:
    """The parameters that a unit is multiplied with wherever it is used; none where it is used in another way."""
    if not all(_is_zero(tree) for (quantity, _), tree in system.initial.items() if quantity == name):
        return {}
    found: dict[str, int | None] = {}
    for tree in _every_tree(system):
        for parameter, axis in _multiplied(tree, name, system, len(axes.roots[name])):
            if not parameter or _uses(system, parameter) != 1:
                return {}
            found[parameter] = axis
    return found


def _multiplied(tree: Tree, name: str, system: System, axes: int) -> Iterator[tuple[str, int | None]]:
    """For each place where a quantity is used, the parameter that it is multiplied with there, and its axis; else "".

    `axes` is the number of axes of the quantity.
    """
    match tree:
        case Binary(op="@" | "*", left=Name(id=parameter), right=used) if _is_quantity(used, name):
            yield from _factor(parameter, system, axes, -1 if tree.op == "@" else 0)
        case Binary(op="@" | "*", left=used, right=Name(id=parameter)) if _is_quantity(used, name):
            yield from _factor(parameter, system, axes, 0)
        case Name(id=used) if used == name:
            yield "", None
        case _:
            for part in children(tree):
                yield from _multiplied(part, name, system, axes)


def _factor(parameter: str, system: System, axes: int, axis: int) -> Iterator[tuple[str, int | None]]:
    known = system.parameters.get(parameter)
    if known is None or axes > 1 or (axes and not known.shape):
        yield "", None
    else:
        yield parameter, axis % len(known.shape) if axes else None


def _is_quantity(tree: Tree, name: str) -> bool:
    base = tree.base if isinstance(tree, Index) else tree
    return isinstance(base, Name) and base.id == name


def _every_tree(system: System) -> list[Tree]:
    return [*(tree for _, tree in system.trees()), *system.initial.values()]


def _uses(system: System, name: str) -> int:
    return sum(names_in(tree).count(name) for tree in _every_tree(system))


def _is_zero(tree: Tree) -> bool:
    return all(map(_is_zero, tree.items)) if isinstance(tree, ListExpr) else isinstance(tree, Number) and not tree.value


def _is_homogeneous(system: System, name: str) -> bool:
    function = system.functions.get(name)
    if function is None:
        return name in HOMOGENEOUS_FUNCTIONS
    return len(function.parameters) == 1 and _is_homogeneous_in(function.body, function)


def _is_homogeneous_in(body: Tree, function: Function) -> bool:
    """Whether an expression in the argument z of a function is z or 0, or of such parts: `z if z > 0 else 0.1*z`."""
    parts: Sequence[Tree]
    match body:
        case Name(id=name):
            return name == function.parameters[0]
        case Number(value=value):
            return not value
        case Unary(operand=operand):
            return _is_homogeneous_in(operand, function)
        case Binary(op="*", left=Number(), right=part) | Binary(op="*" | "/", left=part, right=Number()):
            return _is_homogeneous_in(part, function)
        case IfExp(condition=Compare(operands=operands), then=then, otherwise=otherwise):
            parts = (*operands, then, otherwise)
        case Call(function="max" | "min" | "relu" | "abs", arguments=arguments):
            parts = arguments
        case _:
            return False
    return all(_is_homogeneous_in(part, function) for part in parts)
