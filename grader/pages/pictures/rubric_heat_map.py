"""Submissions by rubric lines: which lines a class earned, in shades that are also numbers in a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import fsum

from markupsafe import Markup

from grader.pages.pictures.svg import clipped, figure, folded, number, scrolling, svg, table, text_at, width_of

MAX_HEAT_ROWS, MAX_NAMED_HEAT_ROWS = 80, 600
"""Rows, without and with names, that are drawn one by one; of more, those with alike totals make a band together."""

MAX_HEAT_LINES = 120
"""Rubric lines that are drawn; how many are left out is said."""

NO_SHARE = "unknown"
"""Stands for the shade of what is not known yet."""

LEVELS_OF_SHARES = 5
"""Shades above that of nothing; the last one is for all alone."""

LINE_WIDTH, HEAD_HEIGHT = 18, 150
"""Pixels of a column, and of the names above them."""

NAMED_ROW_HEIGHT = 14

Shares = Sequence[float | None]


@dataclass(frozen=True)
class _Band:
    """Submissions that are one row: what they earned of each line on average (None: nothing is known yet)."""

    name: str
    size: int
    shares: tuple[float | None, ...]


def rubric_heat_map(lines: Sequence[str], rows: Sequence[Shares], names: Sequence[str] = ()) -> Markup:
    """Submissions by rubric lines: the share of its points that each line earned (None: not known yet).

    `names` are those of the rows; none where they are hidden. Rows are sorted by what they earned, the most on top;
    many rows are drawn as bands of rows with alike totals, without names. Empty without lines or rows.
    """
    if not lines or not rows:
        return Markup()
    shown = lines[:MAX_HEAT_LINES]
    bands = _bands([tuple(row[: len(shown)]) for row in rows], names)
    row_height = NAMED_ROW_HEIGHT if any(band.name for band in bands) else max(2.0, min(14.0, 420 / len(bands)))
    left = max((width_of(clipped(band.name, 16)) for band in bands), default=0.0) + 8
    height = HEAD_HEIGHT + row_height * len(bands) + 2
    width = left + LINE_WIDTH * len(shown) + 90
    body = [*_head(shown, left), *_cells(bands, left, row_height)]
    if row_height == NAMED_ROW_HEIGHT:
        body += [
            text_at(left - 6, HEAD_HEIGHT + row_height * i + 11, band.name, "end", 16) for i, band in enumerate(bands)
        ]
    title = "Rubric lines by submission"
    image = svg(title, _said(bands, rows, shown), (width, height), body)
    parts = [_legend(bands), scrolling(image, title, width), folded("As a table", _table(shown, rows))]
    return figure("heat-map", parts, _said(bands, rows, lines))


def _bands(rows: Sequence[tuple[float | None, ...]], names: Sequence[str]) -> list[_Band]:
    """Rows sorted by what they earned; at most MAX_HEAT_ROWS, of about as many submissions each."""
    order = sorted(range(len(rows)), key=lambda i: (-fsum(share or 0.0 for share in rows[i]), i))
    if len(order) <= (MAX_NAMED_HEAT_ROWS if names else MAX_HEAT_ROWS):
        return [_Band(names[i] if i < len(names) else "", 1, rows[i]) for i in order]
    bands = []
    for k in range(MAX_HEAT_ROWS):
        some = order[len(order) * k // MAX_HEAT_ROWS : len(order) * (k + 1) // MAX_HEAT_ROWS]
        bands.append(_Band("", len(some), tuple(_mean([rows[i][j] for i in some]) for j in range(len(rows[0])))))
    return bands


def _mean(shares: Shares) -> float | None:
    known = [share for share in shares if share is not None]
    return fsum(known) / len(known) if known else None


def _level(share: float | None) -> str:
    """The shade of a share: nothing and all have their own, so that they are told from nearly that."""
    if share is None or share != share:
        return NO_SHARE
    if share <= 0:
        return "0"
    return str(LEVELS_OF_SHARES) if share >= 1 else str(1 + int(share * (LEVELS_OF_SHARES - 1)))


def _cells(bands: Sequence[_Band], left: float, height: float) -> Iterator[str]:
    """One path for all cells of a shade, and a dash in each of those of which nothing is known."""
    paths: dict[str, list[str]] = {}
    dashes = []
    for i, band in enumerate(bands):
        y = HEAD_HEIGHT + height * i
        for j, share in enumerate(band.shares):
            x, level = left + LINE_WIDTH * j, _level(share)
            place = f"M{number(x)},{number(y)}h{LINE_WIDTH - 1}v{number(height - 0.5)}h-{LINE_WIDTH - 1}z"
            paths.setdefault(level, []).append(place)
            if level == NO_SHARE:
                dashes.append(f"M{number(x + 5)},{number(y + height / 2)}h{LINE_WIDTH - 11}")
    for level in sorted(paths):
        yield f'<path class="level-{level}" d="{"".join(paths[level])}"/>'
    if dashes:
        yield f'<path class="unknown-mark" d="{"".join(dashes)}"/>'


def _head(lines: Sequence[str], left: float) -> Iterator[str]:
    """The names of the lines, leaning over their columns."""
    for j, line in enumerate(lines):
        x, y = number(left + LINE_WIDTH * (j + 0.5)), number(HEAD_HEIGHT - 6)
        yield f'<g transform="translate({x} {y}) rotate(-60)">{text_at(0, 4, line)}</g>'


def _legend(bands: Sequence[_Band]) -> str:
    words = {"0": "nothing", "1": "some", "4": "nearly all", "5": "all"}
    if any(_level(share) == NO_SHARE for band in bands for share in band.shares):
        words[NO_SHARE] = "not known yet"
    keys = "".join(f'<span class="key level-{level}">{text}</span>' for level, text in words.items())
    return f'<p class="legend" aria-hidden="true">{keys}</p>'


def _said(bands: Sequence[_Band], rows: Sequence[Shares], lines: Sequence[str]) -> str:
    said = [f"{len(rows)} submissions, those with most points on top."]
    if len(bands) < len(rows):
        said.append(f"A row is the mean of {min(b.size for b in bands)} to {max(b.size for b in bands)} of them.")
    if len(lines) > MAX_HEAT_LINES:
        said.append(f"{len(lines) - MAX_HEAT_LINES} more lines are left out.")
    return " ".join(said)


def _table(lines: Sequence[str], rows: Sequence[Shares]) -> str:
    """A row a line: how many submissions earned all of it, a part, nothing, and of how many it is not known."""
    listed = []
    for j, line in enumerate(lines):
        levels = [_level(row[j]) for row in rows]
        whole, nothing, unknown = (levels.count(level) for level in (str(LEVELS_OF_SHARES), "0", NO_SHARE))
        part = len(levels) - whole - nothing - unknown
        listed.append((line, str(whole), str(part), str(nothing), str(unknown)))
    return table("Submissions by what they earned of a line", ["line", "all", "a part", "nothing", "not known"], listed)
