"""A submission's answers to the cases of a question, and to the nested calls that judging needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from grader.errors import SpecError, SubmissionError
from grader.inputs.outputs import is_empty
from grader.kinds.function.case_answers import CaseAnswer, KnownCaseAnswers, unasked
from grader.kinds.function.code_runner import CodeRunner
from grader.kinds.function.groups import Group
from grader.kinds.function.line_plan import LinePlan
from grader.kinds.function.mismatch import Mismatch
from grader.kinds.function.parts import parts_of
from grader.kinds.function.plan import Plan
from grader.kinds.function.retry import RetryUndecided, retry_none
from grader.kinds.function.values import as_value
from grader.kinds.function.verdicts import NestedAnswers, against, misformed, nested_call_failed, values_for
from grader.language.arithmetic import EvaluationError
from grader.sandbox import Batch, FunctionCall, MissingFunction, Observation, Reply, Returned, retry_all

NO_NESTED_ANSWERS = NestedAnswers()

KNOWN_ANSWERS: WeakKeyDictionary[Batch, KnownCaseAnswers] = WeakKeyDictionary()
"""Answers to the calls of a group that have come before, by its batch."""

MAX_NESTED_CALL_BYTES = 4 << 20
"""Bytes of the nested calls that are sent at once, whose arguments may be large values that the function returned."""
MAX_MORE_OBSERVED_ROUNDS = 3
"""Children that are asked, after the first, what calls do to their arguments."""


class FunctionAnswers:
    """Calls the function with every case once, when this is made.

    Calls that the last round had no time for are made again where a line hangs on them.
    """

    def __init__(self, plan: Plan, runner: CodeRunner) -> None:
        """SubmissionError: the program defines no such function."""
        self.signature = plan.question.signature
        self.runner = runner
        runner.begin()
        groups = sorted(plan.groups, key=lambda group: group.hidden)
        self._observed: dict[int, list[Observation | None]] = {}
        self._answers = {id(group): self._ask(group) for group in groups}

    def answers(self, group: Group) -> list[CaseAnswer]:
        """One for each case of a group."""
        return self._answers[id(group)]

    def _ask(self, group: Group) -> list[CaseAnswer]:
        """One round trip for all cases of a group."""
        replies = self.runner.call(group.batch, secret=group.hidden, retry=RetryUndecided([group]))
        if isinstance(replies[0], MissingFunction):
            raise SubmissionError(str(replies[0]))
        known = KNOWN_ANSWERS.setdefault(group.batch, KnownCaseAnswers())
        return known.of(replies, lambda: _case_answers(group, replies))

    def observed(self, group: Group) -> list[Observation | None]:
        """What each case's call does to its arguments; None where that was not seen."""
        if id(group) not in self._observed:
            self._observed[id(group)] = self._observe(group)
        found = self._observed[id(group)]
        return [found[place] for place in group.observed_places]

    def _observe(self, group: Group) -> list[Observation | None]:
        """In the order of asking; what one child had no time for, the next is asked."""
        calls = group.observed_batch.calls
        seen = self.runner.observe(group.observed_batch)
        for _ in range(MAX_MORE_OBSERVED_ROUNDS):
            if len(seen) < len(calls):
                seen += self.runner.observe(Batch(calls[len(seen) :]))
        return [*seen, *[None] * (len(calls) - len(seen))]

    def retry(self, line: LinePlan, cases: list[int]) -> bool:
        """Another round for calls that the last one had no time for; False where no more can be had."""
        if not self.runner.another_round():
            return False
        group = line.group
        answers = self.answers(group)
        todo = [i for i in cases if unasked(answers[i].reply)]
        replies = self.calls(line, [group.calls[i] for i in todo])
        for i, reply in zip(todo, replies, strict=True):
            answers[i] = CaseAnswer(reply)
        return True

    def calls(self, line: LinePlan, calls: Sequence[FunctionCall]) -> list[Reply]:
        """Calls that one line alone needs, as many at a time as may be sent at once.

        Once a call without an answer has decided the line, no more are made.
        """
        if not calls:
            return []
        retry = retry_none if line.everywhere else retry_all
        replies: list[Reply] = []
        together = Batch(calls)
        for piece in [together] if len(together.request()) <= MAX_NESTED_CALL_BYTES else in_pieces(calls):
            replies += self.runner.call(piece, secret=line.group.hidden, retry=retry)
        return replies

    def nested_answers(self, line: LinePlan, cases: list[tuple[Mapping[str, Any], CaseAnswer]]) -> list[NestedAnswers]:
        """The answers to the calls inside a property, for every case: one batch a level."""
        nested = line.property.nested_calls if line.property is not None else ()
        if not nested:
            return [NO_NESTED_ANSWERS] * len(cases)
        found = [NestedAnswers() for _ in cases]
        for level in sorted({call.level for call in nested}):
            slots = [call.slot for call in nested if call.level == level]
            todo: list[tuple[NestedAnswers, str, FunctionCall, CaseAnswer]] = []
            for more, (inputs, answer) in zip(found, cases, strict=True):
                if isinstance(answer.reply, Returned) and more.mismatch is None:
                    values = values_for(inputs, line, answer, more.values)
                    calls = [(slot, self.inner(line, slot, values)) for slot in slots]
                    todo += [(more, slot, call, answer) for slot, call in calls if call is not None]
            replies = self.calls(line, [call for _, _, call, _ in todo])
            for (more, slot, call, main), reply in zip(todo, replies, strict=True):
                answer = CaseAnswer(reply)
                more.values[slot] = answer.value
                if not isinstance(reply, Returned):
                    more.mismatch = more.mismatch or nested_call_failed(answer, call)
                elif more.mismatch is None:
                    more.mismatch = self.misformed(line, slot, call, answer, main)
        return found

    def misformed(
        self, line: LinePlan, slot: str, call: FunctionCall, answer: CaseAnswer, main: CaseAnswer
    ) -> Mismatch | None:
        """What is wrong with the form of an answer to a call inside a property, whose case was answered by `main`."""
        assert line.property is not None
        case = dict(zip(self.signature.parameters, call.args, strict=True))
        form = line.returns
        if form is None and slot in line.property.of_answers:  # no reference is run on what a student's code has made
            if is_empty(main.value):
                return None
        elif form is None:
            form = line.form_for(case)
        try:
            arguments = {name: as_value(value) for name, value in case.items()}
            wrong = misformed(line, answer, arguments, form, line.slot_paths(slot))
        except SpecError:  # sizes of arguments that a student's answer has made
            return None
        return None if wrong is None else against(call, wrong)

    def inner(self, line: LinePlan, slot: str, values: Mapping[str, Any]) -> FunctionCall | None:
        """A call inside a property, once its arguments are known."""
        assert line.property is not None
        signature = self.signature
        try:
            arguments = [formula(values) for formula in line.property.arguments[slot]]
            converted = map(line.group.argument, signature.parameters, arguments)
            paths = line.slot_paths(slot)
            parts = parts_of(paths) if paths else None
            call = FunctionCall(signature.name, tuple(converted), parts=parts, whole=parts is None)
            return call if bytes_of(call) <= MAX_NESTED_CALL_BYTES else None
        except (EvaluationError, TypeError, ValueError, OverflowError):  # the student's output is no such argument
            return None


