"""A question as a report and a gradebook have it: its texts, how they are packed, and what is read in them.

Of most questions many submissions of a class have the same answer. So what is said of one is an object that all of them
share: compressed once, and read once. What was packed is not read before somebody asks for it, as some of what is kept
of a submission is replaced unread.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from grader.classroom.damaged_row import DamagedRowError
from grader.classroom.facts import AnswerFacts, facts_in_text
from grader.classroom.kept_facts import known_in
from grader.classroom.read_answer import ReadAnswer, may_have_reader, read_answer_in
from grader.classroom.squeezed import report_bytes, squeezed
from grader.grading import KnownVerdict

MAX_REMEMBERED_CHARACTERS = 4_000
"""Of the texts of a question that is remembered; longer ones have something in them that somebody wrote."""

MAX_REMEMBERED_QUESTIONS = 1_024
"""Of those that came packed, and as many of those that came as texts."""

SHORT, LONG = b"s", b"l"
"""What a packed question begins with, by whether it is remembered: its size does not say how long its texts are."""


class QuestionTexts:
    """How a question stands in a report, and `facts` beside it (`kept_facts`), both in JSON; or the same, packed.

    What it does not have is made of the rest when it is asked for first.
    """

    __slots__ = ("_answer_facts", "_answer_facts_json", "_known", "_packed", "_read_answer", "_texts")

    def __init__(self, texts: tuple[str, str] | None, packed: bytes = b"") -> None:
        """`texts` may be None where it is `packed`."""
        self._texts = texts
        self._packed = packed
        self._known: tuple[Mapping[str, Any], KnownVerdict] | None = None
        self._answer_facts: AnswerFacts | None = None
        self._answer_facts_json = ""
        self._read_answer: tuple[ReadAnswer | None] | None = None

    @property
    def both(self) -> tuple[str, str]:
        """The text in the report, and the facts.

        Raises:
            DamagedRowError: where it was packed by something else.
        """
        if self._texts is None:
            self._texts = _unpacked(self._packed)
        return self._texts

    @property
    def text(self) -> str:
        return self.both[0]

    @property
    def facts(self) -> str:
        return self.both[1]

    @property
    def packed(self) -> bytes:
        """Both texts compressed, for keeping."""
        if not self._packed:
            start = SHORT if _are_short(*self.both) else LONG
            self._packed = start + squeezed(report_bytes("\0".join(self.both)))  # in JSON there is no NUL
        return self._packed

    @property
    def known(self) -> tuple[Mapping[str, Any], KnownVerdict]:
        """The facts as data, and the verdict as far as they say it; raises what `both` raises."""
        if self._known is None:
            facts = json.loads(self.facts)
            self._known = facts, known_in(facts)
        return self._known

    @property
    def answer_facts(self) -> AnswerFacts:
        """What the statistics of a class need of the text; raises what `both` raises."""
        if self._answer_facts is None:
            self._answer_facts = facts_in_text(self.text)
        return self._answer_facts

    @property
    def answer_facts_json(self) -> str:
        """The same as JSON has it."""
        if not self._answer_facts_json:
            self._answer_facts_json = json.dumps(self.answer_facts)
        return self._answer_facts_json

    @property
    def read_answer(self) -> ReadAnswer | None:
        """What is known of its reader; None where nobody is asked. It raises what `both` raises."""
        if self._read_answer is None:
            self._read_answer = (read_answer_in(json.loads(self.facts)) if may_have_reader(self.facts) else None,)
        return self._read_answer[0]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, QuestionTexts) and (self is other or self.both == other.both)

    def __hash__(self) -> int:
        return hash(self.both)

    def __repr__(self) -> str:
        return f"question_texts{self.both!r}"

    def __reduce__(self) -> tuple[Any, ...]:
        """Sent packed, where it is: then it is short, and its receiver may know it already."""
        return (packed_question, (self._packed,)) if self._packed else (question_texts, self.both)


def question_texts(text: str, facts: str) -> QuestionTexts:
    """A question that stands so in a report, with these facts beside it."""
    return _remembered(text, facts) if _are_short(text, facts) else QuestionTexts((text, facts))


def packed_question(packed: bytes) -> QuestionTexts:
    """A question of which this was kept, which is not read yet."""
    return _remembered_packed(packed) if packed.startswith(SHORT) else QuestionTexts(None, packed)


def _are_short(text: str, facts: str) -> bool:
    return len(text) + len(facts) <= MAX_REMEMBERED_CHARACTERS


@lru_cache(MAX_REMEMBERED_QUESTIONS)
def _remembered(text: str, facts: str) -> QuestionTexts:
    return QuestionTexts((text, facts))


@lru_cache(MAX_REMEMBERED_QUESTIONS)
def _remembered_packed(packed: bytes) -> QuestionTexts:
    return QuestionTexts(None, packed)


def _unpacked(packed: bytes) -> tuple[str, str]:
    try:
        text, _, facts = zlib.decompress(packed[1:]).decode().partition("\0")
    except (ValueError, zlib.error) as error:
        raise DamagedRowError(f"{type(error).__name__}: {error}") from None
    return text, facts
