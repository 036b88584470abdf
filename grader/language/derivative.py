"""Derivatives as trees: reverse accumulation on the expression, so that vectors and matrices get their transposes.

`pullback(tree, by, gradient, ranks)` is the vector-Jacobian product: given dL/d(tree) it is dL/d(by) through this one
expression (Griewank and Walther 2008, "Evaluating Derivatives", chapter 3). At the kink of abs, relu, min and max no
derivative exists, and the tree has no value there either: relu'(z) is `relu(z)/z`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from flint import fmpq

from grader.language.compile import Function
from grader.language.ranks import Ranks
from grader.language.rewriting import inlined, substituted
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
    subtrees,
)

ZERO, ONE, TWO = Number(fmpq(0)), Number(fmpq(1)), Number(fmpq(2))


class DerivativeError(Exception):
    """A construct whose derivative this module does not know; the message names it."""


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


SLOPES: Mapping[str, Callable[[Tree], Tree]] = {
    "sigmoid": lambda u: times(call("sigmoid", u), Binary("-", ONE, call("sigmoid", u))),
    "tanh": lambda u: Binary("-", ONE, Binary("**", call("tanh", u), TWO)),
    "exp": lambda u: call("exp", u),
    "log": lambda u: over(ONE, u),
    "sqrt": lambda u: over(ONE, times(TWO, call("sqrt", u))),
    "sinh": lambda u: call("cosh", u),
    "cosh": lambda u: call("sinh", u),
    "sin": lambda u: call("cos", u),
    "cos": lambda u: minus(call("sin", u)),
    "softplus": lambda u: call("sigmoid", u),
    "abs": lambda u: over(call("abs", u), u),
    "relu": lambda u: over(call("relu", u), u),
    "step": lambda u: ZERO,
    "sign": lambda u: ZERO,
}
"""f' of each built-in that works entry by entry."""


def slope(function: str, at: Tree, functions: Mapping[str, Function]) -> Tree:
    """`function'(at)`, of a built-in or of a function of one number that a spec defines.

    Raises:
        DerivativeError: for functions of several arguments, and those that have no derivative here.
    """
    if function in functions:
        if len(functions[function].parameters) != 1:
            raise DerivativeError(f"{function} has several arguments: which derivative is meant is not clear")
        parameter = functions[function].parameters[0]
        body = inlined(functions[function].body, functions)
        return substituted(derivative(body, Name(parameter)), {parameter: at})
    if function not in SLOPES:
        raise DerivativeError(f"the derivative of {function} is not known here")
    return SLOPES[function](at)


def derivative(tree: Tree, by: Tree) -> Tree:
    """d(tree)/d(by) of numbers."""
    return pullback(tree, by, ONE, Ranks())


def pullback(tree: Tree, by: Tree, gradient: Tree, ranks: Ranks) -> Tree:
    """What reaches `by` (a name, or a sequence at one step) of the gradient at `tree`: `gradient @ d(tree)/d(by)`.

    Raises:
        DerivativeError: where `by` stands inside a construct that is not differentiated here.
    """
    total: Tree = ZERO
    for term in _Pullback(by, ranks).terms(tree, gradient):
        total = plus(total, term)
    return total


