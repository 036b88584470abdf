"""Loading a program one statement at a time, seen from the grader: what stopped, and what is left out the next time.

A child notes each step before it takes it, where the grader sees it at the latest when the child has ended or takes
too long; after a child that has written to the channel or closed it, each step is sent at once. A step that takes too
long, or ends the process, is lost with its child; the next child leaves it out, as do all later ones, so that every
child of a submission has loaded the same.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .answers import MALFORMED_REPLY, UNREQUESTED_REPLY, load_of
from .codec import UndecodableError, parse
from .limits import Limits
from .program import StudentProgram
from .replies import LoadedProgram, Protocol, Raised

MAX_STEPS_LEFT_OUT = 10
"""Steps of a program that are left out because each cost a child, before it counts as one that cannot be loaded."""

MAX_LOADING_FRAMES = 1 << 20
"""Frames that are waited for while a program is loaded: its source has no more statements than bytes."""

MIN_SHARE_FACTOR = 1 / 16
"""Of the time for loading: what one statement may always take."""


@dataclass(frozen=True)
class LoadStep:
    """A step that a child has announced: a statement of a cell by its number, or its reading (0)."""

    cell: int
    number: int
    line: int

    @property
    def key(self) -> str:
        """By which children know it."""
        return f"{self.cell}:{self.number}"


class Loading:
    """A program on its way into children; the same object serves all sessions of a submission."""

    def __init__(self, program: StudentProgram) -> None:
        self.program = program
        self._cells: list[tuple[str, str]] | None = None
        self._modules = program.sent_modules()
        self._left_out: dict[str, str] = {}
        self._late: tuple[str, str] | None = None
        self._slow = 0
        self.together = True  # whether children may send several steps at once

    def cells(self, limits: Limits) -> list[tuple[str, str]]:
        """What children are sent, made once.

        Raises:
            NotRunnableError: if the source cannot be run as it is.
        """
        if self._cells is None:
            self._cells = self.program.cells(limits.source_bytes)
        return self._cells

    def frame(self, limits: Limits, seed: int) -> bytes:
        """The body of the frame with the program."""
        frame = {
            "cells": self.cells(limits),
            "path": self.program.name,
            "modules": self._modules,
            "notebook": self.program.kind == "notebook",
            "left_out": self._left_out,
            "late": self._late,
            "seed": seed,
            "call_seconds": limits.call_seconds,
            "together": self.together,
        }
        return json.dumps(frame).encode("ascii")

    def share(self, limits: Limits) -> float:
        """Seconds that one statement may take: half of what is left when those before it have used up theirs."""
        return limits.load_seconds * max(1 / (1 << 1 + self._slow), MIN_SHARE_FACTOR)

    def seconds(self, limits: Limits) -> float:
        """Seconds for all statements together; twice as many where the last of them are left out."""
        return limits.load_seconds * (1 if self._late is None else 2)

    def too_slow(self, step: LoadStep, limits: Limits, *, in_all: bool) -> bool:
        """Leave a step out that took longer than its share; or all that define nothing from it on, the time being up.

        False: there is nothing more to leave out.
        """
        if in_all:
            if self._late is not None:
                return False
            reason = f"the {limits.load_seconds:g} s that loading may take were used up before it"
            self._late = (step.key, reason)
            return True
        reason = f"it took longer than the {self.share(limits):g} s that it may take while the code is loaded"
        self._slow += 1
        return self.leave_out(step, reason)

    def leave_out(self, step: LoadStep, reason: str) -> bool:
        """Leave a step out from now on; False: too many have been."""
        if len(self._left_out) >= MAX_STEPS_LEFT_OUT:
            return False
        self._left_out[step.key] = reason
        return True

    def place(self, cell: int) -> str:
        """How a cell is called; the modules of the submission are counted after the cells."""
        assert self._cells is not None
        cells = len(self._cells)
        return self._cells[cell][0] if cell < cells else self._modules[cell - cells][0]

    def has(self, cell: int) -> bool:
        """Whether there is a cell or module of this number."""
        return self._cells is not None and 0 <= cell < len(self._cells) + len(self._modules)

    def takes(self, step: LoadStep) -> bool:
        """Whether a child takes such a step."""
        return self.has(step.cell) and step.key not in self._left_out


class LoadWatch:
    """The frames of one child that loads: `step` is the last that was announced, `outcome` what came in the end."""

    def __init__(self, loading: Loading) -> None:
        self.step: LoadStep | None = None
        self.outcome: LoadedProgram | Raised | None = None
        self.problem = ""
        self._loading = loading

    def begin_again(self, *, together: bool = True) -> None:
        """Another child loads it from the start; `together`: whether it may still send several steps at once."""
        self.step, self.outcome, self.problem = None, None, ""
        self._loading.together = self._loading.together and together

    def result(self) -> LoadedProgram | Raised | Protocol:
        """What became of a program that was loaded to the end."""
        if self.outcome is None or self.problem:
            return Protocol(f"{self.problem} while it was loaded")
        return self.outcome

    def is_unclear(self, *, forged: bool) -> bool:
        """Whether it does not show at which step something was wrong, and would if each were sent at once.

        `forged`: whether the program may have written to the channel itself, or closed it. What it writes there comes
        ahead of the steps that its process has not sent.
        """
        return self._loading.together and (forged or bool(self.problem))

    def take(self, frames: Sequence[bytes]) -> bool:
        """Read the next frames; False when loading is over, or one is not what an honest child sends now."""
        try:
            for frame in frames:
                if self.outcome is not None:
                    raise UndecodableError(UNREQUESTED_REPLY)
                self._take(parse(frame), frame)
        except UndecodableError as problem:
            self.problem = str(problem)
        return self.outcome is None and not self.problem

    def _take(self, body: list[Any], frame: bytes) -> None:
        if not body or type(body[0]) is not int:
            if self.step is None and self._loading.together:  # the program wrote it, ahead of the first step
                raise UndecodableError(UNREQUESTED_REPLY)
            self.outcome = load_of(frame, self._loading)
            return
        if len(body) != 3 or not all(type(part) is int for part in body):
            raise UndecodableError(MALFORMED_REPLY)
        step = LoadStep(*body)
        if not self._loading.takes(step):
            raise UndecodableError(UNREQUESTED_REPLY)
        self.step = step
