"""The plan of a question: its cases drawn once and encoded once for the whole class, with what is right for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any

from grader.checks.functions.properties import OUT, Property, compile_property
from grader.checks.functions.references import Reference, Wanted, reference_of
from grader.checks.functions.values import as_value, has_nan, to_argument, to_function
from grader.drawing import corpus
from grader.errors import SpecError
from grader.inputs.draw import cases
from grader.inputs.enumerate import EndlessError, every_case
from grader.inputs.sets import Case, InputSet, Table, fed_names
from grader.inputs.store import stored
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import Array
from grader.language.floats import Floats
from grader.language.formula import Formula
from grader.language.parse import ExpressionError
from grader.language.tree import Tree, names_in
from grader.sandbox import Batch, Call, Reply
from grader.spec.functions import Equals, Feeds, FunctionCheck, FunctionQuestion, Holds, Partly, Pure
from grader.verdict import Evidence, Exhausted, NoEvidence, Sampled

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

REPEATS = 8
"""Cases that are asked a second time, to see whether the answers stay the same."""

MAX_EXHAUSTIVE = 50_000
"""Inputs that an exhaustive check may list."""


MOST_AT_ONCE = 2 << 20
"""Bytes of the calls of several questions that are made in one round."""


class Group:
    """The cases that some lines share: drawn from the same sets, or listed to the end."""

    def __init__(self, question: FunctionQuestion, sets: Mapping[str, InputSet], longest: int | None) -> None:
        self.question = question
        self.sets = sets
        self.longest = longest
        self.watched = False
        self.hidden = True
        self.lines: list[LinePlan] = []
        self._assume = None
        if question.assume is not None:
            self._assume = _formula(question, question.assume, list(sets))

    def allows(self, case: Case) -> bool:
        """Whether the question's `assume` holds."""
        try:
            return self._assume is None or self._assume.holds(self.values(case))
        except EvaluationError as error:
            raise SpecError(f"{self.question.id}: assume: {error}") from None

    @cached_property
    def strategy(self) -> SearchStrategy[Case]:
        """What the cases are drawn from, and failures shrunk in."""
        return cases(self.sets).filter(self.allows)

    @cached_property
    def cases(self) -> list[Case]:
        """Every case, in the order in which reports look at them: those of a list to the end by size."""
        question = self.question.id
        try:
            found = self._drawn() if self.longest is None else self._listed(self.longest)
        except EndlessError as error:
            raise SpecError(f"{question}: the inputs cannot be listed to their end: {error}") from None
        except EvaluationError as error:
            raise SpecError(f"{question}: inputs: {error}") from None
        except ExpressionError as error:
            raise SpecError(f"{question}: inputs: {error.message}") from None
        if not found:
            raise SpecError(f"{question}: there is no input in the sets that it draws from")
        return found

    def _drawn(self) -> list[Case]:
        question = self.question
        what = (list(self.sets.items()), question.assume, question.cases, question.seed)
        drawn = stored(what, lambda: corpus(self.strategy, question.cases, question.seed))
        return list({repr_of(case): case for case in drawn}.values())

    def _listed(self, longest: int) -> list[Case]:
        listed = list(islice(filter(self.allows, every_case(self.sets, longest)), MAX_EXHAUSTIVE + 1))
        if len(listed) > MAX_EXHAUSTIVE:
            raise SpecError(f"{self.question.id}: an exhaustive check lists more than {MAX_EXHAUSTIVE} inputs")
        return sorted(listed, key=size_of)

    def evidence(self, concerned: int) -> Evidence:
        """What it means when a line holds on every case that it is about."""
        if not concerned:
            return NoEvidence()
        return Sampled(concerned, self.question.seed) if self.longest is None else Exhausted(self.longest, concerned)

    @cached_property
    def calls(self) -> list[Call]:
        """The call of each case."""
        return [self.call(case) for case in self.cases]

    def call(self, case: Case) -> Call:
        """The student's function on one case."""
        signature = self.question.signature
        arguments = [self.argument(name, case[name]) for name in signature.parameters]
        return Call(signature.name, tuple(arguments), watch_arguments=self.watched)

    def argument(self, name: str, value: Any) -> Any:
        """A value as the argument of that name."""
        return to_function(value, name) if isinstance(value, Table) else to_argument(value, self.sets.get(name))

    @cached_property
    def keys(self) -> list[str]:
        """What tells the cases apart."""
        return [repr_of(case) for case in self.cases]

    @cached_property
    def fed(self) -> Mapping[str, tuple[str, int]]:
        """What is fed to supplied functions, by name."""
        return fed_names(self.sets)

    @cached_property
    def order(self) -> list[int]:
        """The order in which cases are asked: shuffled, and some a second time."""
        order = list(range(len(self.cases)))
        Random(self.question.seed).shuffle(order)
        return order + order[:REPEATS]

    @cached_property
    def places(self) -> list[int]:
        """Where in the order each case is asked first."""
        return sorted(range(len(self.cases)), key=self.order.__getitem__)

    @cached_property
    def decides(self) -> list[frozenset[int]]:
        """The lines (each by its `id`) that each case is about."""
        return self._lines_about(self.lines)

    @cached_property
    def loses(self) -> list[frozenset[int]]:
        """The lines that fail where a case gets no answer: not those that one other case can save."""
        return self._lines_about([line for line in self.lines if line.everywhere])

    def _lines_about(self, lines: Sequence[LinePlan]) -> list[frozenset[int]]:
        about: list[set[int]] = [set() for _ in self.cases]
        for line in lines:
            with suppress(SpecError):  # it cannot be judged, which is told where it should be
                for case in line.about:
                    about[case].add(id(line))
        return [frozenset(found) for found in about]

    @cached_property
    def batch(self) -> Batch:
        """All calls in the order of asking, encoded once."""
        return Batch([self.calls[i] for i in self.order])

    @cached_property
    def inputs(self) -> list[dict[str, Any]]:
        """The values of each case, for expressions."""
        return [self.values(case) for case in self.cases]

    def values(self, case: Case) -> dict[str, Any]:
        """The values of one case, for expressions."""
        return {name: as_value(value) for name, value in case.items()}


