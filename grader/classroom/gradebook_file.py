"""The file of a gradebook: opened and locked, looked at for damage, put aside; and what is said of its troubles."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from grader.classroom.damaged_row import DamagedRowError
from grader.classroom.gradebook_schema import GRADEBOOK_SCHEMA, make_tables
from grader.classroom.result_names import GRADEBOOK_FILE, GRADEBOOK_FILES, GRADES_FILE
from grader.errors import HarnessError, SubmissionError

ASIDE = "gradebook.damaged-"
"""How the name of a damaged gradebook begins that was put aside."""

DAMAGED = ("malformed", "not a database", "corrupt", "no such table", "no such column", "unsupported file format")


class DamagedGradebookError(HarnessError):
    """The file is not what a run has written."""


class GradebookInUseError(SubmissionError):
    """A run is writing to the file just now."""


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
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
    """Turns what SQLite raises into errors that say what to do.

    `rebuild` is the command that makes the file anew; "" where it is only read.
    """
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
            raise GradebookInUseError(message) from None
        if any(word in reason for word in DAMAGED) or not isinstance(
            error, sqlite3.OperationalError | sqlite3.IntegrityError
        ):
            raise damaged(file, reason, rebuild) from None
        if not rebuild:  # SQLite writes an index beside a file that an ended run has left changes of
            advice = "free some room there, or copy the whole folder to where files can be written, and read it there"
            raise HarnessError(f"{file}: cannot be read: {reason}: {advice}") from None
        room = "free some room and grade it again, or " if "full" in reason else ""
        raise HarnessError(f"{file}: cannot be written: {reason}; {room}name another folder with --out") from None


def damaged(file: Path, reason: str, rebuild: str) -> DamagedGradebookError:
    """The error that tells how a damaged gradebook is made anew."""
    advice = (
        f"; this grades the class again and keeps the damaged file beside the new one: {rebuild}" if rebuild else ""
    )
    in_one_line = " ".join(reason.split())
    return DamagedGradebookError(f"{file}: is damaged ({in_one_line}), so no mark in it is used{advice}")


@contextmanager
def opened_connection(folder: Path, rebuild: str = "", *, read_only: bool = False) -> Iterator[sqlite3.Connection]:
    """The gradebook of a folder of results as a database; it is locked for writing, and made where there is none.

    Raises:
        GraderError: as `opened_gradebook` raises it.
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
    with ExitStack() as stack:
        with told(file, rebuild):
            connection = _for_reading(file) if read_only else sqlite3.connect(file, timeout=0, isolation_level=None)
        stack.enter_context(_closed(connection))
        with told(file, rebuild):
            if not read_only:
                _prepare(connection, file)
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            if version > GRADEBOOK_SCHEMA:
                raise HarnessError(f"{file}: was written by a later grader: install that one, or name another folder")
            if version < 1:
                raise damaged(file, "it has no tables", rebuild)
            if version < GRADEBOOK_SCHEMA:
                connection = stack.enter_context(_closed(_copy_with_tables(connection)))
        yield connection


def _is_emptied(file: Path) -> bool:
    """Whether nothing is in the file any more: a new one gets its tables in the moment in which it is made.

    SQLite takes a single byte for nothing, too, as it writes one into new files on some systems.
    """
    beside = [file.with_name(name) for name in GRADEBOOK_FILES]
    has_any = any(path.exists() and path.stat().st_size > 1 for path in beside)
    return file.exists() and not has_any and (file.parent / GRADES_FILE).exists()


@contextmanager
def _closed(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    connection.text_factory = _text
    try:
        yield connection
    finally:
        with suppress(sqlite3.Error):
            connection.close()


def _copy_with_tables(connection: sqlite3.Connection) -> sqlite3.Connection:
    """A copy in memory with the tables as they are now: what is only read stays as an earlier grader has written it."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    copy.text_factory = _text
    connection.backup(copy)
    with transaction(copy):
        make_tables(copy)
    return copy


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
    with transaction(connection):  # from here on nobody else writes, or opens it for writing
        make_tables(connection)
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
