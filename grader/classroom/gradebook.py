"""Who gets the marks of which submission: a row a submission, one for each other member of its group, and the missing.

A student's own submission counts for that student, whoever names them elsewhere. Whoever is only named (by the platform
for a group, by the course's file of groups, else by `students:` in someone's answers) gets the marks of the submission
that names them; where two do, neither counts until the course decides, and it is said who named whom.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from grader.classroom.entries import Entries, Entry
from grader.classroom.groups import Group, read_groups
from grader.classroom.people import Person, as_written, id_key, name_keys, named_by_folder
from grader.classroom.roster import Listed, Roster, read_roster
from grader.classroom.work import Graded
from grader.documents import shortened
from grader.errors import listed
from grader.reports.visible import shown_name
from grader.verdict import points_in_words

NOBODY = Person()

NAMED_TWICE = "no marks until the course decides: name the one that counts in a file of groups (--groups FILE)"

MAX_LISTED_STUDENTS = 1_000
"""Students of a roster who handed in nothing and are named one by one."""


@dataclass(frozen=True)
class GradebookRow:
    """A line of `grades.csv`; `submission` is the one whose report it rests on ("": there is none)."""

    graded: Graded
    submission: str = ""
    person: Person = NOBODY
    section: str = ""


@dataclass(frozen=True)
class Gradebook:
    """The rows of a class in order, and what is to be said of them; `has_people`: rows say who they are about."""

    rows: tuple[GradebookRow, ...]
    said: tuple[str, ...] = ()
    has_people: bool = False


@dataclass(eq=False)
class _Student:
    """Someone of the class: the submissions of their own, and those that name them, by row."""

    person: Person
    label: str
    listed: Listed | None = None
    own: list[int] = field(default_factory=list)
    groups: dict[int, str] = field(default_factory=dict)
    """By row, which group of the course's file it is."""
    platform: dict[int, str] = field(default_factory=dict)
    """By row, of groups that the platform knows."""
    named: dict[int, str] = field(default_factory=dict)
    """By row, who says so: a submission."""
    doubts: list[str] = field(default_factory=list)
    """Submissions that may be theirs, where several students have one name."""

    @property
    def claims(self) -> dict[int, str]:
        """The submissions whose marks they get without one of their own; what the course says counts first."""
        return self.groups or self.platform or self.named


