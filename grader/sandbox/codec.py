"""Plain data <-> JSON on the grader's side, the other half of `child/codec.py`.

`decode` trusts nothing: exact types, bounded depth, known tags only.
"""

from __future__ import annotations

import json
import math
import sys
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from types import NoneType
from typing import Any, NamedTuple

from grader.inputs.argument_types import GeneratorArgument, TorchTensor

from .values import NOT_SENT, FailedStep, PlainValue, TableFunction, UnreadablePart

MAX_REPLY_DEPTH = 32 + 2  # what the child allows, and an array's own two levels
ENTRY_SIZES = {
    **{f"{sign}int{8 * size}": size for sign in ("", "u") for size in (1, 2, 4, 8)},
    **{f"float{8 * size}": size for size in (2, 4, 8)},
    "bool": 1,
}
TENSOR_DTYPES = {
    **{name: name for name in ENTRY_SIZES},
    **dict.fromkeys(("bfloat16", "float8_e4m3fn", "float8_e5m2"), "float32"),
}
"""Types of a tensor's numbers, and those of the arrays that they come in."""
MAX_REPLY_ENTRIES = 65_536  # these three as the child has them
MAX_REPLY_CONTAINERS = 4_096
MAX_REPLY_DIMENSIONS = 8
MAX_ENTRIES_SENT_IN_PARTS = 65_536
"""Entries of a sequence of which parts are sent; the parts of a longer one are refused, as a longer one is."""
PLAIN_TYPES = frozenset({NoneType, bool, int, float})

_read = json.JSONDecoder().raw_decode


class UndecodableError(Exception):
    """Not what a child of ours writes: the submission wrote to the channel itself."""


class Encoded(NamedTuple):
    """What JSON can say; whether a tag is in it, and whether one of them is a supplied generator or function."""

    sent: Any
    tagged: bool = False
    supplied: bool = False


def encode(value: PlainValue, tables: list[TableFunction] | None = None) -> Encoded:
    """`value` in the form that is sent; a table function is added to `tables` (None: no supplied objects)."""
    kind = type(value)
    if kind in PLAIN_TYPES or kind is str:
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
    if kind is TorchTensor:
        return Encoded({"T": [_encode_numpy(value.array).sent["a"], value.dtype, value.requires_grad]}, True)
    if tables is not None and kind is GeneratorArgument:
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
    if numpy is not None and isinstance(value, numpy.generic) and value.dtype.name in ENTRY_SIZES:
        return Encoded(value.item())
    if numpy is not None and type(value) is numpy.ndarray and value.dtype.name in ENTRY_SIZES:
        entries = value.astype(value.dtype.newbyteorder("="), copy=False).tobytes()
        data = b2a_base64(entries, newline=False).decode("ascii")
        return Encoded({"a": [value.dtype.name, list(value.shape), data]}, True)
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


def decode(sent: Any) -> PlainValue:
    """The value that the child's `Codec.text` wrote; `sent` comes out of `parse`, so its types are exact."""
    kind = type(sent)
    if kind in PLAIN_TYPES:
        return sent
    if kind is str:
        return text_of(sent)
    return _ReplyReader().value(sent, 0)


def decode_part(sent: Any) -> PlainValue:
    """A value, or an `UnreadablePart` in place of one that could not be written down."""
    return _ReplyReader().part(sent, -1)


