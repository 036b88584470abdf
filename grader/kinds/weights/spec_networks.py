"""What the network of a weights question leaves undone: unused names, idle readings, small budgets, idle lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from random import Random

from flint import fmpq

from grader.engines.ball_steps import BallSteps, WorkBudget
from grader.engines.ball_walk import BallWalk
from grader.engines.joint import compare, reached_lines
from grader.kinds.finding import Finding
from grader.kinds.weights.question import WeightsQuestion
from grader.kinds.weights.shares import in_percent
from grader.kinds.weights.spec_accept import line_place
from grader.kinds.weights.telling_inputs import random_steps
from grader.language.arrays import Array, Value, entries
from grader.language.ball_numbers import Undecided
from grader.language.reals import is_ball
from grader.language.tree import names_in
from grader.machines.alphabet import FiniteAlphabet, Word, show_value
from grader.machines.enclosed import EnclosedMachine, judged_run, narrow_run
from grader.machines.explore import DEFAULT_MAX_STATES, Bounds
from grader.machines.machine import Edge, Machine, Step
from grader.machines.system import DefinitionError, Parameter, System

MIN_BUDGET_STATES, MIN_BUDGET_SAMPLES = 10, 20
"""Below these hardly any network is decided, or tried."""

MAX_CHECKED_FORMS = 100
"""Forms of a network that are compiled to see whether they can be."""

MAX_COMPARED_STATES = 300
"""Joint states in which two networks are compared."""

MAX_COMPARED_TRIALS = 40
"""Drawn inputs on which two networks are compared."""

FEW_TRIALS, FEW_STEPS = 10, 12
"""The same of networks in balls, and the longest of them where symbols can be listed."""

DRAWN_ANSWERS, DRAWN_ANSWERS_SEED = 24, 20_260_901
"""Answers that are drawn to see what tells networks apart."""

Values = Mapping[str, Value]


def check_names(question: WeightsQuestion) -> Iterator[Finding]:
    """Parameters and inputs that no expression speaks of."""
    network = _names_in(question.program.system)
    for reading in question.readings:
        network |= _names_in(reading.program.system)
    judged = _names_in(question.specification.program.system)
    for tree in question.specification.judging_trees():
        judged.update(names_in(tree))
    for name in question.parameters:
        if name not in network:
            text = f"no equation uses the parameter {name!r}: leave it out, or use it"
            yield Finding(question.id, "warn", text, place=question.key_place("network", "parameters", name))
    inputs = question.alphabet.channels
    for name in inputs if len(inputs) > 1 else ():  # a network that only counts its steps has an input all the same
        if name not in network | judged:
            text = f"nothing uses the input {name!r}: leave it out, or use it"
            yield Finding(question.id, "warn", text, place=question.key_place("network", "inputs", name))


def _names_in(system: System) -> set[str]:
    """The names that a system speaks of, but for the parameters of its functions."""
    trees = [*system.equations.values(), *system.initial.values(), *system.substitutions.values(), system.output]
    found = {name for tree in trees for name in names_in(tree)}
    for function in system.functions.values():
        found |= set(names_in(function.body)) - set(function.parameters)
    return found


def check_equality(question: WeightsQuestion) -> Iterator[Finding]:
    """An irrational output that has to be equal to what is expected, which it hardly ever is."""
    if not question.specification.compares_outputs:
        return
    networks = [question.network(values) for values in drawn_answers(question.parameters)]
    enclosed = [network for network in networks if isinstance(network, EnclosedMachine)]
    words = _few_words(question) if enclosed else []
    if any(is_ball(step.output) for network in enclosed for word in words for step in _narrow(network, word)):
        name = question.output_name
        text = f"{name} is irrational for nearly all weights, so that `{name} == expected` is hardly ever true"
        advice = f"say with `accept` how near is right: ({name} > 1/2) == (expected == 1), abs({name} - expected) < 0.1"
        yield Finding(question.id, "warn", f"{text}; {advice}", place=question.key_place("network", "output"))


def check_budget(question: WeightsQuestion) -> Iterator[Finding]:
    """A budget within which hardly anything is decided, though it could be."""
    states, samples = question.budget.bounds.states, question.budget.samples
    if samples < MIN_BUDGET_SAMPLES:
        text = f"`samples: {samples}` is too few: wrong networks pass unseen; say {MIN_BUDGET_SAMPLES} or more"
        yield Finding(question.id, "warn", text, place=question.place("budget", "samples"))
    alphabet = question.alphabet.symbol_set
    if states >= DEFAULT_MAX_STATES or not isinstance(alphabet, FiniteAlphabet):
        return
    networks = [question.known_network(known) for known in question.known]
    machines = [[network] for network in networks if not isinstance(network, EnclosedMachine)]
    needed = [
        machine
        for machine in ([], *machines)
        if not _ends(question, machine, alphabet, states) and _ends(question, machine, alphabet, DEFAULT_MAX_STATES)
    ]
    if states < MIN_BUDGET_STATES or needed:
        text = f"`states: {states}` is too few: networks whose states do end are not proved; leave it out, or say more"
        yield Finding(question.id, "warn", text, place=question.place("budget", "states"))


def _ends(question: WeightsQuestion, machines: Sequence[Machine], alphabet: FiniteAlphabet, states: int) -> bool:
    bounds = Bounds(states, question.budget.bounds.length)
    return compare(question.specification, machines, alphabet, bounds, lambda _: True).walk.complete


def check_readings(question: WeightsQuestion) -> Iterator[Finding]:
    """Readings that change nothing, whatever the parameters."""
    answers = _tried_answers(question)
    idle: dict[int, list[str]] = {}
    for reading in question.readings:
        pairs = [(question.network(v), question.network(v, reading.program)) for v in answers]
        if all(_alike(question, *pair) for pair in pairs):
            idle.setdefault(reading.index, []).append(reading.name)
    for index, names in idle.items():
        if len(names) == sum(reading.index == index for reading in question.readings):  # of axes, one may be it
            text = f"the reading {names[0]!r} is the network itself, for all {len(answers)} answers that were tried"
            place = question.place("readings", index, "name")
            yield Finding(question.id, "warn", f"{text}: say what it reads otherwise, or leave it out", place=place)


def check_forms(question: WeightsQuestion) -> Iterator[Finding]:
    """Sizes and functions with which the network cannot be run."""
    forms = question.forms
    for form in islice(forms.all(), MAX_CHECKED_FORMS) if forms else ():
        try:
            question.in_form(form)
        except DefinitionError as error:
            text = f"for {form} the network cannot be run: {error}"
            yield Finding(question.id, "fail", text, place=question.key_place("network"))
            return


def check_earning_readings(question: WeightsQuestion) -> Iterator[Finding]:
    """Readings that earn something, and under which nothing can be wrong."""
    answers = _tried_answers(question)
    every = {i for i, line in enumerate(question.rubric) if line.points}
    for reading in question.readings:
        machines = (question.network(values, reading.program) for values in answers)
        if reading.earns and not any(_lost(question, machine, every) for machine in machines):
            earns = f"the reading {reading.name!r} earns {in_percent(reading.earns)} of the points"
            text = f"{earns}, and under it none of the {len(answers)} answers that were tried is wrong"
            place = question.place("readings", reading.index)
            yield Finding(question.id, "fail", f"{text}: narrow it, or let it earn nothing", place=place)


def check_restrictions(question: WeightsQuestion) -> Iterator[Finding]:
    """Restrictions that cost nothing."""
    for name, parameter in question.parameters.items():
        if parameter.otherwise is not None and parameter.otherwise.earns == 1:
            text = f"{name}: whoever breaks this restriction earns everything all the same: leave it out"
            place = question.place("network", "parameters", name, "otherwise")
            yield Finding(question.id, "warn", text, place=place)


def _tried_answers(question: WeightsQuestion) -> list[Values]:
    """The known answers in the form of the question, and drawn ones."""
    known = [known.values for known in question.known if known.form == question.form]
    return [*known, *drawn_answers(question.parameters)]


def _alike(question: WeightsQuestion, one: Machine, other: Machine) -> bool:
    """Whether two networks give the same outputs on all inputs that are looked at."""
    alphabet = question.alphabet.symbol_set
    if isinstance(one, EnclosedMachine) or isinstance(other, EnclosedMachine):
        return all(_outputs(one, word) == _outputs(other, word) for word in _few_words(question))
    if isinstance(alphabet, FiniteAlphabet):

        def agree(edges: Sequence[Edge]) -> bool:
            return bool(edges[0].step.output == edges[1].step.output)

        bounds = Bounds(MAX_COMPARED_STATES, question.budget.bounds.length)
        return compare(question.specification, [one, other], alphabet, bounds, agree).difference is None
    words = question.budget.corpus.words[:MAX_COMPARED_TRIALS]
    return all([s.output for s in one.run(word)] == [s.output for s in other.run(word)] for word in words)


def _few_words(question: WeightsQuestion) -> list[Word]:
    """A few allowed inputs: where symbols can be listed random ones, without drawing those that a class is tried on."""
    alphabet, specification = question.alphabet.symbol_set, question.specification
    if not isinstance(alphabet, FiniteAlphabet):
        return question.budget.corpus.words[:FEW_TRIALS]
    random, longest = Random(DRAWN_ANSWERS_SEED), min(FEW_STEPS, question.budget.bounds.length or FEW_STEPS)
    drawn = (islice(random_steps(specification, alphabet, random), longest) for _ in range(FEW_TRIALS))
    return [word for steps in drawn if (word := tuple(symbol for symbol, _ in steps))]


def _outputs(network: Machine, word: Word) -> list[str]:
    """The outputs of a network in balls as they are shown, as far as they get narrow."""
    return [show_value(step.output) for step in _narrow(network, word)]


def _narrow(network: Machine, word: Word) -> list[Step]:
    try:
        return narrow_run(network, word)
    except Undecided:
        return []


def drawn_answers(parameters: Mapping[str, Parameter], around: Values | None = None) -> Iterator[Values]:
    """Values of the parameters: all 0 first, then drawn alike from small numbers, or one entry of `around` changed."""
    random = Random(DRAWN_ANSWERS_SEED)
    yield {name: _filled(parameter, _zero) for name, parameter in parameters.items()}
    for _ in range(DRAWN_ANSWERS):
        yield {name: _filled(parameter, partial(_number, random)) for name, parameter in parameters.items()}
    if around is None:
        return
    for name, parameter in parameters.items():
        for i, old in enumerate(entries(around[name])):
            for new in parameter.allowed or (old + 1, old - 1, -old, fmpq(0), 2 * old):
                numbers = list(entries(around[name]))
                numbers[i] = new
                yield {**around, name: Array(parameter.shape, numbers) if parameter.shape else new}


def _filled(parameter: Parameter, draw: Callable[[Sequence[fmpq] | None], fmpq]) -> Value:
    size = 1
    for length in parameter.shape:
        size *= length
    numbers = [draw(parameter.allowed) for _ in range(size)]
    return Array(parameter.shape, numbers) if parameter.shape else numbers[0]


def _zero(allowed: Sequence[fmpq] | None) -> fmpq:
    return allowed[0] if allowed else fmpq(0)


def _number(random: Random, allowed: Sequence[fmpq] | None) -> fmpq:
    return random.choice(allowed) if allowed else fmpq(random.randint(-12, 12), random.choice((1, 2, 3)))


def check_lines_can_be_lost(question: WeightsQuestion) -> Iterator[Finding]:
    """Lines that none of many wrong answers loses."""
    solved = (known for known in question.known if known.earns == question.points and known.form == question.form)
    right = next((known.values for known in solved), None)
    answers = [
        *(known.values for known in question.known if known.form == question.form),
        *drawn_answers(question.parameters, right),
    ]
    left = {i for i, line in enumerate(question.rubric) if line.points}
    for values in answers:
        if not left:
            return
        left -= _lost(question, question.network(values), left)
    met = _met(question)
    for i in sorted(left & met):
        text = f"no wrong answer that was tried loses {question.rubric[i].name!r} ({len(answers)} were)"
        advice = "see whether `accept` and its `when` ask for anything"
        yield Finding(question.id, "warn", f"{text}: {advice}", place=line_place(question, i))


def _met(question: WeightsQuestion) -> set[int]:
    alphabet = question.alphabet.symbol_set
    if isinstance(alphabet, FiniteAlphabet):
        found = reached_lines(question.specification, alphabet, question.budget.bounds)
        return {line for lines in found.words for line in lines}
    return {line for trial in question.budget.corpus.trials for line in trial.lines}


def _lost(question: WeightsQuestion, machine: Machine, lines: set[int]) -> set[int]:
    """The lines that a network loses on the inputs that are looked at."""
    specification, lost = question.specification, set[int]()
    alphabet = question.alphabet.symbol_set
    if isinstance(machine, EnclosedMachine) and isinstance(alphabet, FiniteAlphabet):
        steps = BallSteps(machine, specification, alphabet, set(lines))
        BallWalk(steps, None, question.budget.bounds.length).run(WorkBudget(MAX_COMPARED_STATES * steps.step_work))
        return set(steps.broken)

    def agree(edges: Sequence[Edge]) -> bool:
        about = lines.intersection(specification.lines_applying_to(edges[1].step))
        if not about <= lost and not specification.accepts(edges[0].step.output, edges[1].step):
            lost.update(about)
        return lost != lines

    if isinstance(alphabet, FiniteAlphabet):
        compare(specification, [machine], alphabet, Bounds(MAX_COMPARED_STATES, question.budget.bounds.length), agree)
        return lost
    for line in lines:
        trials = [trial for trial in question.budget.corpus.trials if line in trial.lines][:MAX_COMPARED_TRIALS]
        for trial in trials:
            run = judged_run(machine, specification, trial.word, trial.wanted)
            for right, wanted in zip(run.right, trial.wanted, strict=False):
                if right is False and line in specification.lines_applying_to(wanted):
                    lost.add(line)
            if line in lost:
                break
    return lost
