"""Traces as plots: against the numbers of the trace themselves."""

import math
from fractions import Fraction

import pytest

from grader.evidence import Counterexample, TraceStep
from grader.pages.pictures import trace_plot
from grader.pages.pictures.quantities import entries_of, plotted_value

from .figures import HOSTILE, having, read, texts


def step(t, output, expected, units=None, wanted=None, right=None, **more):
    right = output == expected if right is None else right
    return TraceStep(t, more.pop("inputs", {"x": "1"}), units or {}, wanted or {}, output, expected, right, **more)


def plotted(*steps):
    return read(trace_plot(Counterexample("01", "0", "1", tuple(steps))))


def centres(root, tag, *classes):
    found = having(root, tag, *classes)
    if tag == "circle":
        return [(float(e.get("cx")), float(e.get("cy"))) for e in found]
    return [(float(e.get("x")) + 5, float(e.get("y")) + 5) for e in found]


@pytest.mark.parametrize(
    ("outputs", "expected", "numbers"),
    [
        (["0", "1", "1"], ["0", "0", "1"], [0, 1, 1, 0, 0, 1]),
        (["-3/2", "0.333333 (1/3)", "7"], ["1", "2", "3"], [-1.5, 1 / 3, 7, 1, 2, 3]),
        (["about 1e+20", "0", "-1e20"], ["0", "0", "0"], [1e20, 0, -1e20, 0, 0, 0]),
        (["1e-300", "2e-300", "0"], ["0", "1e-300", "2e-300"], [1e-300, 2e-300, 0, 0, 1e-300, 2e-300]),
        (["1e308", "-1e308", "0"], ["0", "0", "0"], [1e308, -1e308, 0, 0, 0, 0]),
        (["0.5 + 1e-3", "0.5 - 1e-3", "0.5"], ["0.5", "0.5", "0.5"], [0.501, 0.499, 0.5, 0.5, 0.5, 0.5]),
    ],
)
def test_points_lie_where_the_numbers_of_the_trace_are(outputs, expected, numbers):
    """The heights of all points of a row are one line through the numbers, and steps lie side by side."""
    root = plotted(*(step(t, o, e) for t, (o, e) in enumerate(zip(outputs, expected, strict=True), 1)))
    places = [*centres(root, "circle", "answer"), *centres(root, "rect", "wanted")]
    low, high = Fraction(min(numbers)), Fraction(max(numbers))
    top, bottom = min(y for _, y in places), max(y for _, y in places)
    for (_, y), number in zip(places, numbers, strict=True):
        assert y == pytest.approx(bottom - float((Fraction(number) - low) / (high - low)) * (bottom - top), abs=0.11)
    for first, second, third in (places[:3], places[3:]):
        assert first[0] < second[0] < third[0]
        assert second[0] - first[0] == pytest.approx(third[0] - second[0], abs=0.11)


def test_the_first_wrong_step_is_marked_and_named():
    root = plotted(step(1, "0", "0"), step(2, "1", "0"), step(3, "1", "0"))
    (band,) = having(root, "rect", "first-wrong")
    left, right = float(band.get("x")), float(band.get("x")) + float(band.get("width"))
    assert [left < x < right for x, _ in centres(root, "circle", "answer")] == [False, True, False]
    assert len(having(root, "circle", "wrong")) == len(having(root, "path", "wrong")) == 2
    assert root.find("figcaption").text == "The first wrong step is 2."
    assert "The first wrong step is 2: output 1, wanted 0." in root.find(".//desc").text


def test_a_step_that_is_wrong_for_another_line_is_not_the_first_wrong_one():
    root = plotted(step(1, "1", "0", about=False), step(2, "1", "0"))
    (band,) = having(root, "rect", "first-wrong")
    assert float(band.get("x")) > centres(root, "circle", "answer")[0][0]


def test_what_is_not_wanted_at_a_step_that_does_not_count_is_not_drawn():
    root = plotted(step(1, "1", "0", counts=False), step(2, "0", "1"))
    assert len(having(root, "circle", "answer")) == 2
    assert len(having(root, "rect", "wanted")) == 1
    assert len(having(root, "circle", "wrong")) == 1


