"""A new platform is one module and one row of the table: `grader export NAME` has its command from it."""

from __future__ import annotations

import sys

import click
import pytest
from click.testing import CliRunner

from grader.cli import cli
from grader.cli_export import ExportCommands
from grader.export.table import PLATFORM_EXPORTS

from ..answers.helpers import ROOT

SHEET_PLATFORM = """
import click
from grader.export.platform_export import Exported, PlatformExport, output_option


def _export(assignment, *, output, heading):
    output.write_text("\\n".join([heading, *(question.id for question in assignment.questions)]))
    return Exported(f"{output.name} is a sheet", notes=["it has no points"])


PLATFORM_EXPORT = PlatformExport(
    summary="Write a sheet of the questions of SPEC.",
    write=_export,
    options=(output_option("sheet.txt", "The sheet."), click.option("--heading", default="questions")),
)
"""


@pytest.fixture
def export(tmp_path, monkeypatch):
    """The command with one more row, whose module lies in a temporary folder."""
    (tmp_path / "sheet_platform.py").write_text(SHEET_PLATFORM)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    yield click.Group("export", commands=ExportCommands({**PLATFORM_EXPORTS, "sheet": "sheet_platform"}))
    sys.modules.pop("sheet_platform", None)


def test_a_new_platform_has_its_command(export, tmp_path):
    arguments = ["sheet", "assignment3", "--course", str(ROOT), "--heading", "What is asked"]
    found = CliRunner().invoke(export, arguments, catch_exceptions=False, **cli.context_settings)
    assert (found.exit_code, found.stdout) == (0, "sheet.txt is a sheet\n")
    assert found.stderr == "grader: it has no points\n"
    lines = (tmp_path / "sheet.txt").read_text().splitlines()
    assert (lines[0], lines[-1]) == ("What is asked", "q6")


def test_its_summary_stands_among_the_others(export):
    shown = CliRunner().invoke(export, ["--help"], **cli.context_settings).stdout
    for name in (*PLATFORM_EXPORTS, "sheet"):
        assert f"\n  {name} " in shown
    assert "Write a sheet of the questions of SPEC." in shown
    assert (
        "The sheet.  [default: sheet.txt]"
        in CliRunner().invoke(export, ["sheet", "--help"], **cli.context_settings).stdout
    )


def test_no_platform_is_imported_before_it_is_asked_for(export):
    CliRunner().invoke(export, ["student", "--help"], **cli.context_settings)
    assert "sheet_platform" not in sys.modules
