"""Which mutants are judged where there are more than are asked for: of each operator some, drawn from a seed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from grader.deferred import dataclass
from grader.kinds.mutants import Mutant

MAX_LISTED_MUTANTS = 100_000
"""Of one way to answer a question; those after that are not even listed."""


@dataclass(frozen=True)
class SampledMutants:
    """The mutants that are judged, in the order in which the kind makes them, out of so many different ones (`made`).

    `is_listed_whole`: there are no more than these.
    """

    mutants: tuple[Mutant, ...]
    made: int
    is_listed_whole: bool = True


def mutant_digest(mutant: Mutant) -> str:
    """A digest of all that a mutant is."""
    said = (mutant.operator, mutant.change, mutant.source, mutant.answer)
    return hashlib.sha256(repr(said).encode("utf-8", "surrogateescape")).hexdigest()


def sampled(made: Iterable[Mutant], limit: int, seed: int) -> SampledMutants:
    """At most `limit` of the mutants; of two with the same answer the first.

    The rule: each operator gets its share of the limit, and one at least as long as there are enough; of its mutants
    those count whose digests, with the seed, come first. So the same seed takes the same ones, whatever machine, and a
    larger limit takes the same ones and more.
    """
    listed = list(islice(made, MAX_LISTED_MUTANTS + 1))
    different: dict[str, Mutant] = {}
    for mutant in listed[:MAX_LISTED_MUTANTS]:
        different.setdefault(repr(mutant.answer), mutant)
    mutants = tuple(different.values())
    is_whole = len(listed) <= MAX_LISTED_MUTANTS
    if len(mutants) <= limit:
        return SampledMutants(mutants, len(mutants), is_whole)
    by_operator: dict[str, list[int]] = {}
    for number, mutant in enumerate(mutants):
        by_operator.setdefault(mutant.operator, []).append(number)
    shares = _shares({operator: len(found) for operator, found in by_operator.items()}, limit, seed)
    taken: set[int] = set()
    for operator, found in by_operator.items():
        ranked = sorted(found, key=lambda number: _rank(mutant_digest(mutants[number]), seed))
        taken.update(ranked[: shares[operator]])
    return SampledMutants(tuple(mutants[number] for number in sorted(taken)), len(mutants), is_whole)


def _shares(counts: Mapping[str, int], limit: int, seed: int) -> dict[str, int]:
    """How many of each operator's mutants are taken; together the limit, which is less than all."""
    operators = sorted(counts, key=lambda operator: _rank(operator, seed))[:limit]
    shares = dict.fromkeys(counts, 0) | dict.fromkeys(operators, 1)
    left = limit - len(operators)
    rest = {operator: counts[operator] - 1 for operator in operators}
    total = sum(rest.values())
    for operator in operators if left else ():
        shares[operator] += left * rest[operator] // total
    still = limit - sum(shares.values())
    for operator in _largest_remainders(operators, rest, left, total)[:still]:
        shares[operator] += 1
    return shares


def _largest_remainders(operators: Sequence[str], rest: Mapping[str, int], left: int, total: int) -> list[str]:
    """The operators whose exact shares were cut most, first (Hamilton's method)."""
    cut = [operator for operator in operators if total and left * rest[operator] % total]
    return sorted(cut, key=lambda operator: (-(left * rest[operator] % total), operators.index(operator)))


def _rank(text: str, seed: int) -> bytes:
    return hashlib.sha256(f"{seed} {text}".encode("utf-8", "surrogateescape")).digest()
