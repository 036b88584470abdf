"""What of a module a function rests on: the definitions that it names, and those that these name, and so on."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import NamedTuple

DEFINING_STATEMENTS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class ReachedStatements(NamedTuple):
    """Statements of a module, in their order; and the names that they use, attributes among them."""

    statements: tuple[ast.stmt, ...]
    names: frozenset[str]


def reached_from(module: ast.Module, names: Iterable[str]) -> ReachedStatements:
    """The statements of a module that give these names, with all that those rest on.

    A loop that fills a table is among them where the table is.
    """
    wanted, taken = set(names), dict[int, ast.stmt]()
    grows = True
    while grows:
        grows = False
        for number, statement in enumerate(module.body):
            if number in taken or isinstance(statement, ast.Import | ast.ImportFrom) or is_main_block(statement):
                continue
            if wanted.intersection(_given(statement)):
                taken[number] = statement
                wanted |= _names(statement)
                grows = True
    statements = tuple(taken[number] for number in sorted(taken))
    return ReachedStatements(statements, frozenset(wanted))


def is_main_block(statement: ast.stmt) -> bool:
    """Whether a statement is `if __name__ == "__main__":`, which nobody runs."""
    return isinstance(statement, ast.If) and "__name__" in _names(statement.test)


def _given(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement of a module gives a value, or whose value it may change: of `TABLE[i] = 1`, TABLE."""
    if isinstance(statement, DEFINING_STATEMENTS):
        yield statement.name
        return
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, DEFINING_STATEMENTS):
            yield node.name
        elif isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.value.id


def _names(node: ast.AST) -> set[str]:
    found = {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}
    return found | {inner.attr for inner in ast.walk(node) if isinstance(inner, ast.Attribute)}
