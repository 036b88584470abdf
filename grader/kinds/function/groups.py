"""The cases of a question: drawn or listed once, encoded once, asked in one order by the whole class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cached_property
from random import Random
from typing import TYPE_CHECKING, Any, Protocol

from grader.errors import SpecError
from grader.evidence import Evidence, Exhausted, NoEvidence, Sampled
from grader.hypothesis_corpus import corpus
from grader.inputs.cases import FIRST_INTEGERS, cases, every_case, may_be_many
from grader.inputs.drawn_values import Case, Table
from grader.inputs.input_set import EndlessError, InputSet, fed_names, to_argument
from grader.inputs.outputs import Output
from grader.inputs.store import stored
from grader.kinds.function.parts import OutputPaths, parts_of
from grader.kinds.function.question import FunctionQuestion
from grader.kinds.function.values import as_value, show, to_function
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import Array
from grader.language.floats import Floats
from grader.language.formula import Formula
from grader.language.parse import ExpressionError
from grader.language.tree import Tree
from grader.sandbox import Batch, FunctionCall, Parts, TableFunction

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

REPEATED_CASES = 8
"""Cases that are asked a second time at once, and as many that are at the end: the answers must stay the same."""

MAX_EXHAUSTIVE_INPUTS = 50_000
"""Inputs that an exhaustive check may list."""

EXAMPLES_FOR_ONE_FIRST = 3
"""Examples that are drawn for a case with a whole number that must not be missing; the last is taken."""


class GroupLine(Protocol):
    """A line as far as its group of cases asks; `line_plan.LinePlan` says the rest."""

    @property
    def everywhere(self) -> bool: ...
    @property
    def all_output_paths(self) -> OutputPaths: ...
    @property
    def form_is_known(self) -> bool: ...

    @property
    def applicable_cases(self) -> list[int]: ...
    @property
    def cases_without_answer(self) -> list[int]: ...


class Group:
    """The cases that some lines share: drawn from the same sets, or listed to the end."""

    def __init__(
        self, question: FunctionQuestion, sets: Mapping[str, InputSet], longest: int | None, count: int
    ) -> None:
        """`count`: how many cases are drawn."""
        self.question = question
        self.count = count
        self.sets = sets
        self.longest = longest
        self.watched = False
        self.asks_whole = False
        self.hidden = True
        self.lines: list[GroupLine] = []
        self.forms: dict[tuple[str, int], Output | None] = {}
        self._functions: dict[str, TableFunction] = {}
        self._assume = None
        if question.assume is not None:
            self._assume = formula_of(question, question.assume, list(sets))

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
        what = (list(self.sets.items()), question.assume, self.count, question.seed)
        drawn = stored(what, lambda: [*self._first(), *corpus(self.strategy, self.count, question.seed)])
        return list({repr_of(case): case for case in drawn}.values())[: self.count]

    def _first(self) -> list[Case]:
        """Cases in which whole numbers are those that must not be missing; half of all at the most."""
        whole = {name: one for name, one in self.sets.items() if may_be_many(one)}
        if not whole:
            return []
        found = []
        for first in FIRST_INTEGERS[: self.count // 2]:
            strategy = cases(self.sets, first).filter(self.allows)
            named = corpus(strategy, EXAMPLES_FOR_ONE_FIRST, self.question.seed)
            with_it = [
                case
                for case in named
                if any(case[name] == first in one.many_integers(case) for name, one in whole.items())
            ]
            found += with_it[-1:]
        return found

    def _listed(self, longest: int) -> list[Case]:
        """Each once, however often its sets list it."""
        listed: dict[str, Case] = {}
        for case in filter(self.allows, every_case(self.sets, longest)):
            listed.setdefault(repr_of(case), case)
            if len(listed) > MAX_EXHAUSTIVE_INPUTS:
                message = f"an exhaustive check lists more than {MAX_EXHAUSTIVE_INPUTS} inputs"
                raise SpecError(f"{self.question.id}: {message}")
        return sorted(listed.values(), key=size_of)

    def evidence(self, applicable: int) -> Evidence:
        """What it means when a line holds on every case that it is about."""
        if not applicable:
            return NoEvidence()
        return Sampled(applicable, self.question.seed) if self.longest is None else Exhausted(self.longest, applicable)

    @cached_property
    def calls(self) -> list[FunctionCall]:
        """The call of each case."""
        return [self.call(case) for case in self.cases]

    def call(self, case: Case) -> FunctionCall:
        """The student's function on one case."""
        signature = self.question.signature
        arguments = [self.argument(name, case[name]) for name in signature.parameters]
        parts, whole = self.wanted_parts
        return FunctionCall(signature.name, tuple(arguments), self.watched, parts, whole, signature.script)

    @cached_property
    def wanted_parts(self) -> tuple[Parts | None, bool]:
        """The parts of the outputs that its lines speak of, and whether the whole is wanted if it can be had.

        It is where a line speaks of it, where nothing says yet which form it has, and for `asks_whole`.
        """
        spoken_of = [line.all_output_paths for line in self.lines]
        paths = [path for found in spoken_of for path in found or ()]
        whole = self.asks_whole or None in spoken_of or not all(line.form_is_known for line in self.lines)
        return (parts_of(paths), whole) if paths else (None, True)

    def argument(self, name: str, value: Any) -> Any:
        """A value as the argument of that name; equal tables are one function, which is sent once."""
        if not isinstance(value, Table):
            return to_argument(value, self.sets.get(name))
        rows = repr((name, value.parameters, value.rows))
        return self._functions.setdefault(rows, to_function(value, name))

    @cached_property
    def keys(self) -> list[str]:
        """A text for each case, different for different cases."""
        return [repr_of(case) for case in self.cases]

    @cached_property
    def fed(self) -> Mapping[str, tuple[str, int]]:
        """What is fed to supplied functions, by name."""
        return fed_names(self.sets)

    @cached_property
    def order(self) -> list[int]:
        """The order in which cases are asked: shuffled, some of them twice at once, some a second time at the end.

        A function that remembers its last argument shows it at once, one that remembers all of them at the end.
        """
        at_once, at_the_end = self.shuffled[-REPEATED_CASES:], self.shuffled[:REPEATED_CASES]
        return [place for case in self.shuffled for place in [case] * (1 + (case in at_once))] + at_the_end

    @cached_property
    def shuffled(self) -> list[int]:
        """Every case once, in the order of asking."""
        order = list(range(len(self.cases)))
        Random(self.question.seed).shuffle(order)
        return order

    @cached_property
    def places(self) -> list[tuple[int, ...]]:
        """Where in the order each case is asked, first and again."""
        found: list[list[int]] = [[] for _ in self.cases]
        for place, case in enumerate(self.order):
            found[case].append(place)
        return [tuple(places) for places in found]

    @cached_property
    def observed_places(self) -> list[int]:
        """Where in the order of asking each case stands, where each is asked once."""
        return sorted(range(len(self.cases)), key=self.shuffled.__getitem__)

    @cached_property
    def lines_by_case(self) -> list[frozenset[int]]:
        """The lines (each by its `id`) that each case may be about."""
        return self._lines_about(lambda line: line.applicable_cases)

    @cached_property
    def lines_lost_without_answer(self) -> list[frozenset[int]]:
        """The lines that fail where a case gets no answer: not those that one other case can save."""
        return self._lines_about(lambda line: line.cases_without_answer if line.everywhere else [])

    def _lines_about(self, cases_of: Callable[[GroupLine], list[int]]) -> list[frozenset[int]]:
        applicable_cases: list[set[int]] = [set() for _ in self.cases]
        for line in self.lines:
            with suppress(SpecError):  # it cannot be judged: reported when its verdict is asked for
                for case in cases_of(line):
                    applicable_cases[case].add(id(line))
        return [frozenset(found) for found in applicable_cases]

    @cached_property
    def batch(self) -> Batch:
        """All calls in the order of asking, encoded once."""
        return Batch([self.calls[i] for i in self.order])

    @cached_property
    def observed_batch(self) -> Batch:
        """Every case once, in the order of asking."""
        return Batch([self.calls[i] for i in self.shuffled])

    @cached_property
    def inputs(self) -> list[dict[str, Any]]:
        """The values of each case, for expressions."""
        return [self.values(case) for case in self.cases]

    def show_case(self, case: int) -> str:
        """The inputs of a case, by its number, in short."""
        return ", ".join(f"{name}={show(value)}" for name, value in self.inputs[case].items())

    def values(self, case: Case) -> dict[str, Any]:
        """The values of one case, for expressions."""
        return {name: as_value(value) for name, value in case.items()}


def repr_of(case: Case) -> str:
    """Equal for equal cases."""
    return repr([(name, v.rows if isinstance(v, Table) else v) for name, v in case.items()])


def size_of(case: Case) -> int:
    """How many entries its sequences have together."""
    return sum(map(_entries, case.values()))


def _entries(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_entries, value.values()))
    if isinstance(value, tuple):
        return sum(map(_entries, value))
    return len(value.entries if isinstance(value, Array) else value) if isinstance(value, list | str | Array) else 0


def formula_of(question: FunctionQuestion, tree: Tree, names: list[str]) -> Formula:
    """An expression over values by name, in floats.

    Raises:
        SpecError: for names and functions that are not known.
    """
    try:
        return Formula(tree, names, Floats())
    except ExpressionError as error:
        raise SpecError(f"{question.id}: {error.message}") from None