def _case_answers(group: Group, replies: Sequence[Reply]) -> list[CaseAnswer]:
    """One for each case of a group, from the replies in the order of asking."""
    return [
        CaseAnswer(replies[places[0]]) if len(places) == 1 else _first_and_other([replies[place] for place in places])
        for places in group.places
    ]


def _first_and_other(replies: Sequence[Reply]) -> CaseAnswer:
    """The answer to a case that was asked more than once: with the first answer that differs, else with the last."""
    first, *more = replies
    answers = [CaseAnswer(first, again) for again in more]
    return next((answer for answer in answers if answer.other() is not None), answers[-1])


def in_pieces(calls: Sequence[FunctionCall]) -> Iterator[list[FunctionCall]]:
    """The calls in their order, each piece of at most `MAX_NESTED_CALL_BYTES`."""
    piece: list[FunctionCall] = []
    room = MAX_NESTED_CALL_BYTES
    for call in calls:
        size = bytes_of(call)
        if piece and size > room:
            yield piece
            piece, room = [], MAX_NESTED_CALL_BYTES
        piece.append(call)
        room -= size
    if piece:
        yield piece


def bytes_of(call: FunctionCall) -> int:
    """What a call takes when it is sent.

    Raises:
        TypeError: for an argument that cannot be sent.
        ValueError: for an integer of more digits than Python writes.
    """
    return len(Batch([call]).request())
