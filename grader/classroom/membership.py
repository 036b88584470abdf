"""Who handed in which submission: as the platform says, the roster, the course's file of groups, and the answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from functools import partial
from types import MappingProxyType

from grader.classroom.class_members import ClassMember, ClassMembers, named_apart
from grader.classroom.decided_about import DecisionsOfClass
from grader.classroom.entries import Entry
from grader.classroom.graded import Graded
from grader.classroom.groups import StudentGroup
from grader.classroom.lateness import on_clock
from grader.classroom.people import Person, as_written, name_keys, named_by_folder
from grader.classroom.platform_times import TimeOfStudent
from grader.classroom.roster import Roster, is_test_student
from grader.classroom.staff_decision import StaffDecision
from grader.documents import shortened
from grader.errors import listed, listed_first
from grader.visible import shown_name

BY_PLATFORM = "by the platform"
BY_ANSWERS = "in its answers"

MAX_LISTED_GROUPS = 20
"""Groups that handed in nothing and are named one by one."""

MAX_LISTED_TIMES = 20
"""Students of a table of times whom nobody knows, and who are named one by one."""

NO_ZONES: Mapping[str, tzinfo] = MappingProxyType({})


class Membership(ClassMembers):
    """The members of a class, those of the roster first, and what is to be said of who is who."""

    def __init__(
        self,
        entries: Sequence[Entry],
        roster: Roster | None,
        groups: Sequence[StudentGroup],
        graded: Sequence[Graded],
        decisions: Sequence[StaffDecision] = (),
        times: Sequence[TimeOfStudent] = (),
        zones: Mapping[str, tzinfo] = NO_ZONES,
    ) -> None:
        """`zones` are those by whose clocks times without an offset are, by the name of an assignment."""
        super().__init__(entries, roster)
        self._zones = zones
        self.said: list[str] = []
        self.of_groups: set[int] = set()
        """Submissions under the name of a group, or of somebody of whom the roster does not know, for others alone."""
        self.of_test_students: set[int] = set()
        """Submissions of whom Canvas makes for trying an assignment, and the roster does not have."""
        self._graded = graded
        self._join_submitters()
        self._join_groups(groups)
        decided = DecisionsOfClass(self, groups)
        decided.join(decisions)
        self.handed_in = [entry.handed_in for entry in entries]
        self._join_named()
        self._join_times(times)
        decided.join_named()
        self.problems = decided.problems
        self._say_unknown()

    # ------------------------------------------------------------- who is meant
    def _one(self, person: Person, where: str, row: int | None = None) -> ClassMember | None:
        """The member who is meant; None, with a word, where the roster has nobody of that name, or several.

        Whoever handed in `row` and has that name means themselves.
        """
        found = self.meant(person)
        if len(found) > 1:
            found = [member for member in found if row in member.own] or found
        if len(found) > 1:
            self._ambiguous(where, person.name, found)
            return None
        if not found and self.roster is not None:
            name = shown_name(shortened(person.name or str(person)))
            self.said.append(f"{where}: {name!r} is nobody in {self.roster.file}: write the id")
            return None
        return found[0] if found else self.add(person)

    def _ambiguous(self, where: str, name: str, members: Sequence[ClassMember]) -> None:
        who = listed(named_apart(members), "or")
        self.said.append(f"{where}: {shown_name(shortened(name))} may be {who}: it is given to none of them")
        for member in members:
            member.doubts += (where,)

    # ------------------------------------------------------------- who says so
    def _join_submitters(self) -> None:
        """Who handed in, as the platform or the name of the folder says."""
        for i, entry in enumerate(self.entries):
            if not entry.students and self.roster is None:
                self.add_submitter(entry.name).own = (i,)
                continue
            is_group = len(entry.students) > 1
            for person in entry.students or (named_by_folder(entry.name),):
                member = self._submitter(person, entry, is_group)
                if member.listed is None and is_test_student(person):
                    self.of_test_students.add(i)
                    self.said.append(f"{entry.name}: is Canvas's Test Student, who counts as no student of the class")
                if is_group:
                    member.platform = {**member.platform, i: BY_PLATFORM}
                else:
                    member.own += (i,)

    def _submitter(self, person: Person, entry: Entry, is_group: bool) -> ClassMember:
        """The member who handed in: of the roster, else one of whom the platform told just the same before."""
        found = self.roster.meant(person) if self.roster is not None else ()
        if len(found) == 1:
            return self.of_roster(found[0])
        if found:
            self._ambiguous(entry.name, str(person), [self.of_roster(student) for student in found])
        if (member := self.met(person)) is None:
            return self.add(person, "" if is_group else entry.name)
        if not is_group and not member.own:
            member.label = entry.name  # until now only groups had named them
        return member

    def _join_groups(self, groups: Sequence[StudentGroup]) -> None:
        """The groups of the course's file: their submission is the one of that name, or that of a member."""
        by_keys: dict[frozenset[str], list[int]] = {}
        for i, entry in enumerate(self.entries if groups else ()):
            by_keys.setdefault(name_keys(entry.name), []).append(i)
        missing: list[str] = []
        for group in groups:
            where = f"group {shown_name(group.name)}"
            members = [member for person in group.members if (member := self._one(person, where))]
            key = name_keys(group.name)
            named, own = by_keys.get(key, ()) if key else (), [i for member in members for i in member.own]
            rows = {*named, *own}
            self.of_groups.update(i for i in named if i not in own and not self.entries[i].students)
            missing += [] if rows else [shown_name(shortened(group.name))]
            for member in members:
                of_others = sorted(rows.difference(member.own))
                member.groups = {**member.groups, **dict.fromkeys(of_others, f"by {where}")}
        if missing:
            whose = "group" if len(missing) == 1 else "groups"
            self.said.append(f"{whose} {listed_first(missing, MAX_LISTED_GROUPS)} of the course: handed in nothing")

    def _join_named(self) -> None:
        """Whom `students:` of a submission names."""
        for i, row in enumerate(self._graded):
            if row.students_fault:
                self.said.append(f"{row.name}: {row.students_fault}")
            found = [member for text in row.students if (member := self._one(as_written(text), row.name, i))]
            others = [member for member in dict.fromkeys(found) if i not in member.own]
            for member in others:
                member.named = {**member.named, i: BY_ANSWERS}
            if others:
                all_listed = len(found) == len(row.students) == len(others) and all(one.listed for one in found)
                self.of_groups.update([i] if all_listed and not self.entries[i].students else ())
                names = listed(shown_name(str(member)) for member in others)
                self.said.append(f"{row.name}: its answers name {names} as handing in together")

    def _join_times(self, times: Sequence[TimeOfStudent]) -> None:
        """When each submission was handed in, as the table that is named says of who handed it in: the last time.

        Where it says nothing of them, or of them only times that may be those of other submissions, it is the time of
        members of the group who handed in nothing else.
        """
        found: dict[int, list[datetime]] = {}
        unsure: dict[int, list[datetime]] = {}
        of_nobody: list[str] = []
        for one in times:
            members = self.meant(one.person)
            if len(members) == 1:
                member = members[0]
                submitted = member.own or tuple(member.platform)
                of_rows = found if len(submitted) == 1 else unsure
                for i in submitted or member.groups or member.named:
                    of_rows.setdefault(i, []).append(one.time)
            elif members:
                who, name = listed(named_apart(members), "or"), shown_name(shortened(str(one.person)))
                self.said.append(f"the time of {name} (line {one.line}) may be of {who}: it is taken for none")
            else:
                of_nobody.append(f"{shown_name(shortened(str(one.person)))} (line {one.line})")
        if of_nobody:
            names = listed_first(of_nobody, MAX_LISTED_TIMES)
            self.said.append(f"the times are of nobody in this class, and count for none: {names}")
        for i, of_row in (unsure | found).items():
            zone = self._zones.get(self._graded[i].assignment, UTC)
            self.handed_in[i] = max(of_row, key=partial(_instant, zone=zone))

    def _say_unknown(self) -> None:
        """Submissions whose author the roster does not know, where no group is known of either; and such members."""
        if self.roster is None:
            return
        of_group = {i for member in self.members for i in member.claims}
        doubtful = {name for member in self.members for name in member.doubts}
        for member in self.members:
            if member.listed is not None:
                continue
            alone = [(i, "") for i in member.own if i not in of_group and i not in self.of_test_students]
            together = [(i, f"{shown_name(str(member.person))} ") for i in member.platform]
            for i, who in (*alone, *together):
                if self._graded[i].name not in doubtful:
                    self.said.append(f"{self._graded[i].name}: {who}is nobody in {self.roster.file}")


def _instant(time: datetime, zone: tzinfo) -> datetime:
    """A platform's time in UTC, by which the last of several is found."""
    return on_clock(time, zone).astimezone(UTC)
