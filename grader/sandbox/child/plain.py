"""What of a student's value is plain data: checks that ask no method of the student's."""

from __future__ import annotations

import math
import sys
from types import BuiltinFunctionType, CoroutineType, FunctionType, GeneratorType, MethodType
from typing import Any

from .tensors import Tensors

MAX_SENT_ENTRIES = 65_536  # of one value, all lists of it together; more cannot fit into a frame of 128 KiB
MAX_SENT_CONTAINERS = 4_096  # lists, tuples, dictionaries and arrays in one value
MAX_SENT_DIMENSIONS = 8
MAX_SENT_CHARACTERS = 126 * 1024  # of one text
MAX_OTHER_KEY_CHARACTERS = 80
# Through `type` itself: a metaclass of the student's may answer for a class's attributes as it likes.
_name, _ancestors = type.__dict__["__name__"].__get__, type.__dict__["__mro__"].__get__
_exact_int, _exact_float, exact_text = int.__int__, float.__float__, str.__str__
EVERY = slice(None)
_VIEWS: tuple[Any, ...] = ({}.keys(), {}.values(), {}.items(), iter([]), iter(()), reversed([]))
_WALKED = (map, filter, zip, range, enumerate, reversed, GeneratorType, *map(type, _VIEWS))
_CALLED = (type, FunctionType, MethodType, BuiltinFunctionType)
INSTEAD: dict[type, str] = {
    **dict.fromkeys(_WALKED, "put list(...) around it, which holds its values"),
    **dict.fromkeys((set, frozenset), "a set has no order, return a list or a tuple"),
    **dict.fromkeys(_CALLED, "it was not called, return what it gives"),
    CoroutineType: "it was not awaited, define the function without `async`",
    complex: "a complex number, return its real part where that is meant",
}  # what to return in the place of values of exactly these types
INSTEAD_OF_OTHERS = "return numbers, booleans, strings, None, lists, tuples, dictionaries or arrays of them"


class NotPlainError(Exception):
    """A value that is not plain data: the name of its type, what is wrong with it, and where it stands.

    `where` is what is written behind the value's name to come to it (`[1]['seen']`); "" for all of it.
    """

    def __init__(self, kind: type, message: str, *, placed: bool = True) -> None:
        super().__init__(message)
        self.type_name = name_of(kind)
        self.message = message
        self.where = ""
        self._placed = placed

    def inside(self, place: object) -> NotPlainError:
        """The same of what it stands in; what is wrong with the whole stands nowhere in it."""
        if self._placed:
            self.where = f"[{place!r:.40}]{self.where}"
        return self


def name_of(kind: type) -> str:
    """The name of a type, whatever its metaclass says."""
    return str(_name(kind))[:80]


def ancestors_of(kind: type) -> tuple[type, ...]:
    """A type and what it derives from, whatever its metaclass says."""
    return tuple(_ancestors(kind))


def check_shape(value: Any) -> None:
    """NotPlainError for an array with too many entries, dimensions, or rows of no entries."""
    if 0 < value.size <= MAX_SENT_CONTAINERS and value.ndim <= MAX_SENT_DIMENSIONS:
        return  # nearly all: whatever is counted below is at most its size
    check_shape_of(type(value), value.shape, "an array")


def check_shape_of(kind: type, shape: tuple[int, ...], what: str) -> None:
    if len(shape) > MAX_SENT_DIMENSIONS:
        raise NotPlainError(kind, f"{what} of {len(shape)} dimensions; at most {MAX_SENT_DIMENSIONS} are taken")
    if math.prod(length or 1 for length in shape) > MAX_SENT_ENTRIES:
        size = f"{math.prod(shape)} entries" if math.prod(shape) else f"shape {shape}"
        raise NotPlainError(kind, f"{what} of {size}; at most {MAX_SENT_ENTRIES} entries are taken")
    if math.prod(length or 1 for length in shape[:-2]) > MAX_SENT_CONTAINERS:
        raise NotPlainError(kind, f"{what} of shape {shape}; at most {MAX_SENT_CONTAINERS} matrices are taken")


def no_array_of_numbers(value: Any) -> NotPlainError:
    kind = value.dtype.newbyteorder("=").name
    return NotPlainError(type(value), f"an array of {kind}; arrays of booleans, integers, floats and texts are taken")


def type_in(module: str, name: str) -> type | None:
    """A type of the standard library; None where the student's code has not loaded it: then nothing is one."""
    found = getattr(sys.modules.get(module), name, None)
    return found if isinstance(found, type) else None


def plain_base(value: Any, kind: type) -> Any:
    """The plain value in one of a subclass, read by the plain type itself; None where there is none."""
    ancestors = _ancestors(kind)
    if tuple in ancestors:
        return tuple.__getitem__(value, EVERY)
    if list in ancestors:
        return list.__getitem__(value, EVERY)
    if dict in ancestors:
        return dict(dict.items(value))
    if int in ancestors:
        return _exact_int(value)
    if float in ancestors:
        return _exact_float(value)
    return exact_text(value) if str in ancestors else None


def checked_text(value: str) -> str:
    if len(value) > MAX_SENT_CHARACTERS:
        raise NotPlainError(str, f"a text of {len(value)} characters; at most {MAX_SENT_CHARACTERS} are taken")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise NotPlainError(str, "text that is not valid Unicode (half of a surrogate pair)") from None
    return value


def shown_key(key: str) -> str:
    """A key that is only named, in text that can be sent."""
    return key[:MAX_OTHER_KEY_CHARACTERS].encode("utf-8", "backslashreplace").decode()


def checked_key(key: Any) -> str:
    if type(key) is not str and str in _ancestors(type(key)):
        key = exact_text(key)
    if type(key) is not str:
        raise NotPlainError(dict, f"a dictionary with a key of type {name_of(type(key))}; keys must be strings")
    return checked_text(key)


def why_not(kind: type, array: type | None, tensors: Tensors | None) -> str:
    if tensors is not None and tensors.tensor in _ancestors(kind):
        return "a subclass of torch.Tensor; return a plain tensor (.as_subclass(torch.Tensor))"
    if array is not None and array in _ancestors(kind):
        return "a subclass of numpy.ndarray; return a plain array (numpy.asarray)"
    return f"not plain data: {INSTEAD.get(kind, INSTEAD_OF_OTHERS)}"
