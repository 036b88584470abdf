"""The types of arrays that a student's code may be given: `torch`, `torch.float64`, `numpy.int64`."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

from grader.language.arithmetic import EvaluationError
from grader.language.arrays import Array

ArrayLibrary = Literal["numpy", "torch"]
ArrayDtype = Literal["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]

FLOAT_FORMATS = {"float16": "<e", "float32": "<f", "float64": "<d"}

ARRAY_TYPE_SCHEMA = {"type": "string", "pattern": r"^\s*(numpy|torch)(\.\w+)?\s*$"}
"""How types of arrays are written, as JSON Schema."""


@dataclass(frozen=True)
class ArrayType:
    """Which library's arrays a student's code is given, what their entries are, and whether gradients are tracked."""

    library: ArrayLibrary
    dtype: ArrayDtype
    requires_grad: bool = False


class ArrayDefault(NamedTuple):
    """The library of the arrays in sets that name none, and what real entries are (None: what the library has)."""

    library: ArrayLibrary = "numpy"
    dtype: ArrayDtype | None = None


NUMPY_ARRAYS = ArrayDefault()


def read_array_type(text: str) -> ArrayDefault:
    """The library and the type of entries that a text such as `torch.float32` names.

    Raises:
        ValueError: says what can be written.
    """
    library, _, dtype = text.strip().partition(".")
    if library not in get_args(ArrayLibrary) or (dtype not in get_args(ArrayDtype) if "." in text else False):
        dtypes = ", ".join(get_args(ArrayDtype))
        raise ValueError(
            f"{text.strip()!r} is no type of arrays: write torch, or torch.float64 or numpy.int64 ({dtypes})"
        )
    return ArrayDefault(library, dtype or None)  # type: ignore[arg-type]  # looked up above


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
