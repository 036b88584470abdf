"""The code of a submission: one `solution.py` or one notebook, read as bytes and never run here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.answers.files import names_in, read_file
from grader.errors import SubmissionError, listed
from grader.verdict import CodeDigest

SOLUTION_FILE = "solution.py"
CODE_SUFFIXES = (".py", ".ipynb")


@dataclass(frozen=True)
class Code:
    """The source of a submission, and the name that tracebacks show."""

    name: str
    source: bytes
    kind: Literal["python", "notebook"]

    @property
    def snapshot(self) -> CodeDigest:
        """What a report says of it."""
        return CodeDigest(self.name, hashlib.sha256(self.source).hexdigest())


def read_code(path: Path) -> Code | None:
    """The code in a submission's folder (or the file itself); None where there is none.

    Raises:
        SubmissionError: if there are several, or it cannot be read.
    """
    if not path.is_dir():
        return _code(path, path) if path.suffix in CODE_SUFFIXES else None
    files = [name for name in names_in(path) if not name.startswith(".")]
    names = [name for name in files if name == SOLUTION_FILE or name.endswith(".ipynb")]
    if len(names) > 1:
        raise SubmissionError(f"{listed(names)} both hold code: keep one ({SOLUTION_FILE}, or one notebook)")
    if names:
        return _code(path / names[0], path)
    scripts = [name for name in files if name.endswith(".py")]
    if scripts:
        raise SubmissionError(f"the code is looked for in {SOLUTION_FILE}: rename {listed(scripts)}")
    return None


def _code(path: Path, submission: Path) -> Code:
    return Code(path.name, read_file(path, submission), "notebook" if path.suffix == ".ipynb" else "python")
