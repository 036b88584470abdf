"""From the failures among a question's cases to the one that is shown: the smallest, replayed in a fresh child."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from grader.inputs.drawn_values import Case
from grader.kinds.function.answers import NO_NESTED_ANSWERS, FunctionAnswers
from grader.kinds.function.case_answers import CaseAnswer, unasked
from grader.kinds.function.line_plan import LinePlan
from grader.kinds.function.mismatch import Mismatch
from grader.kinds.function.retry import retry_none
from grader.kinds.function.smallest import TriedCall, smallest_failure
from grader.kinds.function.values import show
from grader.kinds.function.verdicts import misformed, mismatch_of_case, values_for
from grader.sandbox import Returned

ONLY_AFTER_OTHER_CALLS = "only after other calls: the function remembers something, or draws random numbers of its own"


@dataclass(frozen=True)
class Failure:
    """A case that is wrong, and how (no case: the line as a whole); the answer to it, where that is to be shown."""

    case: Case | None
    wrong: Mismatch
    smallest: bool = False
    note: str = ""
    answer: CaseAnswer | None = None


def shrunk(function_answers: FunctionAnswers, line: LinePlan, failing: list[tuple[int, Mismatch]]) -> Failure:
    """The failure to show: the first of a list to the end, else the smallest that Hypothesis comes to."""
    group = line.group
    least = min(wrong.rank for _, wrong in failing)
    failing = [(i, wrong) for i, wrong in failing if wrong.rank == least]
    if least:  # the first call without an answer is the same on every run; how many more there is time for is not
        index, wrong = min(failing, key=lambda item: group.order.index(item[0]))
        return Failure(group.cases[index], wrong, answer=function_answers.answers(group)[index])
    if group.longest is not None:
        index, wrong = failing[0]
        return _replayed(function_answers, line, group.cases[index], wrong, listed=True)
    index, wrong = min(failing, key=lambda item: _simplicity(group.cases[item[0]]))
    case = group.cases[index]
    nondeterministic = function_answers.answers(group)[index].other() is not None  # most cases were asked once
    tried = partial(try_case, function_answers, line)
    found = smallest_failure(line, failing, tried, only_failing=nondeterministic)
    if found is not None and _simplicity(found[0])[0] <= _simplicity(case)[0]:  # of equal length, Hypothesis's
        case, wrong = found[0], found[1] or wrong
    return _replayed(function_answers, line, case, wrong)


def _simplicity(case: Case) -> tuple[int, str]:
    text = show(list(case.values()))
    return len(text), text


def _replayed(
    function_answers: FunctionAnswers, line: LinePlan, case: Case, seen: Mismatch, *, listed: bool = False
) -> Failure:
    """The failure as a fresh child shows it, if there is time; one that shows only after other calls is said to."""
    again = try_case(function_answers, line, case, fresh=True)
    if unasked(again.answer.reply):
        return Failure(case, seen)
    if again.wrong is None:
        return Failure(case, seen, note=f" ({ONLY_AFTER_OTHER_CALLS})")
    return Failure(case, again.wrong, smallest=listed, answer=again.answer)


def try_case(function_answers: FunctionAnswers, line: LinePlan, case: Case, *, fresh: bool = False) -> TriedCall:
    """One case from the call to the verdict."""
    call = line.group.call(case)
    reply, again = function_answers.runner.call([call, call], fresh=fresh, retry=retry_none)
    answer = CaseAnswer(reply, again)
    if line.output_paths is not None or call.script is not None:
        answer = answer.in_parts(line.output_paths)
    size = answer.reply.size if isinstance(answer.reply, Returned) else 0
    inputs = line.group.values(case)
    wrong = misformed(line, answer, inputs, line.form_for(case), line.output_paths)
    if wrong is None and not line.applies_to(values_for(inputs, line, answer, {})):
        return TriedCall(case, None, size, answer)
    nested = function_answers.nested_answers(line, [(inputs, answer)])[0] if wrong is None else NO_NESTED_ANSWERS
    values = values_for(inputs, line, answer, nested.values)
    wanted = line.wanted_for(case)
    found = mismatch_of_case(line, answer, values, call, wanted, wrong or nested.mismatch)
    return TriedCall(case, found, size, answer)
