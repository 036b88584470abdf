"""A new format of a report is one module and one row of the table: `grader check --format NAME` writes it."""

from __future__ import annotations

import sys
from types import ModuleType

import click
import pytest
from click.testing import CliRunner

from grader.cli import check, cli
from grader.reports.formats import FORMATS, PlainFormat

from ..answers.helpers import ROOT


@pytest.fixture
def tally(monkeypatch):
    """A module of the package, and its row; the choices of the option are made of the table when the command is."""
    module = ModuleType("grader.reports.tally")
    module.render = lambda report: f"{report.points} of {report.max_points}\n"
    monkeypatch.setitem(sys.modules, "grader.reports.tally", module)
    monkeypatch.setitem(FORMATS, "tally", PlainFormat("tally"))
    (option,) = [one for one in check.params if one.name == "formats"]
    assert tuple(option.type.choices) == tuple(name for name in FORMATS if name != "tally")
    monkeypatch.setattr(option, "type", click.Choice(tuple(FORMATS)))


def test_a_new_format_is_written(tally, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    words = ["submissions_example/forgets_the_past", "--question", "q5", "--format", "tally"]
    found = CliRunner().invoke(check, words, standalone_mode=False, **cli.context_settings)
    assert (found.stdout, found.return_value) == ("40 of 70\n", 1)
    CliRunner().invoke(
        check, [*words, "--output", str(tmp_path / "tally.txt")], standalone_mode=False, **cli.context_settings
    )
    assert (tmp_path / "tally.txt").read_text() == "40 of 70\n"


def test_without_the_row_there_is_no_such_format():
    found = CliRunner().invoke(check, [str(ROOT), "--format", "tally"])
    assert found.exit_code == 2
    assert "'tally' is not one of" in found.stderr
