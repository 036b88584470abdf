"""SVG by templates: text that is always escaped and bounded, numbers without noise, and the figure around a picture."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from markupsafe import Markup, escape

from grader.visible import one_line

MAX_LABEL_CHARACTERS = 24
"""Characters of a text in a picture; the whole text, up to MAX_TITLE_CHARACTERS, is in its tooltip or in a table."""

MAX_TITLE_CHARACTERS = 300

MAX_PICTURE_CELL_CHARACTERS = 120

CHARACTER_WIDTH_PIXELS = 6.7
"""Pixels that a character of a label takes: 11 pixels of a monospace font, 0.6 wide, and a little to spare."""

MAX_FITTING_WIDTH = 328
"""Pixels of a picture that fits on a screen of 360 as it is; a wider one scrolls inside of its own part of the page."""


def clipped(text: str, most: int = MAX_LABEL_CHARACTERS) -> str:
    """The text on one line, hidden characters written out, of at most so many characters."""
    text = one_line(text[: most + 1])
    return text if len(text) <= most else f"{text[: most - 1]}…"


def label(text: str, most: int = MAX_LABEL_CHARACTERS) -> str:
    """The same, escaped: what stands between tags or in an attribute."""
    return str(escape(clipped(text, most)))


def width_of(text: str) -> float:
    """Pixels of a label; wide characters (of East Asian scripts) take two places."""
    if text.isascii():
        return len(text) * CHARACTER_WIDTH_PIXELS
    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in text) * CHARACTER_WIDTH_PIXELS


def number(value: float) -> str:
    """A coordinate in tenths of a pixel: `12`, `3.5`."""
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text in ("-0", "0") else text


def points(pairs: Iterable[tuple[float, float]]) -> str:
    """Coordinates as `polyline` and `polygon` have them."""
    return " ".join(f"{number(x)},{number(y)}" for x, y in pairs)


def text_at(x: float, y: float, text: str, classes: str = "", most: int = MAX_LABEL_CHARACTERS) -> str:
    """A label at a place; `classes` say how it is anchored and what it is."""
    named = f' class="{classes}"' if classes else ""
    return f'<text{named} x="{number(x)}" y="{number(y)}">{label(text, most)}</text>'


def arrow_head(tip: tuple[float, float], back: tuple[float, float], classes: str) -> str:
    """A triangle with its tip where an edge ends, seen from a point that the edge comes from."""
    (x, y), (from_x, from_y) = tip, back
    length = ((x - from_x) ** 2 + (y - from_y) ** 2) ** 0.5 or 1.0
    along_x, along_y = (x - from_x) / length, (y - from_y) / length
    base_x, base_y = x - 8 * along_x, y - 8 * along_y
    sides = [(base_x - 4 * along_y, base_y + 4 * along_x), (base_x + 4 * along_y, base_y - 4 * along_x)]
    return f'<polygon class="{classes}" points="{points([tip, *sides])}"/>'


def svg(title: str, description: str, size: tuple[float, float], body: Iterable[str]) -> str:
    """An image with its text alternative; `size` is its width and height in pixels."""
    width, height = number(size[0]), number(size[1])
    return (
        f'<svg role="img" aria-label="{label(title, MAX_TITLE_CHARACTERS)}" viewBox="0 0 {width} {height}"'
        f' width="{width}" height="{height}">'
        f"<title>{label(title, MAX_TITLE_CHARACTERS)}</title><desc>{label(description, 2_000)}</desc>"
        f"{''.join(body)}</svg>"
    )


def scrolling(inner: str, name: str, width: float) -> str:
    """What is wider than a small screen, in a part of its own that the keyboard can scroll."""
    if width <= MAX_FITTING_WIDTH:
        return inner
    return (
        f'<div class="picture-scroll" role="group" tabindex="0" aria-label="{label(name, MAX_TITLE_CHARACTERS)}">'
        f"{inner}</div>"
    )


def figure(kind: str, parts: Sequence[str], caption: str = "") -> Markup:
    """The whole picture, with its caption in words below."""
    said = f"<figcaption>{label(caption, 1_000)}</figcaption>" if caption else ""
    return Markup(f'<figure class="picture picture-{kind}">{"".join(parts)}{said}</figure>')


def table(
    caption: str, header: Sequence[str], rows: Iterable[Sequence[str]], *, most: int = MAX_PICTURE_CELL_CHARACTERS
) -> str:
    """What a picture says as a table; the first cell of each row names it."""
    heads = "".join(f'<th scope="col">{label(cell, most)}</th>' for cell in header)
    body = "".join(
        f'<tr><th scope="row">{label(row[0], most)}</th>'
        + "".join(f"<td>{label(cell, most)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    inner = (
        f'<table class="data"><caption>{label(caption, MAX_TITLE_CHARACTERS)}</caption><thead><tr>{heads}</tr></thead>'
    )
    return scrolling(f"{inner}<tbody>{body}</tbody></table>", caption, MAX_FITTING_WIDTH + 1)


def heading(text: str) -> str:
    """What stands over a picture, or a part of one."""
    return f'<p class="picture-title">{label(text, MAX_TITLE_CHARACTERS)}</p>'


def folded(summary: str, inner: str) -> str:
    """What can be opened below a picture."""
    return f"<details><summary>{label(summary, MAX_TITLE_CHARACTERS)}</summary>{inner}</details>"
