"""Formulas as LaTeX and MathML in the notation of the field: a sequence of gradients as dL/dh at its step."""

from __future__ import annotations

from grader.language.latex import to_latex
from grader.language.mathml import fraction, operator, presentation, row, to_mathml
from grader.language.rewriting import replaced
from grader.language.tree import Index, Name, Tree
from grader.notation.cursor import Notation

_MARK = "Ж"
"""A letter that no formula holds: it keeps the place of a gradient while the rest is typeset."""


def typeset(tree: Tree, notation: Notation | None = None) -> str:
    """The formula in math mode; with a notation, `dL[t+1]` is `\\frac{\\partial L}{\\partial h_{t + 1}}`."""
    marked, states = _with_marks(tree, notation)
    loss = notation.loss if notation else "L"
    gradients = [rf"\frac{{\partial {loss}}}{{\partial {to_latex(state)}}}" for state in states]
    text = to_latex(marked)
    for number in range(len(gradients) - 1, -1, -1):
        text = text.replace(f"{_MARK}_{{{number}}}^", rf"\left({gradients[number]}\right)^")
        text = text.replace(f"{_MARK}_{{{number}}}", gradients[number])
    return text


def typeset_mathml(tree: Tree, notation: Notation | None = None) -> str:
    """The same as one `math` element."""
    marked, states = _with_marks(tree, notation)
    loss = Name(notation.loss if notation else "L")
    above = row(operator("∂", "prefix"), presentation(loss))
    names = {
        f"{_MARK}{number}": fraction(above, row(operator("∂", "prefix"), presentation(state)))
        for number, state in enumerate(states)
    }
    return to_mathml(marked, names)


def _with_marks(tree: Tree, notation: Notation | None) -> tuple[Tree, list[Index]]:
    """The tree with a mark in the place of each gradient, and by the numbers of the marks whose gradient it is."""
    states = {sequence: state for state, sequence in notation.gradients.items()} if notation else {}
    found: list[Index] = []

    def change(node: Tree) -> Tree | None:
        if not (isinstance(node, Index) and isinstance(node.base, Name) and node.base.id in states):
            return None
        found.append(Index(Name(states[node.base.id]), node.index))
        return Name(f"{_MARK}{len(found) - 1}")

    return replaced(tree, change), found
