"""Of a table marked `sampled(n)` a part is tried each time, always the same, and the rest with `pytest -m slow`."""

from pathlib import Path

import pytest

from .conftest import LONGEST_FILES, pytest_collection_modifyitems


class Case:
    """As much of a collected test as is asked for."""

    def __init__(self, name, every=None):
        self.nodeid, self.marks = name, [] if every is None else [pytest.mark.sampled(every).mark]

    def get_closest_marker(self, name):
        return next((mark for mark in self.marks if mark.name == name), None)

    def add_marker(self, marker):
        self.marks.append(marker.mark)


def usual(items):
    """The names of the cases that the usual tests keep."""
    pytest_collection_modifyitems(items)
    return [item.nodeid for item in items if item.get_closest_marker("slow") is None]


def test_about_one_in_n_is_kept_whatever_stands_before_it():
    names = [f"test_a.py::test[{i}-{side}]" for i in range(300) for side in ("left", "right")]
    kept = usual([Case(name, 3) for name in names])
    assert names[0] in kept
    assert 150 < len(kept) < 250
    assert {name.partition("-")[2] for name in kept} == {"left]", "right]"}
    assert usual([Case(name, 3) for name in names[10:]])[1:] == [name for name in kept if name in names[11:]]


def test_the_first_case_is_kept_of_every_table():
    for table in range(40):
        assert f"test_a.py::test_{table}[0]" in usual([Case(f"test_a.py::test_{table}[{i}]", 50) for i in range(3)])


def test_a_table_without_the_mark_is_tried_whole():
    names = [f"test_a.py::test[{i}]" for i in range(50)]
    assert usual([Case(name) for name in names]) == names
    assert usual([Case(name, 1) for name in names]) == names


def test_files_that_take_long_are_begun_first_and_all_others_keep_their_order():
    names = ["tests/a.py::test_b", f"{LONGEST_FILES[1]}::test_a[x]", "tests/a.py::test_a", f"{LONGEST_FILES[0]}::test"]
    assert usual([Case(name) for name in names]) == [names[3], names[1], names[0], names[2]]
    assert [name for name in LONGEST_FILES if not (Path(__file__).parents[1] / name).is_file()] == []
