"""Whether a program gives what a right answer gives to the same call."""

from __future__ import annotations

from grader.inputs.tolerances import DEFAULT_TOLERANCES
from grader.kinds.function.case_answers import CaseAnswer, unasked
from grader.kinds.function.question import FunctionQuestion
from grader.kinds.function.values import as_value, identical, same
from grader.sandbox import FunctionCall, Raised, Reply, Returned

WRITES = "writes into its arguments"
"""What is said of a program that does, where a right answer does not."""


class AnswerComparison:
    """The rule: two answers agree that lie within the widest tolerances of the rubric, or raise the same exception."""

    def __init__(self, question: FunctionQuestion) -> None:
        stated = [DEFAULT_TOLERANCES, *((check.rtol, check.atol) for check in question.checks)]
        self._tolerances = max(rtol for rtol, _ in stated), max(atol for _, atol in stated)

    def difference(self, call: FunctionCall, answer: CaseAnswer, model: CaseAnswer) -> str:
        """How an answer differs from a right one to the same call, in words; nothing where it does not."""
        came, wanted = answer.reply, model.reply
        if came is wanted or unasked(came) or unasked(wanted):
            return ""
        if self._alike(answer, model):
            return WRITES if _writes(call, came) and not _writes(call, wanted) else ""
        return f"gives {answer.text()}, and the right answer {model.text()}"

    def _alike(self, answer: CaseAnswer, model: CaseAnswer) -> bool:
        came, wanted = answer.reply, model.reply
        if isinstance(came, Returned) and isinstance(wanted, Returned):
            return same(answer.value, model.value, *self._tolerances, nan=True)
        if isinstance(came, Raised) and isinstance(wanted, Raised):
            return came.type_name == wanted.type_name
        return type(came) is type(wanted)


def _writes(call: FunctionCall, reply: Reply) -> bool:
    """Whether a call has changed its arguments, as far as its own child says."""
    after = reply.arguments_after if isinstance(reply, Returned) else None
    pairs = zip(call.args, after or (), strict=False)
    return any(now is not None and not identical(as_value(was), as_value(now)) for was, now in pairs)
