"""Plain data <-> JSON on the child's side; `grader.sandbox.codec` is the other half and trusts nothing from here.

JSON has no tuples, dictionaries with order, arrays or supplied objects; each is an object with one key:
`{"t": [...]}`, `{"d": [[key, value], ...]}`, `{"a": [dtype, shape, base64 of the entries' bytes in C order]}`,
`{"g": seed}`, `{"f": table number}`.
"""

from __future__ import annotations

import json
import math
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Sequence
from types import NoneType
from typing import Any

MAX_VALUE_DEPTH = 32
MAX_SENT_ENTRIES = 65_536  # of one value, all lists of it together; more cannot fit into a frame of 128 KiB
MAX_SENT_CONTAINERS = 4_096  # lists, tuples, dictionaries and arrays in one value
MAX_SENT_DIMENSIONS = 8
MAX_SENT_CHARACTERS = 126 * 1024  # of one text
SENT_DTYPES = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64"),
)
SENT_SCALARS = ("bool_", *SENT_DTYPES[1:], "intc", "uintc", "longlong", "ulonglong", "str_")
# Through `type` itself: a metaclass of the student's may answer for a class's attributes as it likes.
_name, _ancestors = type.__dict__["__name__"].__get__, type.__dict__["__mro__"].__get__
SENDABLE_TYPES = frozenset({NoneType, bool, int, float})
_float_text = float.__repr__


def _writer() -> Callable[[Any], str]:
    """JSON of plain data. `JSONEncoder.encode` makes a new encoder for each value; one in C serves them all."""
    encoder = json.JSONEncoder(check_circular=False)
    make = getattr(json.encoder, "c_make_encoder", None)
    if make is None:
        return encoder.encode
    write = make(None, encoder.default, json.encoder.encode_basestring_ascii, None, ":", ",", False, False, True)
    join = "".join
    return lambda value: join(write(value, 0))


dumps = _writer()


class NotPlainError(Exception):
    """A value that is not plain data: the name of its type, and what is wrong with it."""

    def __init__(self, kind: type, message: str) -> None:
        super().__init__(message)
        self.type_name = name_of(kind)
        self.message = message


def name_of(kind: type) -> str:
    """The name of a type, whatever its metaclass says."""
    return str(_name(kind))[:80]


