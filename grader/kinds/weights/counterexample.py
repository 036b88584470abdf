"""A word as evidence: run afresh, checked to break what it is said to break, with a trace of every quantity."""

from __future__ import annotations

from collections.abc import Mapping

from grader.engines.engine import Broken
from grader.errors import HarnessError
from grader.kinds.weights.question import WeightsQuestion
from grader.language.arrays import Value
from grader.machines.alphabet import Word, show_outputs, show_value
from grader.machines.machine import AnswerMachine, EquationMachine, Step, Undefined
from grader.verdict import Counterexample, TraceStep


def replayed(question: WeightsQuestion, values: Mapping[str, Value], line: int, broken: Broken) -> Counterexample:
    """The counterexample of a rubric line, from machines that are built anew for it.

    Raises:
        HarnessError: if the word does not break the line at its last step: the fault is the grader's.
    """
    specification, word = question.specification, broken.word
    student = AnswerMachine(question.program, values, keep_frames=True)
    behaviour = EquationMachine(specification.program, {}, keep_frames=True)
    answered, wanted = student.run(word), behaviour.run(word)
    right = [specification.accepts(a.output, w) for a, w in zip(answered, wanted, strict=False)]
    wrong = [
        t for t, w in enumerate(wanted[: len(right)]) if not right[t] and line in specification.lines_applying_to(w)
    ]
    if len(right) != len(word) or wrong != [len(word) - 1] or not all(specification.allows(w) for w in wanted):
        shown = question.alphabet.show_word(word)
        raise HarnessError(
            f"{question.id}: the counterexample {shown!r} of line {line + 1} does not hold when replayed"
        )
    return Counterexample(
        input=question.alphabet.show_word(word),
        expected=show_outputs([w.output for w in wanted]),
        got=show_outputs([a.output for a in answered]),
        trace=tuple(_trace(question, word, student, behaviour, answered, wanted, right)),
        shortest=broken.shortest,
    )


def _trace(
    question: WeightsQuestion,
    word: Word,
    student: EquationMachine,
    behaviour: EquationMachine,
    answered: list[Step],
    wanted: list[Step],
    right: list[bool],
) -> list[TraceStep]:
    steps = []
    for t, (symbol, answer, want) in enumerate(zip(word, answered, wanted, strict=True)):
        steps.append(
            TraceStep(
                t=t + 1,
                inputs=shown_values(dict(zip(question.alphabet.channels, symbol, strict=True))),
                student=shown_values(student.quantities(answer)),
                wanted=shown_values(behaviour.quantities(want)),
                output=_answer(answer.output, question.specification.trouble(answer.output, want)),
                expected=show_value(want.output),
                right=right[t],
            )
        )
    return steps


def _answer(output: Value, trouble: str) -> str:
    reason = output.reason if isinstance(output, Undefined) else trouble
    return f"{show_value(output)} ({reason})" if reason else show_value(output)


def shown_values(quantities: Mapping[str, Value]) -> dict[str, str]:
    """The text of each value, by name."""
    return {name: show_value(value) for name, value in quantities.items()}
