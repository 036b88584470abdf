"""Storages and tensors of a PyTorch file: views of bytes, each checked to lie within its storage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from grader.answers.arrays import MAX_ARRAY_DIMENSIONS, MAX_WEIGHTS_FILE_BYTES, from_bfloat16, is_length
from grader.documents import shortened

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNTYPED = "torch.storage.UntypedStorage"

_NUMPY_DTYPES = {
    "Double": "f8",
    "Float": "f4",
    "Half": "f2",
    "Long": "i8",
    "Int": "i4",
    "Short": "i2",
    "Char": "i1",
    "Byte": "u1",
    "float64": "f8",
    "double": "f8",
    "float32": "f4",
    "float": "f4",
    "float16": "f2",
    "half": "f2",
    "int64": "i8",
    "int32": "i4",
    "int16": "i2",
    "int8": "i1",
    "uint64": "u8",
    "uint32": "u4",
    "uint16": "u2",
    "uint8": "u1",
}
"""NumPy's name, without the order of bytes, of what a storage is called, or a dtype where the storage has no type."""

_BFLOAT16 = ("BFloat16", "bfloat16")


class TensorError(Exception):
    """A tensor that does not fit its storage, or a storage that is not there; the end of a sentence about the file."""


@dataclass(frozen=True)
class Storage:
    """Numbers in a row, of which tensors are views; `reason` says why they cannot be weights where they cannot."""

    entries: NDArray[Any] | None
    count: int
    reason: str = ""


@dataclass(frozen=True)
class UntypedBytes:
    """A storage whose tensors say of what type it is."""

    storages: Storages
    key: str
    count: int


@dataclass(frozen=True)
class Tensor:
    """A tensor; `array` None: its entries are no plain numbers, and `reason` says what they are."""

    array: NDArray[Any] | None
    reason: str = ""


class Storages:
    """The storages of a file by key, each read once as each type."""

    def __init__(self, contents: Mapping[str, bytes], order: Literal["<", ">"]) -> None:
        self._contents = contents
        self._order: Literal["<", ">"] = order
        self._read: dict[tuple[str, str], Storage] = {}

    def storage(self, kind: str, key: str, count: int) -> Storage | UntypedBytes:
        """The storage of a type (`torch.FloatStorage`) that holds `count` numbers, or bytes without a type.

        Raises:
            TensorError: if it is not in the file, or is of another size.
        """
        if not is_length(count):
            raise TensorError("names a storage of no possible size")
        if kind == UNTYPED:
            return UntypedBytes(self, key, count)
        return self.typed(kind.removeprefix("torch.").removesuffix("Storage"), key, count)

    def typed(self, kind: str, key: str, count: int | None) -> Storage:
        """The storage read as numbers of a type; `count` None: as many as its bytes make."""
        if key not in self._contents:
            raise TensorError("is damaged: the numbers of a tensor are missing")
        if (kind, key) not in self._read:
            self._read[kind, key] = self._typed(kind, self._contents[key])
        found = self._read[kind, key]
        if found.entries is not None and count is not None and found.count != count:
            raise TensorError(f"is damaged: a storage of {count} numbers holds {found.count}")
        return found

    def _typed(self, kind: str, data: bytes) -> Storage:
        import numpy as np

        if kind not in _NUMPY_DTYPES and kind not in _BFLOAT16:
            return Storage(None, len(data), f"holds {kind.lower()} values: save floats or integers")
        dtype = np.dtype(self._order + ("u2" if kind in _BFLOAT16 else _NUMPY_DTYPES[kind]))
        if len(data) % dtype.itemsize:
            raise TensorError("is damaged: a storage ends within a number")
        entries = from_bfloat16(data, self._order) if kind in _BFLOAT16 else np.frombuffer(data, dtype)
        return Storage(entries, len(entries))


def rebuilt_tensor(*arguments: Any) -> Tensor:
    """A tensor as `torch.save` describes it: `(storage, offset, size, stride, requires_grad, hooks, dtype, metadata)`.

    A type stands there where the storage has none; `metadata`, which may be left out, says that the values are the
    negatives of those in the storage (`neg`), as a view of an imaginary part may be.

    Every entry lies within the storage: the last one is at the offset plus the steps of all dimensions. Storages may
    be shared by tensors, and strides of 0 (an expanded tensor) or in any order (a transposed one) are in order.

    Raises:
        TensorError: for anything else.
    """
    match arguments:
        case (UntypedBytes() as untyped, offset, size, stride, _, _, dtype, *more):
            kind = str(getattr(dtype, "name", "")).removeprefix("torch.")
            storage = untyped.storages.typed(kind, untyped.key, None)
        case (Storage() as storage, offset, size, stride, *rest):
            more = rest[2:]
        case _:
            raise TensorError("is damaged: a tensor is not as PyTorch describes one")
    _check_view(storage, offset, size, stride)
    if storage.entries is None:
        return Tensor(None, storage.reason)
    from numpy.lib.stride_tricks import as_strided

    itemsize = storage.entries.itemsize
    start = storage.entries[offset:]
    array = as_strided(start, size, [step * itemsize for step in stride], writeable=False)
    marks = {mark for mark, is_set in more[0].items() if is_set} if more and isinstance(more[0], Mapping) else set()
    if other := marks - {"neg", "conj"}:  # a real number is its own conjugate
        return Tensor(None, f"is marked {shortened(min(map(str, other)))!r}, which is not read: save a clone()")
    return Tensor(-array if "neg" in marks else array)


def _check_view(storage: Storage, offset: object, size: object, stride: object) -> None:
    if not (isinstance(size, tuple) and isinstance(stride, tuple) and len(size) == len(stride)):
        raise TensorError("is damaged: a tensor has no shape")
    if not all(map(is_length, (offset, *size, *stride))) or len(size) > MAX_ARRAY_DIMENSIONS:
        raise TensorError("holds a tensor of no possible shape")
    count = 1
    for length in size:
        count *= length
    if count > MAX_WEIGHTS_FILE_BYTES:
        raise TensorError(f"holds a tensor of {count} numbers (at most {MAX_WEIGHTS_FILE_BYTES})")
    last = offset + sum((n - 1) * step for n, step in zip(size, stride, strict=True)) if count else 0
    if storage.entries is not None and last >= storage.count + (not count):
        raise TensorError("holds a tensor that reaches outside of its storage: save it anew with torch.save")
