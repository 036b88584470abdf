"""The code of a submission: one `solution.py` or one notebook, read as bytes and never run here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from grader.answers.modules import ModuleFiles, modules_beside
from grader.answers.names import CODE_SUFFIXES
from grader.answers.tree import SubmissionFiles
from grader.errors import SubmissionError, listed
from grader.verdict import CodeDigest

SOLUTION_FILE = "solution.py"


@dataclass(frozen=True)
class Code:
    """The source of a submission, and the name that tracebacks show."""

    name: str
    source: bytes
    kind: Literal["python", "notebook"]
    modules: ModuleFiles = field(default_factory=ModuleFiles)

    @property
    def snapshot(self) -> CodeDigest:
        """What a report says of it."""
        modules = tuple(
            CodeDigest(module.path, _digest(module.source)) for module in self.modules.files if not module.problem
        )
        return CodeDigest(self.name, _digest(self.source), modules)


def _digest(source: bytes) -> str:
    return hashlib.sha256(source).hexdigest()


def read_code(files: SubmissionFiles) -> Code | None:
    """The code among the files of a submission; None where there is none.

    Raises:
        SubmissionError: if there are several, or it cannot be read.
    """
    if files.problems:
        raise SubmissionError(*files.problems)
    if files.single:
        return _code(files.names[0], files) if Path(files.names[0]).suffix in CODE_SUFFIXES else None
    there = [name for name in files.names if "/" not in name]
    names = [name for name in there if name == SOLUTION_FILE or name.endswith(".ipynb")]
    if len(names) > 1:
        raise SubmissionError(f"{listed(names)} both hold code: keep one ({SOLUTION_FILE}, or one notebook)")
    if names:
        return _code(names[0], files)
    scripts = [name for name in there if name.endswith(".py")]
    if scripts:
        raise SubmissionError(f"the code is looked for in {SOLUTION_FILE}: rename {listed(scripts)}")
    return None


def _code(name: str, files: SubmissionFiles) -> Code:
    kind: Literal["python", "notebook"] = "notebook" if name.endswith(".ipynb") else "python"
    return Code(name, files.read(name), kind, modules_beside(files, name))
