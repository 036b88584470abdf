"""Arrays from `.npy`, `.npz` and `.safetensors` files: headers are checked before the data, nothing is unpickled."""

from __future__ import annotations

import io
import json
import math
import struct
import warnings
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grader.answers.files import MAX_FILE_BYTES
from grader.errors import Problem, SourceLocation, SubmissionError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_ARRAYS = 1_000
"""Arrays in one file."""

MAX_ARRAY_DIMENSIONS = 8
"""Dimensions of one array; weights have two at most."""

UNNAMED_ARRAY = ""
"""The name of the one array of an `.npy` file, which has none."""

_SAFETENSORS = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U8": "u1",
}


_BROKEN_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
)
"""What the standard library raises over an archive that is damaged or encrypted."""


@dataclass(frozen=True)
class Numbers:
    """Arrays of finite or other floats and integers, by name."""

    file: str
    arrays: dict[str, NDArray[Any]]


def read_npy(data: bytes, file: str) -> Numbers:
    """The one array of an `.npy` file.

    Raises:
        SubmissionError: for anything but one whole array of plain numbers.
    """
    return Numbers(file, {UNNAMED_ARRAY: _array(data, file, "it")})


def read_npz(data: bytes, file: str) -> Numbers:
    """The arrays of an `.npz` file.

    Raises:
        SubmissionError: for broken archives, too much data, and arrays that are not plain numbers.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > MAX_ARRAYS:
                raise _refused(file, f"holds {len(members)} files (at most {MAX_ARRAYS})")
            if sum(member.file_size for member in members) > MAX_FILE_BYTES:
                raise _refused(file, f"unpacks to more than {MAX_FILE_BYTES} bytes")
            contents: dict[str, bytes] = {}
            left = MAX_FILE_BYTES
            for member in members:
                name = member.filename.removesuffix(".npy")
                if not name or name in contents:
                    raise _refused(file, f"holds {name!r} twice" if name else "holds an array without a name")
                if member.flag_bits & 1:
                    raise _refused(file, f"{name} is locked with a password: save it without one")
                if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise _refused(file, f"{name} is compressed in a way that NumPy does not use: save it with NumPy")
                with archive.open(member) as stream:
                    content = stream.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise _refused(file, f"unpacks to more than {MAX_FILE_BYTES} bytes")
                contents[name] = content
    except _BROKEN_ARCHIVE as error:
        raise _refused(file, f"is not a readable .npz archive ({_first_line(error)})") from None
    return Numbers(file, {name: _array(content, file, name) for name, content in contents.items()})


def _array(data: bytes, file: str, name: str) -> NDArray[Any]:
    """One array in NumPy's format (NEP 1), its size checked against its header before anything is allocated."""
    from numpy.lib import format as npy

    stream = io.BytesIO(data)
    try:
        version = npy.read_magic(stream)
        read = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        with warnings.catch_warnings():  # of headers from Python 2, which are read all the same
            warnings.simplefilter("ignore")
            shape, fortran, dtype = read(stream)
    except Exception:
        raise _refused(file, f"{name} is not an array in NumPy's format") from None
    rest = data[stream.tell() :]
    _check_kind(dtype, file, name)
    return _shaped(rest, tuple(shape), dtype, file, name, "F" if fortran else "C")


def _check_kind(dtype: np.dtype[Any], file: str, name: str) -> None:
    if dtype.hasobject:
        raise _refused(file, f"{name} holds Python objects, which are never unpickled: save plain numbers")
    if dtype.kind not in "fiu" or dtype.itemsize > 8:
        raise _refused(file, f"{name} holds {dtype.name} values: save floats or integers")


def _shaped(
    data: bytes, shape: tuple[int, ...], dtype: np.dtype[Any], file: str, name: str, order: str = "C"
) -> NDArray[Any]:
    import numpy as np

    if len(shape) > MAX_ARRAY_DIMENSIONS or not all(type(n) is int and 0 <= n <= MAX_FILE_BYTES for n in shape):
        raise _refused(file, f"{name} has no usable shape")
    count = math.prod(shape)
    if count * dtype.itemsize != len(data):
        raise _refused(
            file, f"{name} should hold {count} numbers of {dtype.itemsize} bytes, but {len(data)} bytes came"
        )
    return np.frombuffer(data, dtype=dtype).reshape(shape, order="F" if order == "F" else "C")


def read_safetensors(data: bytes, file: str) -> Numbers:
    """The tensors of a safetensors file: 8 bytes of header length, a JSON header, then the data.

    Raises:
        SubmissionError: for anything that departs from the format, or types that are not plain numbers.
    """
    import numpy as np

    try:
        (length,) = struct.unpack_from("<Q", data)
        header = json.loads(data[8 : 8 + length], object_pairs_hook=_once) if length <= len(data) - 8 else None
    except (struct.error, ValueError, RecursionError):
        header = None
    if not isinstance(header, dict) or len(header) > MAX_ARRAYS:
        raise _refused(file, "is not a readable .safetensors file")
    body, arrays = data[8 + length :], {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        if not name:
            raise _refused(file, "holds an array without a name")
        match entry:
            case {"dtype": str(kind), "shape": list(shape), "data_offsets": [int(start), int(end)]} if (
                0 <= start <= end <= len(body)
            ):
                if kind not in _SAFETENSORS:
                    raise _refused(file, f"{name} holds {kind} values: save float32, float64 or integers")
                arrays[name] = _shaped(body[start:end], tuple(shape), np.dtype(_SAFETENSORS[kind]), file, name)
            case _:
                raise _refused(file, f"the entry {name!r} of its header is not as the format has it")
    return Numbers(file, arrays)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object, no key of which stands twice."""
    result = dict(pairs)
    if len(result) < len(pairs):
        raise ValueError("a key stands twice")
    return result


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:80]


def _refused(file: str, message: str) -> SubmissionError:
    return SubmissionError(Problem(message, SourceLocation(file)))
