"""A submission with code, from its files to the reports: notebooks, file names, tiers, the same bytes every time."""

import hashlib
import json as standard_json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader.cli import main
from grader.kinds.fingerprint import stamped
from grader.reports import json

from ..forked import forked
from .conftest import both_reports, grade, question_text

ONE = question_text("f(x)", "{x: integer(0..99)}", "holds: out == x")
RIGHT = "def f(x):\n    return x\n"


def notebook(*cells, outputs=()):
    return standard_json.dumps({
        "nbformat": 4, "nbformat_minor": 5, "metadata": {},
        "cells": [{"cell_type": kind, "metadata": {}, "source": source, "execution_count": 1, "outputs": list(outputs)}
                  for kind, source in cells],
    })  # fmt: skip


def only(report):
    return report.questions[0]


def test_the_code_cells_of_a_notebook_are_one_module(course, hand_in):
    cells = [
        ("markdown", "# def f(x): return 0"),
        ("code", "y = 1"),
        ("raw", "y = 2"),
        ("code", "def f(x):\n    return x * y"),
    ]
    assert only(grade(hand_in(homework__ipynb=notebook(*cells)), course(q=ONE))).points == 1


def test_stored_outputs_of_a_notebook_are_ignored(course, hand_in):
    outputs = [{"output_type": "stream", "name": "stdout", "text": "def f(x):\n    return x"}]
    report = grade(hand_in(homework__ipynb=notebook(("code", "def f(x): return 0"), outputs=outputs)), course(q=ONE))
    assert only(report).points == 0


def test_a_cell_that_fails_is_named(course, hand_in):
    cells = [("markdown", "text"), ("code", "def f(x):\n    return x"), ("code", "z = 1\nz / 0")]
    report = grade(hand_in(homework__ipynb=notebook(*cells)), course(q=ONE))
    assert (only(report).status, only(report).points) == ("graded", 1)
    note = "homework.ipynb, cell 2, line 2 stopped: ZeroDivisionError: division by zero"
    assert report.messages == (f"{note}; what everything else in homework.ipynb defines is used",)


@pytest.mark.parametrize("line", ["%matplotlib inline", "!pip install numpy", "%timeit f(1)"])
def test_notebook_commands_cost_nothing(course, hand_in, line):
    cells = [("code", RIGHT), ("code", f"x = 1\n{line}\n")]
    report = grade(hand_in(homework__ipynb=notebook(*cells)), course(q=ONE))
    assert (only(report).points, report.messages) == (1, ())


def test_what_is_no_notebook_is_told(course, hand_in):
    report = grade(hand_in(homework__ipynb="def f(x): return x"), course(q=ONE))
    assert only(report).messages == (
        "the code could not be loaded: homework.ipynb is not a notebook (nbformat 3 or 4):"
        " something else stands on line 1",
    )


def test_code_in_two_places_is_refused(course, hand_in):
    other = notebook(("code", f"{RIGHT}\ny = 1\ndef g(): pass"))
    report = grade(hand_in(solution__py=RIGHT, homework__ipynb=other), course(q=ONE))
    message = (
        "homework.ipynb and solution.py both hold code that is asked for (f): keep one (solution.py, or one notebook)"
    )
    assert (only(report).status, only(report).messages) == ("rejected", (message,))


def test_another_name_is_found_and_said(course, hand_in):
    report = grade(hand_in(homework__py=RIGHT), course(q=ONE))
    assert (only(report).points, report.messages) == (1, ("the code was read from homework.py",))


def test_no_code_is_missing(course, hand_in):
    report = grade(hand_in(README__md="nothing"), course(q=ONE))
    assert (only(report).status, report.sandbox) == ("missing", "")


def test_files_that_begin_with_a_dot_are_no_code(course, hand_in):
    """What some systems leave beside a file that they copy."""
    files = {".__solution__py": RIGHT, "._homework__ipynb": "", ".hidden__py": "", "solution__py": RIGHT}
    assert only(grade(hand_in("alice", **files), course(q=ONE))).points == 1


def test_a_file_alone_is_a_submission(course, hand_in, tmp_path):
    from grader.answers.submission import Submission

    lab = course(q=ONE)
    (tmp_path / "alice.py").write_text(RIGHT)
    (tmp_path / "bob.ipynb").write_text(notebook(("code", RIGHT)))
    assert only(grade(Submission(tmp_path / "alice.py"), lab)).points == 1
    assert only(grade(Submission(tmp_path / "bob.ipynb"), lab)).points == 1


def test_a_report_says_which_bytes_were_run(course, hand_in):
    data = standard_json.loads(json.render(grade(hand_in(solution__py=RIGHT), course(q=ONE))))
    written = (hand_in().path / "solution.py").read_bytes()
    assert data["code"] == {"file": "solution.py", "sha256": hashlib.sha256(written).hexdigest()}


def test_the_tier_stands_in_every_report(course, hand_in):
    report = grade(hand_in(solution__py=RIGHT), course(q=ONE))
    assert re.match(r"^[ABC]: \w.*; random seeds 0, PYTHONHASHSEED 0$", report.sandbox)
    assert standard_json.loads(json.render(report))["sandbox"] == report.sandbox
    assert " ".join(both_reports(report).split()).count(f"code ran in a sandbox of tier {report.sandbox}") == 2


@pytest.mark.parametrize(("require", "stamp"), [("strict", "[AB]: "), ("degraded", "[ABC]: "), ("off", "off: ")])
def test_what_was_required_is_stamped(course, hand_in, require, stamp):
    report = grade(hand_in(solution__py=RIGHT), course(q=ONE), require)
    assert re.match(stamp, report.sandbox)
    assert only(report).points == 1


