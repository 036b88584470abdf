"""Between which numbers the entries of a formula lie, as far as its form shows: `1 + exp(z)` is above 1.

What is found holds for all values of all names; where nothing is found the bounds are infinite. It is used to leave
out arguments of logarithms and roots, and divisors, that are never where an operation has no value.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from enum import Enum
from itertools import product

from flint import fmpq

from grader.deferred import dataclass
from grader.language.rewriting import inlined
from grader.language.tree import (
    Binary,
    Call,
    Compare,
    IfExp,
    Index,
    ListExpr,
    Logic,
    Name,
    Number,
    Transpose,
    Tree,
    Unary,
    subtrees,
)
from grader.notation.symbols import Domain, Symbols

ROUNDING_SLACK = 1e-9
"""By how much, relatively, a bound is moved outwards after a rounded operation, so that no bound is too tight."""


@dataclass(frozen=True)
class RangeBounds:
    """From `low` to `high`; an `open` end is not taken."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False

    @property
    def positive(self) -> bool:
        """Whether every number within is above 0."""
        return self.low > 0 or (self.low == 0 and self.low_open)

    @property
    def not_negative(self) -> bool:
        """Whether every number within is at least 0."""
        return self.low >= 0

    @property
    def without_zero(self) -> bool:
        """Whether 0 is surely not within."""
        return self.positive or (-self).positive

    def __neg__(self) -> RangeBounds:
        return RangeBounds(-self.high, -self.low, self.high_open, self.low_open)

    def __add__(self, other: RangeBounds) -> RangeBounds:
        low, high = _outwards(self.low + other.low, -1), _outwards(self.high + other.high, 1)
        return RangeBounds(low, high, self.low_open or other.low_open, self.high_open or other.high_open)

    def __mul__(self, other: RangeBounds) -> RangeBounds:
        ends = [
            (_product(a, b), (a_open or b_open) and not ((a == 0 and not a_open) or (b == 0 and not b_open)))
            for (a, a_open), (b, b_open) in product(self._ends, other._ends)
        ]
        low, high = min(end for end, _ in ends), max(end for end, _ in ends)
        return RangeBounds(
            _outwards(low, -1),
            _outwards(high, 1),
            all(is_open for end, is_open in ends if end == low),
            all(is_open for end, is_open in ends if end == high),
        )

    @property
    def _ends(self) -> tuple[tuple[float, bool], tuple[float, bool]]:
        return (self.low, self.low_open), (self.high, self.high_open)

    def inverse(self) -> RangeBounds:
        """One over it."""
        if self.positive:
            low = 0.0 if math.isinf(self.high) else _outwards(1 / self.high, -1)
            high = math.inf if self.low == 0 else _outwards(1 / self.low, 1)
            return RangeBounds(low, high, self.high_open or low == 0, self.low_open)
        return -(-self).inverse() if (-self).positive else ANY_NUMBER


ANY_NUMBER = RangeBounds()
ABOVE_0, FROM_0 = RangeBounds(0, low_open=True), RangeBounds(0)
UNIT_RANGE, TRUTH_RANGE = RangeBounds(0, 1, low_open=True, high_open=True), RangeBounds(0, 1)

RANGES_OF_DOMAINS: dict[Domain, RangeBounds] = {
    "positive": ABOVE_0,
    "nonnegative": FROM_0,
    "unit": UNIT_RANGE,
    "bit": TRUTH_RANGE,
}

RANGES_OF_FUNCTIONS = {
    "exp": ABOVE_0,
    "cosh": RangeBounds(1),
    "softplus": ABOVE_0,
    "sigmoid": UNIT_RANGE,
    "softmax": RangeBounds(0, 1, low_open=True),
    "tanh": RangeBounds(-1, 1, low_open=True, high_open=True),
    "abs": FROM_0,
    "relu": FROM_0,
    "norm": FROM_0,
    "sqrt": FROM_0,
    "step": TRUTH_RANGE,
    "sign": RangeBounds(-1, 1),
    "sin": RangeBounds(-1, 1),
    "cos": RangeBounds(-1, 1),
    "len": FROM_0,
}
"""Between which numbers functions lie, whatever their arguments are."""


class Needs(Enum):
    """What an operation asks of its argument to have a value; the text follows the argument where it has none."""

    NOT_ZERO = "is 0"
    POSITIVE = "is not above 0"
    NOT_NEGATIVE = "is below 0"


def need_of(node: Tree) -> tuple[Tree, Needs] | None:
    """The argument outside of whose range an operation has no value, and what it asks of it; None where it has one."""
    match node:
        case Binary(op="/" | "//" | "%", right=divisor):
            return divisor, Needs.NOT_ZERO
        case Binary(op="**", left=base, right=exponent):
            value = constant(exponent)
            if value is not None and value.q == 1:
                return (base, Needs.NOT_ZERO) if value < 0 else None
            return base, Needs.POSITIVE if value is not None and value < 0 else Needs.NOT_NEGATIVE
        case Call(function="log", arguments=(argument,)):
            return argument, Needs.POSITIVE
        case Call(function="sqrt", arguments=(argument,)):
            return argument, Needs.NOT_NEGATIVE
    return None


def constant(tree: Tree) -> fmpq | None:
    """The number that an exponent like `-2` or `1/2` is; None where it is no quotient of literals."""
    match tree:
        case Number(value=value):
            return value
        case Unary(op="-", operand=operand):
            inner = constant(operand)
            return None if inner is None else -inner
        case Binary(op="/", left=Number(value=top), right=Number(value=bottom)) if bottom:
            return top / bottom
    return None


