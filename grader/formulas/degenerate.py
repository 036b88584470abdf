"""Whole numbers at the end of their range: 0, and T = t.

The rule: they count where a formula itself asks for them, with a jump that hangs on whole numbers alone (`T == t`,
`n < 1`, `0**n`) and has on no other case the outcome that it has there. Elsewhere a formula is meant for 1, 2, 3, ...
and `t` before `T`: `w*s[t]*prod(... for k in range(t + 1, T))` is right although a product over nothing is 1.
"""

from __future__ import annotations

from collections.abc import Iterator

from flint import fmpq

from grader.formulas.cases import IntegerCase
from grader.formulas.comparison import Comparison, GridPoint, PointComparison
from grader.formulas.domains import Domains, TracedComparison
from grader.formulas.places import more_cases
from grader.formulas.precision import disjoint
from grader.formulas.samples import SMALL_INTEGERS, Sample
from grader.formulas.traced import TracedCondition, sign_of
from grader.language.arrays import shape_of
from grader.language.functions.table import JUMPS_AT_ZERO
from grader.language.tree import Binary, Call, Comprehension, Name, Tree, subtrees

MAX_KNOWN_CASES = 40
"""Other cases whose outcomes are known before those at the end of the range are looked at."""

DEGENERATE_SAMPLES = (Sample((fmpq(1),)), Sample(SMALL_INTEGERS, 1))


def degenerate_cases(comparison: Comparison) -> Iterator[IntegerCase]:
    """Some cases with one whole number 0, and with T = t; none where the question fixes its cases."""
    symbols = comparison.setting.symbols
    if comparison.setting.cases:
        return
    small, wide = more_cases(comparison)
    steps = {"t", "T"} <= set(symbols.integers)
    for case in (*comparison.cases[:2], *small[::5][:5], *wide[:2]):
        for name in symbols.integers:
            if name in comparison.matters and not (steps and name in ("t", "T")):
                yield {**case, name: 0}
        if steps and {"t", "T"} & comparison.matters:
            yield {**case, "T": case["t"]}


def degenerate_difference(comparison: Comparison, domains: Domains) -> PointComparison | None:
    """A point at the end of the range at which both sides differ, where one of them asks for it."""
    waiting = list(degenerate_cases(comparison)) if asks_for_wholes(comparison) else []
    if not waiting:
        return None
    known: dict[TracedCondition, set[int]] = {}
    for case in (*comparison.cases, *more_cases(comparison)[0])[:MAX_KNOWN_CASES]:
        for looked in _looks(comparison, domains, case):
            for condition, outcome in _outcomes(comparison, looked):
                known.setdefault(condition, set()).add(outcome)
    for case in waiting:
        for looked in _looks(comparison, domains, case):
            new = any(outcome not in known.get(c, set()) for c, outcome in _outcomes(comparison, looked))
            if new and _differs(looked.finding):
                return looked.finding
    return None


def asks_for_wholes(comparison: Comparison) -> bool:
    """Whether any part of either formula can jump with a whole number."""
    return comparison.bent or any(
        isinstance(node, Binary) and node.op == "**" and _about_wholes(comparison, node.right)
        for tree in comparison.trees
        for node in subtrees(tree)
    )


def _looks(comparison: Comparison, domains: Domains, case: IntegerCase) -> Iterator[TracedComparison]:
    for sample in DEGENERATE_SAMPLES:
        yield domains.look(GridPoint(case, comparison.origin(case), sample))


def _outcomes(comparison: Comparison, looked: TracedComparison) -> Iterator[tuple[TracedCondition, int]]:
    """The jumps that hang on whole numbers alone, and the outcome of each."""
    for trace in (looked.wanted, looked.student):
        for (condition, _), value in trace.met.items():
            sign = sign_of(value)
            if sign is not None and _jumps_with_wholes(comparison, condition):
                yield condition, _outcome(condition, sign)


def _outcome(condition: TracedCondition, sign: int) -> int:
    """The sign itself for `sign`, else which side it is on; 0 is at least 0 for `step`."""
    node = condition.tree
    if isinstance(node, Call):
        return sign if node.function == "sign" else int(sign >= 0)
    return int(sign in condition.sides[0])


def _jumps_with_wholes(comparison: Comparison, condition: TracedCondition) -> bool:
    node = condition.tree
    if condition.need is not None or (isinstance(node, Call) and node.function not in JUMPS_AT_ZERO):
        return False
    if isinstance(node, Comprehension):
        return False
    return _about_wholes(comparison, node.right if isinstance(node, Binary) and node.op == "**" else node)


def _about_wholes(comparison: Comparison, tree: Tree) -> bool:
    """Whether a formula names whole numbers, and nothing else."""
    names = {node.id for node in subtrees(tree) if isinstance(node, Name)}
    return bool(names) and names <= set(comparison.setting.symbols.integers)


def _differs(finding: PointComparison) -> bool:
    left, right = finding.student, finding.wanted
    return finding.defined and shape_of(left) == shape_of(right) and disjoint(left, right)
