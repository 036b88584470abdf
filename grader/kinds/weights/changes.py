"""Small changes of an answer of weights, as somebody might make them by mistake: a number, an order, a function.

Every change stays within what students may hand in: restricted numbers stay among those allowed, sizes and functions
among those of their menus.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, pairwise
from math import prod
from typing import NamedTuple

from flint import fmpq

from grader.deferred import dataclass
from grader.kinds.weights.exact_texts import index_in_words
from grader.kinds.weights.forms import NetworkForm
from grader.kinds.weights.question import WeightsQuestion
from grader.kinds.weights.spec_accept import reached_steps
from grader.language.arrays import Array, Value, entries
from grader.language.ball_numbers import Undecided
from grader.language.numbers import show_number
from grader.machines.system import Parameter

MAX_SWAPPED_PAIRS = 300
"""Pairs of rows, columns or entries of one parameter that are swapped."""

MAX_CONSTANT_OUTPUTS, MAX_TRIED_WORDS = 6, 12
"""Wanted outputs for which networks with a constant output are made, and inputs on which these are tried."""

HALF = fmpq(1, 2)


class WeightsInForm(NamedTuple):
    """Values of all parameters, at the sizes and with the functions of a form."""

    form: NetworkForm
    values: Mapping[str, Value]


@dataclass(frozen=True)
class WeightsChange:
    """A change: the name of its operator, what it does in words, the entry that it is about (None: several)."""

    operator: str
    words: str
    apply: Callable[[WeightsInForm], WeightsInForm]
    entry: tuple[str, int] | None = None


def single_changes(question: WeightsQuestion, given: WeightsInForm) -> Iterator[WeightsChange]:
    """Every change of one thing, those of single numbers first, those of sizes last."""
    parameters = question.in_form(given.form).parameters
    for name, parameter in parameters.items():
        numbers = entries(given.values[name])
        for at, old in enumerate(numbers):
            for operator, new in _other_numbers(old, parameter):
                words = f"{name}{index_in_words(parameter.shape, at)}: {show_number(old)} -> {show_number(new)}"
                yield WeightsChange(operator, words, _with_number(name, parameter.shape, at, new), (name, at))
    for name, parameter in parameters.items():
        yield from _whole_changes(name, parameter, given.values[name])
    for (one, first), (other, second) in combinations(parameters.items(), 2):
        if first.shape == second.shape and first.allowed == second.allowed:
            yield WeightsChange("parameters swapped", f"{one} and {other} swapped", _exchanged(one, other))
    yield WeightsChange("all zero", "every parameter is 0", _without_weights(parameters))
    yield from _function_changes(question, given)
    yield from _size_changes(question, given)


def _other_numbers(old: fmpq, parameter: Parameter) -> Iterator[tuple[str, fmpq]]:
    """The numbers that take the place of one, each once."""
    numbers = {"zero": fmpq(0), "sign": -old, "value +1": old + 1, "value -1": old - 1}
    numbers |= {"value +1/2": old + HALF, "value -1/2": old - HALF}
    if parameter.allowed is not None:
        above = [number for number in parameter.allowed if number > old]
        below = [number for number in parameter.allowed if number < old]
        numbers |= {"next allowed value": min(above)} if above else {}
        numbers |= {"previous allowed value": max(below)} if below else {}
    met = [old]
    for operator, number in numbers.items():
        if number not in met and (parameter.allowed is None or number in parameter.allowed):
            met.append(number)
            yield operator, number


def _with_number(name: str, shape: tuple[int, ...], at: int, new: fmpq) -> Callable[[WeightsInForm], WeightsInForm]:
    def apply(given: WeightsInForm) -> WeightsInForm:
        numbers = list(entries(given.values[name]))
        numbers[at] = new
        return _with_value(given, name, Array(shape, numbers) if shape else new)

    return apply


def _with_value(given: WeightsInForm, name: str, value: Value) -> WeightsInForm:
    return given._replace(values={**given.values, name: value})


def _with_entries(name: str, new: Callable[[Sequence[fmpq]], list[fmpq]]) -> Callable[[WeightsInForm], WeightsInForm]:
    def apply(given: WeightsInForm) -> WeightsInForm:
        old = given.values[name]
        assert isinstance(old, Array)
        return _with_value(given, name, Array(old.shape, new(old.entries)))

    return apply


def _whole_changes(name: str, parameter: Parameter, value: Value) -> Iterator[WeightsChange]:
    """Changes of a whole vector or matrix."""
    shape, allowed = parameter.shape, parameter.allowed
    if not shape:
        return
    numbers = entries(value)
    if allowed is None or fmpq(0) in allowed:
        yield WeightsChange("parameter dropped", f"{name} is 0", _with_entries(name, lambda old: [fmpq(0)] * len(old)))
    if allowed is None or all(-number in allowed for number in numbers):
        signs = _with_entries(name, lambda old: [-number for number in old])
        yield WeightsChange("all signs", f"{name} with all signs flipped", signs)
    if len(shape) == 2:
        rows, columns = shape
        for i, j in _pairs(rows):
            order = _exchange(rows, i, j)
            swapped = _with_entries(name, _taken([row * columns + c for row in order for c in range(columns)]))
            yield WeightsChange("rows swapped", f"{name}: rows {i} and {j} swapped", swapped)
        for i, j in _pairs(columns):
            order = _exchange(columns, i, j)
            swapped = _with_entries(name, _taken([r * columns + column for r in range(rows) for column in order]))
            yield WeightsChange("columns swapped", f"{name}: columns {i} and {j} swapped", swapped)
        if rows == columns:
            turned = _with_entries(name, _taken([c * columns + r for r in range(rows) for c in range(columns)]))
            yield WeightsChange("transposed", f"{name} transposed", turned)
    else:
        for i, j in _pairs(shape[0]):
            swapped = _with_entries(name, _taken(_exchange(shape[0], i, j)))
            yield WeightsChange("entries swapped", f"{name}: entries {i} and {j} swapped", swapped)


def _taken(places: Sequence[int]) -> Callable[[Sequence[fmpq]], list[fmpq]]:
    return lambda old: [old[place] for place in places]


def _exchange(count: int, i: int, j: int) -> list[int]:
    """The numbers below a count, two of them in each other's place."""
    order = list(range(count))
    order[i], order[j] = j, i
    return order


