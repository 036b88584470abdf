"""Whose variants a submission meets: as the course and its platform name the student, never as the answers do.

The rule: a student is known by the e-mail, else the id, else the user name, else the name that the roster has, or the
platform where the roster has nobody; without either, by the name of the folder or file. A group meets the variants of
the member of whom that comes first in the alphabet. So it rests on no other submission of the class.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from grader.answers.names import submission_stem
from grader.classroom.entries import ROSTER_FILE, Entry, name_of_path
from grader.classroom.groups import StudentGroup
from grader.classroom.people import Person, as_written, name_keys, named_by_folder
from grader.classroom.roster import Roster, read_roster
from grader.errors import SpecError, did_you_mean, listed
from grader.reports.gradescope_metadata import METADATA_FILE, read_metadata
from grader.spec.student_ids import id_key
from grader.visible import shown_name


def variant_students(
    entries: Sequence[Entry], roster: Roster | None = None, groups: Sequence[StudentGroup] = ()
) -> list[str]:
    """For each submission the student whose variants it meets, as reports show that name."""
    teams = _Teams(roster, groups)
    return [_student_of(entry, roster, teams) for entry in entries]


class _Teams:
    """The members of the course's groups as they are known, and the first group that a name or a member is of."""

    def __init__(self, roster: Roster | None, groups: Sequence[StudentGroup]) -> None:
        self.members = [[_known_by(person, roster) for person in team.members] for team in groups]
        self._by_name: dict[frozenset[str], int] = {}
        self._by_member: dict[str, int] = {}
        for number, (team, members) in enumerate(zip(groups, self.members, strict=True)):
            self._by_name.setdefault(name_keys(team.name), number)
            for member in members:
                self._by_member.setdefault(id_key(member), number)

    def members_with(self, folder: str, names: Sequence[str]) -> list[str] | None:
        """The members of the first group that has the name of a folder, or one of these members; None without one."""
        if not self.members:
            return None
        key = name_keys(folder)
        found = [self._by_name.get(key) if key else None, *(self._by_member.get(id_key(name)) for name in names)]
        numbers = [number for number in found if number is not None]
        return self.members[min(numbers)] if numbers else None


def _student_of(entry: Entry, roster: Roster | None, teams: _Teams) -> str:
    folder = name_of_path(entry.path) if submission_stem(entry.file_name) else entry.file_name
    names = [_known_by(person, roster) for person in entry.students]
    if not names:
        names = [(_in_roster(named_by_folder(folder), roster) if roster is not None else "") or folder]
    names = teams.members_with(folder, names) or names
    return shown_name(min(names, key=lambda name: (id_key(name), name)) if names[1:] else names[0])


def _in_roster(person: Person, roster: Roster | None) -> str:
    """How the roster's only student is known who is meant; "" where that is nobody, or several are."""
    found = roster.meant(person) if roster is not None else ()
    return known_by(found[0].person) if len(found) == 1 else ""


def _known_by(person: Person, roster: Roster | None) -> str:
    """How a student is known: as the roster has it where it has one who is meant, else as it was said."""
    return _in_roster(person, roster) or known_by(person)


def known_by(person: Person) -> str:
    """The one name of a student that variants rest on."""
    return person.id_of("email", "id", "login") or person.name or str(person)


def roster_ids(roster: Roster) -> frozenset[str]:
    """By what the students of a roster are known, as ids are compared."""
    return frozenset(id_key(shown_name(known_by(one.person))) for one in roster.students)


def student_named(text: str, roster: Path | None) -> str:
    """The student who is named by an id, an e-mail or a name, as a class knows them that has this roster.

    Raises:
        SpecError: if nobody is named, or the roster has nobody or several of that name.
    """
    if not text.strip():
        raise SpecError("no student is named: write an id, an e-mail or a name")
    if roster is None:
        return shown_name(text)
    students = read_roster(roster)
    found = students.meant(as_written(text)) or students.meant(named_by_folder(text))
    if len(found) > 1:
        raise SpecError(f"{text!r} may be {listed(map(str, found), 'or')} of {roster.name}: write the id")
    if not found:
        advice = did_you_mean(text, [name for one in students.students for name in (one.person.name, *one.keys)])
        raise SpecError(f"{text!r} is nobody in {roster.name}{advice}")
    return shown_name(known_by(found[0].person))


def student_of_submission(
    name: str, named: str | None, roster: Path | None, metadata: Path | None, beside: Path | None = None
) -> str:
    """Whose variants one submission of this name meets: of whom is `named`, else as Gradescope's metadata say.

    Without either, it is whom the name of the submission names, as in its class: there a roster `beside` it counts.

    Raises:
        SpecError: as `student_named` does, or if the metadata name nobody.
    """
    if named is not None:
        return student_named(named, roster)
    file = metadata or METADATA_FILE
    if metadata is None and not file.is_file():
        if roster is None and beside is not None and (beside / ROSTER_FILE).is_file():
            roster = beside / ROSTER_FILE
        known = _in_roster(named_by_folder(name), read_roster(roster)) if roster is not None else ""
        return shown_name(known) if known else name
    people = [str(user.get("email") or user.get("name") or "") for user in read_metadata(file).users]
    students = [student_named(person, roster) for person in people if person.strip()]
    if not students:
        raise SpecError(f"{file.name} names nobody who handed in: say whose variants are meant with --student ID")
    return min(students, key=lambda one: (id_key(one), one))
