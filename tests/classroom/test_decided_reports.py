"""Every format shows what a person decided, beside what the grader gave; hostile text in it hides nothing."""

import base64
import html
import json
import re
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest

from grader.classroom.decisions import RowFacts, decided_report
from grader.classroom.overrides import load_overrides
from grader.reports.fence import rendered
from grader.reports.formats import FORMATS, render
from grader.reports.json import render as as_json
from grader.reports.recorded import report_in
from grader.verdict import Lateness, Report

from ..reports.format_samples import HOSTILE, everything, with_held

SAID = "handed in 2026-02-03 12:00:00 +01:00, due 2026-02-01 23:59:00 +01:00: 2 days late, 5 points taken (2 days at 2.5 points a day)"
LATE = Lateness("2026-02-03 12:00:00 +01:00", "2026-02-01 23:59:00 +01:00", SAID, 2, 0, Fraction(5))
FORMAT_NAMES = [name for name in FORMATS if name != "json"]


def decided_by(tmp_path, text, report=None):
    (tmp_path / "overrides.yaml").write_text(text, encoding="utf-8")
    decisions = load_overrides(tmp_path / "overrides.yaml")
    found, _, unused = decided_report(report or everything(), RowFacts(decisions).counted)
    assert unused == ()
    return found


def plain(text, format):
    """The text of a report without its markup and line breaks."""
    if format == "html":
        text = html.unescape(re.sub("<[^>]*>", " ", text))
    elif format == "junit":
        root = ET.fromstring(text.partition("\n")[2])
        text = " ".join([*root.itertext(), *(value for item in root.iter() for value in item.attrib.values())])
    elif format == "classroom":
        text = json.dumps(json.loads(base64.b64decode(text.partition("=")[2])), ensure_ascii=False)
    elif format == "gradescope":
        text = json.dumps(json.loads(text), ensure_ascii=False)
    elif format == "markdown":
        text = html.unescape(text.replace("<span>", "").replace("</span>", ""))
    elif format == "github":
        text = text.replace("%3A", ":").replace("%2C", ",").replace("%0A", " ")
    return " ".join(text.split())


ONE_LINE = "- {student: alice, question: q5, line: drops to 0, points: 15, reason: half is right, by: N. Neumann}\n"
WHOLE = "- {student: alice, question: q5, points: 60, reason: the sheet was wrong, by: N. Neumann}\n"
EXCUSED = "- {student: alice, excused: q5, reason: ill, by: N. Neumann}\n"


@pytest.mark.parametrize("format", FORMAT_NAMES)
def test_points_of_a_line_are_shown_as_what_they_are(tmp_path, format):
    text = plain(render(decided_by(tmp_path, ONE_LINE), FORMATS[format]), format)
    assert "overridden by N. Neumann: 15 of 20 because half is right; graded: 7.5 of 20, failed" in text


@pytest.mark.parametrize("format", FORMAT_NAMES)
def test_points_of_a_question_are_shown_as_what_they_are(tmp_path, format):
    text = plain(render(decided_by(tmp_path, WHOLE), FORMATS[format]), format)
    if format != "github":  # which has annotations on what lost points, and here nothing did by that
        assert "overridden by N. Neumann: 60 of 70 because the sheet was wrong; graded: 27.5 of 70" in text
    assert "drops to 0" in text


@pytest.mark.parametrize("format", [name for name in FORMAT_NAMES if name not in ("github", "classroom")])
def test_what_is_excused_is_shown_as_what_it_is(tmp_path, format):
    text = plain(render(decided_by(tmp_path, EXCUSED), FORMATS[format]), format)
    assert "does not count: excused by N. Neumann because ill" in text


@pytest.mark.parametrize("format", FORMAT_NAMES)
def test_lateness_is_shown_with_what_it_costs(format):
    report = replace(everything(), lateness=LATE)
    assert SAID in plain(render(report, FORMATS[format]), format)
    assert report.points == everything().points - 5


@pytest.mark.parametrize("text", [ONE_LINE, WHOLE, EXCUSED])
def test_what_is_decided_is_read_back_from_json(tmp_path, text):
    report = replace(decided_by(tmp_path, text), lateness=LATE)
    read = report_in(as_json(report))
    assert as_json(read) == as_json(report)
    assert read.points == report.points
    assert [question.override for question in read.questions] == [question.override for question in report.questions]


def test_the_lines_of_a_platform_add_up_to_the_points(tmp_path):
    for text in (ONE_LINE, WHOLE, EXCUSED):
        report = replace(decided_by(tmp_path, text), lateness=LATE)
        result = json.loads(base64.b64decode(render(report, FORMATS["classroom"]).partition("=")[2]))
        waiting = sum(check.points for q in report.counted for check in q.checks if check.outcome == "pending")
        assert Fraction(str(sum(test["score"] for test in result["tests"]))) == report.points - waiting
        assert json.loads(render(report, FORMATS["gradescope"]))["score"] == float(report.points)


def test_a_question_that_was_held_hides_no_total_once_it_is_decided(tmp_path):
    held = [question.id for question in with_held().questions if question.status == "held"]
    before = json.loads(render(with_held(), FORMATS["gradescope"]))
    assert any(test["visibility"] == "after_published" for test in before["tests"])
    text = "".join(f"- {{student: a, question: {name}, points: 1, reason: r, by: b}}\n" for name in held)
    after = json.loads(render(decided_by(tmp_path, text, with_held()), FORMATS["gradescope"]))
    assert {test["visibility"] for test in after["tests"]} <= {"visible"}
    assert "the grader itself failed" not in after["output"]


@pytest.mark.parametrize("format", FORMATS)
def test_a_hostile_reason_is_shown_and_does_nothing(tmp_path, format):
    decided = decided_by(tmp_path, WHOLE)
    override = replace(decided.questions[0].override, by=HOSTILE, reason=HOSTILE)
    lines = tuple(replace(check, override=override) for check in decided.questions[0].checks)
    question = replace(decided.questions[0], override=override, checks=lines, excused=HOSTILE)
    report = Report("a", "s", (question, replace(question, id="q7", excused="")), lateness=replace(LATE, said=HOSTILE))
    shown = rendered(report, [FORMATS[format]])
    assert shown.report == report  # nothing had to be held
    text = shown.texts[0]
    assert not any(char in text for char in "\x00\x1b\u202e\u2028\x0b")
    if format == "github":
        assert all(line.startswith("::") for line in text.splitlines())
        assert "\n::error file=x" not in text
    if format == "html":
        assert "<script>alert" not in text


def test_of_two_decisions_about_the_same_the_first_counts(tmp_path):
    first = decided_by(tmp_path, ONE_LINE + WHOLE)
    later = ONE_LINE.replace("15", "3") + WHOLE.replace("60", "7")
    (tmp_path / "later.yaml").write_text(later, encoding="utf-8")
    again, said, unused = decided_report(first, load_overrides(tmp_path / "later.yaml"))
    assert unused == ()
    assert as_json(again) == as_json(first)
    assert [text.partition(":")[0] for text in said] == ["q5"]


def test_points_of_a_line_that_this_answer_does_not_have_are_told_and_change_nothing(tmp_path):
    (tmp_path / "overrides.yaml").write_text(ONE_LINE.replace("drops to 0", "climbs"), encoding="utf-8")
    report, said, unused = decided_report(everything(), load_overrides(tmp_path / "overrides.yaml"))
    assert (report, said) == (everything(), ())
    assert [text.partition(": ")[2] for text in unused] == ["q5 has no line 'climbs' in this answer"]
