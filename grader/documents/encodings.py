"""The text of a student's file, however an editor saved it; what cannot be told is left for the line that holds it.

A character is read where one reading is clear: UTF-8, UTF-16 and UTF-32, and Windows-1252 where every byte beyond ASCII
makes a letter of a word or a common sign. Any other byte is a fault of its line, and stands in the text as U+FFFD.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from grader.errors import Problem, SourceLocation

LOST_CHARACTER = "\ufffd"
SAVE_AS_UTF8 = "save the file as UTF-8"

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Byte order marks, the longer one first where one begins another."""

_LINE_ENDS = re.compile("\r\r?\n|\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_UNUSUAL_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_INVISIBLE = re.compile(
    "[\u00ad\u200b\u200e\u200f\u2060\ufeff]|(?<![^\x00-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\x00-\x7f])"
)
"""Characters that nobody sees; joiners between letters of other scripts are seen, and stay."""

_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_WINDOWS_SIGNS = frozenset("‘’“”–—…•€·×÷±²³½¼¾°µ¬§«»\u00a0àÀ")
"""Beyond ASCII and the letters of words: what Windows-1252 holds that people write."""


class DecodedText(NamedTuple):
    """The text of a file, and what is said of how it was read; `fault` says what the lost characters in it are."""

    text: str
    notes: tuple[str, ...] = ()
    fault: str = ""

    def problem(self, file: str, first: int, lines: list[str]) -> Problem | None:
        """The first lost character of some lines, the first of which is line `first`."""
        if self.fault:
            for number, line in enumerate(lines, first):
                if LOST_CHARACTER in line:
                    return Problem(self.fault, SourceLocation(file, number, line.index(LOST_CHARACTER) + 1))
        return None


def decoded_leniently(data: bytes, file: str) -> DecodedText:
    """The text with plain line ends and spaces, without what is not seen."""
    found = _decoded(data, file)
    text = _LINE_ENDS.sub("\n", found.text)
    if text.isascii():  # as nearly all are; the rest is beyond ASCII
        return found._replace(text=text)
    return found._replace(text=_INVISIBLE.sub("", _UNUSUAL_SPACES.sub(" ", text)))


def in_utf8(data: bytes) -> bytes:
    """The same text in UTF-8 with its mark, where it is UTF-16 or UTF-32 and whole; any other bytes as they are."""
    marked = (encoding for mark, encoding in _MARKS if data.startswith(mark))
    if not (encoding := next(marked, "") or _utf16_without_mark(data)):
        return data
    try:
        return codecs.BOM_UTF8 + data.decode(encoding).encode()
    except UnicodeError:
        return data


def _decoded(data: bytes, file: str) -> DecodedText:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _replaced(data, encoding)
    data = data.removeprefix(codecs.BOM_UTF8)
    if encoding := _utf16_without_mark(data):
        return _replaced(data, encoding)._replace(notes=(f"{file} is UTF-16 without a byte order mark: read as such",))
    try:
        return DecodedText(data.decode("utf-8"))
    except UnicodeDecodeError:
        if _UTF8_SEQUENCE.search(data) is not None:
            return _replaced(data, "utf-8")
    text = data.decode("cp1252", "replace")
    if unclear := _unclear(text):
        fault = _fault(data[min(unclear)], "utf-8")
        return DecodedText("".join(LOST_CHARACTER if i in unclear else c for i, c in enumerate(text)), (), fault)
    return DecodedText(text, (f"{file} is not UTF-8: read as Windows-1252",))


def _replaced(data: bytes, encoding: str) -> DecodedText:
    try:
        return DecodedText(data.decode(encoding))
    except UnicodeDecodeError as error:
        return DecodedText(data.decode(encoding, "replace"), (), _fault(data[error.start], encoding))


def _fault(byte: int, encoding: str) -> str:
    """What is said of every lost character, with the first byte that is none."""
    return f"byte {byte:#04x} is not {encoding.upper().removesuffix('-LE').removesuffix('-BE')}: {SAVE_AS_UTF8}"


def _utf16_without_mark(data: bytes) -> str:
    """The byte order of UTF-16 that says none: zeros in every second byte alone, and in most of these."""
    if b"\0" not in data:
        return ""
    first, second = data[::2].count(0), data[1::2].count(0)
    if len(data) % 2 or max(first, second) <= len(data) / 4 or (first and second):
        return ""
    return "utf-16-le" if second else "utf-16-be"


def _unclear(text: str) -> set[int]:
    """Where text that was taken for Windows-1252 may be something else: signs by themselves that nobody writes."""
    return {
        i
        for i, c in enumerate(text)
        if not c.isascii()
        and c not in _WINDOWS_SIGNS
        and not (c.isalpha() and (text[max(i - 1, 0) : i].isalpha() or text[i + 1 : i + 2].isalpha()))
    }
