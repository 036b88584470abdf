"""Numbers as they are written."""

import re
from fractions import Fraction

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from grader.language.numbers import NumberError, from_float, read_number, read_rational, shorten, show_number
from grader.language.parse import parse
from grader.language.tree import Number

from .evaluation import exact, plain, rational


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", Fraction(1, 10)),
        ("1e-9", Fraction(1, 10**9)),
        (".5", Fraction(1, 2)),
        ("5.", Fraction(5)),
        ("007", Fraction(7)),
        ("-1.50", Fraction(-3, 2)),
        ("+2", Fraction(2)),
        ("1E3", Fraction(1000)),
        ("1.5e+2", Fraction(150)),
        ("1e308", Fraction(10**308)),
        ("1e-400", Fraction(1, 10**400)),
        ("0e999999999", Fraction(0)),
        ("0.000", Fraction(0)),
        ("-0", Fraction(0)),
        ("1e00000000000002", Fraction(100)),
        ("9" * 309, Fraction(10**309 - 1)),
        ("0." + "0" * 398 + "1", Fraction(1, 10**399)),
    ],
)
def test_numbers_are_exact(text: str, value: Fraction) -> None:
    assert plain(read_number(text)) == value
    assert plain(read_rational(f"  {text} ")) == value


@pytest.mark.parametrize("text", ["0.1", "1e-9", ".5", "5.", "1e308", "2E+1"])
def test_literals_are_numbers_too(text: str) -> None:
    assert parse(text) == Number(read_number(text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "'' is not a number"),
        (".", "'.' is not a number"),
        ("e5", "'e5' is not a number"),
        ("1e", "'1e' is not a number"),
        ("--1", "'--1' is not a number"),
        ("1 2", "'1 2' is not a number"),
        ("١", "'١' is not a number"),
        ("１", "'１' is not a number"),
        ("1\n", "'1\\n' is not a number"),
        ("nan", "'nan' is not a number: write a finite number"),
        ("-Inf", "'-Inf' is not a number: write a finite number"),
        (".inf", "'.inf' is not a number: write a finite number"),
        ("Infinity", "'Infinity' is not a number: write a finite number"),
        ("1,5", "'1,5' is not a number: write a decimal point, not a decimal comma (1.5)"),
        ("1_000", "'1_000' is not a number: write it in plain decimal digits"),
        ("0x1F", "'0x1F' is not a number: write it in plain decimal digits"),
        ("0b1", "'0b1' is not a number: write it in plain decimal digits"),
        ("0o7", "'0o7' is not a number: write it in plain decimal digits"),
        ("True", "'True' is not a number: write 1"),
        ("yes", "'yes' is not a number: write 1"),
        ("off", "'off' is not a number: write 0"),
        ("x" * 50, f"'{'x' * 39}…' is not a number"),
        ("1" * 401, "a number of 401 digits is too long (at most 400)"),
        ("1" * 310, f"{'1' * 39}… is too large (numbers lie between 1e-400 and 1e309 in size)"),
        ("1e309", "1e309 is too large (numbers lie between 1e-400 and 1e309 in size)"),
        ("1e400", "1e400 is too large (numbers lie between 1e-400 and 1e309 in size)"),
        ("1e999999999", "1e999999999 is too large (numbers lie between 1e-400 and 1e309 in size)"),
        ("-1e999999999", "-1e999999999 is too large (numbers lie between 1e-400 and 1e309 in size)"),
        ("1e-999999999", "1e-999999999 is too small (numbers lie between 1e-400 and 1e309 in size)"),
        ("1e-402", "1e-402 is too small (numbers lie between 1e-400 and 1e309 in size)"),
    ],
)
def test_refusals(text: str, message: str) -> None:
    with pytest.raises(NumberError, match=f"^{re.escape(message)}$"):
        read_number(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("-3/2", Fraction(-3, 2)), (" 4 / 6 ", Fraction(2, 3)), ("−3/2", Fraction(-3, 2)), ("−0.5", Fraction(-1, 2))],
)
def test_fractions_are_read(text: str, value: Fraction) -> None:
    assert plain(read_rational(text)) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1/0", "1/0 divides by zero"),
        ("1/-2", "'1/-2' is not a number"),
        ("1.5/2", "'1.5/2' is not a number"),
        ("1/2/3", "'1/2/3' is not a number"),
        (f"1/{'9' * 401}", "a number of 401 digits is too long (at most 400)"),
    ],
)
def test_fractions_that_are_refused(text: str, message: str) -> None:
    with pytest.raises(NumberError, match=f"^{re.escape(message)}$"):
        read_rational(text)


def test_floats_have_their_exact_value() -> None:
    assert plain(from_float(0.1)) == Fraction(0.1) != Fraction(1, 10)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_floats_that_are_not_finite_are_refused(value: float) -> None:
    with pytest.raises(NumberError, match=f"^{value} is not a finite number$"):
        from_float(value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(3), "3"),
        (Fraction(0), "0"),
        (Fraction(-3, 2), "-1.5"),
        (Fraction(1, 3), "1/3"),
        (Fraction(-22, 7), "-22/7"),
        (Fraction(1, 8), "0.125"),
        (Fraction(-1, 1000), "-0.001"),
        (Fraction(1, 10**12), "0.000000000001"),
        (Fraction(1, 10**13), "1/10000000000000"),
        (Fraction(10**15), "1000000000000000"),
        (Fraction(10**40), "about 1e+40"),
        (Fraction(10**30, 7), "about 1.42857142857e+29"),
        (Fraction(-(10**400)), "about -1e400"),
        (Fraction(1, 10**400), "about 1e-400"),
    ],
)
def test_showing(value: Fraction, shown: str) -> None:
    assert show_number(rational(value)) == shown


def test_numbers_of_any_length_can_be_shown() -> None:
    """Python's own `str` refuses integers of more than 4,300 digits."""
    assert show_number(fmpq(10) ** 5000) == "about 1e5000"
    assert show_number(fmpq(1, 7) ** 9000) == "about 1e-7606"
    assert show_number(fmpq(10**5000 + 1, 10**5000)) == "about 1"


@pytest.mark.long
@given(st.fractions(max_denominator=10**6))
def test_what_is_shown_in_full_reads_back(value: Fraction) -> None:
    shown = show_number(rational(value))
    if not shown.startswith("about"):
        assert plain(read_rational(shown)) == value
    else:
        assert float(shown.removeprefix("about ")) == pytest.approx(float(value), rel=1e-11)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=15))
def test_decimals_read_exactly(value: object) -> None:
    assert plain(read_number(str(value))) == Fraction(str(value))


def test_a_tenth_three_times_is_three_tenths() -> None:
    assert exact("0.1 + 0.1 + 0.1 == 0.3") == 1


def test_shortening() -> None:
    assert shorten("abc") == "abc"
    assert shorten("a" * 41) == "a" * 39 + "…"
    assert shorten("abcdef", 4) == "abc…"
