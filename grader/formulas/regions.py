"""Systems of linear inequalities over the rationals: whether they have a solution, and which (Fourier and Motzkin)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flint import fmpq

from grader.deferred import dataclass
from grader.formulas.draws import Draws
from grader.formulas.fractions import Unprovable

MAX_INEQUALITIES = 300
"""Inequalities during an elimination, after which nothing is said."""

MAX_REGION_WORK = 20_000
"""Inequalities that are combined, and parts of normal forms, in one comparison."""


@dataclass
class RegionWork:
    """What the proofs of one comparison may still cost, so that they end in well under a second."""

    left: int = MAX_REGION_WORK

    def spend(self, steps: int) -> None:
        """Takes steps off.

        Raises:
            Unprovable: when none are left.
        """
        self.left -= steps
        if self.left < 0:
            raise Unprovable("the proof takes too long")


SIMPLE_VALUES = tuple(map(fmpq, (1, 0, 2, -1, 3, -2, 10, -10, 100, -100)))


@dataclass(frozen=True)
class Inequality:
    """`sum of coefficient*name + constant > 0`, or `>= 0` where it is not strict."""

    coefficients: tuple[tuple[str, fmpq], ...]
    constant: fmpq
    strict: bool

    def negated(self) -> Inequality:
        """What holds exactly where this does not."""
        return Inequality(tuple((n, -c) for n, c in self.coefficients), -self.constant, not self.strict)

    def scaled(self) -> Inequality:
        """The same, with 1 or -1 as the first coefficient: equal for equal ones."""
        if not self.coefficients:
            return self
        scale = 1 / abs(self.coefficients[0][1])
        return Inequality(tuple((n, c * scale) for n, c in self.coefficients), self.constant * scale, self.strict)

    def at(self, values: Mapping[str, fmpq]) -> fmpq:
        """The value of the left side; names without a value count as 0."""
        return sum((c * values[n] for n, c in self.coefficients if n in values), self.constant)


def inequality(coefficients: Mapping[str, fmpq], constant: fmpq, *, strict: bool) -> Inequality:
    """An inequality, with its names in order and without those that do not matter."""
    kept = tuple((name, c) for name, c in sorted(coefficients.items()) if c)
    return Inequality(kept, constant, strict).scaled()


def solution(system: Iterable[Inequality], work: RegionWork, draws: Draws | None = None) -> dict[str, fmpq] | None:
    """Values that satisfy all inequalities, simple ones, or others by `draws`; None if there are none.

    Raises:
        Unprovable: if the elimination grows too large, or the work is used up.
    """
    current = _distinct(system)
    stages: list[tuple[str, list[Inequality]]] = []
    while True:
        if any(i.constant < 0 or (i.strict and not i.constant) for i in current if not i.coefficients):
            return None
        current = [i for i in current if i.coefficients]
        if not current:
            return _back(stages, draws)
        name = _next_name(current)
        bounding = [i for i in current if name in dict(i.coefficients)]
        stages.append((name, bounding))
        work.spend(len(current) + len(bounding) ** 2 // 2)
        current = _distinct([*(i for i in current if i not in bounding), *_combined(name, bounding)])
        if len(current) > MAX_INEQUALITIES:
            raise Unprovable("too many inequalities")


def _distinct(system: Iterable[Inequality]) -> list[Inequality]:
    """Without repetitions, and of parallel inequalities the tightest alone."""
    tightest: dict[tuple[tuple[str, fmpq], ...], Inequality] = {}
    for item in system:
        scaled = item.scaled()
        other = tightest.get(scaled.coefficients)
        if other is None or (scaled.constant, not scaled.strict) < (other.constant, not other.strict):
            tightest[scaled.coefficients] = scaled
    return list(tightest.values())


def _next_name(system: Sequence[Inequality]) -> str:
    """The name whose elimination makes the fewest inequalities."""
    counts: dict[str, list[int]] = {}
    for item in system:
        for name, coefficient in item.coefficients:
            counts.setdefault(name, [0, 0])[coefficient > 0] += 1
    return min(counts, key=lambda name: (counts[name][0] * counts[name][1], name))


def _combined(name: str, bounding: Sequence[Inequality]) -> Iterable[Inequality]:
    """What the bounds of a name say of the other names."""
    parts = [(dict(item.coefficients), item) for item in bounding]
    for lower, low in parts:
        if lower[name] <= 0:
            continue
        for upper, high in parts:
            if upper[name] >= 0:
                continue
            a, b = -upper[name], lower[name]
            names = (set(lower) | set(upper)) - {name}
            total = {n: a * lower.get(n, fmpq(0)) + b * upper.get(n, fmpq(0)) for n in names}
            yield inequality(total, a * low.constant + b * high.constant, strict=low.strict or high.strict)


def _back(stages: Sequence[tuple[str, list[Inequality]]], draws: Draws | None) -> dict[str, fmpq]:
    """A value for every name, from the last that was eliminated to the first."""
    values: dict[str, fmpq] = {}
    for name, bounding in reversed(stages):
        low: list[tuple[fmpq, bool]] = []
        high: list[tuple[fmpq, bool]] = []
        for item in bounding:
            coefficient = dict(item.coefficients)[name]
            others = Inequality(tuple((n, c) for n, c in item.coefficients if n != name), item.constant, item.strict)
            for other, _ in others.coefficients:
                values.setdefault(other, fmpq(1))
            bound = -others.at(values) / coefficient
            (low if coefficient > 0 else high).append((bound, item.strict))
        values[name] = _between(
            max(low, default=None), min(high, key=lambda b: (b[0], not b[1]), default=None), draws, name
        )
    return values


Bound = tuple[fmpq, bool]


def _between(low: Bound | None, high: Bound | None, draws: Draws | None, name: str) -> fmpq:
    """A number between two bounds."""

    def fits(value: fmpq) -> bool:
        above = low is None or value > low[0] or (value == low[0] and not low[1])
        return above and (high is None or value < high[0] or (value == high[0] and not high[1]))

    if draws is None:
        near = [bound[0] + step for bound in (low, high) if bound for step in (0, 1, -1)]
        whole = [fmpq(value.floor()) for value in near] + [fmpq(value.ceil()) for value in near]
        for value in (*SIMPLE_VALUES, *whole, *near):
            if fits(value):
                return value
    part = fmpq(1, 2) if draws is None else fmpq(draws.between(1, 996, f"part {name}"), 997)
    if low is not None and high is not None:
        return low[0] + part * (high[0] - low[0])
    if low is None and high is None:
        return draws.rational((-1, 3), f"free {name}") if draws else fmpq(1)
    beyond = abs(draws.rational((-1, 3), f"beyond {name}")) if draws else fmpq(1)
    return low[0] + beyond if low is not None else high[0] - beyond  # type: ignore[index]  # one of them is there
