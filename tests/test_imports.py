"""No two modules import each other, neither at once nor by a detour, neither inside of functions nor for types alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import grader

ROOT = Path(grader.__file__).parent


def modules(root: Path) -> Mapping[str, Path]:
    """Every module of a package by its full name."""
    return {
        ".".join((root.name, *file.relative_to(root).with_suffix("").parts)).removesuffix(".__init__"): file
        for file in root.rglob("*.py")
    }


def imported(name: str, file: Path, known: Mapping[str, Path]) -> Iterator[str]:
    """The modules that a module imports anywhere in its text.

    A package's own `__init__` may import its modules inside of functions or for types: it is the door to them, which
    they may use without being imported by whoever knocks.
    """
    tree = ast.parse(file.read_text(encoding="utf-8"))
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            targets = [full if (full := f"{base}.{alias.name}") in known else base for alias in node.names]
        else:
            continue
        door = file.name == "__init__.py" and node not in tree.body
        yield from (t for t in targets if t in known and t != name and not (door and t.startswith(f"{name}.")))


def circle(root: Path) -> list[str]:
    """The modules of a circle of imports in their order; empty where there is none."""
    known = modules(root)
    graph = {name: set(imported(name, file, known)) for name, file in known.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@pytest.mark.long
def test_no_circle_of_imports():
    assert circle(ROOT) == []
    assert len(modules(ROOT)) > 200


def roots_imported(source: str) -> set[str]:
    """The packages that a module imports anywhere in its text, by the first parts of their names."""
    nodes = list(ast.walk(ast.parse(source)))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    from_others = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    return {name.partition(".")[0] for name in plain | from_others}


def test_nothing_but_the_plugin_imports_pytest():
    """It is installed with the grader, but a command that tests nothing does not pay for it."""
    named = {
        name: text for name, file in modules(ROOT).items() if "pytest" in (text := file.read_text(encoding="utf-8"))
    }
    found = {name for name, text in named.items() if roots_imported(text) & {"pytest", "_pytest"}}
    assert "grader.pytest_plugin" in found
    assert [name for name in found if not name.startswith("grader.pytest_plugin")] == []


@pytest.mark.parametrize(
    "source", ["import pytest", "def f():\n    from pytest import fixture", "if 1:\n    import a, _pytest.config as c"]
)
def test_an_import_of_pytest_is_found_wherever_it_stands(source):
    assert roots_imported(source) & {"pytest", "_pytest"}
    assert roots_imported("from .pytest import x\nimport grader.pytest_plugin") == {"grader"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("from house.other import b", "import house.one"),
        ("from .other import b", "def f():\n    from house import one"),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from house.other import b", "from .one import a"),
    ],
)
def test_a_circle_is_found_wherever_the_imports_stand(one, other, tmp_path):
    house = tmp_path / "house"
    house.mkdir()
    (house / "__init__.py").write_text("def door():\n    from house.one import a\n")
    (house / "one.py").write_text(f"import house\n{one}\n")
    (house / "other.py").write_text("")
    assert circle(house) == []
    (house / "other.py").write_text(f"{other}\n")
    assert {"house.one", "house.other"} <= set(circle(house))
