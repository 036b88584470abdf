"""A report that cannot be written costs no other question, format or file; faults in stages: `test_injected_faults.py`."""

import csv
from fractions import Fraction

import pytest

import grader.grading
import grader.reports.fence
from grader.errors import HarnessError
from grader.evidence import Exhausted, Proved
from grader.pages.environment import style_sheet
from grader.reports import json as json_format
from grader.reports.fence import rendered
from grader.reports.formats import FORMATS
from grader.verdict import CheckResult, QuestionResult, Report


class Unprintable(Proved):
    """Evidence that no format can write."""

    def __getattribute__(self, name):
        if name in ("states", "length"):
            raise ValueError("Exceeds the limit (4300 digits) for integer string conversion")
        return super().__getattribute__(name)


def rows(out):
    with (out / "grades.csv").open(newline="") as file:
        return {row[0]: row[1:-1] for row in csv.reader(file)}  # without the evidence


@pytest.mark.parametrize("command", ["grade", "check"])
def test_a_question_that_cannot_be_written_is_held_alone(course, run, three, tmp_path, monkeypatch, command):
    real = grader.grading.grade_question

    def graded(opened, question):
        result = real(opened, question)
        if question.id == "q5" and opened.submission.name == "bob":
            line = CheckResult("line", Fraction(70), Fraction(70), "passed", Unprintable(1))
            return QuestionResult("q5", "T", "graded", Fraction(70), (line,))
        return result

    monkeypatch.setattr("grader.grading.grade_question", graded)
    monkeypatch.setattr("grader.classroom.shared_verdicts.SharedVerdicts.get", lambda *_: None)  # bob's are judged
    said = (
        "q5: held, because the grader failed: its report cannot be written: ValueError: Exceeds the limit (4300 digits)"
    )
    if command == "check":
        formats = [part for name in FORMATS for part in ("--format", name)]
        result = run("check", three / "bob", *formats)
        assert "70 / 140 (70 pending)" in result.out
        assert '"id": "q6", "title": "Are two bit sequences equal so far?", "points": 70' in result.out
    else:
        result = run("grade", three, "--out", tmp_path / "out")
        found = rows(tmp_path / "out")
        assert found["alice"] == ["70", "70", "140", "140", "graded"]
        assert found["bob"] == ["", "70", "", "140", "held"]
    assert result.code == 3
    assert said in result.err


def test_a_format_that_fails_on_every_report_is_a_fault_of_the_grader(course, run, three, monkeypatch):
    def failing(*_):
        raise ValueError("planted")

    monkeypatch.setattr("grader.reports.html.render", failing)
    result = run("check", three / "bob", "--format", "html")
    assert (result.code, result.out) == (3, "")
    assert "the report cannot be written: ValueError: planted" in result.err


FAULTS = {
    "Exception": ValueError("planted"),
    "MemoryError": MemoryError(),
    "no right": PermissionError(13, "Permission denied"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", ["terminal", "json", "html", "gradescope", "junit", "markdown", "github", "classroom"])
def test_a_format_that_fails_costs_no_other_one(course, run, three, tmp_path, monkeypatch, name, fault):
    def failing(*given, **options):
        raise FAULTS[fault]

    monkeypatch.setattr(f"grader.reports.{name}.render", failing)
    other = "json" if name != "json" else "html"
    files = [tmp_path / "one", tmp_path / "other"]
    options = ["--format", name, "--output", files[0], "--format", other, "--output", files[1]]
    result = run("check", three / "bob", *options)
    assert result.code == 3
    assert f"grader: --format {name}: the report cannot be written: " in result.err
    assert (files[0].exists(), "140" in files[1].read_text()) == (False, True)


def test_a_file_that_cannot_be_written_costs_no_other_one(course, run, three, tmp_path):
    options = [
        "--format",
        "json",
        "--output",
        tmp_path / "gone" / "one",
        "--format",
        "html",
        "--output",
        tmp_path / "other",
    ]
    result = run("check", three / "bob", *options)
    assert result.code == 2
    assert "one: cannot be written: No such file or directory" in result.err
    assert "140 / 140" in (tmp_path / "other").read_text()


HUGE = 2**20_001 - 2


@pytest.mark.parametrize("name", FORMATS)
def test_a_count_of_any_size_is_written_in_every_format(name):
    line = CheckResult("line", Fraction(1), Fraction(1), "passed", Exhausted(20_000, HUGE))
    report = Report("a", "alice", (QuestionResult("q", "T", "graded", Fraction(1), (line,)),))
    assert rendered(report, [FORMATS[name]]).report == report
    assert len(rendered(report, [FORMATS[name]]).texts[0].replace(style_sheet(), "")) < 5_000


def test_json_counts_inputs_up_to_a_limit():
    assert json_format._evidence(Exhausted(20_000, HUGE)) == {
        "kind": "exhausted", "length": 20_000, "inputs": 10**18, "more": True,
    }  # fmt: skip


def test_the_fence_says_what_went_wrong_with_the_whole():
    def failing(report):
        raise ValueError("planted")

    class Fails:
        audience = FORMATS["json"].audience
        render = staticmethod(failing)

    with pytest.raises(HarnessError, match="planted"):
        rendered(Report("a", "alice", ()), [Fails()])
