"""The variables of a `.mat` file, looked at before SciPy is: bounded, unpacked, plain arrays of numbers alone.

MATLAB's format ("MAT-File Format", MathWorks): version 5 is a header of 128 bytes and elements of a type, a length and
contents; a matrix is an element of elements (flags, lengths, name, real part), a packed one an element of zlib data.
Version 4 is, for each matrix, five whole numbers, a name and the entries.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from grader.answers.arrays import MAX_ARRAYS, MAX_WEIGHTS_FILE_BYTES

HEADER_BYTES = 128
_MATRIX, _PACKED, _MATRIX_FLAGS, _LENGTHS = 14, 15, 6, 5
_NUMBER_BYTES = {1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 9: 8, 12: 8, 13: 8}
"""Bytes of a number of each type of element."""
_NUMERIC_CLASSES = range(6, 16)
_CLASS_NAMES = {1: "a cell array", 2: "a struct", 3: "an object", 4: "text", 5: "a sparse matrix", 16: "a function"}
_IS_COMPLEX, _IS_LOGICAL = 0x800, 0x200
_OLD_NUMBER_BYTES = {0: 8, 1: 4, 2: 4, 3: 2, 4: 2, 5: 1}
"""Bytes of a number of each type in version 4."""


class MatlabError(Exception):
    """A file that is not as the format has it; the end of a sentence about it."""


class PlainMatlabFile(NamedTuple):
    """A `.mat` file with the plain arrays of another one, unpacked, and why the rest of it cannot be weights."""

    data: bytes
    unusable: dict[str, str]


class _Element(NamedTuple):
    kind: int
    contents: bytes
    end: int


_NOTHING = _Element(0, b"", 0)


def plain_file(data: bytes) -> PlainMatlabFile:
    """What of a file can be weights.

    Raises:
        MatlabError: for damage, and for more than is read.
    """
    mark = data[HEADER_BYTES - 2 : HEADER_BYTES]
    if mark in (b"IM", b"MI"):
        return _plain_version_5(data, "<" if mark == b"IM" else ">")
    return _plain_version_4(data)


def _plain_version_5(data: bytes, order: str) -> PlainMatlabFile:
    kept, unusable = [data[:116] + bytes(8) + data[124:HEADER_BYTES]], {}
    left = MAX_WEIGHTS_FILE_BYTES
    for number, element in enumerate(_elements(data, order, HEADER_BYTES)):
        if number >= MAX_ARRAYS:
            raise MatlabError(f"holds more than {MAX_ARRAYS} variables")
        kind, contents = element.kind, element.contents
        if kind == _PACKED:
            unpacked = _unpacked(contents, left)
            kind, contents, _ = next(_elements(unpacked, order, 0), _NOTHING)
        left -= len(contents)
        if left < 0:
            raise MatlabError(f"unpacks to more than {MAX_WEIGHTS_FILE_BYTES} bytes")
        if kind != _MATRIX:
            raise MatlabError("is damaged: something other than a variable stands between its variables")
        name, reason = _described(contents, order)
        if reason:
            unusable[name] = reason
        else:
            kept.append(struct.pack(f"{order}II", _MATRIX, len(contents)) + contents)
    return PlainMatlabFile(b"".join(kept), unusable)


def _unpacked(packed: bytes, limit: int) -> bytes:
    machine = zlib.decompressobj()
    try:
        unpacked = machine.decompress(packed, limit + 1)
    except zlib.error:
        raise MatlabError("is damaged: a packed variable cannot be unpacked") from None
    if len(unpacked) > limit:
        raise MatlabError(f"unpacks to more than {MAX_WEIGHTS_FILE_BYTES} bytes")
    return unpacked


def _elements(data: bytes, order: str, at: int) -> Iterator[_Element]:
    """The elements from a place on: 4 bytes of type, 4 of length; or both in 4 bytes, with the contents beside them."""
    while at < len(data):
        if at + 8 > len(data):
            raise MatlabError("is damaged: it ends within a variable")
        kind, size = struct.unpack_from(f"{order}II", data, at)
        if kind >> 16:
            kind, size, start, end = kind & 0xFFFF, kind >> 16, at + 4, at + 8
            if size > 4:
                raise MatlabError("is damaged: a small element is too large")
        else:
            start, end = at + 8, at + 8 + size
            end += -size % 8 if kind != _PACKED else 0
        if start + size > len(data):
            raise MatlabError("is damaged: it ends within a variable")
        yield _Element(kind, data[start : start + size], end)
        at = end


def _described(matrix: bytes, order: str) -> tuple[str, str]:
    """The name of a variable, and why it cannot be weights; no reason where it is an array of plain numbers."""
    parts = []
    for element in _elements(matrix, order, 0):
        parts.append(element)
        if len(parts) == 3:
            break
    kinds = [part.kind for part in parts]
    if kinds[:2] != [_MATRIX_FLAGS, _LENGTHS] or kinds[2:] not in ([1], [2]):
        raise MatlabError("is damaged: a variable has no type, lengths and name")
    flags, lengths, name = (part.contents for part in parts)
    if len(flags) != 8 or len(lengths) % 4:
        raise MatlabError("is damaged: a variable has no type, lengths and name")
    (word, _) = struct.unpack(f"{order}II", flags)
    label = name.rstrip(b"\0").decode("latin-1")
    if not label:
        raise MatlabError("holds a variable without a name")
    if (word & 0xFF) not in _NUMERIC_CLASSES:
        return label, f"is {_CLASS_NAMES.get(word & 0xFF, 'no array')}: save a matrix of numbers"
    if word & _IS_COMPLEX:
        return label, "holds complex values: save floats or integers"
    if word & _IS_LOGICAL:
        return label, "holds logical values: save floats or integers"
    values = next(_elements(matrix, order, parts[2].end), None)
    shape = struct.unpack(f"{order}{len(lengths) // 4}i", lengths)
    if values is None or values.kind not in _NUMBER_BYTES or len(shape) > 8 or any(n < 0 for n in shape):
        raise MatlabError(f"is damaged: {label!r} has no entries")
    if math.prod(shape) * _NUMBER_BYTES[values.kind] != len(values.contents):
        raise MatlabError(f"is damaged: {label!r} has more or fewer entries than it says")
    return label, ""


def _plain_version_4(data: bytes) -> PlainMatlabFile:
    kept, unusable, at = list[bytes](), dict[str, str](), 0
    while at < len(data):
        if len(kept) + len(unusable) >= MAX_ARRAYS:
            raise MatlabError(f"holds more than {MAX_ARRAYS} variables")
        order = "<" if len(data) >= at + 4 and struct.unpack_from("<i", data, at)[0] in range(1000) else ">"
        if at + 20 > len(data):
            raise MatlabError("is not a readable .mat file")
        kind, rows, columns, imaginary, length = struct.unpack_from(f"{order}5i", data, at)
        size = _OLD_NUMBER_BYTES.get(kind // 10 % 10)
        machine = 0 if order == "<" else 1
        if kind // 1000 != machine or kind // 100 % 10 or size is None or kind % 10 > 2 or min(rows, columns) < 0:
            raise MatlabError("is not a readable .mat file")
        entries = rows * columns * size * (2 if imaginary else 1)
        end = at + 20 + length + entries
        if not 1 <= length <= 1000 or imaginary not in (0, 1) or end > len(data):
            raise MatlabError("is not a readable .mat file")
        name = data[at + 20 : at + 20 + length].rstrip(b"\0").decode("latin-1")
        if imaginary:
            unusable[name] = "holds complex values: save floats or integers"
        elif kind % 10:
            unusable[name] = f"is {'text' if kind % 10 == 1 else 'a sparse matrix'}: save a matrix of numbers"
        else:
            kept.append(data[at:end])
        at = end
    if not kept and not unusable:
        raise MatlabError("is not a readable .mat file")
    return PlainMatlabFile(b"".join(kept), unusable)
