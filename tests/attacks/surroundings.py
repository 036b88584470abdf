"""The folder around an attack: a course with secrets, honest neighbours, and what must not change."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from .hand_in import HostileSubmission
from .making import make

COURSE = Path(__file__).parent / "course"
NEIGHBOURS = ("alice", "zoe")
"""They stand before and after an attacker in the order of a class."""

SECRETS = ("918273645", "424242")
"""The right answer of `sheet`, and an input of `ten` that is not shown: no report may hold them."""


@dataclass(frozen=True)
class Surroundings:
    """`course/` with its `class/` of submissions, and `outside/`, where results go."""

    folder: Path
    canary: str

    @property
    def course(self) -> Path:
        return self.folder / "course"

    @property
    def submissions(self) -> Path:
        return self.course / "class"

    @property
    def outside(self) -> Path:
        return self.folder / "outside"

    @property
    def mark(self) -> Path:
        """What code that runs outside of the sandbox writes."""
        return self.folder / "MARK"

    def spec(self, hand_in: HostileSubmission) -> Path:
        return self.course / "specs" / hand_in.assignment

    def place(self, hand_in: HostileSubmission, name: str = "") -> Path:
        """Writes a submission into the class; its folder."""
        folder = self.submissions / (name or hand_in.name)
        fill = partial(self.filled, folder)
        folder.mkdir(parents=True)
        if "answers.yaml" not in hand_in.paths:
            answers = f"assignment: {hand_in.assignment}\n{fill(hand_in.answers)}"
            (folder / "answers.yaml").write_text(answers, encoding="utf-8")
        if hand_in.solution:
            (folder / "solution.py").write_text(fill(hand_in.solution), encoding="utf-8")
        for path, text in hand_in.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(fill(text), encoding="utf-8", newline="")
        for wanted in hand_in.make:
            make(folder, wanted, fill)
        return folder

    def filled(self, folder: Path, text: str) -> str:
        """A text with the places of this surroundings in it."""
        places = {"MARK": self.mark, "WORLD": self.folder, "ME": folder, "MY_NAME": folder.name}
        for name, path in places.items():
            text = text.replace(f"@{name}@", str(path))
        return text

    def place_neighbour(self, assignment: str, name: str) -> Path:
        """A right submission of somebody else."""
        folder = self.submissions / name
        shutil.copytree(COURSE / "honest" / assignment, folder)
        return folder

    def snapshot(self) -> dict[str, object]:
        """Everything in the surroundings but what is outside of the course, by path: what it is and what it holds."""
        return {
            str(path): _content(path) for path in sorted(self.folder.rglob("*")) if self.outside not in path.parents
        }


@dataclass
class SharedSurroundings:
    """Surroundings that are used again: what was handed in is removed, and what is not whole then is made anew."""

    make: Callable[[], Surroundings]
    current: Surroundings | None = None
    whole: dict[str, object] = field(default_factory=dict)

    def ready(self) -> Surroundings:
        """With an empty class, as they were made."""
        if self.current is not None:
            for folder in (self.current.submissions, self.current.outside, self.current.folder / "copy"):
                shutil.rmtree(folder, ignore_errors=True)
            self.current.submissions.mkdir()
            self.current.outside.mkdir()
            if self.current.snapshot() == self.whole:
                return self.current
        self.current = self.make()
        self.whole = self.current.snapshot()
        return self.current


def _content(path: Path) -> object:
    if path.is_symlink():
        return path.readlink()
    status = path.stat()
    return (status.st_mode, status.st_size, path.read_bytes() if path.is_file() and status.st_size < 1 << 21 else b"")


def new_surroundings(folder: Path, canary: str) -> Surroundings:
    """A course with the canary in its references, an empty class, and a folder for results."""
    surroundings = Surroundings(folder, canary)
    for part in ("specs", "reference"):
        shutil.copytree(COURSE / part, surroundings.course / part)
    for path in (surroundings.course / "reference").glob("*.py"):
        path.write_text(path.read_text(encoding="utf-8").replace("@CANARY@", canary), encoding="utf-8")
    surroundings.submissions.mkdir()
    surroundings.outside.mkdir()
    return surroundings
