"""Canvas: one column of the gradebook that it exported is filled, for its import.

Sources: Instructure, "How do I import grades in the Gradebook?", and what Canvas itself does (instructure/canvas-lms,
`lib/gradebook_exporter.rb` and `lib/gradebook_importer.rb`): the first row names the columns, a row
"    Points Possible" (which it indents) and rows of nothing but "Muted" or "Manual Posting" come before students;
"(read only)", in the user's language, stands in columns that it computes. An assignment is `<title> (<id>)`; any other
name makes a new one, so no column is ever added here. Excused is `EX`, an assignment that a student does not have
`N/A`. An import takes an empty cell for no mark. Both decimal signs are read; numbers are exported as the user's
language writes them, some with signs between thousands.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from grader.classroom.people import name_keys
from grader.classroom.platforms.filling import Column, ColumnFilling
from grader.classroom.platforms.marks import FinalMark, number_in
from grader.classroom.platforms.platform import PlatformFile, PlatformRequest
from grader.classroom.platforms.sheet import PlatformSheet, SheetLine, read_sheet
from grader.classroom.roster import NOT_STUDENTS, Listed, person_in
from grader.classroom.tables import column_key
from grader.errors import Problem, SpecError, did_you_mean, listed
from grader.verdict import points_in_words
from grader.visible import one_line

ASSIGNMENT = re.compile(r"(?P<title>.*) \((?P<id>[0-9]+)\)", re.DOTALL)
POSTING = re.compile(r"\s*(Muted|Manual Posting.*)?\s*", re.IGNORECASE | re.DOTALL)
EXCUSED, NOT_ASSIGNED = "EX", "N/A"
IN_THOUSANDS = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?P<between>[.,'\u2019 \u00a0\u202f])[0-9]{3}(?:(?P=between)[0-9]{3}){0,8})"
    r"(?:(?!(?P=between))(?P<sign>[.,])(?P<part>[0-9]{1,30}))?"
)
OTHER_SIGN = {".": ",", ",": "."}


class CanvasFormat:
    """The exported gradebook with one column filled."""

    source_wanted = "the gradebook that Canvas exported (Grades, Export)"
    options = frozenset({"source", "column", "scale", "decimal_comma"})

    def write(self, request: PlatformRequest) -> PlatformFile:
        assert request.source is not None  # the command has seen to it
        gradebook = CanvasGradebook(read_sheet(request.source))
        names = {row.graded.assignment for row in request.rows if row.graded.assignment}
        column = gradebook.column(request.column, names)
        comma = request.decimal_comma or gradebook.has_decimal_commas
        return ColumnFilling(gradebook.sheet, column, request.scale, comma).fill(request.rows, gradebook.students)


class CanvasGradebook:
    """An exported gradebook: which columns are assignments, and which rows are students.

    Raises:
        SpecError: if the file is none.
    """

    def __init__(self, sheet: PlatformSheet) -> None:
        self.sheet = sheet
        keys = sheet.keys
        starts = keys[:2] == ["student", "id"] or keys[:3] == ["lastname", "firstname", "id"]
        if not starts or "section" not in keys:
            wanted = "wanted is a first row with Student, ID, ..., Section"
            raise SpecError(Problem(f"is no gradebook that Canvas exported: {wanted}", self.sheet.place))
        self._of_students = keys.index("section") + 1
        points = [row for row in sheet.rows if row.value(0).strip().startswith("Points Possible")]
        self._points = points[0] if points else None
        self.students = {row.number: listed for row in sheet.rows if (listed := self._student(row)) is not None}

    @property
    def has_decimal_commas(self) -> bool:
        """True if numbers in the file are written so."""
        return self._decimal_signs == {","}

    @cached_property
    def _decimal_signs(self) -> set[str]:
        """What stands before decimal places in the file, by the numbers that can be read in one way alone."""
        found = [_readings(cell.value) for row in self.sheet.rows for cell in row.cells[self._of_students :]]
        return {one.sign for ways in found if len(ways) == 1 for one in ways if one.sign}

    def _points_of(self, index: int) -> Fraction | None:
        """What a column is worth; None where the file does not say.

        Raises:
            SpecError: if that is no number, or may be two.
        """
        text = self._points.value(index).strip() if self._points else ""
        if not text:
            return None
        ways = _readings(text)
        numbers = [one.number for one in ways if len(ways) == 1 or {one.sign} == self._decimal_signs]
        if len(numbers) == 1:
            return numbers[0]
        title, of = one_line(self.sheet.header.value(index)), one_line(text)
        why = f"may be {listed([points_in_words(one.number) for one in ways], 'or')}" if ways else "is no number"
        message = f"{of!r}, what {title!r} is worth (Points Possible), {why}: write it without signs between thousands"
        raise SpecError(Problem(message, self.sheet.place))

    def _student(self, row: SheetLine) -> Listed | None:
        """Whom a row is about; None of rows of Canvas's own, and of its Test Student."""
        if row is self._points or all(POSTING.fullmatch(cell.value) for cell in row.cells):
            return None
        about = self.sheet.by_key(row, slice(self._of_students))
        person = person_in(about, [*self.sheet.keys[: self._of_students], "sisuserid"])
        if not str(person) or name_keys(person.name) & NOT_STUDENTS:
            return None
        return Listed(person, about.cells.get("section", ""), row.number)

    def column(self, wanted: str, assignments: set[str]) -> Column:
        """The column that is named (`Homework 3 (12345)`, `Homework 3` or `12345`), else that of the assignment.

        Raises:
            SpecError: if there is none, or more than one.
        """
        titles = [cell.value for cell in self.sheet.header.cells]
        own = [i for i in range(self._of_students, len(titles)) if self._is_assignment(i)]
        found = _named(titles, own, wanted.strip()) if wanted else _of_assignment(titles, own, assignments)
        if len(found) != 1:
            raise SpecError(Problem(self._which(titles, own, found, wanted, assignments), self.sheet.place))
        index = found[0]
        return Column(index, titles[index], self._points_of(index), _Kept(index), {"excused": EXCUSED})

    def _is_assignment(self, index: int) -> bool:
        title = self.sheet.header.value(index)
        points = self._points.value(index).strip() if self._points else ""
        is_computed = points.startswith("(")
        return not is_computed and ASSIGNMENT.fullmatch(title.strip()) is not None

    def _which(
        self, titles: Sequence[str], own: Sequence[int], found: Sequence[int], wanted: str, assignments: set[str]
    ) -> str:
        """Why it is not clear which column is meant, and what to do."""
        named = [one_line(titles[i]) for i in found or own]
        choice = f"name one with --column: {listed(map(repr, named), 'or')}"
        if len(set(named)) < len(found):
            advice = "leave one of them in the file, or export it again"
            return f"{len(found)} columns are called {named[0]!r}, by title and id: {advice}"
        if found:
            return f"{len(found)} columns are called {wanted or listed(sorted(assignments))!r}: {choice}"
        if not own:
            return "has no column of an assignment, <title> (<id>): make the assignment in Canvas and export again"
        if not wanted:
            return (
                f"no column has the name of the assignment, {listed(sorted(assignments)) or 'which has none'}: {choice}"
            )
        if wanted.strip() in (title.strip() for title in titles):
            return f"{wanted!r} is no column of an assignment: no marks go there: {choice}"
        known = [*named, *(match["title"] for name in named if (match := ASSIGNMENT.fullmatch(name)))]
        return f"there is no column {wanted!r}{did_you_mean(wanted, known)}, and none is made: {choice}"


