"""Charts of a class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from markupsafe import Markup

from grader.evidence import EvidenceStrength


def points_histogram(points: Sequence[Fraction], max_points: Fraction, title: str = "Points") -> Markup:
    """How many submissions have how many points; the counts as a table below."""
    return Markup()


def rubric_heat_map(lines: Sequence[str], rows: Sequence[Sequence[float | None]], names: Sequence[str] = ()) -> Markup:
    """Submissions by rubric lines: the share of its points that each line earned (None: not known yet).

    `names` are those of the rows; none where they are hidden. Many rows are drawn as bands of rows with alike totals.
    """
    return Markup()


def evidence_bars(counts: Mapping[str, Mapping[EvidenceStrength, int]]) -> Markup:
    """By question, or by whatever the keys name, on what evidence how many passed lines rest."""
    return Markup()


def attempts_plot(points_by_attempt: Sequence[Sequence[Fraction]], max_points: Fraction) -> Markup:
    """The points of all who made a first attempt, a second one and so on: median, quartiles and how many there are."""
    return Markup()
