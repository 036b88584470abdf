"""How much of the time `t` a system can tell apart: usually a few first steps, or a parity; seldom all of it."""

from __future__ import annotations

import math
from collections.abc import Container, Iterable

from grader.deferred import dataclass
from grader.language.scope import time_lag
from grader.language.tree import Binary, Compare, Index, Name, Number, Tree, children

MAX_FOLDED_COUNT = 10_000
"""Largest constant or period up to which times are merged; beyond it every time is a state of its own."""


@dataclass(frozen=True)
class Clock:
    """Times from `cap` on are alike when they agree modulo `period`; `unbounded`: every time differs; `used`: any."""

    cap: int = 1
    period: int = 1
    unbounded: bool = False
    used: bool = False

    def after(self, t: int) -> int:
        """The representative of the time after `t`."""
        following = t + 1
        if self.unbounded or following < self.cap + self.period:
            return following
        return following - self.period

    def joined(self, other: Clock) -> Clock:
        """The clock that tells apart what either does."""
        joint = Clock(
            max(self.cap, other.cap),
            math.lcm(self.period, other.period),
            self.unbounded or other.unbounded,
            self.used or other.used,
        )
        if joint.cap > MAX_FOLDED_COUNT or joint.period > MAX_FOLDED_COUNT:
            return Clock(unbounded=True, used=True)
        return joint


def clock_of(trees: Iterable[Tree], sequences: Container[str]) -> Clock:
    """The coarsest clock on which every tree has its right value; an index into one of the sequences is no use of t."""
    clock = Clock()
    for tree in trees:
        clock = clock.joined(_clock(tree, sequences))
    return clock


def _clock(tree: Tree, sequences: Container[str]) -> Clock:
    match tree:
        case Name(id="t"):
            return Clock(unbounded=True, used=True)
        case Index(base=Name(id=name), index=index) if name in sequences and time_lag(index) is not None:
            return Clock()
        case Compare(operands=operands) if any(map(_is_time, operands)):
            return _compared(operands)
        case Binary(op="%", left=Name(id="t"), right=Number(value=k)) if k.q == 1 and k > 0:
            return Clock(period=min(int(k.p), MAX_FOLDED_COUNT + 1), used=True).joined(Clock())
    return clock_of(children(tree), sequences)


def _compared(operands: tuple[Tree, ...]) -> Clock:
    """Comparisons of `t` with constants alone matter up to the largest constant."""
    constants = [o.value for o in operands if isinstance(o, Number)]
    if len(constants) + sum(map(_is_time, operands)) < len(operands):
        return Clock(unbounded=True, used=True)
    largest = max((int(c.floor()) for c in constants), default=0)
    return Clock(cap=max(1, largest + 1), used=True).joined(Clock())


def _is_time(tree: Tree) -> bool:
    return isinstance(tree, Name) and tree.id == "t"
