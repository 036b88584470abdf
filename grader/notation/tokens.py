"""A student's text, cut into tokens; each knows where in the text it stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace

from grader.deferred import dataclass
from grader.language.numbers import NumberError, read_number, shorten
from grader.language.parse import ExpressionError
from grader.notation.characters import (
    ACCENTS,
    COMMANDS,
    ENVIRONMENTS,
    GREEK,
    LONG_OPERATORS,
    LOOK_ALIKES,
    MARKS,
    OPENING,
    OPERATORS,
    REFUSED,
    SHORT_OPERATORS,
    SKIPPED,
    SUBSCRIPTS,
    SUPERSCRIPTS,
    SWITCHES,
    TEXTS,
)

TokenKind = str
"""`number`, `name`, `op`, `open`, `close`, `text` (in quotes) or `end`; `accent` and `font` until `accents.py` has
settled them."""

_NUMBER = re.compile(r"(?:\d+(?:\.(?!\.|T\b)\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_WORD = re.compile(r"[^\W\d_][^\W_]*")
_LONG_WORD = re.compile(r"[^\W\d]\w*")
_BOLD = frozenset({"mathbb", "mathbf", "mathds", "mathbbm", "boldsymbol", "bm", "vec", "textbf"})
"""Fonts in which a 1 is the sign of an indicator, or a vector of ones."""
_SAME = {"...": "..", ".*": "⊙", "./": "/"}
_QUOTED = re.compile(r"(['\"‘’“”])\s*([^'\"‘’“”]*)(['\"‘’“”])")
_COMMAND = re.compile(r"\\([A-Za-z]+|.|$)", re.DOTALL)
_TEXT_ARGUMENT = re.compile(r"\s*+\{([^{}\\]*+)\}")  # possessive: linear in the text
_NEW_LINE = re.compile(r"\\\\\*?(?:\[[^\[\]\s]{1,9}\])?")
_ENVIRONMENT = re.compile(r"\\(begin|end)\{([A-Za-z]+)\*?\}(?:\{\d+\}|\[[tcb]\])?")
_LABEL = re.compile(r"\\(?:tag\*?|label)\s*+\{[^{}\\]*+\}")
_FRACTIONS = {char: unicodedata.normalize("NFKC", char).split("⁄") for char in "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒"}


MAX_NESTED_GROUPS = 50
"""Brackets within brackets: each level takes several frames of Python's stack."""

MAX_LONG_NAME_CHARACTERS = 60
"""Characters of the longest name with underscores that is looked up."""


@dataclass(frozen=True)
class Token:
    """`at`..`end` is where it stands; `spaced`: blank space goes before it, `line` is the line break before it.

    `command`: it was a LaTeX command; `joined`: it was cut from a word and follows the part before; `accent`: what
    stands over the name, where no declared name carries it.
    """

    kind: TokenKind
    text: str
    at: int
    end: int
    spaced: bool = False
    command: bool = False
    line: str = ""
    joined: bool = False
    accent: str = ""

    def is_op(self, *texts: str) -> bool:
        """Whether it is one of these operators."""
        return self.kind == "op" and self.text in texts


def tokens(text: str, known: Callable[[str], bool]) -> list[Token]:
    """The tokens of a text, the last one of kind `end`. A `known` name may hold underscores.

    Raises:
        ExpressionError: at a character that has no meaning.
    """
    return list(_Scanner(text, known).scan())


