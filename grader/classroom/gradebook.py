"""The gradebook of a folder of results: every row that was ever graded there, in one file of SQLite.

Only the process that runs `grade` writes, in transactions so small that whatever ends it leaves a file that the next
run goes on with. The file is locked for as long as it is open, by a lock that ends with the process.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from fractions import Fraction
from itertools import groupby, zip_longest
from operator import itemgetter
from pathlib import Path

from grader.classroom.damaged_row import DamagedRowError
from grader.classroom.entries import Entry
from grader.classroom.facts import AnswerFacts, facts_in_report
from grader.classroom.gradebook_file import (
    DamagedGradebookError,
    opened_connection,
    put_aside,
    told,
    transaction,
)
from grader.classroom.gradebook_rows import CheckedRow, PlacedRow, TextsInGradebook
from grader.classroom.graded import Graded
from grader.classroom.kept_attempts import attempts_of
from grader.classroom.kept_entry import checked_entry, entry_data, entry_from
from grader.classroom.kept_row import (
    PackedRow,
    PackedTexts,
    brief_row,
    checked,
    facts_in_brief,
    packed,
    refuse_damaged,
    report_of,
    row_from,
    unpacked,
    verdicts_in,
)
from grader.classroom.packed_rows import found_by, rows_back, rows_back_of_several
from grader.classroom.reported_row import held_without_questions
from grader.classroom.result_names import GRADEBOOK_FILE, GRADES_FILE
from grader.classroom.row_before import row_before
from grader.classroom.verdicts import KeptVerdict
from grader.deferred import replace

GRADE_OTHERS = "what was graded from other folders is in these results again once it is graded again"

RUN_NUMBERS_END = 1 << 62
"""Numbers of runs stay below it, and so integers of SQLite."""


class Gradebook:
    """An open gradebook. `run` is the number of this run, one more than that of the last one that wrote a row."""

    def __init__(self, connection: sqlite3.Connection, file: Path, rebuild: str) -> None:
        self._connection = connection
        self._file = file
        self._rebuild = rebuild
        with self._guarded():
            (last,) = connection.execute("SELECT coalesce(max(run), 0) FROM runs").fetchone()
            if last >= RUN_NUMBERS_END:
                raise DamagedRowError("the number of a run is none")
        self.last_run: int = last
        self.run = last + 1
        self._has_begun = False

    # ------------------------------------------------------------- reading
    def latest_rows(self) -> dict[str, Graded]:
        """The last rows of all submissions that are there, by name, without reading their texts.

        Raises:
            DamagedGradebookError: if a row is not as it was written.
        """
        query = "SELECT submission, max(run), brief, digest, texts IS NULL FROM rows GROUP BY submission"
        with self._found(query) as found:  # what stands beside max() is of the row with that run
            return {row[0]: self._brief_row(*row) for row in found if row[2] is not None}

    def latest(self, submission: str) -> Graded | None:
        """The last row of a submission; None where it has none, or went away."""
        return next(self.history(submission), None)

    def history(self, submission: str) -> Iterator[Graded]:
        """The rows of a submission, the last one first, back to where it was away.

        Raises:
            DamagedGradebookError: if a row is not as it was written.
        """
        with self._guarded(), closing(rows_back(self._connection, submission)) as rows:
            for kept in rows:
                yield unpacked(kept, submission)

    def verdicts_back(
        self, submission: str, rows: Iterable[PackedRow] | None = None
    ) -> Iterator[tuple[KeptVerdict, ...]]:
        """The verdicts in each of these rows, or in `rows` (of `rows_back`); raises what `history` raises."""
        with self._guarded(), closing(rows_back(self._connection, submission)) as kept_back:
            for kept in kept_back if rows is None else rows:
                yield verdicts_in(kept, submission)

    def rows_back(self, submissions: Sequence[str], most: int) -> dict[str, list[PackedRow]]:
        """By submission, unread, the rows that `history` would go through, so many of each.

        Raises:
            DamagedGradebookError: if the file is not as it was written.
        """
        with self._guarded():
            return rows_back_of_several(self._connection, submissions, most)

    def row_at(self, submission: str, run: int) -> Graded | None:
        """The row of a submission as it was after a run; None where there was none."""
        with self._guarded():
            found = self._connection.execute(
                "SELECT brief, digest, texts FROM rows WHERE submission = ? AND run <= ? ORDER BY run DESC LIMIT 1",
                (submission, run),
            ).fetchone()
            return None if found is None or found[0] is None else unpacked(PackedRow(*found), submission)

    def report(self, submission: str, run: int) -> str:
        """The report in the row that a run has kept of a submission.

        Raises:
            DamagedGradebookError: if it is not as it was written, or not there any more.
        """
        with self._guarded():
            return report_of(self._packed(submission, run), submission)

    def answer_facts(self, submission: str, run: int) -> tuple[AnswerFacts, ...]:
        """What the statistics need of the report in this row; raises what `report` raises."""
        query = "SELECT brief, digest FROM rows WHERE submission = ? AND run = ? AND brief IS NOT NULL"
        with self._guarded():
            found = self._connection.execute(query, (submission, run)).fetchone()  # the texts are long
            facts = facts_in_brief(*found) if found is not None else None
            return facts if facts is not None else facts_in_report(self.report(submission, run))

    def verdicts(self, submission: str, run: int) -> tuple[KeptVerdict, ...]:
        """The verdicts in the row that a run has kept of a submission; raises what `report` raises."""
        with self._guarded():
            return verdicts_in(self._packed(submission, run), submission)

    def _packed(self, submission: str, run: int) -> PackedRow:
        query = "SELECT brief, digest, texts FROM rows WHERE submission = ? AND run = ?"
        found = self._connection.execute(query, (submission, run)).fetchone()
        if found is None or found[0] is None:
            raise DamagedRowError("a row is not there any more")
        return PackedRow(*found)

    def _brief_row(self, submission: str, run: int, brief: str, digest: str, has_no_texts: bool) -> Graded:
        if has_no_texts:
            raise DamagedRowError("a row has no report")
        return brief_row(brief, digest, submission, TextsInGradebook(self, submission, run))

    @property
    def may_have_attempts(self) -> bool:
        """False if nothing was ever handed in anew; told without reading the rows, as a class has many."""
        start = '"content": "'  # a key in the JSON of a row; in a text there the quotes would have backslashes
        content = f"substr(brief, instr(brief, '{start}') + {len(start)}, 64)"
        several = "SELECT submission FROM rows GROUP BY submission HAVING count(*) > 1"
        query = f"SELECT 1 FROM rows WHERE submission IN ({several}) GROUP BY submission"
        with self._guarded():
            return bool(self._connection.execute(f"{query} HAVING count(DISTINCT {content}) > 1 LIMIT 1").fetchone())

    def attempts(self) -> Iterator[tuple[str, list[Fraction | None]]]:
        """Of each submission that is there: its assignment, and the points of what was handed in one after the other.

        What was graded again without having been handed in anew has the marks that came last; None where it is held.
        """
        with self._found("SELECT submission, brief FROM rows ORDER BY submission, run") as found:
            for _, rows in groupby(found, key=lambda row: str(row[0])):
                attempts = attempts_of(brief for _, brief in rows)
                if attempts:
                    yield attempts[-1].assignment, [attempt.points for attempt in attempts]

    def changed_since(self, run: int) -> list[str]:
        """The submissions with rows of later runs, in order."""
        with self._guarded():
            query = "SELECT DISTINCT submission FROM rows WHERE run > ? ORDER BY submission"
            return [name for (name,) in self._connection.execute(query, (run,))]

    @property
    def has_ended(self) -> bool:
        """Whether the last run that kept a row came to its end, by itself or by the one that went on with it."""
        return self.last_run in (0, *self.complete_runs()[-1:])

    def complete_runs(self) -> list[int]:
        """The runs that came to their end, in order."""
        with self._guarded():
            return [run for (run,) in self._connection.execute("SELECT run FROM runs WHERE complete ORDER BY run")]

    def placed(self, but_of: str = "") -> Iterator[PlacedRow]:
        """The rows of the class, but those of a folder, in the order they were graded in.

        One that could not be kept, or is lost, is held: nobody goes out of the class by that.
        """
        with self._guarded():
            query = "SELECT submission, source, entry FROM places WHERE source != ? ORDER BY source, position"
            places = self._connection.execute(query, (but_of,)).fetchall()
            rows = self.latest_rows() if places else {}
            for name, source, data in places:
                yield PlacedRow(entry_from(data, source), source, rows[name] if name in rows else _lost_row(name))

    def names_from(self, source: str) -> list[str]:
        """The submissions that the last whole run found in a folder, in order."""
        with self._guarded():
            query = "SELECT submission FROM places WHERE source = ? ORDER BY position"
            return [name for (name,) in self._connection.execute(query, (source,))]

    def checked_rows(self) -> Iterator[CheckedRow]:
        """The last rows of all submissions that are there, after all that is kept was looked at: texts, too.

        Raises:
            DamagedGradebookError: where anything is not as it was written.
        """
        with self._found("SELECT source, entry FROM places") as places:
            for source, entry in places:
                checked_entry(entry, source)
        with self._found("SELECT submission, run, brief, digest, texts FROM rows ORDER BY submission, run") as found:
            for submission, rows in groupby(found, key=itemgetter(0)):
                *earlier, (_, run, *last) = rows
                for _, _, *kept in earlier:
                    if kept[0] is not None:
                        refuse_damaged(PackedRow(*kept), submission)
                if last[0] is not None:
                    texts = TextsInGradebook(self, submission, run)
                    data = checked(PackedRow(*last), submission)
                    yield CheckedRow(row_before(data), data, texts)

    def graded(self, found: CheckedRow) -> Graded:
        """The whole of such a row; raises what `checked_rows` raises."""
        with self._guarded():
            return row_from(found.data, found.texts)

    # ------------------------------------------------------------- writing
    def keep(self, *rows: Graded) -> None:
        """Keeps rows of this run, each in the place of an earlier one of this run: all of them, or none.

        Raises:
            HarnessError: if they cannot be written.
        """
        values = [(row.name, self.run, *packed(row)) for row in rows]
        with self._guarded(), transaction(self._connection):
            self._begin_run()
            self._connection.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?)", values)
        self._has_begun = True  # committed by now

    def with_kept_texts(self, row: Graded) -> Graded:
        """A row of this run that was kept, whose texts are read from here from now on.

        One that was not packed where it was graded stays as it is: no grading came to it, so that its texts are short.
        """
        if not isinstance(row.texts, PackedTexts):
            return row
        return replace(row, texts=TextsInGradebook(self, row.name, self.run), page="")

    def end_run(self, source: str, entries: Sequence[Entry]) -> None:
        """Says that the submissions of the folder `source` are these, and no others; all of them have their rows."""
        names = {entry.name for entry in entries}
        query = "SELECT submission, source, position, entry FROM places WHERE source = ? ORDER BY position"
        with self._guarded(), transaction(self._connection):
            with closing(self._connection.execute(query, (source,))) as there:
                is_same = all(before == now for before, now in zip_longest(there, _places(source, entries)))
            # one that kept no row is the end of the last one that did, which may have been ended early
            self._connection.execute(
                "UPDATE runs SET complete = 1 WHERE run = (SELECT max(run) FROM runs) AND NOT complete"
            )
            if is_same:
                return
            gone = [name for name, *_ in self._connection.execute(query, (source,)) if name not in names]
            if gone:
                self._begin_run()
                self._connection.execute("UPDATE runs SET complete = 1 WHERE run = ?", (self.run,))
            for name in gone:
                self._connection.execute(
                    "INSERT OR REPLACE INTO rows VALUES (?, ?, NULL, NULL, NULL)", (name, self.run)
                )
            self._connection.execute("DELETE FROM places WHERE source = ?", (source,))
            self._connection.executemany("INSERT OR REPLACE INTO places VALUES (?, ?, ?, ?)", _places(source, entries))

    def _begin_run(self) -> None:
        if not self._has_begun:
            self._connection.execute("INSERT OR IGNORE INTO runs VALUES (?, 0)", (self.run,))

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        with told(self._file, self._rebuild):
            yield

    @contextmanager
    def _found(self, query: str) -> Iterator[sqlite3.Cursor]:
        """What a query finds, as `found_by` gives it."""
        with self._guarded(), found_by(self._connection, query) as found:
            yield found


def _places(source: str, entries: Sequence[Entry]) -> Iterator[tuple[str, str, int, str]]:
    """The lines of a folder in the table of places, one by one, as a class has many."""
    return ((entry.name, source, i, entry_data(entry, source)) for i, entry in enumerate(entries))


def _lost_row(submission: str) -> Graded:
    return held_without_questions(submission, "", "its row is not in the gradebook: grade the folder that it lies in")


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
                for _ in book.checked_rows():
                    pass
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
    with opened_connection(folder, rebuild, read_only=read_only) as connection:
        yield Gradebook(connection, folder / GRADEBOOK_FILE, rebuild)
