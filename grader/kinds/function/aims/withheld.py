"""`waits: true`: only the course knows what the line asks for, and its points are pending; a student's copy says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from grader.kinds.function.question import Aim, AimKey


@dataclass(frozen=True)
class Withheld(Aim):
    """The course checks this; here nothing is known of it."""

    keys: ClassVar = {"waits": AimKey("flag", "In a student's copy: that the course checks this line.")}
    reads_output: ClassVar = False
    pending: ClassVar = "the course checks this"

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Withheld:
        return cls()

    def __str__(self) -> str:
        return "waits for the course"
