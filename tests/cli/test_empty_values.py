"""An empty path or text, as a variable of the shell that is not set gives it, is refused by every command."""

import click
import pytest

from grader.cli import cli
from grader.export.table import PLATFORM_EXPORTS
from grader.shared_options import FilledText

from ..answers.helpers import Q5, Q6, write

REFUSED = "it is empty (a variable of the shell that is not set?)"


def commands(command, words=()):
    """Every command below a group, with the words that name it."""
    if not isinstance(command, click.Group):
        return [(words, command)]
    inner = [(name, command.commands[name]) for name in command.list_commands(click.Context(command))]
    return [found for name, below in inner for found in commands(below, (*words, name))]


VALUES = [
    pytest.param(words, parameter, id=f"{' '.join(words)} {parameter.name}")
    for words, command in commands(cli)
    for parameter in command.params
    if isinstance(parameter.type, click.Path | FilledText)
]
FILLED = {
    *(f"export {name} image" for name in ("artemis", "autolab", "container", "prairielearn", "submitty")),
    *("export container base", "export prairielearn topic", "export github ref", "export gitlab ref"),
    *("grades column", "grades assignment", "review reader"),
}
"""Texts that would become a part of something, or would be taken for an option that was left out."""


def given(parameter):
    """Command lines, without the command, on which this parameter is empty."""
    if isinstance(parameter, click.Option):
        return [word for option in parameter.opts for word in ([option, ""], [f"{option}="]) if option[:2] == "--"]
    return [[""]]


@pytest.mark.parametrize(("words", "parameter"), VALUES)
def test_no_command_takes_an_empty_value(course, run, words, parameter):
    arguments = [part for part in dict(commands(cli))[words].params if isinstance(part, click.Argument)]
    before = [part.name for part in arguments[: arguments.index(parameter)]] if parameter in arguments else []
    for value in given(parameter):
        ended = run(*words, *before, *value)
        assert (ended.code, ended.out) == (2, "")
        hint = parameter.get_error_hint(None) if parameter not in arguments else f"'{parameter.human_readable_name}'"
        assert ended.err.splitlines()[-1] == f"Error: Invalid value for {hint}: {REFUSED}"


def test_texts_that_are_refused_where_they_are_empty():
    assert {one.id for one in VALUES if isinstance(one.values[1].type, FilledText)} == FILLED


@pytest.mark.parametrize("command", [["check", "{alice}", "--spec"], ["grade", "{class}", "--spec"], ["spec", "check"]])
def test_an_empty_name_of_a_spec_is_not_the_current_folder(course, run, tmp_path, monkeypatch, command):
    alice = write(tmp_path / "class" / "alice", {"answers.yaml": Q5 + Q6})
    monkeypatch.chdir(course / "specs" / "assignment3")
    ended = run(*(word.format(**{"alice": alice, "class": alice.parent}) for word in command), "")
    assert ended.code == 2
    assert ended.err.startswith("grader: no spec '': neither a path nor an assignment (specs/ holds ")


@pytest.mark.parametrize("platform", PLATFORM_EXPORTS)
def test_an_export_without_a_place_to_write_to_says_so(course, run, tmp_path, monkeypatch, platform):
    """Or it has a place by default."""
    command = cli.commands["export"].commands[platform]
    (output,) = [parameter for parameter in command.params if parameter.name == "output"]
    assert output.required == (platform not in ("autolab", "github", "gitlab", "gradescope"))
    if output.required:
        ended = run("export", platform, "assignment3")
        assert (ended.code, ended.err.splitlines()[-1]) == (2, "Error: Missing option '--output' / '-o'.")


@pytest.mark.parametrize("empty", [["--out", ""], ["--out="]])
def test_results_do_not_go_into_the_current_folder_without_a_word(course, run, tmp_path, empty):
    write(tmp_path / "class" / "alice", {"answers.yaml": Q5 + Q6})
    before = sorted(course.rglob("*"))
    ended = run("grade", tmp_path / "class", *empty)
    assert (ended.code, ended.err.splitlines()[-1]) == (2, f"Error: Invalid value for '--out': {REFUSED}")
    assert sorted(course.rglob("*")) == before


def test_one_empty_path_among_others_is_refused(course, run, tmp_path):
    alice = write(tmp_path / "alice", {"answers.yaml": Q5 + Q6})
    ended = run(
        "check", alice, "--format", "json", "--output", tmp_path / "report.json", "--format", "text", "--output", ""
    )
    assert (ended.code, ended.err.splitlines()[-1]) == (2, f"Error: Invalid value for '--output': {REFUSED}")
    assert not (tmp_path / "report.json").exists()


def test_the_current_folder_may_be_named(course, run, tmp_path, monkeypatch):
    write(tmp_path / "class" / "alice", {"answers.yaml": Q5 + Q6})
    out = tmp_path / "results"
    out.mkdir()
    monkeypatch.chdir(out)
    assert run("grade", tmp_path / "class", "--course", course, "--out", ".").code == 0
    assert (out / "grades.csv").is_file()
