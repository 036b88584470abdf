"""A weights question put to the test: reference, examples, known answers, and whether its rubric sees every step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import ModuleType
from typing import Any

from grader.engines.corpus import in_floats
from grader.engines.engine import Budget
from grader.engines.joint import reached_lines
from grader.engines.table import decide
from grader.errors import SpecError, listed
from grader.kinds.finding import Finding, marks_finding
from grader.kinds.weights.question import Example, Known, WeightsQuestion
from grader.kinds.weights.recognise import proved_accepted, recognised
from grader.kinds.weights.score import score_weights
from grader.language.arrays import Array, Value, describe, shape_of
from grader.language.numbers import NumberError, from_float, read_number
from grader.machines.acceptance import unmet
from grader.machines.alphabet import FiniteAlphabet, Symbol, UnlistedAlphabet, Word
from grader.machines.display import short_outputs, short_word
from grader.machines.machine import AnswerMachine, FunctionMachine, Machine, Step
from grader.machines.specification import RoundingSpecification, Specification
from grader.spec.course import load_reference
from grader.verdict import points_in_words


def check_weights_question(question: WeightsQuestion) -> Iterator[Finding]:
    """Points, examples, reference, known answers and coverage of a weights question."""
    total = points_in_words(sum((line.points for line in question.rubric), start=question.points * 0))
    yield Finding(question.id, "ok", f"the points add up to {total}")
    yield from _examples(question)
    yield from _reference(question)
    for known in question.known:
        yield from _known(question, known)
    match question.alphabet.symbol_set:
        case FiniteAlphabet() as alphabet:
            yield from _coverage(question, alphabet)
        case UnlistedAlphabet():
            yield from _drawn_coverage(question)


def _examples(question: WeightsQuestion) -> Iterator[Finding]:
    behaviour = question.specification.machine()
    for example in question.examples:
        steps = behaviour.run(example.word)
        outputs = [step.output for step in steps]
        if not all(question.specification.allows(step) for step in steps):
            yield Finding(question.id, "fail", f"the example {example.text} is not an input that `assume` allows")
        elif example.outputs == tuple(outputs) or (refused := _refused(question, example, steps)) is None:
            yield Finding(question.id, "ok", f"the example {example.text} holds")
        else:
            promised, given = short_outputs(example.outputs, outputs), short_outputs(outputs, example.outputs)
            text = f"the example {example.text} promises {promised}, the behaviour gives {given}{refused}"
            yield Finding(question.id, "fail", text)


def _refused(question: WeightsQuestion, example: Example, steps: Sequence[Step]) -> str | None:
    """Why the outputs of an example are not right ones of the network; None where they are."""
    specification = question.specification
    for t, (output, step) in enumerate(zip(example.outputs, steps, strict=True), 1):
        if shape_of(output) != question.program.output_shape:
            return f"; at step {t} it is {describe(shape_of(output))}, not {describe(question.program.output_shape)}"
        if not specification.accepts(output, step):
            condition = unmet(specification, output, step)
            return f"; at step {t}: {condition}" if condition else ""
    return None


def _reference(question: WeightsQuestion) -> Iterator[Finding]:
    if not question.reference:
        yield Finding(question.id, "warn", "there is no reference: nothing shows that the question can be solved")
        return
    try:
        module = load_reference(question.reference, question.path)
        machine = reference_machine(module, question)
        findings = decide(machine, _for_reference(question), _budget_in_floats(question))
        values = reference_values(module, question)
    except SpecError as error:
        yield Finding(question.id, "fail", str(error))
        return
    except Exception as error:  # the reference is the course's own code: whatever it raises is a finding
        yield Finding(question.id, "fail", f"{question.reference} fails: {type(error).__name__}: {error}")
        return
    for broken in findings.broken.values():
        word = short_word(question.alphabet, broken.word)
        yield Finding(question.id, "fail", f"{question.reference} disagrees with the behaviour on input {word}")
        return
    yield Finding(question.id, "ok", f"{question.reference} agrees with the behaviour", findings.holds)
    result = score_weights(question, values)
    if result.points != question.points and question.reference_rtol is not None:
        result = score_weights(question, reference_values(module, question, as_written=True))
    earned = f"earn {points_in_words(result.points)} of {points_in_words(question.points)}"
    text = f"the parameters of {question.reference} {earned}"
    yield Finding(question.id, "ok" if result.points == question.points else "fail", text)


def _budget_in_floats(question: WeightsQuestion) -> Budget:
    """The budget of the question, with inputs that a reference in Python takes without rounding."""
    budget = question.budget
    if isinstance(question.alphabet.symbol_set, FiniteAlphabet):
        return budget
    return replace(budget, draw=lambda: in_floats(budget.corpus, question.alphabet, question.specification))


def reference_machine(module: ModuleType, question: WeightsQuestion) -> Machine:
    """The reference's own `initial()` and `step(state, *inputs)` as a machine.

    Raises:
        SpecError: if the module does not define them.
    """
    missing = [name for name in ("PARAMETERS", "initial", "step") if not hasattr(module, name)]
    if missing:
        raise SpecError(f"{question.reference} must define {listed(missing)}")

    def step(state: Any, symbol: Symbol) -> tuple[Any, Value]:
        state, output = module.step(state, *map(_as_floats, symbol))
        return state, exact_value(output)

    return FunctionMachine(module.initial(), step, question.alphabet.symbol_set)


def _for_reference(question: WeightsQuestion) -> Specification:
    """What the reference has to satisfy: what answers have to, but for the rounding that the spec states."""
    rtol = question.reference_rtol
    return question.specification if rtol is None else RoundingSpecification(question.specification, rtol)


def reference_values(module: ModuleType, question: WeightsQuestion, *, as_written: bool = False) -> dict[str, Value]:
    """The reference's parameters, exactly; `as_written`: a float counts as the shortest decimal that names it.

    Raises:
        SpecError: unless there is one of the right shape for each parameter of the network.
    """
    defaults = {name: p.default for name, p in question.parameters.items() if p.default is not None}
    given = module.PARAMETERS
    if not set(question.parameters).difference(defaults) <= set(given) <= set(question.parameters):
        raise SpecError(f"{question.reference}.PARAMETERS must give {listed(question.parameters)}, not {listed(given)}")
    values = {**defaults, **{name: exact_value(value, as_written=as_written) for name, value in given.items()}}
    for name, parameter in question.parameters.items():
        shape = values[name].shape if isinstance(values[name], Array) else ()
        if shape != parameter.shape:
            raise SpecError(f"{question.reference}.PARAMETERS[{name!r}] has shape {shape}, not {parameter.shape}")
    return {name: values[name] for name in question.parameters}


def _as_floats(value: Value) -> Any:
    if not isinstance(value, Array):
        return int(value.p) / int(value.q)
    rows = [value.item(i) for i in range(value.shape[0])]
    return [_as_floats(row) for row in rows]


def exact_value(value: Any, *, as_written: bool = False) -> Value:
    """A NumPy or Python number, vector or matrix, at its exact value (or as the shortest decimals that name it).

    Raises:
        SpecError: for anything that is not made of finite numbers.
    """
    import numpy as np

    array = np.asarray(value, dtype=float)
    try:
        entries = [read_number(repr(float(x))) if as_written else from_float(float(x)) for x in array.ravel()]
    except NumberError as error:
        raise SpecError(f"the reference gives {error}") from None
    return Array(array.shape, entries) if array.ndim else entries[0]


def _known(question: WeightsQuestion, known: Known) -> Iterator[Finding]:
    result = score_weights(question, known.values)
    yield marks_finding(known.name, result, known.earns)
    machine = AnswerMachine(question.program, known.values)
    if known.say and result.points == question.points:
        yield Finding(question.id, "warn", f"known {known.name!r} earns everything, so its `say` is never shown")
    elif known.say and (other := recognised(question, machine)) is not None and other is not known:
        text = f"known {known.name!r} behaves like {other.name!r}, so its `say` is never shown"
        yield Finding(question.id, "warn", text)
    if known.reading:
        yield _known_reading(question, known)


def _known_reading(question: WeightsQuestion, known: Known) -> Finding:
    """Whether a known answer is right under the reading that it names."""
    if isinstance(question.alphabet.symbol_set, UnlistedAlphabet):
        text = f"known {known.name!r}: nothing is proved when read with {known.reading!r}, as inputs cannot be listed"
        return Finding(question.id, "warn", text)
    reading = next(reading for reading in question.readings if reading.name == known.reading)
    right = proved_accepted(question, AnswerMachine(reading.program, known.values))
    verb = "is right" if right else "is not right"
    return Finding(
        question.id, "ok" if right else "fail", f"known {known.name!r} {verb} when read with {known.reading!r}"
    )


def _coverage(question: WeightsQuestion, alphabet: FiniteAlphabet) -> Iterator[Finding]:
    """Whether some line with points is about every reachable step, and every line about some step."""
    with_points = {i for i, line in enumerate(question.rubric) if line.points}
    reached = reached_lines(question.specification, alphabet, question.budget.bounds)
    uncovered = next((word for lines, word in reached.words.items() if not lines & with_points), None)
    if uncovered:
        yield _uncovered(question, uncovered)
    elif reached.complete:
        yield Finding(question.id, "ok", "the rubric covers every reachable step")
    for i, line in enumerate(question.rubric):
        if reached.word(i):
            continue
        if reached.complete:
            text = f"{line.name!r} is about no reachable step: nobody can lose it, so it is held for everybody"
            yield Finding(question.id, "warn", text)
        else:
            yield _met(question, i)


def _drawn_coverage(question: WeightsQuestion) -> Iterator[Finding]:
    """The same where inputs cannot be listed: over those that are drawn and searched for."""
    with_points = {i for i, line in enumerate(question.rubric) if line.points}
    for trial in question.budget.corpus.trials:
        steps = [
            i
            for i, step in enumerate(trial.wanted, 1)
            if not with_points & set(question.specification.lines_applying_to(step))
        ]
        if steps:
            yield _uncovered(question, trial.word[: steps[0]])
            break
    for i in range(len(question.rubric)):
        yield _met(question, i)


def _uncovered(question: WeightsQuestion, word: Word) -> Finding:
    shown = short_word(question.alphabet, word)
    text = f"no line is about the last step of input {shown}: a wrong network can lose nothing there"
    return Finding(question.id, "warn", text)


def _met(question: WeightsQuestion, line: int) -> Finding:
    """How many of the inputs that are drawn or searched for a rubric line is about."""
    name, about = question.rubric[line].name, question.budget.corpus.about(line)
    if about:
        every = len(question.budget.corpus.trials)
        return Finding(question.id, "ok", f"{name!r} is about {about} of the {every} inputs that are looked at")
    text = f"no input was found that {name!r} is about: it is held for everybody whose answer is not proved there"
    return Finding(question.id, "warn", text)
