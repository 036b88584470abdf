"""results.json against the platform's rules, and against what students must not see in it."""

import json
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.evidence import CheckFault
from grader.reports.exception_words import in_readers_words
from grader.reports.gradescope import NOT_MARKED_NOTE, as_data, not_marked, render
from grader.reports.gradescope_metadata import read_metadata
from grader.verdict import Report

from ..answers.helpers import Q5, write
from .format_samples import REASON, check, everything, hostile, question, with_held

SEEN = {"hidden", "after_due_date", "after_published", "visible"}
WRITTEN = {"text", "html", "simple_format", "md", "ansi"}
TOP = {
    "score": (int, float), "execution_time": (int, float), "output": str, "output_format": WRITTEN,
    "test_output_format": WRITTEN, "test_name_format": WRITTEN, "visibility": SEEN, "stdout_visibility": SEEN,
    "extra_data": dict, "tests": list, "leaderboard": list,
}  # fmt: skip
TEST = {
    "score": (int, float), "max_score": (int, float), "status": {"passed", "failed"}, "name": str,
    "name_format": WRITTEN, "number": str, "output": str, "output_format": WRITTEN, "tags": list, "visibility": SEEN,
    "extra_data": dict,
}  # fmt: skip


def fields(data, known):
    for key, value in data.items():
        wanted = known[key]
        assert value in wanted if isinstance(wanted, set) else isinstance(value, wanted), (key, value)


def follows_the_rules(text):
    """Gradescope, "Autograder Specifications": fields, their types and words, and a score somewhere."""
    assert text.isascii()
    data = json.loads(text)
    fields(data, TOP)
    assert "score" in data or all("score" in test for test in data["tests"])
    for test in data["tests"]:
        fields(test, TEST)
        assert 0 <= test.get("score", 0) <= test.get("max_score", test.get("score", 0))
        if test.get("visibility") == "hidden":
            assert "score" not in test
            assert "max_score" not in test
    numbers = [test["number"] for test in data["tests"] if "number" in test]
    assert len(set(numbers)) == len(numbers)
    return data


def seen_by_students(data):
    """All the text that a student is shown."""
    tests = [test for test in data["tests"] if test.get("visibility", data["visibility"]) == "visible"]
    return json.dumps([data["output"], *(test | {"extra_data": None} for test in tests)])


def test_every_fate_as_the_platform_wants_it():
    data = follows_the_rules(render(everything()))
    shown = {test["number"]: test.get("status") for test in data["tests"]}
    assert shown == {
        "5.1": "passed", "5.2": "failed", "5.3": "failed", "6.1.1": "failed", "6.1.2": "failed", "7.1": None,
        "8.1": "failed", "9.1": "failed",
    }  # fmt: skip
    assert data["score"] == 27.5
    assert data["stdout_visibility"] == "hidden"
    assert {test["visibility"] for test in data["tests"]} == {"visible"}


def test_what_waits_for_a_reader_has_no_score_and_the_output_says_so():
    data = as_data(everything())
    waits = next(test for test in data["tests"] if test["number"] == "7.1")
    assert not {"score", "max_score", "status"} & set(waits)
    assert waits["output"] == "10 points wait for a reader."
    assert "10 points wait for a reader, and are not in the total yet." in data["output"]


def test_what_is_held_hides_the_total_and_tells_staff_alone_why():
    data = follows_the_rules(render(with_held()))
    held = next(test for test in data["tests"] if test.get("number") == "10.1")
    assert held["visibility"] == "after_published"
    assert not {"score", "max_score", "status"} & set(held)
    assert data["output"].startswith("Part of this submission could not be marked, because the grader itself failed.")
    assert "points." not in data["output"]
    staff = data["tests"][-1]
    assert (staff["name"], staff["visibility"]) == ("For course staff", "hidden")
    assert in_readers_words(REASON) in staff["output"]
    assert "SpecError" not in staff["output"]
    assert "7/13" not in seen_by_students(data)


def test_expected_values_are_withheld_and_the_advice_stays():
    data = as_data(everything())
    outputs = {test["number"]: test["output"] for test in data["tests"]}
    assert outputs["5.2"] == (
        "on input 01 the output is 01, which is not right, from step 2 on\n\n"
        "t  x  your h  your k  output\n1  0       0     1/3       0\n2  1       1     1/3       1  <-- first wrong step"
    )
    assert outputs["6.1.1"] == "Divide by the norm (on input clip([3, 4], 1) the output is [1, 1], which is not right)"
    assert "0.6" not in seen_by_students(data)
    assert outputs["6.1.2"] == "fails on an input that is not shown"


def test_expected_values_are_shown_where_staff_ask_for_it():
    outputs = {test["number"]: test["output"] for test in as_data(everything(), show_expected=True)["tests"]}
    assert "but 00 is wanted" in outputs["5.2"]
    assert "output  wanted" in outputs["5.2"]
    assert "[0.6, 0.8]" in outputs["6.1.1"]
    assert outputs["6.1.2"] == "fails on an input that is not shown"


def test_a_fault_before_there_is_a_report_shows_no_total():
    data = follows_the_rules(not_marked())
    assert data["output"] == NOT_MARKED_NOTE
    assert [test["visibility"] for test in data["tests"]] == ["after_published", "hidden"]


def test_questions_whose_names_are_no_numbers_are_numbered_in_order():
    line = check("line", 1, 1, "passed")
    report = Report("lab", "alice", (question("one_hot", "graded", line), question("clip", "graded", line, line)))
    assert [test["number"] for test in as_data(report)["tests"]] == ["1.1", "2.1", "2.2"]
    assert [test["name"] for test in as_data(report)["tests"]][1:] == ["clip: line", "clip: line (2)"]


