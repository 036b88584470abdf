"""Files as `torch.save` writes them, from the description of the format alone: a pickle of protocol 2 and storages.

`test_torch_itself` compares them with PyTorch's own.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from zipfile import ZIP_STORED

import numpy as np

from .course import zipped

STORAGES = {
    "float64": ("DoubleStorage", "f8"),
    "float32": ("FloatStorage", "f4"),
    "float16": ("HalfStorage", "f2"),
    "bfloat16": ("BFloat16Storage", "bfloat16"),
    "int64": ("LongStorage", "i8"),
    "int32": ("IntStorage", "i4"),
    "int16": ("ShortStorage", "i2"),
    "int8": ("CharStorage", "i1"),
    "uint8": ("ByteStorage", "u1"),
    "bool": ("BoolStorage", "?"),
    "complex64": ("ComplexFloatStorage", "c8"),
}
UNTYPED = {"uint16": "u2", "uint32": "u4", "uint64": "u8"}
"""Types without a storage of their own: the tensor names them (`_rebuild_tensor_v3`)."""


class Storage:
    """Numbers in a row; tensors that have the same one share it. `count`: what the pickle claims of its length."""

    def __init__(self, values: object, dtype: str = "float32", count: int | None = None) -> None:
        self.values, self.dtype = np.ravel(np.asarray(values)), dtype
        self.count = len(self.values) if count is None else count

    def bytes(self, order: str) -> bytes:
        if self.dtype == "bfloat16":
            words = self.values.astype("f4").view("u4")
            nearest = words + 0x7FFF + (words >> 16 & 1)  # to the nearest, halves to the even one, as PyTorch rounds
            return (nearest >> 16).astype(f"{order}u2").tobytes()
        kind = UNTYPED.get(self.dtype) or STORAGES[self.dtype][1]
        return self.values.astype(order + kind).tobytes()


@dataclass
class Tensor:
    """A view of a storage, or one of its own for `values`, row by row unless a stride says otherwise."""

    values: object
    dtype: str = "float32"
    storage: Storage | None = None
    offset: int = 0
    size: tuple[int, ...] | None = None
    stride: tuple[int, ...] | None = None
    parameter: bool = False
    metadata: Mapping[str, bool] | None = None

    def __post_init__(self) -> None:
        array = np.asarray(self.values)
        self.storage = self.storage or Storage(array, self.dtype)
        self.size = array.shape if self.size is None else self.size
        if self.stride is None:
            self.stride = tuple(int(np.prod(self.size[i + 1 :])) for i in range(len(self.size)))


@dataclass
class Ordered:
    """An `OrderedDict`, with attributes as modules have them (`_metadata`)."""

    items: Mapping[object, object]
    attributes: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Call:
    """A call of a name of Python with arguments."""

    name: str
    arguments: tuple[object, ...] = ()


@dataclass(frozen=True)
class Opcodes:
    """Instructions as they are."""

    data: bytes


@dataclass
class _Pickle:
    storages: list[Storage] = field(default_factory=list)

    def of(self, value: object) -> bytes:
        match value:
            case Opcodes(data):
                return data
            case None | True | False:
                return {None: b"N", True: b"\x88", False: b"\x89"}[value]
            case int():
                body = value.to_bytes(value.bit_length() // 8 + 1, "little", signed=True)
                small = -(2**31) <= value < 2**31
                return b"J" + struct.pack("<i", value) if small else b"\x8a" + bytes([len(body)]) + body
            case float():
                return b"G" + struct.pack(">d", value)
            case str():
                data = value.encode("utf-8", "surrogatepass")
                return b"X" + struct.pack("<I", len(data)) + data
            case tuple():
                return b"(" + b"".join(map(self.of, value)) + b"t"
            case list():
                return b"](" + b"".join(map(self.of, value)) + b"e"
            case Ordered(items, attributes):
                built = b"" if attributes is None else self.of(dict(attributes)) + b"b"
                return self.of(Call("collections.OrderedDict")) + self._items(items) + built
            case dict():
                return b"}" + self._items(value)
            case Call(name, arguments):
                return self._global(name) + self.of(arguments) + b"R"
            case Tensor():
                return self._tensor(value)
        raise TypeError(type(value))

    def _items(self, items: Mapping[object, object]) -> bytes:
        return b"(" + b"".join(self.of(key) + self.of(item) for key, item in items.items()) + b"u"

    def _global(self, name: str) -> bytes:
        module, _, attribute = name.rpartition(".")
        return f"c{module}\n{attribute}\n".encode()

    def _tensor(self, tensor: Tensor) -> bytes:
        if not any(storage is tensor.storage for storage in self.storages):
            self.storages.append(tensor.storage)
        key = next(str(i) for i, storage in enumerate(self.storages) if storage is tensor.storage)
        storage, untyped = tensor.storage, tensor.storage.dtype in UNTYPED
        count = storage.count * np.dtype(UNTYPED[storage.dtype]).itemsize if untyped else storage.count
        kind = "torch.storage.UntypedStorage" if untyped else f"torch.{STORAGES[storage.dtype][0]}"
        place = self.of("storage") + self._global(kind) + self.of(key) + self.of("cpu") + self.of(count)
        rest = tensor.offset, tensor.size, tensor.stride, False, Ordered({})
        arguments = b"(" + b"(" + place + b"tQ" + b"".join(map(self.of, rest))
        if untyped:
            arguments += self._global(f"torch.{storage.dtype}")
        if untyped or tensor.metadata is not None:
            arguments += self.of(tensor.metadata)
        name = f"torch._utils._rebuild_tensor_v{3 if untyped else 2}"
        made = self._global(name) + arguments + b"tR"
        if not tensor.parameter:
            return made
        trained = self.of("float" in storage.dtype)  # whole numbers have no gradients
        return self._global("torch._utils._rebuild_parameter") + b"(" + made + trained + self.of(Ordered({})) + b"tR"


def torch_file(tree: object, order: str = "little", prefix: str = "archive", more: Mapping[str, bytes] = {}) -> bytes:
    """The file of a tree; numbers that stand at its leaves in NumPy's arrays are float32 tensors."""
    pickled = _Pickle()
    data = b"\x80\x02" + pickled.of(tree) + b"."
    sign = "<" if order == "little" else ">"
    members = {
        "data.pkl": data,
        "byteorder": order.encode(),
        **{f"data/{i}": storage.bytes(sign) for i, storage in enumerate(pickled.storages)},
        "version": b"3\n",
    }
    return zipped({f"{prefix}/{name}": content for name, content in {**members, **more}.items()}, ZIP_STORED)


def raw_pickle(opcodes: bytes, more: Mapping[str, bytes] = {}) -> bytes:
    """A file whose pickle is these instructions."""
    return zipped({"archive/data.pkl": opcodes, **more}, ZIP_STORED)
