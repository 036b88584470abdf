"""Whether a mutant that loses nothing is right: it is asked about many more inputs than a class meets.

The rule: they come from the same sets, drawn with other seeds. A mutant is wrong where it fails a line that every right
answer meets, or where it differs from the answer that it is made of and all right answers agree: within the tolerances
of the rubric, or in leaving its arguments alone. Where chance is drawn from a generator, right answers may draw it in
different orders: if they differ anywhere, the lines alone decide. Where nothing of this is found, it is equivalent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from grader.errors import listed
from grader.kinds.function.answers import FunctionAnswers
from grader.kinds.function.code_runner import RunnerPool
from grader.kinds.function.groups import REPEATED_CASES
from grader.kinds.function.mutation.agreement import WRITES
from grader.kinds.function.mutation.corpus_part import NO_LINE_FAILS, CorpusPart, TellingInput
from grader.kinds.function.mutation.right_answers import AnswerLimits, PythonAnswer, RightCode, opened, usual_limits
from grader.kinds.function.plan import plan_of
from grader.kinds.function.question import FunctionCheck, FunctionQuestion
from grader.kinds.mutants import Mutant
from grader.sandbox import Returned

PARTS = 5
"""Corpora that a mutant is asked about one after the other, until one tells it from a right answer."""

CASES_FACTOR, MIN_PART_CASES = 4, 200
"""Inputs of each, as a multiple of those that a class meets, and at least so many: 20 times as many in all parts."""

MAX_PART_ENTRIES = 12_000
"""Numbers in the inputs of a part for one line: long inputs are fewer."""

MAX_PART_SUPPLIED_CALLS = 4_000
"""Calls that right answers make of the functions that they are given, for one line of a part: each is a message."""


class LargerCorpus:
    """The inputs, in parts; `limits` are those of a mutant."""

    def __init__(
        self, question: FunctionQuestion, rights: Sequence[RightCode], pool: RunnerPool, limits: AnswerLimits
    ) -> None:
        self._limits = limits
        supplied = supplied_calls(question, rights[0].answer, pool)
        drawn = [_drawn(check, question, calls) for check, calls in zip(question.checks, supplied, strict=True)]
        checks = [check for check in drawn if not (check.aim.pending or check.aim.watched)] or drawn[:1]
        larger = replace(question, checks=tuple(checks), ladder=False)
        self._pure = next((check.name for check in question.checks if check.aim.watched), "")
        seeds = range(question.seed + 1, question.seed + 1 + PARTS)
        self._parts = [CorpusPart(replace(larger, seed=seed), rights, pool) for seed in seeds]

    def said_of_agreement(self) -> str:
        """What is known of a mutant that nothing here tells from a right answer."""
        count = sum(part.settled_inputs() for part in self._parts)
        left_out = "; ".join(self._left_out())
        return f"agrees on {count:,} more inputs of the question's sets{f' ({left_out})' if left_out else ''}"

    def disagreements(self) -> Iterator[tuple[str, str]]:
        """Each right answer that differs from the first one, and where it does first."""
        met = set[str]()
        for part in self._parts:
            for name, where in part.disagreements():
                if name not in met:
                    met.add(name)
                    yield name, where

    def _left_out(self) -> Iterator[str]:
        inputs = sum(len(group.cases) for part in self._parts for group in part.plan.groups)
        if unsettled := inputs - sum(part.settled_inputs() for part in self._parts):
            yield f"on {unsettled:,} others right answers differ, and the lines alone decide"
        failed: dict[str, list[str]] = {}
        for part in self._parts:
            for line in part.plan.lines:
                failed.setdefault(line.check.name, []).extend(part.failed_by(line))
        for name, answers in failed.items():
            if answers:
                yield f"{name!r} is left out where {listed(list(dict.fromkeys(answers)))} fails it"

    def telling_input(self, mutant: Mutant) -> TellingInput | None:
        """What tells a mutant from the right answer that it is made of; None where nothing does."""
        for part in self._parts:
            found = part.telling_input(mutant.answer, mutant.source, self._limits)
            if found is not None and found.reason == NO_LINE_FAILS + WRITES and self._pure:
                return found._replace(reason=f"fails {self._pure!r}: {WRITES}")
            if found is not None:
                return found
        return None


def _drawn(check: FunctionCheck, question: FunctionQuestion, supplied: float) -> FunctionCheck:
    """A line with more inputs, which are drawn: a list to its end has been gone through, and others may lie beyond."""
    cases = max(CASES_FACTOR * (check.cases or question.cases), 0 if check.cases else MIN_PART_CASES)
    entries = sum(one.most_entries() for one in check.sets.values())
    calls = MAX_PART_SUPPLIED_CALLS / max(supplied, 1)
    most = min(MAX_PART_ENTRIES // max(entries, 1), int(max(calls - 2 * REPEATED_CASES, calls / 3)))  # some come thrice
    return replace(check, longest=None, cases=max(1, min(cases, most)))


def supplied_calls(question: FunctionQuestion, answer: PythonAnswer, pool: RunnerPool) -> list[float]:
    """How often a program calls what it is given in a call of its own, on the average, for each line."""
    plan = plan_of(question)
    with opened(pool, answer, usual_limits(question)) as runner:
        asked = FunctionAnswers(plan, runner)
        found = {
            id(group): sum(len(one.reply.observed) for one in asked.answers(group) if isinstance(one.reply, Returned))
            / len(group.cases)
            for group in plan.groups
        }
    return [found[id(line.group)] for line in plan.lines]
