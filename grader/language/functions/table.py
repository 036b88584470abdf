"""The list of the functions of the language, and what is derived from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flint import fmpq

from grader.language.arrays import Value, lifted
from grader.language.functions import activations, arrays, elementary, reductions
from grader.language.functions.operations import EntryValues, ScalarOperations
from grader.language.functions.record import ArrayValues, Breakpoint, LanguageFunction
from grader.language.functions.typeset import mathml_template
from grader.language.functions.written_out import WRITTEN_OUT_RECORDS, WrittenOutFunction

_MAY_BE_NONE = frozenset({"largest_slope", "slope_of_value"})
"""Values that not every function has."""


def function_table(*records: LanguageFunction) -> dict[str, LanguageFunction]:
    """The records by name.

    Raises:
        ValueError: if a record is incomplete, or two of them share a name or a spelling.
    """
    table: dict[str, LanguageFunction] = {}
    taken: dict[str, str] = {}
    for record in records:
        if problems := _problems(record):
            raise ValueError(f"the record of {record.name} {' and '.join(problems)}")
        for name in (record.name, *record.spellings):
            if name in taken:
                raise ValueError(f"{name} stands for both {taken[name]} and {record.name}")
            taken[name] = record.name
        table[record.name] = record
    return table


def _problems(record: LanguageFunction) -> list[str]:
    """What is wrong with a record by itself: predicates such as `has no balls`."""
    values = record.values
    missing = [name for name, value in vars(values).items() if value is None and name not in _MAY_BE_NONE]
    problems = [f"has no {part}" for part in missing]
    try:
        mathml_template(record.latex, record.name)
    except ValueError as error:
        problems.append(str(error))
    if not record.description:
        problems.append("has no description")
    if isinstance(values, EntryValues) and (record.min_arguments, record.max_arguments) != (1, 1):
        problems.append("works on one number, but takes several")
    if isinstance(values, EntryValues) and values.exponential and record.rational:
        problems.append("says that it is an exponential and rational")
    return problems


FUNCTIONS: Mapping[str, LanguageFunction] = function_table(
    elementary.ABS,
    elementary.SIGN,
    activations.STEP,
    activations.RELU,
    activations.SIGMOID,
    activations.TANH,
    elementary.EXP,
    elementary.LOG,
    elementary.SQRT,
    elementary.SINH,
    elementary.COSH,
    elementary.SIN,
    elementary.COS,
    activations.SOFTPLUS,
    arrays.SOFTMAX,
    arrays.NORM,
    arrays.DOT,
    arrays.DIAG,
    arrays.OUTER,
    arrays.ONEHOT,
    arrays.PI,
    arrays.LEN,
    arrays.SUM,
    arrays.PROD,
    reductions.ALL,
    reductions.ANY,
    reductions.MIN,
    reductions.MAX,
)


def written_out_table(*records: WrittenOutFunction) -> dict[str, WrittenOutFunction]:
    """The functions that are written out, by all of their names.

    Raises:
        ValueError: if two functions share a name or a spelling.
    """
    table: dict[str, WrittenOutFunction] = {}
    taken = {name for record in FUNCTIONS.values() for name in (record.name, *record.spellings)}
    for record in records:
        for name in (record.name, *record.spellings):
            if name in taken:
                raise ValueError(f"{name} stands for both {record.name} and another function")
            taken.add(name)
            table[name] = record
    return table


WRITTEN_OUT: Mapping[str, WrittenOutFunction] = written_out_table(*WRITTEN_OUT_RECORDS)
"""Functions of students' formulas that are read as expressions in those of the language, by all of their names."""


def values_in(numbers: ScalarOperations) -> dict[str, Callable[..., Value]]:
    """Every function in one domain of numbers, as a plain callable."""
    return {name: _value(record.values, numbers) for name, record in FUNCTIONS.items()}


def _value(values: EntryValues | ArrayValues, numbers: ScalarOperations) -> Callable[..., Value]:
    return lifted(numbers.of_entry(values)) if isinstance(values, EntryValues) else values.value(numbers)


def _names(*breakpoints: Breakpoint) -> frozenset[str]:
    return frozenset(name for name, record in FUNCTIONS.items() if record.breakpoint in breakpoints)


JUMPS_AT_ZERO = _names(Breakpoint.JUMP_AT_ZERO)
"""Functions of one number that jump where it is 0."""

BREAKS_AT_ZERO = _names(Breakpoint.JUMP_AT_ZERO, Breakpoint.KINK_AT_ZERO)
"""Functions of one number that bend or jump where it is 0."""

EXTREMES = _names(Breakpoint.TIE)
"""Functions that bend where two of their numbers are equal."""

NOT_SMOOTH = _names(*Breakpoint)
"""Functions that bend or jump; roots of squares do."""

SPELLINGS: Mapping[str, str] = {other: name for name, record in FUNCTIONS.items() for other in record.spellings}
"""Other names of functions, where the question has no such name itself."""

LARGEST_SLOPES: Mapping[str, fmpq] = {
    name: record.values.largest_slope
    for name, record in FUNCTIONS.items()
    if isinstance(record.values, EntryValues) and record.values.largest_slope is not None
}
"""The supremum of the slopes of functions, where students may ask for it."""

EXPONENTIALS = frozenset(
    name for name, record in FUNCTIONS.items() if isinstance(record.values, EntryValues) and record.values.exponential
)
"""Functions that hide what happens near 0 of their argument from points far away."""
