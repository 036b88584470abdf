"""`feeds: reference.module.function`: supplied functions are called as a reference calls them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from grader.kinds.function.line_plan import JudgedCase, LinePlan
from grader.kinds.function.mismatch import Mismatch
from grader.kinds.function.question import Aim, AimKey
from grader.kinds.function.references import as_plain
from grader.kinds.function.values import show


@dataclass(frozen=True)
class Feeds(Aim):
    """The function calls what it is given with the same arguments, in the same order, as a reference does."""

    reference: str
    keys: ClassVar = {
        "feeds": AimKey(
            "reference", "The reference that calls what it is given with the same arguments in the same order."
        )
    }
    reads_output: ClassVar = False

    def __str__(self) -> str:
        return f"feeds as {self.reference}"


class FeedsLine(LinePlan):
    """What answers fed to each supplied function against what the reference fed to it."""

    def mismatch(self, case: JudgedCase) -> Mismatch | None:
        assert case.wanted is not None
        observed = case.returned.observed
        for name, calls in case.wanted.fed.items():
            fed = tuple(tuple(as_plain(a) for a in o.args) for o in observed if o.name == name)
            if fed != calls:
                was, now = show(_bare(calls)), show(_bare(fed))
                return Mismatch(was, now, f"called {name} with {now}; wanted: {was}")
        return None


def _bare(calls: Sequence[tuple[Any, ...]]) -> list[Any]:
    return [call[0] if len(call) == 1 else call for call in calls]
