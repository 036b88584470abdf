"""A word as evidence: run afresh, checked to break what it is said to break, with a trace of its last steps."""

from __future__ import annotations

from collections.abc import Mapping

from flint import fmpq

from grader.engines.constants import constants_in
from grader.engines.engine import Broken
from grader.errors import HarnessError
from grader.evidence import Counterexample, TraceStep
from grader.kinds.weights.exact_texts import exact_word
from grader.kinds.weights.question import WeightsQuestion
from grader.language.arrays import Value
from grader.machines.acceptance import unmet
from grader.machines.alphabet import Alphabet, Symbol, Word
from grader.machines.display import short_outputs, short_word, shown
from grader.machines.enclosed import JudgedRun, judged_run, run_again, shown_precision
from grader.machines.machine import AnswerMachine, EquationMachine, Undefined
from grader.machines.specification import Specification

MAX_KEPT_TRACE_STEPS = 40
"""Steps of a trace that enter a report; of a longer one, the last ones."""


def replayed(question: WeightsQuestion, values: Mapping[str, Value], line: int, broken: Broken) -> Counterexample:
    """The counterexample of a rubric line, from machines that are built anew for it.

    Raises:
        HarnessError: if the word does not break the line at its last step: the fault is the grader's.
    """
    specification, word = question.specification, broken.word
    student = question.network(values, keep_frames=True)
    behaviour = EquationMachine(specification.program, {}, keep_frames=True)
    wanted = behaviour.answers(word)
    run = judged_run(student, specification, word, wanted)
    wrong = [
        t
        for t, (want, right) in enumerate(zip(wanted, run.right, strict=False))
        if right is False and line in specification.lines_applying_to(want)
    ]
    last = max(len(word), 1) - 1
    if len(run.right) != last + 1 or wrong != [last] or not (word or specification.judged.empty):
        shown = question.alphabet.show_word(word)
        raise HarnessError(
            f"{question.id}: the counterexample {shown!r} of line {line + 1} does not hold when replayed"
        )
    with shown_precision(run.bits):
        return _shown(question, student, behaviour, word, run, line, broken.shortest)


def _shown(
    question: WeightsQuestion,
    student: AnswerMachine,
    behaviour: EquationMachine,
    word: Word,
    run: JudgedRun,
    line: int,
    shortest: bool,
) -> Counterexample:
    """A judged run as it is reported, its numbers from balls of FLINT's precision."""
    specification, wanted = question.specification, run.wanted
    answered = run_again(student, run, word)
    given, due = [step.output for step in answered], [step.output for step in wanted]
    last, text = max(len(word), 1) - 1, short_word(question.alphabet, word)
    shown_from, marks = last if specification.judged.at_end else 0, compared_numbers(specification)
    return Counterexample(
        input=text,
        expected=short_outputs(due[shown_from:], given[shown_from:]),
        got=short_outputs(given[shown_from:], due[shown_from:], marks),
        trace=tuple(
            TraceStep(
                t=t + 1 if word else 0,
                inputs=shown_inputs(question.alphabet, word[t]) if word else {},
                student=shown_values(student.quantities(answered[t]), due[t], *marks),
                wanted=shown_values(behaviour.quantities(wanted[t]), given[t]),
                output=_answer(given[t], specification.trouble(given[t], wanted[t]), due[t], *marks),
                expected=shown(due[t], given[t]),
                right=run.right[t] is not False,
                about=line in specification.lines_applying_to(wanted[t]),
                counts=specification.counts(wanted[t]),
            )
            for t in range(max(0, last + 1 - MAX_KEPT_TRACE_STEPS), last + 1)
        ),
        shortest=shortest,
        condition=unmet(specification, given[-1], wanted[-1]),
        steps=exact_word(question.alphabet, word, text),
    )


def compared_numbers(specification: Specification) -> tuple[fmpq, ...]:
    """The numbers that stand in `accept`, from which an output has to look different."""
    predicate = specification.program.predicate
    return constants_in([predicate.tree]) if predicate else ()


def _answer(output: Value, trouble: str, *beside: Value) -> str:
    reason = output.reason if isinstance(output, Undefined) else trouble
    return f"{shown(output, *beside)} ({reason})" if reason else shown(output, *beside)


def shown_inputs(alphabet: Alphabet, symbol: Symbol) -> dict[str, str]:
    """The text of each input at a step: its value, or the name of its symbol."""
    return {name: value if isinstance(value, str) else shown(value) for name, value in alphabet.named(symbol).items()}


def shown_values(quantities: Mapping[str, Value], *beside: Value) -> dict[str, str]:
    """The text of each value, by name, with enough digits to differ from the values beside it."""
    return {name: shown(value, *beside) for name, value in quantities.items()}
