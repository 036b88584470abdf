"""Questions that are answered with a formula; what is right is written down, or derived from a network."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

from grader import formulas
from grader.deferred import dataclass
from grader.errors import SourceLocation
from grader.kinds.formula import KIND
from grader.language.tree import Tree
from grader.spec.question import OneLineQuestion

FORMULA_LINE = "the formula is right"


@dataclass(frozen=True)
class Near:
    """A near miss, read."""

    name: str
    tree: Tree
    points: Fraction
    say: str


@dataclass(frozen=True)
class KnownFormula:
    """A formula as a student might write it, and what it earns."""

    name: str
    text: str
    earns: Fraction


@dataclass(frozen=True, eq=False)
class FormulaQuestion(OneLineQuestion):
    """A question whose answer is a formula in `symbols`; `engine` decides, `reveal` lets reports show what is right.

    `path` is its file, from where the `reference` is found; `right_at` is where the file says what is right.
    """

    kind: ClassVar = KIND
    line_name: ClassVar = FORMULA_LINE

    engine: formulas.WantedFormula | formulas.Sealed
    symbols: formulas.Symbols
    notation: formulas.Notation
    near: tuple[Near, ...]
    sign: Fraction | None
    factor: Fraction | None
    reveal: bool
    known: tuple[KnownFormula, ...]
    reference: str
    path: Path
    right_at: SourceLocation

    def salted(self, salt: str) -> FormulaQuestion:
        """The question with the points of its comparisons drawn from a secret of the course."""
        setting = replace(self.engine.setting, salt=salt)
        return replace(self, engine=replace(self.engine, setting=setting))
