"""What the last run into a folder of results rested on, and what it left: so the same command need not do it again.

The rule: nothing is done anew only where all that a run rests on is byte for byte what it was (the files of the class,
those of the course and others that are named, the options, this package and what is installed beside it), and the
results too: the gradebook, `grades.csv`, each report, the head of each page by which a page is known. No time and no
size of a file is trusted. Then the command says and shows what it would say and show after regrading nothing. In every
other case it is as if no run had been before. What is kept lies in the user's cache.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from grader.answers.plain_files import OPEN_FLAGS
from grader.atomic import is_partial, opened_folder
from grader.classroom.class_files import read_class
from grader.classroom.course_content import CourseContent, read_course
from grader.classroom.result_names import (
    GRADEBOOK_FILE,
    GRADEBOOK_FILES,
    GRADES_FILE,
    PAGE_HEAD_BYTES,
    PAGES,
    REPORTS,
    is_class_page,
)
from grader.fingerprint import fingerprint, fingerprint_of_each, grader_fingerprint, state_on_disk
from grader.spec.course import CourseSearch
from grader.user_cache import cache_folder, keep_cached, read_cached

if TYPE_CHECKING:
    from grader.classroom.entries import Entry
    from grader.classroom.graded import Graded

OF_NO_MATTER = frozenset({"jobs", "cluster", "fresh"})
"""Options of `grade` with which a class comes to the same results."""

REPORT_SUFFIX = ".json"

MAX_READ_BYTES = 1 << 17
"""Of a file at a time."""

Stream = Literal["said", "shown"]
"""Where a text goes: a line to stderr, or text to stdout."""


class Speaker(NamedTuple):
    """How a command says a line and shows a text, and how wide and in colour or not texts are made for it."""

    say: Callable[[str], None]
    show: Callable[[str], None]
    width: int
    colour: bool


class RunOutput:
    """What a run says and shows; `again` is what the same command says and shows once nothing has changed."""

    def __init__(self, speaker: Speaker) -> None:
        self.speaker = speaker
        self.again: list[tuple[Stream, str]] = []

    def say(self, message: str) -> None:
        """One line to stderr."""
        self.speaker.say(message)
        self.again.append(("said", message))

    def say_next_time(self, message: str) -> None:
        """One line that only the next time says."""
        self.again.append(("said", message))

    def show(self, text: str, *, again: str | None = None) -> None:
        """Text to stdout; `again` is another text for the next time."""
        self.again.append(("shown", text if again is None else again))
        self.speaker.show(text)


def shown_again(options: Mapping[str, Any], speaker: Speaker) -> bool:
    """Whether the command with these options is the last one again; if so, all that it says and shows is there.

    `options` are those of `grade`, by name.
    """
    folder, out = options["folder"], options["out"]
    is_asked = folder.is_dir() and (out / GRADEBOOK_FILE).is_file() and not options["fresh"]
    kept = read_cached(_name(out)) if is_asked else None
    if kept is None:
        return False
    state, files, results, again = json.loads(kept)
    try:
        search = CourseSearch(Path.cwd(), folder.resolve(), options["course"], whole_class=True)
        course = read_course(search, options["spec"], options["marks"])
        is_same: bool = run_state(options, speaker, course) == state and read_class(folder, out).digest() == files
        is_same = is_same and _fingerprint_of(results_on_disk(out)) == results
    except Exception:  # whatever it is, the run comes to it as well, and says it
        return False
    streams: Mapping[Stream, Callable[[str], None]] = {"said": speaker.say, "shown": speaker.show}
    for stream, text in again if is_same else ():
        streams[stream](text)
    return is_same


def run_state(options: Mapping[str, Any], speaker: Speaker, course: CourseContent) -> str:
    """A digest over all that a run with these options rests on beside the files of the class."""
    said = {name: str(value) for name, value in options.items() if name not in OF_NO_MATTER}
    named = [(name, _digest(path)) for name, path in options.items() if isinstance(path, Path) and path.is_file()]
    streams = [[stream.encoding, stream.errors] for stream in (sys.stdout, sys.stderr) if stream is not None]
    here = [os.getcwd(), os.path.realpath(options["folder"]), speaker.width, speaker.colour, streams]
    return fingerprint([grader_fingerprint(), state_on_disk(), said, named, here, course.digest])


class RunRecord:
    """A run while it is done: what it rests on, told at its beginning, and what is to be kept of it at its end.

    `files` are those of the class, and `output` takes what the run says and shows.
    """

    def __init__(self, options: Mapping[str, Any], speaker: Speaker, folder: Path) -> None:
        """`folder` is that of the class, which may have been unpacked."""
        self.files = read_class(folder, options["out"])
        self.output = RunOutput(speaker)
        self._options = options
        self._is_new = not os.path.lexists(options["out"])
        self._state = ""

    def begin(self, course: CourseContent) -> None:
        """`course` is what all is graded against."""
        self._course = course
        with suppress(OSError):
            self._state = self._present_state()

    def keep(self, entries: Sequence[Entry], rows: Sequence[Graded], written: Iterable[tuple[str, str]]) -> None:
        """Keeps a complete run in which nothing is held, if the same command would grade nothing of it again.

        The rule: each row is of what its submission held when it was read to be graded, or when it was found unchanged,
        and all else there is as it was when the run began.
        `written` has the reports, the pages and the table: their paths in the results, and their digests as
        `results_on_disk` gives them.
        """
        is_kept = self._state and self._options["folder"].is_dir() and cache_folder() is not None
        if is_kept and all(map(self._is_current, rows)):
            with suppress(OSError):  # what cannot be kept costs time alone
                self._keep(entries, rows, written)

    def _keep(self, entries: Sequence[Entry], rows: Sequence[Graded], written: Iterable[tuple[str, str]]) -> None:
        out = self._options["out"]
        if self._is_new and Path(os.path.realpath(out)).parent == Path(os.path.realpath(self._options["folder"])):
            return  # the next run says that it passes the results over
        by_name = {row.name: row.content for row in rows}
        seen = (entry.path_as_text for entry in entries if not entry.parts)
        is_read = all(self.files.content(entry) == by_name.get(entry.name) for entry in entries)
        if not is_read or not self.files.stand(seen):
            return
        if self._state != self._present_state():  # a file that was named is another now
            return
        files, found = self.files.digest(), _top_files(out)
        if files and found is not None:
            found.update(written)
            results = _fingerprint_of(found)
            keep_cached(_name(out), json.dumps([self._state, files, results, self.output.again]).encode())

    def _present_state(self) -> str:
        return run_state(self._options, self.output.speaker, self._course)

    def _is_current(self, row: Graded) -> bool:
        """Whether the row is used again as long as nothing of it has changed."""
        return row.key != b"" and (row.has_page_details or not self._options["pages"])


def _name(out: Path) -> str:
    """Where it is kept of a folder of results: another grader does not look for it there."""
    return f"run-{fingerprint([grader_fingerprint(), os.path.realpath(out)])}"


# ------------------------------------------------------------- what a run leaves
def results_on_disk(out: Path) -> dict[str, str] | None:
    """Digests of the files of results, by their paths in the folder; None where a run would have something to do.

    Of a page its head counts, by which it is told to be as it should be. What is neither a report nor a page's is
    not looked at, as it is left alone by a run.
    """
    found = _top_files(out)
    if found is None:
        return None
    for folder, is_asked, most in ((REPORTS, _is_report_name, -1), (PAGES, _is_page_name, PAGE_HEAD_BYTES)):
        if folder == PAGES and not os.path.lexists(out / PAGES):
            continue
        with opened_folder(out / folder) as descriptor:
            for name in os.listdir(out / folder if descriptor is None else descriptor):
                if is_partial(name):
                    return None
                if is_asked(name):
                    found[f"{folder}/{name}"] = _digest_below(descriptor, out / folder, name, most)
    return found


def _top_files(out: Path) -> dict[str, str] | None:
    """The gradebook, the table and the pages of the class; None where some run has not ended there."""
    names = os.listdir(out)
    if GRADEBOOK_FILES.intersection(names) != {GRADEBOOK_FILE} or any(map(is_partial, names)):
        return None
    wanted = [name for name in names if name in (GRADEBOOK_FILE, GRADES_FILE) or is_class_page(name)]
    with opened_folder(out) as descriptor:
        return {name: _digest_below(descriptor, out, name) for name in wanted}


def _is_report_name(name: str) -> bool:
    return name.endswith(REPORT_SUFFIX)


def _is_page_name(name: str) -> bool:
    """What is hidden was put there by a system."""
    return not name.startswith(".")


def _digest_below(folder: int | None, where: Path, name: str, most: int = -1) -> str:
    """A digest of a plain file, of its first bytes if `most` says how many; "" of anything else, or where it grows."""
    descriptor = os.open(where / name if folder is None else name, OPEN_FLAGS, dir_fd=folder)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            return ""
        whole, left = hashlib.sha256(), most if most >= 0 else status.st_size + 1
        while left > 0 and (part := os.read(descriptor, min(left, MAX_READ_BYTES))):
            whole.update(part)
            left -= len(part)
        return whole.hexdigest() if left > 0 or most >= 0 else ""
    finally:
        os.close(descriptor)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fingerprint_of(results: Mapping[str, str] | None) -> str:
    return "" if results is None else fingerprint_of_each((name, results[name]) for name in sorted(results))
