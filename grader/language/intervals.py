"""The domain of sets of numbers: rationals exactly as long as a value is one rational, intervals from there on.

An expression worked out over intervals gives an interval that surely holds its values at all points of them (Moore,
"Interval Analysis", 1966). Both ends are balls of FLINT's `arb`, so rounding is outwards; the precision is FLINT's at
the time of evaluation. Where an interval does not decide a comparison, both outcomes are joined.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flint import arb, fmpq

from grader.language import balls, limits
from grader.language.arithmetic import Arithmetic, Closure, EvaluationError, Frame, Inexact, refuse_unlike
from grader.language.arrays import Array, Scalar, Value, describe, shape_of, zipped
from grader.language.ball_numbers import BALL_ONE, BALL_ZERO, Undecided
from grader.language.exact import Exact
from grader.language.functions.operations import EntryValues, ScalarOperations
from grader.language.functions.table import values_in
from grader.language.numbers import RATIONAL_ONE, RATIONAL_ZERO

_EXACT = Exact()
_HALF = fmpq(1, 2)

MAX_KEPT_BITS = 512
"""Bits of a numerator or denominator that outlives a power, a call, a comprehension or a step; longer rationals become
intervals."""


class Interval:
    """The real numbers from the lower end of the ball `low` to the upper end of the ball `high`."""

    __slots__ = ("high", "low")

    def __init__(self, low: arb, high: arb) -> None:
        self.low = low
        self.high = high

    def __repr__(self) -> str:
        return f"Interval({self.low}, {self.high})"

    def __add__(self, other: Scalar) -> Interval:
        low, high = ends(other)
        return Interval(self.low + low, self.high + high)

    __radd__ = __add__

    def __sub__(self, other: Scalar) -> Interval:
        low, high = ends(other)
        return Interval(self.low - high, self.high - low)

    def __rsub__(self, other: Scalar) -> Interval:
        low, high = ends(other)
        return Interval(low - self.high, high - self.low)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __pos__(self) -> Interval:
        return self

    def __mul__(self, other: Scalar) -> Scalar:
        if type(other) is fmpq:
            return self._scaled(other)
        return _square(self) if other is self else _product(self, other)

    __rmul__ = __mul__

    def through(self, values: EntryValues, known: Interval) -> Interval:
        """A function of one number that takes these numbers to those of the interval that is known."""
        return known

    def _scaled(self, factor: fmpq) -> Scalar:
        if not factor:
            return RATIONAL_ZERO
        ball = arb(factor)
        return (
            Interval(self.low * ball, self.high * ball) if factor > 0 else Interval(self.high * ball, self.low * ball)
        )


class Bounds(Interval):
    """An interval whose ends are given as rationals."""

    __slots__ = ("exact",)

    def __init__(self, low: fmpq, high: fmpq) -> None:
        super().__init__(arb(low), arb(high))
        self.exact = low, high


def bounds_of(interval: Interval) -> tuple[fmpq, fmpq]:
    """Rational ends of an interval, or of a slightly larger one."""
    return (
        interval.exact if isinstance(interval, Bounds) else (interval.low.lower().fmpq(), interval.high.upper().fmpq())
    )


def outwards(interval: Interval, decimals: int, units: int = 0) -> Bounds:
    """A larger interval with ends of few decimals, that many units of the last of them further away."""
    scale = fmpq(10) ** decimals
    low, high = bounds_of(interval)
    return Bounds(((low * scale).floor() - units) / scale, ((high * scale).ceil() + units) / scale)


def _product(a: Interval, b: Interval) -> Interval:
    """The products of all pairs of numbers; a sign that a ball does not tell counts as both."""
    if a.low >= 0:
        if b.low >= 0:
            return Interval(a.low * b.low, a.high * b.high)
        if b.high <= 0:
            return Interval(a.high * b.low, a.low * b.high)
        return Interval(a.high * b.low, a.high * b.high)
    if a.high <= 0:
        return -_product(-a, b)
    if b.low >= 0 or b.high <= 0:
        return _product(b, a)
    least, greatest = (a.low * b.high).min(a.high * b.low), (a.low * b.low).max(a.high * b.high)
    return Interval(least, greatest)


def _square(a: Interval) -> Interval:
    a = magnitude(a)
    return Interval(a.low * a.low, a.high * a.high)


def magnitude(a: Scalar) -> Scalar:
    """The absolute values."""
    if type(a) is fmpq or a.low >= 0:
        return abs(a) if type(a) is fmpq else a
    if a.high <= 0:
        return -a
    return Interval(BALL_ZERO, a.high.max(-a.low))


def ends(number: Scalar) -> tuple[arb, arb]:
    """Both ends of a number of this domain, as balls."""
    if type(number) is fmpq:
        ball = arb(number)
        return ball, ball
    return number.low, number.high


def interval_of(ball: arb) -> Interval:
    """The numbers of a ball."""
    return Interval(ball, ball)


def hull(a: Scalar, b: Scalar) -> Scalar:
    """The smallest interval around two numbers of this domain; a rational where both are the same one."""
    return a if type(a) is fmpq and type(b) is fmpq and a == b else joined(a, b)


def joined(a: Scalar, b: Scalar) -> Interval:
    """The smallest interval around two numbers of this domain."""
    (a_low, a_high), (b_low, b_high) = ends(a), ends(b)
    return Interval(a_low.min(b_low), a_high.max(b_high))


MAYBE = Interval(BALL_ZERO, BALL_ONE)
"""The truth of what holds at some points and not at others."""


def _of_truth(truth: bool | None) -> Scalar:
    return MAYBE if truth is None else RATIONAL_ONE if truth else RATIONAL_ZERO


def truth_of(number: Scalar) -> bool | None:
    """Whether a number is not 0; None where it may be either."""
    if type(number) is fmpq:
        return bool(number)
    if number.low > 0 or number.high < 0:
        return True
    return False if number.low.is_zero() and number.high.is_zero() else None


def _below(a: Scalar, b: Scalar) -> bool | None:
    """Whether a number is smaller than another."""
    if type(a) is fmpq and type(b) is fmpq:
        return bool(a < b)
    (a_low, a_high), (b_low, b_high) = ends(a), ends(b)
    return True if a_high < b_low else False if a_low >= b_high else None


def _equal(a: Scalar, b: Scalar) -> bool | None:
    if type(a) is fmpq and type(b) is fmpq:
        return bool(a == b)
    if _below(a, b) or _below(b, a):
        return False
    both = (*ends(a), *ends(b))
    return True if all(end.is_exact() and end == both[0] for end in both) else None


def _not(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


_COMPARISONS: Mapping[str, Callable[[Scalar, Scalar], bool | None]] = {
    "<": _below,
    ">": lambda a, b: _below(b, a),
    "<=": lambda a, b: _not(_below(b, a)),
    ">=": lambda a, b: _not(_below(a, b)),
    "==": _equal,
    "!=": lambda a, b: _not(_equal(a, b)),
}


class Intervals(Arithmetic):
    """Expressions over rationals and intervals.

    What is undefined at some point, or hangs on what is not decided other than by joining outcomes (an index, the
    number of rounds of a loop), raises `Undecided` or `EvaluationError`.
    """

    def number(self, value: fmpq) -> fmpq:
        return value

    def comparison(self, op: str) -> Callable[[Value, Value], Value]:
        test = _COMPARISONS[op]

        def compare(left: Value, right: Value) -> Value:
            refuse_unlike(left, right)
            result = zipped(lambda a, b: _of_truth(test(a, b)), left, right)
            return RATIONAL_ZERO if isinstance(result, Array) and not result.entries else result

        return compare

    def is_true(self, number: Scalar) -> bool:
        return _decided(number)

    @property
    def functions(self) -> Mapping[str, Callable[..., Value]]:
        return _INTERVAL_FUNCTIONS

    def divide(self, left: Value, right: Value) -> Value:
        return zipped(divide, left, right)

    def floor_divide(self, left: Value, right: Value) -> Value:
        return zipped(_floor_divide, left, right)

    def modulo(self, left: Value, right: Value) -> Value:
        return zipped(lambda a, b: a - b * _floor_divide(a, b), left, right)

    def power(self, base: Value, exponent: Value) -> Value:
        return zipped(_power, base, exponent)

    def whole(self, value: Value) -> int:
        if isinstance(value, Interval):
            raise Undecided("an index or a bound of a loop")
        return _EXACT.whole(value)

    def guard(self, value: Value) -> Value:
        """The value, long rationals in it rounded to intervals."""
        return value.map(_kept) if isinstance(value, Array) else _kept(value)

    def if_exp(self, condition: Closure, then: Closure, otherwise: Closure) -> Closure:
        def choice(frame: Frame) -> Value:
            c = condition(frame)
            if isinstance(c, Array):
                return self.select(c, then(frame), otherwise(frame))
            truth = truth_of(c)
            if truth is None:
                return _joined(then(frame), otherwise(frame))
            return then(frame) if truth else otherwise(frame)

        return choice

    def select(self, condition: Value, then: Value, otherwise: Value) -> Value:
        def chosen(c: Scalar, branches: tuple[Scalar, Scalar]) -> Scalar:
            truth = truth_of(c)
            return hull(*branches) if truth is None else branches[0] if truth else branches[1]

        stretched = [zipped(lambda _c, b: b, condition, branch) for branch in (then, otherwise)]
        return zipped(chosen, condition, zipped(lambda a, b: (a, b), *stretched))

    def logic(self, op: str, operands: list[Closure]) -> Closure:
        decisive, merge = op == "or", self.functions["max" if op == "or" else "min"]

        def connective(frame: Frame) -> Value:
            pending: Value = _of_truth(not decisive)
            for operand in operands:
                truth = _truths(operand(frame))
                if type(truth) is fmpq and bool(truth) is decisive:
                    return truth
                pending = merge(pending, truth)
            return pending

        return connective


def _kept(number: Scalar) -> Scalar:
    if type(number) is fmpq:
        return number if number.height_bits() <= MAX_KEPT_BITS else interval_of(arb(number))
    if isinstance(number, Interval) and not (abs(number.low) < balls.LARGEST and abs(number.high) < balls.LARGEST):
        raise Undecided("how large a number is")
    return number


def _truths(value: Value) -> Value:
    """1 for what is not 0, entry by entry."""
    return value.map(lambda n: _of_truth(truth_of(n))) if isinstance(value, Array) else _of_truth(truth_of(value))


def _joined(one: Value, other: Value) -> Value:
    """Both outcomes of a choice at once."""
    if shape_of(one) != shape_of(other):
        raise Undecided(f"whether a value is {describe(shape_of(one))} or {describe(shape_of(other))}")
    return zipped(hull, one, other)


def _decided(number: Scalar) -> bool:
    truth = truth_of(number)
    if truth is None:
        raise Undecided("whether a number is zero")
    return truth


def divide(left: Scalar, right: Scalar) -> Scalar:
    """All quotients.

    Raises:
        EvaluationError: if the divisor is 0.
        Undecided: if it may be.
    """
    if type(right) is fmpq:
        if not right:
            raise EvaluationError("a division by zero")
        return left * (RATIONAL_ONE / right)
    if not (right.low > 0 or right.high < 0):
        raise Undecided("whether a divisor is zero")
    return left * Interval(BALL_ONE / right.high, BALL_ONE / right.low)


def _floor_divide(left: Scalar, right: Scalar) -> Scalar:
    quotient = divide(left, right)
    if type(quotient) is fmpq:
        return fmpq(quotient.floor())
    low, high = quotient.low.lower().floor(), quotient.high.upper().floor()
    return low.fmpq() if low == high else Interval(low, high)


def _power(base: Scalar, exponent: Scalar) -> Scalar:
    if type(exponent) is not fmpq:
        return _exp(exponent * _log(base))
    if type(base) is fmpq:
        try:
            return _EXACT.power(base, exponent)
        except Inexact:
            return interval_of(balls.power(arb(base), arb(exponent)))
    if exponent == _HALF:
        return _INTERVAL_FUNCTIONS["sqrt"](base)
    if exponent.q != 1:
        return _exp(_log(base) * exponent)
    if exponent < 0:
        return divide(RATIONAL_ONE, _power(base, -exponent))
    if exponent.p % 2 == 0:
        base = magnitude(base)
    power = arb(exponent)
    return Interval(balls.power(base.low, power), balls.power(base.high, power)) if exponent else RATIONAL_ONE


def _exp(number: Scalar) -> Scalar:
    return _INTERVAL_FUNCTIONS["exp"](number)


def _log(number: Scalar) -> Scalar:
    return _INTERVAL_FUNCTIONS["log"](number)


class IntervalOperations(ScalarOperations):
    """The functions of the language over rationals and intervals."""

    zero, one = RATIONAL_ZERO, RATIONAL_ONE
    max_made_entries = limits.MAX_ENTRIES
    is_true = staticmethod(_decided)
    quotient = staticmethod(divide)

    @staticmethod
    def smaller(left: Scalar, right: Scalar) -> Scalar:
        return min(left, right) if type(left) is fmpq and type(right) is fmpq else _least(left, right)

    @staticmethod
    def larger(left: Scalar, right: Scalar) -> Scalar:
        return max(left, right) if type(left) is fmpq and type(right) is fmpq else -_least(-left, -right)

    def of_entry(self, values: EntryValues) -> Callable[[Scalar], Scalar]:
        def function(number: Scalar) -> Scalar:
            if type(number) is fmpq:
                try:
                    return values.exact(number)
                except Inexact:
                    return interval_of(values.balls(arb(number)))
            low, high = number.low.lower(), number.high.upper()
            if not values.increasing:
                return interval_of(values.balls(low.union(high)))
            low, high = values.balls(low), values.balls(high)
            return low.fmpq() if low.is_exact() and low == high else number.through(values, Interval(low, high))

        return function

    def number(self, whole: int) -> fmpq:
        return fmpq(whole)

    def pi(self) -> Interval:
        return interval_of(arb.pi())

    def norm(self, numbers: Sequence[Scalar]) -> Scalar:
        return _INTERVAL_FUNCTIONS["sqrt"](sum((x * x for x in numbers), RATIONAL_ZERO))

    def exponentials(self, numbers: Sequence[Scalar]) -> list[Scalar]:
        raise NotImplementedError("softmax has a row of its own")  # which knows that its terms share a number


def _least(left: Scalar, right: Scalar) -> Interval:
    (a_low, a_high), (b_low, b_high) = ends(left), ends(right)
    return Interval(a_low.min(b_low), a_high.min(b_high))


def _softmax(value: Value) -> Value:
    """`1 / (1 + sum of exp(z_j - z_i))`, in which every number that varies stands once in a term."""
    numbers = IntervalOperations().column(value)

    def share(i: int) -> Scalar:
        others = [_exp(z - numbers[i]) for j, z in enumerate(numbers) if j != i]
        return divide(RATIONAL_ONE, sum(others, RATIONAL_ONE))

    return Array(shape_of(value), map(share, range(len(numbers))))


_INTERVAL_FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    **values_in(IntervalOperations()),
    "abs": lambda value: value.map(magnitude) if isinstance(value, Array) else magnitude(value),
    "softmax": _softmax,
}
INTERVALS = Intervals()
