"""`waits: true`: only the course knows what the line asks for, and its points are pending; a student's copy says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from grader.kinds.function.question import Aim, AimKey


@dataclass(frozen=True)
class Withheld(Aim):
    """The course checks this; here nothing is known of it."""

    keys: ClassVar = {"waits": AimKey("flag", "In a student's copy: that the course checks this line.")}
    reads_output: ClassVar = False
    pending: ClassVar = "the course checks this"

    def __str__(self) -> str:
        return "waits for the course"
