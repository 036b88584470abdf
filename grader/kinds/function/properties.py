"""An expression over inputs, the output and nested calls of the student's function, compiled once a question.

`f(f(x)) == f(x)` needs the answers to `f(x)` before `f` of them can be asked for: each call in the expression becomes
a slot, filled level by level, one batch a level for all cases.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from grader.kinds.function.parts import OutputPaths, spoken_of
from grader.kinds.function.references import Wanted
from grader.kinds.function.rigorous import RigorousCheck
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import Array
from grader.language.floats import Floats
from grader.language.formula import Formula
from grader.language.parse import ExpressionError
from grader.language.rewriting import replaced
from grader.language.tree import Call, Compare, Comprehension, Name, Tree, children, names_in, subtrees

OUTPUT_NAME = "out"


@dataclass(frozen=True)
class NestedCall:
    """A call inside a property: the slot for its answer, its arguments, and how deep it lies in other calls."""

    slot: str
    arguments: tuple[Tree, ...]
    level: int


def extract_calls(tree: Tree, function: str, arity: int) -> tuple[Tree, tuple[NestedCall, ...]]:
    """An expression without its calls of the student's function, and these, the innermost of nested ones first.

    Raises:
        ExpressionError: for a call with another number of arguments.
    """
    found: dict[tuple[Tree, ...], NestedCall] = {}

    def change(node: Tree) -> Tree | None:
        if not isinstance(node, Call) or node.function != function:
            return None
        if len(node.arguments) != arity:
            raise ExpressionError(f"{function} takes {arity} arguments, not {len(node.arguments)}", node.at)
        arguments = tuple(replaced(argument, change) for argument in node.arguments)
        if arguments not in found:
            waits = {call.slot: call.level for call in found.values()}
            named = [sub.id for argument in arguments for sub in subtrees(argument) if isinstance(sub, Name)]
            level = 1 + max((waits[name] for name in named if name in waits), default=0)
            found[arguments] = NestedCall(f"call {len(found)}", arguments, level)
        return Name(found[arguments].slot, node.at)

    plain = replaced(tree, change)
    return plain, tuple(sorted(found.values(), key=lambda call: call.level))


def names_answers(tree: Tree, function: str) -> bool:
    """Whether an expression speaks of what the student's function gives: `out`, or a call of it."""
    called = any(isinstance(node, Call) and node.function == function for node in subtrees(tree))
    return called or OUTPUT_NAME in names_in(tree)


def weighs_length(tree: Tree) -> bool:
    """Whether an expression looks at how long the output is (not only runs a loop over its entries)."""
    if isinstance(tree, Comprehension):
        return weighs_length(tree.body)
    if isinstance(tree, Call) and tree.function == "len":
        return OUTPUT_NAME in names_in(tree)
    return any(map(weighs_length, children(tree)))


class Records:
    """What an expression names of what was fed to supplied functions, and what it says that is equal to."""

    def __init__(self, tree: Tree, fed: Mapping[str, tuple[str, int]], inputs: Sequence[str]) -> None:
        """`fed`: the supplied function and the place of the argument of each record, by name."""
        used = names_in(tree)
        self.fed = {name: where for name, where in fed.items() if name in used}
        self._equal_to = list(self._stated(tree, inputs)) if self.fed else []

    def __bool__(self) -> bool:
        return bool(self.fed)

    def _stated(self, tree: Tree, inputs: Sequence[str]) -> Iterator[Formula]:
        """The sides of equalities with a record on the other side that the inputs alone give."""
        for node in subtrees(tree):
            if isinstance(node, Compare) and any(name in self.fed for name in names_in(node)):
                for op, *sides in zip(node.ops, node.operands, node.operands[1:], strict=False):
                    for side in sides if op in ("==", "~") else ():
                        with suppress(ExpressionError):  # it names other things than inputs
                            yield Formula(side, list(inputs), Floats())

    def as_long_as_right_ones(self, values: Mapping[str, Any], wanted: Wanted | None) -> bool:
        """Whether every record has the length of a right one; without `wanted`, whether the inputs say it is empty."""
        if wanted is None:
            return any(_is_nothing(side, values) for side in self._equal_to)
        return all(
            len(wanted.fed.get(function, ())) == _length(values[name]) for name, (function, _place) in self.fed.items()
        )


def _length(record: Any) -> int:
    return int(record.shape[0]) if isinstance(record, Array) else len(record)


def _is_nothing(side: Formula, values: Mapping[str, Any]) -> bool:
    try:
        value = side(values)
    except EvaluationError:
        return False
    return isinstance(value, Array) and not value.entries


@dataclass(frozen=True)
class Property:
    """A compiled property: its truth in floats, and the nested calls that it needs first.

    `answers` are the names of what the student's function gave: `out` and the slots of nested calls; `of_answers` are
    the slots whose arguments speak of any of them; `paths` the parts of each answer that the property speaks of.
    `records`: the records that it names of what was fed to supplied functions; `strict`: the same where no comparison
    of nothing is true, for records that are not as long as right ones.
    """

    truth: Formula
    answers: tuple[str, ...]
    nested_calls: tuple[NestedCall, ...]
    arguments: Mapping[str, tuple[Formula, ...]]
    exactly: RigorousCheck
    of_answers: frozenset[str]
    paths: Mapping[str, OutputPaths]
    records: Records | None = None
    strict: Property | None = None

    def for_records(self, values: Mapping[str, Any], wanted: Wanted | None) -> Property:
        """The strict one, where the records ask for it; `wanted`: what a right answer would have fed, if known."""
        if self.strict is None or self.records is None or self.records.as_long_as_right_ones(values, wanted):
            return self
        return self.strict

    def met(self, values: Mapping[str, Any]) -> tuple[bool, str]:
        """Whether it is true, and why it cannot be worked out."""
        try:
            return self.truth.holds(values) or bool(self.exactly(values)), ""
        except EvaluationError as error:
            return False, str(error)


def compile_property(
    tree: Tree, function: str, arity: int, names: Sequence[str], rtol: float, atol: float, *, vacuous: bool = False
) -> Property:
    """A property over the given names, `out`, and calls of the student's function.

    `vacuous`: comparisons of nothing are true, because the answers were seen to be as empty as they should be.

    Raises:
        ExpressionError: for names and functions that are not known.
    """
    plain, nested_calls = extract_calls(tree, function, arity)
    arithmetic = Floats(rtol, atol, vacuous=vacuous)
    known = [*names, OUTPUT_NAME, *(call.slot for call in nested_calls)]
    arguments = {
        call.slot: tuple(Formula(argument, known, arithmetic) for argument in call.arguments) for call in nested_calls
    }
    truth = Formula(plain, known, arithmetic)
    answers = (OUTPUT_NAME, *(call.slot for call in nested_calls))
    of_answers = frozenset(
        call.slot
        for call in nested_calls
        if any(name in answers for argument in call.arguments for name in names_in(argument))
    )
    exactly = RigorousCheck(plain, known, rtol, atol, vacuous)
    trees = [plain, *(argument for call in nested_calls for argument in call.arguments)]
    paths = {name: spoken_of(trees, name) for name in answers}
    return Property(truth, answers, nested_calls, arguments, exactly, of_answers, paths)
