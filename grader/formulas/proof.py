"""Proofs of equality: both formulas as normal forms in one ring, for all values of all variables.

Whole numbers are variables of the ring as well, where nothing is counted through; a step `t` that only says where in a
sequence (`h[t+1]`) may be any, so that one case stands for all. Elsewhere a proof holds in one case.

`equality` asks `for_all`, `proved_for_all` and `proved_in_case`; nothing here looks at points.
"""

from __future__ import annotations

from grader.formulas.cases import IntegerCase
from grader.formulas.comparison import Comparison
from grader.formulas.evaluation import CompiledSetting, Evaluation
from grader.formulas.exploring import explored
from grader.formulas.fractions import MAX_FRACTION_WORK, Fraction, Rebase, Ring, Unprovable
from grader.formulas.timeline import NormalFormsInTime
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import ShapeError, entries, shape_of
from grader.language.scope import time_lag
from grader.language.tree import Index, Name, Tree, children
from grader.notation.symbols import Domain

MAX_PROOF_REBASES = 8


def for_all(comparison: Comparison) -> frozenset[str] | None:
    """The whole numbers that must be variables in a proof for all of them; None where no proof can be for all."""
    symbols = comparison.setting.symbols
    wholes = comparison.matters & set(symbols.whole)
    if wholes & set(symbols.ranges):
        return None
    if wholes == {"t"} and _relative(comparison):
        return frozenset()
    gradient = bool(wholes) and comparison.backward is not None  # followed step by step, from one `t`
    return None if gradient or wholes & set(symbols.sizes) else wholes


def proved_for_all(comparison: Comparison) -> bool:
    """Whether the normal forms agree for all whole numbers that matter; False says nothing."""
    symbolic = for_all(comparison)
    return symbolic is not None and _proved(comparison, comparison.cases[0], symbolic)


def _relative(comparison: Comparison) -> bool:
    """Whether `t` only says where in a sequence: then what holds at one step holds, shifted, at all of them."""
    setting, backward = comparison.setting, comparison.backward
    sequences = setting.symbols.sequences
    if setting.initial or any(s.first is not None or s.last is not None for s in sequences.values()):
        return False
    steps = [step for sequence in sequences.values() for step in sequence.only]
    if backward:
        steps += backward.steps
        if (backward.by.step is None and backward.first is None) or any(term.loops for term in backward.terms):
            return False
    trees = [comparison.student, comparison.wanted, *setting.steps.values()]
    return all(time_lag(step) is not None for step in steps) and not any(map(_counts, trees))


def _counts(tree: Tree) -> bool:
    """Whether `t` stands anywhere but in an index like `h[t+1]`."""
    if isinstance(tree, Index) and time_lag(tree.index) is not None:
        return _counts(tree.base)
    return tree == Name("t") or any(map(_counts, children(tree)))


def proved_in_case(comparison: Comparison, case: IntegerCase) -> bool:
    """Whether the normal forms agree in a case, as they are or piece by piece; False says nothing."""
    whole = _proved(comparison, case, symbolic=frozenset())
    return whole or (comparison.bent and explored(comparison, case, frozenset()).equal)


def _proved(comparison: Comparison, case: IntegerCase, symbolic: frozenset[str]) -> bool:
    divisors: dict[int, int] = {}
    for _ in range(MAX_PROOF_REBASES):
        ring = Ring(divisors)
        try:
            return _attempt(comparison, case, symbolic, ring)
        except Rebase as finer:
            divisors = finer.divisors
        except (Unprovable, EvaluationError, ShapeError, ArithmeticError, RecursionError):
            return False
        finally:
            comparison.work.left -= (MAX_FRACTION_WORK - max(ring.work, 0)) // 4 + comparison.cost
    return False


def _attempt(comparison: Comparison, case: IntegerCase, symbolic: frozenset[str], ring: Ring) -> bool:
    compiled = CompiledSetting(comparison.setting, NormalFormsInTime(ring), comparison.backward)
    right, left = compiled.compile(comparison.wanted), compiled.compile(comparison.student)

    def draw(key: str, domain: Domain) -> Fraction:
        return ring.polynomial(ring.atom(key, positive=domain in ("positive", "unit")))

    evaluation = Evaluation(compiled, case, comparison.origin(case), draw)
    for name in sorted(symbolic):
        evaluation.frame[compiled.scope.names[name]] = ring.polynomial(ring.atom(name, positive=True))
    a, b = evaluation.value(right), evaluation.value(left)
    if shape_of(a) != shape_of(b):
        return False
    return all(ring.vanishes(x - y) for x, y in zip(entries(a), entries(b), strict=True))
