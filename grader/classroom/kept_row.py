"""The row of a submission as plain data, from which the row and its report come back without grading."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from grader.classroom.entries import Entry
from grader.classroom.kept_page import KeptPage
from grader.classroom.people import Person
from grader.classroom.squeezed import squeezed
from grader.classroom.verdicts import KeptVerdict, points_of_text
from grader.classroom.work import Graded, WrongBehaviour

REPORT_END = len("]}\n")
BETWEEN_QUESTIONS = len(", ")


class PackedRow(NamedTuple):
    """A row as text; its report and behind it what pages show, compressed; and a digest by which damage is found."""

    data: str
    report: bytes
    digest: str


class DamagedRowError(Exception):
    """What was kept of a row is not what was written."""


def packed(row: Graded) -> PackedRow:
    """The row for keeping."""
    report = row.report.encode("utf-8", "backslashreplace")
    data = json.dumps(
        {
            "name": row.name,
            "assignment": row.assignment,
            "marks": [[question, _text(points)] for question, points in row.marks.items()],
            "total": _text(row.total),
            "max_points": str(row.max_points),
            "status": row.status,
            "messages": row.messages,
            "pending_points": str(row.pending_points),
            "students": row.students,
            "students_fault": row.students_fault,
            "evidence": row.evidence,
            "unproved": sorted(row.unproved),
            "wrong": [[name, wrong.fingerprint, wrong.input] for name, wrong in row.wrong_behaviours.items()],
            "content": row.content,
            "key": row.key,
            "spec_name": row.spec_name,
            "report": hashlib.sha256(report).hexdigest(),
            "verdicts": [_verdict_data(verdict) for verdict in row.verdicts],
        }
    )
    kept = b"".join([squeezed(report), *(verdict.page.data for verdict in row.verdicts)])
    return PackedRow(data, kept, _digest(data, kept))


def unpacked(kept: PackedRow, submission: str) -> Graded:
    """The row that was kept of a submission.

    Raises:
        DamagedRowError: if it was changed since.
    """
    data = checked(kept, submission)
    try:
        unpacking = zlib.decompressobj()
        report = unpacking.decompress(kept.report).decode()
        wrong = {name: WrongBehaviour(found, where) for name, found, where in data["wrong"]}
        return Graded(
            name=data["name"],
            assignment=data["assignment"],
            marks={question: _points(points) for question, points in data["marks"]},
            total=_points(data["total"]),
            max_points=points_of_text(data["max_points"]),
            status=data["status"],
            messages=tuple(data["messages"]),
            report=report,
            pending_points=points_of_text(data["pending_points"]),
            students=tuple(data["students"]),
            students_fault=data["students_fault"],
            evidence=data["evidence"],
            unproved=frozenset(data["unproved"]),
            wrong_behaviours=wrong,
            content=data["content"],
            key=data["key"],
            spec_name=data["spec_name"],
            verdicts=tuple(_verdicts(report, data["verdicts"], unpacking.unused_data)),
        )
    except (KeyError, ValueError, TypeError, zlib.error) as error:
        raise DamagedRowError(f"{type(error).__name__}: {error}") from None


class KeptAttempt(NamedTuple):
    """What was handed in once: its assignment, and its points (None: held)."""

    assignment: str
    content: str
    points: Fraction | None


def attempts_of(rows: Iterable[str | None]) -> list[KeptAttempt]:
    """The attempts of a submission, of which these are the data of its rows; None of a row: it went away there.

    What was graded again without having been handed in anew has the points that came last.

    Raises:
        DamagedRowError: if one is no row.
    """
    found: list[KeptAttempt] = []
    try:
        for text in rows:
            if text is None:
                found.clear()
                continue
            data = json.loads(text)
            attempt = KeptAttempt(data["assignment"], data["content"], _points(data["total"]))
            found[-1:] = [attempt] if found and found[-1].content == attempt.content else [*found[-1:], attempt]
    except (KeyError, ValueError, TypeError) as error:
        raise DamagedRowError(f"{type(error).__name__}: {error}") from None
    return found


def checked(kept: PackedRow, submission: str) -> dict[str, Any]:
    """The data of the row of a submission.

    Raises:
        DamagedRowError: if it was changed since it was written.
    """
    if None in kept or _digest(kept.data, kept.report) != kept.digest:
        raise DamagedRowError("a row is not as it was written")
    found: dict[str, Any] = json.loads(kept.data)
    if found.get("name") != submission:
        raise DamagedRowError("a row stands under the name of another submission")
    return found


def _verdicts(report: str, kept: Sequence[Sequence[Any]], pages: bytes) -> list[KeptVerdict]:
    """The verdicts, whose texts stand one behind the other at the end of the report, as their pages do in `pages`."""
    end, end_of_page = len(report) - REPORT_END, len(pages)
    found = []
    for question, spec, key, whole_key, length, facts, *said in reversed(kept):
        digest, size, is_whole = said or ("", 0, False)  # nothing was kept by an earlier grader
        page = KeptPage(digest, pages[end_of_page - size : end_of_page], is_whole)
        found.append(KeptVerdict(question, spec, key, whole_key, report[end - length : end], facts, page))
        end -= length + BETWEEN_QUESTIONS
        end_of_page -= size
    return found[::-1]


def _verdict_data(kept: KeptVerdict) -> list[Any]:
    """A verdict but for its texts, which stand in the report and behind it."""
    page = kept.page
    said = [kept.question, kept.spec, kept.key, kept.whole_key, len(kept.text), kept.facts]
    return [*said, page.digest, len(page.data), page.is_whole]


def _digest(data: str, report: bytes) -> str:
    return hashlib.sha256(data.encode() + b"\0" + report).hexdigest()


def _text(points: Fraction | None) -> str | None:
    return None if points is None else str(points)


def _points(text: str | None) -> Fraction | None:
    return None if text is None else points_of_text(text)


def entry_data(entry: Entry, source: str) -> str:
    """What is known of an entry of the folder `source` beside its files, behind a digest by which damage is found."""
    people = [[person.name, [list(one) for one in person.ids]] for person in entry.students]
    handed_in = entry.handed_in.isoformat() if entry.handed_in is not None else None
    data = json.dumps([entry.name, entry.path.name, people, entry.late, entry.notes, handed_in])
    return f"{_digest(data, source.encode())} {data}"


def entry_from(kept: str, source: str) -> Entry:
    """The entry that was graded from a folder, which need not be there any more.

    Raises:
        DamagedRowError: if it was changed since.
    """
    digest, _, data = kept.partition(" ")
    if digest != _digest(data, source.encode()):
        raise DamagedRowError("what is known of a submission is not as it was written")
    name, path, people, late, notes, handed_in = json.loads(data)
    time = datetime.fromisoformat(handed_in) if handed_in is not None else None
    students = tuple(Person(person, tuple((kind, value) for kind, value in ids)) for person, ids in people)
    return Entry(name, Path(source) / path, (), students, late, tuple(notes), time)
