"""Text in Markdown as markup that can do nothing: no HTML of its own, no pictures, links only where a course wrote it.

Lines that are set in by two or three spaces are formulas or code as they were written, unless they go on with a list.
A star between letters, digits and brackets is a product, never emphasis: `W*h[t-1] + U*x[t]` stays as it was written.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from grader.visible import visible

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markupsafe import Markup

MAX_RENDERED_CHARACTERS = 20_000
"""Characters of a text that is read as Markdown; a longer one is shown as it is."""

MAX_NESTED_MARKDOWN = 20
"""Lists and quotations in one another; a text with more is shown as it is."""

LOWEST_HEADING_OF_PAGES = 3
"""Headings of texts are below this level."""


@lru_cache(maxsize=500)  # a class has one prompt a question
def prose_html(text: str, *, links: bool = False, breaks: bool = False) -> Markup:
    """The paragraphs, lists, tables and code of a text.

    `links`: those to pages on the web can be followed. `breaks`: a line that ends, ends on the page, too.
    """
    from markupsafe import Markup

    plain = Markup('<p class="plain">{}</p>').format(visible(text))
    if len(text) > MAX_RENDERED_CHARACTERS:
        return plain
    reader = _reader(links, breaks)
    tokens = reader.parse(code_by_indent(visible(text.expandtabs(4))))
    for token in tokens:
        if token.level >= MAX_NESTED_MARKDOWN:
            return plain
        token.attrs.pop("style", None)  # of the cells of a table
        token.info = ""  # the language of a block of code, which would become a class
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1:]) + LOWEST_HEADING_OF_PAGES)}"
    return Markup(reader.renderer.render(tokens, reader.options, {}))


def code_by_indent(text: str) -> str:
    """The text with paragraphs that are set in as Markdown has code: by four spaces more; it has no tabs."""
    parts = re.split(r"(\n(?:[ ]*\n)+)", text)
    in_list = False
    for i in range(0, len(parts), 2):
        lines = parts[i].split("\n")
        if _ITEM.match(lines[0]) or not lines[0].startswith(" "):
            in_list = _ITEM.match(lines[0]) is not None
        elif not in_list and all(line.startswith("  ") for line in lines):
            parts[i] = "\n".join(f"    {line}" for line in lines)
    return "".join(parts)


_ITEM = re.compile(r" {0,3}(?:[-*+]|\d+[.)])(?:\s|$)")
"""How an item of a list begins."""


@cache
def _reader(links: bool, breaks: bool) -> MarkdownIt:
    return markdown_reader(links=links, breaks=breaks)


def markdown_reader(*, links: bool, breaks: bool) -> MarkdownIt:
    """What reads a text as Markdown: a new one, to which rules may be added. No HTML passes through it."""
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False, "breaks": breaks, "maxNesting": MAX_NESTED_MARKDOWN + 5})
    reader.enable("table").disable(["image", "html_block", "html_inline"])
    if not links:
        reader.disable(["link", "autolink", "reference"])
    reader.validateLink = _is_on_the_web  # type: ignore[method-assign]  # meant to be replaced
    reader.inline.ruler.at("emphasis", _emphasis)
    return reader


def _is_on_the_web(url: str) -> bool:
    return url.lower().startswith(("https://", "http://"))


def _emphasis(state: StateInline, silent: bool) -> bool:
    """The library's own rule, but for stars within words."""
    from markdown_it.rules_inline.emphasis import tokenize

    if silent or state.src[state.pos] not in "*_":
        return False
    marks = state.scanDelims(state.pos, True).length
    before, after = state.src[: state.pos][-1:], state.src[state.pos + marks : state.pos + marks + 1]
    if state.src[state.pos] == "*" and _joins(before, ")]}'′") and _joins(after, "([{\\-"):
        state.push("text", "", 0).content = "*" * marks
        state.pos += marks
        return True
    return tokenize(state, silent)


def _joins(char: str, brackets: str) -> bool:
    """Whether a character next to a star is of a formula: a letter, a digit, or one of these brackets."""
    return char.isalnum() or (char != "" and char in brackets)
