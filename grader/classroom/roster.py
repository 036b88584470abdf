"""The list of a course's students: a CSV file as platforms and universities export it, and who of it is meant."""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from grader.classroom.people import IdKind, Person, id_key, name_keys, plain_name_keys
from grader.documents import shortened
from grader.errors import Problem, SourceLocation, SpecError, listed

MAX_TABLE_BYTES = 32 << 20
"""Of a roster or a table of groups."""

MAX_TABLE_ROWS = 200_000

ID_COLUMNS: Mapping[str, tuple[IdKind, tuple[str, ...]]] = {
    "student id": ("id", ("studentid", "studentnumber", "studentno", "sid", "sisuserid", "sisid", "idnumber",
                          "orgdefinedid", "universityid", "matriculationnumber", "matrikelnummer", "matrikelnr",
                          "matrnr", "externalid", "personid", "id")),
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
CANVAS_COLUMNS = frozenset({"sisuserid", "sisloginid"})
"""Where a table has one of these, its column `ID` has the ids of Canvas."""

NOT_STUDENTS = frozenset({"pointspossible", "studenttest", "teststudent"})
"""What Canvas puts among the students of its gradebook."""

WANTED_COLUMNS = "a first line that names columns: `id`, `name`, `email`, `section`"


@dataclass(frozen=True)
class Row:
    """A line of a table: the cells by column, spelled in small letters without spaces and signs."""

    line: int
    cells: Mapping[str, str]

    def first_of(self, columns: Iterable[str]) -> str:
        """The first cell that holds something."""
        return next((self.cells[column] for column in columns if self.cells.get(column)), "")


@dataclass(frozen=True)
class Listed:
    """A student of a roster."""

    person: Person
    section: str
    line: int

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

    def __post_init__(self) -> None:
        for student in self.students:
            for kind, value in student.person.ids:
                self._by_id.setdefault(id_key(value), []).append((kind, student))
                if kind == "email":
                    self._by_id.setdefault(id_key(value).partition("@")[0], []).append(("any", student))
            for keys, table in ((name_keys, self._by_name), (plain_name_keys, self._by_plain_name)):
                for key in keys(student.person.name):
                    table.setdefault(key, []).append(student)

    def meant(self, person: Person) -> tuple[Listed, ...]:
        """The students who may be meant: one where it is certain, none where nobody is known, else all of them.

        An id of the same kind decides, if the name does not say otherwise. A platform's own number may by chance be
        another's id at the university: it only decides between students of one name.
        """
        ids = {id_key(value): kind for kind, value in person.ids if value}
        found = [(kind, own, student) for key, kind in ids.items() for own, student in self._by_id.get(key, [])]
        sure = _once(student for kind, own, student in found if own != "any" and _is_same_kind(kind, own))
        likely = _once(student for _, _, student in found)
        named = self._named(person.name)
        if sure and named:
            both = [student for student in sure if student in named]
            return tuple(both or _once([*sure, *named]))
        if named:
            return tuple([student for student in named if student in likely] or named)
        unsure = _once(student for kind, own, student in found if own == "any" and kind in ("any", "login", "email"))
        return tuple(sure or unsure)

    def _named(self, name: str) -> list[Listed]:
        exact = _once(student for key in name_keys(name) for student in self._by_name.get(key, []))
        return exact or _once(student for key in plain_name_keys(name) for student in self._by_plain_name.get(key, []))


def _is_same_kind(asked: IdKind, own: IdKind) -> bool:
    return asked in ("any", own)


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
        Listed(person, row.first_of(SECTION_COLUMNS), row.line)
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
                raise SpecError(Problem(f"{message}: one id, one student", SourceLocation(file, student.line)))
        if same:
            line = min(same)
            first = whole[line]
            sections = dict.fromkeys(filter(None, (first.section, student.section)))
            ids = tuple(dict.fromkeys((*first.person.ids, *student.person.ids)))
            student = Listed(Person(first.person.name or student.person.name, ids), ", ".join(sections), line)
        whole[student.line] = student
        by_id.update(dict.fromkeys(_keys(student), student))
    yield from whole.values()


def _keys(student: Listed) -> list[tuple[IdKind, str]]:
    return [(kind, id_key(value)) for kind, value in student.person.ids]


def person_in(row: Row, columns: Sequence[str]) -> Person:
    """Whom a row of a table is about; nobody where it says nothing that tells students apart."""
    of_canvas = bool(CANVAS_COLUMNS.intersection(columns))
    ids: list[tuple[IdKind, str]] = []
    for kind, names in ID_COLUMNS.values():
        for name in names:
            if value := row.cells.get(name):
                own: IdKind = "platform" if of_canvas and name == "id" else kind
                ids.append((own, re.sub(r"\AParticipant\s+", "", value) if name == "identifier" else value))
    name = row.first_of(NAME_COLUMNS)
    both = " ".join(filter(None, (row.first_of(FIRST_NAME_COLUMNS), row.first_of(LAST_NAME_COLUMNS))))
    return Person(name or both, tuple(ids))


# ------------------------------------------------------------- tables
def read_table(path: Path) -> tuple[list[str], list[Row]]:
    """The columns of a CSV file and its rows, in whatever encoding and with whatever sign a spreadsheet writes it.

    Raises:
        SpecError: if it cannot be read, is no text, or has a column twice that is used.
    """
    text = _text_of(path)
    if text[:4].lower() == "sep=":
        text = text.partition("\n")[2]
    first = text.lstrip("\r\n").partition("\n")[0]
    separator = max(",;\t", key=lambda sign: (Counter(first)[sign], sign == ","))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[Row] = []
    columns: list[str] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not columns:
                columns = [_column(cell) for cell in cells]
                continue
            if len(rows) >= MAX_TABLE_ROWS:
                raise SpecError(Problem(f"has more than {MAX_TABLE_ROWS} rows", SourceLocation(path.name)))
            filled: dict[str, str] = {}
            for column, cell in zip(columns, cells, strict=False):
                filled.setdefault(column, cell.strip().removeprefix("'") if cell.startswith("'") else cell.strip())
            rows.append(Row(reader.line_num, filled))
    except csv.Error as error:
        raise SpecError(Problem(f"is no CSV: {error}", SourceLocation(path.name, reader.line_num))) from None
    if not columns:
        raise SpecError(Problem(f"is empty: wanted is {WANTED_COLUMNS}", SourceLocation(path.name)))
    return columns, rows


def _column(cell: str) -> str:
    """The name of a column in small letters, without spaces and signs: `SIS User ID` is `sisuserid`."""
    return re.sub(r"[\W_]+", "", cell.casefold())


def _text_of(path: Path) -> str:
    """The text of a table: UTF-8, UTF-16 with its mark, else what Excel writes on Windows."""
    place = SourceLocation(path.name)
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_TABLE_BYTES:
            raise SpecError(Problem(f"is no plain file of at most {MAX_TABLE_BYTES} bytes", place))
        data = path.read_bytes()
    except OSError as error:
        raise SpecError(Problem(f"cannot be read: {error.strerror}", place)) from None
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise SpecError(Problem("is a spreadsheet: save it as CSV", place))
    marks = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
    named = [encoding for mark, encoding in marks.items() if data.startswith(mark)]
    for encoding in (*named, "utf-8", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    encodings = listed(("UTF-8", "UTF-16", "Windows-1252"), "nor")
    raise SpecError(Problem(f"is no text in {encodings}: save it as CSV in UTF-8", place))
