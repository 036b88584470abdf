"""Elementary functions of one number: absolute value, sign, exponentials, logarithm, root, sine and cosine."""

from __future__ import annotations

import math
from collections.abc import Callable

from flint import arb, fmpq

from grader.language.arithmetic import EvaluationError, Inexact
from grader.language.ball_numbers import BALL_ONE, BALL_ZERO, Undecided, below, shown
from grader.language.build import ONE, TWO, ZERO, call, minus, over, times
from grader.language.functions.operations import EntryValues, IeeeValues
from grader.language.functions.record import Breakpoint, LanguageFunction
from grader.language.numbers import RATIONAL_ONE, RATIONAL_ZERO, show_number


def only_at(name: str, point: fmpq, value: fmpq) -> Callable[[fmpq], fmpq]:
    """A transcendental function, which is rational at one rational point only (Lindemann-Weierstrass)."""

    def function(z: fmpq) -> fmpq:
        if z == point:
            return value
        raise Inexact(f"{name}({show_number(z)}) is not a rational number")

    return function


def float_checked(name: str, function: Callable[[float], float]) -> Callable[[float], float]:
    """The function with infinity where it overflows, and an `EvaluationError` where it has no value."""

    def apply(z: float) -> float:
        try:
            return function(z)
        except OverflowError:
            return math.inf
        except ValueError:
            raise EvaluationError(f"{name}({z}) does not exist") from None

    return apply


def _ball_sign(z: arb) -> arb:
    return BALL_ZERO if z.is_zero() else -BALL_ONE if below(z, BALL_ZERO) else BALL_ONE


_log_at_one = only_at("log", RATIONAL_ONE, RATIONAL_ZERO)


def _exact_log(z: fmpq) -> fmpq:
    if z <= 0:
        raise EvaluationError(f"log({show_number(z)}) does not exist")
    return _log_at_one(z)


def _ball_log(z: arb) -> arb:
    if z > 0:
        return z.log()
    if z <= 0:
        raise EvaluationError(f"log({shown(z)}) does not exist")
    raise Undecided("whether a logarithm exists")


def exact_sqrt(z: fmpq) -> fmpq:
    """The square root of a rational number.

    Raises:
        EvaluationError: for a negative number.
        Inexact: where it is irrational.
    """
    if z < 0:
        raise EvaluationError(f"sqrt({show_number(z)}) does not exist")
    top, bottom = z.p.isqrt(), z.q.isqrt()
    if top * top != z.p or bottom * bottom != z.q:
        raise Inexact(f"sqrt({show_number(z)}) is not a rational number")
    return fmpq(top, bottom)


def _ball_sqrt(z: arb) -> arb:
    if z >= 0:
        return z.sqrt()
    if z < 0:
        raise EvaluationError(f"sqrt({shown(z)}) does not exist")
    raise Undecided("whether a square root exists")


ABS = LanguageFunction(
    "abs",
    "the absolute value",
    EntryValues(
        exact=abs,
        floats=abs,
        balls=abs,
        normal_form=lambda numbers, u: numbers.abs(u),
        slope=lambda u: over(call("abs", u), u),
        ieee=IeeeValues(math.inf, math.inf),
    ),
    rational=True,
    breakpoint=Breakpoint.KINK_AT_ZERO,
    spellings=("absolute", "fabs"),
    latex=r"\left|#1\right|",
)

SIGN = LanguageFunction(
    "sign",
    "1 above 0, -1 below 0, and 0 at 0",
    EntryValues(
        exact=lambda z: RATIONAL_ONE if z > 0 else -RATIONAL_ONE if z < 0 else RATIONAL_ZERO,
        floats=lambda z: (z > 0) - (z < 0),
        balls=_ball_sign,
        normal_form=lambda numbers, u: numbers.jump("sign", u, -1, lambda sign: sign),
        slope=lambda u: ZERO,
        ieee=IeeeValues(-1.0, 1.0),
        increasing=True,
    ),
    rational=True,
    breakpoint=Breakpoint.JUMP_AT_ZERO,
    spellings=("sgn",),
)

