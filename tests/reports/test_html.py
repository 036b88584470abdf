"""The page for a browser: well formed, it loads nothing, and no text becomes an element of it."""

from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from grader.reports.html import NO_TEX, question_html, render, report_html
from grader.visible import visible

from ..answers.helpers import Q5, write
from .format_samples import HOSTILE, hostile, with_held

INSIDE = {
    "": {"html"}, "html": {"head", "body"}, "head": {"meta", "title"}, "title": set(), "body": {"div"},
    "div": {"b", "div", "table"}, "table": {"tr"}, "tr": {"td"}, "td": {"b", "br", "small", "pre"}, "b": set(),
    "small": set(), "pre": set(),
}  # fmt: skip
"""The elements that may stand in an element, as HTML has it for those that are used."""

VOID = {"meta", "br"}


class Page(HTMLParser):
    """Reads a page strictly: every element closed in turn, and in a place where it may be."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.text, self.declared = [""], [], "", []
        self.feed(text)
        self.close()
        assert self.open == [""]

    def handle_starttag(self, tag, attributes):
        assert tag in INSIDE[self.open[-1]], (self.open, tag)
        assert {name for name, _ in attributes} <= {"lang", "charset", "class", "style"}
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_decl(self, declaration):
        self.declared.append(declaration)

    def handle_data(self, data):
        assert not data.strip() or self.open[-1] not in ("", "html", "head", "body", "table", "tr")
        self.text += data

    def handle_comment(self, data):
        raise AssertionError(data)

    handle_pi = unknown_decl = handle_comment


def test_a_page_has_every_question_and_line():
    text = render(with_held())
    page = Page(text)
    assert text.startswith("<!DOCTYPE html>\n")
    assert page.declared == ["DOCTYPE html"]
    assert page.tags.count("table") == 6
    assert page.tags.count("tr") == 9
    assert page.text.count("alice - assignment3: 27.5 / 104 (17 pending)") == 2  # the title, and the first line
    assert "<-- first wrong step" in page.text


def test_the_page_holds_what_a_notebook_shows():
    assert report_html(with_held()) in render(with_held())
    assert report_html(with_held()).startswith(f'<div class="{NO_TEX}">')
    for question in with_held().questions:
        Page(f"<html><body>{question_html(question)}</body></html>")


def test_hostile_text_shows_as_itself():
    page = Page(render(hostile()))
    assert page.tags.count("table") == 4
    assert page.text.count(visible(HOSTILE)) >= 8


@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(st.text(st.characters(), max_size=60) | st.text("<>&\"'!-/ab ", max_size=30))
def test_no_text_breaks_the_rules(text):
    assert Page(render(hostile(text))).tags.count("tr") == 5


def test_the_command_writes_it(run, course, tmp_path):
    folder = write(tmp_path / "alice", {"answers.yaml": Q5})
    found = run("check", folder, "-q", "q5", "--format", "html", "--output", tmp_path / "report.html")
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert (found.code, found.out) == (0, "")
    assert "alice - assignment3: 70 / 70" in page.text
