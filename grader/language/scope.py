"""Which names an expression may use: values and sequences with their slots, and the functions that a spec defines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from itertools import count

from grader.deferred import dataclass
from grader.language.arithmetic import FIRST_SLOT
from grader.language.tree import Binary, Name, Number, Tree


@dataclass(frozen=True)
class Function:
    """A function that a spec defines: `phi(z): 1 if z >= 0.5 else 0`."""

    parameters: tuple[str, ...]
    body: Tree


@dataclass
class Scope:
    """Which names an expression may use, and in which slot of the frame each value lies.

    `names` are plain values; `sequences` map a name and a lag k to the slot of `name[t-k]`; `measured` are the names
    whose comparisons count as thresholds.
    """

    names: dict[str, int] = field(default_factory=dict)
    sequences: dict[str, dict[int, int]] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)
    measured: frozenset[str] = frozenset()
    slots: count[int] = field(default_factory=lambda: count(FIRST_SLOT))

    def new_slot(self) -> int:
        """A slot that nothing else uses."""
        return next(self.slots)


def time_lag(index: Tree) -> int | None:
    """The k of `t-k` (0 for `t`, negative for `t+k`); None for any other index."""
    match index:
        case Name(id="t"):
            return 0
        case Binary(op="-", left=Name(id="t"), right=Number(value=k)) if k.q == 1:
            return int(k.p)
        case Binary(op="+", left=Name(id="t"), right=Number(value=k)) if k.q == 1:
            return -int(k.p)
    return None
