"""Who gets the marks of which submission: a row a submission, one for each other member of its group, and the missing.

A student's own submission counts for that student, whoever names them elsewhere, if it earns anything. Whoever has
none and is named (by the course's file of groups, by the platform, else by `students:` in someone's answers) gets the
marks of the submission that names them; where two do, neither counts until the course decides, and it is said who named
whom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import count
from pathlib import Path

from grader.classroom.class_members import ClassMember
from grader.classroom.course_decisions import NO_DECISIONS, CourseDecisions, refuse_unknown
from grader.classroom.decisions import NO_FACTS, CourseRules, RowFacts, decided, not_applied
from grader.classroom.entries import Entries, Entry
from grader.classroom.graded import Graded
from grader.classroom.groups import StudentGroup, read_groups
from grader.classroom.membership import Membership
from grader.classroom.people import Person
from grader.classroom.result_names import REPORTS
from grader.classroom.roster import Roster, read_roster
from grader.classroom.variant_students import roster_ids, variant_students
from grader.classroom.work import held_row
from grader.deferred import dataclass, replace
from grader.errors import listed, listed_first, reason_of
from grader.spec.student_ids import id_key
from grader.verdict import Lateness, points_in_words
from grader.visible import shown_name

NOBODY = Person()

NAMED_TWICE = "no marks until the course decides which one counts (--groups FILE, or `group` in overrides.yaml)"

WITHOUT_PEOPLE = "who gets the marks of which submission is not known, so each has its own row: the grader failed"

MAX_LISTED_STUDENTS = 1_000
"""Students of a roster who handed in nothing and are named one by one."""


@dataclass(frozen=True, slots=True)  # a class has many
class ClassRow:
    """A line of `grades.csv`; `submission` is the one whose report it rests on ("": there is none).

    `facts` are what is known beside the marks, and `decided` says what people decided of it; `lateness` is None where
    its assignment has no deadline, and `late_points` are what was taken for that. `report_stem` is what the file of the
    report is called without its ending ("": there is none, or it is not written yet).
    """

    graded: Graded
    submission: str = ""
    person: Person = NOBODY
    section: str = ""
    facts: RowFacts = NO_FACTS
    decided: tuple[str, ...] = ()
    lateness: Lateness | None = None
    late_points: Fraction = Fraction(0)
    report_stem: str = ""

    @property
    def report_file(self) -> str:
        """The address of the report in the folder of results, `reports/alice.json`; "" where there is none."""
        return f"{REPORTS}/{self.report_stem}.json" if self.report_stem else ""


@dataclass(frozen=True)
class ClassRows:
    """The rows of a class in order, and what is to be said of them; `has_people`: rows say who they are about.

    `faults`: what the grader failed at, so that the rows are those of submissions alone.
    """

    rows: tuple[ClassRow, ...]
    said: tuple[str, ...] = ()
    has_people: bool = False
    faults: tuple[str, ...] = ()


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
            rows = _RowsOfClass(self._membership(graded), graded, stem_of).rows()
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
        return Membership(entries, self._roster, self._groups, graded, course.decisions, course.times)

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
    said = [*rows.said, *not_applied((row.graded.assignment, row.facts) for row in rows.rows)]
    for before in rows.rows:
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


class _RowsOfClass:
    """Makes the rows of one class."""

    def __init__(self, membership: Membership, graded: Sequence[Graded], stem_of: Callable[[str], str]) -> None:
        self._graded = graded
        self._stem_of = stem_of
        self._membership = membership
        self._roster = membership.roster
        self._members = membership.members
        self._said = membership.said

    def rows(self) -> ClassRows:
        rows = [*self._rows(), *self._rows_of_roster()]
        knows = self._roster is not None or any(entry.students for entry in self._membership.entries)
        return ClassRows(_told_apart(rows), tuple(self._said), knows or len(rows) > len(self._graded))

    def _rows(self) -> Iterator[ClassRow]:
        """Each submission, unless the platform says that several handed it in; behind it those who have no other."""
        owners: list[ClassMember | None] = [None] * len(self._graded)
        others: dict[int, list[ClassMember]] = {}
        for member in self._members:
            for i in member.own:
                owners[i] = member  # what several handed in together is nobody's own
            for i in () if member.own else list(member.claims)[:1]:
                others.setdefault(i, []).append(member)
        for i, row in enumerate(self._graded):
            own = owners[i]
            if own is not None and own.decided:
                yield from self._rows_elsewhere(own, i)
            elif own is not None and own.claims and all(self._graded[k].earned_nothing for k in own.own):
                yield from self._rows_instead(own, i)
            elif own is not None:
                self._say_own(own)
                yield self._row(own, row, i)
            yield from map(self._row_of_claims, others.get(i, ()))

    def _row(self, member: ClassMember, row: Graded, number: int | None = None) -> ClassRow:
        submission = self._graded[number].name if number is not None else ""
        facts, stem = self._facts(member, number), self._stem_of(submission) if submission else ""
        if member.listed is not None:
            return ClassRow(row, submission, member.listed.person, member.listed.section, facts, report_stem=stem)
        told = member.told
        if told is None or any(kind == "any" for kind, _ in told.ids):  # from a folder's name, or as it was written
            told = Person(member.label)
        return ClassRow(row, submission, told, facts=facts, report_stem=stem)

    def _facts(self, member: ClassMember, number: int | None) -> RowFacts:
        """What is known of a member's row that rests on the submission of this number (None: on none)."""
        used_days = member.listed.used_days if member.listed is not None else 0
        if number is None:
            return RowFacts(member.decisions, used_days=used_days)
        decisions = (*member.decisions, *self._membership.of_submissions.get(number, ()))
        handed_in = self._membership.handed_in[number]
        if not decisions and handed_in is None and not used_days:
            return NO_FACTS  # the same one for all of whom nothing is known
        return RowFacts(decisions, handed_in, used_days)

    def _rows_elsewhere(self, member: ClassMember, own: int) -> Iterator[ClassRow]:
        """The row of someone to whom the course gives the marks of another submission, whatever the own one earned."""
        mine, (other,) = self._graded[own], member.decided
        if other != own:
            how = f"{member} is counted to {self._graded[other].name} {member.decided[other]}"
            self._said.append(f"{mine.name}: the own submission does not count ({_marks(mine)}): {how}")
        if own == member.own[0]:
            yield self._row_of_claims(member)

    def _row_of_claims(self, member: ClassMember) -> ClassRow:
        """The row of someone who has no submission of their own that counts, but belongs to one of others.

        Of several of one group those that earned nothing do not count beside others, as one's own does not.
        """
        numbers, hows = list(member.claims), dict.fromkeys(member.claims.values())
        if of_one_group := member.claims is member.groups and len(hows) == 1:
            numbers = [i for i in numbers if not self._graded[i].earned_nothing] or numbers
        first = self._graded[numbers[0]]
        if len(numbers) == 1:
            name = self._graded[member.own[0]].name if member.own else shown_name(member.label)
            return self._row(member, replace(first, name=name), numbers[0])
        names = listed(self._graded[i].name for i in numbers)
        which = f"is counted {listed(hows)} to {names}" if of_one_group else f"is in the groups of {names}"
        return self._held(member, f"{which}: {NAMED_TWICE}", first)

    def _rows_instead(self, member: ClassMember, own: int) -> Iterator[ClassRow]:
        """The row of someone whose own submission earned nothing: it may say no more than that another one counts."""
        mine = self._graded[own]
        others = listed(f"{self._graded[i].name} ({_marks(self._graded[i])})" for i in member.claims)
        how = listed(dict.fromkeys(member.claims.values()))
        self._said.append(f"{mine.name}: the own submission earned nothing; {member} is counted {how} to {others}")
        if own == member.own[0]:
            yield self._row_of_claims(member)

    def _held(self, member: ClassMember, reason: str, like: Graded) -> ClassRow:
        """A row without marks, for the course to decide; its questions are those of a row like it."""
        name = self._graded[member.own[0]].name if member.own else shown_name(member.label)
        marks = dict.fromkeys(like.marks)
        return self._row(member, Graded(name, like.assignment, marks, None, like.max_points, "held", (reason,)))

    def _rows_of_roster(self) -> Iterator[ClassRow]:
        """Those of the roster who have no row yet: nothing handed in, or it cannot be told what."""
        missing = []
        for member in self._members:
            if member.listed is None or member.own or member.claims:
                continue
            if member.doubts:
                which = listed(dict.fromkeys(member.doubts), "or")
                reason = f"may be the one who is meant in {which}, as others may: the course decides"
                yield self._held(member, reason, self._graded[0])
                continue
            missing.append(str(member.listed))
            yield self._row(member, self._nothing(member))
        if missing and self._roster is not None:
            of = f"{len(missing)} of {len(self._roster.students)} in {self._roster.file}"
            self._said.append(f"{of} handed in nothing: {listed_first(missing, MAX_LISTED_STUDENTS)}")

    def _nothing(self, member: ClassMember) -> Graded:
        """The row of someone who handed in nothing: no points for any question, where all have the same ones."""
        alike = {(row.assignment, tuple(row.marks), row.max_points) for row in self._graded if row.marks}
        assignment, questions, most = next(iter(alike)) if len(alike) == 1 else ("", (), Fraction(0))
        name, marks = shown_name(member.label), dict[str, Fraction | None].fromkeys(questions, Fraction(0))
        return Graded(name, assignment, marks, Fraction(0), most, "missing", ("nothing was handed in",))

    def _say_own(self, member: ClassMember) -> None:
        """That a submission of one's own counts, although another one names its author; once."""
        if len(member.own) == 1 and not (member.named or member.platform or member.groups):
            return
        said = []
        if member.own[1:]:
            names = listed(self._graded[i].name for i in member.own)
            said.append(
                f"{member}: handed in more than once, as {names}: each has its row until the course decides"
                " (`group` in overrides.yaml names the one that counts)"
            )
        for i, who in {**member.named, **member.platform, **member.groups}.items():
            mine, other = self._graded[member.own[0]], self._graded[i]
            said.append(
                f"{mine.name}: the own submission counts ({_marks(mine)}), not that of {other.name} ({_marks(other)}),"
                f" to which {member} is counted {who}"
            )
        self._said += [message for message in said if message not in self._said]


