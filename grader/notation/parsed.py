"""Students' formulas, in whatever notation, as trees; and how each was read, to be shown back.

| file | owns |
| --- | --- |
| `characters`, `tokens` | the signs that are typed; a text as tokens |
| `cursor`, `naming`, `slopes`, `applications`, `reader` | names, gradients; slopes; functions and sums; precedence |
| `typeset` | a tree as LaTeX |
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from grader.language.functions.table import WRITTEN_OUT
from grader.language.parse import ExpressionError
from grader.language.printing import to_text
from grader.language.tree import Tree
from grader.notation.accents import settled
from grader.notation.cursor import Notation
from grader.notation.declared_shapes import DeclaredShapes
from grader.notation.reader import Reader
from grader.notation.seen import seen
from grader.notation.symbols import Symbols
from grader.notation.tokens import Token, tokens
from grader.notation.typeset import typeset


@dataclass(frozen=True)
class ParsedFormula:
    """A formula as it was read: the tree, the text of it that is shown back, and remarks on what was taken for what."""

    tree: Tree
    read_as: str
    notes: tuple[str, ...] = ()
    notation: Notation | None = None

    @property
    def latex(self) -> str:
        """The formula, typeset."""
        return typeset(self.tree, self.notation)


def read_formula(
    text: str, symbols: Symbols, notation: Notation | None = None, shapes: DeclaredShapes | None = None
) -> ParsedFormula:
    """A student's formula; an equation counts as its right side.

    `shapes` are those of all names of the question, also of names that the formula may not use; else of `symbols`.

    Raises:
        ExpressionError: with the offset in the student's own text, and the likely remedy.
    """
    notation = notation or usual_notation(symbols)

    def known(name: str) -> bool:
        return (
            name in symbols.names
            or name in symbols.functions
            or name in notation.names
            or ("_" in name and name in WRITTEN_OUT)
        )

    shape = seen(text)
    try:
        found = settled(tokens(shape.text, known), known, latex="\\" in text or "$" in text)
    except ExpressionError as error:
        error.at = shape.offsets[min(error.at, len(shape.text))]
        raise
    found = [replace(token, at=shape.offsets[token.at], end=shape.offsets[token.end]) for token in found]
    start = _right_side(found)
    reader = Reader(text, found, symbols, notation)
    for note in shape.notes:
        reader.note(note)
    if start:
        reader.i = start
        left = text[: found[start - 1].at].strip(" \n\t$\\[(")
        reader.note(f"an equation: leave out `{left} =`")
    try:
        tree = reader.read()
    except RecursionError:
        raise ExpressionError("the formula is nested too deeply", reader.token.at) from None
    symbols.check(tree)
    size = (shapes or DeclaredShapes(symbols)).size_of(tree)
    if size.row:
        reader.note("a row is compared as the vector that it is")
    return ParsedFormula(tree, to_text(tree), tuple(reader.notes), notation)


def _right_side(found: list[Token]) -> int:
    """The token after the last equals sign that stands outside brackets."""
    depth, start = 0, 0
    for i, token in enumerate(found):
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and token.is_op("=", ":="):
            start = i + 1
    return start


def usual_notation(symbols: Symbols, states: tuple[str, ...] = ()) -> Notation:
    """`dL/dh` is the sequence `dL` where that is the only gradient, else `dL_dh`, `dLh` or `dh`; so is `delta`."""
    gradients: dict[str, str] = {}
    names = [name for name in symbols.sequences if name.startswith("d")]
    for state in states or [name for name in symbols.sequences if name not in names]:
        for name in (f"dL_d{state}", f"dL{state}", f"dLd{state}", f"d{state}", "dL"):
            if name in symbols.sequences:
                gradients[state] = name
                break
    used = list(dict.fromkeys(gradients.values()))
    return Notation(gradients, {"delta": used[0]} if len(used) == 1 else {})


def point_at(text: str, error: ExpressionError, width: int = 72) -> str:
    """The error with the line that it is in and a mark under the character."""
    at = min(error.at, len(text))
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    line = text[start : len(text) if end < 0 else end].replace("\t", " ")
    column = at - start
    cut = max(0, column - width // 2)
    shown = line[cut : cut + width]
    return f"{error.message}\n  {shown}\n  {' ' * (column - cut)}^"
