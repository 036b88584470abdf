"""Functions of whole vectors and matrices, written once for all domains of numbers."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import reduce

from grader.language.arrays import Array, Scalar, Value, zipped
from grader.language.build import ZERO, call, over, times
from grader.language.functions.operations import ScalarOperations
from grader.language.functions.record import ArrayValues, Breakpoint, Gradients, LanguageFunction, not_differentiated
from grader.language.sizes import NUMBER_SIZE, Size, joined, matrix_size, number_size, vector_size
from grader.language.tree import Binary, Call, Tree


def _softmax(numbers: ScalarOperations) -> Callable[[Value], Array]:
    def softmax(value: Value) -> Array:
        powers = numbers.exponentials(numbers.vector(value))
        total = sum(powers, numbers.zero)
        return Array((len(powers),), [numbers.quotient(power, total) for power in powers])

    return softmax


def _softmax_gradient(tree: Call, g: Tree, rank: int) -> Gradients:
    return ((tree.arguments[0], times(tree, Binary("-", g, call("dot", g, tree)))),)


def _norm(numbers: ScalarOperations) -> Callable[[Value], Scalar]:
    return lambda value: numbers.norm(numbers.entries(value))


def _norm_gradient(tree: Call, g: Tree, rank: int) -> Gradients:
    return ((tree.arguments[0], over(times(g, tree.arguments[0]), tree)),)


def _dot(numbers: ScalarOperations) -> Callable[[Value, Value], Scalar]:
    entries, zero = numbers.entries, numbers.zero
    return lambda left, right: sum(entries(zipped(operator.mul, left, right)), zero)


def _dot_size(left: Size, right: Size) -> Size:
    joined(left, right)
    return NUMBER_SIZE


def _dot_gradient(tree: Call, g: Tree, rank: int) -> Gradients:
    left, right = tree.arguments
    return (left, times(g, right)), (right, times(g, left))


def _diag(numbers: ScalarOperations) -> Callable[[Value], Array]:
    def diag(value: Value) -> Array:
        v, zero = numbers.vector(value), numbers.zero
        numbers.check_size(len(v) ** 2)
        return Array((len(v), len(v)), (x if i == j else zero for i, x in enumerate(v) for j in range(len(v))))

    return diag


def _outer(numbers: ScalarOperations) -> Callable[[Value, Value], Array]:
    def outer(left: Value, right: Value) -> Array:
        a, b = numbers.vector(left), numbers.vector(right)
        numbers.check_size(len(a) * len(b))
        return Array((len(a), len(b)), (x * y for x in a for y in b))

    return outer


def _length(numbers: ScalarOperations) -> Callable[[Value], Scalar]:
    return lambda value: numbers.number(numbers.length(value))


def _total(numbers: ScalarOperations) -> Callable[[Value], Scalar]:
    entries, zero = numbers.entries, numbers.zero
    return lambda value: sum(entries(value), zero)


def _total_gradient(tree: Call, g: Tree, rank: int) -> Gradients:
    """The gradient in every entry of an array shaped like the argument."""
    u = tree.arguments[0]
    return ((u, Binary("+", g, Binary("*", ZERO, u)) if rank else g),)


def _product(numbers: ScalarOperations) -> Callable[[Value], Scalar]:
    entries, one = numbers.entries, numbers.one
    return lambda value: reduce(operator.mul, entries(value), one)


SOFTMAX = LanguageFunction(
    "softmax",
    "exp of each component of a vector, divided by their sum",
    ArrayValues(_softmax, vector_size, rank=lambda ranks: 1, vector_jacobian_product=_softmax_gradient),
    rational=False,
    breakpoint=None,
)

NORM = LanguageFunction(
    "norm",
    "the Euclidean length: the root of the sum of the squares of all entries",
    ArrayValues(_norm, number_size, rank=lambda ranks: 0, vector_jacobian_product=_norm_gradient),
    rational=False,
    breakpoint=Breakpoint.ROOT_AT_ZERO,
    latex=r"\left\lVert #1 \right\rVert",
)

DOT = LanguageFunction(
    "dot",
    "`dot(a, b)`: the sum of the products `a[i]*b[i]`",
    ArrayValues(_dot, _dot_size, rank=lambda ranks: 0, vector_jacobian_product=_dot_gradient),
    rational=True,
    breakpoint=None,
    min_arguments=2,
    max_arguments=2,
)

DIAG = LanguageFunction(
    "diag",
    "the matrix with a vector on its diagonal",
    ArrayValues(
        _diag,
        size=lambda vector: matrix_size(vector, vector),
        rank=lambda ranks: 2,
        vector_jacobian_product=not_differentiated,
    ),
    rational=True,
    breakpoint=None,
)

OUTER = LanguageFunction(
    "outer",
    "`outer(a, b)`: the matrix of all products `a[i]*b[j]`",
    ArrayValues(_outer, matrix_size, rank=lambda ranks: 2, vector_jacobian_product=not_differentiated),
    rational=True,
    breakpoint=None,
    min_arguments=2,
    max_arguments=2,
)

LEN = LanguageFunction(
    "len",
    "the components of a vector, the rows of a matrix",
    ArrayValues(_length, number_size, rank=lambda ranks: 0, vector_jacobian_product=lambda *_: ()),
    rational=True,
    breakpoint=None,
)

SUM = LanguageFunction(
    "sum",
    "the sum of all entries; `sum(z for i in range(n))`: of all rounds",
    ArrayValues(_total, number_size, rank=lambda ranks: 0, vector_jacobian_product=_total_gradient),
    rational=True,
    breakpoint=None,
)

PROD = LanguageFunction(
    "prod",
    "the product of all entries, or of all rounds",
    ArrayValues(_product, number_size, rank=lambda ranks: 0, vector_jacobian_product=not_differentiated),
    rational=True,
    breakpoint=None,
)
