"""The pages beside the reports: `pages/<submission>.html`, written as they come, and only where they say something new.

The rule: a page is a view of a report. One that cannot be made or written costs nobody a mark and is said; after a
whole run no page stands there that says anything else than the report of its name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from grader.classroom.graded import Graded
from grader.classroom.result_names import PAGE_HEAD_BYTES, PAGES
from grader.classroom.results_files import remove_files, write_if_new
from grader.classroom.squeezed import report_bytes
from grader.classroom.student_page import digest_in, page_digest, student_page
from grader.errors import HarnessError, reason_of


class PagesFolder:
    """The pages of a folder of results. `writes` False: none is written, and those that do not fit any more go."""

    def __init__(self, results: Path, *, writes: bool = True) -> None:
        self._folder = results / PAGES
        self.writes = writes
        self._faults: dict[str, str] = {}
        self._heads: dict[str, bytes] = {}

    def written(self) -> Iterator[tuple[str, str]]:
        """After a whole run: the paths in the folder of results of each page, with digests of their heads."""
        return ((f"{PAGES}/{file}", digest.hex()) for file, digest in self._heads.items())

    @property
    def faults(self) -> tuple[str, ...]:
        """What is to be said of pages that could not be written."""
        return tuple(self._faults.values())

    @property
    def is_there(self) -> bool:
        """Whether there is a folder of pages, or will be."""
        return self.writes or (self._folder.is_dir() and not self._folder.is_symlink())

    def write_new(self, row: Graded, stem: str) -> None:
        """Writes the page that came with a row, unless it stands there."""
        if self.writes and row.page:
            self._write(row, f"{stem}.html", row.page)

    def finish(self, rows: Mapping[str, Graded]) -> None:
        """Writes the pages that do not stand yet, and removes those of nobody; `rows` by the stems of their files."""
        if not self.is_there:
            return
        with_report = {f"{stem}.html": row for stem, row in rows.items() if row.texts.has_report}
        standing = {file for file, row in with_report.items() if self._stands(row, file)}
        for file, row in with_report.items() if self.writes else ():
            if file not in standing:
                self._make(row, file)
        self._tidy(standing if not self.writes else with_report.keys() - self._faults.keys())

    def _stands(self, row: Graded, file: str) -> bool:
        head = page_head_of(self._folder / file)
        if digest_in(head) != (row.page_digest or page_digest(row.report, row.verdicts)):
            return False
        self._note(file, head)
        return True

    def _make(self, row: Graded, file: str) -> None:
        try:
            page = student_page(row.report, row.verdicts)
        except Exception as error:
            self._faults[file] = f"{row.name}: its page cannot be made: {reason_of(error)}"
        else:
            self._write(row, file, page)

    def _write(self, row: Graded, file: str, page: str) -> None:
        try:
            data = report_bytes(page)
            write_if_new(self._folder, file, data, keep_old=True)
            self._note(file, data)
            self._faults.pop(file, None)
        except Exception as error:  # whatever it is, it is no mark's
            reason = str(error) if isinstance(error, HarnessError) else reason_of(error)
            self._faults[file] = f"{row.name}: its page is missing: {reason}"

    def _note(self, file: str, page: bytes) -> None:
        """Remembers a digest of the head of a page that is there."""
        self._heads[file] = hashlib.sha256(page[:PAGE_HEAD_BYTES]).digest()

    def _tidy(self, wanted: Collection[str]) -> None:
        """Removes pages that are of nobody in the class any more, or could not be written anew."""
        if not self.is_there:
            return
        try:
            remove_files(self._folder, lambda name: name not in wanted and page_digest_of(self._folder / name) != "")
        except HarnessError as error:
            self._faults[""] = f"pages of an earlier run may say what does not hold any more: {error}"


def page_digest_of(path: Path) -> str:
    """The digest in the head of a page; "" where no page of the grader stands there."""
    return digest_in(page_head_of(path))


def page_head_of(path: Path) -> bytes:
    """The first bytes of a page; none where no plain file stands there."""
    try:
        if path.is_symlink() or not path.is_file():
            return b""
        with path.open("rb") as file:
            return file.read(PAGE_HEAD_BYTES)
    except OSError:
        return b""