@dataclass(frozen=True)
class _Pullback:
    by: Tree
    ranks: Ranks

    def depends(self, tree: Tree) -> bool:
        return any(sub == self.by for sub in subtrees(tree))

    def terms(self, tree: Tree, g: Tree) -> Iterator[Tree]:
        """One summand for each way from the tree to `by`."""
        if tree == self.by:
            yield g
        elif self.depends(tree):
            yield from self.through(tree, g)

    def through(self, tree: Tree, g: Tree) -> Iterator[Tree]:
        match tree:
            case Unary(op="-", operand=operand):
                yield from self.terms(operand, minus(g))
            case Unary(op="+", operand=operand):
                yield from self.terms(operand, g)
            case Unary() | Compare() | Logic():
                return
            case Binary(op="@"):
                yield from self.product(tree, g)
            case Binary():
                for operand, pulled in self.arithmetic(tree, g):
                    if self.depends(operand):
                        yield from self.terms(operand, self.fitted(pulled, operand, tree))
            case IfExp(condition=condition, then=then, otherwise=otherwise):
                yield from self.terms(then, IfExp(condition, g, ZERO))
                yield from self.terms(otherwise, IfExp(condition, ZERO, g))
            case Call():
                yield from self.call(tree, g)
            case Comprehension(kind="sum"):
                inner = pullback(tree.body, self.by, g, self.ranks)
                if any(self.depends(bound) for bound in (tree.start, tree.stop, tree.step)):
                    raise DerivativeError("the bounds of a sum have no derivative")
                yield replace(tree, body=inner)
            case ListExpr(items=items):
                for i, item in enumerate(items):
                    yield from self.terms(item, Index(g, Number(fmpq(i))))
            case Transpose(operand=operand):
                yield from self.terms(operand, transposed(g, self.ranks.of(operand)))
            case _:
                raise DerivativeError(f"the derivative through {_name(tree)} is not known here")

    def fitted(self, g: Tree, operand: Tree, whole: Tree) -> Tree:
        """A number that met every entry of an array gathers the gradients of all of them."""
        return call("sum", g) if self.ranks.of(operand) < self.ranks.of(whole) else g

    def arithmetic(self, tree: Binary, g: Tree) -> Iterator[tuple[Tree, Tree]]:
        a, b = tree.left, tree.right
        match tree.op:
            case "+":
                yield from ((a, g), (b, g))
            case "-":
                yield from ((a, g), (b, minus(g)))
            case "*":
                yield from ((a, times(g, b)), (b, times(g, a)))
            case "/":
                yield from ((a, over(g, b)), (b, minus(over(times(g, a), Binary("**", b, TWO)))))
            case "**":
                lower = Number(b.value - 1) if isinstance(b, Number) else Binary("-", b, ONE)
                power = a if lower == ONE else Binary("**", a, lower)
                yield a, times(times(g, b), power)
                if self.depends(b):
                    yield b, times(times(g, tree), call("log", a))
            case _:
                raise DerivativeError(f"the derivative through {tree.op} is not known here")

    def product(self, tree: Binary, g: Tree) -> Iterator[Tree]:
        """`left @ right`: the transposes of matrix calculus."""
        a, b = tree.left, tree.right
        ra, rb = self.ranks.of(a), self.ranks.of(b)
        at, bt = transposed(a, ra), transposed(b, rb)
        match ra, rb:
            case 1, 1:
                pulled = times(g, b), times(g, a)
            case 2, 1:
                pulled = call("outer", g, b), Binary("@", at, g)
            case 1, 2:
                pulled = Binary("@", b, g), call("outer", a, g)
            case _:
                pulled = Binary("@", g, bt), Binary("@", at, g)
        yield from self.terms(a, pulled[0])
        yield from self.terms(b, pulled[1])

    def call(self, tree: Call, g: Tree) -> Iterator[Tree]:
        u = tree.arguments[0]
        match tree.function, len(tree.arguments):
            case name, 1 if name in SLOPES:
                yield from self.terms(u, times(g, SLOPES[name](u)))
            case "softmax", 1:
                inner = Binary("-", g, call("dot", g, tree))
                yield from self.terms(u, times(tree, inner))
            case "norm", 1:
                yield from self.terms(u, over(times(g, u), tree))
            case "sum", 1:
                yield from self.terms(u, g if self.ranks.of(u) == 0 else plus_zeros(g, u))
            case "dot", 2:
                yield from self.terms(u, times(g, tree.arguments[1]))
                yield from self.terms(tree.arguments[1], times(g, u))
            case "max" | "min" as name, count if count > 1:
                yield from self.terms(_without_extremes(name, tree.arguments), g)
            case "len", 1:
                return
            case _:
                raise DerivativeError(f"the derivative through {_name(tree)} is not known here")


def plus_zeros(number: Tree, shape: Tree) -> Tree:
    """The number in every entry of an array shaped like `shape`."""
    return Binary("+", number, Binary("*", ZERO, shape))


def _without_extremes(name: str, arguments: tuple[Tree, ...]) -> Tree:
    """`max(a, b)` is `b + relu(a - b)`, and `min(a, b)` is `a - relu(a - b)`."""
    first = arguments[0] if len(arguments) == 2 else _without_extremes(name, arguments[:-1])
    last = arguments[-1]
    excess = call("relu", Binary("-", first, last))
    return Binary("+", last, excess) if name == "max" else Binary("-", first, excess)


def _name(tree: Tree) -> str:
    kinds = {Call: "a function", Comprehension: "a loop", Index: "a component"}
    return tree.function if isinstance(tree, Call) else kinds.get(type(tree), type(tree).__name__)
