"""What is exported, run as each platform runs it: honest submissions, hostile ones, and faults of our own."""

import json

import pytest

from grader.kinds.table import load_assignment

from ..answers.helpers import Q5, write
from .grading_platforms import ENVIRONMENT, MARKS, PLATFORMS, Exported, exported_to, lab
from .test_autograder_runs import TWICE

RAISES = "def twice(n):\n    raise OSError('ksxqvz')\n"
WRONG = {
    "answers.yaml": "q5: {W1: 1, W2: 0, b2: 0, W3: 1, b3: 0}\n",
    "solution.py": "def twice(n):\n    return n + 37\n",
}

FORGED = {
    "results.json": json.dumps({"gradable": True, "score": 1, "tests": [], "message": "forged"}),
    "validation_results.json": json.dumps({"status": "success", "data": {"score": 1, "message": "forged"}}),
    "results.xml": '<testsuites><testsuite name="forged"/></testsuites>',
    "STDOUT.txt": json.dumps({"scores": {"q5": 1000}}),
    "custom_validator_input.json": json.dumps({"question": "q5", "testcase_prefix": "/"}),
    "grade": "#!/bin/sh\necho forged\n", "run.sh": "echo forged\n", "driver.sh": "echo forged\n",
    "not_marked": "forged", "spec": "specs/forged\n", "options": "--format\nforged\n",
    "Makefile": "all:\n\techo forged\n", "grader.py": "print('forged')\n", "sitecustomize.py": "print('forged')\n",
    "json.py": "1/0\n", "shutil.py": "1/0\n", "conftest.py": "1/0\n",
}  # fmt: skip
"""Files that are called like those of the platforms and of the exports."""

BREAKS_OUT = r"""
import os, subprocess, sys
SCORES = '{"scores": {"q5": 1000, "q7": 1000}}'
PLACES = ["/grade/results/results.json", "../results/results.json", "validation_results.json", "../test-reports/results.xml",
          "test-reports/results.xml", "../not_marked", "../grade", "../tests/grade", "results"]
print(SCORES)
print("\x1b]0;forged\x07" + "\n" * 3 + SCORES)
sys.stderr.write("forged" * 300_000)
for place in PLACES:
    for way in (
        lambda: open(place, "w").write("forged"),
        lambda: os.symlink("/etc/passwd", place),
        lambda: subprocess.Popen(["sh", "-c", "sleep 2; echo forged > " + place]),
    ):
        try:
            way()
        except BaseException:
            pass
for descriptor in range(3, 64):
    try:
        os.write(descriptor, SCORES.encode())
    except BaseException:
        pass
sys.exit = os._exit = lambda *values: None

def twice(n):
    for place in ("reference/secret.py", "../reference/secret.py", "../tests/reference/secret.py", "/proc/self/environ"):
        try:
            return open(place).read()
        except BaseException:
            pass
    print(SCORES)
    return "forged" * 300_000 if n == 1 else 2 * n
"""


@pytest.fixture(scope="module")
def exports(tmp_path_factory):
    """Each platform's export, made once."""
    made = {}
    broken_secret = "def twice(n):\n    raise OSError('ksxqvz')\n"
    sound = load_assignment(lab(tmp_path_factory.mktemp("sound")))
    broken = load_assignment(lab(tmp_path_factory.mktemp("broken"), broken_secret))

    def export(name):
        if name not in made:
            folder, platform = tmp_path_factory.mktemp(name), PLATFORMS[name]
            folders = [
                exported_to(platform, one, folder / kind) for kind, one in (("sound", sound), ("broken", broken))
            ]
            made[name] = Exported(*folders)
        return made[name]

    return export


@pytest.fixture
def hand_in(exports, tmp_path):
    def hand_in(name, files, *, broken=False, **environment):
        exported = exports(name)
        where = exported.broken if broken else exported.sound
        return PLATFORMS[name].run(where, tmp_path, files, {**ENVIRONMENT, **environment})

    return hand_in


def tells_nothing(outcome):
    for secret in ("ksxqvz", "forged", "is wanted", "Error", "Traceback", "/specs/", "1000"):
        assert secret not in outcome.seen
    assert "\x1b" not in outcome.seen


@pytest.mark.slow
@pytest.mark.parametrize("name", PLATFORMS)
def test_an_honest_submission_among_files_with_the_platforms_names_gets_its_points(hand_in, name):
    outcome = hand_in(name, {**FORGED, "answers.yaml": Q5, "solution.py": TWICE})
    assert outcome.points == MARKS
    for secret in ("ksxqvz", "1000", "Traceback"):
        assert secret not in outcome.seen


@pytest.mark.long
@pytest.mark.parametrize("name", PLATFORMS)
@pytest.mark.sampled(2)
def test_code_that_wants_out_gets_nowhere(hand_in, name):
    outcome = hand_in(name, {**FORGED, "answers.yaml": Q5, "solution.py": BREAKS_OUT})
    assert outcome.points == {"q5": 70, "q7": 0}
    for secret in ("ksxqvz", "is wanted", "Traceback", '"scores": {"q5": 1000', "forged" * 1000):
        assert secret not in outcome.seen
    assert len(outcome.seen) < 500_000


@pytest.mark.slow
@pytest.mark.parametrize("name", PLATFORMS)
def test_a_wrong_one_is_told_where_but_not_what_was_wanted(hand_in, name):
    outcome = hand_in(name, WRONG)
    assert outcome.points == {"q5": 40, "q7": 0}
    assert "which is not right" in outcome.seen
    tells_nothing(outcome)


@pytest.mark.slow
@pytest.mark.parametrize("name", PLATFORMS)
@pytest.mark.parametrize("files", [{}, {"answers.yaml": "q5: {W1: [\n"}, {"answers.yaml": b"\xff\xfe\x00"}])
def test_what_cannot_be_read_is_the_students_and_says_why(hand_in, name, files):
    outcome = hand_in(name, {"readme.md": "hello", **files})
    assert outcome.points in (None, dict.fromkeys(MARKS, 0))
    assert "grader itself failed" not in outcome.seen
    if name == "prairielearn":
        assert json.loads(outcome.seen)["gradable"] is False


@pytest.mark.slow
@pytest.mark.parametrize("name", PLATFORMS)
def test_a_fault_in_a_reference_is_no_zero_and_tells_nothing(hand_in, name):
    outcome = hand_in(name, {"answers.yaml": Q5, "solution.py": TWICE}, broken=True)
    assert outcome.points in (None, {"q5": 70})
    assert "grader itself failed" in outcome.seen
    tells_nothing(outcome)


KILLED = "#!/bin/sh\nkill -9 $$\n"
HALF = '#!/bin/sh\nfor last; do :; done\necho \'{"score": 1\' >"$PWD/report"; exit 1\n'
SILENT = "#!/bin/sh\nexit 0\n"


@pytest.mark.long
@pytest.mark.parametrize("name", PLATFORMS)
@pytest.mark.parametrize("python", [KILLED, HALF, SILENT, None], ids=["killed", "half a file", "no file", "no Python"])
@pytest.mark.sampled(4)
def test_a_grader_that_cannot_run_leaves_no_mark(hand_in, tmp_path, name, python):
    if python:
        write(tmp_path, {"python": python})
        (tmp_path / "python").chmod(0o755)
    outcome = hand_in(name, {"answers.yaml": Q5}, GRADER_PYTHON=str(tmp_path / "python"))
    assert outcome.points is None
    assert "This submission has not been marked yet" in outcome.seen
    tells_nothing(outcome)
