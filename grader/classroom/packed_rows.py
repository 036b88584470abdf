"""Rows as a gradebook has them, read from its file; whether one is as it was written is not looked at."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress

from grader.classroom.kept_row import PackedRow

ONE_BACK = "SELECT brief, digest, texts FROM rows WHERE submission = ? ORDER BY run DESC"

SEVERAL_BACK = """
WITH back AS (
    SELECT submission AS name, run AS its_run, row_number() OVER (PARTITION BY submission ORDER BY run DESC) AS place
    FROM rows WHERE submission IN ({}))
SELECT submission, brief, digest, texts FROM back CROSS JOIN rows ON submission = name AND run = its_run
WHERE place <= ? ORDER BY submission, run DESC
"""
"""So many rows of each submission; of the others no texts are read."""


@contextmanager
def found_by(connection: sqlite3.Connection, query: str, *values: str) -> Iterator[sqlite3.Cursor]:
    """What a query finds. However this is left, nothing is read on: what is read keeps a closed file locked."""
    found = connection.execute(query, values)
    try:
        yield found
    finally:
        with suppress(sqlite3.ProgrammingError):  # of a file that was closed before
            found.close()


def rows_back(connection: sqlite3.Connection, submission: str) -> Generator[PackedRow, None, None]:
    """The rows of a submission, the last one first, back to where it was away; closed, it reads no further."""
    with found_by(connection, ONE_BACK, submission) as found:
        for row in found:
            if row[0] is None:
                return
            yield PackedRow(*row)


def rows_back_of_several(
    connection: sqlite3.Connection, submissions: Sequence[str], most: int
) -> dict[str, list[PackedRow]]:
    """The same by submission, at most so many of each: read together, they take half the time."""
    found: dict[str, list[PackedRow]] = {name: [] for name in submissions}
    went_away = set[str]()
    for name, *row in connection.execute(SEVERAL_BACK.format(", ".join("?" * len(found))), (*found, most)):
        if row[0] is None:
            went_away.add(name)
        elif name not in went_away:
            found[name].append(PackedRow(*row))
    return found
