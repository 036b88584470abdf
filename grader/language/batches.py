"""The fast meaning: float64 over many inputs at once, NumPy arrays whose first axis runs over the batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from grader.language.arithmetic import Arithmetic, Closure, EvaluationError, Frame
from grader.language.arrays import ShapeError, Value, describe

Floats = NDArray[np.float64]


class Batch:
    """`data` has shape `(n, ...)`, n values at once, or `(1, ...)`, one value for all of them."""

    __slots__ = ("data",)
    __array_ufunc__ = None

    def __init__(self, data: Floats) -> None:
        self.data = data

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one value."""
        return self.data.shape[1:]

    def __add__(self, other: Batch) -> Batch:
        return _apply(np.add, self, other)

    def __sub__(self, other: Batch) -> Batch:
        return _apply(np.subtract, self, other)

    def __mul__(self, other: Batch) -> Batch:
        return _apply(np.multiply, self, other)

    def __neg__(self) -> Batch:
        return Batch(-self.data)


def constant(value: float | list[Any] | Floats) -> Batch:
    """One value for the whole batch."""
    return Batch(np.asarray(value, dtype=np.float64)[np.newaxis])


def _aligned(*batches: Batch) -> list[Floats]:
    shapes = list(dict.fromkeys(b.shape for b in batches if b.shape))
    if len(shapes) > 1:
        raise ShapeError(f"{describe(shapes[0])} does not fit {describe(shapes[1])}")
    rank = len(shapes[0]) if shapes else 0
    return [b.data if b.shape else b.data.reshape(-1, *(1,) * rank) for b in batches]


def _apply(function: Callable[..., Any], *batches: Batch) -> Batch:
    with np.errstate(all="ignore"):
        return Batch(np.asarray(function(*_aligned(*batches)), dtype=np.float64))


def _lifted(function: Callable[..., Any]) -> Callable[..., Batch]:
    return lambda *values: _apply(function, *values)


def _inner(value: Batch) -> tuple[int, ...]:
    return tuple(range(1, value.data.ndim))


def _reduced(function: Callable[..., Any]) -> Callable[[Batch], Batch]:
    def reduced(value: Batch) -> Batch:
        with np.errstate(all="ignore"):
            return Batch(np.asarray(function(value.data, axis=_inner(value)), dtype=np.float64))

    return reduced


def _extreme(pair: np.ufunc, over: Callable[..., Any]) -> Callable[..., Batch]:
    def extreme(*values: Batch) -> Batch:
        if len(values) == 1:
            return _reduced(over)(values[0])
        result = values[0]
        for value in values[1:]:
            result = _apply(pair, result, value)
        return result

    return extreme


def _sigmoid(z: Floats) -> Floats:
    """Without overflow on either side."""
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + small), small / (1 + small))


