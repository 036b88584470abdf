"""A submission run as tests: what is collected, how each status is told, and the options that pytest's users know."""

import os
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest

from grader.errors import HarnessError
from grader.kinds.weights import score as weights

from .test_settings_handed_in import MODULES, SETTINGS

IDS = [
    "latch::stays 1 on ones",
    "latch::is 0 from a 0 on",
    "latch::both, on the whole",
    "essay::what a reader finds in the answer",
    "p.1::the formula is right",
    "two::the number is right",
    "two::the formula is right",
]


def test_every_rubric_line_is_an_item(hand_in, run, right):
    hand_in(right)
    listed = run("--collect-only", "-q").outlines
    assert [line for line in listed if "::" in line] == IDS


def test_right_answers_pass_and_what_waits_is_skipped_with_its_reason(hand_in, run, right):
    hand_in(right)
    result = run("-rs")
    result.assert_outcomes(passed=5, skipped=2)
    result.stdout.fnmatch_lines(["submission: alice (small)", "alice: 90 of 100 points"])
    result.stdout.fnmatch_lines(["SKIPPED * waits for a reader", "SKIPPED * belongs to another way to answer*"])


def test_a_failure_is_the_counterexample_and_its_trace_alone(hand_in, run, forgets):
    hand_in(forgets)
    out = run("-k", "latch").stdout.str()
    shown = out.partition("latch: is 0 from a 0 on")[2].partition("\n")[2]
    wanted = """\
on input 01 the output is 01, but 00 is wanted: step 2 gives 1 instead of 0 (the shortest such input) (0 of 20 points)
t  x  output  wanted
1  0       0       0
2  1       1       0  <-- first wrong step
note: Your hidden unit forgets.
alice: 20 of 50 points
"""
    assert shown.startswith(wanted)
    assert "Traceback" not in out
    assert ".py:" not in out


def test_a_blocked_line_is_skipped_since_the_line_below_has_failed(hand_in, run, forgets):
    hand_in(forgets)
    result = run("-k", "latch", "-rs")
    result.assert_outcomes(passed=1, failed=1, skipped=1)
    result.stdout.fnmatch_lines(["SKIPPED * counts once 'is 0 from a 0 on' holds"])


def test_a_wrong_formula_shows_the_point(hand_in, run, forgets):
    hand_in(forgets)
    run("-k", "p.1").stdout.fnmatch_lines(
        ["at a = 1, b = 1 it is 2, but 4 is wanted (0 of 20 points)", "note: read as a**2 + b**2"]
    )


def test_what_was_not_handed_in_fails(hand_in, run, forgets):
    hand_in(forgets)
    result = run("two::the number is right", "-v")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["two::the number is right FAILED *", "no answer was handed in (0 of 20 points)"])


def test_what_cannot_be_used_fails_with_its_place_and_hidden_characters_written_out(hand_in, run):
    hand_in('assignment: small\nlatch: {W1: "\\e[2J\u202e", W2: 2, b: 0}\n')
    result = run("-k", "latch")
    result.assert_outcomes(failed=3)
    out = result.stdout.str()
    assert "answers.yaml:2:13: W1 must be a number" in out
    assert "\x1b[2J" not in out
    assert "\u202e" not in out


@pytest.mark.long
def test_what_is_held_is_an_error_and_no_failure(hand_in, run, right, monkeypatch):
    def broken(*_):
        raise HarnessError("the machine room is under water")

    monkeypatch.setattr(weights, "score_weights", broken)
    hand_in(right)
    result = run("-k", "latch")
    result.assert_outcomes(errors=3)
    result.stdout.fnmatch_lines(["held, because the grader failed: HarnessError: the machine room is under water"])
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_the_first_failure_ends_the_run_where_asked(hand_in, run, forgets):
    hand_in(forgets)
    run("-x").assert_outcomes(passed=1, failed=1)


def test_names_are_selected_as_usual(hand_in, run, right):
    hand_in(right)
    run("-k", "stays").assert_outcomes(passed=1, deselected=6)


def test_verbose_runs_name_each_line(hand_in, run, right):
    hand_in(right)
    run("-v").stdout.fnmatch_lines(["latch::stays 1 on ones PASSED *", "p.1::the formula is right PASSED *"])


@pytest.mark.long
@pytest.mark.parametrize("style", ["long", "short", "line", "native"])
def test_no_style_shows_python(hand_in, run, forgets, style):
    hand_in(forgets)
    out = run(f"--tb={style}", "-k", "latch").stdout.str()
    assert "on input 01 the output is 01, but 00 is wanted" in out
    assert "rubric.py" not in out


def test_summaries_say_why_in_a_line(hand_in, run, forgets):
    hand_in(forgets)
    run("-k", "latch", "--tb=no").stdout.fnmatch_lines(["FAILED latch::is 0 from a 0 on - on input 01 the output *"])


def test_ids_that_are_shown_can_be_asked_for(hand_in, run, right):
    hand_in(right)
    run("latch::stays 1 on ones").assert_outcomes(passed=1)
    run("p", "essay").assert_outcomes(passed=1, skipped=1)


def test_an_id_that_is_none_is_refused_with_advice(hand_in, run, right):
    hand_in(right)
    result = run("latch::stays 1 on one")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["*'latch::stays 1 on one' is neither a file nor a rubric line (did you mean 'latch::stays 1 on ones'[?])"]
    )


@pytest.mark.long
def test_failures_can_be_run_again(hand_in, run, forgets):
    hand_in(forgets)
    run()
    run("--lf").assert_outcomes(failed=3, deselected=4)


