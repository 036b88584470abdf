"""The statements that stopped while a program was loaded, and what their names are missed by."""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import ModuleType
from typing import NamedTuple

from .failures import message_of

ANY_NAME = "*"  # what `from ... import *` would have defined
MAX_LOSSES = 100  # that are remembered
MAX_SENT_LOSSES = 40
MAX_LOSS_CHARACTERS = 200  # of the message of one
# What a source that is no Python would define, as far as its lines tell.
DEFINING_LINE = re.compile(
    r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w{1,80})|^(\w{1,80})[ \t]*=(?!=)|\bas[ \t]+(\w{1,80})[ \t]*$"
    r"|^[ \t]*import[ \t]+(\w{1,80})",
    re.MULTILINE,
)
IMPORTING_LINE = re.compile(r"^[ \t]*from[ \t]+[\w.]{1,80}[ \t]+import[ \t]+\(?([\w, \t*]{1,400})", re.MULTILINE)
NAME_OR_STAR = re.compile(r"\w{1,80}|\*")
NO_CAUSE = -1
NOT_IN_MODULE = re.compile(r"cannot import name '(\w{1,80})'")  # the exception has no attribute for it before 3.12


class Loss(NamedTuple):
    """A statement that stopped, or was left out (then `kind`, the type of its exception, is empty).

    `names` are what it would define; `cause` is the number of the loss whose names it missed.
    """

    cell: int
    place: str
    line: int
    kind: str
    message: str
    names: frozenset[str]
    cause: int

    def said(self, about: str = "") -> str:
        """`about` stands behind its place."""
        what = f"{self.kind}: {self.message}" if self.kind and self.message else self.kind or self.message
        place = f"{self.place}, line {self.line}{f', {about},' if about else ''}"
        return f"{place} {'stopped' if self.kind else 'was left out'}: {what}"


class Losses:
    """In the order of the program. Of thousands only the first are remembered."""

    def __init__(self) -> None:
        self.total = 0
        self._losses: list[Loss] = []

    def add(
        self,
        cell: int,
        place: str,
        line: int,
        kind: str,
        message: str,
        names: Sequence[str],
        cause: int = NO_CAUSE,
    ) -> None:
        self.total += 1
        if len(self._losses) < MAX_LOSSES:
            text = message.strip()
            text = text if len(text) <= MAX_LOSS_CHARACTERS else f"{text[: MAX_LOSS_CHARACTERS - 1]}…"
            self._losses.append(Loss(cell, place, line, kind, text, frozenset(names), cause))

    def add_unparsed(self, cell: int, place: str, text: str, error: BaseException) -> None:
        """A cell that is no Python; what it would define is guessed from its lines."""
        names = [name for found in DEFINING_LINE.findall(text) for name in found if name]
        names += [name for found in IMPORTING_LINE.findall(text) for name in NAME_OR_STAR.findall(found)]
        line, message = 1, message_of(error)
        if isinstance(error, SyntaxError):  # of Python's compiler
            line, message = error.lineno or 1, error.msg
        self.add(cell, place, line, type(error).__name__, message, names)

    def cause_of(self, error: BaseException) -> int:
        """The number of the loss that an exception comes from: of a name that is not defined for its sake."""
        name = _missed_name(error)
        return self._defining(name) if type(name) is str else NO_CAUSE

    def _defining(self, name: str) -> int:
        for wanted in (name, ANY_NAME):
            for number in range(len(self._losses) - 1, -1, -1):
                if wanted in self._losses[number].names:
                    return number
        return NO_CAUSE

    def why_undefined(self, name: str) -> str:
        """Why nothing of this name is there, in brackets; "" where no loss explains it."""
        return self._explanation(self._defining(name))

    def explained(self, error: BaseException, message: str) -> str:
        """The message of an exception, and what explains it."""
        return message + self._explanation(self.cause_of(error))

    def _explanation(self, number: int) -> str:
        if number == NO_CAUSE:
            return ""
        loss = self._losses[number]
        would = "which might define it" if ANY_NAME in loss.names else "which would define it"
        root = self._root(number)
        because = f"; it needs {self._losses[root].said()}" if root != number else ""
        return f" ({loss.said(would)}{because})"

    def _root(self, number: int) -> int:
        while (cause := self._losses[number].cause) != NO_CAUSE:
            number = cause
        return number

    def sent(self) -> list[object]:
        """How many there are, and the first as plain data: cell, line, type, message, the number of its root."""
        first = self._losses[:MAX_SENT_LOSSES]
        return [self.total, [[one.cell, one.line, one.kind, one.message, self._root(i)] for i, one in enumerate(first)]]


def _missed_name(error: BaseException) -> object:
    """The name that an exception says is not there: of the code itself, or in a module."""
    if type(error) is NameError or (type(error) is AttributeError and type(error.obj) is ModuleType):
        return error.name
    found = NOT_IN_MODULE.match(message_of(error)) if type(error) is ImportError else None
    return found[1] if found else None
