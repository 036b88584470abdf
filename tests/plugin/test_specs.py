"""Specs run as tests, where that is asked for, and YAML that is no spec left alone."""

import pytest

LATCH_ITEMS = ["holds together", "example 1101", "reference", "known the key", "known copies x"]


@pytest.fixture
def change(course):
    """Replaces a part of a question's text."""

    def change(name, old, new):
        path = course.path / "specs" / "small" / f"{name}.yaml"
        text = path.read_text()
        assert text.count(old) == 1
        path.write_text(text.replace(old, new))

    return change


@pytest.fixture
def test_specs(course):
    return lambda *arguments: course.runpytest_inprocess("--spec-tests", *(arguments or ["specs"]))


def test_reference_examples_and_known_answers_are_items(test_specs):
    listed = [line for line in test_specs("specs", "--collect-only", "-q").outlines if "::" in line]
    folder = "specs/small"
    assert [line for line in listed if "latch" in line] == [
        f"{folder}/latch.yaml::loads",
        *(f"{folder}/latch.yaml::latch::{name}" for name in LATCH_ITEMS),
    ]
    assert f"{folder}/assignment.yaml::loads" in listed
    assert f"{folder}/p.1.yaml::p.1::known written out" in listed
    assert [line for line in listed if "two.yaml::two::" in line] == [
        f"{folder}/two.yaml::two::{name}" for name in ("holds together", "known four", "known twice")
    ]


@pytest.mark.long
def test_a_good_spec_passes(test_specs):
    test_specs().assert_outcomes(passed=16)


def test_specs_are_left_alone_unless_they_are_asked_for(course):
    course.runpytest_inprocess("specs").assert_outcomes()


@pytest.mark.long
def test_the_ini_option_asks_for_them_in_every_run(course):
    course.makeini("[pytest]\ngrader_specs = true\n")
    course.runpytest_inprocess().assert_outcomes(passed=16)


OTHERS = {
    "docker-compose.yaml": "services: {web: {image: x}}\n",
    "answers.yaml": "assignment: small\nlatch: {W1: 1}\n",
    "openapi.yaml": "question:\n  - answer: 1\n",
    "assignment.yaml": "assignment: a\n",
    "broken.yaml": "{{{",
    "binary.yaml": "\udcff",
    "notes.yml": "question: q\nanswer: weights\n",
}


def test_other_yaml_is_never_touched(pytester):
    for name, text in OTHERS.items():
        (pytester.path / name).write_bytes(text.encode(errors="surrogateescape"))
    result = pytester.runpytest_inprocess("--spec-tests", ".")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED


@pytest.mark.long
def test_a_known_answer_that_earns_something_else_fails(test_specs, change):
    change("latch", "earns: 20, say", "earns: 30, say")
    result = test_specs("specs/small/latch.yaml")
    result.assert_outcomes(passed=5, failed=1)
    result.stdout.fnmatch_lines(["*latch: known copies x*", "*known 'copies x' earns 20, not 30"])


def test_an_example_that_the_behaviour_denies_fails(test_specs, change):
    change("latch", "{1101: 1100}", "{1101: 1101}")
    result = test_specs("specs/small/latch.yaml", "-k", "example")
    result.assert_outcomes(failed=1, deselected=5)
    result.stdout.fnmatch_lines(["*: the example 1101 promises 1101, the behaviour gives 1100"])


def test_a_reference_that_is_wrong_fails(test_specs, course):
    reference = course.path / "reference" / "latch.py"
    reference.write_text(reference.read_text().replace("alive and x", "x"))
    result = test_specs("specs/small/latch.yaml")
    result.assert_outcomes(passed=5, failed=1)
    result.stdout.fnmatch_lines(["*: reference.latch disagrees with the behaviour on input 01"])


@pytest.mark.long
def test_what_is_to_be_looked_at_is_a_warning(test_specs, change):
    change("latch", "checks:", "budget: {samples: 1}\nchecks:")
    result = test_specs("specs/small/latch.yaml", "-W", "default::grader.pytest_plugin.SpecWarning")
    result.assert_outcomes(passed=6, warnings=1)
    result.stdout.fnmatch_lines(["*SpecWarning: latch: latch.yaml:*: `samples: 1` is too few*"])


def test_warnings_are_errors_where_pytest_is_told_so(test_specs, change):
    change("latch", "checks:", "budget: {samples: 1}\nchecks:")
    test_specs("specs/small/latch.yaml", "-W", "error").assert_outcomes(passed=5, failed=1)


def test_a_spec_that_cannot_be_read_says_where_and_stops_no_other(test_specs, change):
    change("latch", "output: h", "output: k")
    result = test_specs()
    result.assert_outcomes(passed=9, failed=2)
    result.stdout.fnmatch_lines(["latch.yaml:11:*: *'k'*"])
    assert "Traceback" not in result.stdout.str()


def test_specs_and_a_submission_go_together(hand_in, right, run):
    hand_in(right)
    run("--spec-tests", "specs/small/p.1.yaml").assert_outcomes(passed=8, skipped=2)
