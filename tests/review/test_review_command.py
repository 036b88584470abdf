"""The command `grader review`: what it refuses, prints and how it ends."""

from __future__ import annotations

import socket
import sys
import threading

import pytest

from grader.cli import main


def run(monkeypatch, capsys, *arguments):
    """The exit code of the command, and what it wrote."""
    monkeypatch.setattr(sys, "argv", ["grader", "review", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code, capsys.readouterr()


@pytest.fixture
def served(monkeypatch):
    """What would be served, in the place of a server."""
    found, is_opened = [], threading.Event()

    def serve(desk, appeals, port, ready):
        found.append((desk, appeals, port))
        ready("http://127.0.0.1:1/token/", "http://127.0.0.1:1/once")
        assert is_opened.wait(0 if "--no-open" in sys.argv else 60) is ("--no-open" not in sys.argv)
        raise KeyboardInterrupt

    monkeypatch.setattr("grader.review.serve.serve", serve)
    monkeypatch.setattr("webbrowser.open", lambda address: (found.append(address), is_opened.set()))
    return found


def test_it_prints_the_address_starts_a_browser_and_ends_cleanly(desk_class, monkeypatch, capsys, served):
    monkeypatch.chdir(desk_class.course)
    code, said = run(monkeypatch, capsys, desk_class.results, "--reader", " N. Neumann ", "--port", "0")
    assert code == 0
    assert said.out.startswith("the reader's desk is at http://127.0.0.1:1/token/\nmarks are kept in ")
    assert f"the desk is closed; all marks are in {desk_class.marks}" in said.out
    (desk, appeals, port), opened = served
    assert (desk.reader, desk.second, desk.names, port) == ("N. Neumann", None, False, 0)
    assert appeals.file == desk_class.overrides.resolve()
    assert opened == "http://127.0.0.1:1/once"


def test_options_are_those_of_the_desk(desk_class, monkeypatch, capsys, served, tmp_path):
    marks, overrides = tmp_path / "my marks.yaml", tmp_path / "ours.yaml"
    options = ["--course", desk_class.course, "--spec", "hw", "--marks", marks, "--overrides", overrides, "--no-open"]
    assert run(monkeypatch, capsys, desk_class.results, *options, "--names")[0] == 0
    second = ["--second-reader", "--reader", "two", "--sample", "3", "--seed", "x"]
    assert run(monkeypatch, capsys, desk_class.results, *options, *second)[0] == 0
    (desk, appeals, _), (other, none, _) = served
    assert (desk.review.store.path, appeals.file, desk.names) == (marks, overrides.resolve(), True)
    assert (other.second.reader, other.second.count, other.second.seed, none) == ("two", 3, "x", None)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--second-reader"], "say --reader NAME"),
        (["--second-reader", "--reader", "  "], "say --reader NAME"),
        (["--sample", "3"], "--sample is for --second-reader"),
        (["--second-reader", "--reader", "two", "--csv-in", __file__], "--csv-in is about the first marks"),
        (["--second-reader", "--reader", "two", "--csv-out", "x.csv"], "--csv-out is about the first marks"),
        (["--second-reader", "--reader", "two", "--template"], "--template is about the first marks"),
        (["--sample", "0"], "--sample"),
        (["--port", "70000"], "--port"),
        (["--spec", "nothing"], "no spec 'nothing'"),
        (["--course", "."], "is no course"),
    ],
)
def test_what_cannot_be_is_refused(desk_class, monkeypatch, capsys, served, tmp_path, options, said):
    monkeypatch.chdir(tmp_path if "--course" in options else desk_class.course)
    code, written = run(monkeypatch, capsys, desk_class.results, *options)
    assert (code, served) == (2, [])
    assert said in written.err


def test_a_folder_without_results_is_said(monkeypatch, capsys, served, tmp_path):
    code, written = run(monkeypatch, capsys, tmp_path)
    assert code == 2
    assert "no gradebook is there" in written.err


def test_overrides_that_lie_in_a_submission_are_refused(desk_class, graded_class, monkeypatch, capsys, served):
    file = graded_class / "answers" / "doris" / "overrides.yaml"
    options = ["--course", desk_class.course, "--overrides", file]
    code, written = run(monkeypatch, capsys, desk_class.results, *options)
    assert code == 2
    assert "a student may have put it there" in written.err


@pytest.mark.parametrize("missing", ["starlette", "uvicorn", "markdown_it", "latex2mathml", "mdit_py_plugins"])
def test_a_library_that_is_missing_is_named_with_what_to_install(desk_class, monkeypatch, capsys, served, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    code, written = run(monkeypatch, capsys, desk_class.results, "--course", desk_class.course)
    assert (code, served) == (2, [])
    assert (
        f"the desk needs {missing}, which is not installed: install it with: pip install 'proofgrade[review]'"
        in written.err
    )


def test_a_port_that_is_taken_is_said(desk_class, monkeypatch, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        port = taken.getsockname()[1]
        options = ["--course", desk_class.course, "--port", port, "--no-open"]
        code, written = run(monkeypatch, capsys, desk_class.results, *options)
    assert code == 2
    assert f"port {port} of 127.0.0.1 cannot be used" in written.err
