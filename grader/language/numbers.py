"""Numbers exactly as they are written: `0.1` is 1/10, `1e-9` is one billionth, `-3/2` is minus three halves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext
from math import log10
from typing import NamedTuple

from flint import fmpq

from grader.language import limits

RATIONAL_ZERO, RATIONAL_ONE = fmpq(0), fmpq(1)

_DECIMAL = re.compile(r"([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?", re.ASCII)
_FRACTION = re.compile(r"([+-]?\d+)\s*/\s*(\d+)", re.ASCII)
_MINUS_SIGNS = re.compile("[−–—‐‑‒―﹣－➖]")
"""What stands in a text for a minus: signs out of a PDF, and the dashes that programs make of a hyphen."""


class NumberError(ValueError):
    """Text that is not a number, or one outside the range that is read."""


def read_number(text: str) -> fmpq:
    """A whole number, a decimal or one with an exponent, exactly.

    Raises:
        NumberError: if it is no such number, has too many digits or too large an exponent.
    """
    found = _DECIMAL.fullmatch(text)
    if not found or not (found[2] or found[3]):
        raise NumberError(f"{shorten(text)!r} is not a number{_advice(text)}")
    sign, whole, part, exponent = found[1], found[2], found[3] or "", found[4] or "0"
    digits = (whole + part).lstrip("0")
    if len(whole + part) > limits.MAX_NUMBER_DIGITS:
        raise NumberError(f"a number of {len(whole + part)} digits is too long (at most {limits.MAX_NUMBER_DIGITS})")
    too_far = len(exponent.lstrip("+-0")) > 4
    power = 0 if too_far else int(exponent) - len(part)
    if digits and (too_far or len(digits) + power > 309):
        size = "small" if exponent.startswith("-") else "large"
        raise NumberError(f"{shorten(text)} is too {size} (numbers lie between 1e-400 and 1e309 in size)")
    if digits and len(digits) + power < -limits.MAX_NUMBER_DIGITS:
        raise NumberError(f"{shorten(text)} is too small (numbers lie between 1e-400 and 1e309 in size)")
    if not digits:
        return fmpq(0)
    number = -int(digits) if sign == "-" else int(digits)
    return fmpq(number * 10**power) if power >= 0 else fmpq(number, 10**-power)


def read_rational(text: str) -> fmpq:
    """Like `read_number`, and also fractions of whole numbers: `-3/2`.

    Raises:
        NumberError: as `read_number` does, and for a fraction over zero.
    """
    plain = text.strip()
    if not plain.isascii():
        plain = _MINUS_SIGNS.sub("-", plain)
    if found := _FRACTION.fullmatch(plain):
        top, bottom = read_number(found[1]), read_number(found[2])
        if not bottom:
            raise NumberError(f"{shorten(text)} divides by zero")
        return top / bottom
    return read_number(plain)


def from_float(value: float) -> fmpq:
    """The exact value of a binary float.

    Raises:
        NumberError: for NaN and infinities.
    """
    if value != value or value in (float("inf"), float("-inf")):
        raise NumberError(f"{value} is not a finite number")
    return fmpq(*value.as_integer_ratio())


def show_number(value: fmpq) -> str:
    """`3`, `-1.5`, `1/3`: a decimal where it ends within 12 places, else a fraction; long ones are cut to a float."""
    exact = short_decimal(value) or _short_fraction(value)
    return exact or f"about {_rounded(int(value.p), int(value.q))}"


def short_decimal(value: fmpq) -> str:
    """The number itself where it is whole or ends within 12 places, and is below 10^15; else empty."""
    top, bottom = int(value.p), int(value.q)
    if bottom == 1 and abs(top) < 10**15:
        return str(top)
    places = next((n for n in range(1, 13) if 10**n % bottom == 0), 0)
    if not places or abs(top) >= 10**15:
        return ""
    scaled = str(abs(top) * (10**places // bottom)).rjust(places + 1, "0")
    return f"{'-' if top < 0 else ''}{scaled[:-places]}.{scaled[-places:]}"


def _short_fraction(value: fmpq) -> str:
    """`1/3`, or a whole number; empty where it is longer than people read."""
    top, bottom = int(value.p), int(value.q)
    short = top.bit_length() + bottom.bit_length() <= 90 and len(f"{top}{bottom}") <= 24
    return str(value) if short else ""


MIN_SHOWN_DIGITS, MAX_SHOWN_DIGITS = 6, 40
"""Significant digits of a number that is shown rounded: so many, or as many more as tell it from those beside it."""


def show_beside(value: fmpq, *others: fmpq) -> str:
    """`0.333333 (1/3)`: a number with an end as it is, any other as a decimal beside its fraction.

    The decimal has enough digits to differ from every other number that the value is shown beside, and never looks like
    a rounder number than the value is (`0.5` for what is a little more).
    """
    if exact := short_decimal(value):
        return exact
    text, is_exact, tells = _rounded_beside(value, others)
    if is_exact:
        return text
    if fraction := _short_fraction(value):
        return f"{_in_digits(_decimal(value, _digits_beside(value, others)))} ({fraction})"
    return f"about {text}" if tells else text


def show_irrational_beside(value: fmpq, *others: fmpq) -> str:
    """`0.500449`: the same for a number that `value` is very near to, and that is not rational itself."""
    return _rounded_beside(value, others).text


class _Rounded(NamedTuple):
    """A number rounded, or as a rounder number and how far it is from that."""

    text: str
    is_exact: bool
    tells: bool


def _digits_beside(value: fmpq, others: Iterable[fmpq]) -> int:
    fitting = (n for n in range(MIN_SHOWN_DIGITS, MAX_SHOWN_DIGITS + 1) if _tells(value, others, n))
    return next(fitting, MAX_SHOWN_DIGITS)


def _rounded_beside(value: fmpq, others: Sequence[fmpq]) -> _Rounded:
    digits = _digits_beside(value, others)
    near = _decimal(value, digits)
    rest = value - fmpq(*near.as_integer_ratio())
    if not rest or _tells(value, others, digits):
        return _Rounded(_in_digits(near), not rest, True)
    text = f"{_in_digits(near)} {'+' if rest > 0 else '-'} {_in_digits(_decimal(abs(rest), 3))}"
    return _Rounded(text, False, False)


def _tells(value: fmpq, others: Iterable[fmpq], digits: int) -> bool:
    """Whether so many digits tell a value from others, and from rounder numbers."""
    near = _decimal(value, digits)
    is_rounder = len(near.as_tuple().digits) < MIN_SHOWN_DIGITS
    return not is_rounder and all(other == value or _decimal(other, digits) != near for other in others)


def _in_digits(near: Decimal) -> str:
    return f"{near:f}" if -7 < near.adjusted() < 15 else f"{near:e}"


def _decimal(value: fmpq, digits: int) -> Decimal:
    """The number rounded to so many significant digits, without zeros at its end."""
    with localcontext(Context(prec=digits, Emax=MAX_EMAX, Emin=MIN_EMIN)):
        return (Decimal(int(value.p)) / Decimal(int(value.q))).normalize()


def _rounded(top: int, bottom: int) -> str:
    """Twelve digits where a float holds the size, else the power of ten alone (of numbers too long for `str`)."""
    try:
        if near := top / bottom:
            return f"{near:.12g}"
    except OverflowError:
        pass
    return f"{'-' if top < 0 else ''}1e{round((top.bit_length() - bottom.bit_length()) * log10(2))}"


_DECIMAL_COMMA = re.compile(r"\s*([-+−]?\d{1,20}),(\d{1,20})\s*", re.ASCII)


def without_decimal_comma(text: str) -> str:
    """`1.5` for `1,5`; empty for any other text."""
    found = _DECIMAL_COMMA.fullmatch(text)
    return f"{found[1]}.{found[2]}" if found else ""


def shorten(text: str, most: int = 40) -> str:
    """At most `most` characters of hostile or endless text."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _advice(text: str) -> str:
    lowered = text.strip().lower().lstrip("+-.")
    if lowered in ("nan", "inf", "infinity"):
        return ": write a finite number"
    if point := without_decimal_comma(text):
        return f": write a decimal point, not a decimal comma ({point})"
    if "," in text:
        return ": write a decimal point, not a comma"
    if "_" in text or lowered.startswith(("0x", "0o", "0b")):
        return ": write it in plain decimal digits"
    if lowered in ("true", "yes", "on"):
        return ": write 1"
    if lowered in ("false", "no", "off"):
        return ": write 0"
    return ""
