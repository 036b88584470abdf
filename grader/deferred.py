"""Dataclasses whose methods are written when they are first used: most classes of a run never are.

`dataclass` here is the standard library's, with the same options and the same results. What that writes for a frozen
class costs half a millisecond, and a run imports hundreds of classes to use a few: so a class gets stand-ins for its
methods, the first of which that is called has the standard library write all of them.

Written at once, since the difference could be seen, are classes with other options than `frozen`, `eq` and `repr`, with
slots or a `__setattr__` of their own, and those below a class that hears of its subclasses.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError
from threading import RLock
from typing import TYPE_CHECKING, Any

_ASKED_OF_CLASS: tuple[str, ...] = ("__dataclass_fields__", "__dataclass_params__", "__match_args__")
_ASKED_OF_CLASS += ("__replace__",) if sys.version_info >= (3, 13) else ()
"""Of what the standard library gives a class, what others ask the class for."""

_WRITTEN_NAMES = (*_ASKED_OF_CLASS, "__repr__", "__eq__", "__hash__", "__init__")
"""All of that but what refers to the class itself, in the order in which it takes the place of the stand-ins."""

_DEFERRED_OPTIONS = frozenset({"frozen", "eq", "repr"})
_OF_THEIR_OWN = frozenset({"__slots__", "__setattr__", "__delattr__"})

_SIGNATURE = "__signature__"

_WRITING = RLock()
"""One thread writes; others that come to the same class wait until it is whole."""


def _is_deferrable(cls: type, options: dict[str, bool]) -> bool:
    is_heard_of = any("__init_subclass__" in base.__dict__ for base in cls.__mro__[:-1])
    return options.keys() <= _DEFERRED_OPTIONS and not is_heard_of and _OF_THEIR_OWN.isdisjoint(cls.__dict__)


def _field_names(cls: type) -> set[str]:
    """The fields of a class, without what is told to its `__init__` or is the class's alone."""
    return {field.name for field in dataclasses.fields(cls)}


class _OnDemand:
    """An attribute of a class that is there as soon as it is asked for."""

    def __init__(self, write: Callable[[], None], name: str) -> None:
        self._write = write
        self._name = name

    def __get__(self, instance: object, owner: type) -> Any:
        self._write()
        return getattr(owner, self._name)


class _Signature:
    """What `inspect.signature` asks a class for first: none is there, but the methods are written now.

    A class that answered once and not again would be torn for who asks twice.
    """

    def __init__(self, write: Callable[[], None]) -> None:
        self._write = write

    def __get__(self, instance: object, owner: type) -> Any:
        if instance is None:  # one that can be called has the signature of its `__call__`
            self._write()
        raise AttributeError(_SIGNATURE)


def _deferred(cls: type, options: dict[str, bool]) -> type:
    """The class with stand-ins, behind which the standard library's methods are written on demand."""
    if not _is_deferrable(cls, options):
        return dataclasses.dataclass(**options)(cls)
    own = dict(cls.__dict__)
    done: list[bool] = []

    def write() -> None:
        with _WRITING:
            if not done:
                _write(cls, own, options)
                done.append(True)

    for name, value in own.items():
        if isinstance(value, Field):
            delattr(cls, name) if value.default is MISSING else setattr(cls, name, value.default)
    for name in _ASKED_OF_CLASS:
        if name not in own:
            setattr(cls, name, _OnDemand(write, name))
    setattr(cls, _SIGNATURE, _Signature(write))
    for name, method in _stand_ins(cls, own, options, write).items():
        setattr(cls, name, method)
    return cls


def _stand_ins(cls: Any, own: dict[str, Any], options: dict[str, bool], write: Callable[[], None]) -> dict[str, Any]:
    """By name the stand-ins for methods that the class does not have itself; the last two refuse what they refuse."""

    def construct(self: Any, /, *args: Any, **kwargs: Any) -> None:
        write()
        cls.__init__(self, *args, **kwargs)

    def shown(self: Any) -> Any:
        write()
        return cls.__repr__(self)

    def equals(self: Any, other: object) -> Any:
        write()
        return cls.__eq__(self, other)

    def hashed(self: Any) -> Any:
        write()
        return cls.__hash__(self)

    def refuse_to_set(self: Any, name: str, value: object) -> None:
        if type(self) is cls or name in _field_names(cls):
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def refuse_to_delete(self: Any, name: str) -> None:
        if type(self) is cls or name in _field_names(cls):
            raise FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    eq, frozen = options.get("eq", True), options.get("frozen", False)
    wanted: dict[str, Any] = {"__init__": construct}
    wanted |= {"__repr__": shown} if options.get("repr", True) else {}
    wanted |= {"__eq__": equals} if eq else {}
    found = {name: method for name, method in wanted.items() if name not in own}
    has_hash = "__hash__" in own and not (own["__hash__"] is None and "__eq__" in own)
    if eq and not has_hash:
        found["__hash__"] = hashed if frozen else None
    return found | ({"__setattr__": refuse_to_set, "__delattr__": refuse_to_delete} if frozen else {})


def _write(cls: type, own: dict[str, Any], options: dict[str, bool]) -> None:
    """Has the standard library write the methods of a class like this one, and gives them to this one."""
    inside = {name: value for name, value in own.items() if name not in ("__dict__", "__weakref__")}
    inside["__qualname__"] = cls.__qualname__
    inside["__doc__"] = own.get("__doc__") or cls.__name__
    like: Any = dataclasses.dataclass(**options)(type(cls)(cls.__name__, cls.__bases__, inside))
    for name in _WRITTEN_NAMES:
        if name in like.__dict__ and (name not in own or own[name] is None):
            setattr(cls, name, like.__dict__[name])
    delattr(cls, _SIGNATURE)


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls=None, /, **options):
        """The standard library's `dataclass`, whose methods are written when they are first used."""
        return (lambda found: _deferred(found, options)) if cls is None else _deferred(cls, options)
