"""Formulas that were found equal, looked at once more where the decision did not look: in other cases, at drawn points.

The rule: where the spec states its cases, the next one in their order is looked at, too, and where two whole numbers
are equally far apart in all of them, one in which they are not: a formula that is right in all stated cases and wrong
in one of these was taken for right because of the cases alone. Only points at which both formulas have a value count,
and only values in disjoint balls are different.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from flint import fmpq

from grader.formulas import WantedFormula
from grader.formulas.cases import IntegerCase, within_ranges
from grader.formulas.comparison import Comparison, GridPoint
from grader.formulas.draws import Draws
from grader.formulas.precision import disjoint
from grader.formulas.samples import QUARTERS, SMALL_INTEGERS, Sample
from grader.formulas.verdicts import show_pair
from grader.language.arrays import shape_of
from grader.language.tree import Tree

OTHER_POINT_BITS = 256
DRAWN_POINTS_PER_CASE = 3
MAX_OTHER_CASES = 12
"""Of the cases that the decision looks at, those that are looked at once more."""


def point_of_difference(tree: Tree, engine: WantedFormula) -> str:
    """A point at which a formula differs from the right one, and both values; "" if none is met."""
    setting = engine.setting
    cases = [*setting.all_cases[:MAX_OTHER_CASES], *_next_cases(engine)]
    comparison = Comparison(replace(setting, cases=tuple(cases)), setting.read(tree), engine.wanted, engine.backward)
    for place in _places(comparison, cases):
        found = comparison.look(place, OTHER_POINT_BITS)
        if not found.defined or shape_of(found.student) != shape_of(found.wanted):
            continue
        if disjoint(found.student, found.wanted):
            got, wanted = show_pair(found.student, found.wanted)
            return f"{comparison.point(place)}: {got}, where {wanted} is wanted"
    return ""


def _next_cases(engine: WantedFormula) -> tuple[IntegerCase, ...]:
    """The case after those that the spec states, and others with another distance between two whole numbers."""
    cases = engine.setting.cases
    if not cases:
        return ()
    last, before = cases[-1], cases[-2] if len(cases) > 1 else {}
    steps = {name: value - before.get(name, value - 1) for name, value in last.items()}
    following = {name: value + (steps[name] if any(steps.values()) else 1) for name, value in last.items()}
    apart = [
        {**last, other: last[other] + max(1, steps[other])}
        for one, other in combinations(engine.setting.symbols.whole, 2)
        if one in last and other in last and len({case[other] - case[one] for case in cases}) == 1
    ]
    possible = [case for case in (following, *apart) if min(case.values(), default=0) >= 0 and _is_ordered(case)]
    return within_ranges(possible, engine.setting.symbols)


def _is_ordered(case: IntegerCase) -> bool:
    """Whether the step `t` comes before `T`, as everywhere."""
    return "t" not in case or "T" not in case or case["t"] < case["T"]


def _places(comparison: Comparison, cases: list[IntegerCase]) -> Iterator[GridPoint]:
    draws = Draws.of("points of mutants", comparison.setting.salt)
    drawn = [Sample((), seed, draws=draws) for seed in range(DRAWN_POINTS_PER_CASE)]
    for case in cases:
        for sample in (Sample((fmpq(2),)), Sample(SMALL_INTEGERS, 5), Sample(QUARTERS, 7), *drawn):
            yield GridPoint(case, comparison.origin(case), sample)
