"""Plain data <-> JSON on the grader's side, the other half of `child/codec.py`.

`Batch` writes calls down once for every submission; `decode` trusts nothing:
exact types, bounded depth, known tags only.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from functools import cached_property
from types import NoneType
from typing import Any, NamedTuple

from .values import Call, Generator, TableFunction, Value

DEEPEST = 32 + 2  # what the child allows, and an array's own two levels
DTYPES = {
    **dict.fromkeys(("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"), int),
    **dict.fromkeys(("float16", "float32", "float64"), float),
    "bool": bool,
}
MOST_DIMENSIONS = 32
PLAIN = frozenset({NoneType, bool, int, float})

_dumps = json.JSONEncoder(separators=(",", ":")).encode
_read = json.JSONDecoder().raw_decode


class UndecodableError(Exception):
    """Not what a child of ours writes: the submission wrote to the channel itself."""


class Batch:
    """Calls in the form in which they are sent; made once, it serves every submission."""

    def __init__(self, calls: Sequence[Call]) -> None:
        """TypeError: an argument is not a `Value`."""
        self.calls = tuple(calls)
        self._tables: list[TableFunction] = []
        self._texts = [self._text(call) for call in self.calls]

    def __len__(self) -> int:
        return len(self.calls)

    def request(self, first: int = 0) -> bytes:
        """The frame's body that asks for the calls from number `first` on."""
        return self._whole if first == 0 else self._joined(first)

    @cached_property
    def _whole(self) -> bytes:
        return self._joined(0)

    def _joined(self, first: int) -> bytes:
        return f'{{"tables":{self._table_text},"calls":[{",".join(self._texts[first:])}]}}'.encode("ascii")

    @cached_property
    def _table_text(self) -> str:
        tables = [
            [
                table.name,
                table.arity,
                [[[encode(value).sent for value in key], encode(result).sent] for key, result in table.rows.items()],
            ]
            for table in self._tables
        ]
        return _dumps(tables)

    def _text(self, call: Call) -> str:
        encoded = [encode(argument, self._tables) for argument in call.args]
        arguments = [argument.sent for argument in encoded]
        if not call.kwargs and not call.watch_arguments and not any(argument.supplied for argument in encoded):
            return _dumps([call.function, arguments, any(argument.tagged for argument in encoded)])
        named = {str(name): encode(argument, self._tables).sent for name, argument in call.kwargs.items()}
        return _dumps([call.function, arguments, named, call.watch_arguments])


class Encoded(NamedTuple):
    """What JSON can say; whether a tag is in it, and whether one of them is a supplied generator or function."""

    sent: Any
    tagged: bool = False
    supplied: bool = False


def encode(value: Value, tables: list[TableFunction] | None = None) -> Encoded:
    """`value` in the form that is sent; a table function is added to `tables` (None: no supplied objects)."""
    kind = type(value)
    if kind in PLAIN or kind is str:
        return Encoded(value)
    if kind is list or kind is tuple:
        entries = [encode(entry, tables) for entry in value]
        sent = [entry.sent for entry in entries]
        supplied = any(entry.supplied for entry in entries)
        if kind is tuple:
            return Encoded({"t": sent}, True, supplied)
        return Encoded(sent, any(entry.tagged for entry in entries), supplied)
    if kind is dict:
        pairs = [(_key(key), encode(entry, tables)) for key, entry in value.items()]
        return Encoded(
            {"d": [[key, entry.sent] for key, entry in pairs]}, True, any(entry.supplied for _, entry in pairs)
        )
    if tables is not None and kind is Generator:
        return Encoded({"g": value.seed}, True, True)
    if tables is not None and kind is TableFunction:
        return Encoded({"f": _position(value, tables)}, True, True)
    return _encode_numpy(value)


def _position(wanted: TableFunction, tables: list[TableFunction]) -> int:
    for index, table in enumerate(tables):
        if table is wanted:
            return index
    tables.append(wanted)
    return len(tables) - 1


def _key(key: object) -> str:
    if type(key) is not str:
        raise TypeError(f"a dictionary that is sent to a submission has string keys, not {key!r}")
    return key


def _encode_numpy(value: Any) -> Encoded:
    numpy = sys.modules.get("numpy")  # a NumPy value exists only where NumPy has been imported
    if numpy is not None and isinstance(value, numpy.generic) and value.dtype.name in DTYPES:
        return Encoded(value.item())
    if numpy is not None and type(value) is numpy.ndarray and value.dtype.name in DTYPES:
        return Encoded({"a": [value.dtype.name, list(value.shape), value.ravel().tolist()]}, True)
    raise TypeError(f"a value of type {type(value).__name__} cannot be sent to a submission")


def parse(body: bytes) -> list[Any]:
    """A frame's body as a list; UndecodableError when it is anything else."""
    try:
        text = body.decode("ascii")
        frame, end = _read(text)
    except (ValueError, RecursionError):
        raise UndecodableError("it sent something that is not an answer") from None
    if type(frame) is not list or end != len(text):
        raise UndecodableError("it sent something that is not an answer")
    return frame


def decode(sent: Any, depth: int = 0) -> Value:
    """The value that the child's `Codec.text` wrote; `sent` comes out of `parse`, so its types are exact."""
    kind = type(sent)
    if kind in PLAIN:
        return sent
    if kind is str:
        return text_of(sent)
    if depth > DEEPEST:
        raise UndecodableError("it sent a value that is nested too deeply")
    if kind is list:
        return sent if set(map(type, sent)) <= PLAIN else [decode(entry, depth + 1) for entry in sent]
    if len(sent) != 1:
        raise UndecodableError("it sent a value of an unknown kind")
    ((tag, content),) = sent.items()
    if type(content) is not list or tag not in ("t", "d", "a"):
        raise UndecodableError("it sent a value of an unknown kind")
    if tag == "t":
        return tuple(decode(entry, depth + 1) for entry in content)
    return _decode_dict(content, depth) if tag == "d" else _decode_array(content)


def text_of(sent: Any) -> str:
    if type(sent) is not str:
        raise UndecodableError("it sent a number where a text belongs")
    if not sent.isascii():
        try:
            sent.encode()
        except UnicodeEncodeError:
            raise UndecodableError("it sent text that is not valid Unicode") from None
    return sent


def _decode_dict(content: list[Any], depth: int) -> dict[str, Value]:
    if not all(type(pair) is list and len(pair) == 2 for pair in content):
        raise UndecodableError("it sent a malformed dictionary")
    made = {text_of(key): decode(entry, depth + 1) for key, entry in content}
    if len(made) != len(content):
        raise UndecodableError("it sent a dictionary with one key twice")
    return made


def _decode_array(content: list[Any]) -> Value:
    import numpy  # here, so that grading weights and prose never pays for it

    if len(content) != 3:
        raise UndecodableError("it sent a malformed array")
    dtype, shape, data = content
    entry = DTYPES.get(dtype) if type(dtype) is str else None
    if entry is None or type(shape) is not list or type(data) is not list or len(shape) > MOST_DIMENSIONS:
        raise UndecodableError("it sent a malformed array")
    if not all(type(size) is int and size >= 0 for size in shape) or not set(map(type, data)) <= {entry}:
        raise UndecodableError("it sent a malformed array")
    try:
        return numpy.array(data, dtype).reshape(shape)
    except (ValueError, OverflowError):
        raise UndecodableError("it sent an array whose data do not fit its shape or type") from None
