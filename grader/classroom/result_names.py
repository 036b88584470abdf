"""The names of what lies in a folder of results."""

from __future__ import annotations

import re

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


def is_class_page(name: str) -> bool:
    """Whether a file of results has the name of a page of the class."""
    return _CLASS_PAGES.fullmatch(name) is not None


def is_partial(name: str) -> bool:
    """Whether a file was being written when the run ended."""
    return name.startswith(".grader-") and name.endswith(".part")
