"""The members of a class, and who of them a name means: those of the roster, else those met before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from types import MappingProxyType

from grader.classroom.entries import Entry
from grader.classroom.people import Person, name_keys, named_by_folder
from grader.classroom.roster import Listed, Roster
from grader.classroom.staff_decision import StaffDecision
from grader.deferred import dataclass
from grader.spec.student_ids import id_key

NO_CLAIMS: Mapping[int, str] = MappingProxyType({})


def _no_claims() -> Mapping[int, str]:
    """The same for all members, of whom there is one a submission."""
    return NO_CLAIMS


@dataclass(eq=False, slots=True)  # a class has many
class ClassMember:
    """Someone of a class; the submissions are numbers of rows, of those by others with who says that they belong to it.

    `told` is who they are, as far as anything says (None: the name of their submission alone does, which is `label`).
    `own` are their own ones, `groups`, `platform` and `named` those of others: by the course's file of groups, by the
    platform, by `students:` in the answers. `doubts` are submissions that may be theirs or another's. `decided` is the
    one that counts whatever all of these say, as the course has decided; `decisions` are all that it has.
    """

    told: Person | None
    label: str
    listed: Listed | None = None
    own: tuple[int, ...] = ()
    groups: Mapping[int, str] = field(default_factory=_no_claims)
    platform: Mapping[int, str] = field(default_factory=_no_claims)
    named: Mapping[int, str] = field(default_factory=_no_claims)
    doubts: tuple[str, ...] = ()
    decided: Mapping[int, str] = field(default_factory=_no_claims)
    decisions: tuple[StaffDecision, ...] = ()

    @property
    def person(self) -> Person:
        """Who they are; read from the name of the submission when it is asked for, as a class seldom needs it."""
        return self.told if self.told is not None else named_by_folder(self.label)

    @property
    def claims(self) -> Mapping[int, str]:
        """The submissions of which one counts for whoever has none of their own; the course's word comes first."""
        return self.decided or self.groups or self.platform or self.named

    def __str__(self) -> str:
        """For messages."""
        return str(self.listed) if self.listed else self.label


def named_apart(members: Sequence[ClassMember]) -> list[str]:
    """The members for messages, with their ids where some of them have one name."""
    names = [str(member) for member in members]
    pairs = zip(members, names, strict=True)
    return [str(member.person) if names.count(name) > 1 else name for member, name in pairs]


class ClassMembers:
    """Members in order, those of the roster first; `entries` are the submissions of their class.

    `of_submissions` has what was decided of whoever gets the marks of a submission, by its number.
    """

    def __init__(self, entries: Sequence[Entry], roster: Roster | None) -> None:
        self.members: list[ClassMember] = []
        self.entries, self.roster = entries, roster
        self.of_submissions: dict[int, list[StaffDecision]] = {}
        self._by_line: dict[int, ClassMember] = {}
        self._known: dict[str, tuple[ClassMember, ...]] = {}
        self._known_members = 0
        self._met: dict[Person, ClassMember] = {}
        self._compared_members = 0
        for student in roster.students if roster else ():
            self._by_line[student.line] = self.add(student.person, student=student)

    def of_roster(self, student: Listed) -> ClassMember:
        """The member whom a line of the roster is about."""
        return self._by_line[student.line]

    def add(self, person: Person, label: str = "", student: Listed | None = None) -> ClassMember:
        """A new member; one who is not on the roster is known by ids and name from now on."""
        return self._added(ClassMember(person, label or person.name or str(person), student))

    def add_submitter(self, name: str) -> ClassMember:
        """The same, of whom nothing is known but the name of a submission."""
        return self._added(ClassMember(None, name))

    def _added(self, member: ClassMember) -> ClassMember:
        self.members.append(member)
        return member

    def met(self, person: Person) -> ClassMember | None:
        """The first member beside those of the roster of whom was told just the same."""
        for member in self.members[self._compared_members :]:
            if member.listed is None:
                self._met.setdefault(member.person, member)
        self._compared_members = len(self.members)
        return self._met.get(person)

    def meant(self, person: Person) -> list[ClassMember]:
        """The members who may be meant: those of the roster, else those who handed in or were named before."""
        if self.roster is not None and (found := self.roster.meant(person)):
            return [self._by_line[student.line] for student in found]
        known = self._known_by_keys()
        ids = [member for _, value in person.ids for member in known.get(id_key(value), ())]
        names = [member for key in name_keys(person.name) for member in known.get(key, ())]
        both = [member for member in ids if member in names]
        return list(dict.fromkeys(both or [*ids, *names]))

    def _known_by_keys(self) -> Mapping[str, tuple[ClassMember, ...]]:
        """Those who are not on the roster, by the keys of their ids and names.

        They are told when somebody is looked for, as a class where nobody names another needs none of it.
        """
        for member in self.members[self._known_members :]:
            if member.listed is None:
                for key in {id_key(value) for _, value in member.person.ids} | name_keys(member.person.name):
                    self._known[key] = (*self._known.get(key, ()), member)
        self._known_members = len(self.members)
        return self._known
