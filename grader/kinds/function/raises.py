"""`raises: ValueError`: the function refuses the input with an exception of this type, and says why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from grader.documents import ScalarNode
from grader.kinds.function.call_check import CallCheck
from grader.kinds.function.case_answers import CaseAnswer
from grader.kinds.function.mismatch import Mismatch
from grader.kinds.function.verdicts import mismatch, no_answer, nondeterministic
from grader.sandbox import FunctionCall, Raised, Returned


@dataclass(frozen=True)
class Raises(CallCheck):
    """The function refuses the input with an exception of this type, or one derived from it, and says why."""

    type_name: str
    wants_value: ClassVar[bool] = False

    @classmethod
    def read(cls, text: ScalarNode) -> Raises:
        return cls(str(text))

    def mismatch(self, call: FunctionCall, answer: CaseAnswer) -> Mismatch | None:
        reply, other, wanted = answer.reply, answer.other(), f"{self.type_name} raised"
        if isinstance(reply, Raised) and other is not None:
            return nondeterministic("raised", answer, other)
        if isinstance(reply, Raised) and reply.is_a(self.type_name):
            if reply.message.strip():
                return None
            silent = f"raised {self.type_name} without saying why"
            return Mismatch(f"{self.type_name} with a message", answer.text(), silent)
        if isinstance(reply, Returned):
            return mismatch(wanted, answer)
        wrong = no_answer(answer)
        return Mismatch(wanted, wrong.got, f"{wrong.sentence}; wanted: {wanted}", wrong.rank)

    def __str__(self) -> str:
        return f"raises {self.type_name}"


CALL_CHECK = Raises
