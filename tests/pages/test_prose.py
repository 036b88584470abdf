"""Markdown of questions and answers: safe whatever it holds, and formulas in it stay as they were written."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.pages.prose import MAX_RENDERED_CHARACTERS, prose_html
from grader.review.prose import shown_prose

from ..reports.page_reader import PROSE, Page


def text_of(text, **options):
    return Page(str(prose_html(text, **options))).text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "W*h[t-1] + U*x[t]", "a*b*c", "x**2 + y**2", "(a)*(b)*(c)", "f(x)*g(y) and 2*x*y", "h_t = W h_(t-1) + U x_t",
        "dL[t+1] * W * h", "2*-3*4", "a**b**c", "W^T*x*y'*z",
    ],
)  # fmt: skip
def test_stars_of_formulas_are_no_emphasis(text):
    assert text_of(text) == text


def test_markdown_is_read():
    html = str(
        prose_html("# Why\n\nIt is *so* and **thus**:\n\n- one\n- two\n\n`a*b`\n\n| a | b |\n|:-:|--:|\n| 1 | 2 |\n")
    )
    page = Page(html)
    assert {"h4", "em", "strong", "ul", "li", "code", "table"} <= set(page.tags)
    assert "style=" not in html
    assert "a*b" in page.text


def test_lines_that_are_set_in_stand_as_they_were_written():
    assert "<pre><code>  y = a x\n  z = b\n</code></pre>" in str(prose_html("Let\n\n  y = a x\n  z = b\n\nbe given."))
    assert "<pre>" not in str(prose_html("- one\n\n  more of it\n\n- two"))
    assert "<pre>" not in str(prose_html("1. one\n\n   more\n\n   and more\n"))


def test_links_of_a_course_are_links_and_those_of_a_student_text():
    text = "[the sheet](https://uni.example/sheet) <https://uni.example>"
    assert Page(str(prose_html(text, links=True))).tags.count("a") == 2
    assert Page(str(prose_html(text))).tags.count("a") == 0
    assert text_of("[x](https://a.example)") == "[x](https://a.example)"
    for target in ("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "JaVaScRiPt:x", "//a.example", "x"):
        assert "a" not in Page(str(prose_html(f"[x]({target})", links=True))).tags


def test_pictures_and_html_stay_text():
    for text in ("![x](https://a.example/x.png)", "<b>x</b>", "<script>alert(1)</script>", "<!-- x -->", "<img src=x>"):
        page = Page(str(prose_html(text)))
        assert set(page.tags) <= {"p"}
        assert page.text.strip() == text


def test_lines_of_an_answer_end_where_they_ended():
    assert "<br" in str(prose_html("one\ntwo", breaks=True))
    assert "<br" not in str(prose_html("one\ntwo"))


@pytest.mark.parametrize(
    "text", ["> " * 500 + "x", "- " * 500 + "x", "[" * 5_000, "*a " * 5_000, "`" * 9_000, "|a" * 5_000]
)
def test_what_is_nested_or_long_is_shown_within_bounds(text):
    html = str(prose_html(text))
    Page(html)
    assert len(html) < 20 * len(text)
    assert prose_html("x" * (MAX_RENDERED_CHARACTERS + 1)).startswith('<p class="plain">xxx')


@pytest.mark.long
@given(
    st.text(st.characters(), max_size=80) | st.text("#*_`[]()<>|-+1. \n\t!\\&;a", max_size=60),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=150, deadline=None, derandomize=True, database=None)
def test_no_text_becomes_anything_that_acts(text, links, breaks):
    html = str(prose_html(text, links=links, breaks=breaks))
    assert set(Page(html).tags) <= PROSE
    assert not re.search("[\0\x1b\u202e]", html)


def test_readers_see_formulas_as_they_were_written():
    assert "<em>" not in shown_prose("W*h[t-1] + U*x[t]")
    assert "<em>so</em>" in shown_prose("It is *so*.")
