"""`pure: true`: the function leaves its arguments as they were, which is seen from outside of its process as well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from grader.kinds.function.case_answers import CaseAnswer
from grader.kinds.function.line_plan import JudgedCase, LinePlan
from grader.kinds.function.mismatch import Mismatch
from grader.kinds.function.question import Aim, AimKey
from grader.kinds.function.values import as_value, identical, same, show
from grader.kinds.function.verdicts import OBSERVED_RANK
from grader.sandbox import FunctionCall, Observation

OBSERVED_TOLERANCES = 1e-9, 1e-12
"""Relative and absolute: how far answers to one call may lie apart that were rounded in two processes."""


@dataclass(frozen=True)
class Pure(Aim):
    """The function leaves its arguments as they were."""

    keys: ClassVar = {"pure": AimKey("flag", "Whether the function must leave its arguments as they were.")}
    reads_output: ClassVar = False
    watched: ClassVar = True


class PureLine(LinePlan):
    """The arguments after a call: as its own child says, and then as they are seen from outside."""

    def mismatch(self, case: JudgedCase) -> Mismatch | None:
        for before, after in zip(case.call.args, case.returned.arguments_after or (), strict=False):
            if after is not None and not identical(as_value(before), as_value(after)):
                was, now = show(before), show(after)
                return Mismatch(f"the argument left as {was}", now, f"changed its argument from {was} to {now}")
        return None

    def mismatch_watched(self, call: FunctionCall, answer: CaseAnswer, seen: Observation | None) -> Mismatch | None:
        kept = f"the arguments left as {show(list(call.args))}"
        if seen is None or not seen.returned:
            why = (
                "it did not come back while it was watched"
                if seen is None
                else "it gave no value while it was watched, where it runs in a thread and nothing can be traced"
            )
            sentence = f"could not be seen to leave its arguments as they were: {why}"
            return Mismatch(kept, "no answer", sentence, OBSERVED_RANK)
        if not seen.unchanged:
            return Mismatch(kept, "other arguments", "changed its arguments, whatever it says of them", OBSERVED_RANK)
        rtol, atol = map(max, OBSERVED_TOLERANCES, (self.rtol, self.atol))
        if not same(as_value(seen.value), answer.value, rtol, atol, nan=True):
            text = show(as_value(seen.value))
            sentence = f"gave {answer.text()}, and {text} while its arguments were watched"
            return Mismatch("the same answer to the same call", text, sentence, OBSERVED_RANK)
        return None