class Batches(Arithmetic):
    """Expressions over float64; division by zero and logarithms of nothing give inf and nan, as NumPy has it."""

    def number(self, value: fmpq) -> Batch:
        try:
            return constant(int(value.p) / int(value.q))
        except OverflowError:
            return constant(np.inf if value > 0 else -np.inf)

    def comparison(self, op: str) -> Callable[[Value, Value], Value]:
        tests = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "==": np.equal}
        test = tests.get(op, np.not_equal)

        def compare(left: Value, right: Value) -> Value:
            result = _apply(test, left, right)
            return constant(0.0) if 0 in result.shape else result  # a comparison of nothing is false

        return compare

    @property
    def functions(self) -> Mapping[str, Callable[..., Value]]:
        return FUNCTIONS

    def divide(self, left: Value, right: Value) -> Value:
        return _apply(np.divide, left, right)

    def floor_divide(self, left: Value, right: Value) -> Value:
        return _apply(np.floor_divide, left, right)

    def modulo(self, left: Value, right: Value) -> Value:
        return _apply(np.mod, left, right)

    def power(self, base: Value, exponent: Value) -> Value:
        return _apply(np.float_power, base, exponent)

    def whole(self, value: Value) -> int:
        number = float(value.data.flat[0])
        if value.shape or not (value.data == number).all() or not number.is_integer():
            raise EvaluationError("an index or a loop bound must be one whole number for the whole batch")
        return int(number)

    def matmul(self, left: Value, right: Value) -> Value:
        if not left.shape or not right.shape:
            raise ShapeError(f"@ needs vectors or matrices: {describe(left.shape)} @ {describe(right.shape)}")
        if left.shape[-1] != right.shape[0]:
            raise ShapeError(f"{describe(left.shape)} @ {describe(right.shape)}: the inner sizes differ")
        rows = left.data if len(left.shape) == 2 else left.data[:, np.newaxis, :]
        columns = right.data if len(right.shape) == 2 else right.data[:, :, np.newaxis]
        with np.errstate(all="ignore"):
            product = rows @ columns
        return Batch(product.reshape(-1, *left.shape[:-1], *right.shape[1:]))

    def is_elementwise(self, condition: Value) -> bool:
        return bool(condition.shape) or len(condition.data) > 1

    def select(self, condition: Value, then: Value, otherwise: Value) -> Value:
        return _apply(lambda c, a, b: np.where(c != 0, a, b), condition, then, otherwise)

    def choose(self, condition: Closure, then: Closure, otherwise: Closure) -> Closure:
        def choice(frame: Frame) -> Value:
            c = condition(frame)
            if self.is_elementwise(c):
                return self.select(c, then(frame), otherwise(frame))
            return then(frame) if c.data[0] else otherwise(frame)

        return choice

    def logic(self, op: str, operands: list[Closure]) -> Closure:
        merge = np.logical_and if op == "and" else np.logical_or

        def connective(frame: Frame) -> Value:
            result = operands[0](frame)
            for operand in operands[1:]:
                if not self.is_elementwise(result) and bool(result.data[0]) is (op == "or"):
                    break
                result = _apply(merge, result, operand(frame))
            return _apply(lambda a: a != 0, result)

        return connective

    def items(self, items: list[Value]) -> Value:
        shapes = {item.shape for item in items}
        if len(shapes) > 1:
            raise ShapeError(f"the entries of a list differ: {' and '.join(sorted(map(describe, shapes)))}")
        if len(shapes.pop()) > 1:
            raise ShapeError("lists are nested deeper than a matrix")
        return Batch(np.stack(np.broadcast_arrays(*[item.data for item in items]), axis=1))

    def index(self, value: Value, index: Value) -> Value:
        if not value.shape:
            raise ShapeError("a number has no components")
        at = self.whole(index)
        if not 0 <= at < value.shape[0]:
            raise ShapeError(f"index {at} is outside {describe(value.shape)} (0 to {value.shape[0] - 1})")
        return Batch(value.data[:, at])

    def transpose(self, value: Value) -> Value:
        return Batch(value.data.swapaxes(1, 2)) if len(value.shape) == 2 else value


def _all(data: Floats, axis: tuple[int, ...]) -> Floats:
    return np.asarray(np.all(data != 0, axis=axis), dtype=np.float64)


def _any(data: Floats, axis: tuple[int, ...]) -> Floats:
    return np.asarray(np.any(data != 0, axis=axis), dtype=np.float64)


def _softmax(value: Batch) -> Batch:
    small = np.exp(value.data - np.max(value.data, axis=1, keepdims=True))
    return Batch(small / np.sum(small, axis=1, keepdims=True))


def _outer(left: Batch, right: Batch) -> Batch:
    return Batch(left.data[:, :, np.newaxis] * right.data[:, np.newaxis, :])


def _vectors(function: Callable[..., Batch]) -> Callable[..., Batch]:
    def checked(*values: Batch) -> Batch:
        for value in values:
            if len(value.shape) != 1:
                raise ShapeError(f"a vector is needed here, not {describe(value.shape)}")
        with np.errstate(all="ignore"):
            return function(*values)

    return checked


FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "abs": _lifted(np.abs),
    "sign": _lifted(np.sign),
    "step": _lifted(lambda z: z >= 0),
    "relu": _lifted(lambda z: np.maximum(z, 0)),
    "sigmoid": _lifted(_sigmoid),
    "tanh": _lifted(np.tanh),
    "exp": _lifted(np.exp),
    "log": _lifted(np.log),
    "sqrt": _lifted(np.sqrt),
    "sinh": _lifted(np.sinh),
    "cosh": _lifted(np.cosh),
    "sin": _lifted(np.sin),
    "cos": _lifted(np.cos),
    "softplus": _lifted(lambda z: np.logaddexp(z, 0)),
    "softmax": _vectors(_softmax),
    "norm": _reduced(lambda data, axis: np.sqrt(np.sum(data * data, axis=axis))),
    "dot": lambda a, b: _reduced(np.sum)(a * b),
    "diag": _vectors(lambda v: Batch(v.data[:, :, np.newaxis] * np.eye(v.shape[0]))),
    "outer": _vectors(_outer),
    "len": lambda v: constant(float(v.shape[0] if v.shape else 1)),
    "sum": _reduced(np.sum),
    "prod": _reduced(np.prod),
    "all": _reduced(_all),
    "any": _reduced(_any),
    "min": _extreme(np.minimum, np.min),
    "max": _extreme(np.maximum, np.max),
}
