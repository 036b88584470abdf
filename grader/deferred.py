"""Dataclasses whose methods are written when they are first used: most classes of a run never are.

`dataclass` here is the standard library's, with the same options and the same results. What that writes for a frozen
class costs half a millisecond, and a run imports hundreds of classes to use a few: so a class gets stand-ins for its
methods, the first of which that is called has the standard library write all of them. To make a few objects of a class
whose fields are plain nothing is written at all: half of the classes that a run uses have but one or two.

Written at once, since the difference could be seen, are classes with other options than `frozen`, `eq` and `repr`, with
slots or a `__setattr__` of their own, and those below a class that hears of its subclasses.
"""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError
from threading import RLock
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

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


MAX_UNWRITTEN_USES = 100
"""Times that an object of a class is made, compared or hashed before its methods are written, which takes as long."""

_NOT_PLAIN = ("InitVar", "KW_ONLY")
"""What annotations say of what is no field, or one that is not given by its place."""

_OF_CLASS = re.compile(r"(typing\.)?ClassVar\b")
"""How annotations begin that say of something that it is the class's alone."""

_COMPARES_FIELD_BY_FIELD = tuple(sys.version_info) >= (3, 13)
"""Whether the standard library does so, to which a number that is none differs from itself."""

_ANNOTATED_LATER = frozenset({"__annotate__", "__annotate_func__"})
"""What a class has whose annotations are not worked out yet, as of Python 3.14."""