def test_junit_files_carry_messages_reasons_points_and_evidence(hand_in, run, forgets, course):
    hand_in(forgets)
    run("--junitxml=out.xml")
    cases = {f"{case.get('classname')}::{case.get('name')}": case for case in ET.parse("out.xml").iter("testcase")}
    assert list(cases) == IDS
    failure = cases["latch::is 0 from a 0 on"].find("failure")
    assert failure.get("message").startswith("on input 01 the output is 01, but 00 is wanted")
    assert "2  1       1       0  <-- first wrong step" in failure.text
    assert cases["latch::both, on the whole"].find("skipped").get("message") == "counts once 'is 0 from a 0 on' holds"
    properties = {p.get("name"): p.get("value") for p in cases["latch::stays 1 on ones"].iter("property")}
    assert properties == {
        "points": "20",
        "max_points": "20",
        "evidence": "proved for every input of every length (3 states)",
    }


@pytest.mark.long
def test_two_workers_see_the_same_and_obey_nothing_that_was_handed_in(hand_in, course, forgets):
    """Also where pytest is started among what was handed in, beside settings that ask for modules there."""
    pytest.importorskip("xdist")
    evil = "import pathlib; pathlib.Path(__file__).with_suffix('.was_here').touch()"
    folder = hand_in(forgets, **dict.fromkeys(MODULES, evil))
    for name, text in SETTINGS.items():
        (folder / name).write_text(text or evil)
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON"))}
    command = [sys.executable, "-m", "pytest", "--submission", ".", "-n", "2", "-v", "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=folder, env=ours, capture_output=True, text=True, timeout=300)
    found = pytest.RunResult.parse_summary_nouns(done.stdout.splitlines())
    assert found == {"passed": 1, "failed": 3, "skipped": 3}
    assert "\nalice: 20 of 100 points\n" in done.stdout
    assert "on input 01 the output is 01, but 00 is wanted" in done.stdout
    assert not list(folder.glob("*.was_here"))


@pytest.mark.slow
def test_a_worker_takes_the_name_of_a_line(hand_in, course, forgets):
    pytest.importorskip("xdist")
    hand_in(forgets)
    one = course.runpytest_subprocess("--submission", "alice", "-n", "1", "latch::stays 1 on ones")
    one.assert_outcomes(passed=1)


def test_tests_by_hand_run_beside_the_lines_where_they_are_asked_for(hand_in, run, right, course):
    hand_in(right)
    course.makepyfile("def test_name(submission): assert submission.name == 'alice'")
    run().assert_outcomes(passed=5, skipped=2)
    run("test_tests_by_hand_run_beside_the_lines_where_they_are_asked_for.py").assert_outcomes(passed=6, skipped=2)


def test_a_submission_that_is_not_there_is_a_wrong_command(course, run):
    result = run(submission="nobody")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: there is no submission 'nobody'"])


def test_an_assignment_that_is_not_there_is_a_wrong_command(hand_in, run):
    hand_in("assignment: smal\n")
    result = run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: assignment: 'smal' is not an assignment (did you mean 'small'[?])*"])


def test_a_spec_can_be_named(hand_in, run, right):
    hand_in(right)
    run("--spec", "specs/small/p.1.yaml").assert_outcomes(passed=1)
    result = run("--spec", "large")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: no spec 'large': *specs/ holds small*"])


EVIL = "import pathlib; pathlib.Path(__file__).with_name('was_here').touch()\ndef test_passes(): pass\n"


def test_python_in_the_submission_is_never_imported(hand_in, run, right):
    folder = hand_in(right, conftest=EVIL, test_mine=EVIL, sitecustomize=EVIL)
    run().assert_outcomes(passed=5, skipped=2)
    assert not (folder / "was_here").exists()


@pytest.mark.parametrize(("file", "text"), [("conftest.py", EVIL), ("pytest.ini", "[pytest]\n")])
def test_a_run_that_would_obey_the_submission_is_refused(hand_in, course, right, monkeypatch, file, text):
    folder = hand_in(right)
    (folder / file).write_text(text)
    monkeypatch.chdir(folder)
    result = course.runpytest_inprocess("--submission", ".", "--rootdir", ".")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --rootdir=.: lies in the submission ., and nothing in there is run or obeyed"])
    assert not (folder / "was_here").exists()


@pytest.mark.long
def test_a_submission_brings_no_course_of_its_own(hand_in, course, right, monkeypatch):
    """Wherever pytest is started: the course is outside of the submission, or is named."""
    folder = hand_in(right)
    spec = folder / "specs" / "small"
    spec.mkdir(parents=True)
    (spec / "assignment.yaml").write_text("assignment: small\nquestions: [mine]\n")
    (spec / "mine.yaml").write_text("question: mine\ntitle: Mine\npoints: 1\nanswer: number\nvalue: 1\n")
    monkeypatch.chdir(folder)
    course.runpytest_inprocess("--submission=.", "--rootdir", "..").assert_outcomes(passed=5, skipped=2)
    for named in (("--spec", "specs/small"), ("--course", ".")):
        result = course.runpytest_inprocess("--submission=.", "--rootdir", "..", *named)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(["ERROR: * lies in what is graded, and students may have put it there*"])
    monkeypatch.chdir("/")
    arguments = (f"--submission={folder}", "--rootdir", str(course.path), "-p", "no:cacheprovider")
    assert course.runpytest_inprocess(*arguments).ret == pytest.ExitCode.USAGE_ERROR
    course.runpytest_inprocess(*arguments, "--course", str(course.path)).assert_outcomes(passed=5, skipped=2)
