"""The domain of real numbers: rationals exactly as long as values are rational, balls from the first other one on.

So `sigmoid(0)` is 1/2 and `step(w*x - 1)` is decided at its jump, though weights are thirds; where a value is a ball, a
question that hangs on its width raises `Undecided`: ask again with more bits (`flint.ctx.workprec`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence

from flint import arb, ctx, fmpq

from grader.language import balls, limits
from grader.language.arithmetic import (
    COMPARISON_FUNCTIONS,
    Arithmetic,
    Closure,
    EvaluationError,
    Frame,
    Inexact,
    TooLarge,
    refuse_unlike,
)
from grader.language.arrays import Array, Scalar, Value, entries, zipped
from grader.language.ball_numbers import Undecided, as_rational, truth
from grader.language.exact import Exact
from grader.language.functions.elementary import EXP, exact_sqrt
from grader.language.functions.operations import EntryValues, ScalarOperations
from grader.language.functions.table import values_in
from grader.language.numbers import RATIONAL_ONE, RATIONAL_ZERO

MAX_KEPT_RATIONAL_BITS = 2_048
"""Bits of a numerator or denominator that outlives a power, a call, a comprehension or a step; longer ones are rounded
to a ball, which loses nothing that a proof needs."""


MAX_KEPT_VALUES = 4_096
"""Values of a function at rational arguments that are kept."""

LARGEST_ARGUMENT = arb(2) ** 2_048
"""The largest argument of which an exponential is worked out: more bits than these make it finite (see `arb_exp`)."""

_SCALARS = (fmpq, arb)

_EXACT, _BALLS = Exact(), balls.Balls()


class Reals(Arithmetic):
    """Expressions over the reals: `fmpq` or `arb`, the first wherever the value is known to be rational."""

    def number(self, value: fmpq) -> fmpq:
        return value

    def comparison(self, op: str) -> Callable[[Value, Value], Value]:
        exact, enclosed = COMPARISON_FUNCTIONS[op], balls.BALL_COMPARISONS[op]
        same = RATIONAL_ONE if exact(RATIONAL_ZERO, RATIONAL_ZERO) else RATIONAL_ZERO

        def scalar(left: Scalar, right: Scalar) -> fmpq:
            if type(left) is fmpq and type(right) is fmpq:
                return RATIONAL_ONE if exact(left, right) else RATIONAL_ZERO
            if left is right:  # one number, however wide its ball
                return same
            return RATIONAL_ONE if enclosed(as_ball(left), as_ball(right)) else RATIONAL_ZERO

        def compare(left: Value, right: Value) -> Value:
            if type(left) in _SCALARS and type(right) in _SCALARS:
                return scalar(left, right)
            refuse_unlike(left, right)
            result = zipped(scalar, left, right)
            return RATIONAL_ZERO if isinstance(result, Array) and not result.entries else result

        return compare

    def is_true(self, number: Scalar) -> bool:
        return is_true(number)

    @property
    def functions(self) -> Mapping[str, Callable[..., Value]]:
        return _REAL_FUNCTIONS

    def divide(self, left: Value, right: Value) -> Value:
        if type(left) in _SCALARS and type(right) in _SCALARS:
            return _divide(left, right)
        return zipped(_divide, left, right)

    def floor_divide(self, left: Value, right: Value) -> Value:
        return zipped(_floor_divide, left, right)

    def power(self, base: Value, exponent: Value) -> Value:
        return zipped(_power, base, exponent)

    def whole(self, value: Value) -> int:
        if isinstance(value, arb):
            exact = as_rational(value)
            return _BALLS.whole(value) if exact is None else _EXACT.whole(exact)
        return _EXACT.whole(value)

    def guard(self, value: Value) -> Value:
        """The value, long rationals in it rounded.

        Raises:
            TooLarge: if a number is surely too large.
            Undecided: if a ball is too wide to say.
        """
        return value.map(_kept) if isinstance(value, Array) else _kept(value)

    def effort(self, value: Value) -> int:
        return 1 + sum(64 + _bits(entry) for entry in entries(value)) // 512

    def product_effort(self, left: Value, right: Value) -> int:
        return _EXACT.product_effort(left, right)

    def logic(self, op: str, operands: list[Closure]) -> Closure:
        """`and` and `or`; an operand that decides does so although one before it is undecided."""
        plain, decisive = super().logic(op, operands), op == "or"
        decided = RATIONAL_ONE if decisive else RATIONAL_ZERO

        def connective(frame: Frame) -> Value:
            try:
                return plain(frame)
            except Undecided:
                if any(_is_surely(operand, frame, decisive) for operand in operands):
                    return decided
                raise

        return connective


def _is_surely(operand: Closure, frame: Frame, wanted: bool) -> bool:
    try:
        value = operand(frame)
        return not isinstance(value, Array) and is_true(value) is wanted
    except (Undecided, EvaluationError):
        return False


def is_true(number: Scalar) -> bool:
    """Whether a number is not 0; Undecided where a ball does not say."""
    return truth(number) if isinstance(number, arb) else bool(number)


def as_ball(number: Scalar) -> arb:
    """A number as a ball, at FLINT's precision."""
    return number if isinstance(number, arb) else arb(number)


