"""What is known of a question that a reader may be asked about, for what the next run says of readers' marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from grader.kinds.written.marks import mark_from
from grader.kinds.written.standing import RUBRIC_CHANGED


class ReadAnswer(NamedTuple):
    """What is known of a question that a reader may be asked about, or whose answer is missing or cannot be used.

    `answer` is the fingerprint of the written answer (None: there is none), `status` that of the question. `has_mark`:
    a reader's mark is known; `names_answer`: it says for which answer it was given. `other_rubric`: it counts though it
    was given by another rubric.
    """

    question: str
    status: str
    answer: str | None = None
    has_mark: bool = False
    names_answer: bool = False
    other_rubric: bool = False


def read_answers_from(kept: Iterable[Iterable[Any]]) -> tuple[ReadAnswer, ...]:
    """Those of a row, of lists of their fields; rows with the same share them, as a class has many.

    Raises:
        TypeError: if they are none.
    """
    return _shared(tuple(map(tuple, kept)))


@lru_cache(maxsize=1024)
def _shared(fields: tuple[tuple[Any, ...], ...]) -> tuple[ReadAnswer, ...]:
    return tuple([ReadAnswer(*read) for read in fields])


_ABOUT_READERS = ('"written": ', '"mark": [', '"status": "missing"', '"status": "rejected"')
"""In the facts of a verdict, which are JSON: in a text there the quotes would have backslashes."""


def may_have_reader(facts: str) -> bool:
    """False if nobody reads what these facts of a kept verdict are of; told without reading them, as most are so."""
    return any(said in facts for said in _ABOUT_READERS)


def read_answer_in(facts: Mapping[str, Any]) -> ReadAnswer:
    """What the facts of a kept verdict say of a reader."""
    written, mark = facts.get("written"), mark_from(facts.get("mark"))
    return ReadAnswer(
        facts["id"],
        facts["status"],
        written["fingerprint"] if written is not None else None,
        mark is not None,
        mark is not None and bool(mark.answer),
        RUBRIC_CHANGED in facts["messages"],
    )
