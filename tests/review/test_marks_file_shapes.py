"""Files of marks as other programs write them: marks are added to them and taken back, and they stay readable."""

from __future__ import annotations

import pytest

from grader.errors import HarnessError
from grader.kinds.written.marks import Mark, load_marks
from grader.review.marks_store import MarkChange, MarksStore, mark_version

ENTRY = "- submission: kim\n  question: q2\n  met: [the gate]\n"
SHAPES = {
    "a mark of the order of bytes": f"\ufeff{ENTRY}",
    "the beginning of a document": f"---\n{ENTRY}",
    "its beginning and its end": f"--- # marks\n{ENTRY}...\n",
    "something behind its end": f"{ENTRY}...\n# the end\n",
    "the version of YAML": f"%YAML 1.1\n---\n{ENTRY}",
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_file_that_another_program_wrote_is_added_to_and_emptied(tmp_path, shape):
    store = MarksStore(tmp_path / "marks.yaml")
    store.path.write_text(SHAPES[shape], encoding="utf-8")
    kim = store.entries()["kim", "q2"].mark
    lee = Mark(("the state",), "", "me")
    store.save([MarkChange("lee", "q2", lee, "")])
    assert load_marks(store.path) == {("kim", "q2"): kim, ("lee", "q2"): lee}
    store.save([MarkChange(name, "q2", None, mark_version(mark)) for name, mark in (("kim", kim), ("lee", lee))])
    assert load_marks(store.path) == {}
    store.save([MarkChange("lee", "q2", lee, "")])
    assert load_marks(MarksStore(store.path).path) == {("lee", "q2"): lee}


def test_a_file_that_is_for_reading_alone_is_not_replaced(tmp_path):
    store = MarksStore(tmp_path / "marks.yaml")
    store.path.write_text(ENTRY)
    store.path.chmod(0o444)
    with pytest.raises(HarnessError, match="for reading alone: make it writable; the mark is not saved"):
        store.save([MarkChange("lee", "q2", Mark((), "", "me"), "")])
    assert store.path.read_text() == ENTRY
    store.path.chmod(0o644)
    store.save([MarkChange("lee", "q2", Mark((), "", "me"), "")])
    assert ("lee", "q2") in load_marks(store.path)
