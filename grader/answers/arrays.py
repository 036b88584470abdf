"""Arrays as they come out of a file, and NumPy's own: headers are checked before the data, nothing is unpickled."""

from __future__ import annotations

import io
import math
import sys
import warnings
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Any

from grader.deferred import dataclass
from grader.errors import Problem, SourceLocation, SubmissionError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_WEIGHTS_FILE_BYTES = 16 << 20
"""Largest file of arrays, packed or not (16 MiB): more than any network that is decided here, with its optimizer."""

MAX_ARRAYS = 1_000
"""Arrays in one file."""

MAX_ARRAY_DIMENSIONS = 8
"""Dimensions of one array; weights have two at most."""

UNNAMED_ARRAY = ""
"""The name of the one array of a file that has no names."""


@dataclass(frozen=True)
class Numbers:
    """Arrays of floats and integers, finite or not, by name.

    `unusable` says of other arrays of the file why they cannot be weights ("holds bool values: ..."): they matter only
    where they are asked for. `extras` are names of what is no array (the epoch in a checkpoint) and belongs to no
    parameter if it is not asked for. `notes` are sentences on what was read and what was left aside. `words` are those
    of its arrays that are one short text, which are unusable as well.

    `holder` is what stood before every name (`model.`) and was left out: an array is found with it and without.
    `holders` are the beginnings that names still have, where there are several: an array is found without its own
    if no other one has an array of that name.
    """

    file: str
    arrays: Mapping[str, NDArray[Any]]
    unusable: Mapping[str, str] = field(default_factory=dict)
    extras: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    holder: str = ""
    holders: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """Every name in the file, whether it is of plain numbers or not."""
        return [*self.arrays, *self.unusable]

    def meant(self, name: str) -> list[str]:
        """The arrays that a name may stand for: the one that has it, else those with or without a holder before it."""
        wanted = dict.fromkeys([name.removeprefix(self.holder), *(f"{holder}{name}" for holder in self.holders)])
        if name in self.arrays or name in self.unusable:
            return [name]
        return [other for other in wanted if other in self.arrays or other in self.unusable]

    def inner_name(self, name: str) -> str:
        """The one array that a name may stand for; the name itself where there is none, or more than one."""
        found = self.meant(name)
        return found[0] if len(found) == 1 else name

    def holder_of(self, name: str) -> str:
        """The longest of the holders that a name in the file begins with."""
        return max((holder for holder in self.holders if name.startswith(holder)), key=len, default="")


class NotPlainNumbersError(Exception):
    """An array that is in order but whose entries cannot be weights; says why."""


MAX_WORD_BYTES = 256
"""Bytes of an array that is one short text."""


class _OneWordError(NotPlainNumbersError):
    """An array that is one short text."""

    def __init__(self, message: str, word: str) -> None:
        super().__init__(message)
        self.word = word


def _word(data: bytes, dtype: np.dtype[Any]) -> str:
    """The text of an array with one; what is no Unicode text is replaced."""
    if dtype.kind == "S":
        return data.rstrip(b"\0").decode("utf-8", "replace")
    big = dtype.byteorder == ">" or (dtype.byteorder == "=" and sys.byteorder == "big")
    return data.decode("utf-32-be" if big else "utf-32-le", "replace").rstrip("\0")


def read_npy(data: bytes, file: str) -> Numbers:
    """The one array of an `.npy` file.

    Raises:
        SubmissionError: for anything but one whole array of plain numbers.
    """
    try:
        return Numbers(file, {UNNAMED_ARRAY: _array(data, file, "it")})
    except NotPlainNumbersError as error:
        raise refused_file(file, f"it {error}") from None


def read_npz(data: bytes, file: str) -> Numbers:
    """The arrays of an `.npz` file.

    Raises:
        SubmissionError: for broken archives, too much data, and members that are no arrays.
    """
    contents: dict[str, bytes] = {}
    from grader.answers.zipped import unzipped

    for member, content in unzipped(data, file, ".npz archive", MAX_WEIGHTS_FILE_BYTES, MAX_ARRAYS).items():
        name = member.removesuffix(".npy")
        if not name or name in contents:
            raise refused_file(file, f"holds {name!r} twice" if name else "holds an array without a name")
        contents[name] = content
    arrays, unusable, words = {}, {}, {}
    for name, content in contents.items():
        try:
            arrays[name] = _array(content, file, name)
        except _OneWordError as error:
            unusable[name] = str(error)
            words[name] = error.word
        except NotPlainNumbersError as error:
            unusable[name] = str(error)
    return Numbers(file, arrays, unusable, words=words)


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
        raise refused_file(file, f"{name} is not an array in NumPy's format") from None
    rest = data[stream.tell() :]
    if dtype.kind in "US" and len(rest) == dtype.itemsize <= MAX_WORD_BYTES:
        raise _OneWordError(f"holds {dtype.name} values: save floats or integers", _word(rest, dtype))
    check_plain(dtype)
    return shaped(rest, tuple(shape), dtype, file, name, "F" if fortran else "C")


def check_plain(dtype: np.dtype[Any]) -> None:
    """Raises `NotPlainNumbersError` for entries that are no floats or integers of at most 8 bytes."""
    if dtype.hasobject:
        raise NotPlainNumbersError("holds Python objects, which are never unpickled: save plain numbers")
    if dtype.kind not in "fiu" or dtype.itemsize > 8:
        raise NotPlainNumbersError(f"holds {dtype.name} values: save floats or integers")


def shaped(
    data: bytes, shape: tuple[int, ...], dtype: np.dtype[Any], file: str, name: str, order: str = "C"
) -> NDArray[Any]:
    """The array of a shape whose entries are exactly these bytes.

    Raises:
        SubmissionError: for a shape that is none, and for too few or too many bytes.
    """
    import numpy as np

    if len(shape) > MAX_ARRAY_DIMENSIONS or not all(is_length(n) for n in shape):
        raise refused_file(file, f"{name} has no usable shape")
    count = math.prod(shape)
    if count * dtype.itemsize != len(data):
        message = f"{name} should hold {count} numbers of {dtype.itemsize} bytes, but {len(data)} bytes came"
        raise refused_file(file, message)
    return np.frombuffer(data, dtype=dtype).reshape(shape, order="F" if order == "F" else "C")


def is_length(number: object) -> bool:
    """Whether something is a whole number that may be the length of an array along one dimension."""
    return type(number) is int and 0 <= number <= MAX_WEIGHTS_FILE_BYTES


def from_bfloat16(data: bytes, order: str = "<") -> NDArray[Any]:
    """The float32 values of bfloat16 ones, exactly: these are the upper halves of float32 numbers."""
    import numpy as np

    halves = np.frombuffer(data, dtype=f"{order}u2").astype("u4")
    return (halves << 16).view("f4")


def refused_file(file: str, message: str) -> SubmissionError:
    """What is said of a file as a whole."""
    return SubmissionError(Problem(message, SourceLocation(file)))