class _ReplyReader:
    """Reads one value; what it holds is counted before it is walked, as the child should have done."""

    def __init__(self) -> None:
        self.entries = MAX_REPLY_ENTRIES
        self.containers = MAX_REPLY_CONTAINERS

    def value(self, sent: Any, depth: int) -> PlainValue:
        kind = type(sent)
        if kind in PLAIN_TYPES:
            return sent
        if kind is str:
            return text_of(sent)
        if depth > MAX_REPLY_DEPTH:
            raise UndecodableError("it sent a value that is nested too deeply")
        if kind is list:
            return self.items(sent, depth)
        if len(sent) != 1:
            raise UndecodableError("it sent a value of an unknown kind")
        ((tag, content),) = sent.items()
        if type(content) is not list or tag not in ("t", "d", "a", "p", "k", "T"):
            raise UndecodableError("it sent a value of an unknown kind")
        if tag == "t":
            return tuple(self.items(content, depth))
        if tag == "d":
            return self.dictionary(content, depth)
        if tag == "p":
            return self.parts(content, depth)
        if tag == "k":
            return self.entries_of(content, depth)
        self.count(0)
        if tag == "T":
            return _decode_tensor(content)
        return _decode_array(content)

    def items(self, sent: list[Any], depth: int) -> list[PlainValue]:
        self.count(len(sent))
        return sent if set(map(type, sent)) <= PLAIN_TYPES else [self.value(entry, depth + 1) for entry in sent]

    def parts(self, content: list[Any], depth: int) -> PlainValue:
        """A sequence of which some parts have been sent."""
        match content:
            case [int() as length, list() as pairs, bool() as is_list] if (
                type(length) is int and 0 <= length <= MAX_ENTRIES_SENT_IN_PARTS
            ):
                self.count(len(pairs))
                found: list[PlainValue] = [NOT_SENT] * length
                for pair in pairs:
                    match pair:
                        case [int() as index, entry] if type(index) is int and 0 <= index < length:
                            found[index] = self.part(entry, depth)
                        case _:
                            raise UndecodableError("it sent malformed parts")
                return found if is_list else tuple(found)
        raise UndecodableError("it sent malformed parts")

    def entries_of(self, content: list[Any], depth: int) -> dict[str, PlainValue]:
        """A dictionary of which some entries have been sent, and the names of others."""
        match content:
            case [list() as pairs, list() as others]:
                self.count(len(pairs) + len(others))
                if not all(type(pair) is list and len(pair) == 2 for pair in pairs):
                    raise UndecodableError("it sent malformed parts")
                found = {text_of(key): self.part(entry, depth) for key, entry in pairs}
                return {**dict.fromkeys(map(text_of, others), NOT_SENT), **found}
        raise UndecodableError("it sent malformed parts")

    def part(self, sent: Any, depth: int) -> PlainValue:
        match sent:
            case {"x": [kind, message, where]}:
                return UnreadablePart(*map(text_of, (kind, message, where)))
            case {"r": [kind, list() as ancestors, message, list() as lines]}:
                texts = (tuple(map(text_of, found)) for found in (lines, ancestors))
                return FailedStep(text_of(kind), text_of(message), *texts)
        return self.value(sent, depth + 1)

    def dictionary(self, content: list[Any], depth: int) -> dict[str, PlainValue]:
        self.count(len(content))
        if not all(type(pair) is list and len(pair) == 2 for pair in content):
            raise UndecodableError("it sent a malformed dictionary")
        made = {text_of(key): self.value(entry, depth + 1) for key, entry in content}
        if len(made) != len(content):
            raise UndecodableError("it sent a dictionary with one key twice")
        return made

    def count(self, entries: int) -> None:
        self.entries -= entries
        self.containers -= 1
        if self.entries < 0 or self.containers < 0:
            raise UndecodableError("it sent a value of too many entries or lists")


def text_of(sent: Any) -> str:
    if type(sent) is not str:
        raise UndecodableError("it sent a number where a text belongs")
    if not sent.isascii():
        try:
            sent.encode()
        except UnicodeEncodeError:
            raise UndecodableError("it sent text that is not valid Unicode") from None
    return sent


def _decode_tensor(content: list[Any]) -> TorchTensor:
    match content:
        case [list() as array, str() as dtype, bool() as requires_grad] if dtype in TENSOR_DTYPES:
            numbers = _decode_array(array)
            if numbers.dtype == TENSOR_DTYPES[dtype]:
                return TorchTensor(numbers, dtype, requires_grad)
    raise UndecodableError("it sent a malformed tensor")


def _decode_array(content: list[Any]) -> PlainValue:
    import numpy  # here, so that grading weights and prose never pays for it

    if len(content) != 3:
        raise UndecodableError("it sent a malformed array")
    dtype, shape, data = content
    size = ENTRY_SIZES.get(dtype) if type(dtype) is str else None
    if size is None or type(shape) is not list or type(data) is not str or len(shape) > MAX_REPLY_DIMENSIONS:
        raise UndecodableError("it sent a malformed array")
    if not all(type(length) is int and length >= 0 for length in shape):
        raise UndecodableError("it sent a malformed array")
    if math.prod(length or 1 for length in shape) > MAX_REPLY_ENTRIES:
        raise UndecodableError("it sent an array of too many entries or rows")
    if math.prod(length or 1 for length in shape[:-2]) > MAX_REPLY_CONTAINERS:
        raise UndecodableError("it sent an array of too many matrices")
    try:
        entries = a2b_base64(data, strict_mode=True)
        if len(entries) != size * math.prod(shape) or (dtype == "bool" and entries.strip(b"\0\1")):
            raise UndecodableError("it sent an array whose data do not fit its shape or type")
        return numpy.frombuffer(entries, dtype).reshape(shape)
    except (Base64Error, ValueError, OverflowError):
        raise UndecodableError("it sent a malformed array") from None