class Codec:
    """`numpy` is the module, or None where it is not installed."""

    def __init__(self, numpy: Any) -> None:
        self.numpy = numpy
        self.array: type | None = numpy.ndarray if numpy else None
        self.scalars = frozenset(getattr(numpy, name) for name in SENT_SCALARS) if numpy else frozenset()
        self.dtypes = {name: numpy.dtype(name) for name in SENT_DTYPES} if numpy else {}
        self.names = {dtype: name for name, dtype in self.dtypes.items()}
        self.entries = 0  # that may still come in the value which is being written
        self.containers = 0

    # ------------------------------------------------------------------ out
    def text(self, value: Any) -> str:
        """`value` as JSON; NotPlainError when it is not plain data."""
        kind = type(value)
        if kind is float and value - value == 0:  # finite; what is not is written as JSON does
            return _float_text(value)
        if kind is self.array:  # most answers are a number or an array
            name, shape, data = self._array(value)
            return f'{{"a":["{name}",{list(shape)},"{data}"]}}'
        return self.text_of(value if kind is float or kind is int else self.plain(value, 0))

    def text_of(self, plain: Any) -> str:
        """JSON of what `plain` made."""
        try:
            return dumps(plain)
        except ValueError:
            raise NotPlainError(int, "an integer of more than 4300 digits") from None

    def plain(self, value: Any, depth: int) -> Any:
        """`value` as what JSON can say; only exact types pass, so no method of the student's runs.

        What it holds is counted before it is walked, so that a list which holds another a million times costs nothing.
        """
        kind = type(value)
        if depth == 0:
            self.entries, self.containers = MAX_SENT_ENTRIES, MAX_SENT_CONTAINERS
        if kind in SENDABLE_TYPES:
            return value
        if kind is str:
            return _unicode(value)
        if kind is list or kind is tuple or kind is dict:
            return self._container(value, kind, depth)
        if kind in self.scalars:
            return self.plain(value.item(), depth)
        if kind is self.array:
            self._count(0, kind)
            return {"a": self._array(value)}
        raise NotPlainError(kind, _why_not(kind, self.array))

    def _container(self, value: Any, kind: type, depth: int) -> Any:
        if depth >= MAX_VALUE_DEPTH:
            raise NotPlainError(kind, f"nested more than {MAX_VALUE_DEPTH} deep (or it contains itself)")
        self._count(len(value), kind)
        if kind is dict:
            return {"d": [[_key(key), self.plain(entry, depth + 1)] for key, entry in value.items()]}
        if set(map(type, value)) <= SENDABLE_TYPES:
            return value if kind is list else {"t": value}
        entries = [self.plain(entry, depth + 1) for entry in value]
        return entries if kind is list else {"t": entries}

    def _count(self, entries: int, kind: type) -> None:
        if entries > MAX_SENT_ENTRIES:
            raise NotPlainError(kind, f"{entries} entries; at most {MAX_SENT_ENTRIES} are taken")
        self.entries -= entries
        self.containers -= 1
        if self.entries < 0:
            raise NotPlainError(kind, f"more than {MAX_SENT_ENTRIES} entries, all lists of it together")
        if self.containers < 0:
            raise NotPlainError(kind, f"more than {MAX_SENT_CONTAINERS} lists in one value; return an array")

    def _array(self, value: Any) -> tuple[str, Sequence[int], str]:
        """The name of its type, its shape, its entries."""
        _check_shape(value)
        name = self.names.get(value.dtype)
        if name is None:  # an array of something else, or in the other order of bytes
            value, name = self._native(value)
        return name, value.shape, b2a_base64(value.tobytes(), newline=False).decode("ascii")

    def _native(self, value: Any) -> tuple[Any, str]:
        native = value.dtype.newbyteorder("=")
        if native not in self.names:
            raise NotPlainError(
                type(value), f"an array of {native.name}; arrays of booleans, integers and floats are taken"
            )
        return value.astype(native), self.names[native]

    # ------------------------------------------------------------------- in
    def value(self, sent: Any, tables: Sequence[Callable[..., Any]]) -> Any:
        """The value that the grader sent; a table function is one of `tables`."""
        kind = type(sent)
        if kind is list:
            return [self.value(entry, tables) for entry in sent]
        if kind is not dict:
            return sent
        ((tag, content),) = sent.items()
        if tag == "a":
            dtype, shape, data = content
            made = self.numpy.frombuffer(a2b_base64(data), self.dtypes[dtype]).copy()  # the student's to write into
            return made if len(shape) == 1 else made.reshape(shape)
        if tag == "t":
            return tuple(self.value(entry, tables) for entry in content)
        if tag == "d":
            return {key: self.value(entry, tables) for key, entry in content}
        return tables[content] if tag == "f" else self.numpy.random.default_rng(content)


def is_supplied(sent: Any) -> bool:
    """Whether what the grader sent for an argument stands for a generator or a function."""
    return type(sent) is dict and ("f" in sent or "g" in sent)


def _check_shape(value: Any) -> None:
    """NotPlainError for an array with too many entries, dimensions, or rows of no entries."""
    shape = value.shape
    if len(shape) > MAX_SENT_DIMENSIONS:
        raise NotPlainError(
            type(value), f"an array of {len(shape)} dimensions; at most {MAX_SENT_DIMENSIONS} are taken"
        )
    if math.prod(length or 1 for length in shape) > MAX_SENT_ENTRIES:
        size = f"{value.size} entries" if value.size else f"shape {shape}"
        raise NotPlainError(type(value), f"an array of {size}; at most {MAX_SENT_ENTRIES} entries are taken")
    if math.prod(length or 1 for length in shape[:-2]) > MAX_SENT_CONTAINERS:
        raise NotPlainError(type(value), f"an array of shape {shape}; at most {MAX_SENT_CONTAINERS} matrices are taken")


def _unicode(value: str) -> str:
    if len(value) > MAX_SENT_CHARACTERS:
        raise NotPlainError(str, f"a text of {len(value)} characters; at most {MAX_SENT_CHARACTERS} are taken")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise NotPlainError(str, "text that is not valid Unicode (half of a surrogate pair)") from None
    return value


def _key(key: Any) -> str:
    if type(key) is not str:
        raise NotPlainError(dict, f"a dictionary with a key of type {name_of(type(key))}; keys must be strings")
    return _unicode(key)


def _why_not(kind: type, array: type | None) -> str:
    ancestors = _ancestors(kind)
    for base, name in ((bool, "bool"), (int, "int"), (float, "float"), (str, "str"), (list, "list"), (dict, "dict")):
        if base in ancestors[1:]:
            return f"a subclass of {name}; return a plain {name}"
    if array is not None and array in ancestors:
        return "a subclass of numpy.ndarray; return a plain array (numpy.asarray)"
    return "not plain data: return numbers, booleans, strings, None, lists, tuples, dictionaries or arrays of them"
