"""The list of a course's students: a CSV file as platforms and universities export it, and who of it is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path

from grader.classroom.people import WORD_BREAK, IdKind, Person, name_keys, plain_name_keys
from grader.classroom.tables import WANTED_COLUMNS, TableRow, read_table
from grader.deferred import dataclass
from grader.documents import shortened
from grader.errors import Problem, SourceLocation, SpecError
from grader.spec.student_ids import id_key

ID_COLUMNS: Mapping[str, tuple[IdKind, tuple[str, ...]]] = {
    "student id": ("id", ("studentid", "studentnumber", "studentno", "sid", "sisuserid", "sisid", "idnumber",
                          "orgdefinedid", "universityid", "matriculationnumber", "matrikelnummer", "matrikelnr",
                          "matrnr", "idnummer", "externalid", "personid", "id")),
    "user name": ("login", ("username", "login", "loginid", "sisloginid", "userid", "netid", "user", "account",
                            "githubusername", "githublogin", "github", "benutzername", "nutzername", "kennung")),
    "e-mail": ("email", ("email", "emailaddress", "mail", "emailadresse", "mailadresse", "primaryemail")),
    "platform's id": ("platform", ("canvasid", "canvasuserid", "identifier", "participant", "gradescopeid")),
}  # fmt: skip
"""Columns that tell students apart: what they hold, and how they are spelled, without spaces and signs."""

NAME_COLUMNS = ("name", "fullname", "student", "studentname", "displayname", "sortablename", "vollständigername")
FIRST_NAME_COLUMNS = ("firstname", "givenname", "forename", "first", "vorname", "givennames")
LAST_NAME_COLUMNS = ("lastname", "surname", "familyname", "last", "lastnamesurname", "nachname", "familienname")
SECTION_COLUMNS = ("section", "sections", "sectionname", "tutorial", "class", "lab", "kurs", "tutorium", "übung")
USED_DAYS_COLUMNS = ("latedaysused", "useddays", "usedlatedays")
"""Late days that a student has used in earlier assignments."""

CANVAS_COLUMNS = frozenset({"sisuserid", "sisloginid"})
"""Where a table has one of these, its column `ID` has the ids of Canvas."""

MOODLE_PARTICIPANT = re.compile(r"(?:Participant|Teilnehmer/in)\s*(?P<number>[0-9]+)")
"""What the first column of Moodle's grading worksheet holds, in English and German; the number alone is the id."""

FEWEST_NAME_LETTERS = 3
"""Of a word that may be all that is said of a name."""

NOT_STUDENTS = frozenset({"pointspossible", "studenttest", "teststudent"})
"""What Canvas puts among the students of its gradebook."""


def is_test_student(person: Person) -> bool:
    """Whether a platform's hand-in is that of the student whom Canvas makes for trying an assignment."""
    return (
        "test" in id_key(person.name) and bool(person.id_of("platform")) and bool(name_keys(person.name) & NOT_STUDENTS)
    )


@dataclass(frozen=True)
class Listed:
    """A student of a roster; `used_days` are late days used before."""

    person: Person
    section: str
    line: int
    used_days: int = 0

    @property
    def keys(self) -> frozenset[str]:
        """The ids as they are compared."""
        return frozenset(id_key(value) for _, value in self.person.ids)

    def __str__(self) -> str:
        """For messages."""
        known = self.person.best_id or self.person.id_of("email")
        return f"{self.person.name} ({known})" if self.person.name and known else self.person.name or known


