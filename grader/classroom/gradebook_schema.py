"""The tables of a gradebook, and how one that an earlier grader has written gets them."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Sequence
from typing import Any

from grader.classroom.damaged_row import DamagedRowError
from grader.classroom.graded import TextsInMemory, known_of_verdicts
from grader.classroom.kept_page import KeptPage
from grader.classroom.kept_row import PackedRow, checked, packed, row_from
from grader.classroom.question_texts import question_texts
from grader.classroom.verdicts import KeptVerdict

GRADEBOOK_SCHEMA = 3
"""The layout of the tables and of the texts in rows, in `user_version`."""

ROWS = """
CREATE TABLE rows (
    submission TEXT NOT NULL, run INTEGER NOT NULL, brief TEXT, digest TEXT, texts BLOB,
    PRIMARY KEY (submission, run)) STRICT
"""
"""A row without `brief` says that the submission went away. The texts come last: what is brief is read without them."""

SCHEMA = (
    "CREATE TABLE runs (run INTEGER PRIMARY KEY, complete INTEGER NOT NULL) STRICT",
    ROWS,
    """
CREATE TABLE places (
    submission TEXT PRIMARY KEY, source TEXT NOT NULL, position INTEGER NOT NULL, entry TEXT NOT NULL) STRICT
""",
)
"""`places`: the class as it is now, and where each submission lay."""

REPORT_END = len("]}\n")
BETWEEN_QUESTIONS = len(", ")

NO_PAGE_WAS_KEPT = ("", 0, False)
"""Behind a verdict of the first graders, which kept nothing of what pages show."""


def make_tables(connection: sqlite3.Connection) -> None:
    """Makes the tables of a new gradebook, or those of an earlier schema anew; in a transaction of the caller.

    Raises:
        DamagedRowError: if a row is not as it was written.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if version == 0 and tables == 0:
        for statement in SCHEMA:
            connection.execute(statement)
    elif version == 1:
        _from_first_schema(connection)
    elif version == 2:
        _from_second_schema(connection)
    else:
        return
    connection.execute(f"PRAGMA user_version = {GRADEBOOK_SCHEMA}")


def _from_first_schema(connection: sqlite3.Connection) -> None:
    """In the first schema `data` had the verdicts, too, and one digest was of everything."""
    connection.execute("ALTER TABLE rows RENAME TO rows_before")
    connection.execute(ROWS)
    for submission, run, *kept in connection.execute("SELECT submission, run, data, report, digest FROM rows_before"):
        data, report, digest = kept
        row = (None, None, None) if data is None else _packed_anew(submission, data, report, digest)
        connection.execute("INSERT INTO rows VALUES (?, ?, ?, ?, ?)", (submission, run, *row))
    connection.execute("DROP TABLE rows_before")


def _from_second_schema(connection: sqlite3.Connection) -> None:
    """In the second schema the texts of a row were compressed together, and behind them stood its pages."""
    keys = connection.execute("SELECT submission, run FROM rows WHERE brief IS NOT NULL").fetchall()
    for key in keys:
        query = "SELECT brief, digest, texts FROM rows WHERE submission = ? AND run = ?"
        kept = PackedRow(*connection.execute(query, key).fetchone())
        data = checked(kept, key[0])
        try:
            unpacking = zlib.decompressobj()
            report, _, said = unpacking.decompress(kept.texts).decode().partition("\0")
            verdicts = tuple(_verdicts(report, json.loads(said), unpacking.unused_data))
        except (ValueError, TypeError, zlib.error) as error:
            raise DamagedRowError(f"{type(error).__name__}: {error}") from None
        row = packed(row_from(data, TextsInMemory(report, verdicts)))
        update = "UPDATE rows SET brief = ?, digest = ?, texts = ? WHERE submission = ? AND run = ?"
        connection.execute(update, (*row, *key))


def _packed_anew(submission: str, data: str, report: bytes, digest: str) -> PackedRow:
    if None in (report, digest) or hashlib.sha256(data.encode() + b"\0" + report).hexdigest() != digest:
        raise DamagedRowError("a row is not as it was written")
    try:
        said = json.loads(data)
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(report).decode()
        kept = [[*verdict, *NO_PAGE_WAS_KEPT][:9] for verdict in said["verdicts"]]
        verdicts = tuple(_verdicts(text, kept, unpacking.unused_data))
        fingerprints, variants = json.loads(text).get("fingerprints", {}), '"variants_of"' in text
        said |= {"grader": fingerprints.get("grader", ""), "has_variants": variants, **known_of_verdicts(verdicts)}
        row = row_from(said | {"page_digest": "", "report_digest": ""}, TextsInMemory(text, verdicts))
    except (KeyError, ValueError, TypeError, zlib.error) as error:
        raise DamagedRowError(f"{type(error).__name__}: {error}") from None
    if row.name != submission:
        raise DamagedRowError("a row stands under the name of another submission")
    return packed(row)


def _verdicts(report: str, kept: Sequence[Sequence[Any]], pages: bytes) -> list[KeptVerdict]:
    """The verdicts, whose texts stand one behind the other at the end of the report, as their pages do in `pages`."""
    end, end_of_page = len(report) - REPORT_END, len(pages)
    found = []
    for question, spec, key, whole_key, length, facts, digest, size, is_whole in reversed(kept):
        page = KeptPage(digest, pages[end_of_page - size : end_of_page], is_whole)
        texts = question_texts(report[end - length : end], facts)
        found.append(KeptVerdict(question, spec, key, whole_key, texts, page))
        end -= length + BETWEEN_QUESTIONS
        end_of_page -= size
    return found[::-1]
