"""Who gets the marks of which submission: a row a submission, one for each other member of its group, and the missing.

A student's own submission counts for that student, whoever names them elsewhere, if it earns anything. Whoever has
none and is named (by the course's file of groups, by the platform, else by `students:` in someone's answers) gets the
marks of the submission that names them; where two do, neither counts until the course decides, and it is said who named
whom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

from grader.classroom.class_row import ClassRow, ClassRows
from grader.classroom.course_decisions import NO_DECISIONS, CourseDecisions, refuse_unknown
from grader.classroom.decisions import NO_FACTS, CourseRules, assignment_meant, decided, not_applied
from grader.classroom.entries import Entries, Entry
from grader.classroom.graded import Graded
from grader.classroom.groups import StudentGroup, read_groups
from grader.classroom.membership import Membership
from grader.classroom.reported_row import held_row
from grader.classroom.roster import Roster, read_roster
from grader.classroom.rows_of_members import RowsOfMembers
from grader.classroom.variant_students import roster_ids, variant_students
from grader.deferred import replace
from grader.errors import reason_of
from grader.spec.student_ids import id_key
from grader.verdict import points_in_words

WITHOUT_PEOPLE = "who gets the marks of which submission is not known, so each has its own row: the grader failed"


class ClassList:
    """What is known of a class before it is graded: its submissions, the course's roster and groups.

    `said`: which files beside the submissions were taken for the course's.
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        roster: Roster | None = None,
        groups: Sequence[StudentGroup] = (),
        said: tuple[str, ...] = (),
        course: CourseDecisions = NO_DECISIONS,
    ) -> None:
        self._entries = entries
        self._roster = roster
        self._groups = groups
        self._course = course
        self.said = said

    @property
    def names(self) -> list[str]:
        """The names of the submissions, in the order of their rows."""
        return [entry.name for entry in self._entries]

    def submissions(self) -> tuple[Entry, ...]:
        """The submissions, with whose variants of questions they meet."""
        students = variant_students(self._entries, self._roster, self._groups)
        named = zip(self._entries, students, strict=True)
        return tuple(entry if name == entry.name else replace(entry, student=name) for entry, name in named)

    def with_others(self, others: Sequence[Entry]) -> ClassList:
        """The class with submissions that lie in other folders: in the order of one folder that holds them all."""
        if not others:
            return self
        entries = sorted((*self._entries, *others), key=lambda entry: entry.file_name)
        return ClassList(entries, self._roster, self._groups, self.said, self._course)

    def refuse_unknown(self) -> None:
        """Raises `SpecError` if something was decided of nobody in the class, or of two who may be meant."""
        refuse_unknown(self._entries, self._roster, self._groups, self._course)

    def rows(self, graded: Sequence[Graded], stem_of: Callable[[str], str] = lambda _: "") -> ClassRows:
        """The rows of a class, in the order of the submissions, then those who handed in nothing.

        `stem_of` says what the report of a submission is called, as `ClassRow.report_stem`.
        """
        course = self._course
        try:
            rows = RowsOfMembers(self._membership(graded), graded, stem_of).rows()
            rows = replace(rows, said=(*rows.said, *self._guessed_variants(graded)))
        except Exception as error:  # who is who is one thing, what was graded another: that is kept all the same
            fault = f"{WITHOUT_PEOPLE}: {reason_of(error)}"
            hold = course.decisions or course.rules.policies  # marks without what is decided of them would be wrong
            kept = ((held_row(row, fault) if hold else row, row.name) for row in graded)
            return ClassRows(tuple(ClassRow(*row, report_stem=stem_of(row[1])) for row in kept), faults=(fault,))
        return _with_decisions(rows, course.rules)

    def _membership(self, graded: Sequence[Graded]) -> Membership:
        by_name, course = {entry.name: entry for entry in self._entries}, self._course
        entries = [by_name[row.name] for row in graded]
        zones = {name: policy.zone for name, policy in course.rules.policies.items()}
        return Membership(entries, self._roster, self._groups, graded, course.decisions, course.times, zones)

    def _guessed_variants(self, graded: Sequence[Graded]) -> Iterator[str]:
        """Of each submission that met variants of a name which the roster does not have: nobody was given those."""
        with_variants = {row.name for row in graded if row.has_variants}
        if self._roster is None or not with_variants:
            return
        known = roster_ids(self._roster)
        for entry in self.submissions():
            student = entry.student or entry.name
            if entry.name in with_variants and id_key(student) not in known:
                yield (
                    f"{entry.name}: met the variants of {student}, by which {self._roster.file} knows nobody:"
                    " right answers to others may have earned nothing: say who hands in there (--groups FILE)"
                )


def class_list(
    entries: Entries, roster: Path | None, groups: Path | None, course: CourseDecisions = NO_DECISIONS
) -> ClassList:
    """The class of these submissions; the files that are named, else those beside the submissions.

    Raises:
        SpecError: if one of the files cannot be used.
    """
    said = []
    if roster is None and (roster := entries.roster) is not None:
        said.append(
            f"the students are those of {roster.name} beside the submissions (--roster FILE names another file)"
        )
    if groups is None and (groups := entries.groups) is not None:
        said.append(f"the groups are those of {groups.name} beside the submissions (--groups FILE names another file)")
    students = read_roster(roster) if roster is not None else None
    teams = read_groups(groups) if groups is not None else ()
    return ClassList(entries.submissions, students, teams, tuple(said), course)


def _with_decisions(rows: ClassRows, rules: CourseRules) -> ClassRows:
    """The rows after what people decided, with what was taken for lateness."""
    after, unknown = list[ClassRow](), 0
    said = [*rows.said, *not_applied((assignment_meant(row.graded, row.facts, rules), row.facts) for row in rows.rows)]
    for before in rows.rows:
        if before.facts is NO_FACTS and before.graded.assignment not in rules.policies:  # as it is with most of a class
            after.append(before)
            continue
        row, found = before, decided(before.graded, before.facts, rules)
        late = found.report.lateness if found.report else None
        points = found.report.late_points if found.report else Fraction(0)
        if found.report is not None or found.graded is not row.graded:
            row = replace(row, graded=found.graded, decided=found.decided, lateness=late, late_points=points)
        after.append(row)
        said += [f"{row.graded.name}: {problem}" for problem in found.unused]
        unknown += late is not None and not late.handed_in
    if any(row.decided for row in after):
        said.append(f"decided by people, or late: {_how_many(after)} (the column `decisions` of grades.csv says what)")
    if unknown:
        of = f"{unknown} of {len(after)} rows"
        said.append(f"no platform says when {of} were handed in, and no points are taken (--metadata FILE has times)")
    return replace(rows, rows=tuple(after), said=tuple(said))


def _how_many(rows: Sequence[ClassRow]) -> str:
    """`3 of 20 rows, 40 points taken for lateness`."""
    decided_rows = f"{sum(bool(row.decided) for row in rows)} of {len(rows)} rows"
    taken = sum((row.late_points for row in rows), Fraction(0))
    return f"{decided_rows}, {points_in_words(taken)} points taken for lateness" if taken else decided_rows