def test_a_submission_without_a_question_is_one_failed_test():
    data = follows_the_rules(render(Report("a", "alice", (), ("answers.yaml: is too large",))))
    assert [(test["status"], test["output"]) for test in data["tests"]] == [("failed", "answers.yaml: is too large")]


def test_hostile_text_is_plain_text():
    data = follows_the_rules(render(hostile()))
    shown = json.loads(seen_by_students(data))
    text = shown[0] + "".join(test["name"] + test["output"] for test in shown[1:])
    assert not set(text) & set("\x00\x0b\x1b\ufffe\ud800\u202e\u2028\r\t")
    assert "wanted" not in text
    assert {data["output_format"], data["test_output_format"], data["test_name_format"]} == {"text"}


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(st.text(st.characters(), max_size=60))
def test_no_text_breaks_the_rules(text):
    follows_the_rules(render(hostile(text)))


METADATA = {
    "id": 1,
    "created_at": "2018-07-31T23:30:00.500000-07:00",
    "assignment": {"due_date": "2018-07-31T23:00:00.000000-07:00", "late_due_date": None, "title": "P1"},
    "users": [{"email": "s@example.com", "id": 7, "name": "Student", "secret": 1}],
    "previous_submissions": [{"score": 0.0, "results": {}}],
}


def metadata_file(folder, **changes):
    return write(folder, {"metadata.json": json.dumps(METADATA | changes)}) / "metadata.json"


def test_who_and_when_are_kept_with_the_lateness_of_that_time(tmp_path):
    kept = as_data(everything(), read_metadata(metadata_file(tmp_path)))["extra_data"]["submission"]
    assert kept == {
        "users": [{"id": 7, "name": "Student", "email": "s@example.com"}],
        "submitted_at": "2018-07-31T23:30:00.500000-07:00", "due_date": "2018-07-31T23:00:00-07:00",
        "late_due_date": None, "late": True, "late_by_seconds": 1800,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("created", "late"),
    [
        ("2018-07-31T23:00:00-07:00", (False, 0)),
        ("2018-08-01T05:59:59+00:00", (False, 0)),
        ("2018-08-01T06:00:01Z", (True, 1)),
        (None, (None, None)),
    ],
)
def test_lateness_compares_the_times_of_the_platform(tmp_path, created, late):
    kept = read_metadata(metadata_file(tmp_path, created_at=created)).as_data()
    assert (kept["late"], kept["late_by_seconds"]) == late


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", "it is not JSON: Expecting property name"),
        ("[]", "the whole is no mapping"),
        ('{"assignment": 3}', "assignment is no mapping"),
        ('{"created_at": "yesterday"}', "Invalid isoformat"),
        ('{"created_at": "2018-07-31T23:00:00"}', "no offset from UTC"),
        ('{"created_at": 5}', "created_at is no text"),
        ("[" * 100_000, "metadata.json cannot be used"),
    ],
)
def test_metadata_that_cannot_be_used_costs_nothing_and_is_said_to_staff(tmp_path, content, problem):
    metadata = read_metadata(write(tmp_path, {"metadata.json": content}) / "metadata.json")
    data = follows_the_rules(render(everything(), metadata))
    assert data["score"] == 27.5
    assert data["tests"][-1]["visibility"] == "hidden"
    assert problem in data["tests"][-1]["output"]
    assert problem not in seen_by_students(data)


def test_the_command_writes_it(run, course, tmp_path):
    folder = write(tmp_path / "alice", {"answers.yaml": Q5})
    found = run(
        "check", folder, "--spec", "assignment3", "--format", "gradescope", "--metadata", metadata_file(tmp_path)
    )
    data = follows_the_rules(found.out)
    assert found.code == 1
    assert data["score"] == 70
    assert data["extra_data"]["submission"]["late_by_seconds"] == 1800


def test_the_same_report_gives_the_same_bytes():
    assert len({render(everything()) for _ in range(3)}) == 1
    assert sum((Fraction(q.points) for q in everything().questions), Fraction(0)) == Fraction(55, 2)


REASONS = {
    "OSError: ksxqvz": "the system refused something: ksxqvz",
    "KeyError: 'W4'": "a name that is asked for is not there: 'W4'",
    "ZeroDivisionError: division by zero": "a number was divided by zero: division by zero",
    "numpy.linalg.LinAlgError: Singular matrix": "a fault that nobody foresaw: Singular matrix",
    "RecursionError: maximum recursion depth exceeded": "something is nested too deeply: maximum recursion depth exceeded",
    "AssertionError()": "something that must hold does not",
    "zipfile.BadZipFile: File is not a zip file": "a fault that nobody foresaw: File is not a zip file",
    "json.decoder.JSONDecodeError: Expecting value": "it is not JSON: Expecting value",
    "StopIteration: ": "a fault that nobody foresaw: ",
    "flint.utils.flint_exceptions.DomainError: log(0)": "a fault that nobody foresaw: log(0)",
    "the Error of W is 3": "the Error of W is 3",
    "ErrorRate is no name here": "ErrorRate is no name here",
}


@pytest.mark.parametrize("reason", REASONS)
def test_staff_read_why_something_is_held_in_words(reason):
    message = f"held, because the grader failed: {reason}"
    line = check("line", 0, 7, "held", CheckFault(message), message)
    data = as_data(Report("a", "s", (question("q10", "held", line, messages=(message,)),)))
    said = data["tests"][-1]["output"]
    assert said.splitlines()[-1].strip() == f"q10::line: held, because the grader failed: {REASONS[reason]}".strip()
