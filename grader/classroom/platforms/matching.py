"""Which row of the class belongs to which student of a platform's file: by ids alone, and never by guess."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from grader.classroom.class_list import ClassRow
from grader.classroom.people import Person, as_written
from grader.classroom.roster import Listed, Roster
from grader.errors import listed, listed_first
from grader.visible import shown_name

MAX_NAMED_STUDENTS = 20
"""Students that a sentence names one by one; of more it says how many there are."""

FEW_NAMED = 3
"""Students of each side who are named with their ids where no two are the same."""


@dataclass
class Matching:
    """The rows by the line of their student in the file; the others on both sides, and what is to be said of it."""

    by_line: dict[int, ClassRow] = field(default_factory=dict)
    without_student: list[ClassRow] = field(default_factory=list)
    without_row: list[Listed] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def is_of_strangers(self) -> bool:
        """True if there are rows and none of them may be anybody in the file, as where it is of another course."""
        return bool(self.without_student) and not self.by_line and not self.said


def matched(rows: Sequence[ClassRow], students: Sequence[Listed], file: str) -> Matching:
    """Joins rows and students of a file where one id says so; where two rows or two students may be meant, neither.

    A student who stands in the file twice (in two sections) under the same name and ids is one, in both lines.
    """
    roster = Roster(file, tuple(students))
    found = Matching()
    claims: dict[int, list[ClassRow]] = {}
    for row in rows:
        meant = _meant(roster, row)
        if len({student.person for student in meant}) == 1:
            for student in meant:
                claims.setdefault(student.line, []).append(row)
            continue
        found.without_student.append(row)
        if meant:
            who = listed(map(str, meant), "or")
            found.said.append(
                f"{row.graded.name}: may be {shown_name(who)} in {file}: the mark is given to none of them"
            )
    for student in students:
        theirs = claims.get(student.line, [])
        if len(theirs) == 1:
            found.by_line[student.line] = theirs[0]
            continue
        if not theirs:
            found.without_row.append(student)
        else:
            found.without_student += theirs
            names = listed(row.graded.name for row in theirs)
            found.said.append(
                f"{names} are both {shown_name(str(student))} in {file}: no mark until the course decides"
            )
    return found


def _meant(roster: Roster, row: ClassRow) -> tuple[Listed, ...]:
    """By the ids of the row; where it has none that the file knows, by the name of its own submission as an id."""
    meant = roster.meant_by_id(row.person)
    is_own = row.submission == row.graded.name
    return meant or (roster.meant_by_id(_as_id(row)) if is_own else ())


def _as_id(row: ClassRow) -> Person:
    """The name of a submission as an id, with the name of its author where that is known."""
    name = row.graded.name
    return Person(row.person.name or name, as_written(name).ids)


def said_of_strangers(matching: Matching) -> str:
    """Why a file cannot be filled in which nobody of the results is: what was compared, and what to do."""
    there = listed_first(map(_with_ids, (student.person for student in matching.without_row)), FEW_NAMED) or "nobody"
    own = (_with_ids(_as_id(row) if not row.person.ids else row.person) for row in matching.without_student)
    compared = f"it has {there}, the results {listed_first(own, FEW_NAMED)}"
    advice = "name the file of this class, or grade with a --roster that has an id or e-mail which the file has, too"
    return f"nobody in it is in the results, by id, user name or e-mail: {compared}: {advice}"


def _with_ids(person: Person) -> str:
    """A person with each id, as none of them was found."""
    ids = ", ".join(dict.fromkeys(value for _, value in person.ids))
    return shown_name(f"{person.name} ({ids})" if person.name and person.name != ids else ids or person.name)


def said_of_unmatched(matching: Matching, file: str) -> list[str]:
    """A sentence for each side, where somebody of it is left over."""
    said = list(matching.said)
    if matching.without_student:
        names = shortened_list(row.graded.name for row in matching.without_student)
        said.append(f"not in {file}, so that their marks are not filled in: {names}")
    if matching.without_row:
        names = shortened_list(shown_name(str(student)) for student in matching.without_row)
        said.append(f"in {file} and not in the results, so that their cells stay as they are: {names}")
    return said


def shortened_list(names: Iterable[str]) -> str:
    """The names in a sentence, the first ones and how many more there are."""
    return listed_first(names, MAX_NAMED_STUDENTS)


def by_reason(reasons: Iterable[tuple[str, str]]) -> list[str]:
    """`no mark (held): ada and bob`: the names by what is said of each, in the order of the sentences."""
    groups: dict[str, list[str]] = {}
    for name, reason in reasons:
        groups.setdefault(reason, []).append(name)
    return [f"{reason}: {shortened_list(names)}" for reason, names in groups.items()]
