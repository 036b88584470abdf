"""Plain data <-> JSON on the child's side; `grader.sandbox.codec` is the other half and trusts nothing from here.

JSON has no tuples, dictionaries with order, arrays or supplied objects; each is an object with one key:
`{"t": [...]}`, `{"d": [[key, value], ...]}`, `{"a": [dtype, shape, base64 of the entries' bytes in C order]}`,
`{"T": [[dtype, shape, data], dtype in torch, whether the gradient is tracked]}` of a tensor,
`{"g": seed}`, `{"f": table number}`, `{"v": number of a value that was sent once for many calls}`; of a sequence that
the grader wants some parts of `{"p": [length, [[index, value], ...], whether it is a list]}`, of a dictionary
`{"k": [[[key, value], ...], [some of the other keys]]}`, where a part that cannot be written down is
`{"x": [type, message, where]}`, and the value of a step that raised `{"r": [type, its ancestors, message, lines]}`.
A value of a subclass of a plain type (a named tuple, an `IntEnum`) is what the plain type sees in it: no method of the
student's is asked. A `Fraction`, a `Decimal` and NumPy's longest float are numbers.
"""

from __future__ import annotations

import json
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Sequence
from functools import partial
from types import NoneType
from typing import Any

from .compact import CompactFrames
from .plain import (
    EVERY,
    MAX_SENT_CONTAINERS,
    MAX_SENT_ENTRIES,
    NotPlainError,
    ancestors_of,
    check_shape,
    check_shape_of,
    checked_key,
    checked_text,
    exact_text,
    no_array_of_numbers,
    plain_base,
    shown_key,
    type_in,
    why_not,
)
from .stand_ins import StandIn, no_value
from .tensors import Tensors, UnreadableTensorError

MAX_VALUE_DEPTH = 32
MAX_OTHER_KEYS = 20  # of a dictionary, that are named though nothing asks for their entries
SENT_DTYPES = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64"),
)
SENT_SCALARS = ("bool_", *SENT_DTYPES[1:], "intc", "uintc", "longlong", "ulonglong", "str_")
SENDABLE_TYPES = frozenset({NoneType, bool, int, float})
WANTED_WHOLE = None
"""In place of the parts of a value that the grader wants."""
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


