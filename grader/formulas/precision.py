"""How surely two values in balls agree or differ, and with how many bits they are worked out."""

from __future__ import annotations

from flint import arb

from grader.language.arrays import Value, entries

CLOSER_LOOK_BITS = (256, 1024, 4096)
"""Precisions of a closer look, one after the other."""

MIN_AGREEING_BITS = 32
"""Leading bits in which two values must agree at the finest precision for the point to count at all."""

NEGLIGIBLE_SIZE = arb(2) ** -100
"""Where both values are smaller, bits are counted from here on: two zeros agree in no leading bit of their own."""


def disjoint(left: Value, right: Value) -> bool:
    """Whether two values of one shape are proved to differ."""
    return any(not a.overlaps(b) for a, b in zip(entries(left), entries(right), strict=True))


def agreement(left: Value, right: Value) -> int:
    """The leading bits in which overlapping values are known to agree, in the worst entry.

    Below `NEGLIGIBLE_SIZE` both values count as that large.
    """
    worst = 1 << 20
    for a, b in zip(entries(left), entries(right), strict=True):
        gap = abs(a - b).abs_upper()
        if not gap.is_zero():
            worst = min(worst, _magnitude(abs(a).max(abs(b)).max(NEGLIGIBLE_SIZE).abs_upper()) - _magnitude(gap))
    return worst


def _magnitude(value: arb) -> int:
    """About log2 of a positive number."""
    if value.is_zero():
        return -(1 << 20)
    mantissa, exponent = value.man_exp()
    return int(mantissa.bit_length()) + int(exponent)
