"""Arrays of an HDF5 file, read with h5py in a process that has given up everything else: the library is not ours.

The file comes on standard input. What goes out is a line of JSON, `{"refused": why}` or `{"unusable": {name: why}}`,
and after the latter the arrays in the safetensors format, little-endian.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import struct
import sys
from typing import Any

from .alone import give_up_the_rest

MAX_HDF5_MEMORY_BYTES = 2 << 30
MAX_HDF5_CPU_S = 20
MAX_HDF5_OBJECTS = 4_000
"""Groups and arrays that are looked at."""
MAX_HDF5_DEPTH = 20
"""Groups within groups."""
MAX_HDF5_BYTES = 16 << 20
"""Bytes of all arrays together."""
LETTERS_OF_KINDS = {"f": "F", "i": "I", "u": "U"}


class FileRefusedError(Exception):
    """Why nothing of the file is read."""


class _Contents:
    """What was found: arrays by path, and why others cannot be weights."""

    def __init__(self, h5py: Any, numpy: Any) -> None:
        self.h5py, self.numpy = h5py, numpy
        self.arrays: dict[str, Any] = {}
        self.unusable: dict[str, str] = {}
        self.objects = 0
        self.bytes_left = MAX_HDF5_BYTES

    def visit(self, group: Any, path: str, depth: int) -> None:
        """Every array below a group. Links to other places are not followed: one of them and the file is refused."""
        if depth > MAX_HDF5_DEPTH:
            raise FileRefusedError(f"has groups within groups, more than {MAX_HDF5_DEPTH} deep")
        for name in group:
            self.objects += 1
            if self.objects > MAX_HDF5_OBJECTS:
                raise FileRefusedError(f"holds more than {MAX_HDF5_OBJECTS} groups and arrays")
            full = f"{path}/{name}" if path else name
            if not isinstance(group.get(name, getlink=True), self.h5py.HardLink):
                link = f"has a link to another place ({full[:60]!r}), which is not followed"
                raise FileRefusedError(f"{link}: save it without links")
            item = group[name]
            if isinstance(item, self.h5py.Group):
                self.visit(item, full, depth + 1)
            elif isinstance(item, self.h5py.Dataset):
                self.add(full, item)

    def add(self, name: str, dataset: Any) -> None:
        """One array, if its entries lie in this file as they are."""
        if dataset.is_virtual or dataset.external:
            raise FileRefusedError(f"has an array in another file ({name[:60]!r}), which is not opened: save it whole")
        dtype = dataset.dtype
        if (
            dataset.shape is None
            or dtype.kind not in LETTERS_OF_KINDS
            or dtype.itemsize > 8
            or dtype.subdtype is not None
        ):
            self.unusable[name] = "holds no plain numbers: save floats or integers"
            return
        if dataset.id.get_create_plist().get_nfilters():
            self.unusable[name] = "is compressed or filtered: save it without"
            return
        self.bytes_left -= dataset.size * dtype.itemsize
        if self.bytes_left < 0:
            raise FileRefusedError(f"holds arrays of more than {MAX_HDF5_BYTES} bytes")
        self.arrays[name] = self.numpy.asarray(dataset[()], dtype.newbyteorder("<"), order="C")


def main() -> None:
    """One file in, its arrays out."""
    numpy, h5py = importlib.import_module("numpy"), importlib.import_module("h5py")
    data = sys.stdin.buffer.read()
    give_up_the_rest(MAX_HDF5_MEMORY_BYTES, MAX_HDF5_CPU_S, threads=8)
    try:
        contents = _Contents(h5py, numpy)
        with h5py.File(io.BytesIO(data), "r") as file:
            contents.visit(file, "", 0)
        answer = _line({"unusable": contents.unusable}) + _as_safetensors(contents.arrays)
    except FileRefusedError as error:
        answer = _line({"refused": str(error)})
    except Exception:  # whatever the library says of a damaged file
        answer = _line({"refused": "is not a readable HDF5 file"})
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    os._exit(0)


def _line(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer).encode() + b"\n"


def _as_safetensors(arrays: dict[str, Any]) -> bytes:
    header, body, at = {}, [], 0
    for name, array in arrays.items():
        kind = f"{LETTERS_OF_KINDS[array.dtype.kind]}{array.dtype.itemsize * 8}"
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [at, at + array.nbytes]}
        body.append(array.tobytes())
        at += array.nbytes
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + b"".join(body)
