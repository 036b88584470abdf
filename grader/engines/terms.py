"""The symbolic domain: expressions over numbers that z3 reasons about, and constants that stay exact rationals.

A value is an `fmpq` where it is known, else a `Term`. A choice between terms becomes one term, so both branches are
worked out; what only exact numbers can say (an index, a division by a quantity that may be 0) is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import z3
from flint import fmpq

from grader.language.arithmetic import COMPARISON_FUNCTIONS, EvaluationError
from grader.language.arrays import Array, Scalar
from grader.language.exact import Exact
from grader.language.numbers import RATIONAL_ONE, RATIONAL_ZERO

MAX_TERM_VALUES = 16
"""Values of a term that are kept apart, so that products with it stay linear."""

MAX_TERM_EXPONENT = 8

EXACT_DOMAIN = Exact()

BITS = frozenset((RATIONAL_ZERO, RATIONAL_ONE))


class UnsupportedByTerms(EvaluationError):
    """Something that is not written as terms: the message says what."""


def as_real(number: fmpq, context: z3.Context | None = None) -> z3.ArithRef:
    """The constant of z3."""
    return z3.RealVal(f"{number.p}/{number.q}", context)


class Term:
    """A number that z3 reasons about.

    `values` are all that it can take, where they are few; `condition`, of a number that is 1 or 0: that it is 1.
    """

    __slots__ = ("_real", "condition", "values")

    def __init__(
        self,
        real: z3.ArithRef | None,
        values: frozenset[fmpq] | None = None,
        condition: z3.BoolRef | None = None,
    ) -> None:
        self._real = real
        self.values = values if values is None or len(values) <= MAX_TERM_VALUES else None
        self.condition = condition

    @property
    def real(self) -> z3.ArithRef:
        """The term as a real number."""
        if self._real is None:
            self._real = z3.If(self.condition, z3.RealVal(1), z3.RealVal(0))
        return self._real

    def __add__(self, other: Any) -> Scalar:
        return _linear(self, other, lambda a, b: a + b)

    def __radd__(self, other: Any) -> Scalar:
        return _linear(other, self, lambda a, b: a + b)

    def __sub__(self, other: Any) -> Scalar:
        return _linear(self, other, lambda a, b: a - b)

    def __rsub__(self, other: Any) -> Scalar:
        return _linear(other, self, lambda a, b: a - b)

    def __mul__(self, other: Any) -> Scalar:
        return product(self, other)

    def __rmul__(self, other: Any) -> Scalar:
        return product(self, other)

    def __neg__(self) -> Scalar:
        return RATIONAL_ZERO - self

    def __eq__(self, other: object) -> bool:
        raise UnsupportedByTerms("whether quantities are equal decides what is worked out")

    __hash__ = None  # type: ignore[assignment]  # equality is no fact

    def __bool__(self) -> bool:
        raise UnsupportedByTerms("whether a quantity is true decides what is worked out")


def real_of(number: Scalar) -> z3.ArithRef:
    """A number of this domain as a real of z3."""
    return number.real if isinstance(number, Term) else as_real(number)


def truth(number: Scalar) -> z3.BoolRef:
    """Whether a number is true, which is: not 0."""
    if not isinstance(number, Term):
        return z3.BoolVal(bool(number))
    return number.condition if number.condition is not None else number.real != 0


def of_condition(condition: z3.BoolRef) -> Term:
    """The number that is 1 where a condition holds, else 0."""
    return Term(None, BITS, condition)


def _values(number: Scalar) -> frozenset[fmpq] | None:
    return number.values if isinstance(number, Term) else frozenset((number,))


def _together(left: Scalar, right: Scalar, function: Callable[[fmpq, fmpq], fmpq]) -> frozenset[fmpq] | None:
    ours, theirs = _values(left), _values(right)
    if ours is None or theirs is None:
        return None
    return frozenset(function(a, b) for a in ours for b in theirs)


def _linear(left: Scalar, right: Scalar, function: Callable[[Any, Any], Any]) -> Scalar:
    if isinstance(left, Array) or isinstance(right, Array):
        return NotImplemented
    return Term(function(real_of(left), real_of(right)), _together(left, right, function))


def product(left: Scalar, right: Scalar) -> Scalar:
    """The product; it is linear unless both factors take any value, as a factor of few values is told apart by them."""
    if isinstance(left, Array) or isinstance(right, Array):
        return NotImplemented
    for one, other in ((left, right), (right, left)):
        if not isinstance(one, Term):
            return RATIONAL_ZERO if one == 0 else Term(as_real(one) * real_of(other), _together(one, other, _times))
    one, other = (left, right) if left.values is not None else (right, left)
    if one.values is None:
        return Term(one.real * other.real)
    return Term(by_value(one, lambda value: as_real(value) * other.real), _together(one, other, _times))


def is_linear(expressions: Iterable[z3.ExprRef]) -> bool:
    """True if no expression multiplies two quantities."""
    todo, seen = list(expressions), set[int]()
    while todo:
        expression = todo.pop()
        if expression.get_id() in seen:
            continue
        seen.add(expression.get_id())
        parts = expression.children()
        if z3.is_mul(expression) and sum(not z3.is_rational_value(part) for part in parts) > 1:
            return False
        todo += parts
    return True


def _times(left: fmpq, right: fmpq) -> fmpq:
    return left * right


def by_value(term: Term, function: Callable[[fmpq], z3.ArithRef]) -> z3.ArithRef:
    """What a function gives of the value that a term of few values has."""
    first, *rest = sorted(term.values or ())
    result = function(first)
    for value in rest:
        result = z3.If(term.real == as_real(value), function(value), result)
    return result


def choice(condition: Scalar, then: Scalar, otherwise: Scalar) -> Scalar:
    """`then` where the condition is true, else `otherwise`."""
    if not isinstance(condition, Term):
        return then if condition else otherwise
    if not isinstance(then, Term) and not isinstance(otherwise, Term) and then == otherwise:
        return then
    ours, theirs = _values(then), _values(otherwise)
    values = None if ours is None or theirs is None else ours | theirs
    if values is not None and values <= BITS:
        return of_condition(z3.If(truth(condition), truth(then), truth(otherwise)))
    return Term(z3.If(truth(condition), real_of(then), real_of(otherwise)), values)


def comparison(op: str) -> Callable[[Scalar, Scalar], Scalar]:
    test = COMPARISON_FUNCTIONS[op]

    def compare(left: Scalar, right: Scalar) -> Scalar:
        if isinstance(left, Term) or isinstance(right, Term):
            return of_condition(test(real_of(left), real_of(right)))
        return RATIONAL_ONE if test(left, right) else RATIONAL_ZERO

    return compare


def divide(left: Scalar, right: Scalar) -> Scalar:
    if not isinstance(right, Term):
        if not isinstance(left, Term):
            return EXACT_DOMAIN.divide(left, right)
        if not right:
            raise EvaluationError("something is divided by zero")
        return left * (1 / right)
    if right.values is None or RATIONAL_ZERO in right.values:
        raise UnsupportedByTerms("something is divided by a quantity that may be zero")
    if isinstance(left, Term) and left.values is None and len(right.values) > 1:
        return Term(by_value(right, lambda v: left.real / as_real(v)))
    return Term(by_value(right, lambda v: real_of(left) / as_real(v)), _together(left, right, lambda a, b: a / b))


def floor_divide(left: Scalar, right: Scalar) -> Scalar:
    quotient = divide(left, right)
    if not isinstance(quotient, Term):
        return fmpq(quotient.floor())
    values = None if quotient.values is None else frozenset(fmpq(v.floor()) for v in quotient.values)
    return Term(z3.ToReal(z3.ToInt(quotient.real)), values)


def power(base: Scalar, exponent: Scalar) -> Scalar:
    if not isinstance(base, Term) and not isinstance(exponent, Term):
        return EXACT_DOMAIN.power(base, exponent)
    if isinstance(exponent, Term) or exponent.q != 1 or not 0 <= exponent <= MAX_TERM_EXPONENT:
        raise UnsupportedByTerms("a quantity has an exponent that is no small whole number")
    result: Scalar = RATIONAL_ONE
    for _ in range(int(exponent.p)):
        result = result * base
    return result
