"""The record of one function of the language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum, auto

from grader.deferred import dataclass
from grader.language.arrays import Value
from grader.language.functions.operations import EntryValues, ScalarOperations
from grader.language.sizes import Size
from grader.language.tree import Call, Tree


class Breakpoint(Enum):
    """Where a function is not smooth."""

    KINK_AT_ZERO = auto()
    """It bends where its argument is 0."""

    JUMP_AT_ZERO = auto()
    """It jumps where its argument is 0."""

    ROOT_AT_ZERO = auto()
    """It is a root, which bends where its argument is a square."""

    TIE = auto()
    """It bends where two of the numbers that it compares are equal."""

    TRUTH = auto()
    """It jumps where a number becomes 0, which is false."""


ArrayFunction = Callable[[ScalarOperations], Callable[..., Value]]
"""A function of arrays by the operations of a domain of numbers."""

Gradients = tuple[tuple[Tree, Tree], ...]
"""Trees that a function depends on, each with what reaches it of the gradient."""


def not_differentiated(call: Call, gradient: Tree, ranks: Sequence[int]) -> Gradients | None:
    """The vector-Jacobian product of a function whose derivative is not known here."""
    return None


def rank_of_largest(ranks: Sequence[int]) -> int:
    """The rank of what works entry by entry."""
    return max(ranks, default=0)


@dataclass(frozen=True)
class ArrayValues:
    """A function of whole vectors and matrices, written once for all domains of numbers.

    `value(numbers)` is the function by the operations of a domain, `size` the size of a value by the sizes of the
    arguments, `rank` its rank (0 number, 1 vector, 2 matrix) by theirs.
    `vector_jacobian_product(call, gradient, ranks)` says what reaches the arguments of the gradient at a call, whose
    arguments have those ranks; None: no derivative is known. `multiplies`: it costs as much as a matrix product.
    """

    value: ArrayFunction
    size: Callable[..., Size]
    rank: Callable[[Sequence[int]], int]
    vector_jacobian_product: Callable[[Call, Tree, Sequence[int]], Gradients | None]
    multiplies: bool = False


@dataclass(frozen=True)
class LanguageFunction:
    """A function that every expression may call.

    `meaning` is its line in `grader help expressions`. `rational`: rational arguments give rational values, so that
    machines with it can be decided exactly. `signature` is how a call is written; `advice` says what to write where a
    call has too many arguments. `spellings` are other names in the formulas of students, where a question has no such
    name itself.
    `latex` is a command, or a template in which `#1` stands for the arguments; MathML is made of it (`typeset`).
    """

    name: str
    description: str
    values: EntryValues | ArrayValues
    rational: bool
    breakpoint: Breakpoint | None
    min_arguments: int = 1
    max_arguments: int | None = 1
    signature: str = ""
    advice: str = ""
    spellings: tuple[str, ...] = ()
    latex: str = ""

    def takes(self, count: int) -> bool:
        """True if the function may have so many arguments."""
        return self.min_arguments <= count and (self.max_arguments is None or count <= self.max_arguments)

    @property
    def written(self) -> str:
        """How a call is written: `tanh(z)`, `outer(a, b)`."""
        return self.signature or f"{self.name}(z)"

    def wrong_count(self, count: int) -> str:
        """The message for a call with so many arguments; "" if it may have them."""
        if self.takes(count):
            return ""
        least = self.min_arguments
        wanted = f"{least}" if least == self.max_arguments else f"at least {least}"
        plural = "" if wanted.endswith("1") else "s"
        advice = f"; {self.advice}" if self.advice and count > least else ""
        return f"{self.name} takes {wanted} argument{plural}, not {count}: write {self.written}{advice}"

    def result_rank(self, ranks: Sequence[int]) -> int:
        """The rank of the value, by the ranks of the arguments; 0 where there are too few or too many of them."""
        if not self.takes(len(ranks)):
            return 0
        return self.values.rank(ranks) if isinstance(self.values, ArrayValues) else rank_of_largest(ranks)
