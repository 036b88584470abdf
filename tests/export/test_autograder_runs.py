"""`run_autograder` in /autograder, as the platform runs it: honest submissions, hostile ones, and faults of our own."""

import json

import pytest

from ..answers.helpers import Q5, Q6
from ..reports.test_gradescope import METADATA, follows_the_rules

TWICE = "def twice(n):\n    return 2 * n\n"
FORGED = json.dumps({"score": 1000, "output": "forged", "tests": []})
BREAKS_OUT = """
import os, subprocess, sys, json
FORGED = {forged!r}
for way in (
    lambda: open("/autograder/results/results.json", "w").write(FORGED),
    lambda: os.replace("/autograder/submission/results.json", "/autograder/results/results.json"),
    lambda: subprocess.Popen(["sh", "-c", "sleep 3; echo forged > /autograder/results/results.json"]),
    lambda: os.kill(os.getppid(), 9),
    lambda: print(open("/autograder/source/reference/secret.py").read()),
    lambda: sys.stdout.write(FORGED),
):
    try:
        way()
    except BaseException:
        pass

def twice(n):
    try:
        return open("/autograder/source/reference/secret.py").read()
    except BaseException as error:
        return 2 * n
"""


@pytest.fixture
def hand_in(autograder, tmp_path):
    """Lays out a submission and runs it."""

    def hand_in(files, *, before=lambda folder: None, env=None):
        folder = autograder.lay_out(tmp_path / "autograder", files)
        before(folder)
        results = autograder.run(folder, env)
        follows_the_rules(json.dumps(results.data))
        assert results.code == 0
        return results

    return hand_in


def points(results):
    return {test["number"]: test["score"] for test in results.data["tests"] if "score" in test}


def stays_unmarked(results):
    """No total for students, who are told that nothing is lost; staff are told where to look."""
    assert results.data["visibility"] == "after_published"
    assert results.data["output"].startswith("This submission has not been marked yet")
    assert results.data["tests"][-1]["visibility"] == "hidden"
    assert "There is no report of this submission" in results.out


@pytest.mark.long
def test_setup_says_what_holds_students_code(autograder):
    assert "\ntier " in autograder.log
    assert "Requirement already satisfied: numpy" in autograder.log


@pytest.mark.long
def test_an_honest_submission_gets_its_points(hand_in):
    """Where it can only be read, and other results lie already; when it was handed in is read from the platform."""

    def platform(folder):
        (folder / "submission_metadata.json").write_text(json.dumps(METADATA))
        (folder / "results" / "results.json").write_text(FORGED)

    results = hand_in({"answers.yaml": Q5 + Q6, "solution.py": TWICE}, before=platform, env={"READ_ONLY": "1"})
    assert points(results) == {"5.1": 20, "5.2": 20, "5.3": 30, "6.1": 10, "6.2": 15, "6.3": 20, "6.4": 25,
                               "7.1": 2, "7.2": 1}  # fmt: skip
    assert results.data["score"] == 143
    assert "grader check ended with 0" in results.out
    assert results.data["extra_data"]["submission"]["late_by_seconds"] == 1800
    assert results.data["extra_data"]["submission"]["users"][0]["email"] == "s@example.com"


@pytest.mark.long
def test_a_wrong_one_is_told_where_but_not_what_was_wanted(hand_in):
    wrong = "q5: {W1: 1, W2: 0, b2: 0, W3: 1, b3: 0}\n"
    results = hand_in({"answers.yaml": wrong + Q6, "solution.py": "def twice(n):\n    return n + 37\n"})
    assert results.data["score"] == 110
    outputs = {test["number"]: test["output"] for test in results.data["tests"]}
    assert "on input 01 the output is 01, which is not right, from step 2 on" in outputs["5.3"]
    assert outputs["7.1"].startswith("on input twice(n=0) the output is 37, which is not right")
    assert "not shown" in outputs["7.2"]
    assert "wanted" not in results.visible
    assert "ksxqvz" not in json.dumps(results.data)


