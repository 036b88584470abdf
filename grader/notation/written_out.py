"""The functions that formulas of students have besides those of the language, as expressions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from grader.language.functions.table import WRITTEN_OUT
from grader.language.functions.written_out import WrittenOutFunction
from grader.language.parse import parse
from grader.language.scope import Function
from grader.language.tree import Tree


@cache
def expression_of(record: WrittenOutFunction, *, of_matrix: bool = False) -> Tree:
    """The expression in the function's parameters that a call of it is read as."""
    return parse(record.of_matrix if of_matrix and record.of_matrix else record.body)


@cache
def functions_of_a_number() -> Mapping[str, Function]:
    """Those of one number, which have a slope."""
    return {
        name: Function(record.parameters, expression_of(record))
        for name, record in WRITTEN_OUT.items()
        if record.parameters == ("z",)
    }
