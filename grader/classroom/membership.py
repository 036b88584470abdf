"""Who handed in which submission: as the platform says, the roster, the course's file of groups, and the answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from grader.classroom.entries import Entry
from grader.classroom.groups import StudentGroup
from grader.classroom.people import Person, as_written, id_key, name_keys, named_by_folder
from grader.classroom.roster import Listed, Roster
from grader.classroom.work import Graded
from grader.documents import shortened
from grader.errors import listed
from grader.reports.visible import shown_name

BY_PLATFORM = "by the platform"
BY_ANSWERS = "in its answers"


@dataclass(eq=False)
class ClassMember:
    """Someone of a class; the submissions are numbers of rows, of those by others with who says that they belong to it.

    `own` are their own ones, `groups`, `platform` and `named` those of others: by the course's file of groups, by the
    platform, by `students:` in the answers. `doubts` are submissions that may be theirs or another's.
    """

    person: Person
    label: str
    listed: Listed | None = None
    own: list[int] = field(default_factory=list)
    groups: dict[int, str] = field(default_factory=dict)
    platform: dict[int, str] = field(default_factory=dict)
    named: dict[int, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)

    @property
    def claims(self) -> dict[int, str]:
        """The submissions of which one counts for whoever has none of their own; the course's word comes first."""
        return self.groups or self.platform or self.named

    def __str__(self) -> str:
        """For messages."""
        return str(self.listed) if self.listed else self.label


class Membership:
    """The members of a class, those of the roster first, and what is to be said of who is who."""

    def __init__(
        self, entries: Sequence[Entry], roster: Roster | None, groups: Sequence[StudentGroup], graded: Sequence[Graded]
    ) -> None:
        self.members: list[ClassMember] = []
        self.said: list[str] = []
        self._entries, self._roster, self._graded = entries, roster, graded
        self._by_line: dict[int, ClassMember] = {}
        self._known: dict[str, list[ClassMember]] = {}
        for student in roster.students if roster else ():
            self._by_line[student.line] = self._add(student.person, student=student)
        self._join_submitters()
        self._join_groups(groups)
        self._join_named()
        self._say_unknown()

    # ------------------------------------------------------------- who is meant
    def _add(self, person: Person, label: str = "", student: Listed | None = None) -> ClassMember:
        added = ClassMember(person, label or person.name or str(person), student)
        self.members.append(added)
        if student is None:
            for key in {id_key(value) for _, value in person.ids} | name_keys(person.name):
                self._known.setdefault(key, []).append(added)
        return added

    def _meant(self, person: Person) -> list[ClassMember]:
        """The members who may be meant: those of the roster, else those who handed in or were named before."""
        if self._roster is not None and (found := self._roster.meant(person)):
            return [self._by_line[student.line] for student in found]
        ids = [member for _, value in person.ids for member in self._known.get(id_key(value), [])]
        names = [member for key in name_keys(person.name) for member in self._known.get(key, [])]
        both = [member for member in ids if member in names]
        return list(dict.fromkeys(both or [*ids, *names]))

    def _one(self, person: Person, where: str, row: int | None = None) -> ClassMember | None:
        """The member who is meant; None, with a word, where the roster has nobody of that name, or several.

        Whoever handed in `row` and has that name means themselves.
        """
        found = self._meant(person)
        if len(found) > 1:
            found = [member for member in found if row in member.own] or found
        if len(found) > 1:
            self._ambiguous(where, person.name, found)
            return None
        if not found and self._roster is not None:
            name = shown_name(shortened(person.name or str(person)))
            self.said.append(f"{where}: {name!r} is nobody in {self._roster.file}: write the id")
            return None
        return found[0] if found else self._add(person)

    def _ambiguous(self, where: str, name: str, members: Sequence[ClassMember]) -> None:
        who = listed(map(str, members), "or")
        self.said.append(f"{where}: {shown_name(shortened(name))} may be {who}: it is given to none of them")
        for member in members:
            member.doubts.append(where)

    # ------------------------------------------------------------- who says so
    def _join_submitters(self) -> None:
        """Who handed in, as the platform or the name of the folder says."""
        for i, entry in enumerate(self._entries):
            is_group = len(entry.students) > 1
            for person in entry.students or (named_by_folder(entry.name),):
                member = self._submitter(person, entry, is_group)
                if is_group:
                    member.platform[i] = BY_PLATFORM
                else:
                    member.own.append(i)

    def _submitter(self, person: Person, entry: Entry, is_group: bool) -> ClassMember:
        found = self._roster.meant(person) if self._roster is not None else ()
        if len(found) == 1:
            return self._by_line[found[0].line]
        if found:
            self._ambiguous(entry.name, str(person), [self._by_line[student.line] for student in found])
        same = (member for member in self.members if is_group and member.person == person and not member.listed)
        return next(same, None) or self._add(person, "" if is_group else entry.name)

    def _join_groups(self, groups: Iterable[StudentGroup]) -> None:
        """The groups of the course's file: their submission is the one of that name, or that of a member."""
        for group in groups:
            where = f"group {shown_name(group.name)}"
            members = [member for person in group.members if (member := self._one(person, where))]
            key = name_keys(group.name)
            rows = {i for i, entry in enumerate(self._entries) if key and key == name_keys(entry.name)}
            rows |= {i for member in members for i in member.own}
            for member in members:
                member.groups.update(dict.fromkeys(sorted(rows.difference(member.own)), f"by {where}"))

    def _join_named(self) -> None:
        """Whom `students:` of a submission names."""
        for i, row in enumerate(self._graded):
            if row.students_fault:
                self.said.append(f"{row.name}: {row.students_fault}")
            found = [member for text in row.students if (member := self._one(as_written(text), row.name, i))]
            others = [member for member in dict.fromkeys(found) if i not in member.own]
            for member in others:
                member.named[i] = BY_ANSWERS
            if others:
                names = listed(shown_name(str(member)) for member in others)
                self.said.append(f"{row.name}: its answers name {names} as handing in together")

    def _say_unknown(self) -> None:
        """Submissions whose author the roster does not know, and that no group is known of either."""
        if self._roster is None:
            return
        of_group = {i for member in self.members for i in member.claims}
        doubtful = {name for member in self.members for name in member.doubts}
        for member in self.members:
            for i in member.own if member.listed is None else ():
                if i not in of_group and self._graded[i].name not in doubtful:
                    self.said.append(f"{self._graded[i].name}: is nobody in {self._roster.file}")
