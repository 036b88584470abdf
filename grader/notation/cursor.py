"""Where a reader stands in the tokens of a text, and the trees that it has built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

from grader.deferred import dataclass
from grader.language import limits
from grader.language.functions.table import FUNCTIONS, SPELLINGS
from grader.language.parse import ExpressionError
from grader.language.tree import Tree, children
from grader.notation.accents import accented
from grader.notation.characters import GREEK, LONG_NAMES, spellings_of
from grader.notation.symbols import Symbols
from grader.notation.tokens import MAX_NESTED_GROUPS, Token

CursorTree = TypeVar("CursorTree", bound=Tree)


MAX_FORMULA_NODES = 10_000
"""Nodes of a formula with the functions that are read as expressions written out; a text alone has far fewer."""


@dataclass(frozen=True)
class Notation:
    """How a question's names may be written.

    `gradients` says which sequence `dL/dh_{t+1}` is (`{"h": "dL"}`), `names` gives other spellings of names
    (`{"delta": "dL"}`), `functions` other names of functions, `loss` the letter of the loss. `by` is the quantity
    whose gradient is asked (`h[t]`), where the question says so.
    """

    gradients: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    functions: Mapping[str, str] = field(default_factory=lambda: SPELLINGS)
    loss: str = "L"
    by: Tree | None = None

    @cached_property
    def other_names(self) -> Mapping[str, str]:
        """Other spellings of names; `dL_dh` and `dLdh` are the gradient by h."""
        of = self.loss
        gradients = {f"d{of}{gap}d{state}": name for state, name in self.gradients.items() for gap in ("_", "")}
        return {**gradients, **self.names}


@dataclass(frozen=True)
class TreeExtent:
    """How deep and how large a tree is; `tree` keeps its identity from being given to another."""

    depth: int
    nodes: int
    tree: Tree


class Cursor:
    """The tokens, one of which is looked at; what was decided on the way is told in `notes`."""

    def __init__(self, text: str, tokens: list[Token], symbols: Symbols, notation: Notation) -> None:
        self.text, self.tokens, self.symbols, self.notation = text, tokens, symbols, notation
        self.i = 0
        self.nested = 0
        self.notes: dict[str, None] = {}
        self.extents: dict[int, TreeExtent] = {}
        self.loops = _loop_variables(tokens)
        self.renamed: dict[str, str] = {}
        self.bars: list[str] = []
        self.ranks = symbols.ranks
        self.has_arrays = any(self.ranks.names.values()) or any(self.ranks.sequences.values())
        self.latex = "\\" in text or "{" in text

    @property
    def token(self) -> Token:
        """The token that is looked at."""
        return self.tokens[self.i]

    def peek(self, ahead: int = 1) -> Token:
        """A later token; the last one is repeated."""
        return self.tokens[min(self.i + ahead, len(self.tokens) - 1)]

    def take(self) -> Token:
        """The token, and on to the next."""
        token = self.token
        self.i = min(self.i + 1, len(self.tokens) - 1)
        return token

    def take_op(self, *texts: str) -> Token | None:
        """The token, if it is one of these operators."""
        return self.take() if self.token.is_op(*texts) else None

    def is_word(self, *words: str) -> bool:
        """Whether the token is a word of the language, such as `if`."""
        return self.token.kind == "name" and self.token.text in words

    def expect(self, kind: str, text: str, opened: Token | None = None) -> Token:
        """The token, which must be this one."""
        if self.token.kind == kind and self.token.text == text:
            return self.take()
        if opened is not None and self.token.kind == "end":
            raise self.error(f"{opened.text!r} is never closed: add {text!r}", opened.at)
        if opened is not None and self.token.kind == "close":
            raise self.error(f"{self.token.text!r} does not close {opened.text!r}: write {text!r}")
        raise self.error(f"{text!r} is wanted here, not {self.shown()}")

    def shown(self) -> str:
        """The token as it is named in a message."""
        token = self.token
        return (
            "the end" if token.kind == "end" else repr(self.text[token.at : token.end] or token.text.replace("**", "^"))
        )

    def error(self, message: str, at: int | None = None) -> ExpressionError:
        """The error to raise at the token, or where it is said."""
        return ExpressionError(message, self.token.at if at is None else at)

    def deeper(self, levels: int) -> None:
        """Counts how deeply brackets and functions are nested."""
        self.nested += levels
        if self.nested > MAX_NESTED_GROUPS:
            raise self.error(f"the formula is nested more than {MAX_NESTED_GROUPS} deep")

    def note(self, message: str) -> None:
        """Tells how something was read, once."""
        self.notes[message] = None

    def built(self, tree: CursorTree) -> CursorTree:
        """A new tree, whose depth and size stay bounded."""
        known = [self.extents[id(child)] for child in children(tree) if id(child) in self.extents]
        depth = 1 + max((extent.depth for extent in known), default=0)
        nodes = 1 + sum(extent.nodes for extent in known)
        if depth > limits.MAX_EXPRESSION_DEPTH:
            raise self.error(f"the formula is nested more than {limits.MAX_EXPRESSION_DEPTH} deep", tree.at)
        if nodes > MAX_FORMULA_NODES:
            raise self.error("the formula is too large once its functions are written out", tree.at)
        self.extents[id(tree)] = TreeExtent(depth, nodes, tree)
        return tree

    def grown(self, tree: CursorTree, at: int) -> CursorTree:
        """A tree that was made from built ones by other code, whose own nodes are counted here."""
        for child in children(tree):
            if id(child) not in self.extents:
                self.grown(child, at)
        try:
            return self.built(tree)
        except ExpressionError as error:
            raise self.error(error.message, at) from None

    def rank(self, tree: Tree) -> int:
        """Whether a tree is a number (0), a vector or a matrix."""
        return self.ranks.of(tree) if self.has_arrays else 0

    def expression(self, level: int = 0) -> Tree:
        """An expression; see `Reader`."""
        raise NotImplementedError

    def postfix(self) -> Tree:
        """A value with its indices; see `Reader`."""
        raise NotImplementedError

    def power(self) -> Tree:
        """A value with its exponent; see `Reader`."""
        raise NotImplementedError

    def called(self, function: str, arguments: tuple[Tree, ...], at: int) -> Tree:
        """A call of a function; see `FunctionCalls`."""
        raise NotImplementedError

    def starts_operand(self) -> bool:
        """Whether another factor begins here, its sign left out; see `Reader`."""
        raise NotImplementedError

    def group(self) -> Tree:
        """An expression in brackets."""
        opened, bars = self.take(), self.bars
        self.bars = []
        inner = self.expression()
        self.expect("close", {"(": ")", "{": "}", "[": "]"}.get(opened.text, ")"), opened)
        self.bars = bars
        return inner

    def is_value(self, name: str) -> bool:
        """Whether a name stands for something of the question, or counts a loop."""
        return name in self.symbols.names or name in self.loops

    def spelled(self, name: str) -> str:
        """The question's own spelling of a name: `δ` for `delta`, or the other way round."""
        if self.is_value(name):
            return name
        names = self.notation.other_names
        word = LONG_NAMES.get(name, GREEK.get(name, name))
        others = (names.get(name, ""), word, *spellings_of(word), names.get(word, ""))
        return next(filter(self.is_value, others), None) or accented(name, self.is_value) or names.get(word, name)

    def function(self, name: str) -> str | None:
        """The function that a name stands for, if it is no value."""
        if self.is_value(name):
            return None
        if name in self.symbols.functions or name in FUNCTIONS:
            return name
        other = self.notation.functions.get("ln" if name in ("LN", "Ln") else name)
        return other or (name.lower() if name.lower() in FUNCTIONS and len(name) > 2 else None)


def _loop_variables(tokens: list[Token]) -> frozenset[str]:
    """The names that loops count with, wherever they are: `for k`, and `k=` inside brackets."""
    found, depth = set(), 0
    for token, after in pairwise(tokens):
        depth += (token.kind == "open") - (token.kind == "close")
        if token.kind == "name" and depth > 0 and after.is_op("="):
            found.add(token.text)
        if token.kind == "name" and token.text == "for" and after.kind == "name":
            found.add(after.text)
    return frozenset(found)
