"""Questions about formulas, with the right answer given or derived, and what a student's formula is among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property

from flint import arb, ctx, fmpq

from grader.deferred import dataclass
from grader.formulas.backward import Backward
from grader.formulas.claims import read_answer
from grader.formulas.closed_gradients import closed_gradient
from grader.formulas.comparison import Comparison
from grader.formulas.equality import decide
from grader.formulas.setting import Setting
from grader.formulas.verdicts import Equal, EqualityVerdict, is_equal
from grader.language.arrays import entries
from grader.language.build import times
from grader.language.parse import ExpressionError
from grader.language.sizes import Size
from grader.language.tree import Number, Tree, Unary
from grader.notation.cursor import Notation
from grader.notation.parsed import ParsedFormula, usual_notation

MAX_FACTOR_DENOMINATOR = 64
RATIO_BITS = 256


@dataclass(frozen=True)
class WantedFormula:
    """A right answer in its setting. `backward`: it is a gradient through the network, which `wanted` then names.

    `everywhere`: an answer must have a value at every single point at which the right formula has one, and no others.
    """

    setting: Setting
    wanted: Tree
    backward: Backward | None = None
    everywhere: bool = False

    def decide(self, student: Tree) -> EqualityVerdict:
        """Whether a formula is right, with the evidence; where a gradient does not exist (a kink), any answer does."""
        return decide(
            student,
            self.wanted,
            self.setting,
            backward=self.backward,
            lenient=self.backward is not None,
            everywhere=self.everywhere,
        )

    def read(self, text: str, notation: Notation | None = None) -> ParsedFormula:
        """A student's text as a formula of this question."""
        return read_answer(text, self.setting.symbols, notation or self.notation, self.setting)

    @cached_property
    def notation(self) -> Notation:
        """How gradients are written, from the names of the question."""
        return usual_notation(self.setting.symbols, tuple(self.setting.equations))

    @cached_property
    def size(self) -> Size | None:
        """The size of what is right; None where the sizes in it do not fit."""
        if self.backward is not None:
            return self.setting.shapes.of_quantity(self.backward.by.name)
        try:
            return self.setting.shapes.size_of(self.wanted)
        except ExpressionError:
            return None

    def times(self, factor: fmpq) -> WantedFormula:
        """The question whose right answer is a multiple of this one's."""
        return replace(self, wanted=times(Number(factor), self.wanted))

    @cached_property
    def answer(self) -> Tree | None:
        """The right answer as one formula; None for a gradient that has no short one."""
        return self.wanted if self.backward is None else closed_gradient(self.backward, self.setting)


def formula_question(setting: Setting, wanted: Tree) -> WantedFormula:
    """A question whose right answer is written down.

    Raises:
        ExpressionError: for names that the setting does not have.
    """
    return WantedFormula(setting, setting.read(wanted))


def recognise(student: Tree, near: Iterable[Tree | WantedFormula], question: WantedFormula) -> int | None:
    """The number of the first formula that the student's is equal to, however it is written."""
    for number, other in enumerate(near):
        wanted = other if isinstance(other, WantedFormula) else formula_question(question.setting, other)
        if is_equal(wanted.decide(student)):
            return number
    return None


@dataclass(frozen=True)
class Multiple:
    """The student's formula is `factor` times the right one."""

    factor: fmpq
    evidence: Equal


def constant_factor(student: Tree, question: WantedFormula) -> Multiple | None:
    """The number that a formula is too large by, if it is a simple fraction other than 0 and 1."""
    factor = _ratio(student, question)
    if factor is None or factor in (0, 1):
        return None
    verdict = question.times(factor).decide(student)
    return Multiple(factor, verdict) if isinstance(verdict, Equal) else None


def opposite_sign(student: Tree, question: WantedFormula) -> Equal | None:
    """The evidence that a formula is right but for its sign."""
    verdict = question.decide(Unary("-", student))
    return verdict if isinstance(verdict, Equal) else None


def _ratio(student: Tree, question: WantedFormula) -> fmpq | None:
    """What the two sides differ by at the first point at which the right one is not zero."""
    setting = question.setting
    comparison = Comparison(setting, setting.read(student), question.wanted, question.backward)
    for place in comparison.places():
        finding = comparison.look(place, RATIO_BITS)
        if not finding.defined:
            continue
        with ctx.workprec(RATIO_BITS):
            pairs = list(zip(entries(finding.student), entries(finding.wanted), strict=False))
            found = next((a / b for a, b in pairs if not b.contains(0)), None)
        if found is not None:
            return simple_fraction(found)
    return None


def simple_fraction(value: arb) -> fmpq | None:
    """The fraction with a small denominator that a ball contains."""
    middle = float(value.mid())
    if not abs(middle) < 1e6:
        return None
    close = Fraction(middle).limit_denominator(MAX_FACTOR_DENOMINATOR)
    exact = fmpq(close.numerator, close.denominator)
    with ctx.workprec(4 * RATIO_BITS):
        return exact if value.overlaps(arb(exact)) else None


def pairwise_different(question: WantedFormula, near: Sequence[Tree]) -> list[tuple[int, int]]:
    """Which of the right answer (0) and the near misses (1, 2, ...) are equal to one another: none should be."""
    same = []
    for number, tree in enumerate(near, start=1):
        if is_equal(question.decide(tree)):
            same.append((0, number))
        other = recognise(tree, near[: number - 1], question)
        if other is not None:
            same.append((other + 1, number))
    return same
