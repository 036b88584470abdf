"""What an answer says besides its formula: sides of equations, which have to be equal to each other."""

from __future__ import annotations

from grader.formulas.equality import decide
from grader.formulas.setting import Setting
from grader.formulas.verdicts import BeyondLimits, Different, Unsettled, is_equal
from grader.language.parse import ExpressionError
from grader.language.printing import to_text
from grader.notation.cursor import Notation
from grader.notation.parsed import ParsedFormula, read_formula
from grader.notation.symbols import Symbols


def read_answer(text: str, symbols: Symbols, notation: Notation | None, setting: Setting) -> ParsedFormula:
    """A student's text as a formula; `symbols` are the names that it may use in the setting of its question.

    Raises:
        ExpressionError: if it cannot be read, or says that two formulas are equal which are not.
    """
    reading = read_formula(text, symbols, notation, setting.shapes)
    for left, right in reading.claims:
        if left == right:
            continue
        verdict = decide(left, setting.read(right), setting)
        if not is_equal(verdict):
            where = ""
            if isinstance(verdict, Different):
                place = f"at {verdict.point} " if str(verdict.point) else ""
                where = f" ({place}they are {verdict.student} and {verdict.wanted})"
            known = "not known to be equal" if isinstance(verdict, Unsettled | BeyondLimits) else "not equal"
            message = f"an equation is read here whose sides are {known}: {to_text(left)} and {to_text(right)}{where}"
            raise ExpressionError(f"{message}; hand in one formula", right.at)
    return reading
