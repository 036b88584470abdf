"""What is right: a function of the course's `reference/`, or the network of the question itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.errors import SpecError
from grader.inputs.drawn_values import Case, Table
from grader.inputs.input_set import InputSet, to_argument
from grader.kinds.function.objects import run_script
from grader.kinds.function.question import NETWORK_NAME, FunctionQuestion
from grader.kinds.function.values import as_value, for_reference
from grader.language.arrays import Array
from grader.machines.machine import EquationMachine
from grader.machines.program import Program
from grader.spec.course import course_of, load_reference, said_by_course


@dataclass(frozen=True)
class Wanted:
    """What a reference gives for a case, and what it fed to each supplied function.

    `in_parts`: it is a tuple, a list or a dictionary, whose parts may be of different kinds.
    """

    value: Any
    fed: Mapping[str, tuple[tuple[Any, ...], ...]]
    in_parts: bool = False


Reference = Callable[[Case], Wanted]


def reference_of(question: FunctionQuestion, name: str, sets: Mapping[str, InputSet]) -> Reference:
    """The reference that a check names, of inputs from these sets.

    Raises:
        SpecError: if it is not there, or is no function.
    """
    if name == NETWORK_NAME:
        if question.network is None:
            raise SpecError(f"{question.id}: there is no network to agree with")
        return _network(question.network)
    module, _, attribute = name.rpartition(".")
    function = getattr(load_reference(module, question.path), attribute, None)
    if not callable(function):
        raise SpecError(f"{question.id}: {module} defines no function {attribute!r}")
    parameters, script = question.signature.parameters, question.signature.script
    if script is not None and isinstance(function, type):
        made = function

        def function(*arguments: Any) -> Any:
            return run_script(made, script, arguments)

    course = course_of(question.path)
    return lambda case: _called(function, name, case, parameters, sets, course)


def _called(
    function: Callable[..., Any],
    name: str,
    case: Case,
    parameters: tuple[str, ...],
    sets: Mapping[str, InputSet],
    course: Path | None,
) -> Wanted:
    fed: dict[str, list[tuple[Any, ...]]] = {}
    arguments: list[Any] = []
    for parameter in parameters:
        value = case[parameter]
        if isinstance(value, Table):
            arguments.append(_recorded(value, fed.setdefault(parameter, [])))
        else:
            arguments.append(for_reference(to_argument(value, sets.get(parameter))))
    try:
        value = function(*arguments)
    except Exception as error:  # the course's own code: whatever it raises is the spec's trouble
        raise SpecError(f"{name} fails: {said_by_course(error, course)}") from error
    in_parts = isinstance(value, tuple | list | dict)
    return Wanted(as_value(value), {key: tuple(calls) for key, calls in fed.items()}, in_parts)


def _recorded(table: Table, calls: list[tuple[Any, ...]]) -> Callable[..., Any]:
    def supplied(*arguments: Any, **named: Any) -> Any:
        left = table.parameters[len(arguments) :]
        if named.keys() - set(left) or len(arguments) + len(named) != len(table.parameters):
            raise TypeError(f"takes the arguments {', '.join(table.parameters)}")
        key = tuple(as_plain(argument) for argument in (*arguments, *(named[name] for name in left)))
        if key not in table.rows:
            raise ValueError(f"called outside its table, with {key}")
        calls.append(key)
        return table.rows[key]

    return supplied


def as_plain(value: Any) -> Any:
    """Hashable and comparable: arrays and lists as tuples, NumPy's numbers as Python's."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    return tuple(as_plain(item) for item in value) if isinstance(value, list | tuple) else value


def _network(program: Program) -> Reference:
    """The last output of a network without parameters, its inputs the arguments of the function, one step an entry."""
    channels = program.system.alphabet.channels

    def run(case: Case) -> Wanted:
        machine = EquationMachine(program, {})
        columns = [list(_items(case[name])) for name in channels]
        steps = machine.run(list(zip(*columns, strict=True)))
        if not steps:
            raise SpecError("a network needs at least one step")
        return Wanted(steps[-1].output, {})

    return run


def _items(value: Any) -> tuple[Any, ...]:
    return value.entries if isinstance(value, Array) else tuple(value)
