"""Verdicts on mutants in the user's cache: one file a question, under all that they rest on.

The rule: a verdict is used again only for the same mutant, of a question of the same fingerprint, by the same grader;
what is held is judged again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from fractions import Fraction
from typing import Any

from grader.fingerprint import grader_fingerprint
from grader.kinds.mutants import Mutant, MutantVerdict
from grader.strength.sample import mutant_digest
from grader.user_cache import keep_cached, read_cached

_KEPT_STATUSES = frozenset({"killed", "survived", "equivalent"})


class KeptVerdicts:
    """The verdicts that are kept of one way to answer a question."""

    def __init__(self, question_fingerprint: str, way: int) -> None:
        about = repr((grader_fingerprint(), question_fingerprint, way))
        self._name = f"strength-{hashlib.sha256(about.encode()).hexdigest()}"
        self._data = _read(self._name)

    def get(self, mutant: Mutant) -> MutantVerdict | None:
        """The verdict on a mutant that was judged before."""
        kept = self._data.get(mutant_digest(mutant))
        if kept is not None:
            with suppress(TypeError, ValueError, ZeroDivisionError):  # then it was not written by this grader
                return _verdict(mutant, kept)
        return None

    def keep(self, verdicts: Iterable[MutantVerdict]) -> None:
        """Keeps these beside what is kept; nothing is written where none of them is new."""
        new = {mutant_digest(one.mutant): _data(one) for one in verdicts if one.status in _KEPT_STATUSES}
        if not new.keys() <= self._data.keys():
            self._data = _read(self._name) | new
            keep_cached(self._name, json.dumps(self._data).encode())


def _read(name: str) -> dict[str, Any]:
    with suppress(ValueError):
        found = json.loads(read_cached(name) or b"{}")
        if isinstance(found, dict):
            return found
    return {}


def _data(verdict: MutantVerdict) -> list[Any]:
    points, lines, inputs = str(verdict.points), list(verdict.lost_lines), list(verdict.killing_inputs)
    return [verdict.status, points, lines, inputs, verdict.behaviour, verdict.reason]


def _verdict(mutant: Mutant, kept: list[Any]) -> MutantVerdict:
    """The verdict as it was kept.

    Raises:
        TypeError, ValueError, ZeroDivisionError: if it is none.
    """
    status, points, lines, inputs, behaviour, reason = kept
    if status not in _KEPT_STATUSES:
        raise ValueError(status)
    inputs, lines = tuple(map(str, inputs)), tuple(map(int, lines))
    return MutantVerdict(mutant, status, Fraction(points), lines, inputs, str(behaviour), str(reason))
