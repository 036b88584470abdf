"""What the verdicts on all mutants of a function question say of its spec."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader.errors import listed
from grader.kinds.function.loader import MAX_CASES
from grader.kinds.function.mutation.agreement import WRITES
from grader.kinds.function.mutation.corpus_part import NO_LINE_FAILS
from grader.kinds.function.mutation.judge import CodeMutantJudge
from grader.kinds.function.question import NETWORK_NAME, FunctionQuestion
from grader.kinds.mutants import MutantVerdict, StrengthRemark

BUDGET_FACTORS = (2, 4, 8)
"""Multiples of the inputs that are drawn, tried in turn on mutants that a line would kill."""

MAX_RETRIED_SURVIVORS = 6


def strength_remarks(
    question: FunctionQuestion, verdicts: Sequence[MutantVerdict], judge: CodeMutantJudge
) -> Iterator[StrengthRemark]:
    """What keeps mutants from being made, which lines see nothing, and what would kill the survivors."""
    yield from _sources(question, judge)
    yield from _disagreements(judge)
    yield from _lines(question, verdicts)
    survivors = [verdict for verdict in verdicts if verdict.status == "survived"]
    yield from _budget(question, [one for one in survivors if not one.reason.startswith(NO_LINE_FAILS)], judge)
    yield from _missing_lines(question, [one for one in survivors if one.reason.startswith(NO_LINE_FAILS)])


def _sources(question: FunctionQuestion, judge: CodeMutantJudge) -> Iterator[StrengthRemark]:
    """Answers that should earn everything, and do not; and that there are none."""
    for tried in judge.tried:
        if tried.problem:
            yield StrengthRemark(f"no wrong answers are made of {tried.right.name}: {tried.problem}")
    if all(tried.problem for tried in judge.tried):
        yield StrengthRemark(
            "no wrong answers can be made: no reference that a line is equal to, and no known answer, earns everything"
        )


def _disagreements(judge: CodeMutantJudge) -> Iterator[StrengthRemark]:
    """Answers that earn everything and do not agree, so that one of them may be wrong."""
    if sum(not tried.problem for tried in judge.tried) < 2:
        return
    for name, where in judge.corpus.disagreements():
        yield StrengthRemark(
            f"{name} earns all points, but {where}: unless both are right, the rubric has a hole; where right answers "
            "differ, the lines alone decide which mutants are wrong"
        )


def _lines(question: FunctionQuestion, verdicts: Sequence[MutantVerdict]) -> Iterator[StrengthRemark]:
    killed = [verdict for verdict in verdicts if verdict.status == "killed"]
    lost = {line for verdict in killed for line in verdict.lost_lines}
    blind = [repr(check.name) for i, check in enumerate(question.checks) if i not in lost and check.points]
    if killed and blind:
        yield StrengthRemark(f"no wrong answer that was judged loses {listed(blind)}: is there a mistake that would?")


def _budget(
    question: FunctionQuestion, survivors: Sequence[MutantVerdict], judge: CodeMutantJudge
) -> Iterator[StrengthRemark]:
    """How many inputs would have killed mutants that a line kills once it meets the right ones."""
    tried = survivors[:MAX_RETRIED_SURVIVORS]
    for factor in BUDGET_FACTORS if tried else ():
        cases = factor * question.cases
        if cases > MAX_CASES:
            break
        larger = tuple(replace(check, cases=check.cases and factor * check.cases) for check in question.checks)
        killed = judge.killed_with(replace(question, cases=cases, checks=larger), [one.mutant for one in tried])
        if killed == len(tried):
            text = f"with {factor} times as many inputs {killed} of the wrong answers that earn all points lose some"
            yield StrengthRemark(text, f"cases: {cases}")
            return
    if tried:
        where = [one.killing_inputs[0] for one in tried if one.killing_inputs]
        advice = f"such inputs as {listed(where[:2])}" if where else "inputs on which the lines fail"
        yield StrengthRemark(
            f"{_wrong(len(survivors), 'earn')} all points only because the inputs that show it are rare: give a "
            f"line sets of its own (`inputs:`) that draw {advice}"
        )


def _missing_lines(question: FunctionQuestion, survivors: Sequence[MutantVerdict]) -> Iterator[StrengthRemark]:
    """Lines that the rubric lacks."""
    writing = [one for one in survivors if one.reason.endswith(WRITES)]
    if writing and not any(check.aim.watched for check in question.checks):
        whose = "their" if len(writing) > 1 else "its"
        text = f"{_wrong(len(writing), 'write')} into {whose} arguments, which no line looks at"
        yield StrengthRemark(text, "- {name: leaves its arguments as they are, points: 1, pure: true}")
    if others := [one for one in survivors if one not in writing]:
        named = [check.aim.reference for check in question.checks if check.aim.gives_outputs]
        equal = [reference for reference in named if reference != NETWORK_NAME]
        text = f"{_wrong(len(others), 'give')} something else than the right ones, and no line says that it is wrong"
        if not all(check.aim.wants_value for check in question.checks):  # a reference may raise there, too
            yield StrengthRemark(f"{text}: see that some line's `when` is true of each input, such as {_where(others)}")
            return
        if not equal:
            yield StrengthRemark(f"{text}: write a function in `reference/` and a line that `equals` it")
            return
        yield StrengthRemark(text, f"- {{name: agrees with the reference, points: 1, equals: {equal[0]}}}")


def _wrong(count: int, verb: str) -> str:
    return f"{count} wrong answers {verb}" if count > 1 else f"1 wrong answer {verb}s"


def _where(survivors: Sequence[MutantVerdict]) -> str:
    return next((one.killing_inputs[0] for one in survivors if one.killing_inputs), "none")