EXP = LanguageFunction(
    "exp",
    "e to the power z",
    EntryValues(
        exact=only_at("exp", RATIONAL_ZERO, RATIONAL_ONE),
        floats=float_checked("exp", math.exp),
        balls=arb.exp,
        normal_form=lambda numbers, u: numbers.exp(u),
        slope=lambda u: call("exp", u),
        exponential=True,
        ieee=IeeeValues(0.0, math.inf),
        increasing=True,
        slope_of_value=lambda y: y,
    ),
    rational=False,
    breakpoint=None,
    latex=r"\exp",
)

LOG = LanguageFunction(
    "log",
    "the natural logarithm",
    EntryValues(
        exact=_exact_log,
        floats=float_checked("log", math.log),
        balls=_ball_log,
        normal_form=lambda numbers, u: numbers.log(u),
        slope=lambda u: over(ONE, u),
        ieee=IeeeValues(at_infinity=math.inf, at_pole=-math.inf),
        increasing=True,
    ),
    rational=False,
    breakpoint=None,
    advice="log2(z), log10(z) and log(z)/log(b) are logarithms to other bases",
    spellings=("ln",),
    latex=r"\log",
)

SQRT = LanguageFunction(
    "sqrt",
    "the square root",
    EntryValues(
        exact=exact_sqrt,
        floats=float_checked("sqrt", math.sqrt),
        balls=_ball_sqrt,
        normal_form=lambda numbers, u: numbers.sqrt(u),
        slope=lambda u: over(ONE, times(TWO, call("sqrt", u))),
        ieee=IeeeValues(at_infinity=math.inf, keeps_zero=True),
        increasing=True,
    ),
    rational=False,
    breakpoint=Breakpoint.ROOT_AT_ZERO,
    latex=r"\sqrt{#1}",
)

SINH = LanguageFunction(
    "sinh",
    "the hyperbolic sine",
    EntryValues(
        exact=only_at("sinh", RATIONAL_ZERO, RATIONAL_ZERO),
        floats=float_checked("sinh", math.sinh),
        balls=arb.sinh,
        normal_form=lambda numbers, u: numbers.half * (numbers.exp(u) - numbers.exp(-u)),
        slope=lambda u: call("cosh", u),
        exponential=True,
        ieee=IeeeValues(-math.inf, math.inf, keeps_zero=True),
        increasing=True,
    ),
    rational=False,
    breakpoint=None,
    spellings=("sh",),
    latex=r"\sinh",
)

COSH = LanguageFunction(
    "cosh",
    "the hyperbolic cosine",
    EntryValues(
        exact=only_at("cosh", RATIONAL_ZERO, RATIONAL_ONE),
        floats=float_checked("cosh", math.cosh),
        balls=arb.cosh,
        normal_form=lambda numbers, u: numbers.half * (numbers.exp(u) + numbers.exp(-u)),
        slope=lambda u: call("sinh", u),
        exponential=True,
        ieee=IeeeValues(math.inf, math.inf),
    ),
    rational=False,
    breakpoint=None,
    spellings=("ch",),
    latex=r"\cosh",
)

SIN = LanguageFunction(
    "sin",
    "the sine",
    EntryValues(
        exact=only_at("sin", RATIONAL_ZERO, RATIONAL_ZERO),
        floats=float_checked("sin", math.sin),
        balls=arb.sin,
        normal_form=lambda numbers, u: numbers.sine("sin", u),
        slope=lambda u: call("cos", u),
        largest_slope=RATIONAL_ONE,
        ieee=IeeeValues(keeps_zero=True),
    ),
    rational=False,
    breakpoint=None,
    latex=r"\sin",
)

COS = LanguageFunction(
    "cos",
    "the cosine",
    EntryValues(
        exact=only_at("cos", RATIONAL_ZERO, RATIONAL_ONE),
        floats=float_checked("cos", math.cos),
        balls=arb.cos,
        normal_form=lambda numbers, u: numbers.sine("cos", u),
        slope=lambda u: minus(call("sin", u)),
        largest_slope=RATIONAL_ONE,
    ),
    rational=False,
    breakpoint=None,
    latex=r"\cos",
)
