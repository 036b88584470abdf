"""Which texts mention somebody of a class, so that a page that hides names can leave them out.

The rule: a text mentions a student if a word of the names, ids, e-mail or submission that the student is known by is in
it: one of four signs and more anywhere, a shorter one with a letter as a word of its own. Accents do not matter, and a
word of a script without capitals, which may have no spaces between words either, is looked for anywhere. A long word is
found also where it stands in parts: `adaadams` in "Ada Adams".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from grader.classroom.class_row import ClassRow

MIN_LETTERS_INSIDE_WORDS = 4
"""Signs of a word from which on it is looked for also inside of other words."""

MIN_WORD_LETTERS = 2

MIN_LETTERS_ACROSS_SPACES = 7
"""Signs of a word from which on it is looked for across spaces and punctuation."""

_NAME_WORD = re.compile(r"[^\W_]+")


class KnownNames:
    """The words by which the students of some rows are known."""

    def __init__(self, rows: Iterable[ClassRow]) -> None:
        known = (word for row in rows for text in _texts(row) for word in _words(_plain(text)))
        words = {word for word in known if len(word) >= MIN_WORD_LETTERS}
        self._anywhere = sorted(word for word in words if len(word) >= MIN_LETTERS_INSIDE_WORDS or _has_no_case(word))
        self._in_parts = sorted(word for word in words if len(word) >= MIN_LETTERS_ACROSS_SPACES)
        self._alone = {word for word in words if len(word) < MIN_LETTERS_INSIDE_WORDS and not word.isdigit()}

    def are_in(self, text: str) -> bool:
        """Whether a text mentions any of them."""
        plain = _plain(text)
        words = _words(plain)
        joined = "".join(words)
        return (
            not self._alone.isdisjoint(words)
            or any(word in plain for word in self._anywhere)
            or any(word in joined for word in self._in_parts)
        )


def _plain(text: str) -> str:
    """The text in small letters without accents, however they were typed."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(char for char in decomposed if not unicodedata.category(char).startswith("M"))
    return unicodedata.normalize("NFC", bare)


def _words(plain: str) -> list[str]:
    return _NAME_WORD.findall(plain)


def _has_no_case(word: str) -> bool:
    return any(char.isalpha() for char in word) and word.upper() == word.lower()


def _texts(row: ClassRow) -> Iterable[str]:
    person = row.person
    return (row.graded.name, row.submission, person.name, *(value for _, value in person.ids), *row.graded.students)
