"""The gradebook of a folder of results: every row that was ever graded there, in one file of SQLite.

Only the process that runs `grade` writes, in transactions so small that whatever ends it leaves a file that the next
run goes on with. The file is locked for as long as it is open, by a lock that ends with the process.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from grader.classroom.entries import Entry
from grader.classroom.kept_row import (
    DamagedRowError,
    PackedRow,
    attempts_of,
    checked,
    entry_data,
    entry_from,
    packed,
    unpacked,
)
from grader.classroom.result_names import GRADEBOOK_FILE, GRADEBOOK_FILES, GRADES_FILE
from grader.classroom.work import Graded
from grader.errors import HarnessError, SubmissionError

ASIDE = "gradebook.damaged-"
"""How the name of a damaged gradebook begins that was put aside."""

GRADE_OTHERS = "what was graded from other folders is in these results again once it is graded again"

GRADEBOOK_SCHEMA = 1
"""The layout of the tables, in `user_version`."""

SCHEMA = """
CREATE TABLE runs (run INTEGER PRIMARY KEY, complete INTEGER NOT NULL) STRICT;
CREATE TABLE rows (
    submission TEXT NOT NULL, run INTEGER NOT NULL, data TEXT, report BLOB, digest TEXT,
    PRIMARY KEY (submission, run)) STRICT;
CREATE TABLE places (
    submission TEXT PRIMARY KEY, source TEXT NOT NULL, position INTEGER NOT NULL, entry TEXT NOT NULL) STRICT;
