"""An answer as a value for each parameter of the question's network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from flint import fmpq

from grader.answers.arrays import UNNAMED_ARRAY, Numbers
from grader.answers.submission import Answer, is_blank
from grader.documents import MappingNode, ScalarNode, describe_node, shortened
from grader.errors import Problem, SourceLocation, SubmissionError, did_you_mean, listed
from grader.language.arrays import Array, Value, describe
from grader.language.numbers import NumberError, from_float, show_number
from grader.machines.alphabet import show_value
from grader.machines.system import Parameter
from grader.spec.values import ValueMismatchError, check_allowed, fits_without_ones, read_value, shape_note

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ASSIGNED = re.compile(r"([A-Za-z_]\w*)\s*(?:=|:\S)")
"""A name with its value as Python has it, or without a space after the colon."""

MAX_NAMED_PARAMETERS = 20
"""Names that are not parameters and are listed one by one."""


def read_weights(
    answer: Answer, parameters: Mapping[str, Parameter], notes: list[str] | None = None
) -> dict[str, Value]:
    """The exact value of every parameter; `notes` get a sentence for each that was left out or came in another shape.

    Raises:
        SubmissionError: with every problem: names missing or misspelt, wrong shapes, values that are no numbers.
    """
    content = answer.content
    if isinstance(content, Numbers):
        return _with_defaults(_from_arrays(content, parameters, notes), parameters, notes)
    if not isinstance(content, MappingNode):
        wanted = ", ".join(f"{name}: ..." for name in parameters)
        message = f"wanted a value for each parameter ({{{wanted}}}), got {describe_node(content)}"
        if isinstance(content, ScalarNode) and (found := _ASSIGNED.search(content)):
            message = f"{message}: write a colon and a space after each name, `{found[1]}: ...`, on a line of its own"
        raise SubmissionError(Problem(message, content.place))
    problems = _names(content, parameters, content.place, {str(key): key.place for key in content})
    values = {}
    for key, node in content.items():
        if key in parameters and not (parameters[key].default is not None and is_blank(node)):
            try:
                values[str(key)] = read_value(node, str(key), parameters[key], notes)
            except ValueMismatchError as error:
                problems.append(error.problem)
    if problems:
        raise SubmissionError(*problems)
    return _with_defaults(values, parameters, notes)


def _with_defaults(
    values: dict[str, Value], parameters: Mapping[str, Parameter], notes: list[str] | None
) -> dict[str, Value]:
    """The values, and the default of every parameter that was left out or left blank."""
    for name, parameter in parameters.items():
        if name not in values and parameter.default is not None:
            values[name] = parameter.default
            if notes is not None:
                notes.append(f"{name} was left out: read as {show_value(parameter.default)}")
    return values


def _names(
    given: Iterable[str],
    parameters: Mapping[str, Parameter],
    whole: SourceLocation,
    places: Mapping[str, SourceLocation],
) -> list[Problem]:
    names = [str(name) for name in given]
    missing = [name for name in parameters if name not in names]
    needed = [name for name in missing if parameters[name].default is None]
    problems = []
    for name in names:
        if name not in parameters:
            verb = "is" if len(parameters) == 1 else "are"
            advice = did_you_mean(shortened(name), missing) or f" ({listed(parameters)} {verb})"
            if name.partition(":")[0].strip() in parameters:
                name, _, value = map(str.strip, name.partition(":"))
                advice = f": write a space after the colon, {name}: {shortened(value)}"
                name = f"{name}:{value}"
            problems.append(Problem(f"{shortened(name)!r} is not a parameter{advice}", places.get(name, whole)))
    if more := problems[MAX_NAMED_PARAMETERS:]:
        problems = [*problems[:MAX_NAMED_PARAMETERS], Problem(f"and {len(more)} more names are no parameters", whole)]
    if needed:
        verb = "is" if len(needed) == 1 else "are"
        problems.append(Problem(f"{listed(needed)} {verb} missing", whole))
    return problems


def _from_arrays(numbers: Numbers, parameters: Mapping[str, Parameter], notes: list[str] | None) -> dict[str, Value]:
    arrays, place = dict(numbers.arrays), SourceLocation(numbers.file)
    if UNNAMED_ARRAY in arrays:
        if len(parameters) > 1:
            message = f"holds one array, but {listed(parameters)} are wanted: save them by name in an .npz file"
            raise SubmissionError(Problem(message, place))
        arrays = {next(iter(parameters)): arrays[UNNAMED_ARRAY]}
    problems = _names(arrays, parameters, place, {})
    values = {}
    for name, array in arrays.items():
        if name in parameters:
            try:
                values[name] = _exact(array, name, parameters[name], place)
                if array.shape != parameters[name].shape and notes is not None:
                    notes.append(shape_note(name, array.shape, parameters[name].shape))
                check_allowed(values[name], name, parameters[name], place)
            except (ValueMismatchError, NumberError) as error:
                problems.append(Problem(str(error), place))
    if problems:
        raise SubmissionError(*problems)
    return values


def _exact(array: NDArray[Any], name: str, wanted: Parameter, place: SourceLocation) -> Value:
    """The exact value of every float; lengths of 1 that leave one reading do not matter."""
    if array.shape != wanted.shape and not fits_without_ones(array.shape, wanted.shape):
        came = describe(array.shape) if len(array.shape) < 3 else f"an array of shape {array.shape}"
        raise ValueMismatchError(f"{name} must be {describe(wanted.shape)}, not {came}", place)
    try:
        entries = [from_float(float(x)) if array.dtype.kind == "f" else fmpq(int(x)) for x in array.ravel()]
    except NumberError as error:
        raise ValueMismatchError(f"{name}: {error}", place) from None
    return Array(wanted.shape, entries) if wanted.shape else entries[0]


def blank_of(parameter: Parameter) -> str:
    """What a blank asks for: `2 x 2 matrix: [[., .], [., .]]`."""
    row = f"[{', '.join('.' * parameter.shape[-1])}]" if parameter.shape else ""
    pattern = f"[{', '.join([row] * parameter.shape[0])}]" if len(parameter.shape) == 2 else row
    text = describe(parameter.shape) + (f": {pattern}" if pattern else "")
    if parameter.allowed is not None:
        text += f", from {', '.join(map(show_number, parameter.allowed))}"
    if parameter.default is not None:
        text += f"; {show_value(parameter.default)} where it stays blank"
    return text
