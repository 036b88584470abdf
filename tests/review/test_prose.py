"""Answers as HTML: Markdown and mathematics are set, nothing else is markup, and no text is lost."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest

from grader.review.prose import (
    _MATHML_TAGS,
    MAX_FORMULAS,
    MAX_MARKDOWN_CHARACTERS,
    MAX_PROSE_CHARACTERS,
    shown_prose,
    typeset,
)

ELEMENTS = frozenset(
    {"p", "br", "em", "strong", "s", "code", "pre", "ul", "ol", "li", "blockquote", "hr", "table", "thead", "tbody",
     "tr", "th", "td", "mark"}
)  # fmt: skip
ATTRIBUTES = frozenset({("p", "class"), ("code", "class"), ("pre", "class"), ("ol", "start")})


class Found(HTMLParser):
    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.text = set(), set(), ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs if tag not in _MATHML_TAGS}

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a **b** *c* `d`", "<p>a <strong>b</strong> <em>c</em> <code>d</code></p>\n"),
        ("one\ntwo\n\nthree", "<p>one<br />\ntwo</p>\n<p>three</p>\n"),
        ("# Title", '<p class="heading">Title</p>\n'),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        ("5 < 6 & 7 > 6", "<p>5 &lt; 6 &amp; 7 &gt; 6</p>\n"),
        ("it costs $5 or $6", "<p>it costs $5 or $6</p>\n"),
        ("$x_1$", "<p><math display=\"inline\"><mrow><msub><mi>x</mi><mn>1</mn></msub></mrow></math></p>\n"),
        ("$\\frac{$", '<p><code class="latex">\\frac{</code></p>\n'),
        ("**not closed", "<p>**not closed</p>\n"),
        ("[a](b)", "<p>[a](b)</p>\n"),
        ("&lt;b&gt;", "<p>&lt;b&gt;</p>\n"),
    ],
)  # fmt: skip
def test_what_is_set(text, shown):
    assert shown_prose(text) == shown


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "<svg onload=alert(1)>", "<math><mtext><img src=x onerror=alert(1)>", "<b>x",
     "<!-- x --><?php x ?><![CDATA[x]]>", "[x](javascript:alert(1))", "![x](http://evil.example/x.png)",
     "<http://evil.example>", "[x]: http://evil.example\n\n[x]", "http://evil.example www.evil.example",
     "```<script>\n</script>\n```", "~~~ x\" onclick=\"y\n~~~", "`<b>`", "$<script>$", "$\\text{<script>}$",
     "$\\href{javascript:alert(1)}{x}$", "$\\class{a}{\\style{color:red}{x}}$", "$\\color{red\" onload=\"x}{y}$",
     "$$\n\\text{</math><script>}\n$$", "$\\unicode{60}script>$", "&lt;script&gt;", "&#60;script&#62;",
     "| <b> | a |\n|:--|--:|\n| <script> | $<i>$ |", "# <h1>", "> <q>", "1. <script>", "\\<script>", "<a href='x'\n>",
     "$`<script>`$", "**<b>**", "\x00\x07\x1b[31m\u202e<b>", "<style>*{display:none}</style>", "{{ 7 * 7 }}{% raw %}",
     "$\\mathrm{\\lt script \\gt}$", "</section></main><script>x</script>", "<plaintext>", "\ud800<b>"],
)  # fmt: skip
def test_nothing_of_an_answer_is_markup(text):
    page = shown_prose(text, ["script", "<b>", "x"])
    found = Found(page)
    assert found.tags <= ELEMENTS | _MATHML_TAGS
    assert found.attributes <= ATTRIBUTES
    assert not re.search("[\x00-\x08\x1b\u202e\ud800]", page)


@pytest.mark.parametrize(
    "text",
    ["- " * 300 + "deep", "> " * 300 + "deep", "  " * 40 + "deep", "*" * 3_000 + "deep", "[" * 3_000 + "deep",
     "".join(f"{'  ' * i}- deep\n" for i in range(60)), "a\n" * 2_000 + "deep", "$" * 2_001 + "deep",
     "deep " * (MAX_MARKDOWN_CHARACTERS // 5 + 1), "x" * (MAX_PROSE_CHARACTERS - 4) + "deep"],
)  # fmt: skip
def test_no_text_is_lost_that_is_nested_or_long(text):
    assert Found(shown_prose(text)).text.count("deep") == text.count("deep")


def test_of_many_formulas_the_last_are_shown_as_they_were_written():
    page = shown_prose("$x$ " * (MAX_FORMULAS + 3))
    assert (page.count("<math"), page.count('<code class="latex">x</code>')) == (MAX_FORMULAS, 3)
    assert typeset("x" * 1_001) == f'<code class="latex">{"x" * 1_001}</code>'


@pytest.mark.parametrize(
    ("text", "keywords", "marked"),
    [
        ("Sparse sparsely SPARSE", ["sparse"], ["Sparse", "SPARSE"]),
        ("no notion\nof  it", ["no notion of"], []),
        ("many  zeros", ["many zeros"], ["many  zeros"]),
        ("a+b and C++", ["C++", "a+b"], ["a+b", "C++"]),
        ("one-hot and hot", ["one-hot", "hot"], ["one-hot", "hot"]),
        ("**sparse** `sparse`", ["sparse"], ["sparse"]),
        ("(.*) x", [".*", "", "  "], [".*"]),
        ("ähnlich ÄHNLICH", ["ähnlich"], ["ähnlich", "ÄHNLICH"]),
    ],
)
def test_keywords_are_marked_where_they_stand_as_words(text, keywords, marked):
    page = shown_prose(text, keywords)
    assert [unescape(one) for one in re.findall("<mark>(.*?)</mark>", page)] == marked
