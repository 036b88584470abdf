"""Looks for boxes of joint states that are closed under every input and break no rubric line.

Boxes are grown from the start, one for each state of the behaviour, each set of exact numbers of the network and each
row of the last inputs. What a sequence of growing boxes tends to is then taken a little larger, with ends of few
decimals, and handed to the check. Everything is bounded by counted steps, so that a result does not depend on the
machine; nothing here has to be right, as the check is made anew.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flint import arb, ctx

from grader.deferred import dataclass
from grader.engines.box_certificate import Layers, boxes_hold
from grader.engines.boxes import BOX_PRECISION_BITS, Box, BoxedSystem, UnboxedStep
from grader.language.interval_numbers import Interval, outwards
from grader.machines.alphabet import Symbol

MAX_REMEMBERED_INPUTS = 3
"""Last inputs by which boxes are told apart at most."""

MAX_BOXES = 400
"""Boxes of one attempt."""

MAX_CLOSING_STEPS = 8_000
"""Steps of boxes that all attempts for one set of inputs take."""

MAX_GROWING_ROUNDS = 64
"""Rounds in which every box takes one step with every input."""

DECIMALS = (2, 3, 4, 6, 9, 12)
"""Decimals of the ends of boxes, in the order in which they are tried."""

DECIMALS_OF_LONG_WAYS = (3, 6)

MIN_GROWING_ROUNDS = 3
"""Rounds from which a tendency is read."""


class NotClosed(Exception):
    """Growing came to no end within the bounds, or to a box that may break a line; the message says which."""


class SurelyBroken(NotClosed):
    """A box holds a state that some input reaches, and every state of it breaks a line."""


@dataclass(frozen=True)
class Closed:
    """One layer of boxes from each of which every way of `stride` steps leads into one of them."""

    layers: Layers
    stride: int


@dataclass(frozen=True)
class Way:
    """How boxes are grown: `remembered` last inputs tell them apart, and `stride` steps lead from one to the next.

    `extrapolated`: growing goes on from the limits that a sequence of growing boxes tends to.
    """

    remembered: int = 0
    extrapolated: bool = False
    stride: int = 1


def plain_ways(most_remembered: int) -> list[Way]:
    """The ways in which one step leads from box to box, cheap ones first."""
    return [Way(m, extrapolated=way) for m in range(most_remembered + 1) for way in (False, True)]


LONG_WAYS = (Way(1, stride=2), Way(1, stride=4), Way(2, stride=2), Way(2, stride=4))
"""Ways in which several steps lead from box to box: they follow how numbers depend on each other, at a higher cost."""


def closed_boxes(system: BoxedSystem, symbols: Sequence[Symbol], lines: Iterable[int], ways: Iterable[Way]) -> Closed:
    """One layer of boxes that the check accepts, grown in the first of the ways that finds one.

    Raises:
        NotClosed: if none were found.
    """
    wanted, reason, limit = tuple(lines), "", system.steps + MAX_CLOSING_STEPS
    with ctx.workprec(BOX_PRECISION_BITS):
        for way in ways:
            try:
                return Closed([_Growth(system, symbols, wanted, way, limit).closed()], way.stride)
            except SurelyBroken:
                raise
            except (NotClosed, UnboxedStep) as error:
                reason = str(error)
    raise NotClosed(reason)


def grown_boxes(
    system: BoxedSystem, symbols: Sequence[Symbol], lines: Sequence[int], remembered: int
) -> dict[StatePlace, Box]:
    """Boxes after the first rounds from which no new ones came, closed or not.

    Raises:
        NotClosed, UnboxedStep: if there are too many, or one may break a line.
    """
    limit = system.steps + MAX_CLOSING_STEPS
    return _Growth(system, symbols, lines, Way(remembered), limit).grown()


@dataclass(frozen=True)
class StatePlace:
    """What tells boxes apart: the kind of their states, and the last inputs by number."""

    kind: Any
    inputs: tuple[int, ...]

    @staticmethod
    def after(box: Box, inputs: tuple[int, ...], remembered: int) -> StatePlace:
        """The place of a box that some inputs lead to."""
        return StatePlace(box.kind(), inputs[-remembered:] if remembered else ())


class _Growth:
    """Boxes that grow from the start, round by round."""

    def __init__(
        self,
        system: BoxedSystem,
        symbols: Sequence[Symbol],
        lines: Sequence[int],
        way: Way,
        limit: int,
    ) -> None:
        self.system = system
        self.symbols = symbols
        self.lines = lines
        self.way = way
        self.limit = limit
        self.boxes = {StatePlace(system.start.kind(), ()): system.start}
        self._grown = set(self.boxes)
        self._past: list[dict[StatePlace, Box]] = []

    def closed(self) -> list[Box]:
        """Boxes that the check accepts."""
        for sweep in range(1, MAX_GROWING_ROUNDS + 1):
            before = len(self.boxes)
            self._sweep()
            settled = len(self.boxes) == before
            if not settled:
                self._past = []
            if settled and (not self._grown or self._is_round_to_try(sweep)):
                found = self._accepted()
                if found:
                    return found
                if not self._grown:
                    break
        raise NotClosed("boxes of states that are closed under every input were not found")

    def grown(self) -> dict[StatePlace, Box]:
        """The boxes after `MIN_GROWING_ROUNDS` rounds in which there were no new ones."""
        settled = 0
        for _ in range(MAX_GROWING_ROUNDS):
            before = len(self.boxes)
            self._sweep()
            settled = settled + 1 if len(self.boxes) == before else 0
            if settled == MIN_GROWING_ROUNDS:
                return self.boxes
        raise NotClosed("new kinds of states came in every round")

    def _is_round_to_try(self, sweep: int) -> bool:
        has_tendency = len(self._past) == MIN_GROWING_ROUNDS - 1
        return has_tendency and (self.way.extrapolated or sweep & (sweep - 1) == 0 or sweep == MIN_GROWING_ROUNDS)

    def _sweep(self) -> None:
        """Lets every box that grew take its steps with all inputs."""
        self._past = [*self._past[-1:], dict(self.boxes)]
        grown, self._grown = self._grown, set()
        for place in [known for known in self.boxes if known in grown]:
            self._step(place)

    def _step(self, place: StatePlace) -> None:
        for inputs, landing in self.system.walk(self.boxes[place], self.symbols, self.lines, self.way.stride):
            if self.system.steps > self.limit:
                raise NotClosed(f"boxes of states were not closed after {MAX_CLOSING_STEPS} steps")
            if landing.broken and not self.way.extrapolated:
                raise SurelyBroken("an output is wrong")
            if landing.maybe_broken:
                raise NotClosed("a box of states is too wide to say whether the output is accepted")
            if len(inputs) == self.way.stride:
                self._reach(StatePlace.after(landing.box, (*place.inputs, *inputs), self.way.remembered), landing.box)

    def _reach(self, place: StatePlace, box: Box) -> None:
        old = self.boxes.get(place)
        if old is None:
            if len(self.boxes) >= MAX_BOXES:
                raise NotClosed(f"there are more than {MAX_BOXES} kinds of states")
        elif old.contains(box):
            return
        else:
            box = old.joined(box)
        self.boxes[place] = box.with_intervals(map(_sharp, box.intervals()))
        self._grown.add(place)

    def _accepted(self) -> list[Box] | None:
        """The boxes, a little larger than what they tend to, if the check accepts them."""
        tended = {place: self._tended(place) for place in self.boxes}
        for decimals in DECIMALS if self.way.stride == 1 else DECIMALS_OF_LONG_WAYS:
            boxes = {place: _rounded(box, decimals, 1) for place, box in tended.items()}
            if self._holds(boxes):
                tighter = self._tightened(boxes, decimals)
                found, closer = _outermost(boxes.values()), _outermost(tighter.values())
                return closer if len(closer) <= len(found) and self._holds(tighter) else found
        if self.way.extrapolated:
            self._grown = set(tended)
            self.boxes, self._past = tended, []
        return None

    def _holds(self, boxes: Mapping[StatePlace, Box]) -> bool:
        layers = [list(boxes.values())]
        return boxes_hold(self.system, self.lines, self.symbols, layers, stride=self.way.stride)

    def _tightened(self, boxes: Mapping[StatePlace, Box], decimals: int) -> dict[StatePlace, Box]:
        """The boxes without what neither starts in them nor is led to: what a closed set leads to is closed, too."""
        found = {place: box for place, box in self.boxes.items() if not place.inputs and box == self.system.start}
        for place, box in boxes.items():
            for inputs, landing in self.system.walk(box, self.symbols, self.lines, self.way.stride):
                if len(inputs) == self.way.stride:
                    target = StatePlace.after(landing.box, (*place.inputs, *inputs), self.way.remembered)
                    found[target] = found[target].joined(landing.box) if target in found else landing.box
        return {place: _rounded(box, decimals) for place, box in found.items()}

    def _tended(self, place: StatePlace) -> Box:
        """What a box tends to, by the last three of its sizes (Aitken's extrapolation)."""
        box, earlier = self.boxes[place], [past[place] for past in self._past if place in past]
        if len(earlier) < MIN_GROWING_ROUNDS - 1:
            return box
        first, second = earlier
        rows = zip(first.intervals(), second.intervals(), box.intervals(), strict=True)
        return box.with_intervals(
            Interval(_limit(*(n.low for n in row)), _limit(*(n.high for n in row))) for row in rows
        )


def _outermost(boxes: Iterable[Box]) -> list[Box]:
    """The boxes that lie in no other one; one of those that are alike."""
    found = list[Box]()
    for box in boxes:
        if not any(other.contains(box) for other in found):
            found = [other for other in found if not box.contains(other)] + [box]
    return found


def _rounded(box: Box, decimals: int, units: int = 0) -> Box:
    return box.with_intervals(outwards(interval, decimals, units) for interval in box.intervals())


def _limit(first: arb, second: arb, third: arb) -> arb:
    """What three ends of growing boxes tend to, if they come closer to it by the same share each round."""
    a, b, c = float(first), float(second), float(third)
    before, now = b - a, c - b
    if not now or not before or not 0 < now / before < 1:
        return third
    limit = c + now * now / (before - now)
    return arb(limit) if math.isfinite(limit) else third


def _sharp(interval: Interval) -> Interval:
    """The same with ends that are numbers."""
    return Interval(interval.low.lower(), interval.high.upper())
