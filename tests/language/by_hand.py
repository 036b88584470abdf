"""A second, naive evaluator, written straight over the tree: numbers are `Fraction`s, arrays are nested tuples.

It asks nothing of a number but Python's own operators, so that `Near` (a float64 and how far it may be off) also works.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from math import floor, isqrt, lcm
from typing import Any

from grader.language.scope import Function
from grader.language.tree import (
    Binary,
    Call,
    Compare,
    Comprehension,
    IfExp,
    Index,
    ListExpr,
    Logic,
    Name,
    Number,
    Transpose,
    Tree,
    Unary,
)


class NoValueError(Exception):
    """Division by zero, an index outside a vector, a root that is not rational."""


class UnclearError(Exception):
    """A question that a rounded number cannot decide."""


def each(function: Callable[..., Any], *values: Any) -> Any:
    """The function entry by entry; a number meets every entry."""
    lengths = {len(v) for v in values if isinstance(v, tuple)}
    if not lengths:
        return function(*values)
    assert len(lengths) == 1
    rows = ([v[k] if isinstance(v, tuple) else v for v in values] for k in range(lengths.pop()))
    return tuple(each(function, *row) for row in rows)


def flat(value: Any) -> list[Any]:
    """All entries, row by row."""
    return [entry for item in value for entry in flat(item)] if isinstance(value, tuple) else [value]


class ByHand:
    """`number` turns a literal into a number, `total` adds up many."""

    def __init__(self, number: Callable[[Fraction], Any], total: Callable[[list[Any]], Any]) -> None:
        self.number = number
        self.total = total

    def __call__(self, tree: Tree, names: Mapping[str, Any], functions: Mapping[str, Function]) -> Any:
        def go(sub: Tree) -> Any:
            return self(sub, names, functions)

        match tree:
            case Number(value=value):
                return self.number(Fraction(int(value.p), int(value.q)))
            case Name(id=name):
                return names[name]
            case Index():
                row, at = go(tree.base), go(tree.index)
                if not 0 <= at < len(row):
                    raise NoValueError("index")
                return row[floor(at)]
            case Unary(op="not"):
                return self.truths(operator.not_, go(tree.operand))
            case Unary(op="-"):
                return each(operator.neg, go(tree.operand))
            case Unary():
                return go(tree.operand)
            case Binary(op="@"):
                return self.matmul(go(tree.left), go(tree.right))
            case Binary():
                return each(BINARY[tree.op], go(tree.left), go(tree.right))
            case Compare():
                values = [go(o) for o in tree.operands]
                links = [self.truths(COMPARE[op], a, b) for op, a, b in zip(tree.ops, values, values[1:], strict=False)]
                return reduce(lambda a, b: each(min, a, b), links)
            case Logic():
                return self.logic(tree, go)
            case IfExp():
                condition = go(tree.condition)
                if not isinstance(condition, tuple):
                    return go(tree.then) if condition else go(tree.otherwise)
                return each(lambda c, a, b: a if c else b, condition, go(tree.then), go(tree.otherwise))
            case Call(function=name) if name in functions:
                inner = dict(zip(functions[name].parameters, map(go, tree.arguments), strict=True))
                return self(functions[name].body, {**names, **inner}, functions)
            case Call(function=name):
                return self.call(name, [go(a) for a in tree.arguments])
            case Comprehension():
                return self.comprehension(tree, names, functions)
            case ListExpr():
                return tuple(go(item) for item in tree.items)
            case Transpose():
                value = go(tree.operand)
                is_matrix = isinstance(value, tuple) and isinstance(value[0], tuple)
                return tuple(zip(*value, strict=True)) if is_matrix else value

    def truths(self, test: Callable[..., Any], *values: Any) -> Any:
        return each(lambda *v: self.number(Fraction(bool(test(*v)))), *values)

    def logic(self, tree: Logic, go: Callable[[Tree], Any]) -> Any:
        met = []
        for operand in tree.operands:
            met.append(self.truths(bool, go(operand)))
            if not isinstance(met[-1], tuple) and bool(met[-1]) is (tree.op == "or"):
                break
        return reduce(lambda a, b: each(max if tree.op == "or" else min, a, b), met)

    def matmul(self, left: Any, right: Any) -> Any:
        if isinstance(left[0], tuple):
            return tuple(self.matmul(row, right) for row in left)
        if isinstance(right[0], tuple):
            return tuple(self.matmul(left, column) for column in zip(*right, strict=True))
        return self.total(list(map(operator.mul, left, right)))

    def comprehension(self, tree: Comprehension, names: Mapping[str, Any], functions: Mapping[str, Function]) -> Any:
        start, stop, step = (floor(self(bound, names, functions)) for bound in (tree.start, tree.stop, tree.step))
        rounds = [
            self(tree.body, {**names, tree.variable: self.number(Fraction(i))}, functions)
            for i in range(start, stop, step)
        ]
        if tree.kind in ("all", "any"):
            pick = min if tree.kind == "all" else max
            first = self.number(Fraction(tree.kind == "all"))
            return reduce(lambda a, b: each(pick, a, self.truths(bool, b)), rounds, first)
        if tree.kind in ("min", "max"):
            if not rounds:
                raise NoValueError("the least of nothing")
            return reduce(lambda a, b: each(min if tree.kind == "min" else max, a, b), rounds)
        function, first = (operator.add, 0) if tree.kind == "sum" else (operator.mul, 1)
        return reduce(lambda a, b: each(function, a, b), rounds, self.number(Fraction(first)))

    def call(self, name: str, arguments: list[Any]) -> Any:
        first = arguments[0]
        match name:
            case "min" | "max":
                pick = min if name == "min" else max
                return pick(flat(first)) if len(arguments) == 1 else each(lambda *v: pick(v), *arguments)
            case "sum" | "norm":
                return self.total(flat(first)) if name == "sum" else root(self.total([x * x for x in flat(first)]))
            case "prod":
                return reduce(operator.mul, flat(first))
            case "dot":
                both = all(isinstance(a, tuple) for a in arguments)
                return self.matmul(*arguments) if both else each(operator.mul, *arguments)
            case "len":
                return self.number(Fraction(len(first) if isinstance(first, tuple) else 1))
            case "all" | "any":
                return self.number(Fraction(all(flat(first)) if name == "all" else any(flat(first))))
            case "sqrt":
                return each(root, first)
            case "abs":
                return each(abs, first)
            case "relu":
                return each(lambda z: z if z > 0 else self.number(Fraction(0)), first)
            case "step":
                return self.truths(lambda z: z >= 0, first)
            case "sign":
                return each(lambda z: self.number(Fraction((z > 0) - (z < 0))), first)
        raise NotImplementedError(name)


def root(value: Any) -> Any:
    """The square root, where it is rational."""
    if isinstance(value, Near):
        raise UnclearError("sqrt")
    if value < 0:
        raise NoValueError("sqrt")
    found = Fraction(isqrt(value.numerator), isqrt(value.denominator))
    if found * found != value:
        raise NoValueError("sqrt")
    return found


def divided(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The operation, which has no value for a divisor 0."""

    def divide(a: Any, b: Any) -> Any:
        if not b:
            raise NoValueError("division by zero")
        return operation(a, b)

    return divide


