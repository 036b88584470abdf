"""What a file of code defines and imports, found in its text: nothing is run, and what is no Python is guessed at."""

from __future__ import annotations

import ast
import contextlib
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import field

from grader.deferred import dataclass
from grader.documents.commands import CommandTransformer
from grader.documents.encodings import in_utf8
from grader.documents.notebook import NotebookError, code_cells

TOP_LEVEL_DEFINITION = re.compile(
    r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w{1,80})|^(\w{1,80})[ \t]*=(?!=)", re.MULTILINE | re.ASCII
)
TOP_LEVEL_IMPORT = re.compile(r"^(?:import|from)[ \t].{1,200}$", re.MULTILINE)


@dataclass
class Definitions:
    """Names at the top of a file: those of functions, classes and values, and those that it imports.

    `definitions`: what each function or class is, without its place, comments and docstrings of other files;
    `modules`: the names of the modules that are imported, `stars` those of which everything is.
    """

    defined: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    stars: set[str] = field(default_factory=set)
    definitions: dict[str, str] = field(default_factory=dict)


def definitions_in(source: bytes, *, notebook: bool, most_bytes: int) -> Definitions:
    """Empty for what cannot be read at all."""
    try:
        texts = code_cells(source, most_bytes) if notebook else [in_utf8(source).decode("utf-8-sig")]
    except (NotebookError, UnicodeDecodeError):
        return Definitions()
    found, transformer = Definitions(), CommandTransformer()
    for text in texts:
        _add(transformer.python(text), found)
    return found


def _add(text: str, found: Definitions) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(text).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        found.defined.update(name for names in TOP_LEVEL_DEFINITION.findall(text) for name in names if name)
        for line in TOP_LEVEL_IMPORT.findall(text):
            with contextlib.suppress(SyntaxError, ValueError, MemoryError, RecursionError):
                _add_statements(ast.parse(line).body, found)
        return
    try:
        _add_statements(body, found)
    except RecursionError:  # an expression that is deeper than Python walks
        found.defined.update(name for names in TOP_LEVEL_DEFINITION.findall(text) for name in names if name)


def _add_statements(body: Iterable[ast.stmt], found: Definitions) -> None:
    """Those inside of `if`, `try`, `with` and loops stand at the top too."""
    waiting = list(body)
    while waiting:
        statement = waiting.pop()
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.defined.add(statement.name)
                found.definitions[statement.name] = ast.dump(statement)
            case ast.Assign():
                targets = [node for target in statement.targets for node in ast.walk(target)]
                found.defined.update(node.id for node in targets if isinstance(node, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
                found.defined.add(name)
            case ast.Import():
                found.imported.update(alias.asname or alias.name.partition(".")[0] for alias in statement.names)
                found.modules.update(alias.name for alias in statement.names)
            case ast.ImportFrom():
                _add_import(statement, found)
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="run_line_magic"), args=[name, line])):
                _add_run_file(name, line, found)
        for name in ("body", "orelse", "finalbody"):
            if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                waiting += getattr(statement, name, [])
        for handler in getattr(statement, "handlers", []):
            waiting += handler.body


def _add_import(statement: ast.ImportFrom, found: Definitions) -> None:
    module = statement.module or ""
    for alias in statement.names:
        found.modules.update((module, f"{module}.{alias.name}".lstrip(".")))
        if alias.name == "*":
            found.stars.add(module)
        else:
            found.imported.add(alias.asname or alias.name)


def _add_run_file(name: ast.expr, line: ast.expr, found: Definitions) -> None:
    """`%run utils.py` brings all that is in that file, as a star does."""
    match name, line:
        case ast.Constant(value="run"), ast.Constant(value=str(words)):
            for word in words.split():
                path = word.strip("\"'").removeprefix("./").removesuffix(".py").replace("/", ".")
                found.modules.add(path)
                found.stars.add(path)


def imports_file(found: Definitions, path: str) -> bool:
    """Whether code imports the module that lies at a path of its submission."""
    dotted = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return any(dotted == module or dotted.endswith(f".{module}") for module in found.modules if module)


def agree(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether two files define the same functions and classes in the same way: an export of a notebook does."""
    return bool(one) and one == other