def repr_of(case: Case) -> str:
    """Equal for equal cases."""
    return repr([(name, v.rows if isinstance(v, Table) else v) for name, v in case.items()])


def size_of(case: Case) -> int:
    """How many entries its sequences have together."""
    return sum(
        len(v.entries if isinstance(v, Array) else v) for v in case.values() if isinstance(v, list | str | Array)
    )


@dataclass
class LinePlan:
    """A line with everything compiled: its group, what it waits for, its expressions and references.

    `by_answer`: the answer decides whether the line is about a case, not the inputs alone; `part` gives what of
    two outputs is compared (None: all of them); `right` are the shared replies, each to its own case, that were found
    right before.
    """

    check: FunctionCheck
    group: Group
    when: Formula | None
    by_answer: bool = False
    property: Property | None = None
    reference: Reference | None = None
    part: Formula | None = None
    partly: list[tuple[Partly, LinePlan]] = field(default_factory=list)
    right: set[tuple[Reply, Reply | None]] = field(default_factory=set)
    _wanted: dict[int, Wanted] = field(default_factory=dict)

    @cached_property
    def everywhere(self) -> bool:
        """Whether one case that is wrong is enough to lose the line."""
        return not isinstance(self.check.aim, Holds) or self.check.aim.everywhere

    @cached_property
    def by_reply(self) -> bool:
        """Whether a case and the reply to it say all that there is to judge."""
        return not self.by_answer and not (self.property is not None and self.property.further)

    @cached_property
    def speaks(self) -> bool:
        """Whether an expression is worked out for each answer."""
        return self.by_answer or self.property is not None or self.part is not None

    @cached_property
    def about(self) -> list[int]:
        """The cases that the line is about, as far as their inputs say."""
        return [i for i, inputs in enumerate(self.group.inputs) if self.by_answer or self.concerns(inputs)]

    def concerns(self, values: Mapping[str, Any]) -> bool:
        """Whether the line is about a case; one whose answer is no good to decide it belongs to the line.

        Raises:
            SpecError: where the inputs alone decide, and cannot.
        """
        if self.when is None:
            return True
        try:
            return (self.by_answer and not self.check.nan and has_nan(values.get(OUT))) or self.when.holds(values)
        except EvaluationError as error:
            if not self.by_answer:
                raise SpecError(f"{self.check.name!r}: `when` cannot be worked out: {error}") from None
            return True

    def wanted(self, index: int) -> Wanted:
        """What the reference gives for a case of the group; worked out once."""
        if index not in self._wanted:
            self._wanted[index] = self.wanted_for(self.group.cases[index])
        return self._wanted[index]

    def wanted_for(self, case: Case) -> Wanted:
        """What the reference gives for any case."""
        if self.reference is None:
            raise SpecError(f"{self.check.name!r} has no reference")
        wanted = self.reference(case)
        if not self.check.nan and has_nan(wanted.value):
            raise SpecError(
                f"{self.check.name!r}: the reference gives NaN, which agrees with no answer (`nan: true` lets it)"
            )
        return wanted


