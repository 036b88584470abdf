"""A hostile submission of the corpus `hand_ins/<kind>/<name>.yaml`: what is handed in, and what it must earn.

| key | what it says |
| --- | --- |
| `about` | one sentence: what it tries |
| `assignment` | the assignment of `course/` that it is handed in to |
| `answers`, `solution` | the text of `answers.yaml` (after its line `assignment:`) and of `solution.py` |
| `files` | further files, by path in the submission; `../x` lies beside it, among the submissions |
| `make` | what no text can be: links, pipes, sparse and repeated bytes, arrays (see `making`) |
| `name` | the name of its folder, where that is the attack |
| `marks` | points by question, or a list of the points that are allowed; a question that is not named earns 0 |
| `held` | the tiers on which a question may be held: none, unless the grader cannot tell whose doing it was |
| `says` | a pattern that the report must hold |
| `tiers` | the tiers that hold it; all, where nothing is said |
| `copy` | it is handed in to the student's copy of the assignment |
| `runs` | command lines that it is tried with (see `command_line`); it is graded through the API as well |
| `apart` | why it is left out of the class that is graded as a whole |

In all texts `@MARK@` is a file that only code outside of the sandbox can write, `@WORLD@` the folder around the course,
`@ME@` the submission.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

HAND_INS = Path(__file__).parent / "hand_ins"
TIERS = ("A", "B", "C", "off")
NO_CODE = "no code"
NAME = "mallory"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="names, links and tiers of Linux")
KEYS = frozenset(
    [
        "about",
        "assignment",
        "answers",
        "solution",
        "files",
        "make",
        "name",
        "marks",
        "held",
        "says",
        "tiers",
        "copy",
        "runs",
        "apart",
    ]
)


@dataclass(frozen=True)
class Run:
    """A command line, the folder it is started in (seen from the surroundings), and what must come of it.

    `refused`: a pattern of what is said where the command may be refused instead of carried out.
    `writes`: the folder that its results may go to, where that is the attack.
    """

    command: str
    start: str = "course"
    refused: str = ""
    writes: str = ""


@dataclass(frozen=True)
class HostileSubmission:
    """One file of the corpus."""

    kind: str
    title: str
    about: str
    assignment: str
    answers: str = ""
    solution: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    make: tuple[Mapping[str, Any], ...] = ()
    name: str = NAME
    marks: Mapping[str, Any] = field(default_factory=dict)
    held: tuple[str, ...] = ()
    says: str = ""
    tiers: tuple[str, ...] = TIERS
    copy: bool = False
    runs: tuple[Run, ...] = ()
    apart: str = ""

    @property
    def id(self) -> str:
        return f"{self.kind}/{self.title}"

    @property
    def has_code(self) -> bool:
        """Whether anything of it is run: then it is tried on every tier."""
        return any(path == "solution.py" or path.endswith(".ipynb") for path in self.paths)

    @property
    def paths(self) -> list[str]:
        """Where its files lie, but for an `answers.yaml` made of `answers`."""
        made = [str(settings["path"]) for wanted in self.make for settings in wanted.values()]
        return [*self.files, *made, *(["solution.py"] if self.solution else [])]

    @property
    def tried_on(self) -> tuple[str, ...]:
        """The tiers it is tried on."""
        return self.tiers if self.has_code else (NO_CODE,)

    @property
    def links_a_neighbour(self) -> bool:
        """Whether a file of it is a neighbour's under another name."""
        return any("hard" in wanted for wanted in self.make)

    def may_earn(self, question: str) -> list[float]:
        """The points that a question of it may earn."""
        allowed = self.marks.get(question, 0)
        return allowed if isinstance(allowed, list) else [allowed]


LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same in C, where it is there: each worker of a test run reads the whole corpus."""


def read_hand_in(path: Path) -> HostileSubmission:
    """The attack of a file.

    Raises:
        ValueError: for a key that means nothing.
    """
    raw = yaml.load(path.read_text(encoding="utf-8"), LOADER)
    known = {field.name for field in fields(HostileSubmission)} - {"kind", "title"}
    if unknown := raw.keys() - known:
        raise ValueError(f"{path.name}: unknown keys {sorted(unknown)}")
    runs = tuple(Run(**run) for run in raw.pop("runs", []))
    lists = {key: tuple(raw.pop(key)) for key in ("make", "held", "tiers") if key in raw}
    return HostileSubmission(kind=path.parent.name, title=path.stem, runs=runs, **lists, **raw)


@cache
def read_hand_ins() -> list[HostileSubmission]:
    """The whole corpus, in order."""
    return [read_hand_in(path) for path in sorted(HAND_INS.glob("*/*.yaml"))]
