"""Charts of a class: points, evidence and attempts; what each says stands below as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from statistics import median, quantiles

from markupsafe import Markup

from grader.evidence import STRENGTHS, EvidenceStrength
from grader.pages.pictures.axis import PlotAxis, short
from grader.pages.pictures.svg import (
    clipped,
    figure,
    folded,
    number,
    points,
    scrolling,
    svg,
    table,
    text_at,
    width_of,
)

MAX_BARS, MAX_EVIDENCE_ROWS, MAX_SHOWN_ATTEMPTS = 20, 80, 40
"""Bars of a histogram, rows of the chart of evidence, and attempts that are drawn; what is left out is said."""

BAR_WIDTH, CHART_HEIGHT, CHART_LEFT, CHART_TOP, CHART_BOTTOM = 27, 150, 40, 18, 34
"""Pixels of a bar, of the part with bars or points, and of the texts around it."""

MAX_CHART_WIDTH = 328


def points_histogram(found: Sequence[Fraction], max_points: Fraction, title: str = "Points") -> Markup:
    """How many submissions have how many points; the counts as a table below. Empty for no submissions."""
    if not found:
        return Markup()
    edges = _bar_edges(max(max_points, *found))
    full = max_points if max_points == edges[-2] else None
    counts = [0] * (len(edges) - 1)
    for one in found:
        counts[_bar_of(one, edges)] += 1
    axis = PlotAxis(0, max(counts), CHART_TOP, CHART_TOP + CHART_HEIGHT)
    step = min(BAR_WIDTH, (MAX_CHART_WIDTH - CHART_LEFT - 8) / len(counts))
    bars = [
        f'<rect class="histogram-bar" x="{number(CHART_LEFT + step * i + 1)}" y="{number(axis.at(count))}"'
        f' width="{number(step - 2)}" height="{number(axis.bottom - axis.at(count))}"/>'
        for i, count in enumerate(counts)
    ]
    bars += [
        text_at(CHART_LEFT + step * (i + 0.5), axis.at(count) - 4, str(count), "middle quiet")
        for i, count in enumerate(counts)
        if count and width_of(str(count)) <= step + 4
    ]
    width = CHART_LEFT + step * len(counts) + 12
    marks = range(0, len(edges), max(1, round(42 / step)))
    bars += [text_at(CHART_LEFT + step * i, axis.bottom + 16, short(float(edges[i])), "middle quiet") for i in marks]
    bars += [*_vertical(axis, width), text_at(width / 2, axis.bottom + 30, "points", "middle quiet")]
    names = [_range_in_words(edges, i, full) for i in range(len(counts))]
    fullest = max(range(len(counts)), key=counts.__getitem__)
    half = f"the median is {_points(median(found))}"
    said = f"{title}: of {len(found)}, most ({counts[fullest]}) have {names[fullest]} points; {half}."
    image = svg(title, said, (width, axis.bottom + CHART_BOTTOM), bars)
    listed = table(title, ["points", "submissions"], [(name, str(n)) for name, n in zip(names, counts, strict=True)])
    return figure("histogram", [image, folded("As a table", listed)], said)


def _bar_edges(most: Fraction) -> list[Fraction]:
    """Where bars begin and end, from 0 points: each a round number of points wide, at most MAX_BARS of them."""
    if most <= 0:
        return [Fraction(0), Fraction(1)]
    width, round_widths = Fraction(1), (2, Fraction(5, 2), 2)
    turn = 0
    while most / width > MAX_BARS - 1:
        width *= round_widths[turn % 3]
        turn += 1
    while most / width < 4:
        turn -= 1
        width /= round_widths[turn % 3]
    return [width * i for i in range(int(most // width) + 2)]


def _bar_of(one: Fraction, edges: Sequence[Fraction]) -> int:
    """The bar of so many points; below 0 the first."""
    return max(0, min(len(edges) - 2, int(one // (edges[1] - edges[0]))))


def _range_in_words(edges: Sequence[Fraction], i: int, full: Fraction | None) -> str:
    """`10 to below 12.5`; all points, where these have a bar of their own."""
    if edges[i] == full:
        return f"all {_points(full)}"
    return f"{_points(edges[i])} to below {_points(edges[i + 1])}"


def _points(value: Fraction) -> str:
    return f"{float(value):.6g}"


def _vertical(axis: PlotAxis, width: float) -> Iterator[str]:
    """The vertical axis: its ends with lines across."""
    for value, text in axis.ends:
        y = number(axis.at(value))
        yield f'<line class="grid" x1="{CHART_LEFT}" y1="{y}" x2="{number(width)}" y2="{y}"/>'
        yield text_at(CHART_LEFT - 6, axis.at(value) + 4, text, "end quiet")


EVIDENCE_IN_WORDS: Mapping[EvidenceStrength, str] = {
    "proved": "proved",
    "exhausted": "all short inputs",
    "sampled": "samples",
    "examples": "examples",
    "none": "no evidence",
}


def evidence_bars(counts: Mapping[str, Mapping[EvidenceStrength, int]]) -> Markup:
    """By question, or by whatever the keys name, on what evidence how many passed lines rest. Empty for no lines."""
    rows = {name: row for name, row in counts.items() if sum(row.values())}
    if not rows:
        return Markup()
    shown = list(rows.items())[:MAX_EVIDENCE_ROWS]
    left = min(130.0, max(width_of(clipped(name, 18)) for name, _ in shown) + 10)
    width, height = MAX_CHART_WIDTH - left - 4, 18
    body = []
    for i, (name, row) in enumerate(shown):
        y, x, total = 22 * i + 2, left, sum(row.values())
        body.append(text_at(left - 6, y + 13, name, "end name", 18))
        for strength in STRENGTHS:
            if count := row.get(strength, 0):
                part = width * count / total
                body.append(
                    f'<rect class="evidence-{strength}" x="{number(x)}" y="{y}" width="{number(part)}"'
                    f' height="{height}"><title>{EVIDENCE_IN_WORDS[strength]}: {count}</title></rect>'
                )
                if width_of(str(count)) + 6 < part:
                    body.append(text_at(x + part / 2, y + 13, str(count), f"middle on-{strength}"))
                x += part
    title = "What passed lines rest on"
    left_out = len(rows) - len(shown)
    said = f"{left_out} more rows are left out." if left_out else ""
    image = svg(
        title, f"{len(rows)} rows; the table below has the counts.", (MAX_CHART_WIDTH, 22 * len(shown) + 2), body
    )
    present = [strength for strength in STRENGTHS if any(row.get(strength, 0) for _, row in shown)]
    keys = "".join(f'<span class="key evidence-{one}">{EVIDENCE_IN_WORDS[one]}</span>' for one in present)
    lines = [(name, *(str(row.get(strength, 0)) for strength in STRENGTHS)) for name, row in shown]
    listed = table(title, ["", *(EVIDENCE_IN_WORDS[one] for one in STRENGTHS)], lines)
    legend = f'<p class="legend" aria-hidden="true">{keys}</p>'
    return figure("evidence", [legend, image, folded("As a table", listed)], said)


def attempts_plot(points_by_attempt: Sequence[Sequence[Fraction]], max_points: Fraction) -> Markup:
    """The points of all who made a first attempt, a second one and so on: median, quartiles and how many there are.

    Empty where nobody made a second one.
    """
    attempts = [sorted(map(float, found)) for found in points_by_attempt if found][:MAX_SHOWN_ATTEMPTS]
    if len(attempts) < 2:
        return Markup()
    spreads = [_quartiles(found) for found in attempts]
    axis = PlotAxis(0, max(float(max_points), *(found[-1] for found in attempts)), CHART_TOP, CHART_TOP + CHART_HEIGHT)
    step = max(34.0, min(64.0, (MAX_CHART_WIDTH - CHART_LEFT - 8) / len(attempts)))
    xs = [CHART_LEFT + step * (i + 0.5) for i in range(len(attempts))]
    width = CHART_LEFT + step * len(attempts) + 8
    body = list(_vertical(axis, width))
    for i, (x, (low, _, high)) in enumerate(zip(xs, spreads, strict=True)):
        top, size = axis.at(high), axis.at(low) - axis.at(high)
        body.append(
            f'<rect class="quartiles" x="{number(x - 8)}" y="{number(top)}" width="16" height="{number(size)}"/>'
        )
        body.append(text_at(x, axis.bottom + 16, str(i + 1), "middle quiet"))
    places = [(x, axis.at(middle)) for x, (_, middle, _) in zip(xs, spreads, strict=True)]
    body.append(f'<polyline class="answer" points="{points(places)}"/>')
    body += [f'<circle class="answer" cx="{number(x)}" cy="{number(y)}" r="4"/>' for x, y in places]
    body.append(text_at(width / 2, axis.bottom + 30, "attempt", "middle quiet"))
    title = "Points by attempt"
    first, last = spreads[0][1], spreads[-1][1]
    said = (
        f"The median goes from {short(first)} points at the first attempt to {short(last)} at attempt {len(attempts)}."
    )
    image = svg(title, said, (width, axis.bottom + CHART_BOTTOM), body)
    rows = [
        (str(i), str(len(found)), short(low), short(middle), short(high))
        for i, (found, (low, middle, high)) in enumerate(zip(attempts, spreads, strict=True), 1)
    ]
    listed = table(title, ["attempt", "submissions", "lower quartile", "median", "upper quartile"], rows)
    caption = f"{said} A box is the middle half of those who made that attempt."
    return figure("attempts", [scrolling(image, title, width), folded("As a table", listed)], caption)


def _quartiles(found: Sequence[float]) -> tuple[float, float, float]:
    """The quartiles of sorted numbers."""
    if len(found) == 1:
        return found[0], found[0], found[0]
    low, middle, high = quantiles(found, n=4, method="inclusive")
    return low, middle, high
