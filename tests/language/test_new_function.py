"""A new function of the language is one file and one row: a copy of the grader with `softsign` knows it everywhere."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import MISSING, fields, replace
from pathlib import Path
from typing import Any

import pytest

import grader
from grader.formulas.fractions import Ring
from grader.formulas.normal import NormalForms
from grader.language.balls import Balls
from grader.language.exact import Exact
from grader.language.floats import Floats
from grader.language.functions.activations import RELU
from grader.language.functions.elementary import ABS
from grader.language.functions.operations import EntryValues
from grader.language.functions.table import FUNCTIONS, function_table
from grader.language.shapes import Shapes

SOFTSIGN = Path(__file__).parent / "softsign"
RECORD = (SOFTSIGN / "record.py").read_text(encoding="utf-8")
DOMAINS = re.findall(r"^        ((?!largest)\w+)=", RECORD, re.MULTILINE)


def copy_with(folder: Path, record: str) -> None:
    """A copy of the grader in the folder, in which the record is one file and one row of the table."""
    package = Path(grader.__file__).parent
    shutil.copytree(package, folder / "grader", ignore=shutil.ignore_patterns("__pycache__"))
    functions = folder / "grader" / "language" / "functions"
    (functions / "softsign.py").write_text(record, encoding="utf-8")
    table = (functions / "table.py").read_text(encoding="utf-8")
    changes = {
        "elementary, reductions\n": "elementary, reductions, softsign\n",
        "MAX,\n)": "MAX,\n    softsign.SOFTSIGN,\n)",
    }
    for old, new in changes.items():
        assert table.count(old) == 1
        table = table.replace(old, new)
    (functions / "table.py").write_text(table, encoding="utf-8")


def errors(folder: Path, *arguments: str) -> str:
    """What Python says on stderr, with the grader of the folder."""
    done = subprocess.run(
        [sys.executable, *arguments], env={**os.environ, "PYTHONPATH": str(folder)}, capture_output=True, text=True
    )
    assert bool(done.returncode) == bool(done.stderr)
    return done.stderr


@pytest.mark.long
def test_one_record_and_one_row_are_known_everywhere(tmp_path: Path) -> None:
    copy_with(tmp_path, RECORD)
    assert errors(tmp_path, str(SOFTSIGN / "use.py")) == ""


@pytest.mark.parametrize("domain", DOMAINS)
def test_a_record_without_a_domain_cannot_be_imported(domain: str) -> None:
    incomplete = re.sub(rf"^        {domain}=.*\n", "", RECORD, flags=re.MULTILINE)
    with pytest.raises(TypeError, match=f"missing 1 required positional argument: '{domain}'"):
        exec(incomplete, {})


@pytest.mark.parametrize("field", [field.name for field in fields(EntryValues) if field.default is MISSING])
def test_the_table_refuses_a_domain_without_a_function(field: str) -> None:
    incomplete = replace(RELU, values=replace(RELU.values, **{field: None}))
    with pytest.raises(ValueError, match=f"the record of relu has no {field}"):
        function_table(ABS, incomplete)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"description": ""}, "the record of relu has no description"),
        ({"max_arguments": 2}, "the record of relu works on one number, but takes several"),
        ({"values": replace(RELU.values, exponential=True)}, "says that it is an exponential and rational"),
        ({"name": "abs"}, "abs stands for both abs and abs"),
        ({"spellings": ("abs",)}, "abs stands for both abs and relu"),
    ],
)
def test_the_table_refuses_records_that_contradict_themselves_or_others(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        function_table(ABS, replace(RELU, **change))


def test_every_function_has_a_value_in_every_domain() -> None:
    rings = NormalForms(Ring(("x",)))
    for domain in (Exact(), Floats(), Balls(), Shapes(), rings):
        assert list(domain.functions) == list(FUNCTIONS)
