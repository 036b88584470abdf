"""Where a reader stands in the tokens of a text, and the trees that it has built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

from grader.language import limits
from grader.language.functions.table import FUNCTIONS, SPELLINGS
from grader.language.parse import ExpressionError
from grader.language.tree import Tree, children
from grader.notation.characters import GREEK
from grader.notation.symbols import Symbols
from grader.notation.tokens import Token

CursorTree = TypeVar("CursorTree", bound=Tree)


MAX_NESTING = 50
"""Brackets within brackets: each level takes several frames of Python's stack."""


@dataclass(frozen=True)
class Notation:
    """How a question's names may be written.

    `gradients` says which sequence `dL/dh_{t+1}` is (`{"h": "dL"}`), `names` gives other spellings of names
    (`{"delta": "dL"}`), `functions` other names of functions, `loss` the letter of the loss.
    """

    gradients: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    functions: Mapping[str, str] = field(default_factory=lambda: SPELLINGS)
    loss: str = "L"


class Cursor:
    """The tokens, one of which is looked at; what was decided on the way is told in `notes`."""

    def __init__(self, text: str, tokens: list[Token], symbols: Symbols, notation: Notation) -> None:
        self.text, self.tokens, self.symbols, self.notation = text, tokens, symbols, notation
        self.i = 0
        self.nested = 0
        self.notes: dict[str, None] = {}
        self.depths: dict[int, tuple[int, Tree]] = {}
        self.loops = _loop_variables(tokens)
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
        return "the end" if self.token.kind == "end" else repr(self.text[self.token.at : self.token.end] or "^")

    def error(self, message: str, at: int | None = None) -> ExpressionError:
        """The error to raise at the token, or where it is said."""
        return ExpressionError(message, self.token.at if at is None else at)

    def deeper(self, levels: int) -> None:
        """Counts how deeply brackets and functions are nested."""
        self.nested += levels
        if self.nested > MAX_NESTING:
            raise self.error(f"the formula is nested more than {MAX_NESTING} deep")

    def note(self, message: str) -> None:
        """Tells how something was read, once."""
        self.notes[message] = None

    def built(self, tree: CursorTree) -> CursorTree:
        """A new tree, whose depth stays bounded."""
        depth = 1 + max((self.depths[id(c)][0] for c in children(tree) if id(c) in self.depths), default=0)
        if depth > limits.MAX_EXPRESSION_DEPTH:
            raise self.error(f"the formula is nested more than {limits.MAX_EXPRESSION_DEPTH} deep", tree.at)
        self.depths[id(tree)] = (depth, tree)
        return tree

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
        other = self.notation.names.get(name) or GREEK.get(name, "")
        if not self.is_value(other):
            other = next((letter for letter, word in GREEK.items() if word == name and self.is_value(letter)), "")
        return other if self.is_value(other) else self.notation.names.get(GREEK.get(name, ""), name)

    def function(self, name: str) -> str | None:
        """The function that a name stands for, if it is no value."""
        if self.is_value(name):
            return None
        if name in self.symbols.functions or name in FUNCTIONS:
            return name
        other = self.notation.functions.get(name)
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