def test_nothing_wanted_is_drawn_where_an_audience_does_not_see_it():
    root = plotted(step(1, "0", "", {"h": "0"}), step(2, "1", "", {"h": "1"}, right=False))
    assert having(root, "rect", "wanted") == having(root, "span", "wanted") == []
    assert "wanted" not in "".join(root.itertext())


def test_units_have_rows_and_the_output_has_one_under_its_own_name():
    root = plotted(*(step(t, str(t), "1", {"h": f"[{t}, -1]", "y": str(t)}, {"alive": "0"}) for t in (1, 2)))
    assert texts(root, "name")[1:] == ["y (output)", "h[0]", "h[1]", "wanted: alive"]
    assert len(having(root, "circle", "answer")) == 6


def test_the_unit_and_what_is_wanted_are_apart_though_they_have_one_name():
    """What the behaviour calls `h` is nothing that the answer's `h` has to be."""
    root = plotted(*(step(t, "0", "1", {"h": "5", "y": "0"}, {"h": "7", "q": "1"}) for t in (1, 2)))
    assert texts(root, "name")[1:] == ["y (output)", "h", "wanted: h"]


@pytest.mark.parametrize(
    "text", ["nan", "inf", "-inf", "undefined (a division by zero)", "a number of unknown size", "1/0"]
)
def test_what_is_no_number_is_a_text_and_parts_the_line(text):
    root = plotted(*(step(t, "0", "0", {"h": value}) for t, value in enumerate(["1", text, "2", "3"], 1)))
    assert len(texts(root, "no-number")) == 1
    assert len(centres(root, "circle", "answer")) == 4 + 3
    assert [len(line.get("points").split()) for line in having(root, "polyline", "answer")] == [4, 2]


def test_a_trace_without_numbers_is_not_drawn():
    assert trace_plot(Counterexample("", "", "")) == ""
    assert trace_plot(Counterexample("1", "a", "b", (step(1, "undefined", "yes"),))) == ""


def test_the_empty_input_is_drawn_before_the_first_step():
    root = plotted(step(0, "1", "0", inputs={}))
    assert texts(root, "quiet")[:2] == ["step", "0"]
    assert root.find(".//svg").get("aria-label") == "Trace on the empty input (ε)"


def test_what_is_left_out_is_said():
    root = plotted(*(step(t, "0", "1", {f"h{i}": "1" for i in range(20)}) for t in range(7, 47)))
    assert len(texts(root, "name")) == 1 + 8
    said = root.find("figcaption").text
    assert "These are the last 40 of 46 steps." in said
    assert "13 more quantities are not plotted" in said


def test_a_wide_plot_scrolls_by_keyboard_and_a_narrow_one_fits():
    wide, narrow = (plotted(*(step(t, "0", "1") for t in range(1, 1 + n))) for n in (40, 2))
    assert wide.find(".//div[@tabindex='0']") is not None
    assert narrow.find(".//div") is None
    assert float(narrow.find(".//svg").get("width")) <= 328


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_and_values_stay_text(text):
    steps = [step(t, "0", "1", {text: text, "h": "1"}, {text: text}, inputs={text: text}) for t in (1, 2)]
    figure = trace_plot(Counterexample(text, text, text, tuple(steps), condition=text))
    assert len(figure) < 30_000
    read(figure)


def test_entries_are_those_of_the_matrix():
    assert list(entries_of("W", "[[1, -2/3], [0.5, nan]]")) == [
        ("W[0][0]", "1"),
        ("W[0][1]", "-2/3"),
        ("W[1][0]", "0.5"),
        ("W[1][1]", "nan"),
    ]
    assert len(list(entries_of("v", f"[{', '.join(map(str, range(1000)))}]"))) == 64


def test_numbers_are_read_as_they_are_written():
    assert plotted_value("1/3").number == pytest.approx(1 / 3)
    assert plotted_value("0.5 - 2e-3").number == pytest.approx(0.498)
    assert all(plotted_value(text).number is None for text in ("1e999", "1_0", "0x1", "١", "infinity", "1 2"))
    assert math.isfinite(plotted_value("9" * 300).number)
