"""The row of a submission as plain data, from which the row and its report come back without grading."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from sys import intern
from typing import Any, NamedTuple, cast

from grader.classroom.damaged_row import DamagedRowError
from grader.classroom.facts import AnswerFacts
from grader.classroom.graded import Graded, RowTexts, TextsInMemory
from grader.classroom.kept_facts import points_of_text
from grader.classroom.kept_texts import OpenedTexts, opened_texts, packed_texts
from grader.classroom.read_answer import read_answers_from
from grader.classroom.squeezed import report_bytes
from grader.classroom.verdicts import KeptVerdict
from grader.errors import HarnessError
from grader.verdict import QuestionStatus

_BEFORE_FACTS = ', "answer_facts": '
"""Before what stands at the end of brief data, and is long; in a text there the quotes would have backslashes."""

CHANGED_ROW = "a row is not as it was written"
CHANGED_TEXTS = "the report of a row is not as it was written"
ROW_OF_ANOTHER = "a row stands under the name of another submission"


class PackedRow(NamedTuple):
    """A row for keeping.

    `brief` is what the table says of it and `digest` a digest of that. `texts` are its report and verdicts, packed, of
    which `brief` has a digest: so damage is found in what is read, whichever it is.
    """

    brief: str
    digest: str
    texts: bytes


class PackedTexts(NamedTuple):
    """The texts of a row that was packed where it was graded, as they are in memory until they are kept.

    `file` is its report as its file has it, which is written next, so that nobody needs to decompress it for that, and
    `facts` are its `answer_facts`, which were read with the rest of what is brief.
    """

    packed: PackedRow
    file: bytes
    facts: Sequence[Sequence[str]]

    @property
    def has_report(self) -> bool:
        return True

    @property
    def report(self) -> str:
        return self.file.decode()

    @property
    def answer_facts(self) -> tuple[AnswerFacts, ...]:
        return _facts_of(self.facts)

    @property
    def verdicts(self) -> tuple[KeptVerdict, ...]:
        return _opened(self.packed).verdicts


class PackedResult(NamedTuple):
    """What comes back from where a submission was graded: its row for keeping, its report, and its page if it has one.

    The report is as its file has it.
    """

    packed: PackedRow
    report: bytes
    page: str

    def __reduce__(self) -> tuple[Any, ...]:
        """Sent as one tuple of texts and bytes, which takes less than the objects around them do."""
        return _result_of, (*self.packed, self.report, self.page)

    def row(self, name: str) -> Graded:
        """The row of the submission of that name, as the gradebook would give it back.

        Raises:
            HarnessError: if it is another's, whose marks nobody else may get.
        """
        data = json.loads(self.packed.brief)
        if data["name"] != name:
            raise HarnessError(f"the result of {data['name']!r} came in the place of that of {name!r}: grade once more")
        data["name"] = name  # the same text for all that hold it
        return row_from(data, PackedTexts(self.packed, self.report, data["answer_facts"]), self.page)


def _result_of(brief: str, digest: str, texts: bytes, report: bytes, page: str) -> PackedResult:
    return PackedResult(PackedRow(brief, digest, texts), report, page)


def packed_result(row: Graded) -> PackedResult:
    """The row, its report and its page, packed to be sent and kept."""
    report = report_bytes(row.texts.report)
    return PackedResult(_packed(row, report), report, row.page)


def packed(row: Graded) -> PackedRow:
    """The row for keeping."""
    texts = row.texts
    return texts.packed if isinstance(texts, PackedTexts) else _packed(row, report_bytes(texts.report))


def _packed(row: Graded, report: bytes) -> PackedRow:
    """`report` is that of the row as its file has it."""
    texts = packed_texts(row.texts.report, row.texts.verdicts)
    brief = json.dumps(
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
            "content": row.content.hex(),
            "key": row.key.hex(),
            "spec_name": row.spec_name,
            "grader": row.grader,
            "has_variants": row.has_variants,
            "has_page_details": row.has_page_details,
            "graded_now": row.graded_now,
            "read_answers": row.read_answers,
            "page_digest": row.page_digest,
            "report_digest": hashlib.sha256(report).hexdigest(),
            "texts": hashlib.sha256(texts).hexdigest(),
        }
    )
    brief = f"{brief[:-1]}{_BEFORE_FACTS}[{', '.join(_facts_as_json(row.texts))}]}}"
    return PackedRow(brief, _digest(brief), texts)


def _facts_as_json(texts: RowTexts) -> list[str]:
    """The `answer_facts` of a row, each as JSON has it."""
    if isinstance(texts, TextsInMemory) and texts.verdicts:
        return [kept.texts.answer_facts_json for kept in texts.verdicts]
    return list(map(json.dumps, texts.answer_facts))


def brief_row(brief: str, digest: str, submission: str, texts: RowTexts) -> Graded:
    """The row that was kept of a submission, whose texts are elsewhere.

    Raises:
        DamagedRowError: if it was changed since.
    """
    return row_from(_checked_brief(brief, digest, submission), texts)


def row_from(data: Mapping[str, Any], texts: RowTexts, page: str = "") -> Graded:
    """The row of plain data, as `packed` writes it; `page` where one was made of it.

    Raises:
        DamagedRowError: if that is no row.
    """
    try:
        return Graded(
            name=data["name"],
            assignment=intern(data["assignment"]),
            marks=_marks(tuple(map(tuple, data["marks"]))),
            total=_points(data["total"]),
            max_points=points_of_text(data["max_points"]),
            status=_status(data["status"]),
            messages=tuple(data["messages"]),
            texts=texts,
            pending_points=points_of_text(data["pending_points"]),
            students=tuple(data["students"]),
            students_fault=data["students_fault"],
            evidence=intern(data["evidence"]),
            unproved=_set_of(tuple(data["unproved"])),
            content=bytes.fromhex(data["content"]),
            key=bytes.fromhex(data["key"]),
            spec_name=intern(data["spec_name"]),
            grader=intern(data["grader"]),
            has_variants=data["has_variants"],
            has_page_details=data["has_page_details"],
            graded_now=_names(tuple(data["graded_now"])),
            read_answers=read_answers_from(data["read_answers"]),
            page_digest=data["page_digest"],
            report_digest=bytes.fromhex(data["report_digest"]),
            page=page,
        )
    except (KeyError, ValueError, TypeError) as error:
        raise DamagedRowError(f"{type(error).__name__}: {error}") from None


def unpacked(kept: PackedRow, submission: str) -> Graded:
    """The row that was kept of a submission, with its texts.

    Raises:
        DamagedRowError: if it was changed since.
    """
    data = checked(kept, submission)
    opened = _opened(kept)
    return row_from(data, TextsInMemory(opened.report, opened.verdicts))


def report_of(kept: PackedRow, submission: str) -> str:
    """The report that was kept of a submission; raises what `unpacked` raises."""
    refuse_damaged(kept, submission)
    return _opened(kept).report


def verdicts_in(kept: PackedRow, submission: str) -> tuple[KeptVerdict, ...]:
    """The verdicts that were kept of a submission; raises what `unpacked` raises."""
    refuse_damaged(kept, submission)
    return _opened(kept).verdicts


def facts_in_brief(brief: str, digest: str) -> tuple[AnswerFacts, ...] | None:
    """What the statistics need of the report of a row; None where an earlier grader has kept it, without that.

    It stands at the end of the brief data, so that nothing else of a row that was read before is read again.

    Raises:
        DamagedRowError: if the row was changed since.
    """
    if _digest(brief) != digest:
        raise DamagedRowError(CHANGED_ROW)
    _, key, facts = brief.rpartition(_BEFORE_FACTS)
    if not key:
        return None
    return _facts_of(json.loads(facts[:-1]))


def _facts_of(kept: Iterable[Sequence[str]]) -> tuple[AnswerFacts, ...]:
    """Those that were kept; what most answers to a question say is one text for all of them."""
    return tuple([AnswerFacts(intern(said), *fingerprints) for said, *fingerprints in kept])


def refuse_damaged(kept: PackedRow, submission: str) -> None:
    """Raises what `checked` raises, without reading the brief data, in whose texts quotes have backslashes."""
    if _digest(kept.brief) != kept.digest:
        raise DamagedRowError(CHANGED_ROW)
    if not kept.brief.startswith(f'{{"name": {encode_basestring_ascii(submission)}, '):
        raise DamagedRowError(ROW_OF_ANOTHER)
    if kept.texts is None or f', "texts": "{hashlib.sha256(kept.texts).hexdigest()}"' not in kept.brief:
        raise DamagedRowError(CHANGED_TEXTS)


def _opened(kept: PackedRow) -> OpenedTexts:
    try:
        return opened_texts(kept.texts)
    except (ValueError, TypeError) as error:
        raise DamagedRowError(f"{type(error).__name__}: {error}") from None


def checked(kept: PackedRow, submission: str) -> dict[str, Any]:
    """The brief data of the row of a submission, without its `answer_facts`.

    Raises:
        DamagedRowError: if anything of the row was changed since it was written.
    """
    data = _checked_brief(kept.brief, kept.digest, submission)
    if kept.texts is None or data.get("texts") != hashlib.sha256(kept.texts).hexdigest():
        raise DamagedRowError(CHANGED_TEXTS)
    return data


def _checked_brief(brief: str, digest: str, submission: str) -> dict[str, Any]:
    if _digest(brief) != digest:
        raise DamagedRowError(CHANGED_ROW)
    start, _, facts = brief.rpartition(_BEFORE_FACTS)
    found: dict[str, Any] = json.loads(f"{start}}}" if start else facts)
    if found.get("name") != submission:
        raise DamagedRowError(ROW_OF_ANOTHER)
    return found


def _digest(brief: str) -> str:
    return hashlib.sha256(brief.encode() + b"\0").hexdigest()


@lru_cache(maxsize=4096)
def _marks(marks: tuple[tuple[str, str | None], ...]) -> Mapping[str, Fraction | None]:
    """The same mapping for all rows with the same marks, as a class has few different ones."""
    return {question: _points(points) for question, points in marks}


@lru_cache(maxsize=64)
def _names(names: tuple[str, ...]) -> tuple[str, ...]:
    """The same names for all rows that have them."""
    return names


@lru_cache(maxsize=1024)
def _set_of(names: tuple[str, ...]) -> frozenset[str]:
    """The same set for all rows that have these names in it."""
    return frozenset(names)


def _status(text: str) -> QuestionStatus:
    return cast(QuestionStatus, intern(text))


def _text(points: Fraction | None) -> str | None:
    return None if points is None else str(points)


def _points(text: str | None) -> Fraction | None:
    return None if text is None else points_of_text(text)
