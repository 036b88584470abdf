"""What a page shows of a question as it is kept: packed, with a digest over it by which a change of it is told.

It is written as JSON by the names of its fields, so that a later grader reads what an earlier one has kept: what it
does not know is left out, what is not there is as where nothing is known.
"""

from __future__ import annotations

import hashlib
import json
import types
import typing
import zlib
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, NamedTuple, Union

from grader.classroom.squeezed import squeezed
from grader.page_details import PageDetails


class KeptPage(NamedTuple):
    """`PageDetails`, packed. `is_whole`: all that a page shows was looked for, not what was handed in alone."""

    digest: str = ""
    data: bytes = b""
    is_whole: bool = False

    @property
    def details(self) -> PageDetails | None:
        """What was kept; None where nothing was, or what a grader kept that knew other fields."""
        if not self.data:
            return None
        try:
            found = _reader(PageDetails)(json.loads(zlib.decompress(self.data)))
        except (ValueError, TypeError, KeyError, zlib.error):
            return None
        return found if isinstance(found, PageDetails) else None


NO_PAGE, NO_PAGE_DETAILS = KeptPage(), PageDetails()

_AS_JSON = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
"""Made once, as `json.dumps` makes another one each time."""


def kept_page(details: PageDetails | None, *, is_whole: bool) -> KeptPage:
    """The details for keeping; the digest is the same wherever the details are."""
    if details is None or details == NO_PAGE_DETAILS:
        return KeptPage(is_whole=is_whole)
    text = _AS_JSON(_plain(details)).encode()
    return KeptPage(hashlib.sha256(text).hexdigest(), squeezed(text), is_whole)


def _plain(value: Any) -> Any:
    """A value as JSON has it; fields that are as where nothing is known are left out."""
    kind: Any = type(value)
    if kind is str:  # as most values are
        return value
    if kind is tuple:
        return [_plain(part) for part in value]
    if hasattr(kind, "__dataclass_fields__"):
        parts = ((name, default, getattr(value, name)) for name, default in _defaults(kind))
        return {name: _plain(part) for name, default, part in parts if part is not default and part != default}
    return value


@cache
def _defaults(kind: Any) -> list[tuple[str, Any]]:
    """The fields of a dataclass with what they are where nothing is known (`MISSING`: that is always said)."""
    return [(field.name, field.default) for field in fields(kind)]


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """What makes a value of a type of what `_plain` has written; ValueError, TypeError, KeyError: it is none."""
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if origin in (Union, types.UnionType):
        (inner,) = (_reader(part) for part in parts if part is not types.NoneType)
        return lambda data: None if data is None else inner(data)
    if origin is tuple:
        readers = [_reader(part) for part in parts if part is not ...]
        if parts[1:] == (...,):
            return lambda data: tuple(map(readers[0], data))
        return lambda data: tuple(read(item) for read, item in zip(readers, data, strict=True))
    if is_dataclass(kind):
        return _instances(kind)
    wanted = (int, float) if kind is float else kind

    def plain(data: Any) -> Any:
        if isinstance(data, wanted):
            return data
        raise ValueError(f"{kind} is wanted")

    return plain


def _instances(kind: Any) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in fields(kind)}

    def instance(data: Any) -> Any:
        if not isinstance(data, dict):
            raise ValueError(f"{kind} is wanted")
        return kind(**{name: readers[name](value) for name, value in data.items() if name in readers})

    return instance
