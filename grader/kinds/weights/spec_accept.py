"""Which outputs `accept` takes at the steps of a weights question, and which rubric lines tell networks apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from flint import fmpq

from grader.engines.joint import walk_allowed
from grader.errors import SourceLocation
from grader.kinds.finding import Finding
from grader.kinds.weights.question import WeightsQuestion
from grader.language.arrays import Array, Value, shape_of
from grader.language.tree import Tree, names_in
from grader.machines.alphabet import FiniteAlphabet, Word, show_value
from grader.machines.explore import Bounds, Stop, Walk
from grader.machines.machine import Edge, Step

MAX_ACCEPT_STEPS, MAX_ACCEPT_STATES = 3_000, 1_000
"""Steps (and states of the behaviour) at which `accept` is tried on outputs."""

MAX_EXPECTED_OUTPUTS = 12
"""Different outputs of the behaviour that are tried as constant outputs."""

TRIED_NUMBERS = (*map(fmpq, (0, 1, -1, 2, -2, 7, 1000, -1000)), fmpq(1, 2), fmpq(-1, 3))


@dataclass(frozen=True)
class ReachedStep:
    """A step of the behaviour, the lines that are about it, and how an input to it is found."""

    step: Step
    lines: frozenset[int]
    word: Callable[[], Word]


def reached_steps(question: WeightsQuestion) -> list[ReachedStep]:
    """Steps of allowed inputs, those of short inputs first; of inputs that cannot be listed, those that are drawn."""
    specification, found = question.specification, list[ReachedStep]()

    def add(step: Step, word: Callable[[], Word]) -> None:
        found.append(ReachedStep(step, frozenset(specification.lines_applying_to(step)), word))

    if specification.judged.empty:
        add(specification.empty_input, tuple)

    def look(walk: Walk, node: int, symbol: int, edges: Sequence[Edge]) -> None:
        if specification.counts(edges[0].step):
            add(edges[0].step, partial(walk.word, node, symbol))
        if len(found) >= MAX_ACCEPT_STEPS:
            raise Stop

    if isinstance(question.alphabet.symbol_set, FiniteAlphabet):
        bounds = Bounds(MAX_ACCEPT_STATES, question.budget.bounds.length)
        walk_allowed(specification, [], question.alphabet.symbol_set, bounds, look)
        return found
    for trial in question.budget.corpus.trials:
        for i, step in enumerate(trial.wanted[: MAX_ACCEPT_STEPS - len(found)], 1):
            if specification.counts(step):
                add(step, partial(trial.word.__getitem__, slice(i)))
    return found


def check_accept(question: WeightsQuestion, steps: Sequence[ReachedStep], solved: bool) -> Iterator[Finding]:
    """That a wrong output is refused somewhere: everywhere, on each line, and whatever constant it is.

    `solved`: some known answer earns everything, so that what is right is taken.
    """
    specification = question.specification
    if not steps:
        return
    tried = constant_outputs(question, [reached.step for reached in steps])
    taken = [[specification.accepts(output, reached.step) for output in tried] for reached in steps]
    accept = question.place("accept")
    if not specification.compares_outputs and question.output_name not in names_in(_accept_tree(question)):
        text = f"`accept` does not speak of the output {question.output_name!r}, so that no network can be wrong"
        yield Finding(question.id, "fail", f"{text}: compare it with `expected`", place=accept)
    elif all(map(all, taken)):
        text = f"`accept` takes every output that was tried ({_some(tried)}) at every step"
        yield Finding(question.id, "fail", f"{text}: say which outputs are wrong", place=accept)
    else:
        yield from _constants(question, steps, tried, taken)
        yield from _lines(question, steps, tried, taken)
    yield from _refused(question, steps, solved)


def _accept_tree(question: WeightsQuestion) -> Tree:
    predicate = question.specification.program.predicate
    assert predicate is not None
    return predicate.tree


def constant_outputs(question: WeightsQuestion, steps: Sequence[Step]) -> list[Value]:
    """Constant outputs of the network's shape: simple numbers, what the behaviour gives, and means of two of these."""
    shape = question.program.output_shape
    wanted = list({repr(show_value(step.output)): step.output for step in steps}.values())[:MAX_EXPECTED_OUTPUTS]
    if not shape:
        numbers = sorted({value for value in wanted if isinstance(value, fmpq)})
        means = [(one + other) / 2 for one, other in pairwise(numbers)]
        means += [(numbers[0] + numbers[-1]) / 2] if numbers else []
        return list(dict.fromkeys([*TRIED_NUMBERS, *numbers, *means]))
    size = 1
    for length in shape:
        size *= length
    filled = [Array(shape, [number] * size) for number in TRIED_NUMBERS]
    return [*filled, *(value for value in wanted if shape_of(value) == shape)]


