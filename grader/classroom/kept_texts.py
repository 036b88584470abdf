"""The texts of a row as they are kept: its report, and of each question what is kept beside it.

Of most questions many submissions of a class have the same answer. So each question is compressed for itself, once for
all that share it, and read once. Packed texts are a line of JSON (the size of what follows, and what stands in few
words beside each question), the report up to its questions, a compressed part for each question, and their pages.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from grader.classroom.graded import report_bytes
from grader.classroom.kept_page import KeptPage
from grader.classroom.squeezed import squeezed
from grader.classroom.verdicts import KeptVerdict
from grader.kinds.memo import BoundedMemo

MAX_REMEMBERED_CHARACTERS = 4_000
"""Of the texts of a question that are remembered; longer ones have something in them that somebody wrote."""

MAX_REMEMBERED_PARTS = 1_024

SHORT, LONG = b"s", b"l"
"""What a part begins with, by whether its texts are remembered: what is compressed does not say how long it will be."""


class QuestionTexts(NamedTuple):
    """How a question stands in the report, and `KeptVerdict.facts`."""

    text: str
    facts: str


class OpenedTexts(NamedTuple):
    """Packed texts, taken apart: what stands in the line before them, the report's beginning, its questions, pages.

    `ends_with_questions`: these questions are the end of the report.
    """

    head: str
    ends_with_questions: bool
    said: Sequence[Sequence[Any]]
    questions: Sequence[QuestionTexts]
    pages: bytes

    @property
    def report(self) -> str:
        end = end_of_report(question.text for question in self.questions)
        return self.head + end if self.ends_with_questions else self.head

    @property
    def verdicts(self) -> tuple[KeptVerdict, ...]:
        found, at = list[KeptVerdict](), 0
        for said, texts in zip(self.said, self.questions, strict=True):
            _, question, spec, key, whole_key, digest, size, is_whole = said
            page = KeptPage(digest, self.pages[at : at + size], is_whole)
            found.append(KeptVerdict(question, spec, key, whole_key, texts.text, texts.facts, page))
            at += size
        return tuple(found)


def packed_texts(report: str, verdicts: Sequence[KeptVerdict]) -> bytes:
    """The texts of a row, packed."""
    head = report.removesuffix(end_of_report(kept.text for kept in verdicts))
    parts = [_part(QuestionTexts(kept.text, kept.facts)) for kept in verdicts]
    said = [
        [len(part), kept.question, kept.spec, kept.key, kept.whole_key, page.digest, len(page.data), page.is_whole]
        for kept, part in zip(verdicts, parts, strict=True)
        for page in [kept.page]
    ]
    start = report_bytes(head)
    line = json.dumps([len(start), len(head) < len(report), said]).encode()
    return b"".join([line, b"\n", start, *parts, *(kept.page.data for kept in verdicts)])


def opened_texts(packed: bytes) -> OpenedTexts:
    """The texts of a row that `packed_texts` has packed.

    Raises:
        ValueError, TypeError, zlib.error: if they are none.
    """
    line, _, rest = packed.partition(b"\n")
    size, ends_with_questions, said = json.loads(line)
    start, at, questions = rest[:size].decode(), size, list[QuestionTexts]()
    for length, *_ in said:
        questions.append(_texts_in(rest[at : at + length]))
        at += length
    return OpenedTexts(start, ends_with_questions, said, questions, rest[at:])


def end_of_report(questions: Iterable[str]) -> str:
    """How a report ends in which these questions stand."""
    return f"{', '.join(questions)}]}}\n"


def _part(texts: QuestionTexts) -> bytes:
    is_long = sum(map(len, texts)) > MAX_REMEMBERED_CHARACTERS
    return LONG + _packed(texts) if is_long else SHORT + _remembered_packed(texts)


def _packed(texts: QuestionTexts) -> bytes:
    return squeezed(report_bytes("\0".join(texts)))


def _packed_or_read(texts: QuestionTexts) -> bytes:
    """The same; what was read before need not be compressed again, as after an edit of another question."""
    found = _parts_read.get(texts)
    return _packed(texts) if found is None else found


_remembered_packed = lru_cache(MAX_REMEMBERED_PARTS)(_packed_or_read)


def _texts_in(part: bytes) -> QuestionTexts:
    return (_remembered_read if part.startswith(SHORT) else _read)(part[1:])


def _read(packed: bytes) -> QuestionTexts:
    text, _, facts = zlib.decompress(packed).decode().partition("\0")  # in JSON there is no NUL
    return QuestionTexts(text, facts)


def _read_and_noted(packed: bytes) -> QuestionTexts:
    texts = _read(packed)
    _parts_read.keep(texts, packed, len(packed))
    return texts


_remembered_read = lru_cache(MAX_REMEMBERED_PARTS)(_read_and_noted)

_parts_read = BoundedMemo[bytes](MAX_REMEMBERED_PARTS, MAX_REMEMBERED_PARTS * MAX_REMEMBERED_CHARACTERS)
"""Of texts that were read, how they were packed."""