def _how_many(rows: Sequence[ClassRow]) -> str:
    """`3 of 20 rows, 40 points taken for lateness`."""
    decided_rows = f"{sum(bool(row.decided) for row in rows)} of {len(rows)} rows"
    taken = sum((row.late_points for row in rows), Fraction(0))
    return f"{decided_rows}, {points_in_words(taken)} points taken for lateness" if taken else decided_rows


def _marks(row: Graded) -> str:
    return "held" if row.total is None else f"{points_in_words(row.total)} of {points_in_words(row.max_points)}"


def _told_apart(rows: Sequence[ClassRow]) -> tuple[ClassRow, ...]:
    """The rows, each name once: of those who have no submission of that name, with an id or a number behind it."""
    if all(row.graded.name == row.submission for row in rows):
        return tuple(rows)  # without a set of the names, as a class has many
    taken, apart = {row.graded.name for row in rows if row.graded.name == row.submission}, []
    for row in rows:
        name = row.graded.name
        if name != row.submission:
            tries = [name, *(f"{name} ({shown_name(value)})" for _, value in row.person.ids)]
            name = next((text for text in tries if text not in taken), "") or _numbered(name, taken)
            taken.add(name)
        apart.append(row if name == row.graded.name else replace(row, graded=replace(row.graded, name=name)))
    return tuple(apart)


def _numbered(name: str, taken: set[str]) -> str:
    return next(text for number in count(2) if (text := f"{name} ({number})") not in taken)
