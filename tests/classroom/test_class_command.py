"""`grader class`: what a class shows, from the results of an earlier run."""

import json
import os

import pytest

from grader.classroom import counting

from ..answers.helpers import Q5, Q6, write

FORGETS = "q5: {W1: 1, W2: 0, b2: 0, W3: 1, b3: 0}\n"
UNUSUAL = "q5: {W1: -1, W2: 0, b2: 1, W3: 1, b3: 0}\n"
ROSTER = "id,name\n" + "".join(f"{name},{name}\n" for name in ["alice", "bob", "carol", "dan", "eve", "fay", "zoe"])


@pytest.fixture
def results(course, run, tmp_path):
    for name, answers in {
        "alice": Q5 + Q6,
        "bob": FORGETS + Q6,
        "carol": UNUSUAL,
        "dan": UNUSUAL,
        "eve": Q6,
        "fay": Q5,
    }.items():
        write(tmp_path / "class" / name, {"answers.yaml": answers})
    (tmp_path / "class" / "roster.csv").write_text(ROSTER)
    return run("grade", tmp_path / "class", "--out", tmp_path / "out"), tmp_path / "out"


def test_the_end_of_a_run_and_the_command_say_the_same(results, run):
    graded, out = results
    shown = run("class", out)
    assert (shown.code, shown.err) == (0, "")
    lines = shown.out.splitlines()
    table = lines[lines.index("assignment3: 6 submissions of 6 students") :][:7]
    assert table == graded.out.splitlines()[graded.out.splitlines().index(table[0]) :][:7]
    assert table[2].split() == ["q5", "70", "6", "30", "20", "33%", "50%", "25.71"]
    assert table[3].split() == ["q6", "70", "6", "35", "35", "50%", "50%", "30"]
    for text in (graded.out, shown.out):
        assert "q5: known mistake 'copies x': 1 of 5 answers" in text
        assert "q5: 2 submissions share an unusual wrong network with the same weights" in " ".join(text.split())
    assert "students who handed in nothing: 1: zoe" in lines
    assert "carol and dan" in shown.out
    assert "carol and dan" not in graded.out


def test_as_json(results, run):
    _, out = results
    shown = run("class", out, "--json")
    data = json.loads(shown.out)
    assert (shown.code, data["missing"]) == (0, {"count": 1, "names": ["zoe"]})
    (of,) = data["assignments"]
    assert [(q["id"], q["marked"], q["mean"]["exact"]) for q in of["questions"]] == [("q5", 6, "30"), ("q6", 6, "35")]
    assert run("class", out, "--json").out == shown.out


@pytest.mark.parametrize(
    ("name", "said"),
    [("empty", "name the folder of results that `grader grade` wrote (--out)"), ("none", "does not exist")],
)
def test_a_folder_without_results_is_told(course, run, tmp_path, name, said):
    (tmp_path / "empty").mkdir()
    shown = run("class", tmp_path / name)
    assert (shown.code, shown.out) == (2, "")
    assert said in shown.err


def test_results_of_a_run_that_has_not_ended_are_told_as_such(course, run, tmp_path):
    (tmp_path / "gradebook.sqlite").touch()
    shown = run("class", tmp_path)
    assert (shown.code, shown.out) == (2, "")
    assert "no run has come to its end there: wait for the one that grades, or give its command again" in shown.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_table_that_is_a_pipe_is_told_and_nobody_waits(course, run, tmp_path):
    os.mkfifo(tmp_path / "grades.csv")
    shown = run("class", tmp_path)
    assert (shown.code, shown.out) == (2, "")
    assert "grades.csv: cannot be read: it is no plain file: name the folder of results" in shown.err


def test_a_class_is_counted_while_it_is_graded_and_not_once_more(course, run, three, tmp_path, monkeypatch):
    """For the page of a class all reports are read at the end, and it is counted then."""

    def refuse(*_):
        raise AssertionError("it is counted once more")

    write(three, {"broken.yaml": "q5: ["})
    want = run("grade", three, "--out", tmp_path / "out", "--jobs", 1).out
    monkeypatch.setattr(counting, "class_statistics", refuse)
    found = run("grade", three, "--out", tmp_path / "other", "--jobs", 1, "--no-pages")
    assert "cannot be shown" not in found.err
    assert found.out[found.out.index("question ") :] == want[want.index("question ") :]
    assert "statistics cannot be shown" in run("grade", three, "--out", tmp_path / "out", "--jobs", 1, "--fresh").err
