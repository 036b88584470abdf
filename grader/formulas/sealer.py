"""Making the seal of a right formula: which points, what is hashed there, and what would soon be guessed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import chain

from flint import ctx, fmpq

from grader.formulas.borders import ExactComparison, borders, decoys
from grader.formulas.comparison import Comparison, GridPoint, PointFault
from grader.formulas.questions import WantedFormula
from grader.formulas.sealed import (
    GRID_BITS,
    MIN_EVIDENCE_BITS,
    NO_VALUE,
    SEALED_PRECISIONS_BITS,
    Seal,
    SealedPoint,
    Stage,
    Unseen,
    digest_of,
    rounded,
    rounded_at,
    shown,
)
from grader.formulas.sealing import SealPoint, SideSearch, far_points, simple_points, usual_points, wide_points
from grader.language.arrays import entries, shape_of
from grader.language.tree import Number, Tree

MIN_SEALED_POINTS = 6
"""Points with a right value, below which nothing is sealed."""

POINTS_A_STAGE = 12
"""Points on conditions, and beside them, in one stage: a right formula that hangs on a tie leaves out few."""


def seal_of(question: WantedFormula, salt: str, known: Sequence[Tree] = ()) -> tuple[Seal, Unseen]:
    """The seal of a right answer, and which sides of its conditions the points do not meet.

    `known` are right answers in other words: a point at which one of them has another value (outside of what the
    question means, such as a gap below 0) is left out.

    Raises:
        ValueError: if the values are none that can be sealed: undefined, too small, or the same at every point.
    """
    setting, search = question.setting, SideSearch(question, salt)
    sealer = _Sealer(question, salt, known)
    drawn = [list(usual_points(setting)), list(wide_points(setting, salt)), list(far_points(setting))]
    if question.backward is None:  # a gradient that does not exist on a kink is right with any value there
        drawn.append(list(simple_points(setting)))
    groups = [sealer.group(search.visited(points)) for points in drawn]
    groups.append(sealer.group(search.found()))
    groups += [sealer.group(points) for points in _chosen_points(question, salt, chain(*drawn), search)]
    groups = [group for group in groups if group]
    values = [text for group in groups for _, text in group if text != NO_VALUE]
    _refuse_what_is_guessed(set(values))
    if len(values) < MIN_SEALED_POINTS:
        raise ValueError(f"the right answer has a value at {len(values)} of the points alone where it could be sealed")
    first = [text for _, text in groups[0]]
    stages = [
        Stage(tuple(point for point, _ in group), digest_of([*(first if i else ()), *(t for _, t in group)], salt))
        for i, group in enumerate(groups)
    ]
    return Seal(salt, tuple(stages)), Unseen(tuple(search.missing))


def _chosen_points(
    question: WantedFormula, salt: str, drawn: Iterable[SealPoint], search: SideSearch
) -> Iterator[list[SealPoint]]:
    """Points beside the conditions that no drawn point meets, and on them; among others, in an order of their own."""
    beside: dict[str, SealPoint] = {}
    on: dict[str, SealPoint] = {}
    for border in borders(question, [point.place(salt) for point in drawn]):
        case, sample = border.place.case, border.place.sample
        search.visit(SealPoint(case, sample.seed, sample.fixed))
        for fixed in (sample.fixed, *decoys(border.place, salt)):
            point = SealPoint(case, sample.seed, fixed)
            (on if border.exact else beside)[_order(point, salt)] = point
    for points in (beside, on):
        ordered = [points[key] for key in sorted(points)]
        yield from (ordered[i : i + POINTS_A_STAGE] for i in range(0, len(ordered), POINTS_A_STAGE))


def _order(point: SealPoint, salt: str) -> str:
    fixed = sorted((key, str(value)) for key, value in point.fixed.items())
    text = f"{salt} {sorted(point.case.items())} {point.seed} {fixed}"
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


class _Sealer:
    """Works out the right answer at points, and known ones beside it."""

    def __init__(self, question: WantedFormula, salt: str, known: Sequence[Tree]) -> None:
        self._salt = salt
        compared = question.everywhere and question.backward is None
        self._skipped = frozenset({""} if compared else {"", NO_VALUE})
        nothing = Number(fmpq(0))
        self._right = ExactComparison(question.setting, question.wanted, nothing, question.backward)
        self._known = [ExactComparison(question.setting, question.setting.read(tree), nothing) for tree in known]

    def group(self, drawn: Iterable[SealPoint]) -> list[tuple[SealedPoint, str]]:
        """The points at which the right answer can be sealed, case by case, each with what is hashed of it there."""
        found: dict[str, list[tuple[SealedPoint, str]]] = {}
        for point in drawn:
            place = point.place(self._salt)
            text, shape = _text_at(self._right, place)
            if text not in self._skipped and self._undisputed(text, place):
                sealed = SealedPoint(dict(point.case), point.seed, shape, dict(point.fixed))
                found.setdefault(str(sorted(point.case.items())), []).append((sealed, text))
        return [pair for group in found.values() for pair in _of_one_shape(group)]

    def _undisputed(self, text: str, place: GridPoint) -> bool:
        return all(_text_at(other, place)[0] in ("", text) for other in self._known)


def _of_one_shape(group: Sequence[tuple[SealedPoint, str]]) -> Iterator[tuple[SealedPoint, str]]:
    """The points of a case; one without a value has the shape of the others, so that nothing tells it apart."""
    shape = next((point.shape for point, text in group if text != NO_VALUE), ())
    return ((replace(point, shape=shape), text) for point, text in group)


def _refuse_what_is_guessed(values: AbstractSet[str]) -> None:
    if not values:
        raise ValueError("the right answer has no value at any point where it could be sealed")
    if max(abs(int(number, 16)) for text in values for number in text.split(",")).bit_length() < MIN_EVIDENCE_BITS:
        raise ValueError(
            f"the right answer is never larger than 2^{MIN_EVIDENCE_BITS - GRID_BITS}: too small to be sealed"
        )
    if len(values) == 1:
        raise ValueError("the right answer is the same at every point, and a number is soon guessed")


def _text_at(comparison: Comparison, place: GridPoint) -> tuple[str, tuple[int, ...]]:
    """What is hashed of a formula at a place, and the shape of its value; nothing where rounding it is in doubt."""
    value, numbers = rounded_at(comparison, place)
    if isinstance(value, PointFault):
        return (NO_VALUE if value.domain else ""), ()
    with ctx.workprec(SEALED_PRECISIONS_BITS[-1]):
        safe = all(rounded(entry)[1] for entry in entries(comparison.look(place, SEALED_PRECISIONS_BITS[-1]).student))
    return (shown(numbers) if safe else ""), shape_of(value)
