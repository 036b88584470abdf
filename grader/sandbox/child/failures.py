"""An exception of the student's as plain data: its type, its message and the lines of the student's own file."""

from __future__ import annotations

import builtins
import linecache
from collections import deque
from collections.abc import Mapping, Sequence
from types import CodeType, TracebackType
from typing import Any

from .plain import ancestors_of, name_of

MAX_FAILURE_CHARACTERS = 500
MAX_SOURCE_LINE_CHARACTERS = 120  # of the student's source, as it is shown
MAX_TRACEBACK_NAME_CHARACTERS = 80  # of a function in a traceback
BUILT_IN_ERRORS = {
    name: kind for name, kind in vars(builtins).items() if isinstance(kind, type) and issubclass(kind, BaseException)
}
SYNTAX_ERRORS = (SyntaxError, IndentationError, TabError)
MAX_LINE_NUMBER = 1 << 32
MAX_ANCESTOR_TYPES = 20  # of an exception's type
MAX_TRACEBACK_PLACES = 8  # of a deep traceback, the innermost


def described(error: BaseException, sources: Mapping[str, Sequence[str]]) -> list[object]:
    """[type name, names of its ancestors, message, lines]; `sources`: the lines of each file of the submission."""
    kind, *ancestors = _names_of_types(type(error))
    if type(error) in SYNTAX_ERRORS:  # exactly: no method of the student's is asked
        syntax: Any = error
        if type(syntax.filename) is type(syntax.msg) is str and syntax.filename in sources:
            return [kind, ancestors, _clean(syntax.msg), _syntax_lines(syntax)]
    return [kind, ancestors, message_of(error), _lines(error.__traceback__, sources)]


def _names_of_types(kind: type) -> list[str]:
    """The name of a type and of those that it derives from, nearest first."""
    return [_kind_name(one) for one in ancestors_of(kind) if one is not object][:MAX_ANCESTOR_TYPES]


def _kind_name(kind: type) -> str:
    """The name of a type; one that only bears the name of Python's own is not taken for it."""
    name = name_of(kind)
    return name if BUILT_IN_ERRORS.get(name, kind) is kind else f"{name} (not Python's own)"


def message_of(error: BaseException) -> str:
    try:
        return _clean(str(error))
    except BaseException:  # its __str__ is the student's
        return "(its message cannot be shown)"


def _clean(text: str) -> str:
    shown, more = text[:MAX_FAILURE_CHARACTERS], len(text) - MAX_FAILURE_CHARACTERS
    end = f"... ({more} more characters)" if more > 0 else ""
    return str.encode(shown + end, "utf-8", "backslashreplace").decode()


def _syntax_lines(error: SyntaxError) -> list[str]:
    line = error.lineno if type(error.lineno) is int and 0 < error.lineno < MAX_LINE_NUMBER else 0
    lines = [f"{error.filename}, line {line}"]
    if type(error.text) is str and error.text.strip():
        lines.append(f"    {_line(error.text)}")
        offset = error.offset if type(error.offset) is int else 0
        column = offset - 1 - (len(error.text) - len(error.text.lstrip()))
        if 0 <= column < MAX_SOURCE_LINE_CHARACTERS:
            lines.append(f"    {' ' * column}^")
    return lines


def _lines(traceback: TracebackType | None, sources: Mapping[str, Sequence[str]]) -> list[str]:
    places: deque[tuple[CodeType, int]] = deque(maxlen=MAX_TRACEBACK_PLACES)
    while traceback is not None:
        code = traceback.tb_frame.f_code
        if code.co_filename in sources:
            places.append((code, traceback.tb_lineno))
        traceback = traceback.tb_next
    lines = []
    for code, number in places:
        where = "" if code.co_name == "<module>" else f", in {code.co_name[:MAX_TRACEBACK_NAME_CHARACTERS]}"
        lines += [f"{code.co_filename}, line {number}{where}", _source(sources[code.co_filename], number)]
    return lines


def _source(lines: Sequence[str], number: int) -> str:
    return f"    {_line(lines[number - 1])}" if 0 < number <= len(lines) else "    "


def _line(text: str) -> str:
    text = text.strip()
    return _clean(text if len(text) <= MAX_SOURCE_LINE_CHARACTERS else f"{text[: MAX_SOURCE_LINE_CHARACTERS - 1]}…")


def remember(name: str, text: str) -> list[str]:
    """The lines of a file of the submission, which `inspect` and `traceback` can then find too."""
    lines = text.splitlines()
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    return lines
