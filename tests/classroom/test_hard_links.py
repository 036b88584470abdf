"""A hard link to a neighbour's file harms nobody; one to a file that was not handed in is not read."""

import os

import pytest

from ..answers.helpers import Q5, Q6, write
from .test_grade import posix, reports, rows

pytestmark = posix
FULL = ["70", "70", "140", "140", "graded"]
NOTE = "has another name in a neighbour's folder (a hard link): whose work it is cannot be told from the file"


@pytest.fixture
def alice(tmp_path):
    return write(tmp_path / "class" / "alice", {"answers.yaml": Q5 + Q6})


def link(alice, *places):
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        os.link(alice / "answers.yaml", place)


@pytest.mark.parametrize("jobs", [1, 2])
def test_both_keep_their_marks_and_both_reports_say_so(course, run, alice, tmp_path, jobs):
    link(alice, tmp_path / "class" / "mallory" / "answers.yaml")
    write(tmp_path / "class" / "zoe", {"answers.yaml": Q5 + Q6})
    assert run("grade", tmp_path / "class", "--out", tmp_path / "out", "--jobs", jobs).code == 0
    assert rows(tmp_path / "out")[1] == {"alice": FULL, "mallory": FULL, "zoe": FULL}
    said = {name: report["messages"] for name, report in reports(tmp_path / "out").items()}
    assert said == {
        "alice.json": [f"answers.yaml: {NOTE}"], "mallory.json": [f"answers.yaml: {NOTE}"], "zoe.json": [],
    }  # fmt: skip


@pytest.mark.parametrize(
    "places",
    [
        ["mallory/anything.txt"], ["mallory.yaml"], ["mallory/a.yaml", "oscar/answers.yaml"], ["alice/notes.txt"],
        ["mallory/answers.yaml", "alice/copy.md"],
    ],
)  # fmt: skip
def test_wherever_among_the_submissions_the_link_lies_the_author_keeps_the_marks(course, run, alice, tmp_path, places):
    link(alice, *(tmp_path / "class" / place for place in places))
    run("grade", tmp_path / "class", "--out", tmp_path / "out")
    assert rows(tmp_path / "out")[1]["alice"] == FULL


def test_who_hands_in_a_folder_in_the_folder_keeps_the_marks_as_well(course, run, tmp_path):
    alice = write(tmp_path / "class" / "alice" / "hw5", {"answers.yaml": Q5 + Q6})
    link(alice, tmp_path / "class" / "mallory" / "deep" / "er" / "answers.yaml")
    run("grade", tmp_path / "class", "--out", tmp_path / "out")
    assert rows(tmp_path / "out")[1] == {"alice": FULL, "mallory": FULL}
    said = reports(tmp_path / "out")["alice.json"]["messages"]
    assert said == ["hw5/answers.yaml: read as answers.yaml", f"hw5/answers.yaml: {NOTE}"]


def test_a_single_check_is_not_harmed_either(course, run, alice, tmp_path):
    link(alice, tmp_path / "class" / "mallory" / "answers.yaml")
    result = run("check", alice)
    assert result.code == 0
    assert NOTE in result.err


@pytest.mark.parametrize(
    "secret",
    [
        "elsewhere/answers.yaml",
        "class/.git/answers.yaml",
        "class/reference/solution.yaml",
        "class/specs/known.yaml",
        "class/deep/.git/answers.yaml",
        "class/marks.yaml",
    ],
)
def test_a_file_that_was_not_handed_in_is_not_read_through_a_link(course, run, tmp_path, secret):
    hidden = tmp_path / secret
    write(hidden.parent, {hidden.name: Q5 + Q6})
    mallory = tmp_path / "class" / "mallory" / "answers.yaml"
    mallory.parent.mkdir(parents=True, exist_ok=True)
    os.link(hidden, mallory)
    result = run("check", mallory.parent)
    assert result.code == 2
    assert "answers.yaml: is a hard link to another file: hand in a copy" in result.err