@dataclass(frozen=True)
class Ranges:
    """The ranges of formulas in the names of a question.

    A name that is also the parameter of one of its functions may be any number.
    """

    symbols: Symbols

    @classmethod
    def of_question(cls, symbols: Symbols) -> Ranges:
        """The ranges in the names that stand for the same wherever they are met."""
        parameters = {name for function in symbols.functions.values() for name in function.parameters}
        known = {name: quantity for name, quantity in symbols.quantities.items() if name not in parameters}
        whole = tuple(name for name in symbols.integers if name not in parameters)
        return cls(replace(symbols, quantities=known, integers=whole))

    def unmet(self, tree: Tree) -> Iterator[tuple[Tree, Needs]]:
        """The arguments in a formula that may be where their operation has no value."""
        for node in subtrees(inlined(tree, self.symbols.functions)):
            need = need_of(node)
            if need is not None and not self.meets(*need):
                yield need

    def meets(self, argument: Tree, need: Needs) -> bool:
        """Whether an argument surely is where its operation has a value."""
        bounds = self.of(argument)
        match need:
            case Needs.NOT_ZERO:
                return bounds.without_zero
            case Needs.POSITIVE:
                return bounds.positive
        return bounds.not_negative

    def of(self, tree: Tree) -> RangeBounds:
        """The range of the entries of a formula."""
        symbols = self.symbols
        match tree:
            case Number(value=value):
                number = float(value.p) / float(value.q) if value.height_bits() < 1000 else math.nan
                return RangeBounds(_outwards(number, -1), _outwards(number, 1)) if math.isfinite(number) else ANY_NUMBER
            case Name(id=name) if name in symbols.quantities:
                return RANGES_OF_DOMAINS.get(symbols.quantities[name].domain, ANY_NUMBER)
            case Name(id=name) if name in symbols.whole:
                return FROM_0
            case Index(base=Name(id=name)) if name in symbols.sequences:
                return RANGES_OF_DOMAINS.get(symbols.sequences[name].domain, ANY_NUMBER)
            case Index(base=operand) | Transpose(operand=operand) | Unary(op="+", operand=operand):
                return self.of(operand)
            case Unary(op="-", operand=operand):
                return -self.of(operand)
            case Compare() | Logic() | Unary():
                return TRUTH_RANGE
            case IfExp(then=then, otherwise=otherwise):
                return _hull([self.of(then), self.of(otherwise)])
            case ListExpr(items=items) if items:
                return _hull(self.of(item) for item in items)
            case Binary():
                return self._binary(tree)
            case Call():
                return self._call(tree)
        return ANY_NUMBER

    def _binary(self, tree: Binary) -> RangeBounds:
        left = self.of(tree.left)
        match tree.op, tree.right:
            case "*", right if right == tree.left:
                return _square(left)
            case "**", Number(value=value) if value.q == 1 and value.p % 2 == 0 and value.p > 0:
                return _square(left) if value == 2 else FROM_0
            case "**", _ if left.positive:
                return ABOVE_0
            case "@", right if right == tree.left and self.symbols.ranks.of(right) == 1:
                return FROM_0
        other = self.of(tree.right)
        match tree.op:
            case "+":
                return left + other
            case "-":
                return left + -other
            case "*":
                return left * other
            case "/":
                return left * other.inverse()
        return ANY_NUMBER

    def _call(self, tree: Call) -> RangeBounds:
        if tree.function in self.symbols.functions:
            return ANY_NUMBER
        inner = [self.of(argument) for argument in tree.arguments]
        match tree.function, inner:
            case (("sum" | "prod"), [only]):
                return ABOVE_0 if only.positive else FROM_0 if only.not_negative else ANY_NUMBER
            case "dot", [_, _] if tree.arguments[0] == tree.arguments[1]:
                return FROM_0 if self.symbols.ranks.of(tree.arguments[0]) == 1 else ANY_NUMBER
            case "max", [_, *_]:
                return _largest(inner)
            case "min", [_, *_]:
                return -_largest([-bounds for bounds in inner])
        return RANGES_OF_FUNCTIONS.get(tree.function, ANY_NUMBER)


def _hull(parts: Iterable[RangeBounds]) -> RangeBounds:
    every = list(parts)
    low, high = min(b.low for b in every), max(b.high for b in every)
    return RangeBounds(
        low,
        high,
        all(b.low_open for b in every if b.low == low),
        all(b.high_open for b in every if b.high == high),
    )


def _largest(parts: Sequence[RangeBounds]) -> RangeBounds:
    low = max(b.low for b in parts)
    return RangeBounds(low, max(b.high for b in parts), any(b.low_open for b in parts if b.low == low))


def _square(inner: RangeBounds) -> RangeBounds:
    size = max(abs(inner.low), abs(inner.high))
    is_open = all(is_open for end, is_open in inner._ends if abs(end) == size)
    return RangeBounds(0, _outwards(size * size, 1) if size != 1 else 1.0, inner.without_zero, is_open)


def _product(a: float, b: float) -> float:
    return 0.0 if a == 0 or b == 0 else a * b


def _outwards(value: float, sign: int) -> float:
    """A bound moved outwards by rounding; small whole numbers are exact."""
    if math.isnan(value):
        return sign * math.inf
    exact = math.isinf(value) or (value == int(value) and abs(value) < 1 << 20)
    return value if exact else value + sign * ROUNDING_SLACK * abs(value)
