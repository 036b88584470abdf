"""What every set of inputs can do. Each kind of set stands in a file of its own, and has its rows in `table`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Protocol

from grader.inputs.arguments import plain_argument
from grader.inputs.array_types import ArrayDefault, ArrayType

Env = Mapping[str, Any]
"""The values before a set, of which its bounds and sizes may speak, by name."""


class EndlessError(ValueError):
    """A set that cannot be listed to its end."""

    def __init__(
        self, message: str = "reals, unbounded integers, generators and drawn tables cannot be listed to their end"
    ) -> None:
        super().__init__(message)


class Chooser(Protocol):
    """Takes members of sets of which only the bounds matter."""

    def whole(self, numbers: range, *, often_small: bool = False) -> int: ...
    def real(self, low: float, high: float) -> float: ...
    def one_of(self, values: Sequence[Any]) -> Any: ...
    def in_one_go(self, entries: int) -> Chooser:
        """What takes the entries of an array or a list of so many."""


class InputSet(ABC):
    """What an argument of a function may be. What is said here holds of a set of single values, which is not listed."""

    stands_alone: ClassVar[bool] = False
    """Whether its members are arguments of their own: no part of another set, and no value in expressions."""

    is_random: ClassVar[bool] = False
    """Whether whoever gets a member draws from it by chance."""

    @abstractmethod
    def drawn(self, chooser: Chooser, env: Env) -> Any:
        """One member."""

    def several(self, chooser: Chooser, env: Env, count: int) -> list[Any]:
        """So many members."""
        return [self.drawn(chooser, env) for _ in range(count)]

    def members(self, env: Env, longest: int) -> Iterator[Any]:
        """The members in order, shortest first, sequences up to the length `longest`.

        Raises:
            EndlessError: for reals, unbounded integers, generators and tables whose values are drawn.
        """
        raise EndlessError

    def inner_sets(self) -> Iterable[InputSet]:
        """The sets that the parts of its members are from."""
        return ()

    def names_used(self) -> list[str]:
        """The values before it that it speaks of."""
        return [name for one in self.inner_sets() for name in one.names_used()]

    def most_entries(self) -> int:
        """How many numbers a member holds at most, as far as that is stated without naming other inputs."""
        return sum(one.most_entries() for one in self.inner_sets()) or 1

    def many_integers(self, env: Env) -> range:
        """The members, where they are whole numbers and so many that the first cases must name some of them."""
        return range(0)

    @property
    def fed_arguments(self) -> Iterable[str]:
        """The names of what its members are called with, where these are functions."""
        return ()

    @property
    def is_finite(self) -> bool:
        """Whether its members are single values that can be listed: an argument of a supplied function."""
        return False

    @property
    def is_numeric(self) -> bool:
        """Whether its members are numbers: entries of an array."""
        return False

    @property
    def is_whole(self) -> bool:
        """Whether its members are whole numbers."""
        return False

    @property
    def array_type(self) -> ArrayType | None:
        """The type of its members, where these are arrays."""
        return None

    def with_array_default(self, arrays: ArrayDefault) -> InputSet:
        """The same set with this type of arrays, where it states none."""
        return self

    def argument(self, value: Any) -> Any:
        """A member, or a value that a property worked out for it, as the sandbox sends it."""
        return plain_argument(value)

    @property
    def sort_of_argument(self) -> object:
        """Sets of equal sorts make the same of a value in `argument`."""
        return type(self)

    def may_hold(self, value: Any) -> bool:
        """Whether a value may be a member, as far as its keys and the number of its parts say."""
        return not isinstance(value, dict)


def to_argument(value: Any, input_set: InputSet | None) -> Any:
    """A value as the sandbox sends it, for an argument from a set (None: from none)."""
    return plain_argument(value) if input_set is None else input_set.argument(value)


def sets_in(input_set: InputSet) -> Iterator[InputSet]:
    """A set, and those that its members' parts are from."""
    yield input_set
    for one in input_set.inner_sets():
        yield from sets_in(one)


def fed_names(sets: Mapping[str, InputSet]) -> dict[str, tuple[str, int]]:
    """`step_token`, with the supplied function and the place of the argument: what was fed, call by call."""
    return {
        f"{name}_{argument}": (name, place)
        for name, one in sets.items()
        for place, argument in enumerate(one.fed_arguments)
    }
