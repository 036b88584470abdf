"""What is written for those who work on the grader is true of its files: paths that are named, tables of packages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from grader.engines.table import ENGINES
from grader.kinds.function.aims.table import AIMS
from grader.kinds.table import KINDS
from grader.language.functions.table import FUNCTIONS
from grader.reports.formats import FORMATS

COURSE = Path(__file__).parents[1]
GUIDE = COURSE / ".github" / "CONTRIBUTING.md"
NAMED = re.compile(r"`((?:grader|tests|reference|specs|\.github|\.ci)/[\w./-]*|pyproject\.toml|README\.md)`")
DIAGRAM = re.compile(r"```text\n(.*?)```", re.DOTALL)


def paths_named(text: str) -> list[str]:
    """The files and folders of the repository that a text names."""
    in_diagram = [name for block in DIAGRAM.findall(text) for name in re.findall(r"\b[a-z_]+(?:\.py|/)", block)]
    return [*NAMED.findall(text), *(f"grader/{name}" for name in in_diagram)]


def wrong_paths(text: str) -> list[str]:
    """Those that do not exist, or are named as a folder and are none."""
    return [
        path
        for path in paths_named(text)
        if not (COURSE / path).exists() or path.endswith("/") != (COURSE / path).is_dir()
    ]


def test_every_path_in_the_guide_exists():
    text = GUIDE.read_text(encoding="utf-8")
    assert len(paths_named(text)) > 60
    assert wrong_paths(text) == []


def test_a_path_that_does_not_exist_is_found():
    text = "`grader/cli.py` `grader/no.py` `grader/kinds` `tests/cli/`\n```text\n api.py  none.py  spec/  gone/\n```\n"
    assert wrong_paths(text) == ["grader/no.py", "grader/kinds", "grader/none.py", "grader/gone/"]


def test_the_tables_in_the_guide_are_there():
    """Each is named with the file that it lies in."""
    text = GUIDE.read_text(encoding="utf-8")
    tables = {"KINDS": KINDS, "AIMS": AIMS, "ENGINES": ENGINES, "FUNCTIONS": FUNCTIONS, "FORMATS": FORMATS}
    for name, table in tables.items():
        (path,) = re.findall(rf"`{name}` in `(grader/[\w/]+\.py)`", text)
        assert f"\n{name}" in (COURSE / path).read_text(encoding="utf-8")
        assert len(table) > 1
    for name, path in re.findall(r"`([A-Z_a-z]+)` in `(grader/[\w/]+\.py)`", text):
        assert re.search(rf"\b{name}\b", (COURSE / path).read_text(encoding="utf-8")), (name, path)


ONE_FILE_AND_ONE_ROW = {
    "kind of question": "tests/test_kind_table.py",
    "check of a function": "tests/functions/test_new_check.py",
    "set of inputs": "tests/inputs/test_new_set.py",
    "function of the language": "tests/language/test_new_function.py",
    "engine": "tests/engines/test_table.py",
    "format of a report": "tests/reports/test_new_format.py",
    "platform that an assignment is exported for": "tests/export/test_platform_table.py",
}
"""New things that take a file and a row of one table, and the test that adds one so and changes nothing else."""


@pytest.mark.parametrize("thing", ONE_FILE_AND_ONE_ROW)
def test_a_new_thing_takes_one_file_and_one_table(thing):
    """The guide names one folder for the file, and one module for the row; beside code, only help and golden files."""
    text = GUIDE.read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| {thing} \| (.+) \| (.+) \|$", text, re.MULTILINE)
    folders, tables = (
        [path for path in NAMED.findall(cell) if not path.startswith(("grader/help/", "tests/"))] for cell in row
    )
    assert len([path for path in folders if path.endswith("/")]) == 1
    assert len(tables) == 1
    assert tables[0].endswith(".py")
    assert f"`{ONE_FILE_AND_ONE_ROW[thing]}`" in text


def test_the_readme_has_the_house_in_ten_lines():
    readme = (COURSE / "README.md").read_text(encoding="utf-8")
    section = readme.partition("## Working on it\n")[2]
    assert len(re.findall(r"^\d+\. `", section, re.MULTILINE)) == 10
    assert wrong_paths(section) == []
    rooms = {path.parent.name for path in (COURSE / "grader").glob("*/__init__.py")}
    named = {path.removeprefix("grader/").partition("/")[0] for path in NAMED.findall(section)}
    assert rooms - named == {"startup"}  # what Python runs when it starts: it stands in the guide


def test_the_readme_leads_to_the_guide():
    assert "](.github/CONTRIBUTING.md)" in (COURSE / "README.md").read_text(encoding="utf-8")


def files_of(folder: Path) -> set[str]:
    """The modules and packages of a package, by name."""
    return {path.stem for path in folder.glob("*.py")} - {"__init__"} | {
        path.parent.name for path in folder.glob("*/__init__.py")
    }


def files_listed(docstring: str) -> set[str] | None:
    """The modules in the first column of a docstring's table; None without a table."""
    rows = [line.split("|")[1] for line in docstring.splitlines() if line.startswith("| ")]
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)} if rows else None


def listed_in(package: Path) -> set[str] | None:
    """The files that a package's own docstring lists."""
    return files_listed(ast.get_docstring(ast.parse((package / "__init__.py").read_text(encoding="utf-8"))) or "")


PACKAGES = [init.parent for init in sorted((COURSE / "grader").rglob("__init__.py"))]
WITH_TABLE = [package for package in PACKAGES if listed_in(package) is not None]


@pytest.mark.parametrize("package", WITH_TABLE, ids=lambda package: package.relative_to(COURSE).as_posix())
def test_the_table_of_a_package_lists_its_files(package):
    assert listed_in(package) == files_of(package)


def test_the_large_packages_have_a_table():
    """Where there are more than ten files, somebody new needs one."""
    large = {package for package in PACKAGES if len(files_of(package)) > 10}
    assert large - set(WITH_TABLE) == {COURSE / "grader"}  # its table is the guide itself
