"""Units with a step at a threshold: what they sum up may be multiplied with a positive number, beyond the threshold."""

from __future__ import annotations

from collections.abc import Mapping

from flint import fmpq

from grader.deferred import dataclass
from grader.kinds.weights.linear_sums import NotLinearError, UnitNumbers, degree_in, entry_places
from grader.kinds.weights.unit_axes import HiddenAxes
from grader.language.scope import Function
from grader.language.tree import Binary, Call, Compare, IfExp, Name, Number, Tree, Unary, names_in
from grader.machines.system import System


@dataclass(frozen=True)
class StepUnit:
    """`h: phi(W*x + b)` with a step of phi at `threshold`.

    `axes` has the parameters of the sum, each with the axis that counts the units (None: the same for one unit alone);
    `bias` is the parameter that is added by itself, from which the threshold is taken.
    """

    axes: Mapping[str, int | None]
    bias: str
    threshold: fmpq

    def scaled(self, numbers: UnitNumbers) -> dict[str, tuple[tuple[int, ...], tuple[fmpq, ...]]]:
        """The numbers, those of each unit divided by the largest of them, the bias taken from the threshold on."""
        new = {name: list(entries) for name, (_, entries) in numbers.items()}
        if self.bias:
            new[self.bias] = [entry - self.threshold for entry in new[self.bias]]
        sizes = {numbers[name][0][axis] for name, axis in self.axes.items() if axis is not None}
        for unit in range(max(sizes, default=1)):
            places = [(name, i) for name, axis in self.axes.items() for i in entry_places(numbers[name][0], axis, unit)]
            largest = max(abs(new[name][i]) for name, i in places)
            for name, i in places if largest else ():
                new[name][i] /= largest
        return {name: (shape, tuple(new[name])) for name, (shape, _) in numbers.items()}


def step_units(system: System, axes: HiddenAxes) -> list[StepUnit]:
    """The equations of a system that are such units; none where a parameter stands in another equation, too."""
    if not axes.roots:
        return []
    every = [tree for _, tree in system.trees()] + [*system.initial.values(), *system.substitutions.values()]
    uses = [names_in(tree) for tree in every]
    found = []
    for name, tree in system.equations.items():
        unit = _unit(system, axes, name, tree)
        if unit and all(sum(parameter in names for names in uses) == 1 for parameter in unit.axes):
            found.append(unit)
    return found


def _unit(system: System, axes: HiddenAxes, name: str, tree: Tree) -> StepUnit | None:
    if not isinstance(tree, Call) or len(tree.arguments) != 1:
        return None
    threshold = _threshold(system.functions.get(tree.function))
    if threshold is None:
        return None
    (summed,) = tree.arguments
    parameters = set(system.parameters)
    try:
        if degree_in(summed, parameters) != 1:
            return None
    except NotLinearError:
        return None
    bias = _bias(summed, parameters)
    if threshold and not bias:
        return None
    of_unit: dict[str, int | None] = {}
    (*own,) = axes.roots[name]
    for parameter in sorted(parameters & set(names_in(summed))):
        places = [axis for axis, root in enumerate(axes.roots[parameter]) if root in own]
        if len(own) > 1 or len(places) != len(own) or names_in(summed).count(parameter) > 1:
            return None
        of_unit[parameter] = places[0] if places else None
    return StepUnit(of_unit, bias if threshold else "", threshold)


def _threshold(function: Function | None) -> fmpq | None:
    """Where a function steps that is `1 if z >= 0.5 else 0`, with any sign and any two numbers."""
    if function is None or len(function.parameters) != 1 or not isinstance(function.body, IfExp):
        return None
    body = function.body
    if not isinstance(body.then, Number) or not isinstance(body.otherwise, Number):
        return None
    match body.condition:
        case Compare(ops=(op,), operands=(Name(id=name), place)) if name == function.parameters[0] and op[0] in "<>":
            return _number(place)
    return None


def _number(tree: Tree) -> fmpq | None:
    match tree:
        case Number(value=value):
            return value
        case Unary(op="-", operand=Number(value=value)):
            return -value
    return None


def _bias(tree: Tree, parameters: set[str]) -> str:
    """A parameter that is added by itself, whatever the step; "" where there is none."""
    match tree:
        case Name(id=name):
            return name if name in parameters else ""
        case Binary(op="+", left=left, right=right):
            return _bias(left, parameters) or _bias(right, parameters)
    return ""
