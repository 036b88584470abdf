"""A number as people write it, with its unit or without; what is several numbers, or true or false, is none."""

from __future__ import annotations

import re

from grader.documents import ScalarNode
from grader.formulas import ParsedFormula, Setting, Symbols, read_answer
from grader.language.parse import ExpressionError
from grader.language.tree import Compare, ListExpr, Logic, Unary

ONE_IS_WANTED = "these are several numbers, and one is wanted: hand in one"

_INEQUALITY = re.compile(r"(?<![=-])[<>≤≥⩽⩾≦≧]=?|\\(?:[lg]e(?:q|qq|qslant)?|lt|gt)(?![a-z])")
"""The sign of an inequality, but for the arrows `=>` and `->`."""

_SEVERAL = re.compile(r"[±∓]|\\(?:pm|mp)(?![a-z])|\+/-|(?<=[({])[^({,;]*(?=[,;])")
"""Two signs of one number, or numbers in round or curly brackets."""


def read_number(text: str) -> ParsedFormula:
    """An expression with the value of one number.

    Raises:
        ExpressionError: for what cannot be read, several numbers, and what is true or false: `2 > 1` is not 1.
    """
    try:
        reading = read_answer(text, Symbols(), None, Setting(Symbols()))
    except ExpressionError as error:
        if found := _INEQUALITY.search(text):
            message = f"an inequality ({found[0].strip()}) is not a number: write the number alone"
            raise ExpressionError(message, found.start()) from None
        if found := _SEVERAL.search(text):
            raise ExpressionError(ONE_IS_WANTED, found.start()) from None
        raise error from None
    tree = reading.tree
    if isinstance(tree, Compare | Logic) or (isinstance(tree, Unary) and tree.op == "not"):
        message = f"a condition ({reading.read_as}) is not a number: write the number alone"
        raise ExpressionError(message, tree.at)
    if isinstance(tree, ListExpr):
        raise ExpressionError(ONE_IS_WANTED, tree.at)
    return reading


_MAX_TYPESETTING = 40
"""Characters round a unit that are looked at from the end of an answer."""


def without_unit(text: ScalarNode, unit: str) -> str:
    r"""The text without the unit behind it, which may be typeset (`\text{cm}`) or stand in brackets (`[cm]`)."""
    if not unit:
        return str(text)
    name = re.escape(unit)
    ways = rf"\\(?:text|textrm|mathrm|rm|operatorname)\{{\s*{name}\s*\}}|\[\s*{name}\s*\]|\(\s*{name}\s*\)|{name}"
    start = max(0, len(text) - len(unit) - _MAX_TYPESETTING)
    found = re.search(rf"(?:~|\\[,;: ])*(?:{ways})\s*(\$?)\s*\.?\s*\Z", text[start:])
    return f"{text[: start + found.start()]}{found[1]}" if found else str(text)
