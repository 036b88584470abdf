"""Every row of the table of formats: documented, kept as a golden file, safe for any text, and true to its audience."""

import base64
import json
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.audience import DISCLOSURES, Audience, ReportField, may_see, redacted
from grader.evidence import Certificate, CheckFault, Counterexample, Invariant, Proved
from grader.help_pages.pages import written_pages
from grader.network_details import MachineStep, MachineTable, MinimalMachines
from grader.pages.environment import style_sheet, style_source
from grader.pages.pictures import machines
from grader.reports.formats import FORMATS, GithubFormat, PlainFormat, render
from grader.reports.lines import lines_of
from grader.verdict import NamedMistake, Report
from grader.visible import visible

from .format_samples import GOLDEN, check, hostile, is_golden, question, step, with_held


def readable(name, text):
    """The text of a format, without what hides it from a reader of the golden file, and without the style of pages."""
    text = text.replace(style_sheet(), "").replace(style_source(), "'sha256-...'")
    if name != "classroom":
        return text
    data = json.loads(base64.b64decode(text.removeprefix("result=")))
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_is_documented_and_has_tests_of_its_own(name):
    table = written_pages()["formats"].partition("| format | for |\n")[2].partition("\n\n")[0]
    assert re.search(rf"^\| `{name}` \| .+ \|$", table, re.MULTILINE)
    tests = Path(__file__).with_name(f"test_{name}.py").read_text(encoding="utf-8")
    assert re.search(r"^def test_\w*hostile", tests, re.MULTILINE)


@pytest.fixture
def _no_graphviz(monkeypatch):
    """Machines are drawn as where Graphviz is not installed, whose versions lay them out each in its way."""
    monkeypatch.setattr(machines, "graphviz_layout", lambda graph: None)
    machines._machine.cache_clear()
    yield
    machines._machine.cache_clear()


@pytest.mark.usefixtures("_no_graphviz")
@pytest.mark.parametrize(("sample", "ending"), [(with_held, ""), (hostile, "_hostile")])
@pytest.mark.parametrize("name", FORMATS)
def test_a_format_writes_what_is_kept(name, sample, ending):
    format = GithubFormat("hand_in") if (name, ending) == ("github", "") else FORMATS[name]
    (kept,) = [*GOLDEN.glob(f"{name}{ending}.*")] or [GOLDEN / f"{name}{ending}.txt"]
    assert is_golden(kept.name, readable(name, render(sample(), format)))


@pytest.mark.parametrize("name", ["terminal", "json", "html", "gradescope", "junit", "markdown"])
@pytest.mark.parametrize("status", ["rejected", "pending", "missing"])
def test_what_no_line_says_is_said_of_a_question_that_has_no_marks(name, status):
    line = check("line", 0, 2, "pending" if status == "pending" else "failed", CheckFault("W4 is odd"), "W4 is odd")
    report = Report("a", "s", (question("q", status, line, messages=("W4 is odd", "W3 is not there")),))
    assert "W3 is not there" in render(report, FORMATS[name])


@pytest.mark.long
@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=10, deadline=None, derandomize=True, database=None)
@given(text=st.text(st.characters(), max_size=60))
def test_nothing_hidden_leaves_in_any_format(name, text):
    written = readable(name, render(hostile(text), FORMATS[name]))
    assert visible(written) == written


SECRETS = {
    ReportField.EXPECTED_VALUE: "2718",
    ReportField.FAULT_REASON: "3141",
    ReportField.CASE: "1618",
    ReportField.WANTED_MACHINE: "1414",
    ReportField.INVARIANT: "1732",
    ReportField.MISTAKE_NAME: "2236",
}
"""A text for each field that a report has whatever the spec says."""


