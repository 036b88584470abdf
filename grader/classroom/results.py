"""Results on disk: each file is written whole, into no folder but that of the results, and through no link."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections import ChainMap
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from grader.atomic import is_partial
from grader.classroom.cells import cell_of_grades
from grader.classroom.class_list import ClassList
from grader.classroom.class_row import ClassRow, ClassRows
from grader.classroom.graded import NO_TEXTS, Graded, RowTexts
from grader.classroom.grades_table import row_cells, rows_of_grades
from grader.classroom.pages_folder import PagesFolder
from grader.classroom.reported_row import held_row
from grader.classroom.result_names import GRADES_FILE, PAGES, REPORTS, other_stems
from grader.classroom.results_files import remove_files, write_if_new
from grader.classroom.results_place import prepare
from grader.classroom.squeezed import report_bytes
from grader.deferred import replace
from grader.errors import HarnessError, reason_of

REPORT_START = b'{"schema": '
"""How every report begins."""


class ResultsFolder:
    """Records a run in a folder: `reports/<submission>.json` as they come, and `grades.csv` at the end of a whole run.

    Where `grades.csv` stands, every report stands too, but for those of rows that are held because they could not be
    written. `class_list` knows who gets the marks of which submission; where it knows people, columns at the end say
    who they are and in which report the marks are explained. `pages` gets the same rows, each under the name of its
    report, for the pages beside them.
    """

    def __init__(
        self,
        folder: Path,
        class_list: ClassList | None = None,
        others: Sequence[Graded] = (),
        order: Sequence[str] = (),
        pages: PagesFolder | None = None,
    ) -> None:
        """`others` are rows of the class that are not graded now; `order` has the names of all (none: as they come)."""
        self._folder = folder
        self._reports = folder / REPORTS
        self._class_list = class_list
        self._other_stems: dict[str, str] = {}
        self._own_stems: list[str] = []
        self._decided: dict[str, Graded] = {}
        self._others = others
        self._names = order
        self._pages = pages
        self._faults: list[str] = []
        self.book = ClassRows(())
        """The rows of the class as they stand in the folder, at the end of a whole run."""
        self._graded: dict[str, Graded] = {}
        self._written: dict[str, str] = {}

    def written(self) -> Iterator[tuple[str, str]]:
        """After a whole run: the paths in the folder of each report and of the table, with their digests.

        They are worked out when they are asked for, as a class has many.
        """
        yield from self._written.items()
        for name, row in self._graded.items():
            path = f"{REPORTS}/{_file_of(self._stem(name))}"
            if path not in self._written:  # else something was decided of it, and another report stands there
                yield path, row.report_digest.hex()

    def _stem(self, name: str) -> str:
        """What the report of a submission is called, without the ending."""
        return self._other_stems.get(name, name)

    def start(self, submissions: Sequence[str]) -> None:
        prepare(self._folder, pages=self._pages is not None and self._pages.writes)
        self._names = self._names or submissions
        self._other_stems = other_stems(self._names)
        self._remove_partial()  # of a run that was ended in the middle of writing
        for row in self._others:
            self.record(row)

    def record(self, graded: Graded) -> None:
        """Writes the report of a row; HarnessError if it cannot be written."""
        for cell in row_cells(graded, graded.marks):
            cell_of_grades(cell)  # what cannot be written is found here, and is held
        stem = self._stem(graded.name)
        write_if_new(self._reports, _file_of(stem), report_bytes(graded.report), keep_old=True)
        if self._pages is not None:
            self._pages.write_new(graded, stem)

    def finish(self, rows: Sequence[Graded] | None) -> None:
        if rows is None:
            with suppress(HarnessError):  # what has ended the run is told, and the next one removes them
                self._remove_partial()
            return
        try:
            self._finish_rows(rows)
            self._write_table()
            there = {_file_of(stem) for stem in (*map(self._stem, self._names), *self._own_stems)}
            remove_files(self._reports, lambda name: name not in there and _is_report(self._reports / name))
        finally:
            self._remove_partial()
        if self._faults:
            raise HarnessError(*self._faults)

    def _remove_partial(self) -> None:
        """Removes files that were being written, and old ones whose places others have taken."""
        pages = [PAGES] if self._pages is not None and self._pages.is_there else []
        for folder in (self._folder, self._reports, *(self._folder / name for name in pages)):
            remove_files(folder, is_partial)

    def _finish_rows(self, rows: Sequence[Graded]) -> None:
        """Makes the rows of the class, writes the reports of those of which people decided something, and pages."""
        self._graded = graded = {row.name: row for row in (*self._others, *rows)}
        self.book = self._written_rows([graded[name] for name in self._names if name in graded])
        if self._pages is not None and self._pages.is_there:
            self._pages.finish({self._stem(name): row for name, row in graded.items()} | self._decided)

    def _write_table(self) -> None:
        data = io.BytesIO()  # and no text beside it, as a class has many rows
        out = codecs.getwriter("utf-8")(data, "backslashreplace")
        csv.writer(out, lineterminator="\n").writerows(rows_of_grades(self.book))
        self._write(GRADES_FILE, data.getvalue())

    def _write(self, file: str, data: bytes, below: str = "") -> None:
        write_if_new(self._folder / below, file, data, keep_old=below != "")
        self._written[f"{below}/{file}" if below else file] = hashlib.sha256(data).hexdigest()

    def _written_rows(self, graded: list[Graded]) -> ClassRows:
        """The rows of the class after what people decided, whose reports are written, and which say where these are."""
        if self._class_list is None:
            return ClassRows(tuple(ClassRow(row, row.name) for row in graded))
        book = self._class_list.rows(graded, self._stem)
        written = self._write_decided(book.rows)
        return replace(book, rows=tuple(written.get(row.graded.name, row) for row in book.rows)) if written else book

    def _write_decided(self, rows: Sequence[ClassRow]) -> dict[str, ClassRow]:
        """Writes the reports of rows of which something was decided, or that were late: what students are shown.

        Who has the marks of another's submission gets a report of their own where what was decided differs. These rows
        are given back by their names, held where that cannot be written.
        """
        if all(row.graded.texts is _own_texts(row, self._graded) for row in rows):  # as in most classes
            return {}
        written, standing = dict[str, ClassRow](), ChainMap[str, Graded]({}, self._graded)
        for row in rows:
            if row.submission == row.graded.name and _has_another_report(row, standing):
                standing[row.submission] = row.graded
                written[row.graded.name] = self._kept(replace(row, report_stem=self._stem(row.submission)))
        others = [row for row in rows if _has_another_report(row, standing)]
        taken = frozenset(self._names if others else ())
        names = [_name_of_own(row, taken) for row in others]
        stems = other_stems([*self._names, *names]) if others else {}
        for row, name in zip(others, names, strict=True):
            own = replace(row, report_stem=stems.get(name, name))
            self._own_stems.append(own.report_stem)
            written[row.graded.name] = self._kept(own)
        return written

    def _kept(self, row: ClassRow) -> ClassRow:
        """The row, whose report is written; held, with a word at the end, where it cannot be."""
        try:
            self._write(_file_of(row.report_stem), report_bytes(row.graded.report), REPORTS)
        except Exception as error:  # one report's trouble is not the table's
            held = held_row(row.graded, str(error) if isinstance(error, HarnessError) else reason_of(error))
            self._faults += [f"{row.graded.name}: {message}" for message in held.messages]
            row = replace(row, graded=held)
        self._decided[row.report_stem] = row.graded
        return row


def _own_texts(row: ClassRow, graded: Mapping[str, Graded]) -> RowTexts:
    """The texts of the submission of a row."""
    return graded[row.submission].texts if row.submission else NO_TEXTS


def _has_another_report(row: ClassRow, graded: Mapping[str, Graded]) -> bool:
    """Whether the report of a row is not that of its submission, which two rows with the same texts share."""
    own = _own_texts(row, graded)
    return row.graded.texts is not own and row.graded.report != own.report


def _file_of(stem: str) -> str:
    """The name of a report's file."""
    return f"{stem}.json"


def _name_of_own(row: ClassRow, taken: Container[str]) -> str:
    """What the report of a row is called whose submission has another one: as no submission is."""
    name = ", ".join(filter(None, (row.submission, row.graded.name)))
    while name in taken:
        name += " (own)"
    return name


def _is_report(path: Path) -> bool:
    """Whether a file was written as a report; others that somebody has put there stay."""
    if path.suffix != ".json" or path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(REPORT_START)) == REPORT_START
