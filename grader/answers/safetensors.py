"""Tensors from a `.safetensors` file: 8 bytes of header length, a JSON header, then the data."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

from grader.answers.arrays import MAX_ARRAYS, NotPlainNumbersError, Numbers, from_bfloat16, refused_file, shaped

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "u1",
}
"""NumPy's name of each type that it has."""


def read_safetensors(data: bytes, file: str) -> Numbers:
    """The tensors of a safetensors file.

    Raises:
        SubmissionError: for anything that departs from the format, such as bytes that two tensors share or none has.
    """
    try:
        (length,) = struct.unpack_from("<Q", data)
        header = json.loads(data[8 : 8 + length], object_pairs_hook=_once) if length <= len(data) - 8 else None
    except (struct.error, ValueError, RecursionError):
        header = None
    if not isinstance(header, dict) or len(header) > MAX_ARRAYS:
        raise refused_file(file, "is not a readable .safetensors file")
    header.pop("__metadata__", None)
    body, arrays, unusable = data[8 + length :], {}, {}
    spans: list[tuple[int, int, str]] = []
    for name, entry in header.items():
        if not name:
            raise refused_file(file, "holds an array without a name")
        match entry:
            case {"dtype": str(kind), "shape": list(shape), "data_offsets": [int(start), int(end)]} if (
                0 <= start <= end <= len(body)
            ):
                spans.append((start, end, name))
                try:
                    arrays[name] = _tensor(body[start:end], tuple(shape), kind, file, name)
                except NotPlainNumbersError as error:
                    unusable[name] = str(error)
            case _:
                raise refused_file(file, f"the entry {name!r} of its header is not as the format has it")
    _check_spans(sorted(spans), len(body), file)
    return Numbers(file, arrays, unusable)


def _tensor(data: bytes, shape: tuple[int, ...], kind: str, file: str, name: str) -> NDArray[Any]:
    import numpy as np

    if kind == "BF16":
        words = shaped(data, shape, np.dtype("<u2"), file, name)
        return from_bfloat16(data).reshape(words.shape)
    if kind not in _DTYPES:
        raise NotPlainNumbersError(f"holds {kind} values: save float32, float64 or integers")
    return shaped(data, shape, np.dtype(_DTYPES[kind]), file, name)


def _check_spans(spans: list[tuple[int, int, str]], size: int, file: str) -> None:
    """The tensors lie one after the other and fill the data, as the format has it."""
    at = 0
    for start, end, name in spans:
        if start != at:
            what = "shares bytes with the one before it" if start < at else "leaves bytes before it to no tensor"
            raise refused_file(file, f"{name} {what}: save it with the safetensors library")
        at = end
    if at != size:
        raise refused_file(file, f"{size - at} bytes behind the tensors belong to none")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object, no key of which stands twice."""
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("a key stands twice")
    return result
