"""Exact where it can be, in balls elsewhere; and every value on which a condition hangs is noted as it is met.

A condition is where a formula bends or jumps: the argument of `abs`, `relu`, `step`, `sign`; the difference of two
numbers in `max`, `min` and comparisons; the quotient in `//` and `%`; an exponent; what `if`, `and`, `or` ask. So is
where a formula may have no value: a divisor, the argument of a logarithm or a root, the base of some powers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field

from flint import arb, fmpq

from grader.deferred import dataclass
from grader.formulas.ranges import Needs, Ranges, need_of
from grader.formulas.timeline import BallsInTime, indexed
from grader.formulas.turns import Turn
from grader.language import limits
from grader.language.arithmetic import Closure, Frame, Inexact, TooLarge
from grader.language.arrays import Array, Value, entries, zipped
from grader.language.ball_numbers import truth
from grader.language.balls import Balls
from grader.language.exact import Exact
from grader.language.functions.table import BREAKS_AT_ZERO, EXPONENTIALS, EXTREMES, JUMPS_AT_ZERO
from grader.language.tree import Compare, Logic, Number, Tree, Unary

SATURATING = EXPONENTIALS | {"sqrt"}
"""Functions that hide what happens near 0 of their argument from points far away, and roots, which bend there; their
first two calls are noted."""

SMOOTH = SATURATING | {"log"}

MAX_COMPARED_NUMBERS = 6
"""The numbers in one `max` or `min` whose differences are noted, pair by pair."""

PERIODIC = frozenset({"sin", "cos"})

TracedScalar = fmpq | Turn | arb
"""An exact number, or a ball."""


ANY_SIGNS = (frozenset({-1, 0, 1}),) * 2
BELOW_AND_ABOVE = frozenset({-1}), frozenset({1})
ZERO_AND_OTHERS = frozenset({0}), frozenset({-1, 1})
SIDES_OF_NEED = {
    Needs.NOT_ZERO: ANY_SIGNS,
    Needs.POSITIVE: (frozenset({-1, 0}), frozenset({1})),
    Needs.NOT_NEGATIVE: (frozenset({-1}), frozenset({0, 1})),
}
"""The signs of an argument without which an operation has no value, and those with which it has one."""
SIGNS_BELOW = {"<": {-1}, "<=": {-1, 0}, ">": {-1, 0}, ">=": {-1}, "==": {0}, "!=": {0}}
"""The signs of `left - right` on one side of a comparison; the other signs are the other side."""


@dataclass(frozen=True, eq=False)
class TracedCondition:
    """A place in a formula where it bends or jumps; `sides` are the signs of its argument on either side.

    `need`: it is where an operation has no value, unless its argument meets this.
    """

    tree: Tree
    sides: tuple[frozenset[int], frozenset[int]] = BELOW_AND_ABOVE
    need: Needs | None = None


Met = tuple[TracedCondition, int]
"""A condition, and how often it was met before in the same evaluation."""


@dataclass
class Trace:
    """The arguments of the conditions that one evaluation met.

    `on_edge`: the arguments of these are 0 there, though only balls of them are known.
    """

    met: dict[Met, TracedScalar] = field(default_factory=dict)
    times: dict[TracedCondition, int] = field(default_factory=dict)
    on_edge: frozenset[Met] = frozenset()
    last_need: TracedCondition | None = None
    """The last condition whose need is to be met: where an evaluation ends without a value, the one that is not."""

    def note(self, condition: TracedCondition, value: Value) -> None:
        """Notes the argument of a condition, each entry of an array on its own."""
        if condition.need is not None:
            self.last_need = condition
        for entry in entries(value):
            time = self.times.get(condition, 0)
            if (condition.sides is ANY_SIGNS or condition.need is not None) and time > 1:
                return
            self.times[condition] = time + 1
            self.met[condition, time] = fmpq(0) if (condition, time) in self.on_edge else entry

    def settled(self, condition: TracedCondition) -> bool:
        """Whether the argument that was noted last is 0, because the evaluation is on this edge."""
        return (condition, self.times.get(condition, 0) - 1) in self.on_edge


def sign_of(value: TracedScalar) -> int | None:
    """-1, 0 or 1; None where a ball does not decide."""
    if isinstance(value, fmpq):
        return (value > 0) - (value < 0)
    value = _ball(value)
    return 1 if value > 0 else -1 if value < 0 else 0 if value.is_zero() else None


def in_balls(value: Value) -> Value:
    """The value with every exact number as a ball."""
    return value.map(_ball) if isinstance(value, Array) else _ball(value)


def _ball(number: TracedScalar) -> arb:
    return arb(number) if isinstance(number, fmpq) else number.ball() if isinstance(number, Turn) else number


def _exact(*values: Value) -> bool:
    return all(isinstance(entry, fmpq) for value in values for entry in entries(value))


class Traced(BallsInTime):
    """The domain of conditions: `trace` collects while something is evaluated.

    `ranges` tell which operations surely have a value; their arguments are not noted.
    """

    def __init__(self, ranges: Ranges | None = None) -> None:
        self.trace = Trace()
        self.ranges = ranges
        self.exact = Exact()
        self.balls = Balls()
        self.nodes: list[Tree] = []

    def enter(self, tree: Tree) -> None:
        self.nodes.append(tree)

    def leave(self) -> None:
        self.nodes.pop()

    def number(self, value: fmpq) -> fmpq:  # type: ignore[override]  # exact, until a function makes it a ball
        return value

    def either(self, name: str, *values: Value) -> Value:
        """An operation of the exact domain, or in balls where that has no value of it."""
        if _exact(*values):
            try:
                return getattr(self.exact, name)(*values)
            except (Inexact, TooLarge):
                pass
        return getattr(super(), name)(*map(in_balls, values))

    def comparison(self, op: str) -> Callable[[Value, Value], Value]:
        node = self.nodes[-1] if self.nodes else None
        below = frozenset(SIGNS_BELOW[op])
        condition = TracedCondition(node, (below, frozenset({-1, 0, 1}) - below)) if isinstance(node, Compare) else None
        exact, balls = self.exact.comparison(op), Balls.comparison(self, op)

        def compare(left: Value, right: Value) -> Value:
            gap = zipped(lambda a, b: a - b, left, right)
            if condition is not None:
                self.trace.note(condition, gap)
                if not isinstance(gap, Array) and self.trace.settled(condition):
                    gap = fmpq(0)
            if _exact(gap):
                return exact(gap, fmpq(0))
            return balls(in_balls(left), in_balls(right))

        return compare

    @property
    def functions(self) -> Mapping[str, Callable[..., Value]]:
        return _Functions(self)

    def function(self, name: str) -> Callable[..., Value]:
        """A built-in function, whose conditions are noted."""
        node = self.nodes[-1] if self.nodes else None
        called = getattr(node, "function", getattr(node, "kind", ""))
        condition = None
        if node is not None and called == name and name != "pi":  # a number has no argument that could meet an edge
            condition = self.needed(node) or TracedCondition(
                node, ANY_SIGNS if name in SMOOTH | PERIODIC else BELOW_AND_ABOVE
            )
        exact, balls = self.exact.functions[name], self.balls.functions[name]

        def function(*values: Value) -> Value:
            if condition is not None:
                for argument in _arguments(name, values):
                    self.trace.note(condition, argument)
                if not isinstance(values[0], Array) and self.trace.settled(condition):
                    return exact(fmpq(0)) if name in JUMPS_AT_ZERO else balls(*map(in_balls, values))
            if name in PERIODIC and isinstance(values[0], Turn):
                known = values[0].sine() if name == "sin" else values[0].cosine()
                if known is not None:
                    return known
            if _exact(*values):
                try:
                    return exact(*values)
                except (Inexact, TooLarge):
                    pass
            return balls(*map(in_balls, values))

        return function

    def needed(self, node: Tree) -> TracedCondition | None:
        """The condition that an operation has a value; None where it surely has one."""
        need = need_of(node)
        if need is None or (self.ranges is not None and self.ranges.meets(*need)):
            return None
        return TracedCondition(need[0], SIDES_OF_NEED[need[1]], need[1])

    def divide(self, left: Value, right: Value) -> Value:
        return self.either("divide", left, right)

    def binary(self, op: str) -> Callable[[Value, Value], Value]:
        function, node = super().binary(op), self.nodes[-1] if self.nodes else None
        if node is None or op not in ("/", "//", "%", "**"):
            return function
        if (condition := self.needed(node)) is not None:
            function = self.needing(function, condition, of_base=op == "**")
        if op == "/":
            return function
        if op == "**":
            return function if isinstance(getattr(node, "right", None), Number) else self.noted_power(function, node)
        conditions = [TracedCondition(node) for _ in range(3)]

        def quotient(left: Value, right: Value) -> Value:
            value = function(left, right)
            ratio = self.either("divide", left, right)
            for condition, shift in zip(conditions, (0, 1, -1), strict=True):
                self.trace.note(condition, zipped(lambda a, b: a - b, ratio, fmpq(shift)))
            return value

        return quotient

    def needing(
        self, function: Callable[[Value, Value], Value], condition: TracedCondition, *, of_base: bool
    ) -> Callable[[Value, Value], Value]:
        """An operation that has a value only where its divisor is not 0, or its base is in the range of the power."""

        def noted(left: Value, right: Value) -> Value:
            self.trace.note(condition, left if of_base else right)
            return function(left, right)

        return noted

    def noted_power(self, function: Callable[[Value, Value], Value], node: Tree) -> Callable[[Value, Value], Value]:
        """A power whose exponent varies: it jumps where base and exponent are 0."""
        condition = TracedCondition(node, ZERO_AND_OTHERS)

        def power(base: Value, exponent: Value) -> Value:
            self.trace.note(condition, exponent)
            return function(base, exponent)

        return power

    def floor_divide(self, left: Value, right: Value) -> Value:
        return self.either("floor_divide", left, right)

    def modulo(self, left: Value, right: Value) -> Value:
        return self.either("modulo", left, right)

    def power(self, base: Value, exponent: Value) -> Value:
        return self.either("power", base, exponent)

    def whole(self, value: Value) -> int:
        return self.exact.whole(value) if isinstance(value, fmpq) else super().whole(in_balls(value))

    def guard(self, value: Value) -> Value:
        if any(isinstance(entry, fmpq) and entry.height_bits() > limits.MAX_NUMBER_BITS for entry in entries(value)):
            value = in_balls(value)
        super().guard(in_balls(value))
        return value

    def is_true(self, number: TracedScalar) -> bool:
        return bool(number) if isinstance(number, fmpq) else isinstance(number, Turn) or truth(number)

    def if_exp(self, condition: Closure, then: Closure, otherwise: Closure) -> Closure:
        tree = getattr(self.nodes[-1], "condition", None) if self.nodes else None
        return super().if_exp(self.noted(condition, tree), then, otherwise)

    def logic(self, op: str, operands: list[Closure]) -> Closure:
        trees = getattr(self.nodes[-1], "operands", ()) if self.nodes else ()
        pairs = zip(operands, trees or [None] * len(operands), strict=True)
        return super().logic(op, [self.noted(operand, tree) for operand, tree in pairs])

    def noted(self, operand: Closure, tree: Tree | None) -> Closure:
        """What is asked whether it is true; a number that is no comparison is a condition itself."""
        if tree is None or isinstance(tree, Compare | Logic) or (isinstance(tree, Unary) and tree.op == "not"):
            return operand
        condition = TracedCondition(tree, ZERO_AND_OTHERS)

        def note(frame: Frame) -> Value:
            value = operand(frame)
            self.trace.note(condition, value)
            if not isinstance(value, Array) and self.trace.settled(condition):
                return fmpq(0)
            return value

        return note

    def index(self, value: Value, index: Value) -> Value:
        found = indexed(self, value, index)
        return Balls.index(self, value, index) if found is None else found


class _Functions(Mapping[str, Callable[..., Value]]):
    """The built-in functions, each made anew where a formula calls it, so that each call is a condition of its own."""

    def __init__(self, traced: Traced) -> None:
        self.traced = traced

    def __getitem__(self, name: str) -> Callable[..., Value]:
        return self.traced.function(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.traced.exact.functions)

    def __len__(self) -> int:
        return len(self.traced.exact.functions)


def _arguments(name: str, values: tuple[Value, ...]) -> Iterator[Value]:
    """What the bends of a function hang on."""
    if name in BREAKS_AT_ZERO or name in SMOOTH or name in PERIODIC:
        yield values[0]
    elif name in EXTREMES:
        parts = (values if len(values) > 1 else entries(values[0]))[:MAX_COMPARED_NUMBERS]
        for i, part in enumerate(parts):
            for other in parts[:i]:
                yield zipped(lambda a, b: a - b, other, part)
