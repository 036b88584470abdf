"""Text of students made safe to show: what cannot be seen, or moves the cursor or the reading direction, is escaped."""

from __future__ import annotations

import re
import unicodedata

HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that a terminal must not be given: controls, formats (right-to-left marks), surrogates, ..."""

_MAY_BE_HIDDEN = re.compile("[^\n -~]")


def visible(text: str) -> str:
    """The text with every hidden character written as `\\x1b` or `\\u202e`; line breaks and spaces stay."""
    if text.replace("\n", "").isprintable():
        return text
    return _MAY_BE_HIDDEN.sub(_shown, text)


def _shown(match: re.Match[str]) -> str:
    return _escape(match[0]) if unicodedata.category(match[0]) in HIDDEN_CATEGORIES else match[0]


def one_line(text: str) -> str:
    """The same, with line breaks escaped too: for names, and for messages of one line each."""
    return text if text.isprintable() else visible(text).replace("\n", "\\n")


def shown_name(name: str) -> str:
    """The name of a submission as every report has it: on one line, and different for different names."""
    return one_line(name.replace("\\", "\\\\"))


def _escape(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"
