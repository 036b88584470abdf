"""What can be wrong at one place of a formula: for each construct the changes that students' mistakes come to.

The operators carry the names that mistakes have in this field; each is one rule of this table.

| operator | a mistake of it |
| --- | --- |
| sign | `a - b` for `a + b`, a minus that is lost, or one too many before the whole |
| operation | `a + b` for `a*b`, `a*b` for `a/b`, `*` for `@` |
| factor lost, term lost | of a product or sum |
| operands swapped | of `-`, `/`, `**`, `@`, of a function's arguments |
| transposed | `W` for `W.T`, and the other way round |
| index off by one | `h[t]` for `h[t + 1]` |
| bound off by one | of a sum or product |
| another step | `h[t - 1]` for `h[t + 1]`, `x[i]` for `x[2*i]` |
| sum for product | and the other way round; `min` for `max`, `all` for `any` |
| factor outside of the loop | one that every step has its own of |
| constant | off by one, doubled, halved |
| exponent | off by one, or lost |
| another symbol | of the same shape |
| function | another one, none, or the function of its own value |
| condition | the other way round, with or without equality; branches swapped |
| every step off by one | of a function's argument: the slope at another step |
| constant factor | the whole doubled or halved |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal, NamedTuple

from flint import fmpq

from grader.formulas.setting import tidied
from grader.language.build import ONE, TWO, over
from grader.language.functions.table import FUNCTIONS
from grader.language.ranks import Ranks
from grader.language.rewriting import replaced
from grader.language.tree import (
    Binary,
    Call,
    Compare,
    Comprehension,
    ComprehensionKind,
    IfExp,
    Index,
    Logic,
    Name,
    Number,
    Transpose,
    Tree,
    Unary,
    names_in,
)
from grader.notation.symbols import Symbols

FormulaPart = Literal["value", "index"]
"""Where a subtree stands: in a formula, or in an index or bound of one."""

OTHER_FUNCTIONS = {
    "sigmoid": "tanh",
    "tanh": "sigmoid",
    "sin": "cos",
    "cos": "sin",
    "exp": "log",
    "log": "exp",
    "sinh": "cosh",
    "cosh": "sinh",
    "relu": "abs",
    "abs": "relu",
    "max": "min",
    "min": "max",
    "softplus": "relu",
    "step": "relu",
    "sign": "step",
    "softmax": "sigmoid",
}
"""The function that one is taken for."""

OTHER_LOOPS: dict[str, ComprehensionKind] = {
    "sum": "prod",
    "prod": "sum",
    "min": "max",
    "max": "min",
    "all": "any",
    "any": "all",
}

OTHER_COMPARISONS = {
    "<": ("<=", ">"),
    "<=": ("<", ">="),
    ">": (">=", "<"),
    ">=": (">", "<="),
    "==": ("!=",),
    "!=": ("==",),
}


class FormulaChange(NamedTuple):
    """What stands in place of a subtree, and which operator made it."""

    operator: str
    tree: Tree


class NodeChanges:
    """The changes of single subtrees of formulas in the names that an answer may use."""

    def __init__(self, symbols: Symbols) -> None:
        self._symbols = symbols
        self.ranks: Ranks = symbols.ranks
        self._wholes = tuple(name for name in symbols.whole if name in symbols.plain)

    def of(self, node: Tree, part: FormulaPart) -> Iterator[FormulaChange]:
        """Every change of a subtree as a whole; those of what is in it are left to it."""
        match node:
            case _ if part == "index":
                yield from self._step(node)
            case Number(value=value):
                yield from self._number(value)
            case Name(id=name):
                yield from self._name(name)
            case Binary():
                yield from self._binary(node)
            case Index():
                yield from self._index(node)
            case Unary(op="-", operand=inner):
                yield FormulaChange("sign", inner)
            case Call():
                yield from self._call(node)
            case Transpose(operand=inner):
                yield FormulaChange("transposed", inner)
            case Comprehension():
                yield from self._loop(node)
            case Compare() | Logic() | IfExp() | Unary(op="not"):
                yield from self._condition(node)

    def _step(self, node: Tree) -> Iterator[FormulaChange]:
        """Changes of what is in an index or bound."""
        match node:
            case Name(id=name) if name in self._wholes:
                yield from (FormulaChange("another symbol", Name(other)) for other in self._wholes if other != name)
            case Binary(op="+" | "-" as op, left=left, right=right):
                yield FormulaChange("another step", Binary("-" if op == "+" else "+", left, right))
                yield FormulaChange("another step", left)
            case Binary(op="*" | "/" | "//", left=left, right=right):
                yield FormulaChange("another step", left)
                yield FormulaChange("another step", right)

    def _number(self, value: fmpq) -> Iterator[FormulaChange]:
        for other in (value + 1, value - 1, 2 * value, value / 2):
            if other >= 0 and other != value:
                yield FormulaChange("constant", Number(other))

    def _name(self, name: str) -> Iterator[FormulaChange]:
        """Another symbol in its place: a quantity of the same shape, or another whole number."""
        if name in self._wholes:
            yield from (FormulaChange("another symbol", Name(other)) for other in self._wholes if other != name)
        elif name in self._symbols.quantities:
            shape = self._symbols.quantities[name].shape
            for other, quantity in self._symbols.quantities.items():
                if other != name and quantity.shape == shape:
                    yield FormulaChange("another symbol", Name(other))
            if len(shape) == 2:
                yield FormulaChange("transposed", Transpose(Name(name)))

    def _index(self, node: Index) -> Iterator[FormulaChange]:
        for step in (-1, 1):
            yield FormulaChange("index off by one", moved(node, step))
        if isinstance(node.base, Name) and node.base.id in self._symbols.sequences:
            shape = self._symbols.sequences[node.base.id].shape
            for other, sequence in self._symbols.sequences.items():
                if other != node.base.id and sequence.shape == shape:
                    yield FormulaChange("another symbol", Index(Name(other), node.index))
            if len(shape) == 2:
                yield FormulaChange("transposed", Transpose(node))

    def _binary(self, node: Binary) -> Iterator[FormulaChange]:
        left, right = node.left, node.right
        match node.op:
            case "+" | "-":
                yield FormulaChange("sign", Binary("-" if node.op == "+" else "+", left, right))
                yield FormulaChange("term lost", left)
                yield FormulaChange("term lost", right if node.op == "+" else Unary("-", right))
            case "*" | "/" | "@":
                yield FormulaChange("factor lost", left)
                yield FormulaChange("factor lost", over(ONE, right) if node.op == "/" else right)
                yield FormulaChange("operation", Binary("+" if node.op == "*" else "*", left, right))
                if node.op == "*":
                    yield FormulaChange("operation", Binary("/", left, right))
            case "**":
                yield FormulaChange("exponent", left)
                for step in (-1, 1):
                    yield FormulaChange("exponent", Binary("**", left, increased(right, step)))
            case "//" | "%":
                yield FormulaChange("operation", Binary("/", left, right))
        if node.op not in ("+", "*"):
            yield FormulaChange("operands swapped", Binary(node.op, right, left))

    def _call(self, node: Call) -> Iterator[FormulaChange]:
        arguments = node.arguments
        other = OTHER_FUNCTIONS.get(node.function, "")
        if other in FUNCTIONS and FUNCTIONS[other].takes(len(arguments)):
            yield FormulaChange("function", Call(other, arguments))
        if len(arguments) == 1:
            yield FormulaChange("function", arguments[0])
            yield FormulaChange("function", Call(node.function, (node,)))
        elif len(arguments) == 2:
            yield FormulaChange("operands swapped", Call(node.function, arguments[::-1]))
        for step in (-1, 1):
            later = moved_throughout(node, step, self._symbols)
            if later != node:
                yield FormulaChange("every step off by one", later)

    def _loop(self, node: Comprehension) -> Iterator[FormulaChange]:
        if (kind := OTHER_LOOPS.get(node.kind)) is not None:
            yield FormulaChange("sum for product", replace(node, kind=kind))
        for step in (-1, 1):
            yield FormulaChange("bound off by one", replace(node, start=increased(node.start, step)))
            yield FormulaChange("bound off by one", replace(node, stop=increased(node.stop, step)))
        yield FormulaChange("sum for product", node.body if node.variable not in names_in(node.body) else _first(node))
        if node.kind == "prod":
            for factor, rest in _factors(node.body):
                if node.variable not in names_in(factor) and node.variable in names_in(rest):
                    yield FormulaChange("factor outside of the loop", Binary("*", factor, replace(node, body=rest)))

    def _condition(self, node: Compare | Logic | IfExp | Unary) -> Iterator[FormulaChange]:
        match node:
            case Compare(ops=ops, operands=operands):
                for number, sign in enumerate(ops):
                    for other in OTHER_COMPARISONS.get(sign, ()):
                        yield FormulaChange("condition", Compare((*ops[:number], other, *ops[number + 1 :]), operands))
            case Logic(op=op, operands=operands):
                yield FormulaChange("condition", Logic("or" if op == "and" else "and", operands))
            case IfExp(condition=condition, then=then, otherwise=otherwise):
                yield FormulaChange("condition", IfExp(condition, otherwise, then))
                yield FormulaChange("condition", then)
                yield FormulaChange("condition", otherwise)
            case Unary(operand=inner):
                yield FormulaChange("condition", inner)


def increased(tree: Tree, step: int) -> Tree:
    """A step, bound or exponent that is so much larger, written as short as it can be."""
    index = tidied(Index(Name("_"), Binary("+" if step > 0 else "-", tree, Number(fmpq(abs(step))))))
    assert isinstance(index, Index)
    return index.index


def moved(node: Index, step: int) -> Index:
    """The same at another step."""
    return Index(node.base, increased(node.index, step))


def moved_throughout(tree: Tree, step: int, symbols: Symbols) -> Tree:
    """The tree with every sequence in it at another step."""

    def change(node: Tree) -> Tree | None:
        if isinstance(node, Index) and isinstance(node.base, Name) and node.base.id in symbols.sequences:
            return moved(node, step)
        return None

    return replaced(tree, change)


def doubled_or_halved(tree: Tree) -> Iterator[FormulaChange]:
    """The whole with a constant factor that is not its own."""
    yield FormulaChange("constant factor", Binary("*", TWO, tree))
    yield FormulaChange("constant factor", Binary("/", tree, TWO))


def _first(node: Comprehension) -> Tree:
    """The loop with its first step alone."""
    return replace(node, stop=increased(node.start, 1))


def _factors(tree: Tree) -> Iterator[tuple[Tree, Tree]]:
    """Each factor of a product, and the product of the others."""
    if isinstance(tree, Binary) and tree.op == "*":
        yield tree.left, tree.right
        yield tree.right, tree.left
        for factor, rest in _factors(tree.left):
            yield factor, Binary("*", rest, tree.right)
        for factor, rest in _factors(tree.right):
            yield factor, Binary("*", tree.left, rest)
