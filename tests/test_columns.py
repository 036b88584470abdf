"""Text in the columns of a terminal: no line is wider than asked for, and nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from grader.columns import aligned, column_widths, table_parts, table_width, wrapped

WORDS = st.lists(st.text(st.sampled_from("ab-学é\u0301😀"), min_size=1, max_size=4), max_size=12)


@given(WORDS, st.integers(10, 30))
def test_lines_of_words_are_as_wide_as_asked_for_at_most(words, width):
    lines = wrapped(" ".join(words), width, "  ")
    assert all(cell_len(line) <= width for line in lines)
    assert " ".join(line.strip() for line in lines).split() == words


@given(st.text(st.sampled_from("a学é "), max_size=60), st.integers(10, 30))
def test_long_words_are_broken_where_they_may_be(text, width):
    lines = wrapped(text, width, long_words=True)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_the_lines_of_plain_text_are_full():
    assert wrapped("ab cd ef gh", 5) == ["ab cd", "ef gh"]
    assert wrapped("学生 学生 ab", 9, "-", "+") == ["-学生", "+学生 ab"]
    assert wrapped("学" * 9, 10, long_words=True)[0] == "学" * 5


@pytest.mark.parametrize("width", [1, 9, 14, 30])
def test_parts_of_a_table_have_every_column_once_behind_the_first(width):
    rows = [["名前", *"abcdef"], ["x", *["1234"] * 6]]
    parts = list(table_parts(rows, width))
    assert [[cell for part in parts for cell in part[i][1:]] for i in range(2)] == [row[1:] for row in rows]
    assert all([row[0] for row in part] == ["名前", "x"] for part in parts)
    assert all(len(part[0]) == 2 or table_width(column_widths(part)) <= width for part in parts)
    assert [max(map(cell_len, aligned(part))) for part in parts] == [table_width(column_widths(part)) for part in parts]
    assert len(parts) == {1: 6, 9: 6, 14: 6, 30: 2}[width]