def with_secrets():
    wanted, reason, case, secret, invariant, mistake = SECRETS.values()
    formula = f"h[t-1] == {invariant}*q[t-1]"
    proof = Proved(None, invariant=Invariant((formula,)), certificate=Certificate("boxes", {"formula": formula}))
    trace = (replace(step(1, "0", "1", wanted), wanted={"alive": wanted}),)
    said = f"on input {case} the output is 1, but {wanted} is wanted"
    lines = (
        check("wrong", 0, 1, "failed", Counterexample(case, wanted, "1", trace), said),
        check("held", 0, 1, "held", CheckFault(reason), reason),
        check("proved", 1, 1, "passed", proof),
    )
    lines = (replace(lines[0], mistakes=(NamedMistake("near miss", mistake),)), *lines[1:])
    found = question("q1", "held", *lines, messages=(f"held: {reason}",))
    found = replace(found, mistakes=(NamedMistake("reading", f"{mistake} as well"),))
    return Report("a", "alice", (replace(found, machines=MinimalMachines(machine("0"), machine(secret))),))


def machine(output):
    """A machine of one state and one input, with one output."""
    return MachineTable(("0",), ("",), ((MachineStep(0, output),),), remembers=False)


def test_every_field_is_decided_for_every_audience():
    assert set(DISCLOSURES) == set(ReportField)
    seen = {field: {audience for audience in Audience if may_see(audience, field)} for field in ReportField}
    mine = {Audience.STUDENT, Audience.STAFF}
    assert seen == {
        ReportField.CASE: set(Audience), ReportField.HIDDEN_CASE: set(), ReportField.RIGHT_FORMULA: set(),
        ReportField.EXPECTED_VALUE: mine, ReportField.FAULT_REASON: mine, ReportField.WANTED_MACHINE: mine,
        ReportField.INVARIANT: mine, ReportField.MISTAKE_NAME: mine,
        ReportField.OTHER_VARIANTS: {Audience.STAFF}, ReportField.UNSEEN_CONSTANTS: {Audience.STAFF},
    }  # fmt: skip
    opened = {field for field in ReportField if may_see(Audience.PLATFORM, field, opened=True)}
    never = {ReportField.HIDDEN_CASE, ReportField.FAULT_REASON, ReportField.MISTAKE_NAME, ReportField.OTHER_VARIANTS}
    never.add(ReportField.UNSEEN_CONSTANTS)
    assert opened == set(ReportField) - never


@pytest.mark.parametrize("audience", Audience)
def test_an_audience_gets_the_fields_that_it_may_see_and_no_other(audience):
    text = repr(redacted(with_secrets(), audience))
    assert {field for field, secret in SECRETS.items() if secret in text} == {
        field for field in SECRETS if may_see(audience, field)
    }


@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("name", FORMATS)
def test_no_format_shows_what_its_audience_may_not_see(name, audience):
    text = readable(name, FORMATS[name].render(redacted(with_secrets(), audience)))
    assert not [field for field, secret in SECRETS.items() if secret in text and not may_see(audience, field)]


def test_a_format_gets_what_is_for_its_audience():
    for audience in Audience:
        text = render(with_secrets(), PlainFormat("json", audience))
        assert {secret for secret in SECRETS.values() if secret in text} == {
            SECRETS[field] for field in SECRETS if may_see(audience, field)
        }


def test_points_are_those_of_the_whole_report():
    assert redacted(with_held(), Audience.PLATFORM).points == Fraction(55, 2)


@pytest.mark.parametrize(
    ("status", "line", "pending"), [("held", "held", 3), ("pending", "pending", 0), ("rejected", "rejected", 0)]
)
def test_a_question_without_lines_is_one_line_of_its_status_and_no_zero_where_it_is_held(status, line, pending):
    found = replace(question("q5", status, messages=("it went wrong",)), max_points=Fraction(3))
    (shown,) = lines_of(Report("hw", "alice", (found,)))
    assert (shown.status, shown.points, shown.max_points, shown.text) == (line, 0, 3, "it went wrong")
    assert found.pending_points == pending
