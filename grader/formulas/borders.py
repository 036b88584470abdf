"""Points of a seal beside and on the conditions of a right formula, which no generic point meets.

They are found as those of a comparison are (conditions.py): roots of the arguments, exactly where these are linear.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field, replace

from flint import arb, fmpq

from grader.deferred import dataclass
from grader.formulas.comparison import Comparison, GridPoint
from grader.formulas.conditions import Search, VisitedPoint
from grader.formulas.draws import Draws
from grader.formulas.edges import search_sides
from grader.formulas.evaluation import MAX_LOOP_STEPS, CompiledSetting, Evaluation
from grader.formulas.questions import WantedFormula
from grader.formulas.traced import ANY_SIGNS, Met, Trace, Traced, sign_of
from grader.language.tree import Number
from grader.notation.symbols import Domain

MAX_BORDER_VISITS = 1200
"""Points that are looked at for a seal."""

MAX_BORDER_EFFORT = 3_000_000.0
"""Operations that a search may spend; it runs once, when a copy is made."""

MAX_BORDER_POINTS = 48
"""Points on conditions, and beside them, that a seal gets at most, each."""

OTHER_POINTS_A_BORDER = 2
"""Other points for each that was found."""

MAX_CASE_DIGITS = 9
"""Digits of the whole numbers in a seal."""


@dataclass(frozen=True)
class Border:
    """A point that was found: its place, and whether the argument of a condition is 0 there."""

    place: GridPoint
    exact: bool


@dataclass
class ExactComparison(Comparison):
    """A comparison that keeps every number exact until a function makes it a ball, so that ties are decided."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.arithmetic = Traced()
        self.compiled = CompiledSetting(self.setting, self.arithmetic, self.backward)
        self.left, self.right = self.compiled.compile(self.student), self.compiled.compile(self.wanted)

    def evaluation(self, place: GridPoint, drawn: dict[str, fmpq], loop_steps: int = MAX_LOOP_STEPS) -> Evaluation:
        """Everything at a place, with exact numbers."""
        self.arithmetic.trace = Trace()

        def draw(key: str, domain: Domain) -> arb:
            value = drawn[key] = place.sample.value(key, domain)
            return value  # type: ignore[return-value]  # exact numbers stand beside balls here

        return Evaluation(self.compiled, place.case, place.origin, draw, loop_steps)


@dataclass
class BorderSearch(Search):
    """A search that keeps the points at which conditions have signs that none before had.

    Points with a 0 are counted apart: a right formula may hang on a tie, and the others must show both sides alone.
    """

    found: list[Border] = field(default_factory=list)
    known: set[tuple[Met, int, bool]] = field(default_factory=set)
    together: set[frozenset[tuple[Met, int | None]]] = field(default_factory=set)

    def file(self, visit: VisitedPoint) -> None:
        """Notes the signs; a point at which one of them, or all of them together, are new is kept."""
        signs = {met: sign_of(value) for met, value in visit.trace.met.items()}
        every = frozenset((met, sign) for met, sign in signs.items() if met[0].sides is not ANY_SIGNS)
        exact = any(sign == 0 for _, sign in every)
        single = {(met, sign, exact) for met, sign in signs.items() if sign is not None and self.telling(met, sign)}
        if not single <= self.known or every not in self.together:
            self.known |= single
            self.together.add(every)
            peak = any(sign == 0 and met[0].sides is ANY_SIGNS for met, sign, _ in single)
            self.found.append(Border(visit.place if exact or not peak else _shifted(visit.place), exact))
        super().file(visit)

    def telling(self, met: Met, sign: int) -> bool:
        """Whether a sign says anything: no more where exp and its kin are 0 between points that were met."""
        between = sign == 0 and met[0].sides is ANY_SIGNS
        return not (between and {(met, -1, False), (met, 1, False)} <= self.known)


def _shifted(place: GridPoint) -> GridPoint:
    """A point close by, so that a seal does not say where exactly the argument of exp or its kin is 0."""
    values = place.sample.fixed
    draws = Draws.of(*(f"{key} {value}" for key, value in values.items()))
    moved = {key: value * (1 + fmpq(draws.between(1, 1 << 20, key), 1 << 32)) for key, value in values.items()}
    return replace(place, sample=replace(place.sample, fixed=moved))


def borders(question: WantedFormula, generic: Iterable[GridPoint]) -> list[Border]:
    """Points on and beside the conditions of a right formula, but for what the generic points meet already.

    On a kink a gradient does not exist, and is right with any value there: such points are left out.
    """
    nothing = Number(fmpq(0))
    search = BorderSearch(
        Comparison(question.setting, nothing, question.wanted, question.backward),
        lambda finding: False,
        MAX_BORDER_EFFORT,
        max_visits=MAX_BORDER_VISITS,
    )
    met_already = 0

    def places() -> Iterator[GridPoint]:
        nonlocal met_already
        yield from generic
        met_already = len(search.found)

    search_sides(search, places())
    found = [border for border in search.found[met_already:] if _can_be_written(border.place)]
    beside = [border for border in found if not border.exact]
    on = [border for border in found if border.exact and question.backward is None]
    return [*beside[:MAX_BORDER_POINTS], *on[:MAX_BORDER_POINTS]]


def _can_be_written(place: GridPoint) -> bool:
    return all(len(str(value)) <= MAX_CASE_DIGITS for value in place.case.values())


def decoys(place: GridPoint, salt: str) -> list[dict[str, fmpq]]:
    """Other values in the same writing as those that a search has chosen, so that none says where a condition lies."""
    draws = Draws.of(salt, repr(sorted((key, str(value)) for key, value in place.sample.fixed.items())))
    return [
        {
            key: fmpq(draws.between(-2 * most, 2 * most, f"{number} {key}"), value.q)
            for key, value in place.sample.fixed.items()
            for most in [max(abs(int(value.p)), 2 * int(value.q))]
        }
        for number in range(OTHER_POINTS_A_BORDER)
    ]