class _Scanner:
    def __init__(self, text: str, known: Callable[[str], bool]) -> None:
        self.text, self.known, self.at = text, known, 0
        self.aligned = "\\begin" in text or "&=" in text
        self.line = ""

    def scan(self) -> Iterator[Token]:
        spaced = False
        while self.at < len(self.text):
            start = self.at
            for token in self.next():
                yield replace(token, spaced=spaced, line=self.line)
                spaced, self.line = False, ""
            spaced = spaced or self.text[start : self.at].isspace()
        yield Token("end", "", len(self.text), len(self.text), spaced, line=self.line)

    def token(self, kind: TokenKind, text: str, length: int, *, command: bool = False) -> Token:
        start, self.at = self.at, self.at + length
        return Token(kind, text, start, self.at, command=command)

    def next(self) -> Iterator[Token]:
        """The tokens that begin here; none for blank space."""
        char = self.text[self.at]
        if char.isspace() or char == "$" or (char in ".,;" and not self.text[self.at + 1 :].strip(" \n\t$]\\")):
            self.line = self.line or ("\n" if char == "\n" else "")
            self.at += 1
        elif char == "&" and self.aligned:
            self.at += 1
        elif char in "'\"‘’“”" and self.text[: self.at].rstrip().endswith("einsum("):
            found = _QUOTED.match(self.text, self.at)
            if not found:
                raise ExpressionError("a quote is never closed", self.at)
            yield self.token("text", found[2], found.end() - self.at)
        elif char in _FRACTIONS:
            yield self.token("number", "/".join(_FRACTIONS[char]), 1)
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
                return self.token("op", _SAME.get(operator, operator), len(operator))
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
        if len(whole) > MAX_LONG_NAME_CHARACTERS or not self.known(whole):
            shorter = _WORD.match(self.text, self.at)
            if shorter is None:
                yield self.token("op", "_", 1)
                return
            whole = shorter.group()
        for offset, char in enumerate(whole):
            if char in SUBSCRIPTS or char in SUPERSCRIPTS or char in OPERATORS or char in _FRACTIONS:
                whole = whole[:offset]
                break
            if not (char.isascii() or char in GREEK):
                raise ExpressionError(foreign(char), self.at + offset)
            if char in GREEK and offset and not self.known(whole):
                whole = whole[:offset]
                break
        if whole[0] in GREEK and len(whole) > 1 and not self.known(whole):
            whole = whole[0]
        marks = _marks(self.text, self.at + len(whole))
        if not marks:
            yield self.token("name", whole, len(whole))
            return
        if whole[:-1]:
            yield self.token("name", whole[:-1], len(whole) - 1)
        base, at = whole[-1], self.at
        for mark in reversed(self.text[at + 1 : at + 1 + marks]):
            yield replace(self.token("accent", MARKS[mark], 0), joined=len(whole) > 1)
        yield self.token("name", base, 1 + marks)

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
        if self.laid_out():
            return
        if name in REFUSED:
            raise ExpressionError(f"\\{name} cannot be read: {REFUSED[name]}", self.at)
        if name in SKIPPED:
            self.at += length
            if name in ("left", "right") and self.text[self.at : self.at + 1] == ".":
                self.at += 1
        elif name in TEXTS:
            yield from self.typeset(name, length)
        elif name in SWITCHES or name in ("boxed", "fbox"):
            yield self.token("font", "boxed" if "box" in name else "switch", length, command=True)
        elif name in ACCENTS and not (name == "dot" and self.text[self.at + length :].lstrip().startswith("(")):
            yield self.token("accent", ACCENTS[name], length, command=True)
        elif name in COMMANDS:
            sign = COMMANDS[name]
            kind: TokenKind = "open" if sign == "(" else "close" if sign == ")" else "op"
            yield self.token(kind, sign, length, command=True)
        elif name.isalpha():
            yield self.token("name", name.removeprefix("var"), length, command=True)
        else:
            raise ExpressionError(f"\\{name} has no meaning here", self.at)

    def laid_out(self) -> bool:
        """Passes over a line break, an environment that lays out, or an equation's number."""
        if found := _NEW_LINE.match(self.text, self.at):
            self.line = "\\"
        elif found := _ENVIRONMENT.match(self.text, self.at):
            if found[2] not in ENVIRONMENTS:
                return False
        else:
            found = _LABEL.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found is not None

    def typeset(self, name: str, length: int) -> Iterator[Token]:
        """`\\mathrm{sigmoid}` is the name sigmoid; what else is set in another type is read as it stands."""
        found = _TEXT_ARGUMENT.match(self.text, self.at + length)
        word = found[1].strip() if found else ""
        if found and word.isalnum() and not (word.isdigit() and not (word == "1" and name in _BOLD)):
            yield self.token("name", word, found.end() - self.at, command=True)
        else:
            yield self.token("font", "font", length, command=True)


def _marks(text: str, at: int) -> int:
    """How many combining accents stand at a place."""
    end = at
    while end < len(text) and text[end] in MARKS:
        end += 1
    return end - at


def foreign(char: str) -> str:
    """The message for a character that formulas do not have, with its name and what to type."""
    name = unicodedata.name(char, "no name")
    compatible = unicodedata.normalize("NFKC", char)
    likely = LOOK_ALIKES.get(char) or (compatible if compatible.isascii() and compatible.isprintable() else "")
    advice = f": type the plain {likely!r}" if likely.strip() and likely != char else ""
    hints = {
        ".": "write * for a product",
        "&": "write and",
        "?": "write `a if condition else b`",
        '"': "a formula holds no text",
        "#": "",
        ";": "",
    }
    if hints.get(char):
        advice = f": {hints[char]}"
    shown = repr(char) if char.isprintable() else "the character"
    return f"{shown} (U+{ord(char):04X}, {name}) has no meaning here{advice}"