class _PlainFields:
    """The fields of a class by name, in order, each with its default (MISSING: none) or the `Field` that makes one."""

    def __init__(self, cls: type, own: Mapping[str, Any], *, frozen: bool) -> None:
        self.frozen = frozen
        self.defaults: dict[str, Any] = {}
        self._has_more_to_do = hasattr(cls, "__post_init__")
        new: object = cls.__new__
        self.are_set_alone = new is object.__new__ and "__init__" not in own
        """Whether making an object does nothing else but to set them, and what `__post_init__` does."""

    @property
    def are_all_compared(self) -> bool:
        """Whether two objects are equal where all their fields are."""
        return all(
            default.compare and default.hash is None for default in self.defaults.values() if type(default) is Field
        )

    def add_those_of(self, cls: type, own: Mapping[str, Any]) -> bool:
        """Add what a class, or one above it, has of its own; False where that is more than names and defaults."""
        if "__annotations__" not in own and not _ANNOTATED_LATER.isdisjoint(own):
            return False
        for name, annotation in own.get("__annotations__", {}).items():
            said = annotation if type(annotation) is str else repr(annotation)
            if any(word in said for word in _NOT_PLAIN):
                return False
            if _OF_CLASS.match(said):
                self.defaults.pop(name, None)
                continue
            default = own[name] if name in own else getattr(cls, name, MISSING)
            if isinstance(default, Field) and (not default.init or default.kw_only not in (MISSING, False)):
                return False
            plain = default.default if isinstance(default, Field) else default
            if hasattr(type(plain), "__get__") or type(plain).__hash__ is None:  # the latter is refused, as of a list
                return False
            self.defaults[name] = default
        return True

    def give(self, made: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
        """Do to a new object what `__init__` does to it; False, and nothing, where that would refuse its arguments."""
        given = dict(zip(self.defaults, args))  # noqa: B905  # there may be fewer
        if len(args) > len(self.defaults) or not (kwargs.keys() <= self.defaults.keys() - given.keys()):
            return False
        given.update(kwargs)
        for name, default in self.defaults.items():
            if name not in given:
                value = default.default if isinstance(default, Field) else default
                if value is MISSING and isinstance(default, Field) and default.default_factory is not MISSING:
                    value = default.default_factory()
                if value is MISSING:
                    return False
                given[name] = value
        self._set(made, given, None)
        return True

    def copy(self, made: Any, changes: Mapping[str, Any]) -> Any:
        """A new object that has the fields of another one but for some, as `__init__` would make it."""
        new = object.__new__(type(made))
        self._set(new, changes, made)
        return new

    def _set(self, made: Any, given: Mapping[str, Any], other: Any) -> None:
        """Sets every field, in their order, to what is given, else to what it is of the other object."""
        set_to = object.__setattr__ if self.frozen else setattr
        for name in self.defaults:
            set_to(made, name, given[name] if name in given else getattr(other, name))
        if self._has_more_to_do:
            made.__post_init__()

    def of(self, made: Any) -> tuple[Any, ...]:
        """What the fields of an object are."""
        return tuple([getattr(made, name) for name in self.defaults])

    def are_equal(self, one: Any, other: Any) -> bool:
        """As the standard library's method of this version of Python compares two objects of one class."""
        if _COMPARES_FIELD_BY_FIELD:
            return one is other or all(getattr(one, name) == getattr(other, name) for name in self.defaults)
        return self.of(one) == self.of(other)


class _Deferred:
    """What a deferred class was when it came, and whether its fields are plain."""

    def __init__(self, cls: type, own: Mapping[str, Any], options: Mapping[str, bool]) -> None:
        self.own = own
        self.frozen = options.get("frozen", False)
        self._cls = cls
        self._plain: list[_PlainFields | None] = []

    @property
    def plain(self) -> _PlainFields | None:
        """Its fields and those of the classes above it; None where one of them is more than a name and a default."""
        if not self._plain:
            self._plain.append(self._found())
        return self._plain[0]

    def _found(self) -> _PlainFields | None:
        found = _PlainFields(self._cls, self.own, frozen=self.frozen)
        for part in self._cls.__mro__[-2::-1]:
            if sum(map(_has_fields, part.__bases__)) > 1:
                return None  # each of them gives all its fields again, also those of a class that they share
            if (its := _DEFERRED_CLASSES.get(part)) is None:
                if _has_fields(part):
                    return None
            elif its.frozen is not self.frozen or not found.add_those_of(part, its.own):
                return None
        without = [
            default is MISSING
            or (isinstance(default, Field) and default.default is MISSING and default.default_factory is MISSING)
            for default in found.defaults.values()
        ]
        return found if without == sorted(without, reverse=True) else None  # else the standard library refuses it


_DEFERRED_CLASSES: WeakKeyDictionary[type, _Deferred] = WeakKeyDictionary()


def _replace(made: Any, /, **changes: Any) -> Any:
    """The standard library's `replace`, for which nothing is written where the fields are plain."""
    its = _DEFERRED_CLASSES.get(type(made))
    fields = None if its is None else its.plain
    if fields is None or not fields.are_set_alone or not changes.keys() <= fields.defaults.keys():
        return dataclasses.replace(made, **changes)
    return fields.copy(made, changes)


def _is_deferrable(cls: type, options: dict[str, bool]) -> bool:
    is_heard_of = any("__init_subclass__" in base.__dict__ for base in cls.__mro__[:-1])
    return options.keys() <= _DEFERRED_OPTIONS and not is_heard_of and _OF_THEIR_OWN.isdisjoint(cls.__dict__)


def _has_fields(cls: type) -> bool:
    """Whether it or a class above it is a dataclass; asked without having anything written."""
    return any("__dataclass_fields__" in above.__dict__ for above in cls.__mro__)


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
    its = _DEFERRED_CLASSES[cls] = _Deferred(cls, own, options)
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
    for name, method in _stand_ins(cls, its, options, write).items():
        setattr(cls, name, method)
    return cls


def _stand_ins(cls: Any, its: _Deferred, options: dict[str, bool], write: Callable[[], None]) -> dict[str, Any]:
    """By name the stand-ins for methods that the class does not have itself; the last two refuse what they refuse."""
    uses = iter(range(MAX_UNWRITTEN_USES))

    def unwritten(*, compared: bool) -> _PlainFields | None:
        """The fields, where they are plain and the class has not been used often."""
        fields = its.plain if next(uses, None) is not None else None
        return fields if fields is not None and (fields.are_all_compared or not compared) else None

    def construct(self: Any, /, *args: Any, **kwargs: Any) -> None:
        if (fields := unwritten(compared=False)) is not None and fields.give(self, args, kwargs):
            return
        write()
        cls.__init__(self, *args, **kwargs)

    def shown(self: Any) -> Any:
        write()
        return cls.__repr__(self)

    def equals(self: Any, other: object) -> Any:
        if (fields := unwritten(compared=True)) is not None:
            return fields.are_equal(self, other) if other.__class__ is self.__class__ else NotImplemented
        write()
        return cls.__eq__(self, other)

    def hashed(self: Any) -> Any:
        if (fields := unwritten(compared=True)) is not None:
            return hash(fields.of(self))
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

    own, eq, frozen = its.own, options.get("eq", True), its.frozen
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
    from dataclasses import replace as replace
else:
    replace = _replace

    def dataclass(cls=None, /, **options):
        """The standard library's `dataclass`, whose methods are written when they are first used."""
        return (lambda found: _deferred(found, options)) if cls is None else _deferred(cls, options)
