"""Every example of the README and of the pages of help is run: commands in a course of their own, specs, Python."""

from __future__ import annotations

import atexit
import doctest
import io
import os
import re
import shutil
import sys
from types import ModuleType

import click
import pytest

from grader.cli import cli, main
from grader.documents import read_yaml
from grader.help_pages.commands import command_at
from grader.kinds.table import load_assignment
from grader.selfcheck import check_assignment

from .answers.helpers import ROOT
from .help.examples import PAGES, all_blocks, blocks_of, commands_of, fits, make_course, texts
from .sealing import cheap_seals

OTHER_PROGRAMS = {
    "pytest": "tests/plugin runs it so, in processes of its own",
    "pip": "it asks the package index",
    "dask": "it waits for workers",
}
"""Programs of examples that are not run, and why."""

SERVES = {("review", "results", "--reader", "N. Neumann"): "it serves a page until it is ended"}
"""Commands of which only the options are looked at, and why."""

WITH_COMMANDS = [page for page in PAGES if blocks_of(page, "console")]


@pytest.fixture(autouse=True, scope="module")
def _cheap_copies():
    with cheap_seals():
        yield


@pytest.fixture(scope="module")
def course_of_examples(tmp_path_factory):
    """The course in which examples run, with results of its class; each page gets a copy of it."""
    folder = tmp_path_factory.mktemp("examples") / "course"
    make_course(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["grader", "grade", "submissions", "--jobs", "1", "--out", "results"])
        with pytest.raises(SystemExit) as stop:
            main()
    assert stop.value.code == 0
    return folder


@pytest.fixture
def there(course_of_examples, tmp_path, monkeypatch):
    """A copy of the course, as the present folder."""
    shutil.copytree(course_of_examples, tmp_path / "course")
    monkeypatch.chdir(tmp_path / "course")
    return tmp_path / "course"


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs `grader ...` in this process: its exit code, and what it wrote to stdout and stderr."""

    def run(words):
        monkeypatch.setattr(sys, "argv", ["grader", *words])
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        capsys.readouterr()
        with pytest.raises(SystemExit) as stop:
            main()
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return stop.value.code, out, err

    return run


def refused_options(words):
    """What click says of the options of a command, which is not run; None where it knows them all."""
    path = []
    while command_at(cli, (*path, words[len(path)])) is not None and len(path) + 1 < len(words):
        path.append(words[len(path)])
    command = command_at(cli, tuple(path))
    try:
        command.make_parser(click.Context(command, **cli.context_settings)).parse_args(list(words[len(path) :]))
    except click.UsageError as error:
        return str(error)
    return None


@pytest.mark.long
@pytest.mark.parametrize("page", WITH_COMMANDS)
def test_the_commands_of_a_page_do_what_it_shows(page, there, run):
    """One after the other, in one course: with the output that is shown; where none is, none of them is unusable."""
    for block in blocks_of(page, "console"):
        shown = list(commands_of(block))
        assert shown, f"{block.name} shows no command"
        if shown[0].words[:3] == ("grader", "new", "course"):
            os.chdir(there.parent)  # a course begins beside the other one, not in it; the fixture goes back
        for one in shown:
            program, *words = one.words
            if program == "cd":
                os.chdir(*words)
            elif program != "grader":
                assert program in OTHER_PROGRAMS, f"{block.name}: how is {program} run?"
            elif tuple(words) in SERVES:
                assert refused_options(words) is None
            else:
                code, out, err = run(words)
                assert code in (0, 1), f"{block.name}: {' '.join(words)}: {err}"
                if one.output.strip():
                    assert fits(one.output, out), f"{block.name}: {' '.join(words)} gives\n{out}"


FINDINGS = {
    "latch": "the rubric covers every reachable step",
    "clip": "known 'divides by the length' earns 6",
    "affine": "known 'no gradient yet' earns 4",
    "one_unit": "known 'one unit' earns 10",
    "brackets": "known 'the key' earns 3",
    "back": "known 'in other words' earns 20",
    "sizes": "known 'in other words' earns 10",
    "drawn": "all 10 variants tried",
}
"""Questions of the pages that are without fault, each with something that `spec check` says of it."""


@pytest.mark.long
@pytest.mark.parametrize("block", all_blocks("yaml"), ids=lambda block: block.name)
def test_the_yaml_of_a_page_can_be_read(block, tmp_path):
    """Whole questions pass `spec check`; other files are read by tests of their own, in `tests/help/test_said.py`."""
    read_yaml(block.text.encode(), block.name)
    if block.text.startswith("question:") and re.search(r"^(answer|parts):", block.text, re.MULTILINE):
        (tmp_path / "spec.yaml").write_text(block.text, encoding="utf-8")
        findings = list(check_assignment(load_assignment(tmp_path / "spec.yaml")))
        name = block.text.split()[1]
        allowed = {"ok"} if name in FINDINGS else {"ok", "warn"}
        assert [finding.text for finding in findings if finding.level not in allowed] == []
        assert FINDINGS.get(name, findings[0].text) in [finding.text for finding in findings]


def test_the_questions_that_are_without_fault_are_there():
    found = {block.text.split()[1] for block in all_blocks("yaml") if block.text.startswith("question:")}
    assert FINDINGS.keys() <= found


def test_the_two_commands_are_single_lines_that_set_up_what_they_need():
    commands = texts("README", "sh")
    assert len(commands) == 2
    for command in commands:
        assert command.count("\n") == 1
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install ")


@pytest.mark.long
@pytest.mark.parametrize("block", all_blocks("pycon"), ids=lambda block: block.name)
def test_the_python_prompts_of_a_page_run(block, monkeypatch):
    monkeypatch.chdir(ROOT)
    parsed = doctest.DocTestParser().get_doctest(block.text, {}, block.name, block.name, 0)
    runner = doctest.DocTestRunner()
    runner.run(parsed)
    assert parsed.examples
    assert runner.failures == 0


@pytest.mark.parametrize("block", all_blocks("python"), ids=lambda block: block.name)
def test_the_python_of_a_page_can_be_compiled(block):
    if not block.text.startswith("%"):
        compile(block.text, block.name, "exec")


@pytest.mark.long
def test_the_cells_of_the_pages_are_graded(monkeypatch, tmp_path):
    """As a notebook runs them, in one shell."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    monkeypatch.chdir(ROOT)
    config = Config()
    config.HistoryManager.enabled = False
    module = ModuleType("notebook_of_the_pages")
    shell = InteractiveShell(config=config, ipython_dir=str(tmp_path), user_module=module, user_ns=vars(module))
    cells = [block.text for block in all_blocks("python") if block.text.startswith("%")]
    ran = [shell.run_cell(cell, store_history=False) for cell in cells]
    atexit.unregister(shell.atexit_operations)
    assert len(ran) >= 2
    assert [one.error_in_exec or one.error_before_exec for one in ran] == [None] * len(ran)
    assert ran[-1].result.points == 70
