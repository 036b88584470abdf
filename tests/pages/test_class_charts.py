"""Charts of a class: bars, bands and shades against the counts that they are made of; large classes stay small."""

import math
import random
import re
from fractions import Fraction

import pytest

from grader.pages.pictures import attempts_plot, evidence_bars, points_histogram, rubric_heat_map

from .figures import HOSTILE, having, read, rows, texts


@pytest.mark.parametrize("max_points", [0, 1, 3, Fraction(7, 2), 10, 70, 100, 140, 1000, 12_345])
def test_bars_count_every_submission_once(max_points):
    rng = random.Random(str(max_points))
    found = [Fraction(max_points) * rng.randint(0, 12) / 12 for _ in range(60)] + [Fraction(max_points)] * 3
    root = read(points_histogram(found, Fraction(max_points)))
    bars, counts = having(root, "rect", "histogram-bar"), [int(row[1]) for row in rows(root)]
    assert len(bars) == len(counts) <= 21
    assert sum(counts) == len(found)
    heights = [float(bar.get("height")) for bar in bars]
    for height, count in zip(heights, counts, strict=True):
        assert height == pytest.approx(count / max(counts) * max(heights), abs=0.15)
    for name, count in rows(root):
        if low := re.fullmatch(r"(\S+) to below (\S+)", name):
            inside = [one for one in found if Fraction(low[1]) <= one < Fraction(low[2])]
            assert len(inside) == int(count)


def test_full_points_have_a_bar_of_their_own():
    found = [Fraction(70)] * 3 + [Fraction(69)]
    assert rows(read(points_histogram(found, Fraction(70))))[-1] == ["all 70", "3"]


def test_points_beyond_the_maximum_and_below_0_are_counted():
    root = read(points_histogram([Fraction(-1), Fraction(12)], Fraction(10)))
    assert sum(int(row[1]) for row in rows(root)) == 2


def shares(rng, lines):
    return [rng.choice([0.0, 0.0, 0.25, 0.5, 0.999, 1.0, 1.0, None]) for _ in range(lines)]


def shades(root):
    found = {}
    for path in root.iter("path"):
        if path.get("class") == "unknown-mark":
            continue
        for x, y in re.findall(r"M(\S+?),(\S+?)h", path.get("d")):
            found[float(y), float(x)] = path.get("class").removeprefix("level-")
    return [found[key] for key in sorted(found)]


@pytest.mark.parametrize("count", [1, 2, 40, 80])
def test_a_heat_map_has_a_cell_for_each_line_of_each_submission(count):
    rng = random.Random(count)
    found = [shares(rng, 7) for _ in range(count)]
    root = read(rubric_heat_map([f"q{i}: a line" for i in range(7)], found))
    in_order = sorted(found, key=lambda row: -math.fsum(share or 0 for share in row))
    level = {None: "unknown", 0.0: "0", 0.25: "2", 0.5: "3", 0.999: "4", 1.0: "5"}
    assert shades(root) == [level[share] for row in in_order for share in row]
    dashes = having(root, "path", "unknown-mark")
    assert sum(path.get("d").count("M") for path in dashes) == sum(row.count(None) for row in found)
    for j, row in enumerate(rows(root)):
        column = [one[j] for one in found]
        whole, nothing, unknown = (column.count(value) for value in (1.0, 0.0, None))
        assert list(map(int, row[1:])) == [whole, count - whole - nothing - unknown, nothing, unknown]


def test_names_stand_beside_their_rows_and_are_hidden_by_default():
    found, names = [[0.0], [1.0]], ["anna", "bela"]
    assert texts(read(rubric_heat_map(["a"], found, names)), "end") == ["bela", "anna"]
    assert not re.search("anna|bela", rubric_heat_map(["a"], found))


def test_rows_that_earned_the_same_by_other_lines_stay_in_their_order():
    """Added one after the other, 0.1, 0.2 and 0.3 are more than 0.3, 0.2 and 0.1 before Python 3.12."""
    found, names = [[0.3, 0.2, 0.1], [0.1, 0.2, 0.3]], ["anna", "bela"]
    assert texts(read(rubric_heat_map(["a", "b", "c"], found, names)), "end") == names


@pytest.mark.long
def test_five_thousand_submissions_are_bands_of_alike_totals():
    rng = random.Random(5)
    found = [shares(rng, 60) for _ in range(5_000)]
    figure = rubric_heat_map([f"q{i // 5}: line {i} of a long rubric" for i in range(60)], found)
    assert len(figure) < 150_000
    root = read(figure)
    assert len(shades(root)) == 80 * 60
    assert "A row is the mean of 62 to 63 of them." in root.find("figcaption").text
    assert all(sum(map(int, row[1:])) == 5_000 for row in rows(root))


def test_a_band_is_the_mean_of_its_submissions():
    """Half of 200 submissions earn all, half nothing: no band is between, but where both meet."""
    root = read(rubric_heat_map(["a", "b"], [[1.0, 1.0]] * 100 + [[0.0, None]] * 100))
    assert shades(root) == ["5", "5"] * 40 + ["0", "unknown"] * 40


def test_bars_of_evidence_are_as_long_as_their_shares():
    counts = {"q1": {"proved": 6, "sampled": 2}, "q2": {"none": 3}, "q3": {"proved": 0}}
    root = read(evidence_bars(counts))
    widths = {bar.get("class"): float(bar.get("width")) for bar in root.iter("rect")}
    assert widths["evidence-proved"] == pytest.approx(3 * widths["evidence-sampled"], abs=0.2)
    assert widths["evidence-none"] == pytest.approx(4 * widths["evidence-sampled"], abs=0.3)
    assert rows(root) == [["q1", "6", "0", "2", "0", "0"], ["q2", "0", "0", "0", "0", "3"]]


def test_attempts_show_their_medians_and_quartiles():
    attempts = [[Fraction(n) for n in (0, 10, 20, 30, 40)], [Fraction(50)], [Fraction(60), Fraction(70)]]
    root = read(attempts_plot(attempts, Fraction(80)))
    assert rows(root) == [["1", "5", "10", "20", "30"], ["2", "1", "50", "50", "50"], ["3", "2", "62.5", "65", "67.5"]]
    heights = [float(point.get("cy")) for point in root.iter("circle")]
    low, high = (heights[i] for i in (0, 2))
    assert heights[1] == pytest.approx(low + (high - low) * 30 / 45, abs=0.15)


@pytest.mark.parametrize(
    "figure",
    [
        points_histogram([], Fraction(1)),
        rubric_heat_map([], [[]]),
        rubric_heat_map(["a"], []),
        evidence_bars({}),
        evidence_bars({"q": {"proved": 0}}),
        attempts_plot([], Fraction(1)),
        attempts_plot([[Fraction(1)]], Fraction(1)),
        attempts_plot([[Fraction(1)], []], Fraction(1)),
    ],
)
def test_nothing_to_draw_is_an_empty_picture(figure):
    assert figure == ""


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_stay_text(text):
    for figure in (
        rubric_heat_map([text, "b"], [[1.0, None], [0.5, 0.0]], [text, text]),
        evidence_bars({text: {"proved": 1}}),
        points_histogram([Fraction(1)], Fraction(1), text or "Points"),
    ):
        assert len(figure) < 10_000
        read(figure)
