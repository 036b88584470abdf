"""`raises: ValueError`: the function refuses the input with an exception of this type, and says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from grader.kinds.function.line_plan import JudgedCase, LinePlan
from grader.kinds.function.mismatch import Mismatch
from grader.kinds.function.question import Aim, AimKey
from grader.kinds.function.verdicts import mismatch, no_answer, nondeterministic
from grader.sandbox import Raised, Returned


@dataclass(frozen=True)
class Raises(Aim):
    """The function refuses the input with an exception of this type, or one derived from it, and says why."""

    type_name: str
    keys: ClassVar = {"raises": AimKey("words", "The exception with which the function refuses the input.")}
    wants_value: ClassVar = False
    reads_output: ClassVar = False

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Raises:
        return cls(str(given["raises"]))

    def __str__(self) -> str:
        return f"raises {self.type_name}"


class RaisesLine(LinePlan):
    """The exceptions of answers, which are the same when the call is made again."""

    aim: Raises

    def mismatch(self, case: JudgedCase) -> Mismatch | None:
        answer, type_name = case.answer, self.aim.type_name
        reply, other, wanted = answer.reply, answer.other(), f"{type_name} raised"
        if isinstance(reply, Raised) and other is not None:
            return nondeterministic("raised", answer, other)
        if isinstance(reply, Raised) and reply.is_a(type_name):
            if reply.message.strip():
                return None
            silent = f"raised {type_name} without saying why"
            return Mismatch(f"{type_name} with a message", answer.text(), silent)
        if isinstance(reply, Returned):
            return mismatch(wanted, answer)
        wrong = no_answer(answer, case.call)
        return Mismatch(wanted, wrong.got, f"{wrong.sentence}; wanted: {wanted}", wrong.rank)
