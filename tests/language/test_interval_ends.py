"""Ends of intervals as rationals: never inside, and no number is so long that it fills the memory."""

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from grader.language.arithmetic import TooLarge
from grader.language.interval_numbers import MAX_END_BITS, Interval, bounds_of, rational_above


@given(st.integers(-(2**70), 2**70), st.integers(-3 * MAX_END_BITS, 100))
def test_an_end_is_never_below_the_ball_and_a_short_one_is_the_ball(mantissa, exponent):
    with ctx.workprec(80):
        end = rational_above(arb((mantissa, exponent)))
    exact = fmpq(mantissa) * fmpq(2) ** exponent
    assert exact <= end <= exact + fmpq(1, 2**MAX_END_BITS)
    assert end == exact or exponent < -MAX_END_BITS


def test_ends_of_what_is_almost_0_are_short():
    tiny = arb((1, -(10**300)))
    smallest = fmpq(1, 2**MAX_END_BITS)
    assert bounds_of(Interval(tiny, tiny)) == (0, smallest)
    assert bounds_of(Interval(-tiny, -tiny)) == (-smallest, 0)


@pytest.mark.parametrize("end", [arb((1, 10**300)), arb("inf"), arb("nan")])
def test_an_end_too_far_away_is_told(end):
    with pytest.raises(TooLarge):
        rational_above(end)
