"""Who is at fault: the TA (`SpecError`), the student (`SubmissionError`) or the grader itself (`HarnessError`).

Every message says what was wanted, what came and where; several problems travel in one error.
"""

from __future__ import annotations

import difflib
import errno
import os
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from grader.deferred import dataclass
from grader.visible import one_line


class SourceLocation(NamedTuple):
    """A position in a text file; lines and columns count from 1. `line` is 0 where only the file is known."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        file = one_line(self.file)  # whoever names a file writes no line of a message
        return f"{file}:{self.line}:{self.column}" if self.line else file

    def shifted(self, columns: int) -> SourceLocation:
        """The same line, `columns` characters further to the right."""
        return SourceLocation(self.file, self.line, self.column + columns)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, and where (None: the whole command or folder)."""

    message: str
    place: SourceLocation | None = None

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class GraderError(Exception):
    """Base of the three branches; `problems` is never empty."""

    def __init__(self, *problems: Problem | str) -> None:
        self.problems = tuple(p if isinstance(p, Problem) else Problem(p) for p in problems)
        super().__init__("\n".join(map(str, self.problems)))


class SpecError(GraderError):
    """The assignment cannot be used as it is written: for the teaching assistant."""


class SubmissionError(GraderError):
    """The submission cannot be used as it is: for the student, safe to show, with a next step."""


class HarnessError(GraderError):
    """The grader could not do its work: nothing is scored and the exit code is 3."""


ADVICE_BY_ERRNO = {
    errno.ENOSPC: "free some and grade it again",
    errno.EDQUOT: "free some and grade it again",
    errno.EROFS: "name a folder that can be written to",
    errno.EMFILE: "allow more open files (ulimit -n) and grade it again",
    errno.ENFILE: "close other programs and grade it again",
    errno.ENOMEM: "grade it again with more memory, or with fewer --jobs",
    errno.EACCES: "allow it and grade it again",
    errno.EPERM: "allow it and grade it again",
}
"""What to do about trouble of the machine."""

OUT_OF_MEMORY = "the grader ran out of memory: grade it again with more memory, or with fewer --jobs"


def reason_of(error: BaseException) -> str:
    """Why the grader failed, and what to do where that is known: how `held, because the grader failed` goes on."""
    if isinstance(error, MemoryError):
        return OUT_OF_MEMORY
    if isinstance(error, OSError) and error.errno is not None:
        name = f"{os.path.basename(os.fsdecode(error.filename))}: " if isinstance(error.filename, (str, bytes)) else ""
        return f"{name}{error.strerror}: {ADVICE_BY_ERRNO.get(error.errno, 'grade it again')}"
    return f"{type(error).__name__}: {error}"


def closest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a misspelt one was probably meant to be; None where no name is close."""
    candidates = list(known)
    by_case = [k for k in candidates if k.lower() == name.lower()]
    close = by_case or difflib.get_close_matches(name, candidates, n=1, cutoff=0.6)
    return close[0] if close else None


def in_one_form(name: str) -> str:
    """A name with each accent joined to its letter: the same for two that differ in the Unicode form alone (NFC)."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`" (did you mean 'W1'?)"` where a known name is close, or what differs where one looks the same; else ""."""
    candidates = list(known)
    if not name.isascii() and in_one_form(name) in map(in_one_form, candidates):
        return " (there is one of the same letters, in another Unicode form: copy its name)"
    close = closest(name, candidates)
    return f" (did you mean {close!r}?)" if close is not None else ""


def listed(names: Iterable[str], last: str = "and") -> str:
    """`a, b and c`: names in a sentence, in the order given."""
    items = list(names)
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def listed_first(names: Iterable[str], most: int) -> str:
    """`a, b and 3 more`: so many names in a sentence at most, and how many there are behind them."""
    items = list(names)
    more = len(items) - most
    return listed([*items[:most], f"{more} more"] if more > 0 else items)


def in_sentences(parts: Iterable[str]) -> str:
    """The parts one after the other, each but the last with a full stop unless it ends a sentence by itself."""
    items = [part.strip() for part in parts]
    ended = [item if item.endswith((".", "!", "?", ":")) else f"{item}." for item in items[:-1]]
    return " ".join([*ended, *items[-1:]])
