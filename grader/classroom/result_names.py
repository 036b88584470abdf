"""The names of what lies in a folder of results."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from grader.windows_names import is_device_name, without_refused_signs

REPORTS = "reports"
"""The folder of reports, a file a submission."""

PAGES = "pages"
"""The folder of students' pages."""

GRADES_FILE = "grades.csv"
"""A view of the gradebook: where it stands, there was one."""

CLASS_PAGE = "class.html"
_CLASS_PAGES = re.compile(r"class(-[0-9]+)?\.html")

PAGE_HEAD_BYTES = 1_000
"""In which the digest stands of what a page was made from."""

GRADEBOOK_FILE = "gradebook.sqlite"
GRADEBOOK_FILES = frozenset(f"{GRADEBOOK_FILE}{end}" for end in ("", "-wal", "-shm", "-journal"))
"""The file, and what SQLite puts beside it while it is open."""

MAX_REPORT_NAME_BYTES = 200
"""Of a submission's name in the name of its report; file systems end at 255."""


def is_class_page(name: str) -> bool:
    """Whether a file of results has the name of a page of the class."""
    return _CLASS_PAGES.fullmatch(name) is not None


def report_files(names: Sequence[str]) -> dict[str, str]:
    """The name of each submission's report: `<submission>.json`, or what `other_stems` has before the dot."""
    others = other_stems(names)
    return {name: f"{others.get(name, name)}.json" for name in names}


def other_stems(names: Sequence[str]) -> dict[str, str]:
    """By submission what its report is called, without the ending, where that is not the name of the submission.

    A digest of the whole name is added where a file system could take two for the same (which differ in case, or in
    how a letter is put together), and to one that is too long, was escaped, or is no name of a file on Windows,
    wherever the grader runs: results are opened on other machines, too.
    """
    stems = {name: _stem(name, 0) for name in names}
    for digits in (12, 32, 64):  # nobody has all of them on purpose
        uses = Counter(map(_alike, stems.values()))
        if len(uses) == len(stems):
            break
        stems = {name: stem if uses[_alike(stem)] == 1 else _stem(name, digits) for name, stem in stems.items()}
    return {name: stem for name, stem in stems.items() if stem != name}


def _stem(name: str, digits: int) -> str:
    """The name, with so many digits of its digest; a very long one gives way to them at its end."""
    data = name.encode("utf-8", "backslashreplace")
    is_device = is_device_name(name)
    if not (digits or is_device or len(data) > MAX_REPORT_NAME_BYTES or without_refused_signs(name) != name):
        return name
    kept = without_refused_signs(data[:MAX_REPORT_NAME_BYTES].decode("utf-8", "ignore"))
    return f"{'_' if is_device else ''}{kept}-{hashlib.sha256(data).hexdigest()[: digits or 12]}"


def _alike(stem: str) -> str:
    """The same for all names that some file system holds for one."""
    if stem.isascii():  # the same then
        return stem.lower().rstrip(". ")
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", stem).casefold()).rstrip(". ")