def _pairs(count: int) -> list[tuple[int, int]]:
    """Neighbours first, as far as there are many."""
    pairs = sorted(combinations(range(count), 2), key=lambda pair: pair[1] - pair[0]) if count < 100 else []
    return pairs[:MAX_SWAPPED_PAIRS] or [(i, i + 1) for i in range(min(count - 1, MAX_SWAPPED_PAIRS))]


def _exchanged(one: str, other: str) -> Callable[[WeightsInForm], WeightsInForm]:
    def apply(given: WeightsInForm) -> WeightsInForm:
        return given._replace(values={**given.values, one: given.values[other], other: given.values[one]})

    return apply


def _without_weights(parameters: Mapping[str, Parameter]) -> Callable[[WeightsInForm], WeightsInForm]:
    """Every number 0, or the allowed one that is nearest to it."""

    def apply(given: WeightsInForm) -> WeightsInForm:
        values = dict[str, Value]()
        for name, parameter in parameters.items():
            number = min(parameter.allowed or (fmpq(0),), key=abs)
            values[name] = Array(parameter.shape, [number] * prod(parameter.shape)) if parameter.shape else number
        return given._replace(values=values)

    return apply


def constant_networks(question: WeightsQuestion, given: WeightsInForm) -> Iterator[WeightsChange]:
    """Networks whose output is always the same: all their numbers are 0 but one, which is that output.

    Such an output is one that is wanted, or halfway between two of these. Nothing where no parameter gives it.
    """
    formed = question.in_form(given.form)
    zero = _without_weights(formed.parameters)
    for number in _wanted_numbers(question):
        for name, parameter in formed.parameters.items():
            if not parameter.shape and (parameter.allowed is None or number in parameter.allowed):
                apply = _then(zero, _with_number(name, (), 0, number))
                if _is_constant(formed, apply(given), number):
                    output = show_number(number)
                    yield WeightsChange(f"constant output {output}", f"{name} is {output}, all else 0", apply)
                    break


def _then(
    first: Callable[[WeightsInForm], WeightsInForm], second: Callable[[WeightsInForm], WeightsInForm]
) -> Callable[[WeightsInForm], WeightsInForm]:
    return lambda given: second(first(given))


def _wanted_numbers(question: WeightsQuestion) -> list[fmpq]:
    """Numbers that are wanted as outputs, and the means of two that are next to each other."""
    steps = reached_steps(question)
    wanted = {(n.p, n.q): n for n in (step.step.output for step in steps) if type(n) is fmpq}
    numbers = sorted(wanted.values())[:MAX_CONSTANT_OUTPUTS]
    return [*((one + other) / 2 for one, other in pairwise(numbers)), *numbers]


def _is_constant(question: WeightsQuestion, given: WeightsInForm, number: fmpq) -> bool:
    machine = question.network(given.values)
    words = [reached.word() for reached in reached_steps(question)[:MAX_TRIED_WORDS]]
    try:
        outputs = [step.output for word in words for step in machine.run(word)]
    except Undecided:
        return False
    return bool(outputs) and all(type(output) is fmpq and output == number for output in outputs)


def _function_changes(question: WeightsQuestion, given: WeightsInForm) -> Iterator[WeightsChange]:
    """Another function of each menu."""
    for menu, old in given.form.choices:
        for name in question.forms.menus[menu].names if question.forms else ():
            if name != old:

                def apply(given: WeightsInForm, menu: str = menu, name: str = name) -> WeightsInForm:
                    choices = tuple((key, name if key == menu else choice) for key, choice in given.form.choices)
                    return given._replace(form=NetworkForm(given.form.sizes, choices))

                yield WeightsChange("function", f"{menu}: {old} -> {name}", apply)


def _size_changes(question: WeightsQuestion, given: WeightsInForm) -> Iterator[WeightsChange]:
    """One unit less, where the smaller size is allowed too."""
    patterns = {name: parameter.pattern for name, parameter in question.parameters.items() if parameter.pattern}
    for size, count in given.form.sizes:
        if question.forms is None or count - 1 not in question.forms.sizes[size]:
            continue
        for unit in range(count):

            def apply(given: WeightsInForm, size: str = size, unit: int = unit) -> WeightsInForm:
                values = dict(given.values)
                for name, pattern in patterns.items():
                    for axis, length in enumerate(pattern):
                        if length == size:
                            values[name] = _without(values[name], axis, unit)
                sizes = tuple((key, n - 1 if key == size else n) for key, n in given.form.sizes)
                return WeightsInForm(NetworkForm(sizes, given.form.choices), values)

            yield WeightsChange("unit dropped", f"{size} is {count - 1}: unit {unit} left out", apply)


def _without(value: Value, axis: int, unit: int) -> Value:
    """An array without one of its entries, rows (axis 0) or columns (axis 1)."""
    assert isinstance(value, Array)
    columns = value.shape[1] if len(value.shape) == 2 else 1
    kept = [n for at, n in enumerate(value.entries) if (at % columns if axis else at // columns) != unit]
    return Array(tuple(length - (k == axis) for k, length in enumerate(value.shape)), kept)
