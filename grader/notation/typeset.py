"""Formulas as LaTeX in the notation of the field: a sequence of gradients as dL/dh at its step."""

from __future__ import annotations

from grader.language.latex import to_latex
from grader.language.rewriting import replaced
from grader.language.tree import Index, Name, Tree
from grader.notation.cursor import Notation

_MARK = "Ж"
"""A letter that no formula holds: it keeps the place of a gradient while the rest is typeset."""


def typeset(tree: Tree, notation: Notation | None = None) -> str:
    """The formula in math mode; with a notation, `dL[t+1]` is `\\frac{\\partial L}{\\partial h_{t + 1}}`."""
    states = {sequence: state for state, sequence in notation.gradients.items()} if notation else {}
    gradients: list[str] = []

    def change(node: Tree) -> Tree | None:
        if not (isinstance(node, Index) and isinstance(node.base, Name) and node.base.id in states):
            return None
        below = to_latex(Index(Name(states[node.base.id]), node.index))
        loss = notation.loss if notation else "L"
        gradients.append(rf"\frac{{\partial {loss}}}{{\partial {below}}}")
        return Name(f"{_MARK}{len(gradients) - 1}")

    text = to_latex(replaced(tree, change))
    for number in range(len(gradients) - 1, -1, -1):
        text = text.replace(f"{_MARK}_{{{number}}}^", rf"\left({gradients[number]}\right)^")
        text = text.replace(f"{_MARK}_{{{number}}}", gradients[number])
    return text
