"""The activation functions of neural networks."""

from __future__ import annotations

import math

from flint import arb, fmpq

from grader.language.arithmetic import Inexact
from grader.language.arrays import Scalar
from grader.language.ball_numbers import BALL_ONE, BALL_ZERO, below
from grader.language.build import ONE, TWO, ZERO, call, over, times
from grader.language.functions.elementary import float_checked, only_at
from grader.language.functions.operations import EntryValues, IeeeValues, NormalFormOperations
from grader.language.functions.record import Breakpoint, LanguageFunction
from grader.language.numbers import RATIONAL_ONE, RATIONAL_ZERO, show_number
from grader.language.tree import Binary


def _float_sigmoid(z: float) -> float:
    """Without overflow on either side."""
    small = math.exp(-abs(z))
    return 1 / (1 + small) if z >= 0 else small / (1 + small)


def _ball_sigmoid(z: arb) -> arb:
    """Through the exponential that is at most 1, so that the ball stays narrow on both sides."""
    if z > 0:
        return BALL_ONE / (BALL_ONE + (-z).exp())
    small = z.exp()
    return small / (BALL_ONE + small)


def _squared(number: Scalar) -> Scalar:
    """The square; of an interval it is that of a number times itself, not of any two of it."""
    return number * number


def _tanh_normal_form(numbers: NormalFormOperations, u: Scalar) -> Scalar:
    s = numbers.sigmoid(u + u)
    return s + s - numbers.one


def _exact_softplus(z: fmpq) -> fmpq:
    """Irrational at every rational point."""
    raise Inexact(f"softplus({show_number(z)}) is not a rational number")


def _ball_softplus(z: arb) -> arb:
    """`log(1 + exp(z))`, which is `z + log(1 + exp(-z))`."""
    return z + (-z).exp().log1p() if z > 0 else z.exp().log1p()


STEP = LanguageFunction(
    "step",
    "1 from 0 on, 0 below",
    EntryValues(
        exact=lambda z: RATIONAL_ONE if z >= 0 else RATIONAL_ZERO,
        floats=lambda z: int(z >= 0),
        balls=lambda z: BALL_ZERO if below(z, BALL_ZERO) else BALL_ONE,
        normal_form=lambda numbers, u: numbers.jump("step", u, 0, lambda sign: int(sign >= 0)),
        slope=lambda u: ZERO,
        ieee=IeeeValues(0.0, 1.0),
        increasing=True,
    ),
    rational=True,
    breakpoint=Breakpoint.JUMP_AT_ZERO,
    spellings=("heaviside",),
)

RELU = LanguageFunction(
    "relu",
    "z above 0, 0 elsewhere",
    EntryValues(
        exact=lambda z: z if z > 0 else RATIONAL_ZERO,
        floats=lambda z: z if z > 0 else 0,
        balls=lambda z: z.max(BALL_ZERO),
        normal_form=lambda numbers, u: numbers.half * (u + numbers.abs(u)),
        slope=lambda u: over(call("relu", u), u),
        largest_slope=RATIONAL_ONE,
        ieee=IeeeValues(0.0, math.inf),
        increasing=True,
    ),
    rational=True,
    breakpoint=Breakpoint.KINK_AT_ZERO,
)

SIGMOID = LanguageFunction(
    "sigmoid",
    "1/(1 + exp(-z))",
    EntryValues(
        exact=only_at("sigmoid", RATIONAL_ZERO, fmpq(1, 2)),
        floats=_float_sigmoid,
        balls=_ball_sigmoid,
        normal_form=lambda numbers, u: numbers.sigmoid(u),
        slope=lambda u: times(call("sigmoid", u), Binary("-", ONE, call("sigmoid", u))),
        largest_slope=fmpq(1, 4),
        exponential=True,
        ieee=IeeeValues(0.0, 1.0),
        increasing=True,
        slope_of_value=lambda y: fmpq(1, 4) - _squared(y - fmpq(1, 2)),
    ),
    rational=False,
    breakpoint=None,
    spellings=("σ", "sigma", "logistic", "sig", "sigm", "expit", "s"),
    latex=r"\sigma",
)

TANH = LanguageFunction(
    "tanh",
    "the hyperbolic tangent",
    EntryValues(
        exact=only_at("tanh", RATIONAL_ZERO, RATIONAL_ZERO),
        floats=math.tanh,
        balls=arb.tanh,
        normal_form=_tanh_normal_form,
        slope=lambda u: Binary("-", ONE, Binary("**", call("tanh", u), TWO)),
        largest_slope=RATIONAL_ONE,
        exponential=True,
        ieee=IeeeValues(-1.0, 1.0, keeps_zero=True),
        increasing=True,
        slope_of_value=lambda y: RATIONAL_ONE - _squared(y),
    ),
    rational=False,
    breakpoint=None,
    spellings=("th",),
    latex=r"\tanh",
)

SOFTPLUS = LanguageFunction(
    "softplus",
    "log(1 + exp(z))",
    EntryValues(
        exact=_exact_softplus,
        floats=float_checked("softplus", lambda z: max(z, 0) + math.log1p(math.exp(-abs(z)))),
        balls=_ball_softplus,
        normal_form=lambda numbers, u: numbers.log(numbers.one + numbers.exp(u)),
        slope=lambda u: call("sigmoid", u),
        largest_slope=RATIONAL_ONE,
        exponential=True,
        ieee=IeeeValues(0.0, math.inf),
        increasing=True,
    ),
    rational=False,
    breakpoint=None,
)
