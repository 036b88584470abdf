"""The tree of an expression: what was written, and where (`at` is the character offset; it does not count in `==`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import Literal, get_args

from flint import fmpq

from grader.deferred import dataclass

ComprehensionKind = Literal["sum", "prod", "all", "any", "min", "max"]
COMPREHENSIONS: tuple[ComprehensionKind, ...] = ("sum", "prod", "all", "any", "min", "max")


@dataclass(frozen=True)
class Number:
    """A literal, exact: `0.1` is 1/10."""

    value: fmpq
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Name:
    """A parameter, a constant, a loop variable, `t`, or a sequence at the current step."""

    id: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Index:
    """`h[t-1]` of a sequence (time), `v[0]` of a vector (component, from 0 as in Python)."""

    base: Tree
    index: Tree
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Text:
    """The key of an entry of a dictionary, `"W"` in `out["W"]`; the name of a symbol, `"a"` in `x[t] == "a"`."""

    value: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Unary:
    """`-a`, `+a`, `not a`."""

    op: Literal["-", "+", "not"]
    operand: Tree
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Binary:
    """Arithmetic, elementwise on vectors and matrices; `@` is the matrix product."""

    op: Literal["+", "-", "*", "/", "//", "%", "**", "@"]
    left: Tree
    right: Tree
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Compare:
    """A chain `a < b <= c`; its value is 1 or 0."""

    ops: tuple[str, ...]
    operands: tuple[Tree, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Logic:
    """`a and b and ...` or `a or b or ...`; its value is 1 or 0, never an operand."""

    op: Literal["and", "or"]
    operands: tuple[Tree, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class IfExp:
    """`then if condition else otherwise`."""

    condition: Tree
    then: Tree
    otherwise: Tree
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Call:
    """A built-in function or one that the spec defines."""

    function: str
    arguments: tuple[Tree, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Comprehension:
    """`sum(body for variable in range(start, stop, step))` and its kin."""

    kind: ComprehensionKind
    body: Tree
    variable: str
    start: Tree
    stop: Tree
    step: Tree
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class ListExpr:
    """`[a, b]`: a vector; a list of equally long lists is a matrix."""

    items: tuple[Tree, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Transpose:
    """`W.T`."""

    operand: Tree
    at: int = field(default=0, compare=False)


Tree = (
    Number
    | Name
    | Index
    | Text
    | Unary
    | Binary
    | Compare
    | Logic
    | IfExp
    | Call
    | Comprehension
    | ListExpr
    | Transpose
)


_PLAIN = frozenset({"at", "id", "op", "ops", "kind", "function", "variable", "value"})
_PARTS = {kind: tuple(part for part in kind.__annotations__ if part not in _PLAIN) for kind in get_args(Tree)}
"""The attributes of each kind of node that hold subtrees."""


def children(tree: Tree) -> Iterator[Tree]:
    """The direct subtrees, left to right."""
    for part in _PARTS[type(tree)]:
        value = getattr(tree, part)
        if isinstance(value, tuple):
            yield from value
        else:
            yield value


def subtrees(tree: Tree) -> Iterator[Tree]:
    """The tree and everything below it, parents first."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(list(children(node))))


def names_in(tree: Tree) -> list[str]:
    """The names in an expression, but for those of its own loops."""
    own = {part.variable for part in subtrees(tree) if isinstance(part, Comprehension)}
    return [part.id for part in subtrees(tree) if isinstance(part, Name) and part.id not in own]
