"""A student's text, cut into tokens; each knows where in the text it stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grader.language import limits
from grader.language.numbers import NumberError, read_number, shorten
from grader.language.parse import ExpressionError
from grader.notation.characters import (
    ACCENTS,
    COMMANDS,
    GREEK,
    LONG_OPERATORS,
    LOOK_ALIKES,
    OPENING,
    OPERATORS,
    REFUSED,
    SHORT_OPERATORS,
    SKIPPED,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    TEXTS,
)

TokenKind = str
"""`number`, `name`, `op`, `open`, `close` or `end`."""

_NUMBER = re.compile(r"(?:\d+(?:\.(?!\.|T\b)\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_WORD = re.compile(r"[^\W\d_][^\W_]*")
_LONG_WORD = re.compile(r"[^\W\d]\w*")
_COMMAND = re.compile(r"\\([A-Za-z]+|.|$)", re.DOTALL)
_TEXT_ARGUMENT = re.compile(r"\s*+\{([^{}\\]*+)\}")  # possessive: linear in the text


MAX_LONG_NAME_CHARACTERS = 60
"""Characters of the longest name with underscores that is looked up."""


@dataclass(frozen=True)
class Token:
    """`at`..`end` is where it stands; `spaced`: blank space goes before it; `command`: it was a LaTeX command."""

    kind: TokenKind
    text: str
    at: int
    end: int
    spaced: bool = False
    command: bool = False

    def is_op(self, *texts: str) -> bool:
        """Whether it is one of these operators."""
        return self.kind == "op" and self.text in texts


def tokens(text: str, known: Callable[[str], bool]) -> list[Token]:
    """The tokens of a text, the last one of kind `end`. A `known` name may hold underscores.

    Raises:
        ExpressionError: at a character that has no meaning.
    """
    if len(text) > limits.MAX_EXPRESSION_CHARACTERS:
        raise ExpressionError(
            f"a formula of {len(text)} characters is too long (at most {limits.MAX_EXPRESSION_CHARACTERS})"
        )
    return list(_Scanner(text, known).scan())


class _Scanner:
    def __init__(self, text: str, known: Callable[[str], bool]) -> None:
        self.text, self.known, self.at = text, known, 0

    def scan(self) -> Iterator[Token]:
        spaced = False
        while self.at < len(self.text):
            start = self.at
            for token in self.next():
                yield Token(token.kind, token.text, token.at, token.end, spaced, token.command)
                spaced = False
            spaced = spaced or self.text[start : self.at].isspace()
        yield Token("end", "", len(self.text), len(self.text), spaced)

    def token(self, kind: TokenKind, text: str, length: int, *, command: bool = False) -> Token:
        start, self.at = self.at, self.at + length
        return Token(kind, text, start, self.at, command=command)

    def next(self) -> Iterator[Token]:
        """The tokens that begin here; none for blank space."""
        char = self.text[self.at]
        if char.isspace() or char in "$~" or (char in ".,;" and not self.text[self.at + 1 :].strip(" \n\t$]\\")):
            self.at += 1
        elif char == "\\":
            yield from self.command()
        elif char in SUBSCRIPTS:
            yield from self.raised("_", SUBSCRIPTS)
        elif char in SUPERSCRIPTS:
            yield from self.raised("**", SUPERSCRIPTS)
        elif found := _NUMBER.match(self.text, self.at):
            yield self.number(found.group())
        elif char in OPERATORS and not (char.isalpha() and self.known(char)):
            yield self.token("op", OPERATORS[char], 1)
        elif char.isalpha() or char == "_":
            yield from self.word()
        else:
            yield self.sign(char)

    def number(self, text: str) -> Token:
        try:
            read_number(text)
        except NumberError as error:
            raise ExpressionError(str(error), self.at) from None
        return self.token("number", text, len(text))

    def sign(self, char: str) -> Token:
        for operator in LONG_OPERATORS:
            if self.text.startswith(operator, self.at):
                return self.token("op", ".." if operator == "..." else operator, len(operator))
        if char in OPENING:
            return self.token("open", char, 1)
        if char in OPENING.values():
            return self.token("close", char, 1)
        if char == "." and re.match(r"\.[^\W\d]", self.text[self.at : self.at + 2]):
            return self.token("op", ".", 1)
        if char in SHORT_OPERATORS:
            return self.token("op", char, 1)
        raise ExpressionError(foreign(char), self.at)

    def word(self) -> Iterator[Token]:
        found = _LONG_WORD.match(self.text, self.at) or re.compile(r"_+\w*").match(self.text, self.at)
        whole = found.group() if found else self.text[self.at]
        if whole.startswith("__"):
            raise ExpressionError(f"{shorten(whole)!r} is not a name that a formula may use", self.at)
        if len(whole) > MAX_LONG_NAME_CHARACTERS or not self.known(plain(whole)):
            shorter = _WORD.match(self.text, self.at)
            if shorter is None:
                yield self.token("op", "_", 1)
                return
            whole = shorter.group()
        for offset, char in enumerate(whole):
            if char in SUBSCRIPTS or char in SUPERSCRIPTS or char in OPERATORS:
                whole = whole[:offset]
                break
            if not (char.isascii() or char in GREEK or char in _MATHEMATICAL or plain(char).isascii()):
                raise ExpressionError(foreign(char), self.at + offset)
            if char in GREEK and offset and not self.known(plain(whole)):
                whole = whole[:offset]
                break
        if whole[0] in GREEK and len(whole) > 1 and not self.known(whole):
            whole = whole[0]
        yield self.token("name", plain(whole), len(whole))

    def raised(self, operator: str, table: dict[str, str]) -> Iterator[Token]:
        """`h₁` as `h_{1}`, `x²` as `x^{2}`."""
        end = self.at
        while end < len(self.text) and self.text[end] in table:
            end += 1
        yield self.token("op", operator, 0)
        yield self.token("open", "{", 0)
        inner = "".join(table[char] for char in self.text[self.at : end])
        for part in re.findall(r"\d+|.", inner):
            kind: TokenKind = "number" if part.isdigit() else "name" if part.isalpha() else "op"
            kind = "open" if part == "(" else "close" if part == ")" else kind
            yield self.token(kind, part, len(part))
        yield self.token("close", "}", 0)

    def command(self) -> Iterator[Token]:
        found = _COMMAND.match(self.text, self.at)
        name = found[1] if found else ""
        length = len(name) + 1
        if name == "":
            raise ExpressionError("a lone \\ has no meaning here", self.at)
        if name in REFUSED:
            raise ExpressionError(f"\\{name} cannot be read: {REFUSED[name]}", self.at)
        if name in SKIPPED or name == "\\":
            self.at += length
            if name in ("left", "right") and self.text[self.at : self.at + 1] == ".":
                self.at += 1
        elif name in TEXTS or name in ACCENTS:
            yield from self.typeset(name, length)
        elif name in COMMANDS:
            sign = COMMANDS[name]
            kind: TokenKind = "open" if sign == "(" else "close" if sign == ")" else "op"
            yield self.token(kind, sign, length, command=True)
        elif name.isalpha():
            yield self.token("name", name.removeprefix("var"), length, command=True)
        else:
            raise ExpressionError(f"\\{name} has no meaning here", self.at)

    def typeset(self, name: str, length: int) -> Iterator[Token]:
        """`\\mathrm{sigmoid}` is the name sigmoid; `\\hat{y}` is `y_hat` or `yhat`."""
        found = _TEXT_ARGUMENT.match(self.text, self.at + length)
        if not found or not found[1].strip().isalnum():
            self.at += length
            return
        word = plain(found[1].strip())
        if name in ACCENTS:
            accent = {"widehat": "hat", "overline": "bar"}.get(name, name)
            word = f"{word}_{accent}" if self.known(f"{word}_{accent}") else f"{word}{accent}"
        yield self.token("name", word, found.end() - self.at, command=True)


_MATHEMATICAL = frozenset(map(chr, range(0x1D400, 0x1D7CC))) | {"ℎ", "ℓ", "ℒ"}
"""Letters as PDF files have them: italic, bold, script."""


def plain(word: str) -> str:
    """Letters set in mathematical type as the plain ones that they are."""
    return "".join(unicodedata.normalize("NFKC", c) if c in _MATHEMATICAL else c for c in word)


def foreign(char: str) -> str:
    """The message for a character that formulas do not have, with its name and what to type."""
    name = unicodedata.name(char, "no name")
    compatible = unicodedata.normalize("NFKC", char)
    likely = LOOK_ALIKES.get(char) or (compatible if compatible.isascii() and compatible.isprintable() else "")
    advice = f": type the plain {likely!r}" if likely.strip() else ""
    hints = {"&": "write and", "?": "write `a if condition else b`", '"': "a formula holds no text", "#": "", ";": ""}
    if hints.get(char):
        advice = f": {hints[char]}"
    shown = repr(char) if char.isprintable() else "the character"
    return f"{shown} (U+{ord(char):04X}, {name}) has no meaning here{advice}"