class ClassList:
    """What is known of a class before it is graded: its submissions, the course's roster and groups.

    `said`: which files beside the submissions were taken for the course's.
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        roster: Roster | None = None,
        groups: Sequence[Group] = (),
        said: tuple[str, ...] = (),
    ) -> None:
        self._entries = entries
        self._roster = roster
        self._groups = groups
        self.said = said

    def gradebook(self, graded: Sequence[Graded]) -> Gradebook:
        """The rows of a class, in the order of the submissions, then those who handed in nothing."""
        return _Crediting(self._entries, self._roster, self._groups, graded).gradebook()


def class_list(entries: Entries, roster: Path | None, groups: Path | None) -> ClassList:
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
    return ClassList(
        entries.submissions,
        read_roster(roster) if roster is not None else None,
        read_groups(groups) if groups is not None else (),
        tuple(said),
    )


class _Crediting:
    """Works out one gradebook."""

    def __init__(
        self, entries: Sequence[Entry], roster: Roster | None, groups: Sequence[Group], graded: Sequence[Graded]
    ) -> None:
        by_name = {entry.name: entry for entry in entries}
        self.graded = graded
        self.entries = [by_name[row.name] for row in graded]
        self.roster = roster
        self.groups = groups
        self.said: list[str] = []
        self.by_line: dict[int, _Student] = {}
        self.students: list[_Student] = []
        self.known: dict[str, list[_Student]] = {}
        for student in roster.students if roster else ():
            self.by_line[student.line] = self._add(student.person, student)

    # ------------------------------------------------------------- people
    def _add(self, person: Person, student: Listed | None = None, label: str = "") -> _Student:
        added = _Student(person, label or person.name or str(person), student)
        self.students.append(added)
        if student is None:
            keys = {id_key(value) for _, value in person.ids} | name_keys(person.name)
            for key in keys:
                self.known.setdefault(key, []).append(added)
        return added

    def _meant(self, person: Person) -> list[_Student]:
        """The students who may be meant: those of the roster, else those who handed in or were named before."""
        if self.roster is not None and (found := self.roster.meant(person)):
            return [self.by_line[student.line] for student in found]
        ids = [student for _, value in person.ids for student in self.known.get(id_key(value), [])]
        names = [student for key in name_keys(person.name) for student in self.known.get(key, [])]
        both = [student for student in ids if student in names] if person.name and names else ids
        return list(dict.fromkeys(both or ids or names))

    def _join_submitters(self) -> None:
        """Who handed in which submission, as the platform or the name of the folder says."""
        for i, entry in enumerate(self.entries):
            for person in entry.students or (named_by_folder(entry.name),):
                found = self.roster.meant(person) if self.roster is not None else ()
                if len(found) == 1:
                    student = self.by_line[found[0].line]
                elif found:
                    self._ambiguous(entry.name, str(person), [self.by_line[other.line] for other in found])
                    student = self._add(person, label=entry.name)
                else:
                    before = self._same_person(person) if len(entry.students) > 1 else None
                    student = before or self._add(person, label="" if len(entry.students) > 1 else entry.name)
                if len(entry.students) > 1:
                    student.platform[i] = "the platform"
                else:
                    student.own.append(i)

    def _same_person(self, person: Person) -> _Student | None:
        """Someone whom the platform names in another submission, too: with the same name and ids."""
        return next((student for student in self.students if student.person == person and not student.listed), None)

    def _ambiguous(self, submission: str, name: str, students: Sequence[_Student]) -> None:
        who = listed((str(student.listed or student.label) for student in students), "or")
        self.said.append(f"{submission}: {shortened(name)} may be {who}: it is given to none of them")
        for student in students:
            student.doubts.append(submission)

    # ------------------------------------------------------------- groups
    def _join_groups(self) -> None:
        """The groups of the course's file: their submission is one of that name, or that of a member."""
        for group in self.groups:
            members = [student for person in group.members if (student := self._one(person, f"group {group.name}"))]
            key = name_keys(group.name)
            rows = {i for i, entry in enumerate(self.entries) if key and key == name_keys(entry.name)}
            rows |= {i for student in members for i in student.own}
            for student in members:
                student.groups.update(dict.fromkeys(sorted(rows - set(student.own)), f"group {group.name}"))

    def _join_named(self) -> None:
        """Whom `students:` of a submission names."""
        for i, row in enumerate(self.graded):
            if row.students_fault:
                self.said.append(f"{row.name}: {row.students_fault}")
            members = [student for text in row.students if (student := self._one(as_written(text), row.name))]
            others = [student for student in dict.fromkeys(members) if i not in student.own]
            for student in others:
                student.named[i] = row.name
            if others:
                names = listed(shown_name(student.label) for student in others)
                self.said.append(f"{row.name}: its answers name {names} as handing in together")

    def _one(self, person: Person, where: str) -> _Student | None:
        """The student who is meant; None, with a word, where nobody of the roster is, or several may be."""
        found = self._meant(person)
        if len(found) > 1:
            self._ambiguous(where, person.name, found)
            return None
        if found:
            return found[0]
        if self.roster is not None:
            self.said.append(
                f"{where}: {shown_name(shortened(person.name))!r} is nobody in {self.roster.file}: write the id"
            )
            return None
        return self._add(person, label=person.name or str(person))

    # ------------------------------------------------------------- rows
    def gradebook(self) -> Gradebook:
        """All rows, each name once."""
        self._join_submitters()
        self._join_groups()
        self._join_named()
        self._say_unknown()
        rows = [*self._rows()]
        whole = self.roster is not None or any(entry.students for entry in self.entries)
        return Gradebook(_told_apart(rows), tuple(self.said), whole or len(rows) > len(self.graded))

    def _rows(self) -> Iterator[GradebookRow]:
        of_row: dict[int, list[_Student]] = {}
        for student in self.students:
            for i in student.own or student.claims:
                of_row.setdefault(i, []).append(student)
        done: set[_Student] = set()
        for i, (entry, row) in enumerate(zip(self.entries, self.graded, strict=True)):
            here = of_row.get(i, [])
            own = next((student for student in here if i in student.own), None)
            if own is not None:
                yield self._row(own, row, row.name)
                self._say_own(own)
            elif len(entry.students) < 2:
                yield GradebookRow(row, row.name)
            for student in here:
                if student is not own and student not in done and not student.own:
                    done.add(student)
                    yield self._member_row(student)
        yield from self._rows_of_roster()

    def _row(self, student: _Student, row: Graded, submission: str) -> GradebookRow:
        known = student.listed
        return GradebookRow(row, submission, known.person if known else student.person, known.section if known else "")

    def _member_row(self, student: _Student) -> GradebookRow:
        """The row of someone who has no submission of their own, but is in a group that has."""
        rows = list(student.claims)
        label = shown_name(student.label)
        if len(rows) == 1:
            row = self.graded[rows[0]]
            return self._row(student, replace(row, name=label), row.name)
        names = listed(self.graded[i].name for i in rows)
        return self._held(student, f"is in the groups of {names}: {NAMED_TWICE}", rows)

    def _held(self, student: _Student, reason: str, rows: Sequence[int] = ()) -> GradebookRow:
        """A row without marks, for the course to decide."""
        like = self.graded[rows[0]] if rows else next(iter(self.graded), None)
        marks = dict.fromkeys(like.marks) if like else {}
        most = like.max_points if like else Fraction(0)
        name = shown_name(student.label)
        held = Graded(name, like.assignment if like else "", marks, None, most, "held", (reason,), "")
        return self._row(student, held, "")

    def _rows_of_roster(self) -> Iterator[GradebookRow]:
        """Those of the roster who have no row yet: nothing handed in, or it cannot be told what."""
        missing = []
        for student in self.by_line.values():
            if student.own or student.claims:
                continue
            if student.doubts:
                which = listed(dict.fromkeys(student.doubts), "or")
                yield self._held(student, f"may be the one meant in {which}, as others may: the course decides")
                continue
            missing.append(str(student.listed))
            yield self._row(student, self._nothing(student), "")
        if missing and self.roster is not None:
            more = len(missing) - MAX_LISTED_STUDENTS
            names = [*missing[:MAX_LISTED_STUDENTS], *([f"{more} more"] if more > 0 else [])]
            of = f"{len(missing)} of {len(self.roster.students)} in {self.roster.file}"
            self.said.append(f"{of} handed in nothing: {listed(names)}")

    def _nothing(self, student: _Student) -> Graded:
        """The row of someone who handed in nothing: no points for any question, where all have the same ones."""
        alike = {(row.assignment, tuple(row.marks), row.max_points) for row in self.graded if row.marks}
        assignment, questions, most = next(iter(alike)) if len(alike) == 1 else ("", (), Fraction(0))
        marks: Mapping[str, Fraction | None] = dict.fromkeys(questions, Fraction(0))
        name = shown_name(student.label)
        return Graded(name, assignment, marks, Fraction(0), most, "missing", ("nothing was handed in",), "")

    # ------------------------------------------------------------- words
    def _say_own(self, student: _Student) -> None:
        """That a submission of one's own counts, although another one names its author; once."""
        if student.own[1:]:
            names = listed(self.graded[i].name for i in student.own)
            self._once(f"{student.label}: handed in more than once, as {names}: each has its row, the course decides")
        for i, who in (student.named | student.platform | student.groups).items():
            mine, other = self.graded[student.own[0]], self.graded[i]
            by = f"by {who}" if who != other.name else "in its answers"
            self._once(
                f"{mine.name}: the own submission counts ({_marks(mine)}), not that of {other.name} ({_marks(other)}),"
                f" where {student.label} is named, too, {by}"
            )

    def _once(self, message: str) -> None:
        message = shown_name(message) if not message.isprintable() else message
        if message not in self.said:
            self.said.append(message)

    def _say_unknown(self) -> None:
        """Submissions whose author the roster does not know."""
        if self.roster is None:
            return
        for student in self.students:
            for i in student.own if student.listed is None else ():
                in_group = any(i in other.claims for other in self.students)
                ambiguous = any(self.graded[i].name in other.doubts for other in self.students)
                if not in_group and not ambiguous:
                    self.said.append(f"{self.graded[i].name}: is nobody in {self.roster.file}")


def _marks(row: Graded) -> str:
    return "held" if row.total is None else f"{points_in_words(row.total)} of {points_in_words(row.max_points)}"


def _told_apart(rows: Sequence[GradebookRow]) -> tuple[GradebookRow, ...]:
    """The rows, each name once: of those who have no submission of that name, with an id or a number behind it."""
    taken = {row.graded.name for row in rows if row.graded.name == row.submission}
    apart = []
    for row in rows:
        name = row.graded.name
        if name != row.submission:
            tries = [name, *(f"{name} ({shown_name(value)})" for _, value in row.person.ids)]
            name = next((text for text in tries if text not in taken), "") or _numbered(name, taken)
            taken.add(name)
        apart.append(row if name == row.graded.name else replace(row, graded=replace(row.graded, name=name)))
    return tuple(apart)


def _numbered(name: str, taken: set[str]) -> str:
    number = 2
    while f"{name} ({number})" in taken:
        number += 1
    return f"{name} ({number})"
