"""Whose variants a submission meets: as the course and its platform name the student, never as the answers do.

The rule: a student is known by the e-mail, else the id, else the user name, else the name that the roster has, or the
platform where the roster has nobody; without either, by the name of the folder or file. A group meets the variants of
the member of whom that comes first in the alphabet. So it rests on no other submission of the class.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.classroom.entries import Entry, name_of_path
from grader.classroom.groups import StudentGroup
from grader.classroom.people import Person, name_keys, named_by_folder
from grader.classroom.roster import Roster
from grader.spec.student_ids import id_key
from grader.visible import shown_name


def variant_students(
    entries: Sequence[Entry], roster: Roster | None = None, groups: Sequence[StudentGroup] = ()
) -> list[str]:
    """For each submission the student whose variants it meets, as reports show that name."""
    teams = [(team.name, [_known_by(person, roster) for person in team.members]) for team in groups]
    return [_student_of(entry, roster, teams) for entry in entries]


def _student_of(entry: Entry, roster: Roster | None, teams: Sequence[tuple[str, list[str]]]) -> str:
    folder = name_of_path(entry.path)
    names = [_known_by(person, roster) for person in entry.students] or [
        _known_by(named_by_folder(folder), roster, otherwise=folder)
    ]
    keys, of_folder = {id_key(name) for name in names}, name_keys(folder)
    for team, members in teams:
        if (of_folder and of_folder == name_keys(team)) or keys.intersection(map(id_key, members)):
            names = members
            break
    return shown_name(min(names, key=lambda name: (id_key(name), name)))


def _known_by(person: Person, roster: Roster | None, otherwise: str = "") -> str:
    """How a student is known: as the roster has it where it has one who is meant, else as it was said."""
    found = roster.meant(person) if roster is not None else ()
    if len(found) == 1:
        return known_by(found[0].person)
    return otherwise or known_by(person)


def known_by(person: Person) -> str:
    """The one name of a student that variants rest on."""
    return person.id_of("email", "id", "login") or person.name or str(person)
