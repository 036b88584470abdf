"""Where formulas are compared: points in a fixed order, the simplest first; the same points on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from functools import lru_cache

from flint import fmpq

from grader.deferred import dataclass
from grader.formulas.draws import DRAWN_EXPONENTS, Draws
from grader.notation.symbols import Domain

SMALL_INTEGERS = tuple(map(fmpq, (1, 2, -1, 3, -2, 0, -3)))
QUARTERS = tuple(fmpq(n, 4) for n in (1, -1, 2, -2, 3, -3, 5, -5, 6, 7, -7))
SATURATING_VALUES = tuple(map(fmpq, (20, -20, 6, -6, 40, -40, 1)))
MIXED_VALUES = (fmpq(1, 1024), fmpq(-1, 1024), fmpq(30), fmpq(-9), fmpq(0), fmpq(1, 2), fmpq(-1), fmpq(5))
UNIT_INTERVAL_VALUES = tuple(fmpq(n, 64) for n in (32, 16, 48, 8, 56, 1, 63))

MAX_CHANGED_ENTRIES = 14
"""Entries that are changed one at a time."""


@dataclass(frozen=True)
class Sample:
    """A value for every free entry: chosen from the pool by its name and the seed, unless `fixed` says it.

    Without a pool the values are drawn with wide scales, by `draws`.
    """

    pool: tuple[fmpq, ...]
    seed: int = 0
    fixed: Mapping[str, fmpq] = field(default_factory=dict)
    draws: Draws | None = None

    @property
    def rational(self) -> bool:
        """Whether every value that is chosen is a fraction, and none a multiple of pi or a ball."""
        return all(isinstance(value, fmpq) for value in self.fixed.values())

    def value(self, key: str, domain: Domain) -> fmpq:
        """The value of an entry."""
        if key in self.fixed:
            return fitted(self.fixed[key], domain)
        if self.draws is not None:
            return drawn(self.draws, self.seed, key, domain)
        if len(self.pool) == 1:
            return fitted(self.pool[0], domain)
        return fitted(self.pool[_hashed(self.seed, key) % len(self.pool)], domain)


@lru_cache(maxsize=1 << 14)
def _hashed(seed: int, key: str) -> int:
    """A number of 32 bits, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(f"{seed}:{key}".encode(), digest_size=4).digest(), "big")


def fitted(value: fmpq, domain: Domain) -> fmpq:
    """The value, or one near it that the domain has."""
    match domain:
        case "positive":
            return abs(value) if value else fmpq(1)
        case "nonnegative":
            return abs(value)
        case "unit":
            if 0 < value < 1:
                return value
            return UNIT_INTERVAL_VALUES[int((value * 4).floor()) % len(UNIT_INTERVAL_VALUES)]
        case "integer":
            return fmpq(value.floor() if value >= 0 else value.ceil()) if value.q != 1 else value
        case "bit":
            return fmpq(1) if value > 0 else fmpq(0)
    return value


@lru_cache(maxsize=1 << 14)
def drawn(draws: Draws, seed: int, key: str, domain: Domain) -> fmpq:
    """The value of an entry in the wide sample of a seed."""
    exponents = DRAWN_EXPONENTS[seed % len(DRAWN_EXPONENTS)]
    value = draws.rational(exponents, f"{seed} {key}")
    match domain:
        case "unit":
            return abs(value) / (1 + abs(value))
        case "integer":
            low, high = exponents
            return fmpq(draws.rational((max(low, 0), max(high, 1)), f"{seed} {key}").floor())
    return fitted(value, domain)


def wide_samples(keys: Sequence[str], draws: Draws, count: int) -> Iterator[Sample]:
    """Samples that nobody can foresee: `count` of all entries, then each entry alone at large numbers of both signs."""
    for seed in range(count):
        yield Sample((), seed, draws=draws)
    for key in keys[:MAX_CHANGED_ENTRIES]:
        for exponent in (2, 4, 6):
            size = abs(draws.rational((exponent, exponent), f"alone {key} {exponent}"))
            for value in (size, -size):
                yield Sample((), 0, {key: value}, draws)


def samples(keys: Sequence[str], literals: Sequence[fmpq], *, first: bool) -> Iterator[Sample]:
    """The points of one case; of the `first` case all, of the others fewer."""
    ones = (fmpq(1),)
    yield Sample(ones)
    changed = keys[: MAX_CHANGED_ENTRIES if first else 5]
    for value in map(fmpq, (2, 0, -1) if first else (2,)):
        for key in changed:
            yield Sample(ones, fixed={key: value})
    yield Sample((fmpq(0),))
    if first:
        for constant in (fmpq(2), fmpq(-1), fmpq(1, 2), *literals):
            yield Sample((constant,))
    for pool, count in ((SMALL_INTEGERS, 6), (QUARTERS, 6), (SATURATING_VALUES, 3), (MIXED_VALUES, 4)):
        for seed in range(count if first else (count + 1) // 3):
            yield Sample(pool, seed)
    if first and literals:
        for seed in range(4):
            yield Sample((*literals, *SMALL_INTEGERS[:4]), seed)


_ORDER = {fmpq(value): rank for rank, value in enumerate((1, 0, 2, -1, 3, -2, -3))}


def simpler(value: fmpq) -> list[fmpq]:
    """What to try in place of a value, simplest first."""
    rank = _ORDER.get(value, len(_ORDER))
    return [other for other, place in _ORDER.items() if place < min(rank, 4)]
