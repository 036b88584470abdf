"""A student's formula for tests by hand."""

from __future__ import annotations

from dataclasses import dataclass

from grader.kinds.formula.question import FormulaQuestion
from grader.language.tree import Tree


@dataclass(frozen=True, eq=False)
class FormulaAnswer:
    """A student's formula, as it was read."""

    question: FormulaQuestion
    text: str
    tree: Tree

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<the formula {self.text!r} handed in for {self.question.id}>"
