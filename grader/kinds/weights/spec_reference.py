"""The reference of a weights question against the behaviour, on long inputs too, and against itself."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from copy import deepcopy
from dataclasses import replace
from itertools import takewhile
from random import Random
from types import ModuleType
from typing import Any

from grader.engines.corpus import in_floats
from grader.engines.engine import Budget
from grader.engines.table import decide
from grader.errors import Problem, SourceLocation, SpecError, listed
from grader.kinds.finding import Finding
from grader.kinds.weights.chosen import HandedInShape, form_of, missing_choice, sizes_of
from grader.kinds.weights.question import WeightsQuestion
from grader.kinds.weights.spec_engines import DecidedAnswer, decided_answer
from grader.kinds.weights.spec_words import input_in_words
from grader.language.arrays import Array, Value
from grader.language.numbers import NumberError, from_float, read_number
from grader.machines.alphabet import FiniteAlphabet, Symbol, Word, show_value
from grader.machines.machine import FunctionMachine, Machine, Undefined
from grader.machines.specification import RoundingSpecification, Specification
from grader.spec.course import load_reference
from grader.verdict import points_in_words

LONG_WORD_STEPS = 1_000
"""Steps of the inputs on which a reference is tried beyond those that answers are tried on."""

REPEATED_RUNS = 30
"""How often a reference is run again on an input on which it is wrong."""

EMPTY_OUTPUT_NAME = "empty_output"
"""The function of a reference that gives its output for the empty input."""

LONG_WORDS, LONG_WORDS_SEED = 3, 20_260_901
"""How many such inputs are drawn, beside one that repeats each of a few symbols."""


def check_reference(question: WeightsQuestion, *, solved: bool) -> Generator[Finding, None, DecidedAnswer | None]:
    """What is found about the reference; returns it as an answer that was decided, None where it cannot be used.

    `solved`: some known answer is right, so that a reference is not needed to show that one can be.
    """
    if not question.reference:
        if not solved:
            text = "there is no reference, and no known answer earns everything: nothing shows that it can be solved"
            yield Finding(question.id, "warn", text, place=question.key_place("question"))
        return None
    place = question.place("reference")
    try:
        module = load_reference(question.reference, question.path)
        machine = reference_machine(module, question)
        findings = decide(machine, _for_reference(question), _budget_in_floats(question))
        formed = in_its_form(module, question)
        values = reference_values(module, formed)
        word = next((broken.word for broken in findings.broken.values()), None)
        word = _long_difference(module, question) if word is None else word
        if word is not None:
            _check_repeats(module, question, word)
    except SpecError as error:
        yield Finding(question.id, "fail", str(error), place=place)
        return None
    except Exception as error:  # the reference is the course's own code: whatever it raises is a finding
        text = f"{question.reference} fails: {type(error).__name__}: {error}"
        yield Finding(question.id, "fail", text, place=place)
        return None
    if word is not None:
        shown = input_in_words(question.alphabet, word)
        text = f"{question.reference} disagrees with the behaviour on {shown}"
        yield Finding(question.id, "fail", text, place=place)
        return None
    yield Finding(question.id, "ok", f"{question.reference} agrees with the behaviour", findings.holds)
    if question.specification.judged.empty and not hasattr(module, EMPTY_OUTPUT_NAME):
        text = (
            f"{question.reference} has no {EMPTY_OUTPUT_NAME}(), so its own output for the empty input is not compared"
        )
        yield Finding(question.id, "warn", text, place=place)
    answer = decided_answer(formed, question.reference, values, place)
    if not answer.is_right and question.reference_rtol is not None:
        as_written = reference_values(module, formed, as_written=True)
        answer = decided_answer(formed, question.reference, as_written, place)
    earned = f"earn {points_in_words(answer.looked_at.points)} of {points_in_words(question.points)}"
    text = f"the parameters of {question.reference} {earned}"
    yield Finding(question.id, "ok" if answer.is_right else "fail", text, place=place)
    return answer


def _long_difference(module: ModuleType, question: WeightsQuestion) -> Word | None:
    """A long input on which the reference and the behaviour differ; None where none of those tried is one.

    The reference is run afresh: a machine keeps the steps that it knows, and so hides what depends on earlier calls.
    """
    specification = _for_reference(question)
    for word in _long_words(question):
        behaviour = specification.machine()
        steps = list(takewhile(specification.allows, behaviour.run(word)))
        state = module.initial()
        for i, (symbol, wanted) in enumerate(zip(word, steps, strict=False)):
            if isinstance(wanted.output, Undefined):
                break
            state, output = _checked_step(module, question, state, symbol)
            if specification.counts(wanted) and not specification.accepts(output, wanted):
                return word[: i + 1]
    return None


def _check_repeats(module: ModuleType, question: WeightsQuestion, word: Word) -> None:
    """Runs the reference over and over on an input on which it is wrong: one that draws is wrong only now and then.

    Raises:
        SpecError: if other outputs come.
    """
    for _ in range(REPEATED_RUNS):
        state = module.initial()
        for symbol in word:
            state, _ = _checked_step(module, question, state, symbol)


def _long_words(question: WeightsQuestion) -> Iterator[Word]:
    """Inputs of many steps: one symbol repeated, and some at random; of inputs that cannot be listed, drawn ones."""
    steps = min(question.budget.bounds.length or LONG_WORD_STEPS, LONG_WORD_STEPS)
    random, alphabet = Random(LONG_WORDS_SEED), question.alphabet.symbol_set
    if isinstance(alphabet, FiniteAlphabet):
        for symbol in alphabet.symbols[:LONG_WORDS]:
            yield question.alphabet.fitted((symbol,) * steps, question.budget.bounds.length)
        symbols = alphabet.symbols
    else:
        corpus = in_floats(question.budget.corpus, question.alphabet, question.specification)
        symbols = tuple(symbol for word in corpus.words for symbol in word)
    for _ in range(LONG_WORDS if symbols else 0):
        drawn = tuple(random.choice(symbols) for _ in range(steps))
        yield question.alphabet.fitted(drawn, question.budget.bounds.length)


def _checked_step(module: ModuleType, question: WeightsQuestion, state: Any, symbol: Symbol) -> tuple[Any, Value]:
    """One step of the reference, made twice.

    Raises:
        SpecError: if the second time another output comes.
    """
    inputs = tuple(map(_as_floats, symbol))
    _, again = module.step(deepcopy(state), *inputs)
    following, output = module.step(state, *inputs)
    first, second = exact_value(again), exact_value(output)
    if first != second:
        text = f"{question.reference}: `step` gives different outputs for the same state and inputs"
        advice = "it must neither draw nor remember anything beside its state"
        raise SpecError(f"{text} ({show_value(first)}, then {show_value(second)}): {advice}")
    return following, second


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
        return _checked_step(module, question, state, symbol)

    def empty_output() -> Value:
        return exact_value(getattr(module, EMPTY_OUTPUT_NAME)())

    before = empty_output if hasattr(module, EMPTY_OUTPUT_NAME) else None
    return FunctionMachine(module.initial(), step, question.alphabet.symbol_set, before)


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
    chosen = {*question.forms.menus, *question.forms.sizes} if question.forms else set()
    given = {name: value for name, value in module.PARAMETERS.items() if name not in chosen}
    if not set(question.parameters).difference(defaults) <= set(given) <= set(question.parameters):
        raise SpecError(f"{question.reference}.PARAMETERS must give {listed(question.parameters)}, not {listed(given)}")
    values = {**defaults, **{name: exact_value(value, as_written=as_written) for name, value in given.items()}}
    for name, parameter in question.parameters.items():
        shape = values[name].shape if isinstance(values[name], Array) else ()
        if shape != parameter.shape:
            raise SpecError(f"{question.reference}.PARAMETERS[{name!r}] has shape {shape}, not {parameter.shape}")
    return {name: values[name] for name in question.parameters}


def in_its_form(module: ModuleType, question: WeightsQuestion) -> WeightsQuestion:
    """The question in the form of the reference: the sizes of its arrays, and the functions that it names.

    Raises:
        SpecError: for sizes that do not agree or are not allowed, and functions that are not in their menus.
    """
    import numpy as np

    forms, given = question.forms, module.PARAMETERS
    if forms is None:
        return question
    place = SourceLocation(f"{question.reference}.PARAMETERS")
    problems: list[Problem] = []
    choices: dict[str, str] = {}
    for name, menu in forms.menus.items():
        choice = given.get(name, menu.default)
        if choice in menu.names:
            choices[name] = str(choice)
        else:
            problems.append(missing_choice(name, menu, place))
    shapes = {
        name: HandedInShape(np.shape(value), place) for name, value in given.items() if name in question.parameters
    }
    sizes, more = sizes_of(question.parameters, shapes, forms, {})
    if problems or more:
        raise SpecError(*problems, *more)
    return question.in_form(form_of(forms, sizes, choices))


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
