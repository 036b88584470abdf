"""Trees built by code: sums, products and quotients without needless zeros and ones."""

from __future__ import annotations

from flint import fmpq

from grader.language.tree import Binary, Call, Number, Transpose, Tree, Unary

ZERO, ONE, TWO = Number(fmpq(0)), Number(fmpq(1)), Number(fmpq(2))


def plus(left: Tree, right: Tree) -> Tree:
    """`left + right` without needless zeros."""
    return right if left == ZERO else left if right == ZERO else Binary("+", left, right)


def times(left: Tree, right: Tree) -> Tree:
    """`left * right` without needless ones, as a chain of factors."""
    if ZERO in (left, right):
        return ZERO
    if left == ONE:
        return right
    match right:
        case Binary(op="*", left=first, right=rest):
            return times(times(left, first), rest)
        case Number(value=value) if value == 1:
            return left
    return Binary("*", left, right)


def over(left: Tree, right: Tree) -> Tree:
    """`left / right`."""
    return ZERO if left == ZERO else Binary("/", left, right)


def minus(operand: Tree) -> Tree:
    """`-operand`."""
    return ZERO if operand == ZERO else Unary("-", operand)


def call(function: str, *arguments: Tree) -> Call:
    """`function(arguments)`."""
    return Call(function, arguments)


def transposed(tree: Tree, rank: int) -> Tree:
    """`tree.T` where that differs from the tree."""
    return tree if rank < 2 else tree.operand if isinstance(tree, Transpose) else Transpose(tree)
