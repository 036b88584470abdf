"""Answers that are one number or a small array, as bytes: what most calls give, and quicker to write than JSON.

The body of such a frame is a byte that says what it is, the number of the call as a little-endian u32, then the value:
a double, an integer of 64 bits, or the lengths of one or two dimensions (u32) before the entries of an array in C
order. No JSON begins with such a byte. `grader.sandbox.compact` reads it and trusts nothing of it.
"""

from __future__ import annotations

import struct
from typing import Any

COMPACT_FLOAT, COMPACT_INTEGER = 1, 2
COMPACT_ARRAYS = {"float64": (3, 4), "int64": (5, 6)}
"""By the type of the entries: of one dimension, of two."""
MAX_COMPACT_ENTRIES = 512  # of an array: of a larger one the writing costs little beside its making
INTEGER_END = 1 << 63  # integers below it, and not below its negative, have 64 bits

SCALAR_BYTES, VECTOR_BYTES, MATRIX_BYTES = 13, 9, 13  # of a body without the entries of an array
_float_frame, _integer_frame = struct.Struct("<IBId").pack, struct.Struct("<IBIq").pack
_vector_start, _matrix_start = struct.Struct("<IBII").pack, struct.Struct("<IBIII").pack


class CompactFrames:
    """Whole frames, their length in front; `numpy` is the module, or None where it is not installed."""

    def __init__(self, numpy: Any) -> None:
        self._array: type | None = numpy.ndarray if numpy else None
        self._kinds = {numpy.dtype(name): kinds for name, kinds in COMPACT_ARRAYS.items()} if numpy else {}

    def of(self, number: int, value: Any) -> bytes | None:
        """The frame that answers call `number`; None: JSON has to say it. Only exact types are looked at."""
        kind = type(value)
        if kind is float:
            return _float_frame(SCALAR_BYTES, COMPACT_FLOAT, number, value)
        if kind is int:
            if -INTEGER_END <= value < INTEGER_END:
                return _integer_frame(SCALAR_BYTES, COMPACT_INTEGER, number, value)
        elif kind is self._array and (kinds := self._kinds.get(value.dtype)) and 0 < value.size <= MAX_COMPACT_ENTRIES:
            shape: tuple[int, ...] = value.shape
            entries: bytes = value.tobytes()
            if len(shape) == 1:
                return _vector_start(VECTOR_BYTES + len(entries), kinds[0], number, *shape) + entries
            if len(shape) == 2:
                return _matrix_start(MATRIX_BYTES + len(entries), kinds[1], number, *shape) + entries
        return None
