"""A weights question as tables: its network, the wanted machine, the steps of each line, inputs, its engines."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from typing import TypeVar

from grader.engines.corpus import Trial
from grader.kinds.spec_table import SHOWN_INPUTS, SpecTable, key_rows, written_rows
from grader.kinds.weights.behaviours import MAX_MACHINE_STEPS, WantedBehaviour, wanted_behaviour
from grader.kinds.weights.machine_tables import wanted_table
from grader.kinds.weights.question import WeightsQuestion
from grader.kinds.weights.spec_accept import reached_steps
from grader.kinds.weights.spec_engines import check_engines, decided_known
from grader.kinds.weights.spec_reference import check_reference
from grader.language.arithmetic import TooLarge
from grader.machines.alphabet import FiniteAlphabet, Word
from grader.machines.display import short_outputs, short_word
from grader.network_details import MachineTable

MAX_SEARCHED_WORDS = 20_000
"""Inputs that are looked at for the shortest ones that count."""

MAX_WIDE_SYMBOLS = 4
"""Inputs of one step up to which a state of a machine is one row; of more, each of its steps is."""

EMPTY_WORD = "(the empty input)"
GeneratorResult = TypeVar("GeneratorResult")


def described_weights(question: WeightsQuestion) -> Iterator[SpecTable]:
    """Every table of a weights question, in the form of the first answer that is known to be right."""
    question = question.in_form(next((k.form for k in question.known if k.earns == question.points), question.form))
    root = question.source
    for title, key in (("inputs of one step", "inputs"), ("what students hand in", "parameters"), ("sizes", "sizes")):
        if rows := (*written_rows(root, "network", key),):
            yield SpecTable(title, rows)
    for title, key in (("the network", "network"), ("what is right", "behaviour")):
        equations = [
            *((f"before the first step: {name}", value) for name, value in written_rows(root, key, "initial")),
            *written_rows(root, key, "functions"),
            *written_rows(root, key, "equations"),
            *((name, value) for name, value in written_rows(root, key) if name == "output"),
        ]
        yield SpecTable(title, (*equations,))
    if rows := (*key_rows(root, "accept", "assume", "length", "judge", "arithmetic", "unproved"),):
        yield SpecTable("how an output is judged", rows)
    yield _machine(question)
    yield _lines(question)
    yield from _inputs(question)
    yield _engines(question)


# ------------------------------------------------------------- the machine that is wanted
def _machine(question: WeightsQuestion) -> SpecTable:
    """The states of the smallest machine that is right, or why there is no table of them."""
    title, wanted = "the smallest machine that is right", wanted_behaviour(question)
    if wanted is None:
        is_listed = isinstance(question.alphabet.symbol_set, FiniteAlphabet)
        seen = f"its states do not end within {MAX_MACHINE_STEPS:,} steps"
        return SpecTable(title, (), notes=(seen if is_listed else "its inputs cannot be listed",))
    table = wanted_table(question, wanted)
    rows = (*_wide(table),) if len(table.inputs) <= MAX_WIDE_SYMBOLS else (*_long(table),)
    head = ("state", *(f"on {symbol}" for symbol in table.inputs))
    if len(table.inputs) > MAX_WIDE_SYMBOLS:
        head = ("state", "input", "output, and the state after it")
    return SpecTable(title, rows, head, (*_said_of_machine(table, wanted),))


def _said_of_machine(table: MachineTable, wanted: WantedBehaviour) -> Iterator[str]:
    labels = {step.label for row in wanted.machine.rows for step in row if step and step.label is not None}
    counts = ((len(table.states), "state"), (len(table.inputs), "input"), (len(labels), "output"))
    yield ", ".join(f"{number} {what}{'' if number == 1 else 's'}" for number, what in counts)
    if not table.remembers:
        yield "no output depends on an earlier input"
    if table.empty:
        yield f"on the empty input: {table.empty}"


def _state_names(table: MachineTable) -> list[str]:
    """`start`, `after 01`; where no input may follow, that it is the end."""
    named = [f"after {word}" if word else "start" for word in table.states]
    ends = [not any(row) for row in table.steps]
    return ["the end" if end and i else name for i, (name, end) in enumerate(zip(named, ends, strict=True))]


def _cells(table: MachineTable) -> list[list[str]]:
    names = _state_names(table)
    return [[f"{step.output or 'any'}, {names[step.target]}" if step else "-" for step in row] for row in table.steps]


def _wide(table: MachineTable) -> Iterator[tuple[str, ...]]:
    for name, row, steps in zip(_state_names(table), _cells(table), table.steps, strict=True):
        if any(steps):
            yield name, *row


def _long(table: MachineTable) -> Iterator[tuple[str, ...]]:
    for name, row in zip(_state_names(table), _cells(table), strict=True):
        yield from ((name, symbol, cell) for symbol, cell in zip(table.inputs, row, strict=True) if cell != "-")


# ------------------------------------------------------------- lines and inputs
def _lines(question: WeightsQuestion) -> SpecTable:
    """How many of the reachable steps each line is about, and a shortest input to the first of them."""
    steps = reached_steps(question)
    is_listed = isinstance(question.alphabet.symbol_set, FiniteAlphabet)
    whens = [*_whens(question)]
    rows = []
    for i, line in enumerate(question.rubric):
        about = [reached for reached in steps if i in reached.lines]
        first = _word(question, about[0].word()) if about else "-"
        rows.append((line.name, whens[i], f"{len(about)} of {len(steps)}", first))
    what = "reachable steps of the behaviour" if is_listed else "steps of the inputs that are drawn"
    return SpecTable(
        "what each line is about", (*rows,), ("line", "when", "steps", "first met on"), (f"{len(steps)} {what}",)
    )


def _whens(question: WeightsQuestion) -> Iterator[str]:
    checks = question.source.lookup("checks")
    for i in range(len(question.rubric)):
        yield dict(key_rows(checks[i], "when")).get("when", "always")


def _word(question: WeightsQuestion, word: Word) -> str:
    return short_word(question.alphabet, word) if word else EMPTY_WORD


def _inputs(question: WeightsQuestion) -> Iterator[SpecTable]:
    """The shortest inputs and the first that are drawn, each with the outputs that are wanted."""
    head = ("input", "expected outputs")
    if isinstance(question.alphabet.symbol_set, FiniteAlphabet):
        rows = [(_word(question, word), _outputs(question, word)) for word in _shortest_words(question)]
        yield SpecTable(f"the shortest inputs that count ({len(rows)} of them)", (*rows,), head)
    corpus = question.budget.corpus
    drawn = corpus.trials[: min(SHOWN_INPUTS, corpus.drawn)]
    notes = [f"{corpus.drawn} are drawn from seed {corpus.seed}, for answers that are not decided without"]
    if more := len(corpus.trials) - corpus.drawn:
        notes.append(f"and {more} more are searched for, where few are about a line")
    yield SpecTable(
        f"the first {len(drawn)} drawn inputs", (*(_drawn(question, trial) for trial in drawn),), head, (*notes,)
    )


def _drawn(question: WeightsQuestion, trial: Trial) -> tuple[str, str]:
    return _word(question, trial.word), short_outputs([step.output for step in trial.wanted])


def _outputs(question: WeightsQuestion, word: Word) -> str:
    steps = question.specification.machine().answers(word)
    counting = [step.output for step in steps if question.specification.counts(step)]
    return short_outputs(counting if len(counting) == 1 else [step.output for step in steps])


def _shortest_words(question: WeightsQuestion) -> list[Word]:
    """The first inputs that the question allows and whose last step counts, by length and then in their order."""
    specification, alphabet = question.specification, question.alphabet.symbol_set
    assert isinstance(alphabet, FiniteAlphabet)
    machine, length = specification.machine(), question.budget.bounds.length
    found: list[Word] = [()] if specification.judged.empty else []
    waiting: deque[tuple[Word, int]] = deque([((), 0)])
    for _ in range(MAX_SEARCHED_WORDS):
        if not waiting or len(found) >= SHOWN_INPUTS:
            break
        word, state = waiting.popleft()
        if len(word) == length:
            continue
        for number, symbol in enumerate(alphabet.symbols):
            try:
                edge = machine.edge(state, number)
            except TooLarge:
                continue
            if specification.allows(edge.step):
                waiting.append(((*word, symbol), edge.target))
                found += [(*word, symbol)] if specification.counts(edge.step) else []
    return found[:SHOWN_INPUTS]


# ------------------------------------------------------------- who decides
def _engines(question: WeightsQuestion) -> SpecTable:
    """What decides the reference and the known answers, and what no engine proves of others."""
    answers = decided_known(question)
    solved = any(answer.is_right for answer in answers)
    reference = _returned(check_reference(question, solved=solved))
    findings = check_engines(question, [*([reference] if reference else []), *answers])
    return SpecTable("which engine decides", tuple((finding.text,) for finding in findings))


def _returned(findings: Generator[object, None, GeneratorResult]) -> GeneratorResult:
    """What a generator returns, whatever it yields."""
    while True:
        try:
            next(findings)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]  # as the generator is typed
