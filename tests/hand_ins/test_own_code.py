"""A student's own code is checked in what the machine has; what others wrote is graded in a strict sandbox alone."""

import sys

import pytest

import grader
from grader.errors import HarnessError
from grader.own_code import requirement_for_own_code, said_of_own_code
from grader.sandbox.tiers import TIERS

from ..answers.helpers import DOUBLE, write

SPEC = f'{DOUBLE}known: {{the key: {{earns: 3, code: "def double(n): return 2 * n"}}}}\n'
RIGHT = "def double(n):\n    return 2 * n\n"
SAID = "code ran in tier D, all that this system has"


@pytest.fixture(scope="module")
def spec(tmp_path_factory):
    folder = tmp_path_factory.mktemp("spec")
    (folder / "double.yaml").write_text(SPEC)
    return folder / "double.yaml"


@pytest.fixture
def weak_system(monkeypatch):
    """The sandbox of another system: no mechanism of Linux is tried, and the best tier is D."""
    monkeypatch.setattr("grader.sandbox.box.sys", _System("darwin"))
    monkeypatch.setattr("grader.own_code.sys", _System("darwin"))


class _System:
    """`sys`, but for the name of the platform."""

    def __init__(self, platform):
        self.platform = platform

    def __getattr__(self, name):
        return getattr(sys, name)


def test_check_runs_own_code_in_what_the_system_has_and_says_so(weak_system, run, spec, tmp_path):
    folder = write(tmp_path / "mine", {"solution.py": RIGHT})
    result = run("check", folder, "--spec", spec)
    assert result.code == 0, result.err
    (line,) = result.err.splitlines()
    assert line.startswith(f"grader: {SAID} (a process of its own with limited time")
    assert line.endswith("check only your own code here; `grader grade` asks for tier A or B")
    assert "code ran in a sandbox of tier D" in result.out


def test_check_is_strict_where_that_is_asked_for(weak_system, run, spec, tmp_path):
    folder = write(tmp_path / "mine", {"solution.py": RIGHT})
    result = run("check", folder, "--spec", spec, "--require-sandbox", "strict")
    assert result.code == 3
    assert "students' code needs a sandbox of tier A or B, and only tier D works here" in result.err


def test_degraded_needs_no_word_where_it_was_asked_for(weak_system, run, spec, tmp_path):
    folder = write(tmp_path / "mine", {"solution.py": RIGHT})
    result = run("check", folder, "--spec", spec, "--require-sandbox", "degraded")
    assert (result.code, result.err) == (0, "")


def test_doctor_says_what_runs(weak_system, run):
    said = "your own code runs here with `grader check` all the same; `grader grade` refuses it"
    assert said in " ".join(run("doctor").out.split())


def test_grade_stays_strict(weak_system, run, spec, tmp_path):
    write(tmp_path / "class" / "theirs", {"solution.py": RIGHT})
    result = run("grade", tmp_path / "class", "--spec", spec, "--out", tmp_path / "out")
    assert result.code == 3
    assert "only tier D works here" in result.err


def test_no_code_no_word(weak_system, run, spec, tmp_path):
    result = run("check", write(tmp_path / "mine", {"answers.yaml": "q: 1\n"}), "--spec", spec)
    assert SAID not in result.err


def test_the_api_checks_own_code_too(weak_system, spec, tmp_path):
    def double(n):
        return 2 * n

    assert grader.check("double", double, spec=spec).points == 3
    report = grader.load(spec).grade(write(tmp_path / "mine", {"solution.py": RIGHT}))
    assert (report.points, report.sandbox[:2]) == (3, "D:")
    held = grader.load(spec).grade(tmp_path / "mine", require_sandbox="strict")
    assert held.status == "held"


@pytest.mark.parametrize(
    ("platform", "asked", "wanted"),
    [
        ("linux", None, "strict"), ("darwin", None, "degraded"), ("win32", None, "degraded"),
        ("linux", "degraded", "degraded"), ("darwin", "strict", "strict"), ("win32", "off", "off"),
    ],
)  # fmt: skip
def test_what_must_hold_own_code(monkeypatch, platform, asked, wanted):
    monkeypatch.setattr("grader.own_code.sys", _System(platform))
    assert requirement_for_own_code(asked) == wanted


@pytest.mark.parametrize("tier", TIERS)
def test_a_word_is_said_of_weak_tiers_alone(tier):
    ran_in = f"{tier}: {TIERS[tier].holds}; random seeds 0, PYTHONHASHSEED 0"
    assert bool(said_of_own_code(None, ran_in)) is (tier in ("C", "D"))
    assert said_of_own_code("degraded", ran_in) == said_of_own_code(None, "") == ""


def test_the_refusal_is_the_graders_not_the_students():
    from grader.sandbox.tiers import check

    with pytest.raises(HarnessError, match="--require-sandbox degraded"):
        check(TIERS["D"], "strict", [])
