"""Functions that are graded again: they rest on all of a submission, and are used again together or not at all."""

from pathlib import Path

import pytest

from grader.kinds.function.code_runner import runner_pool

from ..answers.helpers import Q5, write
from ..conftest import RUN
from .test_gradebook import asked, edit, grade, own_course, views, whole_course

__all__ = ["asked", "grade", "own_course", "whole_course"]

SPEC = """\
question: {name}
title: {name}
points: 4
answer: function
signature: {name}(x)
inputs: {{x: integer(-5..5)}}
checks: [{{name: right, points: 4, equals: reference.{name}.{name}}}]
"""
CODE = "from helper import two\n\ndef twice(x):\n    return two * x\n\ndef thrice(x):\n    return 3 * x\n"


@pytest.fixture
def coding(own_course, tmp_path, monkeypatch):
    """Two functions and a network, and one submission with a module of its own; all runs share the sandboxes."""
    monkeypatch.setattr("grader.kinds.function.submitted.runner_pool", lambda run, *asked: runner_pool(RUN, *asked))
    specs = own_course / "specs" / "assignment3"
    for name, factor in (("twice", 2), ("thrice", 3)):
        (specs / f"{name}.yaml").write_text(SPEC.format(name=name))
        (own_course / "reference" / f"{name}.py").write_text(f"def {name}(x):\n    return {factor} * x\n")
    edit(specs / "assignment.yaml", "[q5, q6, q7]", "[q5, twice, thrice]")
    write(tmp_path / "coders" / "dora", {"answers.yaml": Q5, "solution.py": CODE, "helper.py": "two = 2\n"})


BOTH = {"twice", "thrice"}
DORA = "../coders/dora"
CHANGES = {
    "nothing": (lambda: None, set()),
    "a module that the code imports": (lambda: edit(Path(f"{DORA}/helper.py"), "2", "1 + 1"), BOTH),
    "a module that nothing imports": (lambda: write(Path(DORA), {"other.py": ""}), BOTH),
    "the code": (lambda: edit(Path(f"{DORA}/solution.py"), "3 * x", "x * 3"), BOTH),
    "the answers beside the code": (lambda: edit(Path(f"{DORA}/answers.yaml"), "W2: 1", "W2: 0"), {"q5", *BOTH}),
    "one of the specs": (lambda: edit(Path("specs/assignment3/twice.yaml"), "title: twice", "title: Two"), BOTH),
    "another spec": (lambda: edit(Path("specs/assignment3/q5.yaml"), "title: ", "title: New "), {"q5"}),
    "a reference": (lambda: edit(Path("reference/thrice.py"), "3 * x", "x + 2 * x"), BOTH),
    "what a reference reads": (lambda: write(Path("reference"), {"data.txt": "x"}), set()),
}


@pytest.mark.parametrize("change", CHANGES)
def test_code_is_graded_again_where_anything_is_changed_that_it_may_rest_on(coding, grade, asked, tmp_path, change):
    options = {"folder": "coders"}
    grade("--require-sandbox", "off", **options)
    asked.clear()
    make, graded = CHANGES[change]
    make()
    grade("--require-sandbox", "off", **options)
    assert {question for _, question in asked} == graded
    grade("--require-sandbox", "off", out="fresh", **options)
    assert views(tmp_path / "out") == views(tmp_path / "fresh")


def test_a_verdict_that_is_used_again_names_no_code_that_ran_for_another_question(coding, grade, asked, tmp_path):
    """A network behind the functions stays as it was; the report names the code that is graded now."""
    edit(Path("specs/assignment3/assignment.yaml"), "[q5, twice, thrice]", "[twice, thrice, q5]")
    grade("--require-sandbox", "off", folder="coders")
    asked.clear()
    edit(Path(f"{DORA}/solution.py"), "3 * x", "x * 3")
    grade("--require-sandbox", "off", folder="coders")
    assert {question for _, question in asked} == BOTH
    grade("--require-sandbox", "off", out="fresh", folder="coders")
    assert views(tmp_path / "out") == views(tmp_path / "fresh")


def test_a_reference_that_may_read_files_rests_on_all_of_them(coding, grade, asked):
    edit(Path("reference/twice.py"), "return", "open(__file__).close()\n    return")
    grade("--require-sandbox", "off", folder="coders")
    asked.clear()
    write(Path("reference"), {"data.txt": "x"})
    grade("--require-sandbox", "off", folder="coders")
    assert {question for _, question in asked} == BOTH


def test_another_version_of_a_package_or_another_sandbox_is_another_verdict(coding, grade, asked, monkeypatch):
    grade("--require-sandbox", "off", folder="coders")
    asked.clear()
    grade("--require-sandbox", "degraded", folder="coders")
    assert {question for _, question in asked} == BOTH
    asked.clear()
    monkeypatch.setattr("grader.kinds.fingerprint.course_versions", lambda names: [(name, "9") for name in names])
    monkeypatch.setattr("grader.classroom.last_run.state_on_disk", lambda: "another package is installed")
    grade("--require-sandbox", "degraded", folder="coders")
    assert {question for _, question in asked} == {"q5", *BOTH}