def power(base: Any, exponent: Any) -> Any:
    """By repeated multiplication."""
    times = floor(exponent)
    if times < 0 and not base:
        raise NoValueError("0 to a negative power")
    if isinstance(base, Near):
        raise UnclearError("pow is not correctly rounded everywhere")
    product = reduce(operator.mul, [base] * abs(times), Fraction(1))
    return 1 / product if times < 0 else product


BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": divided(operator.truediv),
    "//": divided(lambda a, b: a // b),
    "%": divided(lambda a, b: a % b),
    "**": power,
}
COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}

exactly = ByHand(Fraction, lambda terms: sum(terms, Fraction(0)))

UNIT = Fraction(1, 2**53)


@dataclass(frozen=True)
class Near:
    """A float64 that is at most `error` away from `value`; an operation rounds by at most one `UNIT` of its value."""

    value: Fraction
    error: Fraction = Fraction(0)

    @staticmethod
    def rounded(value: Fraction, error: Fraction) -> Near:
        """What correct rounding makes of a result known to within `error`."""
        if abs(value) > 2**900:
            raise UnclearError("close to overflow")
        if not error and Fraction(float(value)) == value:
            return Near(value)
        return Near(value, error + UNIT * (abs(value) + error))

    def __add__(self, other: Near) -> Near:
        return Near.rounded(self.value + other.value, self.error + other.error)

    def __sub__(self, other: Near) -> Near:
        return self + -other

    def __mul__(self, other: Near) -> Near:
        error = abs(self.value) * other.error + abs(other.value) * self.error + self.error * other.error
        return Near.rounded(self.value * other.value, error)

    def __truediv__(self, other: Near) -> Near:
        ratio, least = self.value / other.value, abs(other.value) - other.error
        if least <= 0:
            raise UnclearError("/")
        return Near.rounded(ratio, (self.error + abs(ratio) * other.error) / least)

    def __floordiv__(self, other: Near) -> Near:
        return Near(Near(Fraction(self.sure // other.sure)).sure)

    def __mod__(self, other: Near) -> Near:
        return Near.rounded(self.sure - other.sure * (self // other).value, Fraction(0))

    def __neg__(self) -> Near:
        return Near(-self.value, self.error)

    def __abs__(self) -> Near:
        return Near(abs(self.value), self.error)

    def __floor__(self) -> int:
        return floor(self.sure)

    def __bool__(self) -> bool:
        return self.above(0) != 0

    def __lt__(self, other: Near | int) -> bool:
        return self.above(other) < 0

    def __le__(self, other: Near | int) -> bool:
        return self.above(other) <= 0

    def __gt__(self, other: Near | int) -> bool:
        return self.above(other) > 0

    def __ge__(self, other: Near | int) -> bool:
        return self.above(other) >= 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Near | int) and self.above(other) == 0

    def __hash__(self) -> int:
        return hash((self.value, self.error))

    @property
    def sure(self) -> Fraction:
        """The value, if the float has it exactly and it is of moderate size."""
        if self.error or abs(self.value) > 2**50:
            raise UnclearError("rounded")
        return self.value

    def above(self, other: Near | int) -> Fraction:
        """A number with the sign of the difference of the floats."""
        other = other if isinstance(other, Near) else Near(Fraction(other))
        difference, error = self.value - other.value, self.error + other.error
        if error and abs(difference) <= error:
            raise UnclearError("a tie")
        return difference


def near_total(terms: list[Near]) -> Near:
    """Added in any order, also with products and sums fused: exact on a common grid, else n roundings."""
    value = sum((term.value for term in terms), Fraction(0))
    error = sum((term.error for term in terms), Fraction(0))
    size = sum((abs(term.value) for term in terms), error)
    grid = reduce(lcm, (term.value.denominator for term in terms))
    if not error and grid & (grid - 1) == 0 and size * grid < 2**53:
        return Near(value)
    return Near(value, error + 2 * len(terms) * UNIT * size)


nearly = ByHand(lambda literal: Near.rounded(literal, Fraction(0)), near_total)
