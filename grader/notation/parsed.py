"""Students' formulas, in whatever notation, as trees; and how each was read, to be shown back."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from grader.deferred import dataclass
from grader.language.functions.table import WRITTEN_OUT
from grader.language.parse import ExpressionError
from grader.language.printing import to_text
from grader.language.tree import Tree
from grader.notation.accents import settled
from grader.notation.bracketed_differentials import without_brackets
from grader.notation.cursor import Notation
from grader.notation.declared_shapes import DeclaredShapes
from grader.notation.equations import StatedAnswer
from grader.notation.seen import seen
from grader.notation.statements import statements
from grader.notation.symbols import Symbols
from grader.notation.tokens import tokens
from grader.notation.typeset import typeset, typeset_mathml


@dataclass(frozen=True)
class ParsedFormula:
    """A formula as it was read: the tree, the text of it that is shown back, and remarks on what was taken for what.

    `claims` are pairs of formulas that the answer says are equal: it is right only if they are.
    """

    tree: Tree
    read_as: str
    notes: tuple[str, ...] = ()
    notation: Notation | None = None
    claims: tuple[tuple[Tree, Tree], ...] = ()

    @property
    def latex(self) -> str:
        """The formula, typeset."""
        return typeset(self.tree, self.notation)

    @property
    def mathml(self) -> str:
        """The same in MathML, as one `math` element."""
        return typeset_mathml(self.tree, self.notation)


def read_formula(
    text: str, symbols: Symbols, notation: Notation | None = None, shapes: DeclaredShapes | None = None
) -> ParsedFormula:
    """A student's formula, with what is said around it; see `equations`.

    `shapes` are those of all names of the question, also of names that the formula may not use; else of `symbols`.

    Raises:
        ExpressionError: with the offset in the student's own text, and the likely remedy.
    """
    notation = notation or usual_notation(symbols)

    def known(name: str) -> bool:
        return (
            name in symbols.names
            or name in symbols.functions
            or name in notation.other_names
            or ("_" in name and name in WRITTEN_OUT)
        )

    shape, latex = seen(text), "\\" in text or "$" in text
    try:
        found = without_brackets(settled(tokens(shape.text, known), known, latex=latex), known)
    except ExpressionError as error:
        error.at = shape.offsets[min(error.at, len(shape.text))]
        raise
    found = [replace(token, at=shape.offsets[token.at], end=shape.offsets[token.end]) for token in found]
    answer = StatedAnswer(text, statements(found, known, latex=latex), symbols, notation)
    try:
        understood = answer.understood()
    except RecursionError:
        raise ExpressionError("the formula is nested too deeply") from None
    shapes, notes = shapes or DeclaredShapes(symbols), [*shape.notes, *understood.notes]
    for side in chain(*understood.claims):
        shapes.size_of(side)
    if shapes.size_of(understood.tree).row:
        notes.append("a row is compared as the vector that it is")
    return ParsedFormula(understood.tree, to_text(understood.tree), tuple(notes), notation, understood.claims)


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