def is_ball(value: Value) -> bool:
    """True if some number of a value is a ball."""
    if not isinstance(value, Array):
        return isinstance(value, arb)
    return any(isinstance(entry, arb) for entry in value.entries)


def _bits(number: Scalar) -> int:
    return int(number.height_bits()) if type(number) is fmpq else int(ctx.prec)


def _kept(number: Scalar) -> Scalar:
    if type(number) is fmpq:
        return number if number.height_bits() <= MAX_KEPT_RATIONAL_BITS else arb(number)
    if not isinstance(number, arb) or abs(number) < balls.LARGEST:
        return number
    if abs(number) > balls.LARGEST:
        raise TooLarge("a number is too large to enclose")
    raise Undecided("how large a number is")


def _finite(result: arb, argument: arb) -> arb:
    """What a function gave, if that is finite: an exponential has to be no small number."""
    if result.is_finite():
        return result
    if abs(argument) > LARGEST_ARGUMENT:
        raise TooLarge("a number is too large to enclose")
    raise Undecided("how large a number is")


def _divide(left: Scalar, right: Scalar) -> Scalar:
    if type(right) is fmpq:
        if type(left) is fmpq:
            return _EXACT.divide(left, right)
        if not right:
            raise EvaluationError("something is divided by zero")
        return left / right
    return balls.divide(as_ball(left), right)


def _floor_divide(left: Scalar, right: Scalar) -> Scalar:
    quotient = _divide(left, right)
    if type(quotient) is fmpq:
        return fmpq(quotient.floor())
    floor = quotient.floor()
    if not floor.is_exact():
        raise Undecided("the whole part of a quotient")
    return floor.fmpq()


def _power(base: Scalar, exponent: Scalar) -> Scalar:
    if type(base) is fmpq and type(exponent) is fmpq:
        try:
            return _EXACT.power(base, exponent)
        except (Inexact, TooLarge):
            pass
    return balls.power(as_ball(base), as_ball(exponent))


def _name(number: Scalar) -> Hashable:
    """The same for what is known to be one number."""
    return (int(number.p), int(number.q)) if type(number) is fmpq else id(number)


class RealOperations(ScalarOperations):
    """The functions of the language over rationals and balls."""

    zero, one = RATIONAL_ZERO, RATIONAL_ONE
    max_made_entries = limits.MAX_ENTRIES
    is_true = staticmethod(is_true)

    def __init__(self) -> None:
        super().__init__()
        assert isinstance(EXP.values, EntryValues)
        self._exponential = self.of_entry(EXP.values)

    quotient = staticmethod(_divide)

    @staticmethod
    def smaller(left: Scalar, right: Scalar) -> Scalar:
        """The very same object where it is surely the smaller one, so that it is equal to itself."""
        if left is right or left < right:
            return left
        return right if right < left or type(left) is type(right) is fmpq else as_ball(left).min(as_ball(right))

    @staticmethod
    def larger(left: Scalar, right: Scalar) -> Scalar:
        """Likewise."""
        if left is right or left > right:
            return left
        return right if right > left or type(left) is type(right) is fmpq else as_ball(left).max(as_ball(right))

    def of_entry(self, values: EntryValues) -> Callable[[Scalar], Scalar]:
        """One rational argument gives one and the same object, so that units of the same weights are equal."""
        exact, enclosed = values.exact, values.balls
        kept: dict[tuple[int, int, int], Scalar] = {}

        def of_rational(number: fmpq) -> Scalar:
            try:
                return exact(number)
            except Inexact:
                pass
            key = (int(number.p), int(number.q), ctx.prec)
            found = kept.get(key)
            if found is None:
                if len(kept) >= MAX_KEPT_VALUES:
                    kept.clear()
                argument = arb(number)
                found = kept[key] = _finite(enclosed(argument), argument)
            return found

        def function(number: Scalar) -> Scalar:
            rational = number if type(number) is fmpq else as_rational(number)
            return _finite(enclosed(number), number) if rational is None else of_rational(rational)

        return function

    def number(self, whole: int) -> fmpq:
        return fmpq(whole)

    def pi(self) -> Scalar:
        return arb.pi()

    def norm(self, numbers: Sequence[Scalar]) -> Scalar:
        total: Scalar = sum((x * x for x in numbers), RATIONAL_ZERO)
        if type(total) is not fmpq:
            return total.nonnegative_part().sqrt()
        try:
            return exact_sqrt(total)
        except Inexact:
            return arb(total).sqrt()

    def exponentials(self, numbers: Sequence[Scalar]) -> list[Scalar]:
        """The largest number is taken off all of them before: no exponential is larger than about 1."""
        if all(type(x) is fmpq for x in numbers):
            largest: Scalar = max(numbers)
        else:
            largest = max(as_ball(x).mid() for x in numbers)
        found = dict[Hashable, Scalar]()
        return [found.setdefault(_name(x), self._exponential(x - largest)) for x in numbers]


_REAL_FUNCTIONS = values_in(RealOperations())

REALS = Reals()