class _WrittenNumber(NamedTuple):
    """A number, and what stands before decimal places where it is written so ("": either, or none)."""

    number: Fraction
    sign: str


def _readings(text: str) -> list[_WrittenNumber]:
    """The numbers that a cell may be: `1,000` is 1 where a comma stands before decimal places, else 1000."""
    found = []
    if (number := number_in(text)) is not None:
        found.append(_WrittenNumber(number, next((sign for sign in OTHER_SIGN if sign in text), "")))
    if grouped := IN_THOUSANDS.fullmatch(text.strip()):
        digits = "".join(filter(str.isdigit, grouped["whole"]))
        number = Fraction(f"{digits}.{grouped['part'] or 0}")
        found.append(_WrittenNumber(number, grouped["sign"] or OTHER_SIGN.get(grouped["between"], "")))
    return found


def _named(titles: Sequence[str], own: Sequence[int], wanted: str) -> list[int]:
    """The columns of this name: the whole one, else the title or the id alone."""
    whole = [i for i in own if titles[i].strip() == wanted]
    parts = {i: match for i in own if (match := ASSIGNMENT.fullmatch(titles[i].strip()))}
    return whole or [i for i, match in parts.items() if wanted in (match["title"].strip(), match["id"])]


def _of_assignment(titles: Sequence[str], own: Sequence[int], assignments: set[str]) -> list[int]:
    """The columns whose title is the name of the assignment, but for letter case, spaces and signs."""
    keys = {column_key(name) for name in assignments}
    parts = {i: match for i in own if (match := ASSIGNMENT.fullmatch(titles[i].strip()))}
    return [i for i, match in parts.items() if column_key(match["title"]) in keys]


class _Kept:
    """Why a cell of a column stays as it is: what Canvas says of the student goes before the marks."""

    def __init__(self, index: int) -> None:
        self._index = index

    def __call__(self, row: SheetLine, mark: FinalMark) -> str:
        old = row.value(self._index).strip().upper()
        if old == NOT_ASSIGNED:
            return f"who have {NOT_ASSIGNED} in Canvas, not this assignment: no mark is filled in"
        if old == EXCUSED and mark.word != "excused":
            return f"who are excused in Canvas, so that {EXCUSED} stays"
        return ""
