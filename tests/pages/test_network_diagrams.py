"""Networks as diagrams: each weight once, by sign and size, and nothing that a name or a number can break."""

import math

import pytest

from grader.page_details import DrawnEdge, DrawnNetwork, DrawnUnit
from grader.pages.pictures import network_diagram

from .figures import HOSTILE, having, read, rows, texts

LATCH = DrawnNetwork(
    (DrawnUnit("x", 0, is_input=True), DrawnUnit("h", 1, "-1.5", "≥ 0.5"), DrawnUnit("y", 2, is_output=True)),
    (DrawnEdge("h", "h", "0", 0.0, 1), DrawnEdge("x", "h", "-1/3", -1 / 3), DrawnEdge("h", "y", "2", 2.0)),
)
SIGNS = ("positive", "negative", "zero", "other")


def network(units, edges):
    return DrawnNetwork(tuple(units), tuple(edges))


def fully_joined(inputs, hidden):
    units = [
        *(DrawnUnit(f"x[{i}]", 0, is_input=True) for i in range(inputs)),
        *(DrawnUnit(f"h[{j}]", 1) for j in range(hidden)),
    ]
    edges = [DrawnEdge(f"x[{i}]", f"h[{j}]", str(i - j), float(i - j)) for i in range(inputs) for j in range(hidden)]
    return network(units, edges)


def test_a_latch_has_its_weights_its_bias_and_its_threshold():
    root = read(network_diagram(LATCH))
    assert sorted(texts(root, "weight")) == ["-1/3", "0 (t-1)", "2"]
    assert [having(root, "path", "edge", sign) != [] for sign in SIGNS] == [True, True, True, False]
    assert [text.text for unit in having(root, "g", "unit", "hidden") for text in unit.iter("text")] == [
        "h",
        "bias -1.5",
        "≥ 0.5",
    ]
    assert [len(having(root, "g", "unit", kind)) for kind in ("input", "hidden", "output")] == [1, 1, 1]
    assert rows(root) == [
        ["h", "h", "0", "1 step before"],
        ["x", "h", "-1/3", "the same step"],
        ["h", "y", "2", "the same step"],
    ]
    assert "Into h go h times 0, x times -1/3." in root.find(".//desc").text


@pytest.mark.parametrize(("inputs", "hidden"), [(1, 1), (2, 2), (3, 5), (6, 6), (8, 12)])
def test_each_weight_is_one_edge_with_one_arrow(inputs, hidden):
    drawn = fully_joined(inputs, hidden)
    root = read(network_diagram(drawn))
    assert len(having(root, "path", "edge")) == len(having(root, "polygon", "edge")) == inputs * hidden
    for sign, count in zip(
        SIGNS, [sum(e.size > 0 for e in drawn.edges), sum(e.size < 0 for e in drawn.edges)], strict=False
    ):
        assert len(having(root, "path", sign)) == count
    labels, weights = sorted(texts(root, "weight")), sorted(edge.weight for edge in drawn.edges)
    assert (labels == weights) if inputs * hidden <= 4 else set(labels) < set(weights) or labels
    assert ("Weights that have no room in the picture" in root.find("figcaption").text) == (len(labels) < len(weights))
    places = [(float(text.get("x")), float(text.get("y"))) for text in having(root, "text", "weight")]
    assert all(abs(x - u) > 6 or abs(y - v) >= 11 for i, (x, y) in enumerate(places) for u, v in places[:i])
    assert [row[2] for row in rows(root)] == [edge.weight for edge in drawn.edges]


def test_a_wider_line_is_a_larger_weight():
    units = [DrawnUnit("x", 0), DrawnUnit("h", 1)]
    sizes = [0.1, 3.0, -7.0, 1e-300]
    root = read(network_diagram(network(units, [DrawnEdge("x", "h", str(s), s) for s in sizes])))
    widths = [float(edge.get("stroke-width")) for edge in having(root, "path", "edge")]
    assert sorted(range(4), key=lambda i: (widths[i], abs(sizes[i]))) == sorted(range(4), key=lambda i: abs(sizes[i]))
    assert widths[1] < widths[2]


