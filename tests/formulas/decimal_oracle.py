"""The oracle of the differential test: the value of a text at a point.

It evaluates texts with Python's `ast` and `decimal` at 60 digits, and at 400 where they differ; it knows nothing of the
grader's language.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Iterator, Mapping
from decimal import Context, Decimal, InvalidOperation, Overflow, localcontext
from types import CodeType
from typing import Any, ClassVar

NUMBERS, POSITIVE, UNIT, VECTORS, LENGTH = "abxyz", "q", "p", ("v", "w"), 3
DIGITS, MORE_DIGITS = 60, 400
TOLERANCE = Decimal("1e-25")

Value = Any
Point = Mapping[str, Value]


class NoValue(Exception):
    """A formula without a value at a point."""


class OutOfReach(Exception):
    """A value that is too large or too near to a border to be told."""


# the oracle


def small(value: Decimal, most: int = 10_000) -> Decimal:
    if abs(value) > most:
        raise OutOfReach
    return value


def exp(z: Decimal) -> Decimal:
    return small(Decimal(z), 300).exp()


def log(z: Decimal) -> Decimal:
    if z <= 0:
        raise NoValue
    return Decimal(z).ln()


def sqrt(z: Decimal) -> Decimal:
    if z < 0:
        raise NoValue
    return Decimal(z).sqrt()


def power(base: Decimal, exponent: Decimal) -> Decimal:
    base, exponent = Decimal(base), Decimal(exponent)
    if exponent == exponent.to_integral_value():
        if base == 0 and exponent < 0:
            raise NoValue
        return base**exponent if base or exponent else Decimal(1)
    if base < 0 or (base == 0 and exponent < 0):
        raise NoValue
    return base**exponent


def divide(left: Decimal, right: Decimal) -> Decimal:
    if right == 0:
        raise NoValue
    return Decimal(left) / right


def floor_divide(left: Decimal, right: Decimal) -> Decimal:
    return divide(left, right).to_integral_value("ROUND_FLOOR")


def sine(z: Decimal) -> Decimal:
    """By its series."""
    z, total, term, k = small(Decimal(z), 40), Decimal(0), Decimal(z), 1
    with localcontext() as context:
        digits, context.prec = context.prec, 2 * context.prec + 40
        while abs(term) > Decimal(10) ** (-digits - 20):
            total, k = total + term, k + 2
            term = -term * z * z / (k * (k - 1))
    return +total


def cosine(z: Decimal) -> Decimal:
    with localcontext() as context:
        context.prec += 40
        root = 1 - sine(z) ** 2
        half = sine(Decimal(z) / 2)
        value = 1 - 2 * half * half
    assert abs(value * value - root) < Decimal("1e-30")
    return +value


def sigmoid(z: Decimal) -> Decimal:
    e = exp(-abs(z))
    return 1 / (1 + e) if z >= 0 else e / (1 + e)


def tanh(z: Decimal) -> Decimal:
    return 2 * sigmoid(2 * z) - 1


def softplus(z: Decimal) -> Decimal:
    return max(z, Decimal(0)) + log(1 + exp(-abs(z)))


FUNCTIONS: dict[str, Callable[..., Value]] = {
    "exp": exp,
    "log": log,
    "sqrt": sqrt,
    "sin": sine,
    "cos": cosine,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "softplus": softplus,
    "abs": abs,
    "relu": lambda z: max(z, Decimal(0)),
    "step": lambda z: Decimal(int(z >= 0)),
    "sign": lambda z: Decimal((z > 0) - (z < 0)),
    "cosh": lambda z: (exp(z) + exp(-z)) / 2,
    "sinh": lambda z: (exp(z) - exp(-z)) / 2,
    "max": max,
    "min": min,
    "sum": lambda parts: sum(parts, Decimal(0)),
    "range": lambda *bounds: range(*map(int, bounds)),
    "dot": lambda v, w: sum((a * b for a, b in zip(v, w, strict=True)), Decimal(0)),
    "norm": lambda v: sqrt(sum((a * a for a in v), Decimal(0))),
    "D_": Decimal,
    "divide_": divide,
    "power_": power,
    "floor_divide_": floor_divide,
    "modulo_": lambda a, b: a - b * floor_divide(a, b),
}


class _Decimals(ast.NodeTransformer):
    """Literals as exact decimals, and the operations that may have no value as calls."""

    CALLS: ClassVar = {ast.Div: "divide_", ast.Pow: "power_", ast.FloorDiv: "floor_divide_", ast.Mod: "modulo_"}

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        return called("D_", ast.Constant(repr(node.value)))

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left, right = self.visit(node.left), self.visit(node.right)
        name = self.CALLS.get(type(node.op))
        return called(name, left, right) if name else ast.BinOp(left, node.op, right)


def called(name: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def compiled(text: str) -> CodeType:
    tree = _Decimals().visit(ast.parse(text, mode="eval"))
    return compile(ast.fix_missing_locations(tree), text, "eval")


def value_at(code: CodeType, point: Point, digits: int = DIGITS) -> Decimal | None:
    """The value of a formula at a point; None where it has none.

    Raises:
        OutOfReach: where it cannot be told.
    """
    with localcontext(Context(prec=digits, Emax=10**9, Emin=-(10**9), traps=[InvalidOperation, Overflow])):
        try:
            value = Decimal(eval(code, {"__builtins__": {}, **FUNCTIONS, **point}))  # noqa: S307  # texts of this file
        except NoValue:
            return None
        except (InvalidOperation, Overflow, ArithmeticError):
            raise OutOfReach from None
    return small(value, 10**30)


def differ(left: CodeType, right: CodeType, point: Point) -> bool:
    """Whether two formulas that have a value at a point differ there, in more digits as well.

    Raises:
        OutOfReach: where digits cancel so that no precision tells.
    """
    gaps = []
    for digits in (DIGITS, MORE_DIGITS):
        a, b = value_at(left, point, digits), value_at(right, point, digits)
        assert a is not None
        assert b is not None
        gaps.append(abs(a - b))
        if gaps[-1] <= TOLERANCE * (1 + abs(a) + abs(b)):
            return False
    if abs(gaps[0] - gaps[1]) > TOLERANCE * gaps[1]:
        raise OutOfReach
    return True


def points(rng: random.Random, count: int) -> Iterator[dict[str, Value]]:
    """Points of several scales, every third on a grid on which many conditions are met exactly."""
    grid = [Decimal(text) for text in ("0", "1", "2", "3", "-1", "-4", "0.1", "0.5", "7", "50", "-2")]

    def number(scale: int | None) -> Decimal:
        if scale is None:
            return rng.choice(grid)
        return Decimal(rng.randint(-(10**9), 10**9)).scaleb(scale - 9)

    for index in range(count):
        scale = None if index % 3 == 2 else rng.choice((0, 0, 1, 1, 2, -1))
        point: dict[str, Value] = {name: number(scale) for name in NUMBERS}
        point |= {POSITIVE: abs(number(scale)) or Decimal(1), UNIT: Decimal(rng.randint(1, 999)) / 1000}
        point |= {name: [number(scale) for _ in range(LENGTH)] for name in VECTORS}
        yield point | {"n": Decimal(rng.randint(1, 5))}
