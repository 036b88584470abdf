"""Exact values of parameters from the arrays of a file, by the layouts of a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flint import fmpq

from grader.answers.arrays import UNNAMED_ARRAY, Numbers
from grader.deferred import dataclass
from grader.documents import shortened
from grader.errors import Problem, SourceLocation, SubmissionError, listed
from grader.kinds.weights.layout import ArrayLayout, Cut, StoredArray, own_names
from grader.kinds.weights.stored_names import chosen_layout, missing_arrays, unknown_arrays, unused_arrays
from grader.language.arrays import Array, Value, describe
from grader.language.numbers import NumberError, from_float, read_number
from grader.machines.system import Parameter
from grader.spec.values import ValueMismatchError, check_allowed, fits_without_ones, shape_note

if TYPE_CHECKING:
    from numpy.typing import NDArray

NUMPY_NAME = "arr_0"
"""What `numpy.savez` calls the first array that it is given without a name."""

MAX_SHOWN_DENOMINATOR_BITS = 64
"""Bits of a denominator that is shown."""


@dataclass
class Remarks:
    """Sentences for the report: on how an answer was read, and on values that are not what they are printed as."""

    notes: list[str]
    rounding: list[str]


def read_stored(
    numbers: Numbers, parameters: Mapping[str, Parameter], layouts: Sequence[ArrayLayout], remarks: Remarks
) -> dict[str, Value]:
    """The exact value of every parameter that the file has.

    The layout counts that the most arrays of the file have a place in, the parameters' own names last of several. A
    file with one array and no names is the one parameter as the question has it.

    Raises:
        SubmissionError: with every problem: arrays that are missing, of a wrong shape, or no plain numbers.
    """
    place = SourceLocation(numbers.file)
    remarks.notes += numbers.notes
    mapped = {array.name for layout in layouts for stored in layout.values() for array in stored}
    if len(parameters) == 1 and list(numbers.arrays) in ([UNNAMED_ARRAY], [NUMPY_NAME]) and not mapped & {NUMPY_NAME}:
        (array,) = numbers.arrays.values()
        numbers, layouts = Numbers(numbers.file, {next(iter(parameters)): array}), ()
    elif UNNAMED_ARRAY in numbers.arrays:
        message = f"holds one array, but {listed(parameters)} are wanted: save them by name in an .npz file"
        raise SubmissionError(Problem(message, place))
    own = own_names(parameters)
    layout = chosen_layout(numbers, (*layouts, own))
    problems = missing_arrays(numbers, parameters, layout, layout is own, place)
    if layout is own:
        problems = [*unknown_arrays(numbers, parameters, place), *problems]
        remarks.notes += ["the arrays have the names of the parameters: read as they are"] if layouts else []
    if layout is not own or numbers.holders:
        remarks.notes += unused_arrays(numbers, layout)
    values: dict[str, Value] = {}
    there = set(numbers.names)
    for name, stored in layout.items():
        arrays = tuple(replace(array, name=numbers.inner_name(array.name)) for array in stored)
        if all(array.name in there for array in arrays):
            try:
                values[name] = _ParameterReader(numbers, name, parameters[name], place, remarks).value(arrays)
            except ValueMismatchError as error:
                problems.append(error.problem)
    if problems:
        raise SubmissionError(*problems)
    return values


def stored_shapes(
    numbers: Numbers, parameters: Mapping[str, Parameter], layouts: Sequence[ArrayLayout]
) -> dict[str, tuple[int, ...]]:
    """The shapes of the parameters that a file has, transposed and cut as the question says."""
    if len(parameters) == 1 and list(numbers.arrays) in ([UNNAMED_ARRAY], [NUMPY_NAME]):
        (array,) = numbers.arrays.values()
        return {next(iter(parameters)): array.shape}
    layout = chosen_layout(numbers, (*layouts, own_names(parameters)))
    found: dict[str, tuple[int, ...]] = {}
    for name, stored in layout.items():
        array_name = numbers.inner_name(stored[0].name)
        reader = _ParameterReader(numbers, name, parameters[name], SourceLocation(numbers.file), Remarks([], []))
        if array_name in numbers.arrays:
            with suppress(ValueMismatchError):  # whoever reads it says why it cannot be cut
                found[name] = reader.shape(replace(stored[0], name=array_name))
    return found


class _ParameterReader:
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

    def shape(self, stored: StoredArray) -> tuple[int, ...]:
        """The shape of one array.

        Raises:
            ValueMismatchError: for one that cannot be cut.
        """
        return self._cut(stored).shape

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
            if (
                int(exact[at].q).bit_length() <= MAX_SHOWN_DENOMINATOR_BITS
                and read_number(printed := str(entry)) != exact[at]
            ):
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