def test_without_a_sandbox_code_is_held(course, hand_in, monkeypatch):
    from grader.errors import HarnessError

    def refuse(*_):
        raise HarnessError("there is no sandbox; install one")

    monkeypatch.setattr("grader.kinds.function.code_runner.RunnerPool.open", refuse)
    report = grade(hand_in(solution__py=RIGHT), course(q=ONE))
    message = "held, because the grader failed: HarnessError: there is no sandbox; install one"
    assert (only(report).status, only(report).messages, report.sandbox) == ("held", (message,), "")


def test_the_program_is_loaded_once_for_all_questions(course, hand_in):
    source = "count = 0\n" + "".join(
        f"def {name}(x):\n    global count\n    count += 1\n    return count\n" for name in "fg"
    )
    lines = "somewhere: out > 35"
    lab = course(**{name: question_text(f"{name}(x)", "{x: integer(0..999)}", lines) for name in "fg"})
    report = grade(hand_in(solution__py=source), lab)
    assert [int(question.points) for question in report.questions] == [0, 1]


WRONG = {
    "wrong": "def f(x):\n    return [e + (sum(x) > 3) for e in x]",
    "remembers": "seen = []\ndef f(x):\n    seen.append(x)\n    return x if len(seen) % 50 else [0]",
    "random": "import random\ndef f(x):\n    return random.random()",
    "random in NumPy": "import numpy as np\ndef f(x):\n    return np.random.random()",
    "an address": "def f(x):\n    raise ValueError(object())",
    "a set": "def f(x):\n    return list({str(e) + 'a' for e in range(50)})",
    "a hash": "def f(x):\n    return hash('text')",
    "identity": "def f(x):\n    return x",
    "a library's error": "import numpy as np\ndef f(x):\n    return np.linalg.inv(np.zeros((2, 2)))",
    "dies": "import os\ndef f(x):\n    os._exit(1)",
}


@pytest.mark.long
@pytest.mark.parametrize("name", WRONG)
@pytest.mark.sampled(3)
def test_the_same_submission_gives_the_same_bytes(course, hand_in, name):
    lines = "holds: out == x\nequals: reference.mod.f\nholds: sum(out) <= 3\npure: true"
    lab = course("def f(x):\n    return x", q=question_text("f(x)", '{x: "sequence(0..4, integer(0..9))"}', lines))
    submission = hand_in(solution__py=WRONG[name])
    assert json.render(grade(submission, lab)) == json.render(grade(submission, lab))


@pytest.mark.long
def test_another_process_gives_the_same_bytes(course, hand_in, run_command):
    lines = "holds: out == x\nholds: sum(out) <= 3"
    lab = course(q=question_text("f(x)", '{x: "vector(1..4, real(-300..300))"}', lines))
    submission = hand_in(solution__py="def f(x):\n    return x * (x < 200)")
    here = json.render(stamped(grade(submission, lab), lab))
    there = run_command("check", submission.path, "--spec", lab.path, "--format", "json", "--require-sandbox", "strict")
    assert here == there


@pytest.fixture
def run_command(tmp_path):
    def run(*arguments):
        command = [sys.executable, "-m", "grader", *map(str, arguments)]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False).stdout

    return run


OWN_PATHS = ["site-packages", "grader/", "/child/", "zygote", str(Path(sys.prefix)), str(Path.home()), str(Path.cwd())]


@pytest.mark.parametrize("name", WRONG)
def test_messages_name_no_path_of_the_machine_and_no_line_of_ours(course, hand_in, name):
    lab = course(
        q=question_text(
            "f(x)", '{x: "sequence(0..4, integer(0..9))"}', "holds: out == [7]\npure: true".replace("[7]", "7")
        )
    )
    text = both_reports(grade(hand_in(solution__py=WRONG[name]), lab)).replace("\n", "")
    assert [path for path in OWN_PATHS if path in text] == []


def test_an_error_inside_a_library_shows_the_students_line(course, hand_in):
    lab = course(q=question_text("f(x)", "{x: bit}", "holds: out == x"))
    report = grade(hand_in(solution__py=WRONG["a library's error"]), lab)
    where = "(solution.py, line 3, in f: return np.linalg.inv(np.zeros((2, 2))))"
    assert only(report).checks[0].message == f"f(x=0) raised LinAlgError: Singular matrix {where}"


@pytest.mark.long
def test_a_class_is_graded_alike_by_one_process_and_by_two(course, hand_in, tmp_path, monkeypatch, capsys):
    lines = "holds: out == x\nholds: sum(out) <= 3"
    lab = course(q=question_text("f(x)", '{x: "sequence(0..4, integer(0..9))"}', lines))
    for name, source in WRONG.items():
        hand_in(name.replace(" ", "_").replace("'", ""), solution__py=source)
    hand_in("notebook", homework__ipynb=notebook(("code", "def f(x):\n    return x")))
    hand_in("broken", solution__py="def f(x)")
    hand_in("empty", notes__txt="")
    results = []
    for jobs in (1, 2):
        out = tmp_path / f"results{jobs}"
        arguments = ["grade", str(tmp_path / "class"), "--spec", str(lab.path), "--out", str(out), "--jobs", str(jobs)]
        monkeypatch.setattr(sys, "argv", ["grader", *arguments])
        with forked(), pytest.raises(SystemExit) as stop:
            main()
        assert stop.value.code == 0
        capsys.readouterr()
        results.append({file.relative_to(out): file.read_bytes() for file in sorted(out.rglob("*")) if file.is_file()})
    assert results[0] == results[1]
    assert len([name for name in results[0] if name.suffix == ".json"]) == len(WRONG) + 3
