"""Rows of a class, before what people decided: one a submission, one for each other member of a group, the missing.

Each assignment of a class is for itself: whose submission counts in one says nothing of another.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import chain, count

from grader.classroom.class_members import ClassMember
from grader.classroom.class_row import NOBODY, ClassRow, ClassRows
from grader.classroom.decisions import NO_FACTS, RowFacts
from grader.classroom.graded import Graded
from grader.classroom.membership import Membership
from grader.classroom.people import Person
from grader.deferred import replace
from grader.errors import listed, listed_first
from grader.verdict import points_in_words
from grader.visible import shown_name

NAMED_TWICE = "no marks until the course decides which one counts (--groups FILE, or `group` in overrides.yaml)"

MAX_LISTED_STUDENTS = 1_000
"""Students of a roster who handed in nothing and are named one by one."""


class RowsOfMembers:
    """Makes the rows of one class."""

    def __init__(self, membership: Membership, graded: Sequence[Graded], stem_of: Callable[[str], str]) -> None:
        self._graded = graded
        self._stem_of = stem_of
        self._membership = membership
        self._roster = membership.roster
        several = len({row.assignment for row in graded}) > 1
        self._members = [*chain.from_iterable(map(self._parts, membership.members))] if several else membership.members
        self._said = membership.said
        self._said_of_own: set[str] = set()
        self._under_groups: set[str] = set()
        """Submissions under the name of a group that is nobody in the roster."""

    def _parts(self, member: ClassMember) -> Iterator[ClassMember]:
        """The member for each assignment alone: who hands in one alone may hand in another with a group.

        Where it is not known to which one a submission of theirs belongs, it may be to any, and they stay one.
        """
        links = (member.groups, member.platform, member.named, member.decided)
        names = dict.fromkeys(self._graded[i].assignment for i in chain(member.own, *links))
        if len(names) < 2 or "" in names:
            yield member
            return
        for name in names:
            groups, platform, named, decided = (
                {i: who for i, who in link.items() if self._graded[i].assignment == name} for link in links
            )
            own = tuple(i for i in member.own if self._graded[i].assignment == name)
            yield replace(member, own=own, groups=groups, platform=platform, named=named, decided=decided)

    def rows(self) -> ClassRows:
        rows = self._without_groups([*self._rows(), *self._rows_of_roster()])
        knows = self._roster is not None or any(entry.students for entry in self._membership.entries)
        knows = knows or len(rows) > len(self._graded) or any(row.submission != row.graded.name for row in rows)
        return ClassRows(_told_apart(rows), tuple(self._said), knows)

    def _without_groups(self, rows: Sequence[ClassRow]) -> Sequence[ClassRow]:
        """The rows; that of a group of which somebody has the marks is about nobody, nor is that of a test student."""
        nobody = {self._graded[i].name for i in self._membership.of_test_students}
        if self._under_groups:
            nobody |= {row.submission for row in rows if row.graded.name != row.submission} & self._under_groups
        if not nobody:
            return rows
        about_nobody = [row.graded.name == row.submission and row.submission in nobody for row in rows]
        pairs = zip(rows, about_nobody, strict=True)
        return [replace(row, person=NOBODY, is_no_student=True) if is_so else row for row, is_so in pairs]

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
            own, of_others = owners[i], [*map(self._row_of_claims, others.get(i, ()))]
            if own is not None and own.decided:
                yield from self._rows_elsewhere(own, i)
            elif own is not None and own.claims and all(self._graded[k].earned_nothing for k in own.own):
                yield from self._rows_instead(own, i)
            elif own is not None:
                self._say_own(own)
                if own.listed is None and i in self._membership.of_groups:
                    self._under_groups.add(row.name)
                yield self._row(own, row, i)
            yield from of_others

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
            yield self._row(member, replace(self._nothing, name=shown_name(member.label)))
        if missing and self._roster is not None:
            of = f"{len(missing)} of {len(self._roster.students)} in {self._roster.file}"
            self._said.append(f"{of} handed in nothing: {listed_first(missing, MAX_LISTED_STUDENTS)}")

    @cached_property
    def _nothing(self) -> Graded:
        """The row of somebody who handed in nothing: no points for any question, where all have the same ones."""
        alike = {(row.assignment, tuple(row.marks), row.max_points) for row in self._graded if row.marks}
        assignment, questions, most = next(iter(alike)) if len(alike) == 1 else ("", (), Fraction(0))
        marks = dict[str, Fraction | None].fromkeys(questions, Fraction(0))
        return Graded("", assignment, marks, Fraction(0), most, "missing", ("nothing was handed in",))

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
        self._said += [message for message in said if message not in self._said_of_own]
        self._said_of_own.update(said)


def _marks(row: Graded) -> str:
    return "held" if row.total is None else f"{points_in_words(row.total)} of {points_in_words(row.max_points)}"


def _told_apart(rows: Sequence[ClassRow]) -> tuple[ClassRow, ...]:
    """The rows, each name once: of those who have no submission of that name, with an id or a number behind it.

    A second row of one student is of another assignment, whose name then stands there.
    """
    if all(row.graded.name == row.submission for row in rows):
        return tuple(rows)  # without a set of the names, as a class has many
    taken, apart = {row.graded.name: row.person for row in rows if row.graded.name == row.submission}, []
    for row in rows:
        name = row.graded.name
        if name != row.submission:
            others = [row.graded.assignment] if taken.get(name) == row.person else [id_ for _, id_ in row.person.ids]
            tries = [name, *(f"{name} ({shown_name(text)})" for text in others)]
            name = next((text for text in tries if text not in taken), "") or _numbered(name, taken)
            taken[name] = row.person
        apart.append(row if name == row.graded.name else replace(row, graded=replace(row.graded, name=name)))
    return tuple(apart)


def _numbered(name: str, taken: Container[str]) -> str:
    return next(text for number in count(2) if (text := f"{name} ({number})") not in taken)
