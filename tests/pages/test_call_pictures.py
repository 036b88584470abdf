"""A function's wrong call as tables and heat maps: every cell once, the wrong ones marked."""

import pytest

from grader.page_details import ShownArray, ShownCall
from grader.pages.pictures import call_picture

from .figures import HOSTILE, having, read, texts


def array(name, cells, wrong=(), shape=None, **more):
    cells = tuple(tuple(row) for row in cells)
    return ShownArray(name, str(cells), cells, shape=shape or (len(cells), len(cells[0])), wrong=tuple(wrong), **more)


def grid(rows, columns):
    return [[str(i * columns + j) for j in range(columns)] for i in range(rows)]


def call(got, wanted=(), arguments=(), rule=""):
    return ShownCall("is right", tuple(arguments), tuple(got), tuple(wanted), rule)


def tables(root):
    return [
        [["".join(cell.itertext()) for cell in row.iter("td")] for row in one.find("tbody")]
        for one in root.iter("table")
    ]


def test_cells_stand_in_tables_with_their_indices_and_wrong_ones_are_marked_in_both():
    got = array("out", [["1", "nan"], ["inf", "-0.0"]], [(0, 1), (1, 1)], dtype="float32")
    root = read(call_picture(call([got], [array("out", [["1", "2"], ["inf", "0.5"]])], [array("x", [["7"]])])))
    assert tables(root) == [
        [["7"]],
        [["1", "wrong: nan"], ["inf", "wrong: -0.0"]],
        [["1", "wrong: 2"], ["inf", "wrong: 0.5"]],
    ]
    assert len(having(root, "td", "wrong-cell")) == 4
    assert "out, shape (2, 2), float32" in "".join(root.itertext())


def test_another_shape_is_said_and_no_cell_is_marked():
    root = read(call_picture(call([array("out", grid(2, 3))], [array("out", grid(3, 2))])))
    assert "out has the shape (2, 3), wanted is (3, 2)." in root.find("figcaption").text
    assert having(root, "td", "wrong-cell") == []


def test_a_vector_is_one_row():
    root = read(call_picture(call([array("out", [["1", "2", "3"]], [(0, 2)], shape=(3,))])))
    assert tables(root) == [[["1", "2", "wrong: 3"]]]
    assert next(iter(root.iter("th"))).get("scope") == "col"


@pytest.mark.parametrize(("rows", "columns", "is_map"), [(8, 8, False), (9, 1, True), (1, 9, True), (24, 24, True)])
def test_a_large_array_is_a_heat_map_with_its_numbers_below(rows, columns, is_map):
    wrong = [(0, 0), (rows - 1, columns - 1)]
    root = read(call_picture(call([array("out", grid(rows, columns), wrong)])))
    assert bool(list(root.iter("svg"))) == is_map
    assert [cell.removeprefix("wrong: ") for row in tables(root)[0] for cell in row] == [
        c for row in grid(rows, columns) for c in row
    ]
    if is_map:
        squares = {
            p.get("class"): p.get("d").count("M") for p in root.iter("path") if p.get("class").startswith("level")
        }
        assert sum(squares.values()) == rows * columns
        assert max(squares.values()) - min(squares.values()) <= 2, "numbers in a row have all shades alike"
        (mark,) = having(root, "path", "wrong-mark")
        assert mark.get("d").count("M") == 2 * len(set(wrong))


def test_what_is_no_number_has_a_sign_in_a_heat_map():
    cells = grid(3, 10)
    cells[0][0], cells[1][1], cells[2][2], cells[2][3] = "nan", "inf", "-inf", "'text'"
    root = read(call_picture(call([array("out", cells)])))
    assert texts(root, "no-number") == ["?", "∞", "-∞", "?"]
    assert sum(p.get("d").count("M") for p in root.iter("path")) == 26


@pytest.mark.parametrize("ends", [("1e308", "-1e308"), ("5e-324", "0.0")])
def test_shades_reach_from_end_to_end_of_any_numbers(ends):
    root = read(call_picture(call([array("out", [[*ends] * 6])])))
    assert {p.get("class") for p in root.iter("path")} == {"level-0", "level-5"}


def test_cells_that_are_all_the_same_are_said_in_words():
    root = read(call_picture(call([array("out", [["0.0"] * 20] * 20)])))
    assert "every cell is 0.0" in "".join(root.itertext())
    assert not list(root.iter("svg"))


def test_what_is_left_out_of_a_large_array_is_said():
    got = array("out", grid(24, 24), [(37, 2)], shape=(40, 30), origin=(16, 0))
    root = read(call_picture(call([got])))
    assert "(rows 16 to 39 and columns 0 to 23)" in "".join(root.itertext())
    assert next(row.find("th").text for row in root.find(".//tbody")) == "16"
    assert "row and column (37, 2)" in root.find(".//desc").text


def test_plain_values_exceptions_and_rules_are_text():
    root = read(
        call_picture(call([ShownArray("out", "ValueError: <b>")], rule="out >= x", arguments=[ShownArray("x", "1.0")]))
    )
    assert [code.text for code in root.iter("code")] == ["1.0", "ValueError: <b>", "out >= x"]


def test_nothing_wanted_is_shown_where_it_is_not_given():
    assert "anted" not in "".join(read(call_picture(call([array("out", grid(2, 2))]))).itertext())


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_values_stay_text(text):
    hostile = ShownArray(text, text, ((text, text),) * 9, text, (9, 2), wrong=((0, 0),))
    figure = call_picture(ShownCall(text, (hostile, ShownArray(text, text)), (hostile,), (hostile,), text))
    assert len(figure) < 40_000
    read(figure)
