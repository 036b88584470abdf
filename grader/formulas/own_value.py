"""Whether a right formula has a value of its own: graded against itself, as an answer is graded against it."""

from __future__ import annotations

from itertools import islice

from grader.deferred import dataclass
from grader.formulas.cases import IntegerCase
from grader.formulas.comparison import FIRST_BITS, Comparison, PointFault
from grader.formulas.equality import Decision
from grader.formulas.questions import WantedFormula
from grader.formulas.verdicts import EqualityVerdict, show_value
from grader.language.arrays import entries

SHOWN_DIGITS = 6
"""Significant digits of a value at a point of comparison."""

MAX_PLACES_A_CASE = 30
"""Points at which a value is looked for in one case of the whole numbers."""


def against_itself(question: WantedFormula) -> EqualityVerdict:
    """The verdict on an answer that is the right formula itself: anything but equal is a fault of the question."""
    return Decision(_comparison(question)).verdict()


@dataclass(frozen=True)
class WhereDefined:
    """The usual cases of the whole numbers in which a formula has a value at some point.

    `undefined` are those in which it can have none, whatever the values: `why` says of each what keeps it from one (an
    index outside a vector, a step that does not exist).
    """

    defined: tuple[IntegerCase, ...]
    undefined: tuple[IntegerCase, ...]
    why: tuple[str, ...]
    first_fault: str
    """Why there is no value at the first point where there is none; "" if there is one everywhere."""


def where_defined(question: WantedFormula) -> WhereDefined:
    """In which cases the right formula has a value."""
    comparison = _comparison(question)
    looked: dict[tuple[int, ...], list[PointFault]] = {}
    defined: set[tuple[int, ...]] = set()
    for place in comparison.places():
        key = tuple(place.case.values())
        faults = looked.setdefault(key, [])
        if key not in defined and len(faults) < MAX_PLACES_A_CASE:
            value = comparison.look(place, FIRST_BITS).wanted
            if isinstance(value, PointFault):
                faults.append(value)
            else:
                defined.add(key)
    without = [
        case
        for case in comparison.cases
        if (key := tuple(case.values())) not in defined and all(fault.shape or fault.step for fault in looked[key])
    ]
    return WhereDefined(
        tuple(comparison.relevant(case) for case in comparison.cases if tuple(case.values()) in defined),
        tuple(map(comparison.relevant, without)),
        tuple(looked[tuple(case.values())][0].message for case in without),
        next((faults[0].message for faults in looked.values() if faults), ""),
    )


def is_zero(question: WantedFormula) -> bool:
    """Whether the right formula is 0 at every point of its first case at which it has a value, and it has one."""
    comparison = _comparison(question)
    found = [comparison.look(place, FIRST_BITS).wanted for place in islice(comparison.places(), MAX_PLACES_A_CASE)]
    values = [value for value in found if not isinstance(value, PointFault)]
    return bool(values) and all(entry == 0 for value in values for entry in entries(value))


def _comparison(question: WantedFormula) -> Comparison:
    lenient = question.backward is not None
    return Comparison(question.setting, question.wanted, question.wanted, question.backward, lenient)


def first_points(question: WantedFormula, most: int) -> list[tuple[str, str]]:
    """The first points at which answers are compared with the right formula, and its value there; both as text."""
    comparison, found = _comparison(question), []
    for place in islice(comparison.places(), most):
        value = comparison.look(place, FIRST_BITS).wanted
        said = f"no value: {value.message}" if isinstance(value, PointFault) else show_value(value, SHOWN_DIGITS)
        found.append((str(comparison.point(place)), said))
    return found
