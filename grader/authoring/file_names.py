"""Names that become files of a course: the same on every system, in YAML and in Python.

The rule: a letter, then letters, digits, `_` and `-`, at most `MAX_NAME_LENGTH` of them, and none of the names that
Windows keeps for devices, that YAML reads as something else than text, or that stand for another file or key.
"""

from __future__ import annotations

import re
import unicodedata

from grader.errors import SpecError
from grader.windows_names import is_device_name

MAX_NAME_LENGTH = 60

_PORTABLE_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")

WORDS_OF_YAML = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""What YAML 1.1 or 1.2 reads as a truth value or as nothing."""

NAMES_WITH_A_MEANING = frozenset(
    {"assignment", "marks", "overrides", "answers", "solution", "students", "submission", "reference", "specs"}
)
"""Files beside questions, and keys and files of submissions, that a question of that name would stand in for."""


def checked_name(name: str, what: str) -> str:
    """The name, which may be that of a new file.

    Raises:
        SpecError: if it may not, and why; `what` it names.
    """
    if _PORTABLE_NAME.fullmatch(name) is None:
        wanted = "a letter, then letters, digits, _ and -" + (" (a dot names a part)" if "." in name else "")
        raise SpecError(f"{what} {name!r} cannot be a file on every system: wanted is {wanted}{_such_as(name)}")
    if len(name) > MAX_NAME_LENGTH:
        raise SpecError(f"{what} {name!r} is longer than {MAX_NAME_LENGTH} characters")
    why = _kept_for(name)
    if why:
        raise SpecError(f"{what} {name!r} is {why}: choose another name")
    return name


def _such_as(name: str) -> str:
    """A name that can be used and looks like one that cannot; "" where none does."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    close = re.sub(r"[^A-Za-z0-9-]+", "_", plain).strip("_-")
    return f", such as {close!r}" if _PORTABLE_NAME.fullmatch(close) and not _kept_for(close) else ""


def _kept_for(name: str) -> str:
    """Why a name is not free; "" where it is."""
    if is_device_name(name):
        return "a device on Windows"
    if name.lower() in WORDS_OF_YAML:
        return "a word that YAML does not read as text"
    return "a name with a meaning of its own" if name.lower() in NAMES_WITH_A_MEANING else ""


def checked_title(title: str) -> str:
    """The title without space around it.

    Raises:
        SpecError: if it is blank, or more than one line of text that can be seen.
    """
    text = title.strip()
    if not text:
        raise SpecError("a title is blank: wanted is a line of text")
    if not text.isprintable():
        raise SpecError(f"a title is one line of text that can be seen, not {text!r}")
    return text
