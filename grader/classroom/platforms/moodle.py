"""Moodle: the column of grades of the grading worksheet that was downloaded is filled, for its upload.

Sources: MoodleDocs, "Assignment grading" (Offline grading worksheet), and what Moodle itself does (moodle/moodle,
`mod/assign/gradingtable.php` and `mod/assign/feedback/offline/`): the first column is the identifier (`Participant
12345`), the grade's is followed by the maximum (or by the names of a scale), and by whether the grade can be changed.
Titles and decimal signs are those of the language that it was downloaded in, and have to be those of the upload. An
upload passes over an empty grade, one below 0 and one above the maximum, without a word; so these are said here. Last
modified times are compared, so they stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction

from grader.classroom.people import IdKind, Person
from grader.classroom.platforms.filling import Column, ColumnFilling
from grader.classroom.platforms.marks import FinalMark, number_in
from grader.classroom.platforms.platform import PlatformFile, PlatformRequest
from grader.classroom.platforms.sheet import PlatformSheet, SheetLine, read_sheet
from grader.classroom.roster import ID_COLUMNS, Listed, person_in
from grader.errors import Problem, SpecError, did_you_mean, listed
from grader.visible import one_line

GRADE_COLUMNS = ("grade", "gradenoun", "bewertung", "note", "nota", "calificación", "qualificació", "cualificación",
                 "valutazione", "cijfer", "beoordeling", "avaliação", "ocena", "оценка", "評定", "評点", "betyg",
                 "karakter", "arvosana", "成绩")  # fmt: skip
"""The title of the grade in the languages that are known, in small letters without spaces."""

IDENTIFIER = re.compile(r"(?P<word>\D*)(?P<participant>[0-9]+)\s*")
UNCHANGEABLE = frozenset(("no", "nein", "non", "nee", "não", "нет", "いいえ", "否", "nej", "nei", "ei", "nie", "nem",
                          "hayır", "όχι", "아니오"))  # fmt: skip
"""The answer to whether a grade can be changed, in the languages that are known, in small letters."""


ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
"""A cell with an e-mail and nothing else."""


class MoodleFormat:
    """The downloaded worksheet with its grades."""

    source_wanted = "the grading worksheet that Moodle downloads (Grading action, Download grading worksheet)"
    options = frozenset({"source", "column", "scale", "decimal_comma"})

    def write(self, request: PlatformRequest) -> PlatformFile:
        assert request.source is not None  # the command has seen to it
        worksheet = MoodleWorksheet(read_sheet(request.source))
        column = worksheet.column(request.column)
        comma = request.decimal_comma or worksheet.has_decimal_comma(column.index)
        return ColumnFilling(worksheet.sheet, column, request.scale, comma).fill(request.rows, worksheet.students)


class MoodleWorksheet:
    """A grading worksheet: its students, who are known by their number as participants and by what else it tells.

    Raises:
        SpecError: if the file is none.
    """

    def __init__(self, sheet: PlatformSheet) -> None:
        self.sheet = sheet
        found = [(row, IDENTIFIER.fullmatch(row.value(0).strip())) for row in sheet.rows if not row.is_blank]
        words = {match["word"] for _, match in found if match}
        if not found or len(words) != 1 or not all(match for _, match in found):
            wanted = "wanted is a first column with an identifier in each row, like `Participant 12345`"
            raise SpecError(Problem(f"is no grading worksheet of Moodle: {wanted}", self.sheet.place))
        emails = _column_of_addresses(sheet.keys, [row for row, _ in found])
        self.students = {row.number: self._student(row, match["participant"], emails) for row, match in found if match}

    def _student(self, row: SheetLine, participant: str, emails: int | None) -> Listed:
        person = person_in(self.sheet.by_key(row, slice(1, None)), self.sheet.keys[1:])
        address: list[tuple[IdKind, str]] = [] if emails is None else [("email", row.value(emails).strip())]
        return Listed(Person(person.name, (("platform", participant), *person.ids, *address)), "", row.number)

    def column(self, wanted: str) -> Column:
        """The column of grades: the one that is named, else the one with such a title.

        Raises:
            SpecError: if there is none, or more than one, or the grades are those of a scale.
        """
        titles = [cell.value.strip() for cell in self.sheet.header.cells]
        keys = self.sheet.keys
        found = [i for i in range(1, len(titles)) if (titles[i] == wanted if wanted else keys[i] in GRADE_COLUMNS)]
        if len(found) != 1:
            choice = f"name the column of grades with --column: {listed(map(repr, map(one_line, titles[1:])), 'or')}"
            known = did_you_mean(wanted, titles[1:]) if wanted else ""
            name = repr(wanted) if wanted else "of grades"
            count = "is no column" if not found else f"are {len(found)} columns"
            raise SpecError(Problem(f"there {count} {name}{known}: {choice}", self.sheet.place))
        index = found[0]
        beyond = "whose mark is below 0 or above the maximum, which Moodle would pass over: no mark is filled in"
        return Column(index, titles[index], self._maximum(index), self._kept(index), out_of_range=beyond)

    def _maximum(self, index: int) -> Fraction | None:
        """What stands behind the grades, which is the same in each row.

        Raises:
            SpecError: if no number stands there, so that these are no grades, or those of a scale.
        """
        cells = [row.value(index + 1).strip() for row in self.sheet.rows if row.number in self.students]
        numbers = {number_in(cell) for cell in cells}
        if None in numbers:
            text = one_line(next(cell for cell in cells if number_in(cell) is None))
            title = one_line(self.sheet.header.value(index))
            message = f"no maximum stands behind {title!r}, as it does behind grades, but {text!r}"
            advice = "name the column of grades, or, where it is a scale, set the assignment to points in Moodle"
            raise SpecError(Problem(f"{message}: {advice}", self.sheet.place))
        if len(numbers) > 1:
            raise SpecError(Problem("the maximum behind the grades is not the same in each row", self.sheet.place))
        return next(iter(numbers))

    def _kept(self, index: int) -> Callable[[SheetLine, FinalMark], str]:
        answers = range(index + 2, min(index + 4, len(self.sheet.header.cells)))  # a workflow state may come between

        def kept(row: SheetLine, mark: FinalMark) -> str:
            locked = any(row.value(i).strip().casefold() in UNCHANGEABLE for i in answers)
            return "whose grade cannot be changed, as Moodle says: the cell stays as it is" if locked else ""

        return kept

    def has_decimal_comma(self, index: int) -> bool:
        """True if grades or maxima are written so."""
        cells = [row.value(i).strip() for row in self.sheet.rows for i in (index, index + 1)]
        return any("," in cell for cell in cells if number_in(cell) is not None)


def _column_of_addresses(keys: Sequence[str], rows: Sequence[SheetLine]) -> int | None:
    """The column of e-mails where no title is known for it: each of its cells is an address, and no two are the same.

    None where another column is so, too, with other addresses, as either may be of somebody else.
    """
    known = {key for _, names in ID_COLUMNS.values() for key in names}
    if any(key in ID_COLUMNS["e-mail"][1] for key in keys):
        return None
    found: dict[tuple[str, ...], int] = {}
    for i in range(1, len(keys)):
        cells = tuple(row.value(i).strip().casefold() for row in rows)
        if keys[i] not in known and len(set(cells)) == len(cells) and all(map(ADDRESS.fullmatch, cells)):
            found[cells] = i
    return next(iter(found.values())) if len(found) == 1 else None
