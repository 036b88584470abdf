"""`grader check`: its formats, where they go, and what it looks like with and without a terminal."""

import json
import os
import re
import select
import subprocess
import sys

import pytest

from ..answers.helpers import Q6, command, plain_environment, write

FORGETFUL = "q5: {W1: 1, W2: 0, b2: 0, W3: 1, b3: 0}\n"
ESCAPE = "\x1b"


@pytest.fixture
def alice(tmp_path):
    return write(tmp_path / "alice", {"answers.yaml": FORGETFUL + Q6})


def test_one_question_alone_is_graded(course, run, alice):
    result = run("check", alice, "-q", "q6", "--format", "json")
    assert result.code == 0
    assert [q["id"] for q in json.loads(result.out)["questions"]] == ["q6"]
    both = run("check", alice, "-q", "q6", "--question", "q5", "--format", "json")
    assert both.code == 1
    assert [q["id"] for q in json.loads(both.out)["questions"]] == ["q5", "q6"]


def test_a_question_that_was_left_out_is_no_stranger(course, run, alice):
    write(alice, {"solution.py": "def clip(g, c): return g\n"})
    assert run("check", alice, "-q", "q6").err == ""
    write(alice, {"q6.py": "def clip(g, c): return g\n"})
    assert "q6.py: is not read" in run("check", alice, "-q", "q6").err


def test_formats_go_to_stdout_one_after_the_other(course, run, alice):
    terminal = run("check", alice).out
    as_json = run("check", alice, "--format", "json").out
    assert run("check", alice, "--format", "terminal", "--format", "json").out == terminal + as_json
    assert run("check", alice, "--format", "json", "--format", "terminal").out == as_json + terminal


def test_each_output_takes_the_format_at_its_place(course, run, alice, tmp_path):
    terminal, as_json = run("check", alice).out, run("check", alice, "--format", "json").out
    first, second = tmp_path / "first", tmp_path / "second"
    formats = ["--format", "json", "--format", "terminal"]
    result = run("check", alice, *formats, "--output", first, "--output", second)
    assert (result.code, result.out) == (1, "")
    assert (first.read_text(), second.read_text()) == (as_json, terminal)
    result = run("check", alice, *formats, "--output", first)
    assert (result.code, result.out) == (1, terminal)


@pytest.mark.parametrize("where", ["", "no/such/folder/report"])
def test_an_output_that_cannot_be_written_is_said(course, run, alice, tmp_path, where):
    result = run("check", alice, "--output", tmp_path / where)
    assert result.code == 2
    why = "No such file or directory" if where else "Is a directory"
    assert result.err == f"Error: {tmp_path / where}: cannot be written: {why}\n"


def test_the_same_submission_gives_the_same_bytes_in_every_process(course, run, alice):
    """Whatever its hashes are: here, and in one with a seed that this one does not have."""
    seed = "2" if os.environ.get("PYTHONHASHSEED") != "2" else "1"
    there = command("check", alice, "--format", "json", cwd=course, env={"PYTHONHASHSEED": seed})
    assert there.stdout == run("check", alice, "--format", "json").out
    assert json.loads(there.stdout)["points"] == 110


def on_a_terminal(arguments, cwd, **settings):
    """What a command writes to a terminal of 80 columns, and its exit code."""
    pty = pytest.importorskip("pty")
    main, side = pty.openpty()
    environment = plain_environment() | {"TERM": "xterm", "COLUMNS": "80", **settings}
    process = subprocess.Popen(
        [sys.executable, "-m", "grader", *map(str, arguments)], cwd=cwd, env=environment, stdout=side, stderr=side
    )
    os.close(side)
    seen = b""
    while select.select([main], [], [], 30)[0]:
        try:
            part = os.read(main, 65536)
        except OSError:  # how Linux says that the other side is closed
            break
        if not part:
            break
        seen += part
    os.close(main)
    return process.wait(30), seen.decode()


@pytest.fixture(scope="module")
def lines_in_a_pipe(shared_course, tmp_path_factory):
    folder = write(tmp_path_factory.mktemp("plain") / "alice", {"answers.yaml": FORGETFUL + Q6})
    return command("check", folder, cwd=shared_course).stdout.splitlines()


def assert_is_plain(lines):
    assert ESCAPE not in "".join(lines)
    assert any("<-- first wrong step" in line for line in lines)
    assert max(map(len, lines)) == 80


def test_there_is_no_colour_in_a_pipe_and_never_more_than_80_columns(lines_in_a_pipe):
    assert_is_plain(lines_in_a_pipe)


@pytest.mark.slow
@pytest.mark.parametrize("setting", [{"FORCE_COLOR": "1"}, {"CLICOLOR_FORCE": "1", "COLUMNS": "200"}])
def test_nothing_that_is_set_brings_colour_into_a_pipe(shared_course, alice, setting):
    assert_is_plain(command("check", alice, cwd=shared_course, env=setting).stdout.splitlines())


@pytest.mark.skipif(os.name != "posix", reason="terminals as POSIX has them")
@pytest.mark.parametrize(
    ("settings", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
@pytest.mark.sampled(9)
def test_a_terminal_gets_colour_unless_it_asks_for_none(shared_course, alice, lines_in_a_pipe, settings, coloured):
    code, seen = on_a_terminal(["check", alice], shared_course, **settings)
    assert code == 1
    assert (ESCAPE in seen) is coloured
    plain = re.sub(r"\x1b\[[0-9;]*m", "", seen).replace("\r\n", "\n")
    assert [line.rstrip() for line in plain.splitlines()] == lines_in_a_pipe


@pytest.mark.skipif(os.name != "posix", reason="terminals as POSIX has them")
def test_escapes_in_an_answer_do_not_reach_the_terminal(shared_course, tmp_path):
    folder = write(tmp_path / "al\x1b]0;ice", {"answers.yaml": 'q5: {"\\e[2J": "\\a"}\n' + Q6, "q7\x1b[2J.yaml": ""})
    code, seen = on_a_terminal(["check", folder], shared_course, NO_COLOR="1")
    assert code == 2
    assert ESCAPE not in seen
    assert r"al\x1b]0;ice" in seen
    assert r"q7\x1b[2J.yaml: belongs to no question" in seen


def test_a_spec_can_be_a_folder_a_file_or_a_name(course, run, alice):
    spec = course / "specs" / "assignment3"
    for named in ("assignment3", spec, "specs/assignment3"):
        assert run("check", alice, "--spec", named).out.startswith("alice - assignment3   ")
    alone = run("check", alice, "--spec", spec / "q6.yaml", "--format", "json")
    assert alone.code == 0
    assert [q["id"] for q in json.loads(alone.out)["questions"]] == ["q6"]
