"""Results on disk: each file is written whole, into no folder but that of the results, and through no link."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import os
from collections import ChainMap
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from grader.atomic import is_partial, opened_folder, try_to_write
from grader.classroom.cells import cell_of_grades, titles_of
from grader.classroom.class_list import ClassList
from grader.classroom.class_row import ClassRow, ClassRows
from grader.classroom.gradebook_file import is_gradebook_file
from grader.classroom.graded import NO_TEXTS, Graded, RowTexts
from grader.classroom.pages_folder import PagesFolder
from grader.classroom.reported_row import held_row
from grader.classroom.result_names import GRADES_FILE, PAGES, REPORTS, is_class_page, other_stems
from grader.classroom.results_files import remove_files, write_if_new
from grader.classroom.squeezed import report_bytes
from grader.deferred import replace
from grader.errors import HarnessError, SubmissionError, reason_of
from grader.verdict import points_in_words
from grader.visible import one_line

NAME_COLUMN, MARK_COLUMNS = "submission", ("total", "max", "status")
"""Of `grades.csv`: the first, and those behind the questions."""

EVIDENCE_COLUMN = "evidence"
"""Of `grades.csv`, behind the status: on what the points of a row rest, at the weakest."""

PEOPLE_COLUMNS = ("id", "name", "email", "section", "report")
"""Of `grades.csv`, at its end, where it is known who handed in."""

DECISION_COLUMNS = ("late points", "late days", "decisions")
"""Of `grades.csv`, last: points taken for lateness, days of the budget used, and what people decided."""

NAME_ANOTHER_FOLDER = "name another folder with --out"
OR_REMOVE_IT = f"remove it, or {NAME_ANOTHER_FOLDER}"

REPORT_START = b'{"schema": '
"""How every report begins."""


def questions_of(graded: Iterable[Graded]) -> list[str]:
    """The questions of all rows, each once, in the order they are met."""
    return list(dict.fromkeys(question for row in graded for question in row.marks))


def table(graded: Sequence[Graded]) -> list[list[str]]:
    """The header and the rows of `grades.csv`."""
    questions = questions_of(graded)
    return [_header(questions), *(_cells(row, _points_cells(row, questions)) for row in graded)]


def _header(questions: Sequence[str]) -> list[str]:
    others = (*MARK_COLUMNS, EVIDENCE_COLUMN)
    titles = titles_of(questions, (NAME_COLUMN, *others, *PEOPLE_COLUMNS, *DECISION_COLUMNS))
    return [NAME_COLUMN, *titles, *others]


def _points_cells(row: Graded, questions: Iterable[str]) -> list[str]:
    """The cells of one row for the points of these questions."""
    return ["" if (points := row.marks.get(q)) is None else points_in_words(points) for q in questions]


def _cells(row: Graded, points: Sequence[str]) -> list[str]:
    """The cells of one row, in the order of the header; `points` are those of its questions."""
    total = "" if row.total is None else points_in_words(row.total)
    return [row.name, *points, total, points_in_words(row.max_points), row.status, row.evidence]


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
        for cell in _cells(graded, _points_cells(graded, graded.marks)):
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
        csv.writer(out, lineterminator="\n").writerows(_table_of(self.book))
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


def _table_of(book: ClassRows) -> Iterator[list[str]]:
    """The header and the rows of `grades.csv` as its cells are written, one by one, as a class has many."""
    questions = questions_of(row.graded for row in book.rows)
    has_decisions = any(row.lateness or row.decided for row in book.rows)
    people, decisions = PEOPLE_COLUMNS * book.has_people, DECISION_COLUMNS * has_decisions
    yield list(map(cell_of_grades, [*_header(questions), *people, *decisions]))
    of_marks: dict[int, list[str]] = {}  # by the id of a mapping: rows with the same marks share one
    for row in book.rows:
        if (points := of_marks.get(id(row.graded.marks))) is None:
            points = list(map(cell_of_grades, _points_cells(row.graded, questions)))
            of_marks[id(row.graded.marks)] = points
        others = [*(_people(row) if people else ()), *(_decisions(row) if decisions else ())]
        name, *behind = map(cell_of_grades, [*_cells(row.graded, ()), *others])
        yield [name, *points, *behind]


def _people(row: ClassRow) -> list[str]:
    cells = (row.person.best_id, row.person.name, row.person.id_of("email"), row.section)
    return [*(one_line(cell) for cell in cells), row.report_file]


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


def _decisions(row: ClassRow) -> list[str]:
    late = row.lateness
    cells = [points_in_words(row.late_points), str(late.late_days)] if late else ["", ""]
    return [*cells, one_line("; ".join(row.decided))]


def refuse_overlap(folder: Path, submissions: Path) -> None:
    """Results may not lie in a submission, nor take its name; only what an earlier run left there is used again.

    Raises:
        SubmissionError: if they would; it says what to do.
    """
    for part in (folder, folder / REPORTS):
        if not _below(part, submissions):
            continue
        direct = part is folder and part.resolve().parent == submissions.resolve()
        if not direct:
            raise SubmissionError(f"--out {folder}: lies among the submissions in {submissions}: {NAME_ANOTHER_FOLDER}")
        if folder.is_symlink() or (folder.exists() and not _is_of_earlier_run(folder)):
            raise SubmissionError(f"--out {folder}: {folder.name} is a submission itself: {NAME_ANOTHER_FOLDER}")
        return


def _below(path: Path, submissions: Path) -> bool:
    """Whether a path is the folder of submissions or lies in it, whatever links or letter cases it is written with."""
    here = path.resolve()
    return any(
        above == submissions.resolve() or (above.exists() and os.path.samefile(above, submissions))
        for above in (here, *here.parents)
    )


def _is_of_earlier_run(folder: Path) -> bool:
    """Whether a folder holds nothing but what `grade` writes: `grades.csv`, reports, and pages."""
    try:
        inside = list(folder.iterdir())
        reports = folder / REPORTS
        names = {path.name for path in inside if not is_partial(path.name) and not is_gradebook_file(path.name)}
        names, pages = {name for name in names if not is_class_page(name)}, names & {PAGES}
        return names - pages in ({GRADES_FILE, REPORTS}, {REPORTS}) and (
            _holds_only(reports, ".json") and all(_holds_only(folder / name, ".html") for name in pages)
        )
    except OSError:
        return False


def _holds_only(folder: Path, ending: str) -> bool:
    """Whether it is a folder with no files but those of an ending, and those that were being written."""
    return not folder.is_symlink() and all(path.suffix in (ending, ".part") for path in folder.iterdir())


def prepare(folder: Path, *, pages: bool = False) -> None:
    """Makes the folder of results, and tries whether it can be written to, before anything is graded.

    `pages`: pages are to be written there, too.

    Raises:
        SubmissionError: if it cannot, or a link or a file stands in its place: the command has to name another one.
    """
    parts = (folder, folder / REPORTS, *([folder / PAGES] if pages else []))
    try:
        for part in parts:
            if part.is_symlink():
                raise SubmissionError(f"{part}: is a symbolic link, and results go through none: {OR_REMOVE_IT}")
            if part.exists() and not part.is_dir():
                raise SubmissionError(f"{part}: cannot be made: a file is in its place: {OR_REMOVE_IT}")
            part.mkdir(parents=True, exist_ok=True)
    except (NotADirectoryError, FileExistsError) as error:
        message = f"{folder}: cannot be made: {error.strerror}: a file lies above it: {NAME_ANOTHER_FOLDER}"
        raise SubmissionError(message) from None
    except OSError as error:
        raise SubmissionError(f"{folder}: cannot be made: {error.strerror}; {NAME_ANOTHER_FOLDER}") from None
    for part in parts:
        try:
            with opened_folder(part) as descriptor:
                try_to_write(descriptor, part)
        except OSError as error:
            raise SubmissionError(f"{part}: cannot be written to: {error.strerror}; {NAME_ANOTHER_FOLDER}") from None


def _is_report(path: Path) -> bool:
    """Whether a file was written as a report; others that somebody has put there stay."""
    if path.suffix != ".json" or path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(REPORT_START)) == REPORT_START
