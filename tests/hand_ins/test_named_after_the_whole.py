"""Files that are named after a question with parts: each part without an answer of its own is refused, not missing."""

from __future__ import annotations

import pytest

from .small_course import answers, results_of

BODIES = {
    "q3.txt": "def f(x):\n    return 1\n",
    "Q3 (1).txt": "w * tanh(x)",
    "q3.md": "# Why\nIt is so.\n",
    "q3.npz": b"PK\3\4",
    "q3.pkl": b"\x80\4",
    "q3.yaml": "q3.1: w * tanh(x)\n",
    "q3.json": '{"1": "w * tanh(x)"}',
    "q3.docx": b"PK\3\4",
    "q3.png": b"\x89PNG",
    "q3.py": "def f(x):\n    return 1\n",
    "q3": "w * tanh(x)",
}


@pytest.mark.parametrize("name", BODIES)
def test_each_part_without_an_answer_is_refused_with_the_file_named(name):
    found = results_of({"answers.yaml": answers(q3_1=None), name: BODIES[name]})
    assert (found["q3.1"].status, found["q3.1"].points) == ("rejected", 0)
    assert found["q3.1"].messages[0].startswith(f"{name}: ")
    if name != "q3.pkl":  # of which it is said why it is not read
        assert "hand in each of q3.1 and q3.2 under its own name" in found["q3.1"].messages[0]
    assert (found["q3.2"].status, found["q3.2"].points) == ("graded", 3)


def test_it_takes_no_marks_from_parts_that_are_answered_and_is_meant_for_no_other_question():
    found = results_of({"answers.yaml": answers(q5=None), "q3.npz": b"PK\3\4"})
    assert [found[part].points for part in ("q3.1", "q3.2")] == [3, 3]
    assert found["q5"].status == "missing"


def test_a_question_that_has_the_name_itself_keeps_the_file():
    found = results_of({"answers.yaml": answers(q4=None, q3_1=None), "q4.txt": "3/2", "q3.1.txt": "w * tanh(x)"})
    assert (found["q4"].points, found["q3.1"].points) == (2, 3)
