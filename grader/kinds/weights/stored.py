"""Exact values of parameters from the arrays of a file, by the layouts of a question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flint import fmpq

from grader.answers.arrays import UNNAMED_ARRAY, Numbers
from grader.documents import shortened
from grader.errors import Problem, SourceLocation, SubmissionError, did_you_mean, listed
from grader.kinds.weights.layout import ArrayLayout, Cut, StoredArray, own_names
from grader.language.arrays import Array, Value, describe
from grader.language.numbers import NumberError, from_float, read_number
from grader.machines.system import Parameter
from grader.spec.values import ValueMismatchError, check_allowed, fits_without_ones, shape_note

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_NAMED_PARAMETERS = 20
"""Names that are not parameters and are listed one by one."""

MAX_NAMED_UNUSED = 8
"""Arrays that no parameter is read from and that are named one by one."""

_WRAPPERS = {
    "module.": "a DataParallel wrapper: save model.module.state_dict()",
    "_orig_mod.": "torch.compile: save model._orig_mod.state_dict()",
}
"""What libraries put before every name of a wrapped model, and what to do about it."""


@dataclass
class Remarks:
    """Sentences for the report: on how an answer was read, and on values that are not what they are printed as."""

    notes: list[str]
    rounding: list[str]


def read_stored(
    numbers: Numbers, parameters: Mapping[str, Parameter], layouts: Sequence[ArrayLayout], remarks: Remarks
) -> dict[str, Value]:
    """The exact value of every parameter that the file has.

    The first layout all of whose arrays are in the file counts, the parameters' own names last. A file with one array
    and no names is the one parameter as the question has it.

    Raises:
        SubmissionError: with every problem: arrays that are missing, of a wrong shape, or no plain numbers.
    """
    place = SourceLocation(numbers.file)
    remarks.notes += numbers.notes
    if UNNAMED_ARRAY in numbers.arrays:
        if len(parameters) > 1:
            message = f"holds one array, but {listed(parameters)} are wanted: save them by name in an .npz file"
            raise SubmissionError(Problem(message, place))
        numbers = Numbers(numbers.file, {next(iter(parameters)): numbers.arrays[UNNAMED_ARRAY]})
        layouts = ()
    own = own_names(parameters)
    layout = _chosen(numbers, parameters, (*layouts, own))
    problems = _missing(numbers, parameters, layout, place)
    if layout is own:
        problems = [*_unknown(numbers, parameters, place), *problems]
        remarks.notes += ["the arrays have the names of the parameters: read as they are"] if layouts else []
    else:
        remarks.notes += _unused(numbers, layout)
    values: dict[str, Value] = {}
    there = names_in_file(numbers)
    for name, stored in layout.items():
        stored = tuple(replace(array, name=numbers.inner_name(array.name)) for array in stored)
        if all(array.name in there for array in stored):
            try:
                values[name] = _Reader(numbers, name, parameters[name], place, remarks).value(stored)
            except ValueMismatchError as error:
                problems.append(error.problem)
    if problems:
        raise SubmissionError(*problems)
    return values


def names_in_file(numbers: Numbers) -> list[str]:
    """Every name in the file, whether it is of plain numbers or not."""
    return [*numbers.arrays, *numbers.unusable]


def _needed(layout: ArrayLayout, parameters: Mapping[str, Parameter]) -> list[str]:
    """The arrays without which a parameter has no value."""
    arrays = (array.name for name, stored in layout.items() if parameters[name].default is None for array in stored)
    return list(dict.fromkeys(arrays))


def _chosen(numbers: Numbers, parameters: Mapping[str, Parameter], layouts: Sequence[ArrayLayout]) -> ArrayLayout:
    """The first layout that the file has all arrays of; else the one that it has the most of."""
    there = set(names_in_file(numbers))

    def share(layout: ArrayLayout) -> float:
        needed = _needed(layout, parameters) or [array.name for stored in layout.values() for array in stored]
        return sum(numbers.inner_name(name) in there for name in needed) / len(needed)

    return max(layouts, key=share)  # the first of those with the largest share


def _missing(
    numbers: Numbers, parameters: Mapping[str, Parameter], layout: ArrayLayout, place: SourceLocation
) -> list[Problem]:
    there = names_in_file(numbers)
    missing = [name for name in _needed(layout, parameters) if numbers.inner_name(name) not in there]
    if not missing:
        return []
    verb = "is" if len(missing) == 1 else "are"
    if wrapped := _prefix(missing, there):
        advice = _WRAPPERS.get(wrapped, f"save the state dict of {wrapped[:-1]} alone, or name it as is asked for")
        return [
            Problem(f"{listed(missing)} {verb} missing: the names begin with {shortened(wrapped)!r} ({advice})", place)
        ]
    is_own = all(stored == (StoredArray(name),) for name, stored in layout.items())
    if is_own:
        return [Problem(f"{listed(missing)} {verb} missing", place)]
    free = [name for name in there if name not in _needed(layout, parameters)]
    wanted = [f"{name}{_similar(name, free)}" for name in missing]
    holds = listed(map(shortened, there[:MAX_NAMED_UNUSED])) if there else "nothing"
    more = f" and {len(there) - MAX_NAMED_UNUSED} more" if len(there) > MAX_NAMED_UNUSED else ""
    return [Problem(f"{listed(wanted)} {verb} missing; the file holds {holds}{more}", place)]


def _similar(name: str, free: Sequence[str]) -> str:
    """Advice: a name that ends in the same part (`weight_ih_l0`), else the closest one."""
    last = re.split(r"[./]", name)[-1]
    alike = [other for other in free if re.split(r"[./]", other)[-1] == last]
    return did_you_mean(name, map(shortened, alike)) or did_you_mean(name, map(shortened, free))


def _prefix(missing: Sequence[str], there: Sequence[str]) -> str:
    """What stands before every missing name in the file; empty where it is not the same for all."""
    ends = [name.removesuffix(missing[0]) for name in there if name.endswith(f".{missing[0]}")]
    return next((start for start in ends if all(f"{start}{name}" in there for name in missing)), "")


def _unknown(numbers: Numbers, parameters: Mapping[str, Parameter], place: SourceLocation) -> list[Problem]:
    """Arrays that are not parameters; what is no array is left aside."""
    names = [name for name in names_in_file(numbers) if name not in numbers.extras]
    missing = [name for name in parameters if name not in names]
    if missing and _prefix(missing, names):  # said once, of all of them
        return []
    return unknown_names(names, parameters, place, {})


def unknown_names(
    given: Iterable[str],
    parameters: Mapping[str, Parameter],
    whole: SourceLocation,
    places: Mapping[str, SourceLocation],
) -> list[Problem]:
    """A problem for each name that is not a parameter, with advice."""
    names = [str(name) for name in given]
    missing = [name for name in parameters if name not in names]
    problems = []
    for name in names:
        if name not in parameters:
            verb = "is" if len(parameters) == 1 else "are"
            advice = did_you_mean(shortened(name), missing) or f" ({listed(parameters)} {verb})"
            problems.append(Problem(f"{shortened(name)!r} is not a parameter{advice}", places.get(name, whole)))
    if more := problems[MAX_NAMED_PARAMETERS:]:
        problems = [*problems[:MAX_NAMED_PARAMETERS], Problem(f"and {len(more)} more names are no parameters", whole)]
    return problems


def _unused(numbers: Numbers, layout: ArrayLayout) -> list[str]:
    used = {numbers.inner_name(array.name) for stored in layout.values() for array in stored}
    unused = [shortened(name) for name in names_in_file(numbers) if name not in used]
    if not unused:
        return []
    more = [f"{len(unused) - MAX_NAMED_UNUSED} more"] if len(unused) > MAX_NAMED_UNUSED else []
    return [f"not used: {listed([*unused[:MAX_NAMED_UNUSED], *more])}"]


class _Reader:
    """One parameter from the arrays whose sum it is."""

    def __init__(self, numbers: Numbers, name: str, wanted: Parameter, place: SourceLocation, remarks: Remarks) -> None:
        self._numbers, self._name, self._wanted, self._place, self._remarks = numbers, name, wanted, place, remarks

    def value(self, stored: Sequence[StoredArray]) -> Value:
        """Their sum, exactly.

        Raises:
            ValueMismatchError: for a shape or an entry that does not fit.
        """
        wanted = self._wanted.shape
        arrays = [self._cut(array) for array in stored]
        exact = [self._exact(array, said) for array, said in zip(arrays, stored, strict=True)]
        sums = [sum(terms[1:], terms[0]) for terms in zip(*exact, strict=True)]
        shape = arrays[0].shape
        if shape != wanted:
            self._remarks.notes.append(shape_note(self._name, shape, wanted))
        value: Value = Array(wanted, sums) if wanted else sums[0]
        check_allowed(value, self._name, self._wanted, self._place)
        return value

    def _failed(self, message: str) -> ValueMismatchError:
        return ValueMismatchError(message, self._place)

    def _label(self, stored: StoredArray) -> str:
        """`W`, and where it stands if that has another name."""
        return self._name if stored.name == self._name else f"{self._name} ({shortened(str(stored))})"

    def _cut(self, stored: StoredArray) -> NDArray[Any]:
        if stored.name in self._numbers.unusable:
            name = self._name if stored.name == self._name else shortened(stored.name)
            raise self._failed(f"{name} {self._numbers.unusable[stored.name]}")
        array = self._numbers.arrays[stored.name]
        if array.ndim > 2 and (stored.transpose or stored.is_cut):
            raise self._failed(f"{self._label(stored)} must be a vector or a matrix, not of shape {array.shape}")
        array = array.T if stored.transpose else array
        if stored.gate:
            array = self._gate(array, stored)
        if stored.columns is not None:
            array = self._part(array, array.ndim - 1, stored.columns, stored)
        return array if stored.rows is None else self._part(array, 0, stored.rows, stored)

    def _gate(self, array: NDArray[Any], stored: StoredArray) -> NDArray[Any]:
        count = len(stored.gates)
        rows = array.shape[0] if array.ndim else 0
        if not rows or rows % count:
            message = f"{shortened(stored.name)} has {rows} rows, which are not {count} gates of equal size"
            raise self._failed(f"{self._name}: {message}")
        size, at = rows // count, stored.gates.index(stored.gate)
        return array[at * size : (at + 1) * size]

    def _part(self, array: NDArray[Any], axis: int, cut: Cut, stored: StoredArray) -> NDArray[Any]:
        length = array.shape[axis] if array.ndim > axis >= 0 else 0
        ends = [cut] if isinstance(cut, int) else [end for end in cut if end is not None]
        if not array.ndim or any(not -length <= end <= length - isinstance(cut, int) for end in ends):
            raise self._failed(f"{self._label(stored)}: there are only {length} {'columns' if axis else 'rows'}")
        part = cut if isinstance(cut, int) else slice(*cut)
        return array[part] if axis == 0 else array[:, part]

    def _exact(self, array: NDArray[Any], stored: StoredArray) -> list[fmpq]:
        """The exact value of every entry; lengths of 1 that leave one reading do not matter."""
        wanted = self._wanted.shape
        if array.shape != wanted and not fits_without_ones(array.shape, wanted):
            came = describe(array.shape) if len(array.shape) < 3 else f"an array of shape {array.shape}"
            advice = ": hand in its transpose" if len(wanted) == 2 and array.shape == wanted[::-1] else ""
            raise self._failed(f"{self._label(stored)} must be {describe(wanted)}, not {came}{advice}")
        found = []
        for at, entry in enumerate(array.ravel()):
            try:
                found.append(from_float(float(entry)) if array.dtype.kind == "f" else fmpq(int(entry)))
            except NumberError as error:
                label = f"{self._name}{_index(array.shape, at)}{self._label(stored).removeprefix(self._name)}"
                raise self._failed(f"{label}: {error}") from None
        if array.dtype.kind == "f" and not self._remarks.rounding:
            self._note_rounding(array, found, stored)
        return found

    def _note_rounding(self, array: NDArray[Any], exact: Sequence[fmpq], stored: StoredArray) -> None:
        """A sentence for the first entry whose value is not the decimal that it is printed as."""
        for at, entry in enumerate(array.ravel()):
            if read_number(printed := str(entry)) != exact[at]:
                label = f"{shortened(stored.name)}{_index(array.shape, at)}"
                self._remarks.rounding.append(
                    f"what is stored counts exactly: {label} is printed as {printed}, and its {array.dtype.name} "
                    f"value is {exact[at]}"
                )
                return


def _index(shape: tuple[int, ...], at: int) -> str:
    """`[1][0]` of the third of 2 x 2 entries; nothing of a number in any brackets."""
    import numpy as np

    if all(length == 1 for length in shape):
        return ""
    return "".join(f"[{int(i)}]" for i in np.unravel_index(at, shape))
