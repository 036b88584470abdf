"""Text of students made safe to show: what cannot be seen, or moves the cursor or the reading direction, is escaped."""

from __future__ import annotations

import unicodedata

HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that a terminal must not be given: controls, formats (right-to-left marks), surrogates, ..."""


def visible(text: str) -> str:
    """The text with every hidden character written as `\\x1b` or `\\u202e`; line breaks and spaces stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c == "\n" or unicodedata.category(c) not in HIDDEN_CATEGORIES else _escape(c) for c in text)


def one_line(text: str) -> str:
    """The same, with line breaks escaped too: for names, and for messages of one line each."""
    return visible(text).replace("\n", "\\n")


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
