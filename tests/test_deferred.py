"""Deferred dataclasses do what the standard library's do; nothing is written before something is asked of the class."""

import copy
import dataclasses
import inspect
import re
import threading
from abc import ABC, abstractmethod
from dataclasses import FrozenInstanceError, InitVar, field
from functools import cached_property
from typing import ClassVar, Generic, TypeVar

import pytest

from grader import deferred

Content = TypeVar("Content")


def plain_fields():
    class Plain:
        """Two fields, one with a default."""

        a: int
        b: str = "x"

    return Plain


def with_factories():
    class WithFactories:
        """Defaults that are made, hidden, left out of comparisons, and given by name alone."""

        kind: ClassVar = "k"
        a: int
        b: list = field(default_factory=list)
        c: int = field(default=3, compare=False)
        d: int = field(default=4, repr=False, kw_only=True)

    return WithFactories


def with_own_methods():
    class WithOwnMethods:
        """Methods of its own stay."""

        a: int
        b: int = 2

        def __repr__(self):
            return f"<{self.a}>"

        def __eq__(self, other):
            return NotImplemented

        def __post_init__(self):
            vars(self)["seen"] = self.a

        @cached_property
        def doubled(self):
            return 2 * self.a

    return WithOwnMethods


def below_a_base(decorate):
    @decorate
    class Base(ABC):
        a: int = 1

        @abstractmethod
        def named(self): ...

    class Below(Base):
        """A field more, and one again."""

        b: int = 2
        a: int = 5

        def named(self):
            return "below"

    return Below


def generic():
    class Holding(Generic[Content]):
        a: Content = None
        b: int = 0

    return Holding


def with_slots():
    class Slotted:
        __slots__ = ("a", "b")
        a: int
        b: int

    return Slotted


SHAPES = [plain_fields, with_factories, with_own_methods, below_a_base, generic, with_slots]
OPTIONS = [
    {},
    {"frozen": True},
    {"frozen": True, "eq": False},
    {"eq": False},
    {"repr": False},
    {"frozen": True, "repr": False},
    {"order": True},
    {"frozen": True, "unsafe_hash": True},
    {"kw_only": True},
]


def made(shape, options, decorate):
    base = decorate(**options)
    found = shape(base) if shape is below_a_base else shape()
    found.__module__ = "tests.test_deferred"
    return base(found)


def outcome(work):
    """What a call gives, or how it fails."""
    try:
        return work()
    except Exception as error:
        return type(error).__name__, str(error)


def seen(cls):
    """All that can be seen of a class and of its instances, in words without the places of objects in memory."""
    return [re.sub(" at 0x[0-9a-f]+", "", repr(part)) for part in parts_seen(cls)]


def parts_seen(cls):
    one, other, third = (outcome(lambda n=n: cls(a=n, b=7)) for n in (1, 1, 2))
    yield [cls.__doc__, hasattr(cls, "b") and cls.b, getattr(cls, "__match_args__", None)]
    yield repr(one), one == other, one == third, one != other
    yield outcome(lambda: hash(one) == hash(other)), cls.__hash__ is None
    yield str(inspect.signature(cls)), [(f.name, f.default, f.kw_only) for f in dataclasses.fields(cls)]
    yield outcome(lambda: vars(dataclasses.replace(one, a=9))), outcome(lambda: dataclasses.asdict(one))
    yield outcome(lambda: setattr(one, "a", 3)), outcome(lambda: setattr(one, "new", 3)), outcome(lambda: one < third)
    yield outcome(lambda: delattr(one, "a")), outcome(cls), outcome(lambda: cls(1, 2, 3, 4, 5))
    yield dataclasses.is_dataclass(cls), outcome(lambda: one.doubled), outcome(lambda: one.seen)
    params = cls.__dataclass_params__
    yield params.frozen, params.eq, params.repr, params.order

    class Further(cls):
        c: int = 1

    yield repr(outcome(lambda: Further(a=1, b=2))), outcome(lambda: setattr(Further(a=1, b=2), "new", 1))


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("shape", SHAPES)
def test_a_deferred_dataclass_is_like_any_other(shape, options):
    """Asked in each order: what is asked first is what has the methods written."""
    wanted = outcome(lambda: seen(made(shape, options, dataclasses.dataclass)))
    assert outcome(lambda: seen(made(shape, options, deferred.dataclass))) == wanted
    other = made(shape, options, deferred.dataclass) if isinstance(wanted, list) else None
    if other is not None:
        for first in (inspect.signature, dataclasses.fields, lambda cls: cls.__match_args__):
            other = made(shape, options, deferred.dataclass)
            first(other)
            assert seen(other) == wanted


def classes_with_shared_bases(decorate):
    """Each with all the fields of its bases, in the order in which those come."""

    @decorate
    class Top:
        a: int = 1
        b: int = 2

    @decorate
    class Left(Top):
        a: int = 5

    @decorate
    class Right(Top):
        c: int = 7

    @decorate
    class LeftFirst(Left, Right):
        d: int = 0

    @decorate
    class RightFirst(Right, Left):
        d: int = 0

    @decorate
    class Alike:
        ClassVariable: int = 3
        b: "ClassVariable" = 4  # read as text

    return [LeftFirst, RightFirst, Alike]


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("args", [(), (8,), (8, 9), (1, 2, 3, 4), (1, 2, 3, 4, 5)])
def test_fields_of_several_bases_come_as_the_standard_library_has_them(frozen, args):
    pairs = zip(
        classes_with_shared_bases(dataclasses.dataclass(frozen=frozen)),
        classes_with_shared_bases(deferred.dataclass(frozen=frozen)),
        strict=True,
    )
    for like, cls in pairs:
        assert outcome(lambda cls=cls: list(vars(cls(*args)).items())) == outcome(
            lambda like=like: list(vars(like(*args)).items())
        )


