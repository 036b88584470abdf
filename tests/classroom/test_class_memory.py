"""What the process that grades a class holds of each submission, which is what a large class takes."""

import hashlib
import tracemalloc
from dataclasses import replace
from pathlib import Path

import pytest

from grader.classroom.class_list import ClassList
from grader.classroom.entries import entries_in
from grader.classroom.gradebook import opened_gradebook
from grader.classroom.gradebook_recorder import GradebookRecorder
from grader.classroom.kept_row import packed_result
from grader.classroom.results import ResultsFolder
from grader.classroom.run import grade_class
from grader.classroom.work import NO_SETTINGS, Task

from .class_rows import row

MAX_HELD_BYTES = 1_060
"""Of a submission, in the end of a run; a digest in hex would take 48 more than one of bytes, and there are three."""

FEW, MANY = 100, 500


class SameRow:
    """An executor that comes to the same row for all, but for its digests."""

    def run(self, tasks):
        graded = row("all", 70).graded
        for task in tasks:
            content, key = (hashlib.sha256(f"{what} {task.entry.name}".encode()).digest() for what in "ck")
            yield packed_result(replace(graded, name=task.entry.name, content=content, key=key))


def held_bytes(folder: Path, count: int) -> int:
    """How much is allocated while a class is listed and graded, and still there afterwards."""
    for i in range(count):
        (folder / "class" / f"student{i:06}").mkdir(parents=True)
    with opened_gradebook(folder) as book:
        tracemalloc.start()
        try:
            entries = entries_in(folder / "class").submissions
            students = ClassList(entries)
            results = ResultsFolder(folder / "results", students, order=students.names)
            tasks = (Task(entry, NO_SETTINGS) for entry in entries)
            recorders = [GradebookRecorder(book, "class", entries, {}), results]
            rows = grade_class(students.names, tasks, SameRow(), recorders, recorded=book.with_kept_texts)
            held, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert len(rows) == len(results.book.rows) == count
    return held


@pytest.mark.long
def test_little_is_held_of_each_submission(tmp_path):
    held_bytes(tmp_path / "before", FEW)  # what is loaded and remembered once
    few, many = (held_bytes(tmp_path / str(count), count) for count in (FEW, MANY))
    assert (many - few) / (MANY - FEW) <= MAX_HELD_BYTES
