"""A weights question put to the test: reference, examples, known answers, and whether its rubric sees every step."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType
from typing import Any

from grader.errors import SpecError, listed
from grader.kinds.finding import Finding
from grader.kinds.weights.lines import answer_machine, examine
from grader.kinds.weights.question import Known, WeightsQuestion
from grader.kinds.weights.recognise import is_right, recognised
from grader.kinds.weights.score import score_weights
from grader.language.arrays import Array, Value
from grader.language.numbers import NumberError, from_float
from grader.machines.alphabet import Symbol, Word, show_outputs
from grader.machines.explore import Walk
from grader.machines.machine import Edge, FunctionMachine, Machine
from grader.machines.sample import in_floats
from grader.spec.course import load_reference
from grader.verdict import as_number


def check_weights_question(question: WeightsQuestion) -> Iterator[Finding]:
    """Points, examples, reference, known answers and coverage of a weights question."""
    total = as_number(sum((line.points for line in question.rubric), start=question.points * 0))
    yield Finding(question.id, "ok", f"the points add up to {total}")
    yield from _examples(question)
    yield from _reference(question)
    for known in question.known:
        yield from _known(question, known)
    yield from _coverage(question) if question.symbols is not None else _drawn_coverage(question)


def _examples(question: WeightsQuestion) -> Iterator[Finding]:
    behaviour = question.specification.machine(question.symbols or ())
    for example in question.examples:
        steps = behaviour.run(example.word)
        outputs = [step.output for step in steps]
        if not all(question.specification.allows(step) for step in steps):
            yield Finding(question.id, "fail", f"the example {example.text} is not an input that `assume` allows")
        elif all(
            question.specification.accepts(given, step) for given, step in zip(example.outputs, steps, strict=True)
        ):
            yield Finding(question.id, "ok", f"the example {example.text} holds")
        else:
            promised, given = show_outputs(example.outputs), show_outputs(outputs)
            text = f"the example {example.text} promises {promised}, the behaviour gives {given}"
            yield Finding(question.id, "fail", text)


def _reference(question: WeightsQuestion) -> Iterator[Finding]:
    if not question.reference:
        yield Finding(question.id, "warn", "there is no reference: nothing shows that the question can be solved")
        return
    try:
        module = load_reference(question.reference, question.path)
        machine = reference_machine(module, question)
        listed_inputs = question.symbols is not None
        floats = None if listed_inputs else in_floats(question.corpus, question.alphabet, question.specification)
        findings = examine(question, machine, floats)
        values = reference_values(module, question)
    except SpecError as error:
        yield Finding(question.id, "fail", str(error))
        return
    except Exception as error:  # the reference is the course's own code: whatever it raises is a finding
        yield Finding(question.id, "fail", f"{question.reference} fails: {type(error).__name__}: {error}")
        return
    for broken in findings.broken.values():
        word = question.alphabet.show_word(broken.word)
        yield Finding(question.id, "fail", f"{question.reference} disagrees with the behaviour on input {word}")
        return
    yield Finding(question.id, "ok", f"{question.reference} agrees with the behaviour", findings.holds)
    result = score_weights(question, values)
    text = f"the parameters of {question.reference} earn {as_number(result.points)} of {as_number(question.points)}"
    yield Finding(question.id, "ok" if result.points == question.points else "fail", text)


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

    return FunctionMachine(module.initial(), step, question.symbols or ())


def reference_values(module: ModuleType, question: WeightsQuestion) -> dict[str, Value]:
    """The reference's parameters, exactly.

    Raises:
        SpecError: unless there is one of the right shape for each parameter of the network.
    """
    given = module.PARAMETERS
    if set(given) != set(question.parameters):
        raise SpecError(f"{question.reference}.PARAMETERS must give {listed(question.parameters)}, not {listed(given)}")
    values = {name: exact_value(value) for name, value in given.items()}
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


def exact_value(value: Any) -> Value:
    """A NumPy or Python number, vector or matrix, at its exact value.

    Raises:
        SpecError: for anything that is not made of finite numbers.
    """
    import numpy as np

    array = np.asarray(value, dtype=float)
    try:
        entries = [from_float(float(x)) for x in array.ravel()]
    except NumberError as error:
        raise SpecError(f"the reference gives {error}") from None
    return Array(array.shape, entries) if array.ndim else entries[0]


def _known(question: WeightsQuestion, known: Known) -> Iterator[Finding]:
    result = score_weights(question, known.values)
    earned, claimed = as_number(result.points), as_number(known.earns)
    if result.points != known.earns:
        yield Finding(question.id, "fail", f"known {known.name!r} earns {earned}, not {claimed}")
    else:
        yield Finding(question.id, "ok", f"known {known.name!r} earns {earned}")
    machine = answer_machine(question, known.values)
    if known.say and result.points == question.points:
        yield Finding(question.id, "warn", f"known {known.name!r} earns everything, so its `say` is never shown")
    elif known.say and (other := recognised(question, machine)) is not None and other is not known:
        text = f"known {known.name!r} behaves like {other.name!r}, so its `say` is never shown"
        yield Finding(question.id, "warn", text)
    if known.reading:
        reading = next(reading for reading in question.readings if reading.name == known.reading)
        right = is_right(question, answer_machine(question, known.values, reading.program))
        verb = "is right" if right else "is not right"
        text = f"known {known.name!r} {verb} when read with {known.reading!r}"
        yield Finding(question.id, "ok" if right else "fail", text)


def _coverage(question: WeightsQuestion) -> Iterator[Finding]:
    """Whether some line with points is about every reachable step, and every line about some step."""
    specification, symbols = question.specification, question.symbols or ()
    uncovered: list[Word] = []
    lines_applying_to: set[int] = set()
    worth = {i for i, line in enumerate(question.rubric) if line.points}

    def visit(walk: Walk, node: int, symbol: int, edges: list[Edge]) -> bool:
        step = edges[0].step
        if not specification.allows(step):
            return False
        lines = set(specification.lines_applying_to(step))
        lines_applying_to.update(lines)
        if not lines & worth and not uncovered:
            uncovered.append(tuple(symbols[i] for i in walk.word(node, symbol)))
        return True

    walk = Walk([specification.machine(symbols)])
    walk.run(visit, question.bounds)
    if uncovered:
        yield _uncovered(question, uncovered[0])
    elif walk.complete:
        yield Finding(question.id, "ok", "the rubric covers every reachable step")
    for i, line in enumerate(question.rubric):
        if walk.complete and i not in lines_applying_to:
            text = f"{line.name!r} is about no reachable step: nobody can lose it, so it is held for everybody"
            yield Finding(question.id, "warn", text)
        elif i not in lines_applying_to:
            yield _met(question, i)


def _drawn_coverage(question: WeightsQuestion) -> Iterator[Finding]:
    """The same where inputs cannot be listed: over those that are drawn and searched for."""
    worth = {i for i, line in enumerate(question.rubric) if line.points}
    for trial in question.corpus.trials:
        steps = [
            i
            for i, step in enumerate(trial.wanted, 1)
            if not worth & set(question.specification.lines_applying_to(step))
        ]
        if steps:
            yield _uncovered(question, trial.word[: steps[0]])
            break
    for i in range(len(question.rubric)):
        yield _met(question, i)


def _uncovered(question: WeightsQuestion, word: Word) -> Finding:
    shown = question.alphabet.show_word(word)
    text = f"no line is about the last step of input {shown}: a wrong network can lose nothing there"
    return Finding(question.id, "warn", text)


def _met(question: WeightsQuestion, line: int) -> Finding:
    """How many of the inputs that are drawn or searched for a rubric line is about."""
    name, about = question.rubric[line].name, question.corpus.about(line)
    if about:
        every = len(question.corpus.trials)
        return Finding(question.id, "ok", f"{name!r} is about {about} of the {every} inputs that are looked at")
    text = f"no input was found that {name!r} is about: it is held for everybody whose answer is not proved there"
    return Finding(question.id, "warn", text)