@deferred.dataclass(frozen=True)
class Kept:
    """A class that can be copied."""

    a: int
    b: tuple = ()


def test_a_copy_is_equal_and_frozen():
    again = copy.deepcopy(Kept(1, (2,)))
    assert again == Kept(1, (2,))
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'a'"):
        again.a = 2


def test_what_is_told_to_a_frozen_class_alone_is_no_field_of_those_below():
    @deferred.dataclass(frozen=True)
    class Told:
        """A class with a field and an argument."""

        told: InitVar[int] = 2
        kept: int = 1

    class Below(Told):
        """No dataclass itself."""

    one = Below()
    one.told = 3
    assert one.told == 3
    with pytest.raises(AttributeError, match="cannot assign to field 'kept'"):
        one.kept = 3


def test_an_instance_that_was_never_constructed_is_frozen_compared_and_shown():
    @deferred.dataclass(frozen=True)
    class Bare:
        """Made as unpickling makes one."""

        a: int

    one, other = Bare.__new__(Bare), Bare.__new__(Bare)
    vars(one)["a"] = vars(other)["a"] = 4
    with pytest.raises(FrozenInstanceError):
        one.a = 5
    assert one == other
    assert hash(one) == hash(other)
    assert repr(one).endswith("Bare(a=4)")


def several_kinds_of_default(decorate):
    @decorate(frozen=True)
    class Above:
        a: int
        b: tuple = field(default=(1,), repr=False)
        c: list = field(default_factory=list)

    @decorate(frozen=True)
    class Below(Above):
        a: int = 7
        d: float = field(default=0.5, compare=False)
        kind: ClassVar = "k"

        def __post_init__(self):
            vars(self)["sum"] = self.a + self.d

    return Below


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ((), {}),
        ((1,), {}),
        ((1, (2,)), {"d": 3}),
        ((), {"c": [4], "a": 1}),
        ((1,), {"a": 2}),
        ((), {"e": 1}),
        ((1, 2, 3, 4), {}),
        ((1, 2, 3, 4, 5), {}),
    ],
)
def test_an_object_is_the_same_before_its_class_is_written(args, kwargs):
    plain, unwritten = map(several_kinds_of_default, (dataclasses.dataclass, deferred.dataclass))

    def what(cls):
        one, other = cls(*args, **kwargs), cls(*args, **kwargs)
        return vars(one), list(vars(one)), one == other, one != other, vars(deferred.replace(one, b=9))

    assert outcome(lambda: what(unwritten)) == outcome(lambda: what(plain))
    assert outcome(lambda: hash(unwritten(*args, **kwargs))) == outcome(lambda: hash(plain(*args, **kwargs)))
    one = outcome(lambda: unwritten(*args, **kwargs))
    if isinstance(one, unwritten):
        assert type(one.c) is not list or one.c is not unwritten(*args).c or "c" in kwargs
        assert outcome(lambda: deferred.replace(one, e=1)) == outcome(lambda: dataclasses.replace(one, e=1))


def test_threads_that_come_at_once_all_find_the_class_whole():
    for _ in range(20):

        @deferred.dataclass(frozen=True)
        class Shared:
            """Constructed by many at once."""

            a: int
            b: int = 2

        start, found = threading.Barrier(8), []

        def construct(number, shared=Shared, start=start, found=found):
            start.wait()
            found.append(shared(number))

        threads = [threading.Thread(target=construct, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(one.a for one in found) == list(range(8))


def test_a_callable_instance_has_the_signature_of_its_call():
    @deferred.dataclass(frozen=True)
    class Reader:
        """Like a function."""

        name: str = ""

        def __call__(self, data: bytes) -> str: ...

    reader = Reader.__new__(Reader)
    assert list(inspect.signature(reader).parameters) == ["data"]


def test_a_class_says_the_same_of_its_signature_when_it_is_asked_twice():
    @deferred.dataclass(frozen=True)
    class Point:
        x: int

    assert getattr(Point, "__signature__", None) is getattr(Point, "__signature__", None)
    assert list(inspect.signature(Point).parameters) == ["x"]


@pytest.mark.parametrize("name", ["__init__", "__new__"])
def test_a_class_that_makes_its_objects_in_its_own_way_makes_those_of_replace_too(name):
    """Nothing that it does then is left out."""

    def in_its_own_way(decorate):
        made = []

        def new(cls, *args, **kwargs):
            made.append((args, kwargs))
            return object.__new__(cls)

        def init(self, a, b=2):
            made.append((a, b))
            vars(self).update(a=a, b=b)

        own = {"__annotations__": {"a": "int", "b": "int"}, "b": 2, name: init if name == "__init__" else new}
        one = decorate(frozen=True)(type("Own", (), own))(1)
        other = (deferred.replace if decorate is deferred.dataclass else dataclasses.replace)(one, b=5)
        return vars(other), made

    assert in_its_own_way(deferred.dataclass) == in_its_own_way(dataclasses.dataclass)
    assert len(in_its_own_way(deferred.dataclass)[1]) == 2
