"""Whether an answer has the form that a right one has, looked at before anything is compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from grader.errors import listed
from grader.inputs.argument_types import TorchTensor
from grader.inputs.outputs import (
    ArrayOutput,
    EitherOutput,
    MappingOutput,
    Output,
    OutputSize,
    ScalarKind,
    ScalarOutput,
    SequenceOutput,
    TupleOutput,
    fits,
    is_empty,
)
from grader.inputs.ranges import value_of
from grader.kinds.function.values import as_value, show
from grader.language.arrays import Array
from grader.sandbox import NOT_SENT, UnreadablePart

SINGULAR_NAMES: Mapping[ScalarKind, str] = {
    "real": "a number",
    "integer": "a whole number",
    "bit": "0 or 1",
    "boolean": "True or False",
    "text": "text",
    "none": "None",
}
PLURAL_NAMES: Mapping[ScalarKind, str] = {
    "integer": " of whole numbers",
    "bit": " of bits",
    "boolean": " of truth values",
}
ANY_VALUE = "a value that is not empty"
MAX_NAMED_PARTS = 4
"""Parts of a tuple that a message describes one by one."""


class Misfit(NamedTuple):
    """What form was wanted and what came, in words; `place`: where in the answer (`['W']`; "": all of it)."""

    wanted: str
    came: str
    place: str = ""


def misfit(given: Any, value: Any, output: Output | None, arguments: Mapping[str, Any]) -> Misfit | None:
    """How an answer (as it was given, and as a value for expressions) differs in form; None where it fits.

    Where nothing says what form is right (`output` None), an answer with nothing in it is no answer.

    Raises:
        EvaluationError: for sizes that cannot be worked out from the arguments.
    """
    if output is None:
        return Misfit(ANY_VALUE, came(given)) if is_empty(value) else None
    if fits(value, output, arguments):
        return None
    if isinstance(output, MappingOutput) and isinstance(given, dict) and isinstance(value, dict):
        return _misfit_of_entries(given, value, output, arguments)
    return Misfit(wanted(output, arguments), came(given))


def _misfit_of_entries(
    given: Mapping[str, Any], value: Mapping[str, Any], output: MappingOutput, arguments: Mapping[str, Any]
) -> Misfit:
    """What is wrong with a dictionary: keys that are missing or too many, else the first entry that does not fit."""
    keys = f"a dictionary with the keys {listed(list(output.entries))}" if output.entries else "an empty dictionary"
    missing = [key for key in output.entries if key not in given]
    unwanted = [key for key in given if key not in output.entries]
    if missing:
        is_missing = f"{listed(missing)} {'is' if len(missing) == 1 else 'are'} missing"
        return Misfit(keys, f"{came(given)} ({is_missing}{_meant(missing[0], unwanted)})")
    if unwanted:
        return Misfit(keys, f"{came(given)} ({show(unwanted[0])} is not wanted)")
    for key, form in output.entries.items():
        if (found := misfit(given[key], value[key], form, arguments)) is not None:
            return Misfit(found.wanted, found.came, f"[{key!r}]{found.place}")
    raise AssertionError("a dictionary fits if its keys are right and every entry fits")


def _meant(missing: str, unwanted: list[str]) -> str:
    """The key that a student may have meant to be one that is missing."""
    close = [key for key in unwanted if key.casefold().strip() == missing.casefold()] or (
        unwanted if len(unwanted) == 1 else []
    )
    return f"; it has {show(close[0])} instead" if close else ""


def wanted(output: Output, arguments: Mapping[str, Any]) -> str:
    """A form in words: `a vector of 3`."""
    match output:
        case ScalarOutput(kind=kind):
            return SINGULAR_NAMES[kind]
        case ArrayOutput(sizes=(size,), entries=entries):
            return f"a vector of {_size(size, arguments)}{PLURAL_NAMES.get(entries.kind, '')}"
        case ArrayOutput(sizes=(rows, columns), entries=entries):
            shape = f"{_size(rows, arguments)} x {_size(columns, arguments)}"
            return f"a {shape} matrix{PLURAL_NAMES.get(entries.kind, '')}"
        case SequenceOutput(size=size, item=item):
            return f"a sequence of {_size(size, arguments)}, each {wanted(item, arguments)}"
        case TupleOutput(parts=parts) if len(parts) <= MAX_NAMED_PARTS:
            return f"a tuple of {_listed([wanted(part, arguments) for part in parts])}"
        case TupleOutput(parts=parts):
            return f"a tuple of {len(parts)} parts"
        case MappingOutput(entries=parts):
            named = [f"{key!r} ({wanted(part, arguments)})" for key, part in parts.items()]
            return f"a dictionary with {_listed(named) or 'no keys'}"
        case EitherOutput(forms=forms):
            return " or ".join(wanted(form, arguments) for form in forms)
    return f"an array of shape {_shape(output, arguments)}"


def _shape(output: ArrayOutput, arguments: Mapping[str, Any]) -> str:
    return f"({', '.join(_size(size, arguments) for size in output.sizes)})"


def _size(size: OutputSize, arguments: Mapping[str, Any]) -> str:
    low = show(value_of(size.low, arguments))
    step = f" in steps of {size.step}" if size.step > 1 else ""
    if size.high is None:
        return ("any length" if low == "0" else f"{low} or more") + step
    high = show(value_of(size.high, arguments))
    return low if low == high else f"{low} to {high}{step}"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else " and ".join([", ".join(parts[:-1]), parts[-1]] if parts else [])


def came(given: Any) -> str:
    """What was returned, in words: `an empty list`, `a list of 3 numbers`, `an array of shape (3, 1)`."""
    if given is None or isinstance(given, bool):
        return str(given)
    if isinstance(given, int | float):
        return show(given)
    if isinstance(given, str):
        return f"the text {show(given)}"
    if isinstance(given, dict):
        return f"a dictionary with the keys {show(list(given))}" if given else "an empty dictionary"
    if isinstance(given, TorchTensor):
        return f"a tensor of shape {given.array.shape}"
    if hasattr(given, "shape"):
        return f"an array of shape {given.shape}"
    return _sequence(given)


def _sequence(given: list[Any] | tuple[Any, ...]) -> str:
    name = type(given).__name__
    if not given:
        return f"an empty {name}"
    if any(item is NOT_SENT or isinstance(item, UnreadablePart) for item in given):
        return f"a {name} of {_counted(len(given), 'value')}"
    value = as_value(given)
    if isinstance(value, Array) and len(value.shape) == 1:
        return f"a {name} of {_counted(len(given), 'number')}"
    if isinstance(value, Array) and len(value.shape) > 2:
        return f"a {name} of numbers of shape {value.shape}"
    if isinstance(value, Array):
        return f"a {name} of {_counted(len(given), 'list')} of {_counted(value.shape[1], 'number')}"
    if all(isinstance(item, str) for item in given):
        return f"a {name} of {_counted(len(given), 'text')}"
    if all(isinstance(item, list | tuple) or hasattr(item, "shape") for item in given):
        return f"a {name} of {_counted(len(given), 'list')} that differ in length or are not all numbers"
    return f"a {name} of {_counted(len(given), 'value')} that are not all numbers"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"
