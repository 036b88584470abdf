"""Proofs of equality: both formulas as normal forms in one ring, for all values of all variables of a case."""

from __future__ import annotations

from grader.formulas.backward import Backward
from grader.formulas.fractions import Fraction, Rebase, Ring, Unprovable
from grader.formulas.setting import Case, Setting
from grader.formulas.symbols import Domain
from grader.formulas.timeline import NormalFormsInTime
from grader.formulas.world import Meaning, World
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import Array, ShapeError, Value, shape_of
from grader.language.tree import Tree

MAX_REBASES = 8


def proved(setting: Setting, student: Tree, wanted: Tree, backward: Backward | None, case: Case, origin: int) -> bool:
    """Whether the normal forms agree; False says nothing."""
    divisors: dict[int, int] = {}
    for _ in range(MAX_REBASES):
        try:
            return _attempt(setting, student, wanted, backward, case, origin, Ring(divisors))
        except Rebase as finer:
            divisors = finer.divisors
        except (Unprovable, EvaluationError, ShapeError, ArithmeticError, RecursionError):
            return False
    return False


def _attempt(
    setting: Setting, student: Tree, wanted: Tree, backward: Backward | None, case: Case, origin: int, ring: Ring
) -> bool:
    meaning = Meaning(setting, NormalFormsInTime(ring), backward)
    right, left = meaning.compile(wanted), meaning.compile(student)

    def draw(key: str, domain: Domain) -> Fraction:
        return ring.polynomial(ring.atom(key, positive=domain in ("positive", "unit")))

    world = World(meaning, case, origin, draw)
    a, b = world.value(right), world.value(left)
    if shape_of(a) != shape_of(b):
        return False
    return all(ring.vanishes(x - y) for x, y in zip(_entries(a), _entries(b), strict=True))


def _entries(value: Value) -> tuple[Fraction, ...]:
    return value.entries if isinstance(value, Array) else (value,)
