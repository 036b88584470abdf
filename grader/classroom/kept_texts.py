"""The texts of a row as they are kept: its report, and of each question what is kept beside it.

Packed texts are a line of JSON (the size of what follows, and what stands in few words beside each question), the
report up to its questions, each question packed for itself, as many submissions share it, and their pages.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from grader.classroom.kept_page import KeptPage
from grader.classroom.question_texts import packed_question
from grader.classroom.squeezed import report_bytes
from grader.classroom.verdicts import KeptVerdict


class OpenedTexts(NamedTuple):
    """Packed texts, taken apart: the report's beginning, whether these questions are its end, and the verdicts."""

    head: str
    ends_with_questions: bool
    verdicts: tuple[KeptVerdict, ...]

    @property
    def report(self) -> str:
        return self.head + end_of_report(self.verdicts) if self.ends_with_questions else self.head


def packed_texts(report: str, verdicts: Sequence[KeptVerdict]) -> bytes:
    """The texts of a row, packed."""
    head = report.removesuffix(end_of_report(verdicts))
    parts = [kept.texts.packed for kept in verdicts]
    said = [
        [len(part), kept.question, kept.spec, kept.key, kept.whole_key, page.digest, len(page.data), page.is_whole]
        for kept, part in zip(verdicts, parts, strict=True)
        for page in [kept.page]
    ]
    start = report_bytes(head)
    line = json.dumps([len(start), len(head) < len(report), said]).encode()
    return b"".join([line, b"\n", start, *parts, *(kept.page.data for kept in verdicts)])


def opened_texts(packed: bytes) -> OpenedTexts:
    """The texts of a row that `packed_texts` has packed; its questions are read when they are asked for.

    Raises:
        ValueError, TypeError: if they are none.
    """
    line, _, rest = packed.partition(b"\n")
    size, ends_with_questions, said = json.loads(line.decode())  # as text it is read faster
    at, page_at = size, size + sum(part for part, *_ in said)
    start, verdicts = rest[:size].decode(), list[KeptVerdict]()
    for length, question, spec, key, whole_key, digest, page_size, is_whole in said:
        texts = packed_question(rest[at : at + length])
        page = KeptPage(digest, rest[page_at : page_at + page_size], is_whole)
        verdicts.append(KeptVerdict(question, spec, key, whole_key, texts, page))
        at, page_at = at + length, page_at + page_size
    return OpenedTexts(start, ends_with_questions, tuple(verdicts))


def end_of_report(questions: Iterable[KeptVerdict]) -> str:
    """How a report ends in which these questions stand."""
    return f"{', '.join([kept.texts.text for kept in questions])}]}}\n"
