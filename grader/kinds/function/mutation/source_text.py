"""Python as text and as a tree, and changes of it that keep every other byte of the text.

The rule: a change lies in one line, so that it can be shown as a diff of one line; the tree says where it lies (in
bytes of UTF-8), the text is what is changed.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

LINE_ENDS = re.compile(r"\r\n|\r|\n")
BETWEEN_OPERANDS = re.compile(r"(?:[\s()\\]|#[^\r\n]*)*")
"""What may stand between an operand and an operator: blanks, parentheses, the ends of lines, comments."""

ATOMS = (ast.Name, ast.Constant, ast.Call, ast.Subscript, ast.Attribute, ast.List, ast.Dict, ast.Set, ast.ListComp)
"""Expressions that bind tighter than every operator."""


class Edit(NamedTuple):
    """A piece of the text (offsets in characters) and what stands there instead."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class SourceChange:
    """A change of a program: the field's name of it, and the edits that make it."""

    operator: str
    edits: tuple[Edit, ...]


class ChangedLine(NamedTuple):
    """The one line that a change changes, from 1, before and after it."""

    line: int
    before: str
    after: str


def parsed(text: str) -> ast.Module:
    """The tree of a program; what Python warns of is nobody's concern here.

    Raises:
        SyntaxError: if it is none.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (ValueError, RecursionError, MemoryError) as error:
            raise SyntaxError(str(error)) from None


def compiles(text: str) -> bool:
    """Whether Python takes a program: what parses may still return outside of a function."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "solution.py", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
        return True


class SourceText:
    """A program as text and as a tree."""

    def __init__(self, text: str) -> None:
        """SyntaxError: it is no program."""
        self.text = text
        self.tree = parsed(text.removeprefix("\ufeff"))
        ends = [0, *(match.end() for match in LINE_ENDS.finditer(text))]
        self._starts = ends
        if text.startswith("\ufeff"):
            self._starts[0] = 1

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """The node around each node."""
        return {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def offset(self, line: int, column: int) -> int:
        """The offset in characters of a place as the tree tells it: a line from 1, a column in bytes of UTF-8."""
        start = self._starts[line - 1]
        if column == 0:
            return start
        end = self._starts[line] if line < len(self._starts) else len(self.text)
        return start + len(self.text[start:end].encode("utf-8", "surrogatepass")[:column].decode("utf-8", "ignore"))

    def start(self, node: ast.AST) -> int:
        """Where a node begins."""
        return self.offset(node.lineno, node.col_offset)  # type: ignore[attr-defined]  # expressions and statements

    def end(self, node: ast.AST) -> int:
        """Where it ends."""
        return self.offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]  # the same

    def segment(self, node: ast.AST) -> str:
        """The text of a node."""
        return self.text[self.start(node) : self.end(node)]

    def operand(self, node: ast.expr) -> str:
        """The text of an expression, in parentheses where an operator beside it could tear it apart."""
        return self.segment(node) if isinstance(node, ATOMS) else f"({self.segment(node)})"

    def in_one_line(self, node: ast.AST) -> bool:
        """Whether a node begins and ends in the same line."""
        return bool(node.lineno == node.end_lineno)  # type: ignore[attr-defined]  # the same

    def between(self, left: ast.AST, right: ast.AST, operator: str) -> tuple[int, int] | None:
        """Where an operator (`not in`: two words) stands between two operands."""
        skipped = BETWEEN_OPERANDS.match(self.text, self.end(left))
        assert skipped is not None
        found = re.compile(r"\s+".join(map(re.escape, operator.split()))).match(self.text, skipped.end())
        return (found.start(), found.end()) if found and found.end() <= self.start(right) else None

    def replaced(self, node: ast.AST, text: str) -> tuple[Edit, ...]:
        """One edit: the node's text by another."""
        return (Edit(self.start(node), self.end(node), text),)

    def line_of(self, offset: int) -> int:
        """The line of an offset, from 0."""
        low, high = 0, len(self._starts)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._starts[middle] <= offset else (low, middle)
        return low

    def edited(self, edits: Iterable[Edit]) -> str:
        """The text with these edits, which do not overlap."""
        text = self.text
        for edit in sorted(edits, reverse=True):
            text = text[: edit.start] + edit.text + text[edit.end :]
        return text

    def changed_line(self, edits: Iterable[Edit]) -> ChangedLine | None:
        """The line that edits change; None where they change several, or overlap."""
        ordered = sorted(edits)
        lines = {self.line_of(place) for edit in ordered for place in (edit.start, max(edit.start, edit.end - 1))}
        overlap = any(first.end > second.start for first, second in pairwise(ordered))
        if len(lines) != 1 or overlap or any(LINE_ENDS.search(self.text[e.start : e.end] + e.text) for e in ordered):
            return None
        (line,) = lines
        start = self._starts[line]
        end = self._starts[line + 1] if line + 1 < len(self._starts) else len(self.text)
        moved = [Edit(edit.start - start, edit.end - start, edit.text) for edit in ordered]
        before = after = self.text[start:end]
        for edit in reversed(moved):
            after = after[: edit.start] + edit.text + after[edit.end :]
        return ChangedLine(line + 1, before.strip(), after.strip())


def is_docstring(statement: ast.stmt) -> bool:
    """Whether a statement is text alone, which does nothing."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
