"""The page of a class in its file, and in further ones where it names many: made where it is not as it should be."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from contextlib import nullcontext
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from grader.atomic import opened_folder, write_below, write_file
from grader.classroom.class_details import ClassDetails
from grader.classroom.class_page import AttemptPoints, ClassPageRequest, class_pages
from grader.classroom.class_row import ClassRow
from grader.classroom.gradebook import Gradebook, opened_gradebook
from grader.classroom.graded import digest_of_report
from grader.classroom.pages_folder import page_digest_of
from grader.classroom.result_names import PAGES
from grader.classroom.statistics import ClassStatistics
from grader.deferred import dataclass
from grader.errors import HarnessError, SubmissionError
from grader.fingerprint import fingerprint, grader_fingerprint


@dataclass(frozen=True)
class ClassPageFile:
    """Where the page of a class goes, about the rows of a folder of results; `names`: it says who is who.

    `book` is their gradebook, where that is open already.
    """

    path: Path
    results: Path
    rows: Sequence[ClassRow]
    names: bool = False
    book: Gradebook | None = None

    @cached_property
    def made_from(self) -> str:
        """A digest of all that the page is made from."""
        digest = hashlib.sha256()
        for row in self.rows:
            graded = row.graded
            said = [graded.name, row.submission, graded.status, str(graded.total), row.person, row.report_file]
            report = (graded.report_digest or digest_of_report(graded.report)).hex()
            digest.update(f"{said}\0{report}\0".encode("utf-8", "backslashreplace"))
        where = os.path.relpath(self.results, self.path.parent) if self.has_links else ""
        attempts = [[name, [list(map(str, one)) for one in points]] for name, points in self.attempts.items()]
        there = [grader_fingerprint(), digest.hexdigest(), attempts, self.names, self.path.name, where]
        return fingerprint(there)

    @cached_property
    def attempts(self) -> AttemptPoints:
        """What the gradebook has of attempts."""
        return attempts_in(self.results, self.book)

    @property
    def has_links(self) -> bool:
        """Whether it can lead to students' pages: it names them, and stands in the results or above them.

        From elsewhere an address would say where on this machine the results are.
        """
        return self.names and self.results.resolve().is_relative_to(self.path.parent.resolve())

    @property
    def stands(self) -> bool:
        """Whether the page is there as it should be, and each further one that it leads to."""
        digest = page_digest_of(self.path)
        if not digest or digest != self.made_from:  # what it would be made from is asked of the whole gradebook
            return False
        text = self.path.read_text(encoding="utf-8")
        addresses = (os.fsencode(path.name) for path in self._further())
        return text.count("<li><a href=") == sum(f'<li><a href="{quote(name)}"' in text for name in addresses) and all(
            page_digest_of(path) == self.made_from for path in self._further()
        )

    def write(self, statistics: ClassStatistics, details: ClassDetails) -> None:
        """Makes the page and writes it, with further ones beside it where it names many.

        Raises:
            OSError: if it cannot be written.
        """
        link = self._link if self.has_links else None
        about = (statistics, details, self.attempts, self.rows)
        found = class_pages(ClassPageRequest(*about, link, self.names, self.path.name, self.made_from))
        for file, text in reversed(found.items()):  # the first one last: where it stands, all do
            self._write(file, text.encode("utf-8", "backslashreplace"))
        for path in self._further():
            if path.name not in found:
                path.unlink()

    def _write(self, file: str, data: bytes) -> None:
        """Writes a file; among the results that is a plain one, and what may be in its place (a pipe) is replaced."""
        if self.path.parent != self.results:
            write_file(self.path.with_name(file), data)
            return
        with opened_folder(self.results) as folder:
            write_below(folder, self.results, file, data)

    def remove(self) -> None:
        """Removes the page and its further ones, if that is what stands in their places."""
        for path in (self.path, *self._further()):
            if page_digest_of(path):
                path.unlink()

    def _further(self) -> list[Path]:
        """Pages beside it that are called after it."""
        called = re.compile(rf"{re.escape(self.path.stem)}-[0-9]+{re.escape(self.path.suffix)}")
        folder = self.path.parent
        return sorted(path for path in folder.iterdir() if called.fullmatch(path.name) and page_digest_of(path))

    def _link(self, row: ClassRow) -> str:
        """The address of a student's page, from this one; "" where it is not there."""
        page = self.results / PAGES / f"{row.report_stem}.html"
        if not row.report_stem or not page.is_file():
            return ""
        return quote(os.fsencode(Path(os.path.relpath(page, self.path.parent)).as_posix()))


def attempts_in(results: Path, book: Gradebook | None = None) -> dict[str, list[list[Fraction]]]:
    """By assignment with second attempts, the points of all first ones, of all second ones, and so on.

    An attempt is what was handed in anew and graded; the last marks that were given for it count. Nothing is known of
    attempts that no run has seen. `book` is the gradebook of the results, where that is open already.
    """
    try:
        with nullcontext(book) if book is not None else opened_gradebook(results, read_only=True) as opened:
            return _attempts(opened)
    except (HarnessError, SubmissionError):  # it is not there, or damaged: the page shows the marks all the same
        return {}


def _attempts(book: Gradebook) -> dict[str, list[list[Fraction]]]:
    found: dict[str, list[list[Fraction]]] = {}
    for assignment, points in book.attempts() if book.may_have_attempts else ():
        for number, total in enumerate(points):
            of = found.setdefault(assignment, [])
            if number == len(of):
                of.append([])
            if total is not None:
                of[number].append(total)
    return {assignment: points for assignment, points in found.items() if len(points) > 1}
