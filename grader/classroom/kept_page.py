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
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from functools import cache
from typing import Any, Union

from grader.page_details import PageDetails


@dataclass(frozen=True)
class KeptPage:
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
            found = _read(PageDetails, json.loads(zlib.decompress(self.data)))
        except (ValueError, TypeError, KeyError, zlib.error):
            return None
        return found if isinstance(found, PageDetails) else None


NO_PAGE = KeptPage()


def kept_page(details: PageDetails | None, *, is_whole: bool) -> KeptPage:
    """The details for keeping; the digest is the same wherever the details are."""
    if details is None or details == PageDetails():
        return KeptPage(is_whole=is_whole)
    text = json.dumps(_plain(details), ensure_ascii=True, separators=(",", ":")).encode()
    return KeptPage(hashlib.sha256(text).hexdigest(), zlib.compress(text, 1), is_whole)


def _plain(value: Any) -> Any:
    """A value as JSON has it; fields that are as where nothing is known are left out."""
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    if is_dataclass(value) and not isinstance(value, type):
        parts = ((field, getattr(value, field.name)) for field in fields(value))
        return {field.name: _plain(part) for field, part in parts if field.default is MISSING or part != field.default}
    return value


def _read(kind: Any, data: Any) -> Any:
    """The value of a type that `_plain` has written.

    Raises:
        ValueError, TypeError, KeyError: if it is none.
    """
    origin = typing.get_origin(kind)
    if origin in (Union, types.UnionType):
        (inner,) = (part for part in typing.get_args(kind) if part is not types.NoneType)
        return None if data is None else _read(inner, data)
    if origin is tuple:
        parts = typing.get_args(kind)
        if parts[1:] == (...,):
            return tuple(_read(parts[0], item) for item in data)
        return tuple(_read(part, item) for part, item in zip(parts, data, strict=True))
    if is_dataclass(kind):
        return _instance(kind, data)
    if not isinstance(data, (int, float) if kind is float else kind):
        raise ValueError(f"{kind} is wanted")
    return data


def _instance(kind: Any, data: Any) -> Any:
    if not isinstance(data, dict):
        raise ValueError(f"{kind} is wanted")
    return kind(**{field.name: _read(of, data[field.name]) for field, of in _fields(kind) if field.name in data})


@cache
def _fields(kind: Any) -> list[tuple[Field[Any], Any]]:
    """The fields of a dataclass with their types."""
    hints = typing.get_type_hints(kind)
    return [(field, hints[field.name]) for field in fields(kind)]
