"""The types of arrays that a student's code may be given: `torch`, `torch.float64`, `numpy.int64`."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import get_args

from grader.inputs.sets import (
    ArrayDtype,
    ArrayLibrary,
    ArraySet,
    ArrayType,
    Choice,
    InputSet,
    SequenceSet,
    TypedSet,
    sets_in,
)
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import Array

DEFAULT_TOLERANCES = 1e-9, 1e-12
"""Relative and absolute, of a line whose inputs are float64, whole numbers or Python's numbers."""

ROUNDED_TOLERANCES: dict[str, tuple[float, float]] = {"float32": (1e-4, 1e-5), "float16": (1e-2, 1e-3)}
"""Those of a line with inputs of fewer digits: a right answer that is worked out in them differs by so much."""

FLOAT_FORMATS = {"float16": "<e", "float32": "<f", "float64": "<d"}


def read_array_type(text: str) -> tuple[ArrayLibrary, ArrayDtype | None]:
    """The library and the type of entries that a text such as `torch.float32` names; None: it names none.

    Raises:
        ValueError: says what can be written.
    """
    library, _, dtype = text.strip().partition(".")
    if library not in get_args(ArrayLibrary) or (dtype not in get_args(ArrayDtype) if "." in text else False):
        dtypes = ", ".join(get_args(ArrayDtype))
        raise ValueError(
            f"{text.strip()!r} is no type of arrays: write torch, or torch.float64 or numpy.int64 ({dtypes})"
        )
    return library, dtype or None  # type: ignore[return-value]  # looked up above


def typed(
    members: SequenceSet | ArraySet, library: ArrayLibrary, dtype: ArrayDtype | None, requires_grad: bool = False
) -> SequenceSet | ArraySet | TypedSet:
    """A set of arrays with its type: of whole numbers int64, else float32, as torch has it; NumPy's are float64.

    Raises:
        ValueError: where gradients are to be tracked of what has none.
    """
    if requires_grad and library != "torch":
        raise ValueError("requires_grad is of tensors: say array: torch")
    if requires_grad and dtype is not None and dtype not in FLOAT_FORMATS:
        raise ValueError(f"requires_grad is of tensors of floats, not of {dtype}")
    if library == "numpy" and dtype is None:
        return members
    if dtype is None:
        dtype = "int64" if is_whole(members.element) and not requires_grad else "float32"
    return TypedSet(members, ArrayType(library, dtype, requires_grad))


def is_whole(element: InputSet) -> bool:
    """Whether the entries of a set of arrays are whole numbers."""
    if isinstance(element, Choice):
        return all(isinstance(value, int) for value in element.values)
    return getattr(element, "kind", "") == "integer"


def of_type(array: Array, dtype: ArrayDtype) -> Array:
    """The array with each entry as this type has it: a real rounded to it.

    Raises:
        EvaluationError: for an entry that the type does not have.
    """
    return Array(array.shape, [_entry_of(entry, dtype) for entry in array.entries])


def _entry_of(value: float, dtype: ArrayDtype) -> float:
    if dtype in FLOAT_FORMATS:
        form = FLOAT_FORMATS[dtype]
        try:
            return float(struct.unpack(form, struct.pack(form, float(value)))[0])
        except OverflowError:
            raise EvaluationError(f"{value} is too large for {dtype}") from None
    low, high = (0, 1) if dtype == "bool" else _whole_bounds(dtype)
    if value != int(value) or not low <= value <= high:
        raise EvaluationError(f"{value} is no {dtype}")
    return int(value)


def _whole_bounds(dtype: str) -> tuple[int, int]:
    bits = int(dtype.lstrip("uint"))
    return (0, 2**bits - 1) if dtype.startswith("u") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def tolerances_of(input_sets: Iterable[InputSet]) -> tuple[float, float]:
    """The tolerances of a line that states none: those of the type with the fewest digits among its inputs."""
    dtypes = {one.type.dtype for given in input_sets for one in sets_in(given) if isinstance(one, TypedSet)}
    return max([DEFAULT_TOLERANCES, *(ROUNDED_TOLERANCES[dtype] for dtype in dtypes & ROUNDED_TOLERANCES.keys())])
