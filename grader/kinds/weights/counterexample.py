"""A word as evidence: run afresh, checked to break what it is said to break, with a trace of its last steps."""

from __future__ import annotations

from collections.abc import Mapping

from grader.engines.engine import Broken
from grader.errors import HarnessError
from grader.kinds.weights.question import WeightsQuestion
from grader.language.arrays import Value
from grader.machines.acceptance import unmet
from grader.machines.alphabet import Alphabet, Symbol
from grader.machines.display import short_outputs, short_word, shown
from grader.machines.machine import AnswerMachine, EquationMachine, Step, Undefined
from grader.verdict import Counterexample, TraceStep

MAX_KEPT_TRACE_STEPS = 40
"""Steps of a trace that enter a report; of a longer one, the last ones."""


def replayed(question: WeightsQuestion, values: Mapping[str, Value], line: int, broken: Broken) -> Counterexample:
    """The counterexample of a rubric line, from machines that are built anew for it.

    Raises:
        HarnessError: if the word does not break the line at its last step: the fault is the grader's.
    """
    specification, word = question.specification, broken.word
    student = AnswerMachine(question.program, values, keep_frames=True)
    behaviour = EquationMachine(specification.program, {}, keep_frames=True)
    answered, wanted = student.answers(word), behaviour.answers(word)
    right = [specification.accepts(a.output, w) for a, w in zip(answered, wanted, strict=False)]
    wrong = [
        t for t, w in enumerate(wanted[: len(right)]) if not right[t] and line in specification.lines_applying_to(w)
    ]
    last = max(len(word), 1) - 1
    allowed = all(specification.allows(w) for w in wanted) if word else specification.judged.empty
    if len(right) != last + 1 or wrong != [last] or not allowed:
        shown = question.alphabet.show_word(word)
        raise HarnessError(
            f"{question.id}: the counterexample {shown!r} of line {line + 1} does not hold when replayed"
        )
    given, due = [step.output for step in answered], [step.output for step in wanted]
    shown_steps = range(max(0, last + 1 - MAX_KEPT_TRACE_STEPS), last + 1)
    shown_from = last if specification.judged.at_end else 0
    return Counterexample(
        input=short_word(question.alphabet, word),
        expected=short_outputs(due[shown_from:], given[shown_from:]),
        got=short_outputs(given[shown_from:], due[shown_from:]),
        trace=tuple(
            _trace_step(
                question,
                t + 1 if word else 0,
                shown_inputs(question.alphabet, word[t]) if word else {},
                student.quantities(answered[t]),
                behaviour.quantities(wanted[t]),
                answered[t],
                wanted[t],
                line,
            )
            for t in shown_steps
        ),
        shortest=broken.shortest,
        condition=unmet(specification, given[-1], wanted[-1]),
    )


def _trace_step(
    question: WeightsQuestion,
    t: int,
    inputs: Mapping[str, str],
    student: Mapping[str, Value],
    behaviour: Mapping[str, Value],
    answer: Step,
    want: Step,
    line: int,
) -> TraceStep:
    specification = question.specification
    return TraceStep(
        t=t,
        inputs=inputs,
        student=shown_values(student, want.output),
        wanted=shown_values(behaviour, answer.output),
        output=_answer(answer.output, specification.trouble(answer.output, want), want.output),
        expected=shown(want.output, answer.output),
        right=specification.accepts(answer.output, want),
        about=line in specification.lines_applying_to(want),
        counts=specification.counts(want),
    )


def _answer(output: Value, trouble: str, wanted: Value) -> str:
    reason = output.reason if isinstance(output, Undefined) else trouble
    return f"{shown(output, wanted)} ({reason})" if reason else shown(output, wanted)


def shown_inputs(alphabet: Alphabet, symbol: Symbol) -> dict[str, str]:
    """The text of each input at a step: its value, or the name of its symbol."""
    return {name: value if isinstance(value, str) else shown(value) for name, value in alphabet.named(symbol).items()}


def shown_values(quantities: Mapping[str, Value], *beside: Value) -> dict[str, str]:
    """The text of each value, by name, with enough digits to differ from the values beside it."""
    return {name: shown(value, *beside) for name, value in quantities.items()}
