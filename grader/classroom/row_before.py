"""What a run needs of the last row of a submission that it may have to grade again."""

from __future__ import annotations

from collections.abc import Mapping
from sys import intern
from typing import Any, NamedTuple

from grader.classroom.damaged_row import DamagedRowError
from grader.classroom.read_answer import ReadAnswer, read_answers_from
from grader.verdict import QuestionStatus


class RowBefore(NamedTuple):
    """Some fields of a `Graded`, as a class has many rows and a run looks at no more of most."""

    name: str
    status: QuestionStatus
    content: bytes
    key: bytes
    spec_name: str
    grader: str
    has_page_details: bool
    read_answers: tuple[ReadAnswer, ...]


def row_before(data: Mapping[str, Any]) -> RowBefore:
    """What is needed of a row, of its data as `packed` writes it.

    Raises:
        DamagedRowError: if that is no row.
    """
    try:
        return RowBefore(
            data["name"],
            data["status"],
            bytes.fromhex(data["content"]),
            bytes.fromhex(data["key"]),
            intern(data["spec_name"]),
            intern(data["grader"]),
            data["has_page_details"],
            read_answers_from(data["read_answers"]),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise DamagedRowError(f"{type(error).__name__}: {error}") from None
