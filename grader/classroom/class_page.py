"""The page of a class, for its staff: points, rubric lines, mistakes, evidence, attempts, and who waits.

Names are hidden unless they are asked for. The rule: a page that hides them says nothing that rests on who is who. Rows
are in the order of their marks, examples are chosen by their own text, of which none mentions anybody, and there are
neither lists of students nor links to their pages, whose addresses are names.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from urllib.parse import quote

from grader.classroom.alike import unusual_answers
from grader.classroom.cells import titles_of
from grader.classroom.class_details import AssignmentDetails, ClassDetails, ExampleKey, MistakeExample, by_points
from grader.classroom.class_row import ClassRow
from grader.classroom.hidden_names import KnownNames
from grader.classroom.statistics import (
    AssignmentStatistics,
    ClassStatistics,
    CountedNames,
    losing_lines,
    named_mistakes,
)
from grader.classroom.statistics_text import (
    ALIKE_TITLE,
    HANDED_IN_NOTHING,
    TOTAL,
    UNUSUAL_TITLE,
    VARIANTS_TITLE,
    behaviour_rows,
    losses_in_words,
    mistake_in_words,
    points_notes,
    points_rows,
    question_title,
    unusual_rows,
    variant_rows,
    waiting_rows,
)
from grader.deferred import dataclass
from grader.pages.class_views import AssignmentView, ClassView, MistakeView, StudentLine, StudentList
from grader.pages.environment import rendered
from grader.pages.views import DataRow, DataTable
from grader.reports.lines import clipped
from grader.reports.sentences import counted
from grader.verdict import points_in_words

STUDENTS_A_PAGE = 200
"""Students who are named on one page; a larger class has more pages."""

MAX_SHOWN_MISTAKES = 15
"""Mistakes, lines and groups of answers that the page of a class shows of each."""

MAX_NAMES_LISTED_ON_PAGE = 50

MAX_EXAMPLE_CHARACTERS = 400

NAMES_ARE_HIDDEN = "Names are hidden; `grader class RESULTS --format html --names -o FILE` shows them."

AttemptPoints = Mapping[str, Sequence[Sequence[Fraction]]]
"""By assignment: the points of all first attempts, of all second ones, and so on."""


@dataclass(frozen=True)
class ClassPageRequest:
    """What the page of a class is made of. `link` gives the address of a student's page, "" where there is none.

    `file` is the name of the page, after which those of further pages are called. `made_from` stands in their heads.
    """

    statistics: ClassStatistics
    details: ClassDetails
    attempts: AttemptPoints
    rows: Sequence[ClassRow]
    link: Callable[[ClassRow], str] | None = None
    names: bool = False
    file: str = "class.html"
    made_from: str = ""


def page_files(request_file: str, pages: int) -> list[str]:
    """`class.html`, `class-2.html`, ..."""
    stem, dot, ending = request_file.rpartition(".")
    if not stem:
        stem, dot, ending = request_file, "", ""
    return [request_file, *(f"{stem}-{number}{dot}{ending}" for number in range(2, pages + 1))]


def class_pages(request: ClassPageRequest) -> dict[str, str]:
    """The pages of a class by the names of their files; the first one is about the whole class."""
    maker = _ClassPages(request)
    views = maker.views()
    files = page_files(request.file, len(views))
    titles = ["The whole class", *(_range(view) for view in views[1:])]
    addresses = (quote(os.fsencode(file)) for file in files)
    links = tuple(zip(titles, addresses, strict=True)) if len(views) > 1 else ()
    found = {}
    for number, (file, assignments) in enumerate(zip(files, views, strict=True)):
        said = tuple(maker.said()) if number == 0 else ()
        shown = ClassView(maker.title, said, tuple(assignments), links, number)
        found[file] = rendered("class.html", shown=shown, made_from=request.made_from)
    return found


def _range(assignments: Sequence[AssignmentView]) -> str:
    lists = [of.students.lines for of in assignments if of.students and of.students.lines]
    return f"{lists[0][0].name} to {lists[-1][-1].name}" if lists else ""


class _ClassPages:
    """Makes the views of one class."""

    def __init__(self, request: ClassPageRequest) -> None:
        self._request = request
        self._unusual = list(unusual_answers(request.statistics))
        self._known = None if request.names else KnownNames(request.rows)
        self._names = sorted(request.statistics.assignments)
        self.title = ", ".join(name for name in self._names if name) or "Class"

    def said(self) -> Iterator[str]:
        """What is said of the class as a whole."""
        statistics = self._request.statistics
        if not statistics.assignments:
            yield "Nothing was handed in."
        for names, what in ((statistics.missing, HANDED_IN_NOTHING), (statistics.excused, "are excused from all")):
            if names.count:
                yield f"{counted(names.count, 'student')} {what}{self._listed(names)}."
        if not self._request.names:
            yield NAMES_ARE_HIDDEN

    def views(self) -> list[list[AssignmentView]]:
        """The assignments of the first page, then those of further ones with their students."""
        pages: list[list[AssignmentView]] = [[]]
        for number, name in enumerate(self._names, 1):
            details = self._request.details.assignments.get(name, AssignmentDetails())
            anchor = f"assignment-{number}"
            students = [self._students(name, details, part) for part in self._parts(details)]
            is_short = len(students) == 1
            pages[0].append(self._assignment(name, anchor, details, students[0] if is_short else None))
            if not is_short:
                lists = zip(students, self._parts(details), strict=True)
                pages += [[self._list(name, anchor, details, part, found)] for found, part in lists]
        return pages

    def _parts(self, details: AssignmentDetails) -> list[range]:
        """The numbers of the rows that stand on one page together; none where names are hidden."""
        if not self._request.names:
            return []
        count = len(details.rows)
        return [range(at, min(at + STUDENTS_A_PAGE, count)) for at in range(0, count, STUDENTS_A_PAGE)]

    def _assignment(
        self, name: str, anchor: str, details: AssignmentDetails, students: StudentList | None
    ) -> AssignmentView:
        from grader.pages.pictures import attempts_plot, evidence_bars, points_histogram, rubric_heat_map

        of = self._request.statistics.assignments[name]
        if students is not None:
            rows, names = [details.shares(shares) for _, shares in details.rows], [one.name for one in students.lines]
        else:
            rows, names = by_points(details), []
        spread = (
            points_histogram(list(question.marks.counts.elements()), question.max_points or Fraction(0), title)
            for title, question in ((question_title(id, found), found) for id, found in of.questions.items())
            if question.marks.counts
        )
        return AssignmentView(
            _title(name),
            anchor,
            (f"{counted(of.submissions, 'submission')} of {counted(of.students, 'student')}.",),
            points_histogram(list(of.totals.counts.elements()), of.max_points, "Points of the class"),
            self._points(of),
            tuple(spread) if len(of.questions) > 1 else (),
            rubric_heat_map([f"{question}: {line}" for question, line in details.lines], rows, names),
            tuple(self._mistakes(of, details))[:MAX_SHOWN_MISTAKES],
            tuple(self._lines(of, details))[:MAX_SHOWN_MISTAKES],
            tuple(self._more(name, of)),
            evidence_bars(details.evidence),
            attempts_plot(self._request.attempts.get(name, ()), of.max_points),
            students,
        )

    def _list(
        self, name: str, anchor: str, details: AssignmentDetails, part: range, students: StudentList
    ) -> AssignmentView:
        """Some of the students of a large class."""
        from grader.pages.pictures import rubric_heat_map

        rows = [details.shares(details.rows[i][1]) for i in part]
        lines = [f"{question}: {line}" for question, line in details.lines]
        heat_map = rubric_heat_map(lines, rows, [line.name for line in students.lines])
        return AssignmentView(_title(name), anchor, heat_map=heat_map, students=students)

    def _points(self, of: AssignmentStatistics) -> DataTable:
        missing = self._request.statistics.missing.count
        header, *rows = points_rows(of, missing)
        notes = ". ".join(note[0].upper() + note[1:] for note in points_notes(of, missing))
        return DataTable("Of students", tuple(header), tuple(DataRow(tuple(row)) for row in rows), note=notes)

    # ------------------------------------------------------------- mistakes
    def _mistakes(self, of: AssignmentStatistics, details: AssignmentDetails) -> Iterator[MistakeView]:
        for question, mistake, number in named_mistakes(of):
            how_many = f"{number} of {counted(of.questions[question].answers, 'answer')}"
            yield self._mistake((question, mistake), mistake_in_words(mistake), how_many, details)

    def _lines(self, of: AssignmentStatistics, details: AssignmentDetails) -> Iterator[MistakeView]:
        for question, line, losses in losing_lines(of):
            said = losses_in_words(losses, of.questions[question].answers)
            yield self._mistake((question, line), line, said, details)

    def _mistake(self, key: ExampleKey, name: str, said: str, details: AssignmentDetails) -> MistakeView:
        example = self._example(details.examples.get(key, ()))
        if example is None:
            return MistakeView(key[0], name, said)
        text = clipped(example.text, MAX_EXAMPLE_CHARACTERS)
        if not self._request.names:
            return MistakeView(key[0], name, said, f"For example: {text}")
        student, link = self._student_of(example.submission)
        return MistakeView(key[0], name, said, f"For example: {text}", student, link)

    def _example(self, examples: Sequence[MistakeExample]) -> MistakeExample | None:
        """The first example; where names are hidden, the first that mentions nobody."""
        return next((one for one in examples if self._known is None or not self._known.are_in(one.text)), None)

    def _student_of(self, submission: str) -> tuple[str, str]:
        row = next((row for row in self._request.rows if row.submission == submission), None)
        return (row.graded.name, self._link(row)) if row is not None else (submission, "")

    def _more(self, name: str, of: AssignmentStatistics) -> Iterator[tuple[str, tuple[str, ...]]]:
        if alike := tuple(behaviour_rows(of)):
            yield ALIKE_TITLE[0].upper() + ALIKE_TITLE[1:], alike[:MAX_SHOWN_MISTAKES]
        most_names = MAX_NAMES_LISTED_ON_PAGE if self._request.names else 0
        unusual = [one for one in self._unusual if one.assignment == name]
        if shared := tuple(unusual_rows(unusual, most_names, several=False)):
            yield UNUSUAL_TITLE[0].upper() + UNUSUAL_TITLE[1:], shared[:MAX_SHOWN_MISTAKES]
        if copied := tuple(variant_rows(of, most_names)):
            yield VARIANTS_TITLE[0].upper() + VARIANTS_TITLE[1:], copied[:MAX_SHOWN_MISTAKES]
        if waiting := tuple(waiting_rows(of, most_names)):
            yield "Who has no marks yet", waiting

    # ------------------------------------------------------------- students
    def _students(self, name: str, details: AssignmentDetails, part: range) -> StudentList:
        questions = list(self._request.statistics.assignments[name].questions)
        rows = [details.rows[i][0] for i in part]
        others = (TOTAL, "of", "status")
        titles = ("student", *titles_of(questions, ("student", *others)), *others)
        return StudentList("Points by question", titles, tuple(self._student(row, questions) for row in rows))

    def _student(self, row: ClassRow, questions: Sequence[str]) -> StudentLine:
        graded = row.graded
        marks = [graded.marks.get(question) for question in questions]
        cells = ["" if mark is None else points_in_words(mark) for mark in (*marks, graded.total, graded.max_points)]
        return StudentLine(graded.name, self._link(row), tuple(cells), graded.status)

    def _link(self, row: ClassRow) -> str:
        return self._request.link(row) if self._request.link is not None else ""

    def _listed(self, names: CountedNames) -> str:
        if not self._request.names:
            return ""
        first = names.first[:MAX_NAMES_LISTED_ON_PAGE]
        more = names.count - len(first)
        return f": {', '.join([*first, *([f'{more} more'] if more else [])])}"


def _title(name: str) -> str:
    return name or "No assignment"
