"""The examples of the README and of the pages of help: blocks in fences, and the course in which their commands run."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from grader.help_pages.pages import written_pages

from ..answers.helpers import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = {"README": README, **written_pages()}
ALL_PAGES = "\n".join(PAGES.values())

_FENCED = re.compile(r"^```(?P<language>\w+)(?P<mark>[^\n]*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"\s+#\s.*$")


class Block(NamedTuple):
    """An example: `page:number` names it, `mark` is what stands behind its language."""

    name: str
    language: str
    mark: str
    text: str

    @property
    def page(self) -> str:
        return self.name.partition(":")[0]


class Shown(NamedTuple):
    """A command in an example, and the output that stands below it; empty where none does."""

    words: tuple[str, ...]
    output: str


def blocks_of(page: str, language: str = "") -> list[Block]:
    """The examples of a page, or those in one language."""
    found = [
        Block(f"{page}:{number}", block["language"], block["mark"].strip(), block["text"])
        for number, block in enumerate(_FENCED.finditer(PAGES[page]), 1)
    ]
    return [block for block in found if language in ("", block.language)]


def texts(page: str, language: str) -> list[str]:
    return [block.text for block in blocks_of(page, language)]


def all_blocks(language: str) -> list[Block]:
    return [block for page in PAGES for block in blocks_of(page, language)]


def commands_of(block: Block) -> Iterator[Shown]:
    """The commands of an example with their outputs; a comment stands behind two spaces and `#`."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, _, output = part.replace("\\\n", " ").partition("\n")
        yield Shown(tuple(shlex.split(_COMMENT.sub("", command))), output)


def fits(shown: str, found: str) -> bool:
    """Whether an output is the one that is shown, in which `...` stands for anything."""
    pattern = re.escape(shown.rstrip("\n")).replace(r"\.\.\.", ".*?")
    return re.fullmatch(pattern, found.rstrip("\n"), re.DOTALL) is not None


WEIGHTS = "assignment: assignment3\nq5: {W1: 1, W2: 1, b2: -1.5, W3: 1, b3: 0}\n"
FORGETS = (ROOT / "submissions_example" / "forgets_the_past" / "answers.yaml").read_text(encoding="utf-8")


def make_course(folder: Path) -> None:
    """The course in which commands of examples run: what they name lies there."""
    specs = folder / "specs" / "assignment3"
    specs.mkdir(parents=True)
    for name in ("q2", "q5", "q6"):
        shutil.copy(ROOT / "specs" / "assignment3" / f"{name}.yaml", specs)
    (specs / "assignment.yaml").write_text("assignment: assignment3\ntitle: Networks\nquestions: [q2, q5, q6]\n")
    (folder / "reference").mkdir()
    for path in (ROOT / "reference").glob("*.py"):
        shutil.copy(path, folder / "reference")
    for name in ("forgets_the_past", "room_to_spare", "near_misses"):
        shutil.copytree(ROOT / "submissions_example" / name, folder / "submissions_example" / name)
    (folder / "submissions").mkdir()  # as Canvas hands them out
    hand_ins = {"adamsada_41001": WEIGHTS + "q2: It has a high dimension.\n", "burnsbob_41002": FORGETS}
    for number, (name, answers) in enumerate(hand_ins.items(), 520031):
        (folder / "submissions" / f"{name}_{number}_answers.yaml").write_text(answers)
        repository = folder / "hw5-submissions" / f"hw5-{name[-5:]}"
        repository.mkdir(parents=True)
        (repository / "answers.yaml").write_text(answers)
    (folder / "alice").mkdir()
    (folder / "alice" / "answers.yaml").write_text(WEIGHTS)
    roster = "id,name,email,section\n41001,Ada Adams,ada@example.edu,A\n41002,Bob Burns,bob@example.edu,A\n"
    (folder / "roster.csv").write_text(roster)
    (folder / "submissions" / "roster.csv").write_text(roster)
    (drawn := folder / "drawn").mkdir()
    (drawn / "assignment.yaml").write_text("assignment: drawn\ntitle: Drawn\nquestions: [drawn]\n")
    (drawn / "drawn.yaml").write_text(texts("variants", "yaml")[0])
    (folder / "teams.csv").write_text("group,id\n41001,41001\n41002,41002\n")
    (folder / "times.csv").write_text("id,submitted_at\n41001,2026-01-31T12:00:00Z\n41002,2026-02-02T12:00:00Z\n")
    (folder / "overrides.yaml").write_text(
        "- {student: '41002', question: q5, points: 60, reason: r, by: N. Neumann}\n"
    )
    (folder / "exported.csv").write_text(
        "Student,ID,SIS User ID,SIS Login ID,Section,Homework 3 (31)\n    Points Possible,,,,,180\n"
        '"Adams, Ada",1,41001,ada@example.edu,A,\n"Burns, Bob",2,41002,bob@example.edu,A,\n'
    )
    (folder / "worksheet.csv").write_text(
        "Identifier,Full name,ID number,Email address,Grade,Maximum Grade,Grade can be changed,Feedback comments\n"
        "Participant 1,Ada Adams,41001,ada@example.edu,,180.00,Yes,\n"
        "Participant 2,Bob Burns,41002,bob@example.edu,,180.00,Yes,\n"
    )
    shutil.make_archive(str(folder / "submissions"), "zip", folder / "submissions")
