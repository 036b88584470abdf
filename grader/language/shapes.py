"""The dry meaning: what size each value has, so that a spec whose sizes do not fit is refused before any work."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flint import fmpq

from grader.language import limits
from grader.language.arithmetic import STEP_BUDGET, Arithmetic, Closure, EvaluationError, Frame
from grader.language.arrays import ShapeError, Value, describe
from grader.language.exact import Exact
from grader.language.functions import BUILTINS
from grader.language.tree import ComprehensionKind


@dataclass(frozen=True)
class Size:
    """The shape of a value, and the value itself where it is a constant number (an index, say)."""

    shape: tuple[int, ...] = ()
    constant: fmpq | None = None

    def __add__(self, other: Size) -> Size:
        return _worked(operator.add, self, other)

    def __sub__(self, other: Size) -> Size:
        return _worked(operator.sub, self, other)

    def __mul__(self, other: Size) -> Size:
        return _worked(operator.mul, self, other)

    def __neg__(self) -> Size:
        return _worked(operator.neg, self)


NUMBER = Size()


def joined(*sizes: Size) -> Size:
    """The size of an entry-by-entry operation.

    Raises:
        ShapeError: unless all arrays among them have one shape.
    """
    shapes = list(dict.fromkeys(size.shape for size in sizes if size.shape))
    if len(shapes) > 1:
        raise ShapeError(f"{describe(shapes[0])} does not fit {describe(shapes[1])}")
    return Size(shapes[0]) if shapes else NUMBER


def _worked(function: Callable[..., fmpq], *sizes: Size) -> Size:
    """The size of an entry-by-entry operation, and its value where all that it takes is constant and small."""
    constants = [size.constant for size in sizes if size.constant is not None]
    if len(constants) < len(sizes):
        return joined(*sizes)
    value = function(*constants)
    return Size((), value) if value.height_bits() <= limits.MAX_BITS else NUMBER


def _number(*sizes: Size) -> Size:
    return NUMBER


def _dot(left: Size, right: Size) -> Size:
    joined(left, right)
    return NUMBER


def _vector(value: Size) -> Size:
    if len(value.shape) != 1:
        raise ShapeError(f"a vector is needed here, not {describe(value.shape)}")
    return Size(value.shape)


def _diag(value: Size) -> Size:
    return _bounded(_vector(value).shape * 2)


def _outer(left: Size, right: Size) -> Size:
    return _bounded(_vector(left).shape + _vector(right).shape)


def _bounded(shape: tuple[int, ...]) -> Size:
    if shape[0] * shape[1] > limits.MAX_ENTRIES:
        raise ShapeError(f"{describe(shape)} is too large (at most {limits.MAX_ENTRIES} entries)")
    return Size(shape)


def _extreme(pick: Callable[..., fmpq]) -> Callable[..., Size]:
    return lambda *sizes: NUMBER if len(sizes) == 1 else _worked(pick, *sizes)


class Shapes(Arithmetic):
    """Expressions over sizes: every loop body is looked at once, every branch that a constant does not rule out."""

    def number(self, value: fmpq) -> Size:
        return Size((), value)

    def comparison(self, op: str) -> Callable[[Value, Value], Value]:
        exact = Exact().comparison(op)

        def compare(left: Size, right: Size) -> Size:
            if left.constant is None or right.constant is None:
                return joined(left, right)
            return Size((), exact(left.constant, right.constant))

        return compare

    @property
    def functions(self) -> Mapping[str, Callable[..., Value]]:
        numbers = ("norm", "len", "sum", "prod", "all", "any")
        return {
            **{name: joined for name, builtin in BUILTINS.items() if builtin.elementwise},
            **dict.fromkeys(numbers, _number),
            "dot": _dot,
            "softmax": _vector,
            "diag": _diag,
            "outer": _outer,
            "min": _extreme(min),
            "max": _extreme(max),
        }

    def divide(self, left: Value, right: Value) -> Value:
        return joined(left, right)

    def floor_divide(self, left: Value, right: Value) -> Value:
        return joined(left, right)

    def modulo(self, left: Value, right: Value) -> Value:
        return joined(left, right)

    def power(self, base: Value, exponent: Value) -> Value:
        return joined(base, exponent)

    def whole(self, value: Value) -> int:
        if value.shape:
            raise ShapeError(f"{describe(value.shape)} is not a whole number")
        if value.constant is None:
            return 0
        if value.constant.q != 1:
            raise EvaluationError(f"{value.constant} is not a whole number")
        return int(value.constant.p)

    def matmul(self, left: Value, right: Value) -> Value:
        if not left.shape or not right.shape:
            raise ShapeError(f"@ needs vectors or matrices: {describe(left.shape)} @ {describe(right.shape)}")
        if left.shape[-1] != right.shape[0]:
            raise ShapeError(f"{describe(left.shape)} @ {describe(right.shape)}: the inner sizes differ")
        return Size(left.shape[:-1] + right.shape[1:])

    def choose(self, condition: Closure, then: Closure, otherwise: Closure) -> Closure:
        def choice(frame: Frame) -> Value:
            tested = condition(frame)
            if tested.constant is not None:
                return then(frame) if tested.constant else otherwise(frame)
            branches = then(frame), otherwise(frame)
            if tested.shape:
                return joined(tested, *branches)
            if branches[0].shape != branches[1].shape:
                then_text, else_text = (describe(branch.shape) for branch in branches)
                raise ShapeError(f"the two branches differ: {then_text} if true, {else_text} if not")
            return Size(branches[0].shape)

        return choice

    def negation(self, operand: Closure) -> Closure:
        return lambda frame: _worked(lambda value: fmpq(int(not value)), operand(frame))

    def logic(self, op: str, operands: list[Closure]) -> Closure:
        decisive = op == "or"

        def connective(frame: Frame) -> Value:
            sizes, decided = list[Size](), False
            for operand in operands:
                size = operand(frame)
                if size.constant is None:
                    sizes.append(size)
                elif bool(size.constant) is decisive:
                    sizes.append(NUMBER)
                    decided = True
                    break
            if len({bool(size.shape) for size in sizes}) > 1:
                raise ShapeError(
                    f"`{op}` joins a number with {describe(joined(*sizes).shape)}: write all(...) or any(...)"
                )
            if decided or not sizes:
                return Size((), fmpq(int(decided is decisive)))
            return joined(*sizes)

        return connective

    def effort(self, value: Value) -> int:
        return 0

    def product_effort(self, left: Value, right: Value) -> int:
        return 0

    def fold(
        self, kind: ComprehensionKind, body: Closure, variable: int, bounds: tuple[Closure, Closure, Closure]
    ) -> Closure:
        def once(frame: Frame) -> Value:
            for bound in bounds:
                self.whole(bound(frame))
            frame[variable] = NUMBER
            frame[STEP_BUDGET] -= 1
            return Size(body(frame).shape)

        return once

    def items(self, items: list[Value]) -> Value:
        shapes = list(dict.fromkeys(item.shape for item in items))
        if len(shapes) > 1:
            raise ShapeError(f"the entries of a list differ: {describe(shapes[0])} and {describe(shapes[1])}")
        if len(shapes[0]) > 1:
            raise ShapeError("lists are nested deeper than a matrix")
        return Size((len(items), *shapes[0]))

    def index(self, value: Value, index: Value) -> Value:
        if not value.shape:
            raise ShapeError("a number has no components")
        at = self.whole(index)
        if index.constant is not None and not 0 <= at < value.shape[0]:
            raise ShapeError(f"index {at} is outside {describe(value.shape)} (0 to {value.shape[0] - 1})")
        return Size(value.shape[1:])

    def transpose(self, value: Value) -> Value:
        return Size(value.shape[::-1])
