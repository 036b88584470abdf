"""How far the weights of a right answer may move, in words: the same lines in every format that people read."""

from __future__ import annotations

from collections.abc import Iterator

from grader.errors import listed, listed_first
from grader.network_details import Robustness, SharedRadius, WeightRange
from grader.verdict import QuestionResult

MAX_SHOWN_RANGES = 100
"""Weights whose intervals are shown; the JSON report has those of all."""


def robustness_lines(question: QuestionResult) -> Iterator[str]:
    """`radius: 1/4 (...)`, then a line for each weight: `W1 in (1/2, 3/2]`; nothing where it was not asked for."""
    if question.robustness is not None:
        yield from _lines(question.robustness)


def _lines(found: Robustness) -> Iterator[str]:
    fixed = [weight.weight for weight in found.ranges if weight.exact and weight.low == weight.high == weight.value]
    for radius in found.radii:
        yield _radius(radius, fixed)
    if not found.radii:
        yield f"radius: not worked out: {found.reason}"
    if found.ranges:
        yield "right for these values of one weight, the others as they are:"
    yield from (f"  {_range(weight)}" for weight in found.ranges[:MAX_SHOWN_RANGES])
    if len(found.ranges) > MAX_SHOWN_RANGES:
        yield f"  and {len(found.ranges) - MAX_SHOWN_RANGES} more weights, in the JSON report"
    if found.left_out:
        yield f"not worked out for {listed_first(found.left_out, MAX_SHOWN_RANGES)}"


def _radius(radius: SharedRadius, fixed: list[str]) -> str:
    subject = "all weights"
    if radius.weights:
        others = "the others have" if len(fixed) > 3 else f"{listed(fixed)} {'has' if len(fixed) == 1 else 'have'}"
        subject, note = listed(radius.weights), f"; {others} to stay"
        name = "radius without these" if len(fixed) > 3 else f"radius without {listed(fixed)}"
    else:
        note, name = "", "radius"
    if radius.distance == "infinity":
        return f"{name}: infinity (right whatever {subject} {'is' if _is_one(radius) else 'are'}{note})"
    if radius.distance == "0" and not radius.exact:
        return f"{name}: not found within the steps that are taken for it"
    if radius.distance == "0":
        return f"{name}: 0 (wrong after some move of {subject}, however small{note})"
    least = "" if radius.exact else "at least "
    return (
        f"{name}: {least}{radius.distance} (right while {subject} move{'s' * _is_one(radius)} by less than that{note})"
    )


def _is_one(radius: SharedRadius) -> bool:
    return len(radius.weights) == 1


def _range(weight: WeightRange) -> str:
    if weight.exact:
        return f"{weight.weight} in {weight.interval}"
    return f"{weight.weight} in {weight.interval}, or more"
