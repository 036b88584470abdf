"""Answers that lie in several files of code: each counts, and two files for one answer cost that answer alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.answers.submission import Submission
from grader.grading import grade
from grader.kinds.table import load_assignment
from grader.spec.assignment import Assignment
from grader.verdict import Report

from ..conftest import RUN

F, G = "def f(x):\n    return x + 1\n", "def g(x):\n    return 2 * x\n"
WRONG_F, WRONG_G = F.replace("+ 1", "+ 2"), G.replace("2 *", "3 *")


@pytest.fixture(scope="module")
def assignment(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    course = tmp_path_factory.mktemp("course")
    specs = course / "specs" / "hw"
    specs.mkdir(parents=True)
    (specs / "assignment.yaml").write_text("assignment: hw\ntitle: T\nquestions: [f, g]\n")
    for name, value in (("f", "x + 1"), ("g", "2*x")):
        (specs / f"{name}.yaml").write_text(
            f"question: {name}\ntitle: T\npoints: 1\nanswer: function\nsignature: {name}(x)\n"
            f'inputs: {{x: integer(-3..3)}}\nchecks: [{{name: right, points: 1, holds: "out == {value}"}}]\n'
        )
    return load_assignment(specs)


def notebook(*cells: str) -> str:
    listed = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell} for cell in cells]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": listed})


def graded(folder: Path, texts: dict[str, str], assignment: Assignment) -> Report:
    folder.mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text)
    return grade(Submission(folder), assignment, run=RUN)


SPLIT = {
    "two notebooks": {"part1.ipynb": notebook("lr = 1\n" + F), "part2.ipynb": notebook("!pip install x", G)},
    "two modules": {"first.py": F, "second.py": G},
    "a notebook beside solution.py": {"solution.py": F, "work.ipynb": notebook(G)},
    "helpers of one name": {
        "part1.ipynb": notebook("def h(x):\n    return x + 1\ndef f(x):\n    return h(x)\n"),
        "part2.ipynb": notebook("def h(x):\n    return 2 * x\ndef g(x):\n    return h(x)\n"),
    },
}


@pytest.mark.parametrize("name", SPLIT)
def test_each_of_several_files_answers_what_it_defines(tmp_path: Path, assignment: Assignment, name: str) -> None:
    report = graded(tmp_path / "alice", SPLIT[name], assignment)
    assert [question.points for question in report.questions] == [1, 1]
    assert report.code is not None
    ran = {report.code.file, *(module.file for module in report.code.modules)}
    assert ran == set(SPLIT[name])
    assert len([note for note in report.messages if note.startswith("the code was read from")]) >= 1


@pytest.mark.parametrize("name", SPLIT)
def test_what_one_of_them_has_wrong_costs_its_answer_alone(tmp_path: Path, assignment: Assignment, name: str) -> None:
    texts = {file: text.replace("2 * x", "3 * x") for file, text in SPLIT[name].items()}
    report = graded(tmp_path / "alice", texts, assignment)
    assert [question.points for question in report.questions] == [1, 0]


def test_two_files_for_one_answer_are_refused_for_that_answer_by_name(tmp_path: Path, assignment: Assignment) -> None:
    texts = {"a.ipynb": notebook(F), "b.ipynb": notebook(WRONG_F, G)}
    f, g = graded(tmp_path / "alice", texts, assignment).questions
    assert (f.status, f.points, g.status, g.points) == ("rejected", 0, "graded", 1)
    assert "a.ipynb and b.ipynb both hold code that is asked for (f)" in f.messages[0]


def test_what_none_of_them_defines_is_said_with_their_names(tmp_path: Path, assignment: Assignment) -> None:
    texts = {"a.py": F, "b.py": WRONG_F}
    f, g = graded(tmp_path / "alice", texts, assignment).questions
    assert (f.points, g.points, f.status, g.status) == (0, 0, "rejected", "rejected")
    assert "none of a.py and b.py defines g" in g.messages[0]
