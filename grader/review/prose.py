"""A written answer as safe HTML: Markdown and mathematics set, keywords highlighted, everything else as text.

The rule: no character of an answer is taken for HTML, nothing in it is a link or loads anything, and what cannot be set
within bounds is shown as it was written.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from grader.pages.prose import MAX_NESTED_MARKDOWN, code_by_indent, markdown_reader
from grader.visible import visible

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from markdown_it import MarkdownIt

MAX_MARKDOWN_CHARACTERS = 50_000
"""Of an answer that is set; a longer one is shown as plain text."""

MAX_PROSE_CHARACTERS = 200_000
"""Of an answer on a page; all of a longer one can be opened beside it."""

MAX_TYPESET_CHARACTERS = 1_000
MAX_FORMULAS = 200
"""In one answer that are typeset; others are shown as LaTeX."""

MAX_KEYWORDS = 200

_MATHML_TAGS = frozenset(
    {
        "math",
        "mrow",
        "mi",
        "mn",
        "mo",
        "mtext",
        "mspace",
        "msub",
        "msup",
        "msubsup",
        "mfrac",
        "msqrt",
        "mroot",
        "munder",
        "mover",
        "munderover",
        "mtable",
        "mtr",
        "mtd",
        "mstyle",
        "mpadded",
        "mphantom",
        "menclose",
    }
)
_MATHML_ATTRIBUTES = frozenset({"display", "stretchy", "fence", "linethickness", "columnalign", "mathvariant", "width"})
_PLAIN_VALUE = re.compile(r"[\w. %+-]{0,40}")


def shown_prose(text: str, keywords: Iterable[str] = ()) -> Markup:
    """The answer as HTML of which nothing acts: Markdown where it is within bounds, else the text as it was written."""
    pattern = keyword_pattern(tuple(keywords))
    text = visible(text[:MAX_PROSE_CHARACTERS].replace("\r\n", "\n").expandtabs(4))
    set_text = _markdown(text, pattern) if len(text) <= MAX_MARKDOWN_CHARACTERS else None
    return set_text if set_text is not None else shown_as_written(text, pattern)


def shown_as_written(text: str, pattern: re.Pattern[str] | None = None) -> Markup:
    """The text with its line breaks and spaces."""
    return Markup('<pre class="as-written">{}</pre>').format(highlighted(visible(text), pattern))


@lru_cache(maxsize=64)
def keyword_pattern(keywords: Sequence[str]) -> re.Pattern[str] | None:
    """What finds keywords in a text, in any case and with any spaces between their words; None without keywords."""
    words = sorted({" ".join(word.split()) for word in keywords[:MAX_KEYWORDS]} - {""}, key=len, reverse=True)
    if not words:
        return None
    ways = "|".join(r"\s+".join(map(re.escape, word.split(" "))) for word in words)
    return re.compile(rf"(?<!\w)(?:{ways})(?!\w)", re.IGNORECASE)


def highlighted(text: str, pattern: re.Pattern[str] | None) -> Markup:
    """The text with its keywords marked."""
    if pattern is None:
        return escape(text)
    parts, end = [], 0
    for found in pattern.finditer(text):
        parts += [escape(text[end : found.start()]), Markup("<mark>{}</mark>").format(found[0])]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])


def _markdown(text: str, pattern: re.Pattern[str] | None) -> Markup | None:
    """None where the text is nested too deeply, or the library fails on it."""
    renderer = _markdown_renderer()
    try:
        env: dict[str, Any] = {"pattern": pattern, "formulas": 0}
        tokens = renderer.parse(code_by_indent(text), env)
        if any(token.level >= MAX_NESTED_MARKDOWN for token in tokens):
            return None  # the library leaves out what is nested more deeply than it looks
        for token in tokens:
            token.attrs.pop("style", None)  # how columns are set: pages allow no styles but their sheet
        return Markup(renderer.renderer.render(tokens, renderer.options, env))  # made of escaped text alone
    except Exception:  # a text that breaks the library is shown all the same
        return None


@lru_cache(maxsize=1)
def _markdown_renderer() -> MarkdownIt:
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    found = markdown_reader(links=False, breaks=True)
    found.use(dollarmath_plugin, allow_digits=False, double_inline=True)
    renderer: Any = found.renderer  # the protocol of renderers has no rules
    rules: dict[str, Callable[..., str]] = renderer.rules
    rules["text"] = lambda tokens, i, _, env: str(highlighted(tokens[i].content, env["pattern"]))
    rules["heading_open"] = lambda *_: '<p class="heading">'  # the headings of the page are the desk's
    rules["heading_close"] = lambda *_: "</p>\n"
    for name in ("math_inline", "math_inline_double", "math_block"):
        rules[name] = _formula_rule
    return found


def _formula_rule(tokens: Sequence[Any], index: int, _options: object, env: dict[str, Any]) -> str:
    env["formulas"] += 1
    latex, block = tokens[index].content, tokens[index].type != "math_inline"
    return str(typeset(latex, block=block) if env["formulas"] <= MAX_FORMULAS else _as_latex(latex))


def typeset(latex: str, *, block: bool = False) -> Markup:
    """LaTeX as MathML, of which only what sets mathematics is kept; what cannot be set is shown as it was written."""
    from latex2mathml.converter import convert_to_element

    if len(latex) > MAX_TYPESET_CHARACTERS:
        return _as_latex(latex)
    try:
        return _mathml(convert_to_element(latex.strip(), display="block" if block else "inline"), 0)
    except Exception:  # what students write is no LaTeX for the library: one class of errors has all of it
        return _as_latex(latex)


def _as_latex(latex: str) -> Markup:
    return Markup('<code class="latex">{}</code>').format(latex)


def _mathml(element: Element, depth: int) -> Markup:
    """An element written anew; one of an unknown kind gives way to what is in it."""
    text = html.unescape(element.text or "")
    inner = Markup("").join([escape(text), *(_mathml(child, depth + 1) for child in element)])
    if element.tag not in _MATHML_TAGS or (depth > 0) == (element.tag == "math"):
        return inner
    known = {name: value for name, value in element.attrib.items() if name in _MATHML_ATTRIBUTES}
    attributes = Markup("").join(
        Markup(' {}="{}"').format(name, value) for name, value in known.items() if _PLAIN_VALUE.fullmatch(value)
    )
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(element.tag), attributes, inner)
