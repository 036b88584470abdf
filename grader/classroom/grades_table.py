"""The cells of `grades.csv`, and of the table on a terminal: a header, and a row for each submission."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from grader.classroom.cells import cell_of_grades, titles_of
from grader.classroom.class_row import ClassRow, ClassRows
from grader.classroom.graded import Graded
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


def questions_of(graded: Iterable[Graded]) -> list[str]:
    """The questions of all rows, each once, in the order they are met."""
    return list(dict.fromkeys(question for row in graded for question in row.marks))


def table(graded: Sequence[Graded]) -> list[list[str]]:
    """The header and the rows of `grades.csv`."""
    questions = questions_of(graded)
    return [_header(questions), *(row_cells(row, questions) for row in graded)]


def row_cells(row: Graded, questions: Iterable[str]) -> list[str]:
    """The cells of one row, with the points of these questions."""
    return _cells(row, _points_cells(row, questions))


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


def rows_of_grades(book: ClassRows) -> Iterator[list[str]]:
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


def _decisions(row: ClassRow) -> list[str]:
    late = row.lateness
    cells = [points_in_words(row.late_points), str(late.late_days)] if late else ["", ""]
    return [*cells, one_line("; ".join(row.decided))]
