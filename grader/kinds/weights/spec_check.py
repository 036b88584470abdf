"""A weights question put to the test: reference, examples, known answers, and whether its rubric sees every step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.engines.joint import reached_lines
from grader.engines.table import decide
from grader.errors import listed
from grader.kinds.finding import Finding, marks_finding, repeated_answers
from grader.kinds.weights.layout import StoredArray
from grader.kinds.weights.question import Example, Known, WeightsQuestion
from grader.kinds.weights.recognise import recognised
from grader.kinds.weights.spec_accept import check_accept, check_same_steps, line_place, reached_steps
from grader.kinds.weights.spec_engines import DecidedAnswer, check_engines, decided_known
from grader.kinds.weights.spec_networks import (
    check_budget,
    check_earning_readings,
    check_equality,
    check_forms,
    check_lines_can_be_lost,
    check_names,
    check_readings,
    check_restrictions,
)
from grader.kinds.weights.spec_reference import check_reference
from grader.kinds.weights.spec_words import check_words, input_in_words
from grader.language.arrays import describe, shape_of
from grader.machines.acceptance import unmet
from grader.machines.alphabet import FiniteAlphabet, UnlistedAlphabet, Word, show_value
from grader.machines.display import short_outputs
from grader.machines.machine import Step
from grader.verdict import points_in_words


def check_weights_question(question: WeightsQuestion) -> Iterator[Finding]:
    """Points, examples, reference, known answers and coverage of a weights question.

    Where students choose the form of the network, all but its forms is tried in that of the first known right answer.
    """
    question = question.in_form(next((k.form for k in question.known if k.earns == question.points), question.form))
    total = points_in_words(sum((line.points for line in question.rubric), start=question.points * 0))
    yield Finding(question.id, "ok", f"the points add up to {total}")
    yield from _examples(question)
    answers = decided_known(question)
    reference = yield from check_reference(question, solved=any(answer.is_right for answer in answers))
    for known, answer in zip(question.known, answers, strict=True):
        yield from _known(question, known, answer)
    yield from check_engines(question, [*([reference] if reference else []), *answers])
    yield from repeated_answers(question, [(known.name, _text_of_values(known)) for known in question.known])
    steps = reached_steps(question)
    yield from check_accept(question, steps, any(answer.is_right for answer in answers))
    yield from check_same_steps(question, steps)
    yield from check_equality(question)
    yield from check_names(question)
    yield from check_words(question)
    yield from _layouts(question)
    yield from check_readings(question)
    yield from check_forms(question)
    yield from check_earning_readings(question)
    yield from check_restrictions(question)
    yield from check_budget(question)
    yield from check_lines_can_be_lost(question)
    if all(answer.looked_at.points < question.points for answer in answers):
        from grader.kinds.weights.spec_feasible import check_feasible  # z3 takes long to import

        yield from check_feasible(question)
    match question.alphabet.symbol_set:
        case FiniteAlphabet() as alphabet:
            yield from _coverage(question, alphabet)
        case UnlistedAlphabet():
            yield from _drawn_coverage(question)


def _layouts(question: WeightsQuestion) -> Iterator[Finding]:
    """Parameters of one shape that are read from the same place, so that no file can tell them apart."""
    for layout in question.layouts:
        readers: dict[tuple[StoredArray, ...], list[str]] = {}
        for name, stored in layout.items():
            readers.setdefault(stored, []).append(name)
        for stored, names in readers.items():
            if len(names) > 1:
                which = listed(map(str, stored))
                text = f"from: {listed(names)} are read from the same array, {which}: no file can tell them apart"
                yield Finding(question.id, "warn", text, place=question.key_place("from"))


def _examples(question: WeightsQuestion) -> Iterator[Finding]:
    specification = question.specification
    for example in question.examples:
        steps = specification.machine().answers(example.word)[-len(example.outputs) :]
        outputs, shown = [step.output for step in steps], example.text or "of the empty input"
        allowed = all(specification.allows(step) for step in specification.machine().run(example.word))
        if not allowed or not specification.counts(steps[-1]):
            why = "a whole word of its language" if allowed else "an input that `assume` allows"
            if not allowed and question.alphabet.language is not None:
                why = "an input that `words` and `assume` allow"
            text = f"the example {shown} is not {why}"
            yield Finding(question.id, "fail", text, place=question.place("examples", example.text))
        elif example.outputs == tuple(outputs) or (refused := _refused(question, example, steps)) is None:
            yield Finding(question.id, "ok", f"the example {shown} holds")
        else:
            promised, given = short_outputs(example.outputs, outputs), short_outputs(outputs, example.outputs)
            text = f"the example {shown} promises {promised}, the behaviour gives {given}{refused}"
            yield Finding(question.id, "fail", text, place=question.place("examples", example.text))


def _refused(question: WeightsQuestion, example: Example, steps: Sequence[Step]) -> str | None:
    """Why the outputs of an example are not right ones of the network; None where they are."""
    specification = question.specification
    before = len(example.word) - len(steps) if example.word else -1
    for t, (output, step) in enumerate(zip(example.outputs, steps, strict=True), before + 1):
        if not specification.counts(step):
            continue
        if shape_of(output) != question.program.output_shape:
            return f"; at step {t} it is {describe(shape_of(output))}, not {describe(question.program.output_shape)}"
        if not specification.accepts(output, step):
            condition = unmet(specification, output, step)
            return f"; at step {t}: {condition}" if condition else ""
    return None


def _text_of_values(known: Known) -> str:
    """The same for the same values, however they are written."""
    values = [f"{name} = {show_value(value)}" for name, value in known.values.items()]
    return "; ".join([str(known.form), *values])


def _known(question: WeightsQuestion, known: Known, answer: DecidedAnswer) -> Iterator[Finding]:
    why = f" ({answer.unproved[0].message})" if answer.unproved and answer.unproved[0].message else ""
    result = answer.looked_at
    yield marks_finding(question, known.name, result, known.earns, why)
    machine = question.known_network(known)
    if known.say and result.points == question.points:
        text = f"known {known.name!r} earns everything, so its `say` is never shown"
        yield Finding(question.id, "warn", text, place=question.place("known", known.name, "say"))
    elif known.say and (other := recognised(question, machine)) is not None and other is not known:
        text = f"known {known.name!r} behaves like {other.name!r}, so its `say` is never shown"
        yield Finding(question.id, "warn", text, place=question.place("known", known.name, "say"))
    if known.reading:
        yield _known_reading(question, known)


def _known_reading(question: WeightsQuestion, known: Known) -> Finding:
    """Whether a known answer is right under the reading that it names."""
    formed = question.in_form(known.form)
    reading = next(reading for reading in formed.readings if reading.name == known.reading)
    found = decide(formed.network(known.values, reading.program), question.specification, question.budget)
    if found.broken:
        text = f"known {known.name!r} is not right when read with {known.reading!r}"
        return Finding(question.id, "fail", text, place=question.place("known", known.name, "reading"))
    text = f"known {known.name!r} is right when read with {known.reading!r}"
    return Finding(question.id, "ok", text, None if found.proved_right else found.holds)


def _coverage(question: WeightsQuestion, alphabet: FiniteAlphabet) -> Iterator[Finding]:
    """Whether some line with points is about every reachable step, and every line about some step."""
    with_points = {i for i, line in enumerate(question.rubric) if line.points}
    reached = reached_lines(question.specification, alphabet, question.budget.bounds)
    uncovered = next((word for lines, word in reached.words.items() if not lines & with_points), None)
    if uncovered is not None:
        yield _uncovered(question, uncovered)
    elif reached.complete:
        yield Finding(question.id, "ok", "the rubric covers every reachable step")
    for i, line in enumerate(question.rubric):
        if reached.word(i) is not None:
            continue
        if reached.complete:
            text = f"{line.name!r} is about no reachable step: nobody can lose it, so it is held for everybody"
            yield Finding(question.id, "warn", text, place=line_place(question, i))
        else:
            yield _met(question, i)


def _drawn_coverage(question: WeightsQuestion) -> Iterator[Finding]:
    """The same where inputs cannot be listed: over those that are drawn and searched for."""
    with_points = {i for i, line in enumerate(question.rubric) if line.points}
    for trial in question.budget.corpus.trials:
        steps = [
            i
            for i, step in enumerate(trial.wanted, 1)
            if question.specification.counts(step)
            and not with_points & set(question.specification.lines_applying_to(step))
        ]
        if steps:
            yield _uncovered(question, trial.word[: steps[0]])
            break
    for i in range(len(question.rubric)):
        yield _met(question, i)


def _uncovered(question: WeightsQuestion, word: Word) -> Finding:
    last = f"the last step of {input_in_words(question.alphabet, word)}" if word else "the empty input"
    text = f"no line is about {last}: a wrong network can lose nothing there"
    return Finding(question.id, "warn", text, place=question.key_place("checks"))


def _met(question: WeightsQuestion, line: int) -> Finding:
    """How many of the inputs that are drawn or searched for a rubric line is about."""
    name, about = question.rubric[line].name, question.budget.corpus.about(line)
    if about:
        every = len(question.budget.corpus.trials)
        return Finding(question.id, "ok", f"{name!r} is about {about} of the {every} inputs that are looked at")
    text = f"no input was found that {name!r} is about: it is held for everybody whose answer is not proved there"
    return Finding(question.id, "warn", text, place=line_place(question, line))
