"""A source as statements, and the names that a statement binds. `ast` is slow to import: this uses what is built in."""

from __future__ import annotations
import __future__

import _ast
from collections.abc import Iterator
from typing import Any

MAX_BOUND_NAMES = 100  # of one statement, as they are remembered
MAX_BOUND_NAME_CHARACTERS = 80
ANNOTATED_STATEMENTS = (_ast.FunctionDef, _ast.AsyncFunctionDef, _ast.ClassDef, _ast.AnnAssign)
DEFINITIONS = (
    *(*ANNOTATED_STATEMENTS, _ast.Import, _ast.ImportFrom, _ast.Assign, _ast.AugAssign),
    *([_ast.TypeAlias] if hasattr(_ast, "TypeAlias") else []),
)
UNEVALUATED_ANNOTATIONS = __future__.annotations.compiler_flag
FUTURE_FLAGS = UNEVALUATED_ANNOTATIONS  # the only import from __future__ that still changes anything
SCOPE_NODES = (_ast.FunctionDef, _ast.AsyncFunctionDef, _ast.ClassDef, _ast.Lambda)
COMPREHENSION_NODES = (_ast.ListComp, _ast.SetComp, _ast.DictComp, _ast.GeneratorExp)


def parsed(text: str, name: str) -> list[Any]:
    """The statements of a source; SyntaxError if it is none.

    `import torch, numpy as np` is two, as it is for Python: that there is no torch costs no NumPy.
    """
    tree: Any = compile(text, name, "exec", _ast.PyCF_ONLY_AST, dont_inherit=True)
    statements: list[Any] = []
    for statement in tree.body:
        statements += single_imports(statement) if isinstance(statement, _ast.Import) else [statement]
    return statements


def single_imports(statement: Any) -> list[Any]:
    """An import of several names as several, in their place; nothing of other statements."""
    if not isinstance(statement, _ast.Import | _ast.ImportFrom):
        return []
    place = {key: getattr(statement, key) for key in statement._attributes}
    if isinstance(statement, _ast.Import):
        return [_ast.Import([name], **place) for name in statement.names]
    return [_ast.ImportFrom(statement.module, [name], statement.level, **place) for name in statement.names]


def module_of(statement: Any) -> Any:
    """A statement as a module that can be compiled."""
    return _ast.Module([statement], [])


def names_bound(statement: Any) -> tuple[str, ...]:
    """The names that a statement gives a meaning to in its module; `*` stands for any."""
    found = dict.fromkeys(name[:MAX_BOUND_NAME_CHARACTERS] for name in _bound(statement))
    return tuple(found)[:MAX_BOUND_NAMES]


def _bound(statement: Any) -> Iterator[str]:
    waiting = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _ast.Name):
            if isinstance(node.ctx, _ast.Store):
                yield node.id
        elif isinstance(node, _ast.alias):
            yield node.asname or node.name.partition(".")[0]
        elif isinstance(node, SCOPE_NODES):
            if not isinstance(node, _ast.Lambda):
                yield node.name
        elif not isinstance(node, COMPREHENSION_NODES):
            if isinstance(node, _ast.ExceptHandler) and node.name:
                yield node.name
            for field in node._fields:
                part = getattr(node, field, None)
                waiting += [p for p in (part if isinstance(part, list) else [part]) if isinstance(p, _ast.AST)]