"""
"""A row without data says that the submission went away. `places`: the class as it is now, and where each one lay."""

DAMAGED = ("malformed", "not a database", "corrupt", "no such table", "no such column", "unsupported file format")


class DamagedGradebookError(HarnessError):
    """The file is not what a run has written."""


class PlacedRow(NamedTuple):
    """The row of a submission of the class, and the folder that it was graded from."""

    entry: Entry
    source: str
    row: Graded


class Gradebook:
    """An open gradebook. `run` is the number of this run, one more than that of the last one that wrote a row."""

    def __init__(self, connection: sqlite3.Connection, file: Path, rebuild: str) -> None:
        self._connection = connection
        self._file = file
        self._rebuild = rebuild
        with self._guarded():
            (last,) = connection.execute("SELECT coalesce(max(run), 0) FROM runs").fetchone()
        self.last_run: int = last
        self.run = last + 1
        self._has_begun = False

    # ------------------------------------------------------------- reading
    def latest(self, submission: str) -> Graded | None:
        """The last row of a submission; None where it has none, or went away."""
        return next(self.history(submission), None)

    def history(self, submission: str) -> Iterator[Graded]:
        """The rows of a submission, the last one first, back to where it was away.

        Raises:
            DamagedGradebookError: if a row is not as it was written.
        """
        with self._guarded():
            found = self._connection.execute(
                "SELECT data, report, digest FROM rows WHERE submission = ? ORDER BY run DESC", (submission,)
            )
            for row in found:
                if row[0] is None:
                    return
                yield unpacked(PackedRow(*row), submission)

    def row_at(self, submission: str, run: int) -> Graded | None:
        """The row of a submission as it was after a run; None where there was none."""
        with self._guarded():
            found = self._connection.execute(
                "SELECT data, report, digest FROM rows WHERE submission = ? AND run <= ? ORDER BY run DESC LIMIT 1",
                (submission, run),
            ).fetchone()
            return None if found is None or found[0] is None else unpacked(PackedRow(*found), submission)

    @property
    def may_have_attempts(self) -> bool:
        """False if nothing was ever handed in anew; told without reading the rows, as a class has many."""
        start = '"content": "'  # a key in the JSON of a row; in a text there the quotes would have backslashes
        content = f"substr(data, instr(data, '{start}') + {len(start)}, 64)"
        several = "SELECT submission FROM rows GROUP BY submission HAVING count(*) > 1"
        query = f"SELECT 1 FROM rows WHERE submission IN ({several}) GROUP BY submission"
        with self._guarded():
            return bool(self._connection.execute(f"{query} HAVING count(DISTINCT {content}) > 1 LIMIT 1").fetchone())

    def attempts(self) -> Iterator[tuple[str, list[Fraction | None]]]:
        """Of each submission that is there: its assignment, and the points of what was handed in one after the other.

        What was graded again without having been handed in anew has the marks that came last; None where it is held.
        """
        with self._guarded():
            found = self._connection.execute("SELECT submission, data FROM rows ORDER BY submission, run")
            for _, rows in groupby(found, key=lambda row: str(row[0])):
                attempts = attempts_of(data for _, data in rows)
                if attempts:
                    yield attempts[-1].assignment, [attempt.points for attempt in attempts]

    def changed_since(self, run: int) -> list[str]:
        """The submissions with rows of later runs, in order."""
        with self._guarded():
            query = "SELECT DISTINCT submission FROM rows WHERE run > ? ORDER BY submission"
            return [name for (name,) in self._connection.execute(query, (run,))]

    def complete_runs(self) -> list[int]:
        """The runs that came to their end, in order."""
        with self._guarded():
            return [run for (run,) in self._connection.execute("SELECT run FROM runs WHERE complete ORDER BY run")]

    def placed(self, but_of: str = "", but: Sequence[str] = ()) -> Iterator[PlacedRow]:
        """The rows of the class, but those of a folder and those that are named, in the order they were graded in."""
        left_out = frozenset(but)
        with self._guarded():
            query = "SELECT submission, source, entry FROM places WHERE source != ? ORDER BY source, position"
            places = self._connection.execute(query, (but_of,)).fetchall()
        for name, source, data in places:
            if name not in left_out and (row := self.latest(name)) is not None:
                with self._guarded():
                    entry = entry_from(data, source)
                yield PlacedRow(entry, source, row)

    def check(self) -> None:
        """Raises `DamagedGradebookError` where anything is not as it was written."""
        with self._guarded():
            query = "SELECT submission, data, report, digest FROM rows WHERE data IS NOT NULL"
            for submission, *row in self._connection.execute(query):
                checked(PackedRow(*row), submission)
            for source, entry in self._connection.execute("SELECT source, entry FROM places"):
                entry_from(entry, source)

    # ------------------------------------------------------------- writing
    def keep(self, row: Graded) -> None:
        """Keeps a row of this run, in the place of an earlier one of this run.

        Raises:
            HarnessError: if it cannot be written.
        """
        with self._guarded(), _transaction(self._connection):
            self._begin_run()
            self._connection.execute(
                "INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?)", (row.name, self.run, *packed(row))
            )
        self._has_begun = True  # committed by now

    def end_run(self, source: str, entries: Sequence[Entry]) -> None:
        """Says that the submissions of the folder `source` are these, and no others; all of them have their rows."""
        places = [(entry.name, source, i, entry_data(entry, source)) for i, entry in enumerate(entries)]
        names = {entry.name for entry in entries}
        with self._guarded(), _transaction(self._connection):
            there = self._connection.execute("SELECT * FROM places WHERE source = ? ORDER BY position", (source,))
            before = there.fetchall()
            self._connection.execute("UPDATE runs SET complete = 1 WHERE run = ?", (self.run,))
            if before == places:
                return
            gone = [name for name, *_ in before if name not in names]
            if gone:
                self._begin_run()
                self._connection.execute("UPDATE runs SET complete = 1 WHERE run = ?", (self.run,))
            for name in gone:
                self._connection.execute(
                    "INSERT OR REPLACE INTO rows VALUES (?, ?, NULL, NULL, NULL)", (name, self.run)
                )
            self._connection.execute("DELETE FROM places WHERE source = ?", (source,))
            self._connection.executemany("INSERT OR REPLACE INTO places VALUES (?, ?, ?, ?)", places)

    def _begin_run(self) -> None:
        if not self._has_begun:
            self._connection.execute("INSERT OR IGNORE INTO runs VALUES (?, 0)", (self.run,))

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        with told(self._file, self._rebuild):
            yield


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """In here others may read and nobody else writes; all that is written counts, or, where it breaks off, nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


@contextmanager
def told(file: Path, rebuild: str) -> Iterator[None]:
    """Turns what SQLite raises into errors that say what to do; `rebuild` is the command that makes the file anew."""
    try:
        yield
    except DamagedRowError as error:
        raise damaged(file, str(error), rebuild) from None
    except UnicodeDecodeError:  # in what SQLite says of the damage
        raise damaged(file, "what SQLite says of it is no text", rebuild) from None
    except sqlite3.DatabaseError as error:
        reason = str(error)
        if isinstance(error, sqlite3.OperationalError) and "lock" in reason:
            message = f"{file}: another `grade` is writing there: wait until it has ended, or name another folder"
            raise SubmissionError(message) from None
        if any(word in reason for word in DAMAGED) or not isinstance(
            error, sqlite3.OperationalError | sqlite3.IntegrityError
        ):
            raise damaged(file, reason, rebuild) from None
        raise HarnessError(f"{file}: cannot be written: {reason}; name another folder with --out") from None


def damaged(file: Path, reason: str, rebuild: str) -> DamagedGradebookError:
    """The error that tells how a damaged gradebook is made anew."""
    advice = (
        f"; this grades the class again and keeps the damaged file beside the new one: {rebuild}" if rebuild else ""
    )
    return DamagedGradebookError(f"{file}: is damaged ({reason}), so no mark in it is used{advice}")