@dataclass
class Roster:
    """The students of a course."""

    file: str
    students: tuple[Listed, ...]
    _by_id: dict[str, list[tuple[IdKind, Listed]]] = field(default_factory=dict)
    _by_name: dict[str, list[Listed]] = field(default_factory=dict)
    _by_plain_name: dict[str, list[Listed]] = field(default_factory=dict)
    _by_word: dict[str, list[Listed]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for student in self.students:
            for kind, value in student.person.ids:
                self._by_id.setdefault(id_key(value), []).append((kind, student))
                for weaker in {id_key(value).partition("@")[0], id_key(value).lstrip("0")} - {id_key(value), ""}:
                    self._by_id.setdefault(weaker, []).append(("any", student))
            for keys, table in ((name_keys, self._by_name), (plain_name_keys, self._by_plain_name)):
                for key in keys(student.person.name):
                    table.setdefault(key, []).append(student)
            for word in dict.fromkeys(WORD_BREAK.split(id_key(student.person.name))):
                self._by_word.setdefault(word, []).append(student)

    def meant(self, person: Person) -> tuple[Listed, ...]:
        """The students who may be meant: one where it is certain, none where nobody is known, else all of them.

        An id of the same kind decides, if the name does not say otherwise. A platform's own number may by chance be
        another's id at the university, and a spreadsheet drops zeros at the front: such ids decide between students of
        one name, and where no name speaks against them. Last, a first or last name alone will do.
        """
        ids = {key: kind for kind, value in person.ids for key in (id_key(value).lstrip("0"), id_key(value)) if key}
        found = [(kind, own, student) for key, kind in ids.items() for own, student in self._by_id.get(key, [])]
        whole = {id_key(value) for _, value in person.ids}
        sure = _once(
            student for kind, own, student in found if own != "any" and kind in ("any", own) and whole & student.keys
        )
        likely = _once(student for _, _, student in found)
        named = self._named(person.name)
        if sure and named:
            both = [student for student in sure if student in named]
            return tuple(both or _once([*sure, *named]))
        if named:
            return tuple([student for student in named if student in likely] or named)
        return tuple(sure or [student for student in likely if _fits(person, student.person)] or self._called(person))

    def meant_by_id(self, person: Person) -> tuple[Listed, ...]:
        """The students whose id, user name or e-mail is the person's, where no name speaks against it; never by a name.

        One where it is certain, none where nobody is known, else all who may be meant. Names decide between two of one
        id; an id of another kind, or without the zeros at its front, counts where the whole name is the same, and one
        of which the kind is not said where the name does not differ.
        """
        ids = [(kind, id_key(value)) for kind, value in person.ids if value]
        found = [
            (kind, student) for kind, key in ids for own, student in self._by_id.get(key, []) if _same(kind, own, key)
        ]
        sure = _once(student for _, student in found)
        named = self._named(person.name)
        if not sure:
            short = (student for _, key in ids for _, student in self._by_id.get(key.lstrip("0"), []))
            return tuple(student for student in _once(short) if student in named)
        if named:
            return tuple([student for student in sure if student in named] or _once([*sure, *named]))
        is_said = any(kind != "any" for kind, _ in found)
        return tuple(student for student in sure if is_said or _fits(person, student.person))

    def _called(self, person: Person) -> list[Listed]:
        """Those of whose name a single word is a part, where it is not a platform that wrote it: `ada`, `Lovelace`."""
        words = [word for word in WORD_BREAK.split(id_key(person.name)) if word]
        if len(words) != 1 or len(words[0]) < FEWEST_NAME_LETTERS or any(kind != "any" for kind, _ in person.ids):
            return []
        return list(self._by_word.get(words[0], ()))

    def _named(self, name: str) -> list[Listed]:
        exact = _once(student for key in name_keys(name) for student in self._by_name.get(key, []))
        return exact or _once(student for key in plain_name_keys(name) for student in self._by_plain_name.get(key, []))


def _fits(one: Person, other: Person) -> bool:
    """Whether no name speaks against two being the same: one has none, or is an id, or they have a word in common."""
    words = [word for word in WORD_BREAK.split(id_key(other.name)) if len(word) > 1]
    run_together = "".join(WORD_BREAK.split(id_key(one.name)))
    is_id = id_key(one.name) in {id_key(value) for _, value in one.ids}
    return not run_together or not words or is_id or any(word in run_together for word in words)


def _same(kind: IdKind, own: IdKind, key: str) -> bool:
    """Whether an id of one kind may be one of another kind: a user name is often an e-mail."""
    return own != "any" and (kind in ("any", own) or ("@" in key and {kind, own} == {"login", "email"}))


def _once(students: Iterable[Listed]) -> list[Listed]:
    """Each student once, in the order of the roster."""
    return sorted({student.line: student for student in students}.values(), key=lambda student: student.line)


def read_roster(path: Path) -> Roster:
    """The students of a CSV file (or one with tabs, or semicolons).

    Raises:
        SpecError: with the line, if it is no table of students, or an id stands for two.
    """
    columns, rows = read_table(path)
    known = {
        *NAME_COLUMNS,
        *FIRST_NAME_COLUMNS,
        *LAST_NAME_COLUMNS,
        *(c for _, names in ID_COLUMNS.values() for c in names),
    }
    if not known.intersection(columns):
        raise SpecError(
            Problem(f"no column names students: wanted is {WANTED_COLUMNS}", SourceLocation(path.name, 1, 1))
        )
    of_canvas = bool(CANVAS_COLUMNS.intersection(columns))
    people = [(row, person_in(row, columns)) for row in rows]
    students = [
        Listed(person, row.first_of(SECTION_COLUMNS), row.line, _used_days(row, path.name))
        for row, person in people
        if str(person) and not (of_canvas and name_keys(person.name) & NOT_STUDENTS)
    ]
    if not students:
        raise SpecError(Problem("holds no students", SourceLocation(path.name)))
    return Roster(path.name, tuple(_merged(students, path.name)))


def _merged(students: Sequence[Listed], file: str) -> Iterator[Listed]:
    """The students, one who stands there twice (in two sections) once.

    Raises:
        SpecError: where an id stands for two of different names.
    """
    by_id: dict[tuple[IdKind, str], Listed] = {}
    whole: dict[int, Listed] = {}
    for student in students:
        same = {by_id[key].line for key in _keys(student) if key in by_id}
        for line in same:
            first = whole[line]
            if (
                first.person.name
                and student.person.name
                and not name_keys(first.person.name) & name_keys(student.person.name)
            ):
                message = f"{shortened(str(student))} has an id of {shortened(str(first))} in line {first.line}"
                raise SpecError(Problem(f"{message}: one id, one student", SourceLocation(file, student.line, 1)))
        if same:
            line = min(same)
            first = whole[line]
            sections = dict.fromkeys(filter(None, (first.section, student.section)))
            ids = tuple(dict.fromkeys((*first.person.ids, *student.person.ids)))
            used_days = max(first.used_days, student.used_days)
            name = first.person.name or student.person.name
            student = Listed(Person(name, ids), ", ".join(sections), line, used_days)
        whole[student.line] = student
        by_id.update(dict.fromkeys(_keys(student), student))
    yield from whole.values()


def _used_days(row: TableRow, file: str) -> int:
    """The late days that a row says were used before; 0 where it says nothing."""
    text = row.first_of(USED_DAYS_COLUMNS)
    if text and not re.fullmatch(r"[0-9]{1,4}", text):
        message = f"late days used must be a whole number from 0 on, not {shortened(text)!r}"
        raise SpecError(Problem(message, SourceLocation(file, row.line, 1)))
    return int(text or 0)


def _keys(student: Listed) -> list[tuple[IdKind, str]]:
    return [(kind, id_key(value)) for kind, value in student.person.ids]


def person_in(row: TableRow, columns: Sequence[str]) -> Person:
    """Whom a row of a table is about; nobody where it says nothing that tells students apart."""
    of_canvas = bool(CANVAS_COLUMNS.intersection(columns))
    ids: list[tuple[IdKind, str]] = []
    for kind, names in ID_COLUMNS.values():
        for name in names:
            if value := row.cells.get(name):
                of_moodle = MOODLE_PARTICIPANT.fullmatch(value) if name in ("identifier", "id") else None
                own: IdKind = "platform" if of_moodle or (of_canvas and name == "id") else kind
                ids.append((own, of_moodle["number"] if of_moodle else value))
    name = row.first_of(NAME_COLUMNS)
    both = " ".join(filter(None, (row.first_of(FIRST_NAME_COLUMNS), row.first_of(LAST_NAME_COLUMNS))))
    return Person(name or both, tuple(ids))