def _constants(
    question: WeightsQuestion, steps: Sequence[ReachedStep], tried: Sequence[Value], taken: Sequence[Sequence[bool]]
) -> Iterator[Finding]:
    """A constant output that is right at every step."""
    constant = next((output for i, output in enumerate(tried) if all(row[i] for row in taken)), None)
    if constant is None:
        return
    shown, varies = show_value(constant), len({show_value(reached.step.output) for reached in steps}) > 1
    if varies:
        text = f"`accept` takes the constant {shown} at every step, though what the behaviour gives varies"
        yield Finding(question.id, "fail", f"{text}: narrow it", place=question.place("accept"))
    else:
        text = (
            f"the behaviour gives {show_value(steps[0].step.output)} at every step, and the constant {shown} is right"
        )
        place = question.place("behaviour", "output")
        yield Finding(question.id, "warn", f"{text}: a network that ignores its inputs earns everything", place=place)


def _lines(
    question: WeightsQuestion, steps: Sequence[ReachedStep], tried: Sequence[Value], taken: Sequence[Sequence[bool]]
) -> Iterator[Finding]:
    for i, line in enumerate(question.rubric):
        rows = [row for reached, row in zip(steps, taken, strict=True) if i in reached.lines]
        if line.points and rows and all(map(all, rows)):
            text = f"no output can lose {line.name!r}: `accept` takes all that were tried ({_some(tried)}) at its steps"
            place = line_place(question, i)
            yield Finding(question.id, "fail", f"{text}; narrow `accept`, or leave the line out", place=place)


def _refused(question: WeightsQuestion, steps: Sequence[ReachedStep], solved: bool) -> Iterator[Finding]:
    """What the behaviour gives is itself refused, where no known answer shows that something else is meant."""
    if solved or question.specification.compares_outputs:
        return
    for reached in steps:
        output = reached.step.output
        if shape_of(output) == question.program.output_shape and not question.specification.accepts(
            output, reached.step
        ):
            word = question.alphabet.show_word(reached.word()) or "ε"
            text = f"`accept` refuses what the behaviour itself gives: {show_value(output)} after input {word}"
            place = question.place("accept")
            yield Finding(question.id, "fail", f"{text}; correct it, or add a known answer that is right", place=place)
            return


def check_same_steps(question: WeightsQuestion, steps: Sequence[ReachedStep]) -> Iterator[Finding]:
    """Lines that apply to the same steps, and so are always lost together."""
    for i in range(len(question.rubric)):
        for j in range(i):
            both = [(i in reached.lines, j in reached.lines) for reached in steps]
            if any(one for one, _ in both) and all(one is other for one, other in both):
                name, earlier = question.rubric[i].name, question.rubric[j].name
                text = f"{name!r} is about the same steps as {earlier!r}: whoever loses one loses both"
                place = line_place(question, i)
                yield Finding(question.id, "warn", f"{text}; change its `when`, or make one line of them", place=place)
                break


def line_place(question: WeightsQuestion, line: int) -> SourceLocation:
    """Where the `when` of a rubric line stands, or its name."""
    key = "when" if question.specification.condition(line) is not None else "name"
    return question.place("checks", line, key)


def _some(outputs: Sequence[Value]) -> str:
    return f"{', '.join(map(show_value, outputs[:4]))}, ..."
