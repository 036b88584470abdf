"""A name stands once in the package: whoever searches for a class or a constant finds one thing."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import grader

ROOT = Path(grader.__file__).parent
ONE_OF_EACH_KIND = {"KIND", "PLATFORM_EXPORT"}
"""Names that every check of calls, every kind of question and every platform has for its row in the table."""


def defined(source: str) -> Iterator[str]:
    """The classes, constants and aliases of types that a module defines, also within `if`, `try` and `with`."""
    for node in ast.parse(source).body:
        yield from defined_by(node)


def defined_by(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            yield from (name for target in targets for name in stored(target))
        case ast.AnnAssign(target=target):
            yield from stored(target)
        case ast.If() | ast.Try() | ast.With():
            for part in ast.iter_child_nodes(node):
                if isinstance(part, ast.stmt):
                    yield from defined_by(part)


def stored(target: ast.expr) -> Iterator[str]:
    """The names that an assignment gives, of classes and constants alone."""
    for part in ast.walk(target):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store) and part.id.lstrip("_")[:1].isupper():
            yield part.id


def defined_twice(root: Path) -> dict[str, list[str]]:
    """The modules of each name that more than one of them defines, or one of them twice."""
    modules: dict[str, list[str]] = defaultdict(list)
    for file in sorted(root.rglob("*.py")):
        for name in defined(file.read_text(encoding="utf-8")):
            modules[name].append(file.relative_to(root).as_posix())
    return {name: files for name, files in modules.items() if len(files) > 1 and name not in ONE_OF_EACH_KIND}


def test_no_class_and_no_constant_is_defined_twice():
    assert defined_twice(ROOT) == {}


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        ("class Signs: ...", "class Signs: ...", ["Signs"]),
        ("MAX_BYTES = 1", "MAX_BYTES: int = 2", ["MAX_BYTES"]),
        ("NEAR, FAR = 1, 2", "FAR = 3", ["FAR"]),
        ("_HALF = 1 / 2", "if True:\n    _HALF = 0.5", ["_HALF"]),
        ("try:\n    Word = str\nexcept ImportError:\n    pass", "Word = bytes", ["Word"]),
        ("ROOM = 1\nROOM = 2", "", ["ROOM"]),
        ("KIND = 1", "KIND = 2", []),
        ("class Signs:\n    MAX = 1", "class Sides:\n    MAX = 1", []),
        ("def f():\n    ROOM = 1", "ROOM = 2\nTABLE[0] = ROOM\nroom = 1", []),
        ("from other import Signs", "class Signs: ...", []),
    ],
)
def test_names_are_found_wherever_a_module_defines_them(one, other, names, tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "one.py").write_text(one)
    (tmp_path / "deep" / "other.py").write_text(other)
    assert list(defined_twice(tmp_path)) == names
