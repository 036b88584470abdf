"""Groups as the course writes them down: `groups.csv` (a student a line, or a group a line) or `groups.yaml`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from grader.classroom.people import Person, as_written
from grader.classroom.roster import person_in
from grader.classroom.tables import MAX_ROSTER_BYTES, read_table
from grader.deferred import dataclass
from grader.documents import (
    DocumentError,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    describe_node,
    read_json,
    read_yaml,
)
from grader.errors import Problem, SourceLocation, SpecError

GROUP_COLUMNS = ("group", "groupname", "groupid", "team", "teamname", "gruppe", "gruppenname")
MEMBER_COLUMN = re.compile(r"(?:member|student|mitglied)s?(?:er)?[0-9]*")
"""Columns of a table with a group a line."""

MEMBERS_KEYS = ("students", "members")
GROUP_KEYS = ("group", "name", "team")
BETWEEN_MEMBERS = re.compile(r"[;,\n]")


@dataclass(frozen=True)
class StudentGroup:
    """A group of the course's own file; `name` may be that of a submission."""

    name: str
    members: tuple[Person, ...]


def read_groups(path: Path) -> tuple[StudentGroup, ...]:
    """The groups of a file, each once, in its order.

    Raises:
        SpecError: with the place, if it cannot be read or holds no groups.
    """
    members: dict[str, list[Person]] = {}
    readers = {".yaml": _of_yaml, ".yml": _of_yaml, ".json": _of_yaml}
    for name, person in readers.get(path.suffix.lower(), _of_table)(path):
        members.setdefault(name, []).append(person)
    if not members:
        raise SpecError(Problem("holds no groups", SourceLocation(path.name)))
    return tuple(StudentGroup(name, tuple(dict.fromkeys(people))) for name, people in members.items())


def _of_table(path: Path) -> Iterator[tuple[str, Person]]:
    columns, rows = read_table(path)
    if not set(GROUP_COLUMNS).intersection(columns):
        message = "no column names groups: wanted is a first line with `group`, and `id`, `name` or `email`"
        raise SpecError(Problem(message, SourceLocation(path.name, 1, 1)))
    many = [column for column in columns if MEMBER_COLUMN.fullmatch(column)]
    is_group_a_line = len(many) > 1 or any(column in ("members", "students", "mitglieder") for column in many)
    for row in rows:
        group = row.first_of(GROUP_COLUMNS)
        if not group:
            continue  # a student without a group
        if is_group_a_line:
            cells = [text for column in many for text in BETWEEN_MEMBERS.split(row.cells.get(column, ""))]
            yield from ((group, as_written(text.strip())) for text in cells if text.strip())
            continue
        person = person_in(row, columns)
        if not str(person):
            raise SpecError(
                Problem(f"group {group!r} has a line without a student", SourceLocation(path.name, row.line, 1))
            )
        yield group, person if person.ids else as_written(person.name)


def _of_yaml(path: Path) -> Iterator[tuple[str, Person]]:
    place = SourceLocation(path.name)
    try:
        if path.stat().st_size > MAX_ROSTER_BYTES:
            raise SpecError(Problem(f"is larger than {MAX_ROSTER_BYTES} bytes", place))
        root = (read_json if path.suffix.lower() == ".json" else read_yaml)(path.read_bytes(), path.name)
    except OSError as error:
        raise SpecError(Problem(f"cannot be read: {error.strerror}", place)) from None
    except DocumentError as error:
        raise SpecError(*error.problems) from None
    if isinstance(root, MappingNode):
        for name, students in root.items():
            yield from ((str(name), person) for person in _people(students))
    elif isinstance(root, SequenceNode):
        for block in root:
            group, members = _named_block(block)
            yield from ((group, person) for person in _people(members))
    else:
        raise SpecError(Problem(f"wanted are groups with their students, not {describe_node(root)}", root.place))


def _named_block(block: Node) -> tuple[str, Node]:
    """`{group: team7, students: [ada, bob]}`."""
    if isinstance(block, MappingNode):
        name = next((found for key in GROUP_KEYS if isinstance(found := block.lookup(key), ScalarNode)), None)
        students = next((found for key in MEMBERS_KEYS if (found := block.lookup(key)) is not None), None)
        if name and students is not None:
            return str(name), students
    raise SpecError(Problem("wanted is a group with `group:` and `students:`", block.place))


def _people(students: Node) -> Iterator[Person]:
    item: Node
    for item in students if isinstance(students, SequenceNode) else [students]:
        if not isinstance(item, ScalarNode) or item.blank:
            raise SpecError(Problem(f"wanted is a student's id, name or e-mail, not {describe_node(item)}", item.place))
        yield as_written(str(item).strip())
