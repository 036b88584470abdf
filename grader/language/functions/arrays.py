"""Functions of whole vectors and matrices, written once for all domains of numbers."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from functools import reduce

from grader.language import limits
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import Array, Scalar, ShapeError, Value, shape_of, zipped
from grader.language.build import ONE, ZERO, call, over, times
from grader.language.functions.operations import ScalarOperations
from grader.language.functions.record import ArrayValues, Breakpoint, Gradients, LanguageFunction, not_differentiated
from grader.language.sizes import Size, column_size, dot_size, matrix_size, number_size
from grader.language.tree import Binary, Call, Tree


def _softmax(numbers: ScalarOperations) -> Callable[[Value], Array]:
    def softmax(value: Value) -> Array:
        powers = numbers.exponentials(numbers.column(value))
        total = numbers.total(powers)
        shares = {id(power): numbers.quotient(power, total) for power in powers}
        return Array(shape_of(value), [shares[id(power)] for power in powers])  # equal powers, the very same share

    return softmax


def _softmax_gradient(tree: Call, g: Tree, ranks: Sequence[int]) -> Gradients:
    return ((tree.arguments[0], times(tree, Binary("-", g, call("sum", times(g, tree))))),)


def _norm(numbers: ScalarOperations) -> Callable[[Value], Scalar]:
    return lambda value: numbers.norm(numbers.entries(value))


def _norm_gradient(tree: Call, g: Tree, ranks: Sequence[int]) -> Gradients:
    return ((tree.arguments[0], over(times(g, tree.arguments[0]), tree)),)


def _dot(numbers: ScalarOperations) -> Callable[[Value, Value], Value]:
    entries = numbers.entries

    def dot(left: Value, right: Value) -> Value:
        a, b = len(shape_of(left)), len(shape_of(right))
        if a and b and (a, b) != (1, 1):
            return left @ right
        product = zipped(operator.mul, left, right)
        return numbers.total(entries(product)) if a == b else product

    return dot


def _dot_rank(ranks: Sequence[int]) -> int:
    left, right = ranks
    return left + right - 2 if left and right else max(left, right)


def _dot_gradient(tree: Call, g: Tree, ranks: Sequence[int]) -> Gradients:
    left, right = tree.arguments
    if 0 in ranks:
        return ((times(left, right), g),)
    if max(ranks) > 1:
        return ((Binary("@", left, right), g),)
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


def _outer_gradient(tree: Call, g: Tree, ranks: Sequence[int]) -> Gradients:
    left, right = tree.arguments
    return (left, Binary("@", g, right)), (right, Binary("@", left, g))


def _diag_gradient(tree: Call, g: Tree, ranks: Sequence[int]) -> Gradients:
    """The diagonal of the gradient."""
    v = tree.arguments[0]
    ones = Binary("+", Binary("*", ZERO, v), ONE)
    return ((v, Binary("@", times(g, call("diag", ones)), ones)),)


def _onehot(numbers: ScalarOperations) -> Callable[[Scalar, Scalar], Array]:
    def same(whole: int, number: Scalar) -> bool:
        return not numbers.is_true(numbers.number(whole) - number)

    def onehot(index: Scalar, size: Scalar) -> Array:
        if isinstance(index, Array) or isinstance(size, Array):
            raise ShapeError("onehot takes an index and a size, which are numbers")
        length = next((n for n in range(1, limits.MAX_ENTRIES + 1) if same(n, size)), None)
        if length is None:
            raise EvaluationError(f"the size of a one-hot vector is a whole number from 1 to {limits.MAX_ENTRIES}")
        hot = [i for i in range(length) if same(i, index)]
        if not hot:
            raise EvaluationError(f"the index of a one-hot vector of {length} is a whole number from 0 to {length - 1}")
        return Array((length,), (numbers.one if i == hot[0] else numbers.zero for i in range(length)))

    return onehot


def _onehot_size(index: Size, size: Size) -> Size:
    if index.shape or size.shape:
        raise ShapeError("onehot takes an index and a size, which are numbers")
    if size.dimension is not None:
        return Size((size.dimension,))
    if size.constant is None or size.constant.q != 1 or not 1 <= size.constant <= limits.MAX_ENTRIES:
        raise ShapeError(f"the size of a one-hot vector is a whole number from 1 to {limits.MAX_ENTRIES}")
    return Size((int(size.constant.p),))


def _length(numbers: ScalarOperations) -> Callable[[Value], Scalar]:
    return lambda value: numbers.number(numbers.length(value))


def _total(numbers: ScalarOperations) -> Callable[[Value], Scalar]:
    entries, total = numbers.entries, numbers.total
    return lambda value: total(entries(value))


def _total_gradient(tree: Call, g: Tree, ranks: Sequence[int]) -> Gradients:
    """The gradient in every entry of an array shaped like the argument."""
    u = tree.arguments[0]
    return ((u, Binary("+", g, Binary("*", ZERO, u)) if ranks[0] else g),)


def _product(numbers: ScalarOperations) -> Callable[[Value], Scalar]:
    entries, one = numbers.entries, numbers.one
    return lambda value: reduce(operator.mul, entries(value), one)


SOFTMAX = LanguageFunction(
    "softmax",
    "exp of each component of a vector (also a column or a row), divided by their sum",
    ArrayValues(_softmax, column_size, rank=lambda ranks: max(ranks), vector_jacobian_product=_softmax_gradient),
    rational=False,
    breakpoint=None,
    signature="softmax(v)",
)

NORM = LanguageFunction(
    "norm",
    "the Euclidean length: the root of the sum of the squares of all entries",
    ArrayValues(_norm, number_size, rank=lambda ranks: 0, vector_jacobian_product=_norm_gradient),
    rational=False,
    breakpoint=Breakpoint.ROOT_AT_ZERO,
    signature="norm(v)",
    advice="it is the Euclidean norm",
    latex=r"\left\lVert #1 \right\rVert",
)

DOT = LanguageFunction(
    "dot",
    "the sum of the products `a[i]*b[i]` of two vectors; with a matrix the matrix product `a @ b`",
    ArrayValues(_dot, dot_size, rank=_dot_rank, vector_jacobian_product=_dot_gradient, multiplies=True),
    rational=True,
    breakpoint=None,
    min_arguments=2,
    max_arguments=2,
    signature="dot(a, b)",
)

DIAG = LanguageFunction(
    "diag",
    "the matrix with a vector on its diagonal",
    ArrayValues(
        _diag,
        size=lambda vector: matrix_size(vector, vector),
        rank=lambda ranks: 2,
        vector_jacobian_product=_diag_gradient,
    ),
    rational=True,
    breakpoint=None,
    signature="diag(v)",
)

OUTER = LanguageFunction(
    "outer",
    "the matrix of all products `a[i]*b[j]` of two vectors",
    ArrayValues(_outer, matrix_size, rank=lambda ranks: 2, vector_jacobian_product=_outer_gradient),
    rational=True,
    breakpoint=None,
    min_arguments=2,
    max_arguments=2,
    signature="outer(a, b)",
)

PI = LanguageFunction(
    "pi",
    "the number π; formulas have it as `pi`, `π` and `\\pi`, where the question has no such name itself",
    ArrayValues(lambda numbers: numbers.pi, number_size, rank=lambda ranks: 0, vector_jacobian_product=lambda *_: ()),
    rational=False,
    breakpoint=None,
    min_arguments=0,
    max_arguments=0,
    signature="pi()",
    latex=r"\pi",
)

ONEHOT = LanguageFunction(
    "onehot",
    "the vector of n zeros with a 1 at the index k, from 0",
    ArrayValues(_onehot, _onehot_size, rank=lambda ranks: 1, vector_jacobian_product=lambda *_: ()),
    rational=True,
    breakpoint=None,
    min_arguments=2,
    max_arguments=2,
    spellings=("one_hot",),
    signature="onehot(k, n)",
)

LEN = LanguageFunction(
    "len",
    "the components of a vector, the rows of a matrix",
    ArrayValues(_length, number_size, rank=lambda ranks: 0, vector_jacobian_product=lambda *_: ()),
    rational=True,
    breakpoint=None,
    signature="len(v)",
)

SUM = LanguageFunction(
    "sum",
    "the sum of all entries; `sum(z for i in range(n))`: of all rounds",
    ArrayValues(_total, number_size, rank=lambda ranks: 0, vector_jacobian_product=_total_gradient),
    rational=True,
    breakpoint=None,
    signature="sum(v)",
)

PROD = LanguageFunction(
    "prod",
    "the product of all entries, or of all rounds",
    ArrayValues(_product, number_size, rank=lambda ranks: 0, vector_jacobian_product=not_differentiated),
    rational=True,
    breakpoint=None,
    signature="prod(v)",
)
