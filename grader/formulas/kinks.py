"""Points exactly on a kink or a jump: where the argument of relu or step is 0, and where two sides compared meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from flint import fmpq

from grader.deferred import dataclass
from grader.formulas.cases import IntegerCase
from grader.formulas.evaluation import CompiledSetting, Evaluation
from grader.formulas.samples import SMALL_INTEGERS, Sample
from grader.formulas.setting import Setting
from grader.formulas.timeline import ExactInTime
from grader.language.arithmetic import Closure, EvaluationError
from grader.language.arrays import ShapeError
from grader.language.functions.table import BREAKS_AT_ZERO, EXTREMES
from grader.language.tree import Binary, Call, Compare, Comprehension, Name, Tree, subtrees
from grader.notation.symbols import Domain

MAX_KINK_TREES = 6
MAX_KINK_ENTRIES = 8
MAX_NUMBER_AT_KINK = 1000


def bends(*formulas: Tree) -> list[Tree]:
    """What is zero at the kinks and jumps of the formulas; without those inside loops."""
    found: dict[Tree, None] = {}
    for formula in formulas:
        loops = {node.variable for node in subtrees(formula) if isinstance(node, Comprehension)}
        for node in subtrees(formula):
            for tree in _zeros(node):
                if not any(isinstance(part, Name) and part.id in loops for part in subtrees(tree)):
                    found[tree] = None
    return list(found)[:MAX_KINK_TREES]


def _zeros(node: Tree) -> Iterator[Tree]:
    match node:
        case Call(function=name, arguments=(argument,)) if name in BREAKS_AT_ZERO:
            yield argument
        case Call(function=name, arguments=(first, *others)) if others and name in EXTREMES:
            yield from (Binary("-", first, other) for other in others)
        case Compare(operands=operands):
            yield from (Binary("-", a, b) for a, b in pairwise(operands))


@dataclass(frozen=True)
class Kinks:
    """The search for kinks of some formulas in a setting: one free entry is chosen so that an argument is 0."""

    setting: Setting
    trees: Sequence[Tree]

    def samples(self, case: IntegerCase, origin: int, keys: Sequence[str]) -> Iterator[Sample]:
        """A point on each kink that a straight line through two values finds, if balls hold it exactly."""
        compiled = CompiledSetting(self.setting, ExactInTime())
        closures = [compiled.compile(tree) for tree in self.trees]
        for closure in closures:
            for base in (Sample((fmpq(1),)), Sample(SMALL_INTEGERS, 1)):
                for key in keys[:MAX_KINK_ENTRIES]:
                    root = self.root(compiled, closure, case, origin, base, key)
                    if root is not None:
                        yield replace(base, fixed={key: root})
                        break

    def root(
        self, compiled: CompiledSetting, closure: Closure, case: IntegerCase, origin: int, base: Sample, key: str
    ) -> fmpq | None:
        """The value of one entry at which the formula is 0."""

        def at(value: fmpq) -> fmpq:
            sample = replace(base, fixed={key: value})

            def draw(entry: str, domain: Domain) -> fmpq:
                return sample.value(entry, domain)

            result = Evaluation(compiled, case, origin, draw).value(closure)
            if type(result) is not fmpq:
                raise ShapeError("a kink of an array")
            return result

        try:
            low, high = at(fmpq(0)), at(fmpq(1))
            if low == high:
                return None
            root = -low / (high - low)
            dyadic = root.q & (root.q - 1) == 0
            return root if dyadic and abs(root) <= MAX_NUMBER_AT_KINK and at(root) == 0 else None
        except (EvaluationError, ShapeError):
            return None
