"""The lines of a file of answers, one block a top key: where one answer ends and the next begins, whatever is in them.

A block begins at the left margin with the name of a question, or with one word and a colon; what is within a block
costs no other one anything.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

_QUOTED_KEY = r"""["“”„](?P<double>[^"“”\n]{1,100})["“”]|['‘’](?P<single>[^'‘’\n]{1,100})['‘’]"""
_LEADING_KEY = re.compile(rf"(?P<margin>[ \t]*)(?:{_QUOTED_KEY}|(?P<plain>\w[\w.()-]{{0,99}}))[ \t]*(?P<sign>[:：=])")
_NAME_WITHOUT_COLON = re.compile(
    r"(?P<margin>[ \t]*)(?:[-*+>][ \t]+)?(?P<name>\w(?:[\w.()-]*\w)?)(?:[).][ \t]|[ \t]|[:=：])[ \t]*\S"
)
_TEXT_FOLLOWS = re.compile(r"[|>][-+0-9]*[ \t]*(?:#.*)?$")
_CONFLICT_START, _CONFLICT_END = "<<<<<<<", ">>>>>>>"
CONFLICT_MARKS = (_CONFLICT_START, "|||||||", "=======", _CONFLICT_END)
DOCUMENT_SEPARATORS = ("---", "...")
"""Lines with which YAML begins and ends a document, and with which people part what they write."""


class AnswerBlock(NamedTuple):
    """Lines `first` to `end` (counted from 0, `end` is the first after it) and the name that they begin with.

    `sign` is what stands after the name: a colon with a space or nothing behind it where it is as it should be; empty
    where the answer follows without a colon, or the name is an item of a list.
    """

    key: str
    sign: str
    first: int
    end: int
    in_conflict: bool


class LeadingKey(NamedTuple):
    """A name at the beginning of a line, what follows it, and how far it is from the margin."""

    name: str
    sign: str
    indentation: int
    quoted: bool


def leading_key(line: str) -> LeadingKey | None:
    """The name that a line begins with, if a colon or an equals sign follows it."""
    found = _LEADING_KEY.match(line)
    if found is None:
        return None
    name = found["double"] or found["single"] or found["plain"]
    rest = line[found.end() :]
    tight = found["sign"] == ":" and bool(rest) and not rest[0].isspace()
    sign = ":tight" if tight else found["sign"]
    if sign == "=" and rest.startswith("="):
        return None
    return LeadingKey(name, sign, len(found["margin"]), found["plain"] is None)


def _name_without_colon(line: str, known: Collection[str]) -> LeadingKey | None:
    """The question that a line begins with, where no colon follows it, or a mark of a list stands before it."""
    found = _NAME_WITHOUT_COLON.match(line)
    if found is None or found["name"] not in known:
        return None
    return LeadingKey(found["name"], "", len(found["margin"]), False)


def blocks_of(lines: list[str], known: Collection[str]) -> list[AnswerBlock]:
    """The blocks in order; `known` are names that may be followed by a colon without a space, or by an equals sign."""
    starts = list(_starts(lines, known))
    conflicts = _lines_in_conflict(lines)
    ends = [*(first for _, first in starts[1:]), len(lines)][: len(starts)]
    return [
        AnswerBlock(key.name, key.sign, first, end, any(n in conflicts for n in range(first, end)))
        for (key, first), end in zip(starts, ends, strict=True)
    ]


def _starts(lines: list[str], known: Collection[str]) -> Iterator[tuple[LeadingKey, int]]:
    """The lines with which blocks begin.

    A name without a colon is one only where that question has no line of its own, and not within a text that a `|`
    has announced: prose may begin with the name of a question.
    """
    margin: int | None = None
    without_line = set(known) - {key.name for line in lines if (key := leading_key(line))} if known else set()
    text_follows = False
    for number, line in enumerate(lines):
        key = leading_key(line)
        if key is None and without_line and not text_follows:
            key = _name_without_colon(line, without_line)
        if key is None or (margin is not None and key.indentation != margin):
            continue
        if key.name in known or key.sign == ":":
            margin = key.indentation
            text_follows = _TEXT_FOLLOWS.search(line) is not None
            yield key, number


def _lines_in_conflict(lines: list[str]) -> set[int]:
    """The lines in which two versions differ, by the marks that a version control system leaves around them.

    Of the marks themselves those alone count that begin or end nothing: what they part is gone.
    """
    found: set[int] = set()
    inside = False
    for number, line in enumerate(lines):
        if line.startswith(_CONFLICT_START):
            inside = True
        elif line.startswith(CONFLICT_MARKS):
            if not inside:
                found.add(number)
            inside = inside and not line.startswith(_CONFLICT_END)
        elif inside and line.strip():
            found.add(number)
    return found


def with_tabs_as_spaces(lines: list[str], blocks: list[AnswerBlock]) -> None:
    """Reads tabs that indent as one space each, in every block whose lines are indented by tabs alone."""
    lines[:] = ["" if line.isspace() else line for line in lines]
    for block in blocks:
        indented = [n for n in range(block.first + 1, block.end) if lines[n][:1] in (" ", "\t") and lines[n].strip()]
        if all(lines[n].startswith("\t") for n in indented):
            for n in indented:
                text = lines[n].lstrip("\t")
                lines[n] = " " * (len(lines[n]) - len(text)) + text
