"""As few inputs as can be found quickly that tell every mutant from a right answer: greedy set cover.

Source: D. S. Johnson, "Approximation algorithms for combinatorial problems", Journal of Computer and System Sciences
9, 1974; V. Chvátal, "A greedy heuristic for the set-covering problem", Mathematics of Operations Research 4(3), 1979.
It finds at most 1 + ln(n) times as many as there must be, for n mutants.
"""

from __future__ import annotations

from collections.abc import Iterable

from grader.deferred import dataclass
from grader.kinds.mutants import MutantVerdict


@dataclass(frozen=True)
class KillingInput:
    """An input as a report shows it, and how many mutants it tells from a right answer."""

    input: str
    kills: int


@dataclass(frozen=True)
class KillingInputs:
    """Inputs that together kill so many mutants (`killed`), and how many wrong ones no short input is known for."""

    inputs: tuple[KillingInput, ...]
    killed: int
    without_input: int


def few_killing_inputs(verdicts: Iterable[MutantVerdict]) -> KillingInputs:
    """Inputs that kill every wrong mutant for which an input is known, those that kill most first.

    The rule for ties: the shorter input, then the first in the order of text; so verdicts in another order give the
    same inputs. An input that those after it have made needless is left out.
    """
    wrong = [verdict for verdict in verdicts if verdict.status in ("killed", "survived")]
    kills: dict[str, set[int]] = {}
    for number, verdict in enumerate(wrong):
        for one in verdict.killing_inputs:
            kills.setdefault(one, set()).add(number)
    chosen = _greedy(kills)
    for one in list(chosen):
        others = set[int]().union(*(kills[other] for other in chosen if other != one))
        if kills[one] <= others:
            chosen.remove(one)
    killed = set[int]().union(*kills.values())
    inputs = tuple(KillingInput(one, len(kills[one])) for one in chosen)
    return KillingInputs(inputs, len(killed), len(wrong) - len(killed))


def _greedy(kills: dict[str, set[int]]) -> list[str]:
    left, chosen = set[int]().union(*kills.values()), list[str]()
    while left:
        best = min(kills, key=lambda one: (-len(kills[one] & left), len(one), one))
        chosen.append(best)
        left -= kills[best]
    return chosen
