"""The summary of a job: what a reader of Markdown makes of it, and that no text makes anything of its own."""

import re
from fractions import Fraction
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from grader.evidence import CheckFault
from grader.reports.lines import clipped
from grader.reports.markdown import MAX_SUMMARY_BYTES, escaped, render
from grader.verdict import CheckResult, Report
from grader.visible import visible

from ..answers.helpers import Q5, write
from .format_samples import HOSTILE, WRONG, everything, hostile, question, with_held

TAGS = {
    "h2", "h3", "ul", "li", "p", "table", "thead", "tbody", "tr", "th", "td", "br", "span", "details", "summary", "pre",
}  # fmt: skip


class Page(HTMLParser):
    """The elements of a page, its text, and the text of its cells."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.tags, self.text, self.rows = [], "", 0
        self.feed(MarkdownIt("commonmark").enable("table").render(text))
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        assert tag in TAGS, tag
        assert {name for name, _ in attributes} <= {"style"}  # the alignment of a column
        if tag == "br":
            self.text += "\n"

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_decl = handle_pi = unknown_decl = handle_comment


def test_every_fate_in_a_table():
    page = Page(render(with_held()))
    assert page.tags.count("table") == 6
    assert page.tags.count("tr") == 6 + 9
    for status in ("✅ passed", "❌ failed", "⏸️ blocked", "⏳ pending", "❌ missing", "❌ rejected", "⚠️ held"):
        assert status in page.text
    assert "alice - assignment3: 27.5 / 104 (17 pending)" in page.text
    assert "<-- first wrong step" in page.text
    assert "Code ran in a sandbox of tier B" in page.text


def spelt(text):
    return "".join(text.split())


def test_hostile_text_shows_as_itself():
    text = render(hostile())
    page = Page(text)
    assert {"script", "a", "img", "code", "em", "strong", "h1"} & set(page.tags) == set()
    assert page.tags.count("table") == 4
    assert page.tags.count("tr") == 4 + 5
    assert spelt(page.text).count(spelt(visible(HOSTILE))) >= 8
    for mention in ("@everyone", " #1", "$x", "</", "://", "www."):
        assert mention not in re.sub("</(span|summary|details|pre)>", "", text)


@pytest.mark.long
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(st.text(st.characters(codec="utf-8"), max_size=60) | st.text("`*_~|<>&[]()!#@$:/.\\-+=1 \n\"'", max_size=40))
def test_any_text_shows_as_itself(text):
    line = CheckResult("line", Fraction(0), Fraction(1), "failed", CheckFault(""), f"({text})")
    report = Report("a", "alice", (question("q1", "graded", line),), (f"({text})",))
    page = Page(render(report))
    assert spelt(page.text).count(spelt(visible(f"({text})"))) == 2
    assert page.tags.count("tr") == 2


@pytest.mark.long
def test_a_summary_is_never_too_long():
    lines = [CheckResult(f"line {i}", Fraction(0), Fraction(1), "failed", WRONG, "." * 5000) for i in range(100)]
    text = render(Report("a", "alice", (question("q1", "graded", *lines),)))
    assert len(text.encode()) <= MAX_SUMMARY_BYTES + 100
    assert text.endswith("(the rest is too long for a summary)\n")
    assert clipped("x" * 5000) == "x" * 4000 + "... (1000 more characters)"
    assert escaped("a\nb") == "a<br>b"


def test_the_command_writes_it(run, course, tmp_path):
    folder = write(tmp_path / "alice", {"answers.yaml": Q5})
    found = run("check", folder, "--format", "markdown")
    assert found.code == 1
    assert "70 / 140" in Page(found.out).text
    assert render(everything()) == render(everything())
