"""The page for a browser: well formed, it loads nothing, and no text becomes an element of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.pages.environment import NO_TEX
from grader.reports.html import question_html, render, report_html
from grader.visible import visible

from ..answers.helpers import Q5, write
from .format_samples import HOSTILE, hostile, with_held
from .page_reader import Page

KEPT = ("section", "li", "pre", "math", "mtext", "mark", "caption", "a", "b", "code")
"""Elements of which there are as many whatever the texts are; a picture scrolls where its labels are long."""


def test_a_page_has_every_question_and_line():
    text = render(with_held())
    page = Page(text)
    assert text.startswith("<!DOCTYPE html>\n")
    assert page.declared == ["DOCTYPE html"]
    assert page.tags.count("h1") == 1
    assert page.tags.count("section") == page.tags.count("h2") == 6
    assert text.count('<li class="check ') == 9
    assert page.tags.count("table") == 1
    assert "alice - assignment3: 27.5 / 104 (17 pending)" in page.text
    assert text.count('<td class="mark">first wrong step</td>') == 1


def test_a_fragment_is_one_element_that_mathjax_leaves_alone():
    text = report_html(with_held())
    assert text.startswith(f'<div class="grader fragment {NO_TEX}">')
    assert Page(text).tags.count("section") == 6
    for question in with_held().questions:
        assert " id=" not in question_html(question)  # a notebook may show it twice
        assert Page(question_html(question)).tags.count("section") == 1


def test_hostile_text_shows_as_itself():
    page = Page(render(hostile()))
    assert page.tags.count("section") == 4
    assert page.text.count(visible(HOSTILE)) >= 8


@pytest.mark.long
@settings(max_examples=50, deadline=None, derandomize=True, database=None)
@given(st.text(st.characters(), max_size=60) | st.text("<>&\"'!-/ab ", max_size=30))
def test_no_text_breaks_the_rules(text):
    page = Page(render(hostile(f"x{text}")))
    plain = Page(render(hostile("x")))
    assert set(page.tags) <= set(plain.tags) | {"p"}
    assert [page.tags.count(tag) for tag in KEPT] == [plain.tags.count(tag) for tag in KEPT]
    assert visible(f"x{text}".strip()) in page.text


def test_the_command_writes_it(run, course, tmp_path):
    folder = write(tmp_path / "alice", {"answers.yaml": Q5})
    found = run("check", folder, "-q", "q5", "--format", "html", "--output", tmp_path / "report.html")
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert (found.code, found.out) == (0, "")
    assert "alice - assignment3: 70 / 70" in page.text
