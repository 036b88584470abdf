"""What is known of a submission beside its files, as plain data, from which its entry comes back without its folder."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from json.encoder import encode_basestring_ascii
from pathlib import Path

from grader.classroom.damaged_row import DamagedRowError
from grader.classroom.entries import Entry
from grader.classroom.people import Person


def entry_data(entry: Entry, source: str) -> str:
    """What is known of an entry of the folder `source` beside its files, behind a digest by which damage is found.

    It is JSON, which is made of a list in several times the time where the platform says nothing.
    """
    about = "[], false, [], null"  # as it is with most of a class
    if entry.students or entry.late or entry.notes or entry.handed_in is not None:
        people = [[person.name, [list(one) for one in person.ids]] for person in entry.students]
        handed_in = entry.handed_in.isoformat() if entry.handed_in is not None else None
        about = json.dumps([people, entry.late, entry.notes, handed_in])[1:-1]
    data = f"[{encode_basestring_ascii(entry.name)}, {encode_basestring_ascii(entry.file_name)}, {about}]"
    return f"{_digest(data, source)} {data}"


def checked_entry(kept: str, source: str) -> str:
    """What is known of an entry of a folder, as JSON.

    Raises:
        DamagedRowError: if it was changed since.
    """
    digest, _, data = kept.partition(" ")
    if digest != _digest(data, source):
        raise DamagedRowError("what is known of a submission is not as it was written")
    return data


def entry_from(kept: str, source: str) -> Entry:
    """The entry that was graded from a folder, which need not be there any more; raises what `checked_entry` raises."""
    name, path, people, late, notes, handed_in = json.loads(checked_entry(kept, source))
    time = datetime.fromisoformat(handed_in) if handed_in is not None else None
    students = tuple(Person(person, tuple((kind, value) for kind, value in ids)) for person, ids in people)
    return Entry(name, Path(source), path, (), students, late, tuple(notes), time)


def _digest(data: str, source: str) -> str:
    return hashlib.sha256(f"{data}\0{source}".encode()).hexdigest()
