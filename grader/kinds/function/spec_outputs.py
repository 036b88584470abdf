"""Lines of a function question tried on right outputs, and on outputs that were made wrong: no student's code runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from grader.errors import SourceLocation, listed
from grader.hypothesis_corpus import corpus
from grader.kinds.finding import Finding
from grader.kinds.function.groups import repr_of
from grader.kinds.function.line_plan import LinePlan, RightOutput
from grader.kinds.function.plan import Plan
from grader.kinds.function.properties import OUTPUT_NAME
from grader.kinds.function.question import NETWORK_NAME, FunctionQuestion
from grader.kinds.function.spec_lines import MIN_CASES
from grader.kinds.function.values import as_value, same, show
from grader.language.arrays import Array
from grader.language.tree import names_in
from grader.machines.alphabet import FiniteAlphabet
from grader.machines.explore import Bounds, Walk
from grader.machines.machine import EquationMachine
from grader.machines.program import Program
from grader.machines.system import DefinitionError

MAX_TRIED_CASES = 60
"""Inputs for which a line is tried on outputs that were made wrong."""

MORE_DRAWS, NEARLY_ALL = 3, 1.5
"""Times as many inputs as usual are drawn to see whether there are more than these times those that were met."""

MAX_NETWORK_STATES = 2_000
"""States of a network that are looked for."""

Changed = Callable[[Any], Any]


def check_counts(question: FunctionQuestion, plan: Plan) -> Iterator[Finding]:
    """How many inputs there are, and how many each `when` is about."""
    if question.cases < MIN_CASES and any(
        group.longest is None and len(group.cases) >= question.cases for group in plan.groups
    ):
        text = f"`cases: {question.cases}` is too few: wrong functions pass unseen; say {MIN_CASES} or more"
        yield Finding(question.id, "warn", text, place=question.place("cases"))
    for i, line in enumerate(plan.lines):
        if line.when is None or line.depends_on_output or line.group.longest is not None:
            continue
        met, every = len(line.applicable_cases), len(line.group.cases)
        text = f"{line.check.name!r} is about {met} of {every} inputs"
        if 0 < met < min(MIN_CASES, every) and every >= MIN_CASES and _more_exist(question, line, met):
            advice = f"fewer than {MIN_CASES}: give the line `inputs` of its own that meet its `when` more often"
            yield Finding(question.id, "warn", f"{text}, {advice}", place=question.place("checks", i, "when"))
        elif met:
            yield Finding(question.id, "ok", text)


def _more_exist(question: FunctionQuestion, line: LinePlan, met: int) -> bool:
    """Whether more draws find many more inputs that a `when` is about: where few exist, all of them are tried."""
    more = corpus(line.group.strategy, MORE_DRAWS * question.cases, question.seed + 1)
    found = {repr_of(case) for case in more if line.applies_to(line.group.values(case))}
    return len(found) > NEARLY_ALL * met


def check_references(question: FunctionQuestion, plan: Plan) -> Iterator[Finding]:
    """That references give the same again, more than one value, and what properties are true of."""
    seen: set[str] = set()
    for i, line in enumerate(plan.lines):
        aim = line.aim
        if line.reference is None or aim.reference in seen:
            continue
        seen.add(aim.reference)
        place = question.place("checks", i, aim.key())
        if (case := _changing(line)) is not None:
            text = f"{aim.reference} gives different values for the same input ({line.group.show_case(case)})"
            advice = "it must neither draw nor remember anything between calls"
            yield Finding(question.id, "fail", f"{text}: {advice}", place=place)
        elif aim.gives_outputs:
            yield from _constant(question, line, place)


def _changing(line: LinePlan) -> int | None:
    """The first case for which a reference gives something else when it is asked again, in the opposite order."""
    assert line.reference is not None
    for i in reversed(range(len(line.group.cases))):
        first, again = line.wanted(i), line.reference(line.group.cases[i])
        assert first is not None
        if first.fed != again.fed or not same(first.value, again.value, 0.0, 0.0, nan=True):
            return i
    return None


def _constant(question: FunctionQuestion, line: LinePlan, place: SourceLocation | None) -> Iterator[Finding]:
    """A reference that gives one value alone, or a network that tells more apart than the inputs reach."""
    values = [line.wanted(case) for case in line.applicable_cases]
    texts = {show(wanted.value) for wanted in values if wanted is not None}
    if len(values) >= MIN_CASES and len(texts) == 1 and line.when is None:
        text = f"{line.aim.reference} gives {texts.pop()} for all {len(values)} inputs, so that a constant is right"
        yield Finding(question.id, "warn", f"{text}: draw inputs that it tells apart (longer ones?)", place=place)
    if line.aim.reference == NETWORK_NAME and question.network is not None:
        yield from _depth(question, line)


def _depth(question: FunctionQuestion, line: LinePlan) -> Iterator[Finding]:
    """Whether the inputs are long enough to reach every state of a network whose states end."""
    network = question.network
    assert network is not None
    alphabet = network.system.alphabet
    if not isinstance(alphabet.symbol_set, FiniteAlphabet):
        return
    try:
        exact = Program(network.system)
    except DefinitionError:  # exp and the like: its states are no rational numbers
        return
    walk = Walk([EquationMachine(exact, {})], alphabet.symbol_set)
    walk.run(lambda *_: True, Bounds(MAX_NETWORK_STATES))
    name = next(iter(alphabet.channels))
    longest = max(len(_entries(case[name])) for case in line.group.cases)
    needed = max(map(walk.depth, range(len(walk.nodes))))
    if walk.complete and longest < needed:
        text = f"inputs of at most {longest} steps are too short for what the network tells apart"
        place = question.place("inputs", name)
        yield Finding(question.id, "warn", f"{text}: {needed} are needed to reach all of its states", place=place)


def _entries(value: Any) -> Sequence[Any]:
    return value.entries if isinstance(value, Array) else value


def check_properties(
    question: FunctionQuestion, plan: Plan, right_of: Callable[[LinePlan], list[RightOutput]], earned_partly: set[int]
) -> Iterator[Finding]:
    """Properties, parts and tolerances on right and on wrong outputs; `earned_partly`: lines with a known part."""
    for i, line in enumerate(plan.lines):
        if not line.judged_by_output:
            continue
        right = [one for one in right_of(line) if _applies(line, one)]
        if not right:
            continue
        changes = (*CHANGED_NUMBERS, *CHANGED_LENGTHS) if line.weighs_length else CHANGED_NUMBERS
        made = [RightOutput(one.case, change(one.value)) for change in changes for one in right]
        wrong = [one for one in made if _applies(line, one)]
        yield from line.check_outputs(right, wrong, ("checks", i))
        yield from _parts(question, line, i, right, earned=i in earned_partly)


def check_zeros(
    question: FunctionQuestion, plan: Plan, right_of: Callable[[LinePlan], list[RightOutput]]
) -> Iterator[Finding]:
    """Whether 0 for every input meets all the properties, though it is not right: each line alone asks for more."""
    met, is_wrong = list[str](), False
    for line in plan.lines:
        if line.aim.watched:
            continue
        if line.property is None or line.property.records or not line.everywhere:
            return
        names = {name for tree in line.aim.expressions().values() for name in names_in(tree)}
        if not line.judged_by_output or OUTPUT_NAME not in names:
            continue
        right = right_of(line)
        zeros = [RightOutput(one.case, ALL_ZERO(one.value)) for one in right]
        if not all(line.accepts(one) for one in zeros if _applies(line, one)):
            return
        is_wrong |= any(not same(a.value, b.value, 0.0, 0.0, nan=True) for a, b in zip(right, zeros, strict=True))
        met.append(line.check.name)
    if is_wrong:
        text = f"0 for every input meets {listed(map(repr, met))}: add a line that it does not meet"
        yield Finding(question.id, "warn", text, place=question.key_place("checks"))


def _applies(line: LinePlan, one: RightOutput) -> bool:
    """Whether the line is about a case once its output is known."""
    return line.applies_to({**line.group.inputs[one.case], OUTPUT_NAME: one.value})


def _parts(
    question: FunctionQuestion, line: LinePlan, i: int, right: Sequence[RightOutput], *, earned: bool
) -> Iterator[Finding]:
    """Parts that every output earns, or none: none for which the part holds and the line does not."""
    for part, weaker in line.partly:
        if weaker.property is None or weaker.property.nested_calls:
            continue
        n = line.check.partly.index(part)
        place, where = question.place("checks", i, "partly", n, part.aim.key()), f"{line.check.name!r}: partly[{n + 1}]"
        changes = (*CHANGED_NUMBERS, *CHANGED_LENGTHS) if weaker.weighs_length else CHANGED_NUMBERS
        made = [RightOutput(one.case, change(one.value)) for change in changes for one in right]
        if part.points and made and all(map(weaker.accepts, made)):
            text = f"{where}: every output that was tried earns it: ask for something that wrong ones do not meet"
            yield Finding(question.id, "warn", text, place=place)
        outputs = [*right, *made]
        if not earned and not any(weaker.accepts(one) and not line.accepts(one) for one in outputs):
            text = f"{where}: no output that was tried earns it: add a known answer that does, or change it"
            yield Finding(question.id, "warn", text, place=place)


def _everywhere(change: Callable[[float], float]) -> Changed:
    """A change of every number of an output, which keeps its form."""

    def changed(value: Any) -> Any:
        if isinstance(value, Array):
            return Array(value.shape, [changed(entry) for entry in value.entries])
        if isinstance(value, int | float):
            return change(value)
        if isinstance(value, str):
            return f"{value[1:]}?"
        if isinstance(value, list | tuple):
            return type(value)(changed(item) for item in value)
        if isinstance(value, Mapping):
            return {key: changed(item) for key, item in value.items()}
        return value

    return changed


def _one_fewer(value: Any) -> Any:
    """A list without its first entry."""
    items = _items(value)
    return value if items is None else as_value(items[1:])


def _one_more(value: Any) -> Any:
    """A list with its last entry once more."""
    items = _items(value)
    return value if items is None else as_value([*items, *items[-1:]])


def _items(value: Any) -> Any:
    """The entries of a list, a tuple or a vector; None for anything else."""
    if isinstance(value, Array):
        return list(value.entries) if len(value.shape) == 1 else None
    return list(value) if isinstance(value, list | tuple) else None


ALL_ZERO: Changed = _everywhere(lambda number: 0)

CHANGED_NUMBERS: tuple[Changed, ...] = (
    ALL_ZERO,
    _everywhere(lambda number: number + 1),
    _everywhere(lambda number: -number),
    _everywhere(lambda number: 2 * number + 3),
    _everywhere(lambda number: number - 0.37),
)
"""Ways to make an output wrong that keep its form: all numbers 0, one more, negated, twice and 3 more, less."""

CHANGED_LENGTHS: tuple[Changed, ...] = (_one_fewer, _one_more)
"""Ways to make an output wrong that leave out an entry, or have one more; for lines that look at the length."""