@pytest.mark.long
def test_results_that_are_handed_in_and_code_that_wants_out_count_for_nothing(hand_in):
    files = {"answers.yaml": Q5, "results.json": FORGED, "results.yaml": FORGED, "sitecustomize.py": "1/0\n",
             "json.py": "1/0\n", "grader.py": "1/0\n", "solution.py": BREAKS_OUT.format(forged=FORGED)}  # fmt: skip
    results = hand_in(files)
    assert results.data["score"] == 73
    assert "'results.json'" not in results.out
    for secret in ("ksxqvz", "forged"):
        assert secret not in json.dumps(results.data) + results.out
    assert (results.folder / "submission" / "results.json").read_text() == FORGED


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["file", "folder", "link", "dangling"])
def test_what_already_lies_where_the_results_go_is_replaced(hand_in, tmp_path, kind):
    elsewhere = tmp_path / "elsewhere.json"
    elsewhere.write_text("untouched")

    def plant(folder):
        place = folder / "results" / "results.json"
        if kind == "file":
            place.write_text(FORGED)
        elif kind == "folder":
            (place / "inner").mkdir(parents=True)
        else:
            place.symlink_to(elsewhere if kind == "link" else tmp_path / "nowhere")

    results = hand_in({"answers.yaml": Q5}, before=plant)
    assert results.data["score"] == 70
    assert not (results.folder / "results" / "results.json").is_symlink()
    assert elsewhere.read_text() == "untouched"


@pytest.mark.parametrize("files", [{}, {"answers.yaml": "q5: {W1: [\n"}, {"answers.yaml": b"\xff\xfe\x00"}])
@pytest.mark.sampled(4)
def test_what_cannot_be_read_is_the_students_and_says_why(hand_in, files):
    results = hand_in({"readme.md": "hello", **files})
    assert results.data["score"] == 0
    assert {test["status"] for test in results.data["tests"]} == {"failed"}
    assert results.data["visibility"] == "visible"


KILLED = "#!/bin/sh\nkill -9 $$\n"
HALF = '#!/bin/sh\nfor last; do :; done\ncase $* in *check*) printf \'{"score": 9\' >"$last"; exit 1;; esac\nexit 1\n'
SILENT = "#!/bin/sh\nexit 0\n"


@pytest.mark.parametrize("python", [KILLED, HALF, SILENT], ids=["killed", "half a file", "no file"])
def test_a_fault_of_the_grader_leaves_no_mark(hand_in, python):
    def broken(folder):
        (folder / "python").write_text(python)
        (folder / "python").chmod(0o755)

    stays_unmarked(hand_in({"answers.yaml": Q5}, before=broken, env={"GRADER_PYTHON": "/autograder/python"}))


def test_no_interpreter_leaves_no_mark(hand_in):
    stays_unmarked(hand_in({"answers.yaml": Q5}, env={"GRADER_PYTHON": "/nowhere/python"}))


def test_a_broken_spec_leaves_no_mark_and_is_told_to_staff(hand_in):
    def broken(folder):
        (folder / "source" / "specs" / "assignment3" / "q5.yaml").write_text("question: q5\n")

    results = hand_in({"answers.yaml": Q5}, before=broken)
    stays_unmarked(results)
    assert "grader: q5.yaml:1:1:" in results.out


@pytest.mark.long
def test_a_fault_in_one_question_is_held_and_hides_the_total(hand_in):
    def broken(folder):
        (folder / "source" / "reference" / "secret.py").write_text("def twice(n):\n    raise OSError('ksxqvz')\n")

    results = hand_in({"answers.yaml": Q5, "solution.py": TWICE}, before=broken)
    held = [test for test in results.data["tests"] if test["visibility"] == "after_published"]
    assert [test["number"] for test in held] == ["7.1", "7.2"]
    assert points(results)["5.3"] == 30
    assert "ksxqvz" in results.data["tests"][-1]["output"]
    assert "ksxqvz" not in results.visible
    assert "Until then no total is shown." in results.data["output"]


NO_SECCOMP = "import grader.sandbox.tiers as tiers\n\ntiers.NEEDED_PROBES = {**tiers.NEEDED_PROBES, 'B': ('nothing_has_this',)}\n"


def test_a_machine_without_a_good_enough_sandbox_holds_and_says_what_is_missing(autograder, hand_in):
    def weaker(folder):
        program = f"{NO_SECCOMP}from grader.cli import main\nimport sys\nsys.argv[0] = 'grader'\nmain()\n"
        (folder / "weaker.py").write_text(program)
        script = '#!/bin/sh\n[ "$3" = grader ] || exec /opt/grader/bin/python "$@"\nshift 3\n'
        (folder / "python").write_text(f'{script}exec /opt/grader/bin/python -I /autograder/weaker.py "$@"\n')
        (folder / "python").chmod(0o755)

    env = {"GRADER_PYTHON": "/autograder/python"}
    results = hand_in({"answers.yaml": Q5, "solution.py": TWICE}, before=weaker, env=env)
    assert points(results) == {"5.1": 20, "5.2": 20, "5.3": 30, "6.1": 0, "6.2": 0, "6.3": 0, "6.4": 0}
    assert "students' code needs a sandbox of tier A or B, and only tier C works here" in results.out
    assert "--require-sandbox degraded" in results.data["tests"][-1]["output"]
    assert "sandbox" not in results.visible
