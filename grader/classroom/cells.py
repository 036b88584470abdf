"""Cells of tables for spreadsheets: texts that none takes for a formula, and titles that name one column each.

Source: OWASP, "CSV Injection". A spreadsheet of a country with decimal commas divides a file at semicolons whatever
divides it, so that a formula may begin inside of a cell, too.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable

from grader.visible import one_line

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Characters that make a spreadsheet take a cell for a formula."""

QUOTED_STARTS = (*FORMULA_STARTS, "'")

_FORMULA_START = f"[{''.join(map(re.escape, FORMULA_STARTS))}]"

BEFORE_A_FORMULA = re.compile(rf"([,;][\s\"']*)(?={_FORMULA_START})")
"""A sign that some spreadsheet may divide cells at, what it may drop behind it, and the start of a formula."""

BEHIND_SEMICOLON = re.compile(rf"(;[\s\"']*)(?={_FORMULA_START})")
QUOTED_BEHIND_SEMICOLON = re.compile(rf"(;[\s\"']*)'(?={_FORMULA_START})")

OF_A_QUESTION = " (question)"
"""Behind the name of a question that another column has as its title."""


def harmless(cell: str) -> str:
    """A name that a spreadsheet would take for a formula gets a quote mark in front, and so does one that has one."""
    if not cell.startswith(QUOTED_STARTS):
        return cell
    is_number = cell.lstrip("-").replace(".", "", 1).isdigit()
    return cell if is_number else f"'{cell}"


def cell_of_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula, whichever of `,` and `;` it divides cells at."""
    return harmless(BEFORE_A_FORMULA.sub(r"\1'", one_line(text)))


def cell_of_grades(cell: str) -> str:
    """A cell of `grades.csv`, whose commas are in quotes: no formula where it is divided at `,` or at `;`."""
    return harmless(BEHIND_SEMICOLON.sub(r"\1'", cell) if ";" in cell else cell)


def text_of_grades(cell: str) -> str:
    """The text of which `cell_of_grades` has made a cell."""
    return QUOTED_BEHIND_SEMICOLON.sub(r"\1", cell.removeprefix("'"))


def titles_of(questions: Iterable[str], others: Iterable[str]) -> list[str]:
    """The titles of the columns of questions in a table that has other columns, too: no two columns have one title.

    It is the name of the question, but for one that is called like another column whatever the case of its letters:
    who looks for `total` must not find the points of a question.
    """
    taken = frozenset(map(str.casefold, others))
    return [name + OF_A_QUESTION if _is_doubled(name, taken) else name for name in questions]


def _is_doubled(name: str, taken: Container[str]) -> bool:
    return name.casefold() in taken or name.endswith(OF_A_QUESTION)


def question_of(title: str) -> str:
    """The name of the question whose column has this title."""
    return title.removesuffix(OF_A_QUESTION)