@pytest.mark.parametrize("size", [math.nan, math.inf, -math.inf, 1.7e308, -1.7e308, 5e-324, -0.0])
def test_a_weight_of_any_size_can_be_drawn(size):
    units = [DrawnUnit("x", 0), DrawnUnit("h", 1)]
    root = read(network_diagram(network(units, [DrawnEdge("x", "h", "w", size), DrawnEdge("x", "h", "1", 1.0)])))
    assert all(1 <= float(edge.get("stroke-width")) <= 3.5 for edge in having(root, "path", "edge"))


def test_the_past_of_other_units_stands_beside_the_inputs():
    units = [DrawnUnit("h[0]", 1), DrawnUnit("h[1]", 1)]
    edges = [DrawnEdge(f"h[{i}]", f"h[{j}]", f"{i}{j}", 1.0, 1 + i) for i in (0, 1) for j in (0, 1)]
    root = read(network_diagram(network(units, edges)))
    assert texts(root, "name") == ["h[0] (t-1)", "h[1] (t-2)", "h[0]", "h[1]"]
    assert sorted(texts(root, "weight")) == ["00", "01", "10", "11"]
    assert [row[3] for row in rows(root)] == ["1 step before", "1 step before", "2 steps before", "2 steps before"]


def test_what_goes_in_otherwise_has_no_weight():
    units = [DrawnUnit("f", 0), DrawnUnit("(1)", 1, does="×")]
    root = read(network_diagram(network(units, [DrawnEdge("f", "(1)")])))
    assert len(having(root, "path", "other")) == 1
    assert rows(root)[0][2] == "not times a number"


def test_a_network_beyond_all_bounds_is_cut_and_said_to_be():
    figure = network_diagram(fully_joined(100, 100))
    assert len(figure) < 200_000
    said = read(figure).find("figcaption").text
    assert "140 more units are left out" in said
    assert "9760 more weights are left out" in said


def test_one_unit_no_edges_and_nothing_at_all():
    assert len(having(read(network_diagram(network([DrawnUnit("y", 1)], []))), "g", "unit")) == 1
    assert network_diagram(network([], [])) == ""


def test_many_weights_have_one_edge_and_no_sign():
    units = [DrawnUnit("x", 0), DrawnUnit("h", 1, does="16 units")]
    root = read(network_diagram(network(units, [DrawnEdge("x", "h", "W (16 × 2), -3 to 1", -3.0, 0, 32)])))
    assert len(having(root, "path", "many")) == 1
    assert texts(root, "weight") == ["W (16 × 2)"]
    assert rows(root)[0][2] == "W (16 × 2), -3 to 1"


def test_notes_are_sentences():
    noted = DrawnNetwork(LATCH.units, LATCH.edges, ("drawn for steps with t > 1; other steps have c0 there",))
    assert (
        "Drawn for steps with t > 1; other steps have c0 there." in read(network_diagram(noted)).find("figcaption").text
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_and_weights_stay_text(text):
    units = [DrawnUnit(text, 0, text, text), DrawnUnit("h", 1, text, text)]
    edges = [DrawnEdge(text, "h", text, 1.0), DrawnEdge("h", text, text, -1.0, 1), DrawnEdge("nobody", "h", text, 1.0)]
    figure = network_diagram(DrawnNetwork(tuple(units), tuple(edges), (text,)))
    assert len(figure) < 20_000
    read(figure)


def test_the_same_network_gives_the_same_bytes():
    assert network_diagram(LATCH) == network_diagram(DrawnNetwork(tuple(LATCH.units), tuple(LATCH.edges)))
    assert " id=" not in network_diagram(LATCH)
