"""What the gradebook keeps beside a report that stands in a folder of results.

A run that was ended may have kept later marks than those that stand there. The rule: what is kept is shown beside a
report only where it is of the very answers that the report is about.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from grader.classroom.class_row import ClassRow
from grader.classroom.gradebook import Gradebook, opened_gradebook
from grader.classroom.result_names import GRADEBOOK_FILE
from grader.classroom.verdicts import KeptVerdict

MAX_ROWS_LOOKED_AT = 8
"""Of a submission, the last one first."""


@contextmanager
def gradebook_if_any(results: Path) -> Iterator[Gradebook | None]:
    """The gradebook of a folder of results for reading; None where none is there.

    Raises:
        DamagedGradebookError: if it is not what a run has written.
    """
    if not (results / GRADEBOOK_FILE).is_file():
        yield None
        return
    with opened_gradebook(results, read_only=True) as book:
        yield book


def verdicts_of(row: ClassRow, book: Gradebook | None) -> Sequence[KeptVerdict]:
    """What is kept beside the report of a row; nothing where that is of other answers."""
    if book is None or not row.graded.report:
        return ()
    wanted = _findings(row.graded.report)
    for kept in islice(book.history(row.submission), MAX_ROWS_LOOKED_AT):
        if kept.report == row.graded.report or _findings(kept.report) == wanted:
            return kept.verdicts
    return ()


def _findings(report: str) -> list[Any]:
    """What a report says of the answers, whatever people decided of their marks."""
    questions = json.loads(report)["questions"]
    return [[q["id"], [[c["name"], c["message"], c["evidence"]] for c in q["checks"]]] for q in questions]
