"""Points at which a right formula has a value, where the usual ones hardly find any: `log(x - 50)`.

They are searched for as the sides of conditions are (conditions.py): the arguments of logarithms, roots and powers are
moved to where these have a value. Around what is found, further points are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain

from flint import ctx, fmpq

from grader.formulas.comparison import (
    FIRST_BITS,
    MAX_COMPARISON_EFFORT,
    Comparison,
    GridPoint,
    PointComparison,
    PointFault,
)
from grader.formulas.conditions import Search
from grader.formulas.edges import search_sides
from grader.formulas.places import starting_places, too_long

MAX_POINTS_WITH_VALUE = 12
"""Points with a value that are searched for."""

SPREADS = (fmpq(1, 1000), fmpq(1, 50), fmpq(1, 4), fmpq(3), fmpq(100))
"""How far, relatively, the points around one that was found are drawn, in turn."""

MAX_POINTS_AROUND = 48
"""Points with a value that are drawn around those that were found."""


def defined_places(comparison: Comparison) -> Iterator[GridPoint]:
    """Places at which the wanted formula has a value, those that were found first.

    They are also kept as `comparison.bases`, from where the conditions are searched.
    """
    right = replace(comparison, student=comparison.wanted, effort=0.0, origins={})
    found: list[GridPoint] = []

    def collected(finding: PointComparison) -> bool:
        if not isinstance(finding.wanted, PointFault) and not too_long(comparison, finding.place.case):
            found.append(finding.place)
        return len(found) >= MAX_POINTS_WITH_VALUE

    search = Search(right, collected, MAX_COMPARISON_EFFORT / 2)
    search_sides(search, chain(starting_places(right), right.places()))
    comparison.effort += right.effort
    comparison.bases = found
    yield from found
    kept = 0
    for round_ in range(3):
        for number, place in enumerate(found):
            for spread in SPREADS:
                near = _moved(right, place, spread, f"{round_} {number}")
                if kept < MAX_POINTS_AROUND and not isinstance(right.look(near, FIRST_BITS).wanted, PointFault):
                    kept += 1
                    yield near
    for case in comparison.cases[1:]:
        for place in found[:3]:
            yield GridPoint(case, comparison.origin(case), place.sample)


def _moved(comparison: Comparison, place: GridPoint, spread: fmpq, name: str) -> GridPoint:
    """A place around another one, all of whose numbers are drawn."""
    draws = comparison.draws
    fixed = dict(place.sample.fixed)
    for key, value in _drawn(comparison, place).items():
        part = fmpq(draws.between(-9_973, 9_973, f"{name} {spread} {key}"), 9_973)
        fixed[key] = value + part * spread * max(abs(value), fmpq(1))
    return replace(place, sample=replace(place.sample, fixed=fixed))


def _drawn(comparison: Comparison, place: GridPoint) -> Mapping[str, fmpq]:
    drawn: dict[str, fmpq] = {}
    with ctx.workprec(FIRST_BITS):
        comparison.side(comparison.evaluation(place, drawn), comparison.right)
    return drawn
