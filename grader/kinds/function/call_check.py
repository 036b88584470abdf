"""Checks that judge each call of a function by itself, each in a file of its own.

A new one is a file with a `CALL_CHECK`, a subclass of `CallCheck`, and a row: a field of
`FunctionCheckModel` (`grader/kinds/function/models.py`) that is marked with `CallCheckIn` and the file's module.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar

from grader.documents import ScalarNode

if TYPE_CHECKING:
    from grader.kinds.function.case_answers import CaseAnswer
    from grader.kinds.function.mismatch import Mismatch
    from grader.sandbox import FunctionCall


@dataclass(frozen=True)
class CallCheckIn:
    """Marks a key of a line: what it asks for lies in this module."""

    module: str

    def read(self, text: ScalarNode) -> CallCheck:
        """What a line asks for; raises `FieldError` for a text that asks for nothing."""
        check: type[CallCheck] = import_module(self.module).CALL_CHECK
        return check.read(text)


class CallCheck(ABC):
    """What a line asks for of each call. Two that are equal ask for the same: subclasses are frozen dataclasses.

    `wants_value`: a call that gives none is wrong already, as is one that gives another the second time, and the
    check is not asked.
    """

    wants_value: ClassVar[bool] = True

    @classmethod
    @abstractmethod
    def read(cls, text: ScalarNode) -> CallCheck:
        """What the text behind the key asks for; raises `FieldError` for one that asks for nothing."""

    @abstractmethod
    def mismatch(self, call: FunctionCall, answer: CaseAnswer) -> Mismatch | None:
        """What is wrong with the answer to a call; None where it is right."""

    @abstractmethod
    def __str__(self) -> str:
        """What is asked for, in a few words: `raises ValueError`."""


def asks_without_value(aim: object) -> bool:
    """Whether an aim is asked of calls that give no value, too."""
    return isinstance(aim, CallCheck) and not aim.wants_value
