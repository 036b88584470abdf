"""What is sent to whoever grades a submission, and what comes back: the same, without what takes long to send."""

import pickle
import pickletools
from pathlib import Path

import pytest

from grader.classroom.content import content_of
from grader.classroom.entries import Entry
from grader.classroom.kept_row import packed_result
from grader.classroom.layouts.layout import SubmissionPart
from grader.classroom.work import NO_SETTINGS, EarlierRow, RunSettings, work_on

from ..answers.helpers import write
from .test_content import SHAPES
from .test_grade import posix
from .works import row

OTHER_SETTINGS = RunSettings(NO_SETTINGS.course, "a spec", pages=True)


def sent(what: object) -> object:
    return pickle.loads(pickle.dumps(what))  # noqa: S301  # our own


def classes_in(what: object) -> int:
    """How many classes and functions are looked up to read it."""
    found = pickletools.genops(pickle.dumps(what, protocol=4))
    return sum(operation.name in ("GLOBAL", "STACK_GLOBAL") for operation, _, _ in found)


@pytest.mark.parametrize("settings", [NO_SETTINGS, OTHER_SETTINGS])
@pytest.mark.parametrize("earlier", [EarlierRow(), EarlierRow((), frozenset({"q5"}))])
@pytest.mark.parametrize("shape", SHAPES)
def test_work_is_what_was_sent(tmp_path, shape, earlier, settings):
    path = SHAPES[shape](tmp_path / "alice")
    work = work_on(content_of(Entry.at("alice", path, notes=("late",), student="Ada")), settings, earlier)
    there = sent(work)
    assert there == work
    assert there.files.left_aside == work.files.left_aside
    assert there.files.facts_text == work.files.facts_text
    assert [file.data for file in there.files.files] == [file.data for file in work.files.files]


def test_work_on_what_is_refused_and_on_parts_is_what_was_sent(tmp_path):
    write(tmp_path / "bob", {"a.yaml": "q5: 1"})
    parts = (SubmissionPart("answers.yaml", tmp_path / "bob/a.yaml"),)
    for entry in (Entry.at("carol", tmp_path / "carol"), Entry.at("bob", tmp_path / "bob", parts=parts)):
        work = work_on(content_of(entry), NO_SETTINGS)
        assert sent(work) == work


@posix
def test_plain_files_are_sent_as_values_alone(tmp_path):
    """But for what makes the work of them, no class is looked up, which takes longer than all else."""
    write(tmp_path / "alice", {"answers.yaml": "q5: 1", "solution.py": "x = 1"})
    assert classes_in(work_on(content_of(Entry.at("alice", tmp_path / "alice")), NO_SETTINGS)) == 1


def test_a_result_is_what_was_sent(tmp_path):
    entry = Entry.at("alice", tmp_path / "alice")
    result = packed_result(row(work_on(content_of(entry), NO_SETTINGS)))
    assert sent(result) == result
    assert type(sent(result).packed) is type(result.packed)
    assert classes_in(result) == 1


@pytest.mark.parametrize("folder", [".", "class", "class/", "./class//inner", "..", "/srv/class", ""])
@pytest.mark.parametrize("name", ["alice", "bob.yaml", "a b\udcff", "..."])
def test_the_path_of_an_entry_is_the_same_as_text(folder, name):
    entry = Entry(name, Path(folder), name)
    assert entry.path_as_text == str(entry.path)
    assert Entry.at(name, Path(folder)).path_as_text == str(Entry.at(name, Path(folder)).path)