@dataclass
class Plan:
    """A question with everything drawn and compiled."""

    question: FunctionQuestion
    lines: list[LinePlan]
    groups: list[Group]


@lru_cache(maxsize=256)
def plan_of(question: FunctionQuestion) -> Plan:
    """The plan, made once a question.

    Raises:
        SpecError: for expressions and references that cannot work.
    """
    groups: dict[str, Group] = {}
    lines = []
    for check in question.checks:
        key = repr((sorted(check.sets.items(), key=lambda item: item[0]), check.longest))
        group = groups.setdefault(key, Group(question, check.sets, check.longest))
        group.watched |= isinstance(check.aim, Pure)
        group.hidden &= check.hidden
        lines.append(_line(question, check, group))
        group.lines.append(lines[-1])
    return Plan(question, lines, list(groups.values()))


@dataclass(frozen=True)
class Together:
    """Groups of several questions, and all their calls as one batch."""

    groups: tuple[Group, ...]
    whole: Batch


@lru_cache(maxsize=64)
def together(questions: tuple[FunctionQuestion, ...]) -> Together | None:
    """What is asked in one round: nothing hidden, nothing of a question that cannot be judged; None: not worth it."""
    groups: list[Group] = []
    for question in questions:
        with suppress(SpecError):
            shown = [group for group in plan_of(question).groups if not group.hidden]
            groups += [group for group in shown if group.batch]
    whole = Batch([call for group in groups for call in group.batch.calls])
    return Together(tuple(groups), whole) if len(groups) > 1 and len(whole.request()) <= MOST_AT_ONCE else None


def _line(question: FunctionQuestion, check: FunctionCheck, group: Group) -> LinePlan:
    names = [*check.sets, *fed_names(check.sets)]
    line = LinePlan(check, group, _formula(question, check.when, [*names, OUT]) if check.when else None)
    line.by_answer = check.when is not None and any(name not in check.sets for name in names_in(check.when))
    _aim(question, line, check.aim, names, check.rtol, check.atol)
    for part in sorted(check.partly, key=lambda part: -part.points):
        weaker = LinePlan(check, group, line.when, line.by_answer)
        _aim(question, weaker, part.aim, names, part.rtol, part.atol)
        line.partly.append((part, weaker))
    return line


def _aim(question: FunctionQuestion, line: LinePlan, aim: object, names: list[str], rtol: float, atol: float) -> None:
    if isinstance(aim, Holds):
        try:
            signature = question.signature
            line.property = compile_property(aim.tree, signature.name, len(signature.parameters), names, rtol, atol)
        except ExpressionError as error:
            raise SpecError(f"{question.id}: {aim.text!r}: {error.message}") from None
    elif isinstance(aim, Equals | Feeds):
        line.reference = reference_of(question, aim.reference)
        if isinstance(aim, Equals) and aim.of is not None:
            line.part = _formula(question, aim.of, [*names, OUT])


def _formula(question: FunctionQuestion, tree: Tree, names: list[str]) -> Formula:
    try:
        return Formula(tree, names, Floats())
    except ExpressionError as error:
        raise SpecError(f"{question.id}: {error.message}") from None
