"""`variants:` of a question: the constants that are drawn for each student, and what a question is with some of them.

The rule: a constant of a student is drawn by a SHA-256 digest over the seed, the assignment, the question, the id of
the student and the constant's name, so it rests on no other student, on no order and on no machine. Where `where`
excludes what was drawn, all constants are drawn again, with the number of the attempt in the digest.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from math import prod

from flint import fmpq

from grader.deferred import dataclass
from grader.documents import MappingNode, Node, ScalarNode, SequenceNode, shortened
from grader.errors import Problem, SourceLocation, SpecError, did_you_mean, listed
from grader.expressions import Expression
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import ShapeError
from grader.language.compile import compile_tree
from grader.language.exact import Exact
from grader.language.numbers import NumberError, read_rational
from grader.language.parse import ExpressionError
from grader.language.scope import Scope
from grader.language.tree import names_in
from grader.spec.question import VARIANTS_KEY
from grader.spec.student_ids import id_key
from grader.spec.substitution import substituted, substituted_mapping
from grader.verdict import unseen_constant

MAX_CONSTANT_DRAWS = 1_000
"""How often constants are drawn for one student until `where` holds."""

MAX_LISTED_COMBINATIONS = 10_000
"""Combinations of constants up to which all of them are gone through; of more, some are drawn."""

MAX_DRAWN_COMBINATIONS = 500
"""How many of these are drawn."""

MAX_EXPRESSION_STEPS = 10_000
"""Steps that the loops of one expression of `let` or `where` may take."""

MAX_CONSTANT_CHARACTERS = 100_000
"""Of one constant: values that are made of one another double with each name."""

Combination = tuple[int, ...]
"""Which of its values each constant has, in the order of `draw`, from 0 on."""


@dataclass(frozen=True)
class VariantConstants:
    """The constants of one combination: what stands for each name, and what is said of those that were drawn.

    `shown` is for reports: a constant that the student does not see in the question may be what is right, so of such a
    one it says only which of its values it is (`no. 2`).
    """

    combination: Combination
    values: Mapping[str, Node]
    drawn: Mapping[str, str]
    shown: Mapping[str, str]

    def __str__(self) -> str:
        """`h0 = 1, theta = 1/4`, for whoever writes the spec."""
        return ", ".join(f"{name} = {value}" for name, value in self.drawn.items())


@dataclass(frozen=True, eq=False)
class VariantDraws:
    """What `variants:` of a question says; `question` and `assignment` are the names that draws rest on.

    `seen` are the constants that students see in the question.
    """

    assignment: str
    question: str
    seed: str
    options: Mapping[str, SequenceNode]
    computed: Mapping[str, Expression]
    condition: Expression | None
    checked: int | None
    source: MappingNode
    seen: frozenset[str] = frozenset()

    @cached_property
    def count(self) -> int:
        """How many combinations there are, those that `where` excludes with them."""
        return prod(len(values) for values in self.options.values())

    @property
    def names(self) -> tuple[str, ...]:
        """The constants, those that are drawn first."""
        return (*self.options, *self.computed)

    def of_student(self, student: str) -> Combination:
        """What is drawn for a student; two spellings of one id are the same student.

        Raises:
            SpecError: if `where` excludes whatever is drawn, or cannot be evaluated.
        """
        for attempt in range(MAX_CONSTANT_DRAWS):
            combination = tuple(
                self._drawn(name, len(values), id_key(student), attempt) for name, values in self.options.items()
            )
            if self.is_admissible(combination):
                return combination
        raise SpecError(self._excluded(f"{MAX_CONSTANT_DRAWS} draws"))

    def _drawn(self, name: str, count: int, student: str, attempt: int) -> int:
        said = ["grader variants", self.seed, self.assignment, self.question, student, name, attempt]
        digest = hashlib.sha256(json.dumps(said, ensure_ascii=True).encode("ascii")).digest()
        return int.from_bytes(digest, "big") % count

    def is_admissible(self, combination: Combination) -> bool:
        """Whether `where` holds."""
        if self.condition is None:
            return True
        return bool(_Resolver(self, combination).number_of(self.condition, "where"))

    def combinations(self) -> Iterator[Combination]:
        """All that `where` admits, in the order in which they are written; of very many, some that are drawn."""
        if self.count > MAX_LISTED_COMBINATIONS:
            seen: set[Combination] = set()
            for number in range(MAX_DRAWN_COMBINATIONS):
                if (drawn := self.of_student(f"number {number}")) not in seen:
                    seen.add(drawn)
                    yield drawn
            return
        for combination in itertools.product(*(range(len(values)) for values in self.options.values())):
            if self.is_admissible(combination):
                yield combination

    @cached_property
    def listed(self) -> tuple[Combination, ...]:
        """The same, made once."""
        return tuple(self.combinations())

    @property
    def listed_all(self) -> bool:
        """Whether `listed` has all that there are."""
        return self.count <= MAX_LISTED_COMBINATIONS

    def sample(self, most: int) -> tuple[Combination, ...]:
        """At most so many combinations; always the same ones, in their order.

        Those are chosen first that have a value which none before them has, then others in the order of their digests.
        """
        if len(self.listed) <= most:
            return self.listed
        first, *others = sorted(self.listed, key=lambda one: (one != self.first, _digest(one)))
        chosen, seen = [first], set(enumerate(first))
        for combination in others:
            if not seen.issuperset(enumerate(combination)):
                chosen.append(combination)
                seen.update(enumerate(combination))
        kept = frozenset(chosen)
        chosen += [combination for combination in others if combination not in kept]
        return tuple(sorted(chosen[:most]))

    @cached_property
    def first(self) -> Combination:
        """The combination that stands for all where no student is named.

        Raises:
            SpecError: if `where` excludes all.
        """
        for combination in self.combinations():
            return combination
        raise SpecError(self._excluded("all of them"))

    def _excluded(self, what: str) -> Problem:
        place = self.condition.place if self.condition else self.source.place
        return Problem(f"variants.where: excludes {what}: no combination of constants is left", place)

    def constants(self, combination: Combination) -> VariantConstants:
        """What stands for each name.

        Raises:
            SpecError: if what `let` says cannot be computed from them.
        """
        resolver = _Resolver(self, combination)
        values = {name: resolver.value(name) for name in self.names}
        numbers = {name: unseen_constant(number + 1) for name, number in zip(self.options, combination, strict=True)}
        drawn = {name: str(values[name]) if isinstance(values[name], ScalarNode) else numbers[name] for name in numbers}
        shown = {name: text if name in self.seen else numbers[name] for name, text in drawn.items()}
        return VariantConstants(combination, values, drawn, shown)

    def written(self) -> Iterator[tuple[ScalarNode, Node]]:
        """Every constant as it is written, with its values or what computes it."""
        for part in (self.source.lookup("draw"), self.source.lookup("let")):
            if isinstance(part, MappingNode):
                yield from part.items()

    def place_of(self, name: str) -> SourceLocation:
        """Where a constant is drawn or computed."""
        return next(key.place for key, _ in self.written() if key == name)

    def own(self, root: MappingNode, constants: VariantConstants) -> MappingNode:
        """A question, or a file of several, with these constants, as if it had been written so.

        Raises:
            SpecError: for what cannot be put together.
        """

        def value(name: str, node: ScalarNode) -> Node:
            if name not in constants.values:
                raise SpecError(unknown_name(name, node, self.names))
            return constants.values[name]

        return substituted_mapping(root, value, frozenset((VARIANTS_KEY,)))


def _digest(combination: Combination) -> bytes:
    return hashlib.sha256(repr(combination).encode("ascii")).digest()


def unknown_name(name: str, node: ScalarNode, known: tuple[str, ...]) -> Problem:
    """What is said of `${name}` where no constant has that name."""
    advice = did_you_mean(name, known) or f" ({listed(known)} are)"
    return Problem(f"${{{name}}}: {name!r} is no constant of the variants{advice}; $${{ is a plain ${{", node.place)


def _exceeds(node: Node, most: int) -> bool:
    """Whether a value is longer than so many characters, where each list and mapping counts as one more."""
    left, waiting = most, [node]
    while waiting and left >= 0:
        one = waiting.pop()
        left -= 1 + (len(one) if isinstance(one, ScalarNode) else 0)
        if isinstance(one, MappingNode):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, SequenceNode):
            waiting += one
    return left < 0


class _Resolver:
    """The values of names under one combination, each found once; they may be made of one another."""

    def __init__(self, draws: VariantDraws, combination: Combination) -> None:
        self._draws = draws
        self._drawn = dict(zip(draws.options, combination, strict=True))
        self._values: dict[str, Node] = {}
        self._open: list[str] = []

    def value(self, name: str) -> Node:
        """What stands for a name."""
        if name not in self._values:
            if name in self._open:
                place = self._draws.place_of(name)
                circle = [*self._open[self._open.index(name) :], name]
                raise SpecError(Problem(f"variants: {' is made of '.join(circle)}", place))
            self._open.append(name)
            found = self._found(name)
            if _exceeds(found, MAX_CONSTANT_CHARACTERS):
                message = f"variants: {name} is longer than {MAX_CONSTANT_CHARACTERS} characters"
                raise SpecError(Problem(message, self._draws.place_of(name)))
            self._values[name] = found
            self._open.pop()
        return self._values[name]

    def _found(self, name: str) -> Node:
        if name in self._drawn:
            return substituted(self._draws.options[name][self._drawn[name]], self._within)
        expression = self._draws.computed[name]
        return ScalarNode(str(self.number_of(expression, f"let.{name}")), expression.place)

    def _within(self, name: str, node: ScalarNode) -> Node:
        if name not in self._draws.names:
            raise SpecError(unknown_name(name, node, self._draws.names))
        return self.value(name)

    def number_of(self, expression: Expression, where: str) -> fmpq:
        """An expression over the constants, exactly."""
        scope, numbers = Scope(), list[fmpq]()
        for name in dict.fromkeys(names_in(expression.tree)):
            if name in self._draws.names:
                scope.names[name] = scope.new_slot()
                numbers.append(self._number(name, expression, where))
        try:
            found = compile_tree(expression.tree, scope, Exact())([MAX_EXPRESSION_STEPS, None, *numbers])
        except (EvaluationError, ExpressionError, ShapeError) as error:
            raise SpecError(Problem(f"variants.{where}: {error}{self._for()}", expression.place)) from None
        if not isinstance(found, fmpq):
            raise SpecError(Problem(f"variants.{where}: must be a number", expression.place))
        return found

    def _number(self, name: str, expression: Expression, where: str) -> fmpq:
        value = self.value(name)
        try:
            return read_rational(value if isinstance(value, ScalarNode) else "")
        except NumberError as error:
            what = f"is not a number{self._for()}" if "is not a number" in str(error) else f"cannot be used: {error}"
            message = f"variants.{where}: {name} {what}"
            raise SpecError(Problem(message, expression.place)) from None

    def _for(self) -> str:
        parts = (f"{name} = {shortened(node)}" for name, node in self._values.items() if isinstance(node, ScalarNode))
        said = ", ".join(parts)
        return f" ({said})" if said else ""
