"""What is seen of a text: digits of other scripts as plain ones, letters and accents apart, invisible marks out."""

from __future__ import annotations

import unicodedata

from grader.deferred import dataclass
from grader.language import limits
from grader.language.parse import ExpressionError
from grader.notation.characters import (
    GREEK,
    INVISIBLE_OPERATORS,
    MARKS,
    OPERATORS,
    SEPARATORS_OF_NUMBERS,
    SPACING_ACCENTS,
    WORD_SIGNS,
)

MAX_NAMED_MARKS = 3
"""Kinds of invisible characters that a note names."""


_OTHER_TYPES = ("<font>", "<wide>", "<narrow>", "<small>")
"""Decompositions of characters that are plain ones in another type: italic letters of Word, wide signs of Chinese."""


@dataclass(frozen=True)
class SeenText:
    """A text as it is seen; `offsets[i]` is where its character i was typed, `notes` say what was left out."""

    text: str
    offsets: tuple[int, ...]
    notes: tuple[str, ...]


def seen(text: str) -> SeenText:
    """The text that a reader sees.

    A character without a shape (a zero-width space, a mark of direction) cannot be meant, so it is left out with a
    note; an invisible operator is the operator. Every other character stays, in its plain form.

    Raises:
        ExpressionError: for a text that is too long.
    """
    if len(text) > limits.MAX_EXPRESSION_CHARACTERS:
        raise ExpressionError(
            f"a formula of {len(text)} characters is too long (at most {limits.MAX_EXPRESSION_CHARACTERS})"
        )
    found: list[tuple[str, int]] = []
    invisible: dict[str, None] = {}
    for at, char in enumerate(text):
        if char.isascii():
            found.append((char, at))
            continue
        after_letter = bool(found) and (found[-1][0].isalpha() or found[-1][0] in MARKS)
        plain = _plain_character(char, after_letter)
        if not plain:
            invisible[f"U+{ord(char):04X} {unicodedata.name(char, 'without a name')}"] = None
        found += [(part, at) for part in plain]
    notes: tuple[str, ...] = ()
    if invisible:
        named = ", ".join(list(invisible)[:MAX_NAMED_MARKS]) + (", ..." if len(invisible) > MAX_NAMED_MARKS else "")
        notes = (f"characters that cannot be seen are left out: {named}",)
    offsets = (*(at for _, at in found), len(text))
    return SeenText("".join(char for char, _ in found), offsets, notes)


def _plain_character(char: str, after_letter: bool) -> str:
    """The plain characters that one character stands for; "" for one that has no shape."""
    if char in INVISIBLE_OPERATORS:
        return INVISIBLE_OPERATORS[char]
    if char in SEPARATORS_OF_NUMBERS:
        return SEPARATORS_OF_NUMBERS[char]
    if char in WORD_SIGNS:
        return WORD_SIGNS[char]
    kind = unicodedata.category(char)
    if kind == "Cf":
        return ""
    if kind == "Nd":
        return str(unicodedata.decimal(char))
    if char in SPACING_ACCENTS and after_letter:
        return SPACING_ACCENTS[char]
    if unicodedata.decomposition(char).startswith(_OTHER_TYPES):
        plain = unicodedata.normalize("NFKC", char)
        if plain.isascii() or plain in GREEK or plain in OPERATORS:
            return plain
    if char.isalpha():
        parts = unicodedata.normalize("NFD", char)
        if (parts[0].isascii() or parts[0] in GREEK) and all(part in MARKS for part in parts[1:]):
            return parts
    return char
