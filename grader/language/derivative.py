"""Derivatives as trees: reverse accumulation on the expression, so that vectors and matrices get their transposes.

`pullback(tree, by, gradient, ranks)` is the vector-Jacobian product: given dL/d(tree) it is dL/d(by) through this one
expression (Griewank and Walther 2008, "Evaluating Derivatives", chapter 3). At the kink of abs, relu, min and max no
derivative exists, and the tree has no value there either: relu'(z) is `relu(z)/z`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from flint import fmpq

from grader.deferred import dataclass
from grader.language.build import ONE, TWO, ZERO, call, minus, over, plus, times, transposed
from grader.language.functions.operations import EntryValues
from grader.language.functions.record import Gradients
from grader.language.functions.table import FUNCTIONS
from grader.language.ranks import Ranks
from grader.language.rewriting import inlined, substituted
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
    subtrees,
)


class DerivativeError(Exception):
    """A construct whose derivative this module does not know; the message names it.

    `at` is the character offset of the construct in its own text. `where` is set by whoever knows which part of a
    network that text is: `("equations", "h")`.
    """

    def __init__(self, message: str, at: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.where: tuple[str, str] | None = None


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
    record = FUNCTIONS.get(function)
    if record is None or not isinstance(record.values, EntryValues):
        raise DerivativeError(f"the derivative of {function} is not known here")
    return record.values.slope(at)


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
                nothing = Binary("*", ZERO, g) if self.ranks.of(tree) else ZERO
                yield from self.terms(then, self.fitted(IfExp(condition, g, nothing), then, tree))
                yield from self.terms(otherwise, self.fitted(IfExp(condition, nothing, g), otherwise, tree))
            case Call():
                yield from self.call(tree, g)
            case Comprehension(kind="sum"):
                inner = pullback(tree.body, self.by, g, self.ranks)
                if any(self.depends(bound) for bound in (tree.start, tree.stop, tree.step)):
                    raise DerivativeError("the bounds of a sum have no derivative", tree.at)
                yield replace(tree, body=inner)
            case ListExpr(items=items):
                for i, item in enumerate(items):
                    yield from self.terms(item, Index(g, Number(fmpq(i))))
            case Transpose(operand=operand):
                yield from self.terms(operand, transposed(g, self.ranks.of(operand)))
            case Index(base=base, index=index) if self.ranks.of(base) and not self.depends(index):
                yield from self.component(base, index, g)
            case _:
                raise DerivativeError(f"the derivative through {_name(tree)} is not known here", tree.at)

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
                raise DerivativeError(f"the derivative through {tree.op} is not known here", tree.at)

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

    def component(self, base: Tree, index: Tree, g: Tree) -> Iterator[Tree]:
        """An entry of a vector or a row of a matrix: what reaches the others is 0."""
        if isinstance(base, ListExpr) and isinstance(index, Number) and 0 <= index.value < len(base.items):
            yield from self.terms(base.items[int(index.value.p)], g)
            return
        hot = call("onehot", index, call("len", base))
        yield from self.terms(base, times(g, hot) if self.ranks.of(base) == 1 else call("outer", hot, g))

    def call(self, tree: Call, g: Tree) -> Iterator[Tree]:
        for argument, gradient in self.gradients(tree, g):
            yield from self.terms(argument, gradient)

    def gradients(self, tree: Call, g: Tree) -> Gradients:
        """What reaches the arguments of a call of the gradient at it."""
        record, u = FUNCTIONS.get(tree.function), tree.arguments[0]
        found: Gradients | None = None
        if record is not None and record.takes(len(tree.arguments)):
            if isinstance(record.values, EntryValues):
                return ((u, times(g, record.values.slope(u))),)
            found = record.values.vector_jacobian_product(tree, g, [self.ranks.of(a) for a in tree.arguments])
        if found is None:
            raise DerivativeError(f"the derivative through {_name(tree)} is not known here", tree.at)
        return found


def _name(tree: Tree) -> str:
    kinds = {Call: "a function", Comprehension: "a loop", Index: "a component"}
    return tree.function if isinstance(tree, Call) else kinds.get(type(tree), type(tree).__name__)