class StepResults:
    """What the steps on an object gave, written down already, each before the next was made."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class Codec:
    """`numpy` is the module, or None where it is not installed; `torch` likewise, where the course allows it."""

    def __init__(self, numpy: Any, torch: Any = None) -> None:
        self.numpy = numpy
        self.tensors = Tensors(torch) if torch is not None and numpy is not None else None
        self.array: type | None = numpy.ndarray if numpy else None
        self.compact = CompactFrames(numpy)
        self.scalars = frozenset(getattr(numpy, name) for name in SENT_SCALARS) if numpy else frozenset()
        self.dtypes = {name: numpy.dtype(name) for name in SENT_DTYPES} if numpy else {}
        self.names = {dtype: name for name, dtype in self.dtypes.items()}
        self.entries = 0  # that may still come in the value which is being written
        self.containers = 0

    # ------------------------------------------------------------------ out
    def text(self, value: Any, parts: Sequence[Any] | None = WANTED_WHOLE) -> str:
        """`value` as JSON, or the parts of it that are wanted; NotPlainError when they are not plain data."""
        kind = type(value)
        if kind is StepResults:
            return value.text  # type: ignore[no-any-return]  # a text
        if parts is not WANTED_WHOLE:
            self.entries, self.containers = MAX_SENT_ENTRIES, MAX_SENT_CONTAINERS
            return self.text_of(self.parts(value, parts, 1))
        if kind is float and value - value == 0:  # finite; what is not is written as JSON does
            return _float_text(value)
        if kind is self.array and (name := self.names.get(value.dtype)):  # most answers are a number or an array
            check_shape(value)
            return f'{{"a":["{name}",{list(value.shape)},"{_base64(value)}"]}}'
        return self.text_of(value if kind is float or kind is int else self.plain(value, 0))

    def text_or_parts(self, value: Any, parts: Sequence[Any] | None, whole: bool) -> str:
        """The whole of a value where that is wanted and can be written down, else the parts of it."""
        if whole and parts is not WANTED_WHOLE:
            try:
                return self.text(value)
            except NotPlainError:
                pass
        return self.text(value, parts)

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
            return checked_text(value)
        if kind is list or kind is tuple or kind is dict:
            return self._container(value, kind, depth)
        if kind in self.scalars:
            return self.plain(value.item(), depth)
        if kind is self.array:
            self._count(0, kind)
            as_lists = value.dtype.hasobject or value.dtype.kind == "U"
            return self._entries_of_objects(value) if as_lists else {"a": self._array(value)}
        if self.tensors is not None and kind in self.tensors.kinds:
            return self._tensor(value, kind, self.tensors)
        if (number := self._number(value, kind)) is not None:
            return number
        if (base := plain_base(value, kind)) is not None:
            return self.plain(base, depth or 1)
        raise NotPlainError(
            kind, no_value(value) if StandIn in ancestors_of(kind) else why_not(kind, self.array, self.tensors)
        )

    def _tensor(self, value: Any, kind: type, tensors: Tensors) -> Any:
        """A tensor as its array, the name of its type in torch, and whether its gradient is tracked."""
        self._count(0, kind)
        try:
            check_shape_of(kind, tensors.shape(value), "a tensor")
            array = tensors.array(value)
        except UnreadableTensorError as problem:
            raise NotPlainError(kind, str(problem)) from None
        return {"T": [self._array(array), *tensors.kind(value)]}

    def _number(self, value: Any, kind: type) -> int | float | None:
        """What is a number though its type is not a plain one; None: it is none."""
        ancestors = ancestors_of(kind)
        if self.numpy is not None and kind is self.numpy.longdouble:
            return float(value)
        if (exact := type_in("fractions", "Fraction")) is not None and exact in ancestors:
            top, bottom = value._numerator, value._denominator
            try:
                return top if bottom == 1 else top / bottom  # type: ignore[no-any-return]  # a number, whose class is its own
            except OverflowError:
                raise NotPlainError(kind, "a fraction that is too large for a float") from None
        if (decimal := type_in("decimal", "Decimal")) is not None and decimal in ancestors:
            number = float(value)
            return int(value) if abs(number) < 2**53 and number.is_integer() and value == int(value) else number
        return None

    def _entries_of_objects(self, value: Any) -> Any:
        """An array of texts, or one whose entries are Python's objects, as lists of numbers and texts."""
        check_shape(value)

        def listed(entries: Any) -> Any:
            kind = type(entries)
            if kind is list:
                return [listed(entry) for entry in entries]
            if kind is str:
                return checked_text(entries)
            plain = entries if kind is int or kind is float else self._number(entries, kind)
            if plain is None:
                raise no_array_of_numbers(value)
            return plain

        return listed(value.tolist())

    def parts(self, value: Any, wanted: Sequence[Any] | None, depth: int, where: str = "") -> Any:
        """The parts of a sequence whose indices are wanted, each with the parts that are wanted of it.

        Nothing else of it is looked at; what is no sequence is taken as a whole. `where` it stands in the output.
        """
        kind = type(value)
        ancestors = ancestors_of(kind)
        if wanted is not WANTED_WHOLE and dict in ancestors and any(type(step) is str for step, _ in wanted):
            return self.entries_of(dict(dict.items(value)), wanted, depth, where)
        if wanted is WANTED_WHOLE or not (tuple in ancestors or list in ancestors):
            return self.plain(value, depth)
        items = tuple.__getitem__(value, EVERY) if tuple in ancestors else list.__getitem__(value, EVERY)
        if len(items) > MAX_SENT_ENTRIES:
            raise NotPlainError(kind, f"{len(items)} entries; at most {MAX_SENT_ENTRIES} are taken")
        self._count(len(wanted), kind)
        sent = []
        for index, further in wanted:
            if type(index) is int and index < len(items):
                sent.append([index, self.part(items[index], further, depth, f"{where}[{index}]")])
        return {"p": [len(items), sent, list in ancestors]}

    def entries_of(self, value: dict[Any, Any], wanted: Sequence[Any], depth: int, where: str) -> Any:
        """The entries of a dictionary whose keys are wanted, and the names of some others."""
        further = {exact_text(key): inner for key, inner in wanted if type(key) is str}
        names = {exact_text(key): entry for key, entry in value.items() if str in ancestors_of(type(key))}
        self._count(len(further), dict)
        sent = [
            [key, self.part(names[key], inner, depth, f"{where}[{key!r:.40}]")]
            for key, inner in further.items()
            if key in names
        ]
        others = [shown_key(key) for key in names if key not in further][:MAX_OTHER_KEYS]
        return {"k": [sent, others]}

    def first_part(self, value: Any, further: Sequence[Any] | None, place: str) -> Any:
        """A value that is written down for itself, as `part` does it, and found to have a text."""
        self.entries, self.containers = MAX_SENT_ENTRIES, MAX_SENT_CONTAINERS
        found = self.part(value, further, 1, place)
        try:
            self.text_of(found)
        except NotPlainError as problem:
            return {"x": [problem.type_name, problem.message, place]}
        return found

    def tensor_states(self, arguments: Any) -> dict[int, Callable[[], Any]]:
        """What tells the state of each tensor in some arguments, by the number of the object."""
        return {} if self.tensors is None else self.tensors.states(arguments)

    def as_parameter(self, value: Any, present: Any) -> Any:
        """A value for an attribute that holds `present`, of the kind that belongs there."""
        return value if self.tensors is None else self.tensors.as_parameter(value, present)

    def part(self, value: Any, further: Sequence[Any] | None, depth: int, place: str) -> Any:
        """A part of a value that stands at a place of it, or what keeps it from being written down."""
        try:
            return self.parts(value, further, depth + 1, place)
        except NotPlainError as problem:
            return {"x": [problem.type_name, problem.message, place + problem.where]}

    def _container(self, value: Any, kind: type, depth: int) -> Any:
        if depth >= MAX_VALUE_DEPTH:
            message = f"nested more than {MAX_VALUE_DEPTH} deep (or it contains itself)"
            raise NotPlainError(kind, message, placed=False)
        self._count(len(value), kind)
        if kind is not dict and set(map(type, value)) <= SENDABLE_TYPES:
            return value if kind is list else {"t": value}
        sent = []
        for place, entry in value.items() if kind is dict else enumerate(value):
            key = checked_key(place) if kind is dict else place
            try:
                sent.append(self.plain(entry, depth + 1))
            except NotPlainError as problem:
                raise problem.inside(key) from None
        if kind is dict:
            return {"d": [list(pair) for pair in zip(map(checked_key, value), sent, strict=True)]}
        return sent if kind is list else {"t": sent}

    def _count(self, entries: int, kind: type) -> None:
        if entries > MAX_SENT_ENTRIES:
            raise NotPlainError(kind, f"{entries} entries; at most {MAX_SENT_ENTRIES} are taken")
        self.entries -= entries
        self.containers -= 1
        if self.entries < 0:
            raise NotPlainError(kind, f"more than {MAX_SENT_ENTRIES} entries, all lists of it together", placed=False)
        if self.containers < 0:
            message = f"more than {MAX_SENT_CONTAINERS} lists in one value; return an array"
            raise NotPlainError(kind, message, placed=False)

    def _array(self, value: Any) -> tuple[str, Sequence[int], str]:
        """The name of its type, its shape, its entries."""
        check_shape(value)
        name = self.names.get(value.dtype)
        if name is None:  # an array of something else, or in the other order of bytes
            value, name = self._native(value)
        return name, value.shape, _base64(value)

    def _native(self, value: Any) -> tuple[Any, str]:
        native = value.dtype.newbyteorder("=")
        if native == self.numpy.longdouble:
            native = self.dtypes["float64"]
        if native not in self.names:
            raise no_array_of_numbers(value)
        return value.astype(native), self.names[native]

    # ------------------------------------------------------------------- in
    def value(self, sent: Any, tables: Sequence[Callable[..., Any]], common: Sequence[Callable[[], Any]] = ()) -> Any:
        """The value that the grader sent, which may hold one of `tables`; `common` makes what many calls are given.

        It is made anew for each call, so that nothing that a call writes into it comes to the next.
        """
        kind = type(sent)
        if kind is list:
            return [self.value(entry, tables) for entry in sent]
        if kind is not dict:
            return sent
        ((tag, content),) = sent.items()
        if tag == "v":
            return common[content]()
        if tag == "a":
            return self._copies(*content)()  # the student's to write into
        if tag == "T":
            array, name, requires_grad = content
            assert self.tensors is not None  # no tensor is sent where torch is not allowed
            return self.tensors.made(self._copies(*array)(), name, requires_grad)
        if tag == "t":
            return tuple(self.value(entry, tables) for entry in content)
        if tag == "d":
            return {key: self.value(entry, tables) for key, entry in content}
        return tables[content] if tag == "f" else self.numpy.random.default_rng(content)

    def common(self, values: Sequence[Any]) -> list[Callable[[], Any]]:
        """What makes each of the values that were sent once for many calls; arrays are read here, and then copied."""
        return [
            self._copies(*sent["a"]) if type(sent) is dict and "a" in sent else partial(self.value, sent, ())
            for sent in values
        ]

    def _copies(self, dtype: str, shape: Sequence[int], data: str) -> Callable[[], Any]:
        """What makes an array anew; what it is made of is in bytes, which nobody can write into."""
        entries = self.numpy.frombuffer(a2b_base64(data), self.dtypes[dtype])
        return entries.copy if len(shape) == 1 else lambda: entries.copy().reshape(shape)


def _base64(array: Any) -> str:
    return b2a_base64(array.tobytes(), newline=False).decode("ascii")


def is_supplied(sent: Any) -> bool:
    """Whether what the grader sent for an argument stands for a generator or a function."""
    return type(sent) is dict and ("f" in sent or "g" in sent)