@contextmanager
def gradebook_for_run(
    folder: Path, rebuild: str, *, fresh: bool, say: Callable[[str], None] = lambda _: None
) -> Iterator[Gradebook]:
    """The gradebook that a run writes to. A damaged one is put aside by a run that grades all anew, which is said.

    Raises:
        HarnessError: as `opened_gradebook` raises it.
    """
    if (folder / GRADES_FILE).exists() and not (folder / GRADEBOOK_FILE).exists():
        say(f"no gradebook stands beside {GRADES_FILE}, so all is graded anew; {GRADE_OTHERS}")
    if fresh:
        try:
            with opened_gradebook(folder, rebuild) as book:
                book.check()
        except DamagedGradebookError:
            if (aside := put_aside(folder)) is not None:
                say(f"the damaged gradebook is kept as {aside.name}; {GRADE_OTHERS}")
    with opened_gradebook(folder, rebuild) as book:
        yield book


@contextmanager
def opened_gradebook(folder: Path, rebuild: str = "", *, read_only: bool = False) -> Iterator[Gradebook]:
    """The gradebook of a folder of results; one that is written to is made where there is none.

    Raises:
        SubmissionError: if another run writes to it; for reading, if there is none.
        DamagedGradebookError: if the file is not what a run has written; `rebuild` is the command to make it anew.
        HarnessError: if it cannot be written, or was written by a later grader.
    """
    file = folder / GRADEBOOK_FILE
    if file.is_symlink():
        raise SubmissionError(f"{file}: is a symbolic link, and results go through none: remove it")
    if file.exists() and not file.is_file():
        raise SubmissionError(f"{file}: is no plain file, as a gradebook is one: remove it, or name another folder")
    if _is_emptied(file):
        raise damaged(file, f"it is empty, though {GRADES_FILE} stands beside it", rebuild)
    if read_only and not file.is_file():
        raise SubmissionError(f"{folder}: no gradebook is there: name the folder that `grader grade` wrote (--out)")
    with told(file, rebuild):
        connection = _for_reading(file) if read_only else sqlite3.connect(file, timeout=0, isolation_level=None)
    connection.text_factory = _text
    try:
        with told(file, rebuild):
            if not read_only:
                _prepare(connection, file)
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version > GRADEBOOK_SCHEMA:
                raise HarnessError(f"{file}: was written by a later grader: install that one, or name another folder")
            if version < GRADEBOOK_SCHEMA:
                raise damaged(file, "it has no tables", rebuild)
        book = Gradebook(connection, file, rebuild)
        yield book
    finally:
        with suppress(sqlite3.Error):
            connection.close()


def _is_emptied(file: Path) -> bool:
    """Whether nothing is in the file any more: a new one gets its tables in the moment in which it is made."""
    beside = [file.with_name(name) for name in GRADEBOOK_FILES]
    has_any = any(path.exists() and path.stat().st_size for path in beside)
    return file.exists() and not has_any and (file.parent / GRADES_FILE).exists()


def _text(data: bytes) -> str:
    """Text that is damaged is another one, which its digest shows."""
    return data.decode("utf-8", "replace")


def _for_reading(file: Path) -> sqlite3.Connection:
    """Opened so that nothing is written; where nothing waits beside the file, also in a folder that is read-only."""
    waits = file.with_name(f"{file.name}-wal").exists()
    options = "mode=ro" if waits else "mode=ro&immutable=1"
    return sqlite3.connect(f"{file.absolute().as_uri()}?{options}", timeout=0, isolation_level=None, uri=True)


def _prepare(connection: sqlite3.Connection, file: Path) -> None:
    """Locks the file, looks whether it is whole, and makes the tables where it is new."""
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")  # after a loss of power the last rows may be missing, no more
    with _transaction(connection):  # from here on nobody else writes, or opens it for writing
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if version == 0 and tables == 0:
            for statement in SCHEMA.split(";\n")[:-1]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {GRADEBOOK_SCHEMA}")
    (found,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(f"corrupt: {found}")


def is_gradebook_file(name: str) -> bool:
    """Whether a file of results belongs to the gradebook, also to one that was put aside."""
    return name in GRADEBOOK_FILES or (name.startswith(ASIDE) and name.endswith(".sqlite"))


def put_aside(folder: Path) -> Path | None:
    """Renames a damaged gradebook, so that the class is graded again into a new one; None where there is none."""
    file = folder / GRADEBOOK_FILE
    if not file.is_file() or file.is_symlink():
        return None
    number = 1
    while (aside := folder / f"{ASIDE}{number}.sqlite").exists():
        number += 1
    try:
        file.rename(aside)
        for name in GRADEBOOK_FILES - {GRADEBOOK_FILE}:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise HarnessError(f"{file}: cannot be put aside: {error.strerror}") from None
    return aside
