"""Which texts mention somebody of a class, so that a page that hides names can leave them out.

The rule: a text mentions a student if a word of the names, ids, e-mail or submission that the student is known by is in
it: one of four signs and more anywhere, a shorter one with a letter as a word of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from grader.classroom.class_list import ClassRow

MIN_WORD_ANYWHERE = 4
"""Signs of a word from which on it is looked for also inside of other words."""

MIN_WORD = 2

_NAME_WORD = re.compile(r"[^\W_]+")


class KnownNames:
    """The words by which the students of some rows are known."""

    def __init__(self, rows: Iterable[ClassRow]) -> None:
        words = {word for row in rows for text in _texts(row) for word in _words(text)}
        self._anywhere = sorted(word for word in words if len(word) >= MIN_WORD_ANYWHERE)
        self._alone = {word for word in words if MIN_WORD <= len(word) < MIN_WORD_ANYWHERE and not word.isdigit()}

    def are_in(self, text: str) -> bool:
        """Whether a text mentions any of them."""
        folded = text.casefold()
        return not self._alone.isdisjoint(_words(text)) or any(word in folded for word in self._anywhere)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _NAME_WORD.findall(text)]


def _texts(row: ClassRow) -> Iterable[str]:
    person = row.person
    return (row.graded.name, row.submission, person.name, *(value for _, value in person.ids), *row.graded.students)
