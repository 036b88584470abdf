"""Filling one column of a platform's own file: the marks of those who are in it, and every other cell as it was."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from grader.classroom.class_list import ClassRow
from grader.classroom.platforms.marks import FinalMark, decimal, number_in, total_mark
from grader.classroom.platforms.matching import (
    by_reason,
    matched,
    said_of_strangers,
    said_of_unmatched,
    shortened_list,
)
from grader.classroom.platforms.platform import PlatformFile, fault_of
from grader.classroom.platforms.sheet import PlatformSheet, SheetLine
from grader.classroom.roster import Listed
from grader.errors import Problem, SourceLocation, SpecError
from grader.reports.sentences import counted
from grader.verdict import counted_points, points_in_words
from grader.visible import one_line

NO_MARK = "no mark to fill in"


@dataclass(frozen=True)
class Column:
    """A column to fill: its place and title, and the points that it may hold (None: the file does not say).

    `words` are what the platform has for marks that do not count: an empty cell, where nothing is named here. `kept`
    says of a row and its mark why the cell has to stay ("": it need not). `out_of_range` is said of a mark below 0 or
    above the column's points, "" where the platform takes one.
    """

    index: int
    title: str
    points: Fraction | None
    kept: Callable[[SheetLine, FinalMark], str]
    words: Mapping[str, str] = field(default_factory=dict)
    out_of_range: str = ""


@dataclass
class ColumnFilling:
    """Fills a column of a sheet, student by student."""

    sheet: PlatformSheet
    column: Column
    scale: bool
    decimal_comma: bool
    _reasons: list[tuple[str, str]] = field(default_factory=list)
    _replaced: list[str] = field(default_factory=list)
    _faults: list[str] = field(default_factory=list)
    _points: Fraction | None = None
    _filled: int = 0

    def fill(self, rows: Sequence[ClassRow], students: Mapping[int, Listed]) -> PlatformFile:
        """The file with the marks of `rows` in the cells of their students, who are given by line.

        Raises:
            SpecError: if nobody of the results is in the file, or the column is worth other points than the assignment,
            and marks are not to be converted, or cannot be, as it is worth none.
        """
        matching = matched(rows, list(students.values()), self.sheet.name)
        if matching.is_of_strangers:
            raise SpecError(Problem(said_of_strangers(matching), self.sheet.place))
        self._refuse_other_maximum(list(matching.by_line.values()))
        self._points = self.column.points if self.column.points is not None else _usual_maximum(rows)
        for line in self.sheet.rows:
            row = matching.by_line.get(line.number)
            if row is not None:
                self._fill_fenced(line, row)
        said = [f"{counted(self._filled, 'mark')} in {one_line(self.column.title)!r}"]
        said += by_reason(self._reasons)
        if self._replaced:
            said.append(f"cells that held something else: {shortened_list(self._replaced)}")
        return PlatformFile(
            self.sheet.data(), (*said, *said_of_unmatched(matching, self.sheet.name)), tuple(self._faults)
        )

    def _refuse_other_maximum(self, rows: Sequence[ClassRow]) -> None:
        points, maxima = self.column.points, {row.graded.max_points for row in rows if row.graded.max_points}
        has_marks = any(total_mark(row).points is not None for row in rows)
        if points is None or (self.scale and points) or not has_marks or points in maxima:
            return
        worth = points_in_words(max(maxima))
        message = f"{one_line(self.column.title)!r} is worth {counted_points(points)}, the assignment {worth}"
        advice = "change it on the platform and export again"
        if points:
            advice += ", or let --scale convert the marks"
        place = SourceLocation(self.sheet.name, self.sheet.header.number, 1)
        raise SpecError(Problem(f"{message}: {advice}", place))

    def _fill_fenced(self, line: SheetLine, row: ClassRow) -> None:
        """One cell; whatever fails for it is a fault of this student's row alone, and an older mark goes."""
        try:
            self._fill(line, row)
        except Exception as error:
            if number_in(line.value(self.column.index)) is not None:
                self.sheet.put(line, self.column.index, "")
            self._faults.append(fault_of(row, error))

    def _fill(self, line: SheetLine, row: ClassRow) -> None:
        name, mark, index = row.graded.name, total_mark(row), self.column.index
        if index >= len(line.cells):
            self._reasons.append((name, "whose row in the file ends before the column"))
            return
        if why := self.column.kept(line, mark):
            self._reasons.append((name, why))
            return
        points = self._in_column(row, mark)
        old = line.value(index)
        if points is None:
            new = self.column.words.get(mark.word, "")
        else:
            new = decimal(points, comma=self.decimal_comma)
            self._filled += 1
        if points is not None and number_in(old) == number_in(new):
            return
        if old.strip() and old.strip() != new:
            self._replaced.append(f"{name} ({one_line(old.strip())}, now {new or 'empty'})")
        self.sheet.put(line, index, new)

    def _in_column(self, row: ClassRow, mark: FinalMark) -> Fraction | None:
        """The points as the column counts them; None, with a word, where the cell gets none."""
        name, most, worth = row.graded.name, self._points, row.graded.max_points
        points = mark.points
        if points is None:
            self._reasons.append((name, f"{NO_MARK} ({mark.word})"))
            return None
        if most is not None and worth != most:
            if not self.scale or worth == 0:
                other = f"worth {points_in_words(worth)} points in all, not {points_in_words(most)}"
                self._reasons.append((name, f"{NO_MARK} ({other}: --scale converts it)"))
                return None
            points = points * most / worth
        if self.column.out_of_range and (points < 0 or (most is not None and points > most)):
            self._reasons.append((name, self.column.out_of_range))
            return None
        return points


def _usual_maximum(rows: Sequence[ClassRow]) -> Fraction | None:
    """What most rows can earn, by which marks count in a column that does not say its points; None of no rows."""
    maxima = Counter(row.graded.max_points for row in rows if row.graded.max_points)
    return max(maxima, key=lambda points: (maxima[points], points), default=None)
