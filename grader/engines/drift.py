"""For how many steps a network is surely right whose memory fades, or leaks, by a little in each step.

Boxes are taken around the states that the first steps lead to. A number of the state that a step keeps but for a small
change (as `f*c + i*g` does where f is nearly 1) may leave its interval by n times the largest such change within n
steps; every other number has to stay in its interval. Where no output is in doubt for all states within those limits,
inputs of up to n steps are right: n may be large, and nobody walks so far.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flint import ctx, fmpq

from grader.engines.boxes import Box, BoxedSystem, UnboxedStep
from grader.engines.closing import NotClosed, StatePlace, grown_boxes
from grader.language.arrays import Scalar
from grader.language.interval_numbers import Interval, RationalInterval, bounds_of, ends, outwards
from grader.language.linear_intervals import LinearInterval, Variables, variable
from grader.language.numbers import RATIONAL_ONE
from grader.machines.alphabet import Symbol

DRIFT_PRECISION_BITS = 256
"""Bits to which ends of intervals are rounded here: so a memory that loses 1e-40 a step is told from a perfect one."""

SMALLEST_LENGTH_SHOWN, LARGEST_LENGTH_SHOWN = 2, 18
"""Powers of ten between which n is looked for."""

MAX_ROUNDS = 12
"""Rounds in which intervals and rates are made larger for one n."""

MAX_DISTANCE_OF_KEPT_SLOPE = fmpq(1, 100)
"""How far from 1 a slope may be where a step keeps a number."""

START_DECIMALS = 6
"""Decimals of the ends of the first intervals."""

GROWTH_ALLOWANCE = fmpq(11, 10)
"""How much more than what is needed an interval or a rate gets, so that rounds come to an end."""

MAX_DRIFT_STEPS = 2_000
"""Steps of boxes for one number of remembered inputs."""


def surely_right_length(system: BoxedSystem, symbols: Sequence[Symbol], lines: Iterable[int], remembered: int) -> int:
    """A number of steps, of two digits, such that no input of up to so many may break a line; 0 where none is found."""
    wanted, last = tuple(lines), system.steps + MAX_DRIFT_STEPS
    with ctx.workprec(DRIFT_PRECISION_BITS):
        try:
            boxes = grown_boxes(system, symbols, wanted, remembered)
        except (NotClosed, UnboxedStep):
            return 0

        def holds(n: int) -> bool:
            return system.steps < last and _Limits(system, symbols, wanted, remembered, boxes, n).hold()

        power = SMALLEST_LENGTH_SHOWN
        if not holds(10**power):
            return 0
        while power < LARGEST_LENGTH_SHOWN and holds(10 ** (power + 1)):
            power += 1
        lead, above = 10, 100
        while above - lead > 1:
            middle = (lead + above) // 2
            lead, above = (middle, above) if holds(middle * 10 ** (power - 1)) else (lead, middle)
        return lead * int(10 ** (power - 1))


class _Limits:
    """Intervals around the numbers of each box, and how far beyond each end a number may get in a step, for one n."""

    def __init__(
        self,
        system: BoxedSystem,
        symbols: Sequence[Symbol],
        lines: Sequence[int],
        remembered: int,
        boxes: dict[StatePlace, Box],
        n: int,
    ) -> None:
        self.system = system
        self.symbols = symbols
        self.lines = lines
        self.remembered = remembered
        self.n = n
        self.boxes = boxes
        self.inner = {place: _bounds(box) for place, box in boxes.items()}
        self.rates = {place: {i: [fmpq(0), fmpq(0)] for i in row} for place, row in self.inner.items()}
        self.changed = False

    def hold(self) -> bool:
        """True if, in some round, nothing has to be made larger and no output is in doubt."""
        for _ in range(MAX_ROUNDS):
            self.changed = False
            for place in self.inner:
                wide = self._wide(place)
                for number, symbol in enumerate(self.symbols):
                    if not self._fits(place, wide, number, symbol):
                        return False
            if not self.changed:
                return True
        return False

    def _wide(self, place: StatePlace) -> Box:
        """All states within the limits of n steps; their numbers are variables, by their place in a row."""
        rates, ranges = self.rates[place], [RationalInterval(fmpq(0), fmpq(0))] * len(list(self.boxes[place].numbers()))
        for i, (low, high) in self.inner[place].items():
            ranges[i] = RationalInterval(low - self.n * rates[i][0], high + self.n * rates[i][1])
        variables = Variables(ranges, through_functions=False)
        intervals = [variable(variables, i) for i in self.inner[place]]
        return self.boxes[place].with_intervals(intervals)

    def _fits(self, place: StatePlace, wide: Box, number: int, symbol: Symbol) -> bool:
        """Makes limits larger until a step keeps within them; False if it may break a line, or leads elsewhere."""
        try:
            landing = self.system.step(wide, symbol, self.lines)
        except UnboxedStep:
            return False
        if landing is None:
            return True
        target = StatePlace.after(landing.box, (*place.inputs, number), self.remembered)
        if landing.maybe_broken or target not in self.inner:
            return False
        values = list(wide.numbers())
        for i, result in enumerate(landing.box.numbers()):
            if i in self.inner[target]:
                self._fit(place, target, i, result, values)
        return True

    def _fit(self, place: StatePlace, target: StatePlace, i: int, result: Scalar, values: Sequence[Scalar]) -> None:
        low, high = bounds_of(Interval(*ends(result)))
        inner = self.inner[target][i]
        if inner[0] <= low and high <= inner[1]:
            return
        if i in self.inner[place] and isinstance(result, LinearInterval) and _is_kept(result, i):
            for side, sign in enumerate((1, -1)):
                self._fit_rate(place, target, i, side, sign, result, values)
            return
        self.changed = True
        lower, upper = max(inner[0] - low, fmpq(0)), max(high - inner[1], fmpq(0))
        self.inner[target][i] = (inner[0] - lower * GROWTH_ALLOWANCE, inner[1] + upper * GROWTH_ALLOWANCE)

    def _fit_rate(
        self,
        place: StatePlace,
        target: StatePlace,
        i: int,
        side: int,
        sign: int,
        result: LinearInterval,
        values: Sequence[Scalar],
    ) -> None:
        """Makes the rate of one end large enough for a step that keeps a number but for a small change.

        The number is at least that of the end, so what the step makes of it is at least what it makes of the end.
        """
        rate = self.rates[place][i][side]
        end = self.inner[place][i][side]
        ends_of_number = sorted((end, end - sign * self.n * rate))
        change = (result.slopes[i] - RATIONAL_ONE) * RationalInterval(*ends_of_number) + result.rest
        for j, slope in result.slopes.items():
            if j != i:
                change = change + slope * Interval(*ends(values[j]))
        moved = end + bounds_of(Interval(*ends(change)))[side]
        gap = sign * (moved - self.inner[target][i][side])
        needed = max(-gap, (self.n * rate - gap) / (self.n + 1), fmpq(0))
        if needed > self.rates[target][i][side]:
            self.changed = True
            self.rates[target][i][side] = needed * GROWTH_ALLOWANCE


def _bounds(box: Box) -> dict[int, tuple[fmpq, fmpq]]:
    """Ends of the numbers that are intervals, by their place, a little beyond their own."""
    numbers = enumerate(box.numbers())
    return {i: outwards(n, START_DECIMALS, units=1).exact for i, n in numbers if isinstance(n, Interval)}


def _is_kept(result: LinearInterval, i: int) -> bool:
    """Whether a number that a step makes is, but for a small change, the i-th from before."""
    if i not in result.slopes:
        return False
    low, high = ends(result.slopes[i])
    return bool(low > 1 - MAX_DISTANCE_OF_KEPT_SLOPE and high < 1 + MAX_DISTANCE_OF_KEPT_SLOPE)
