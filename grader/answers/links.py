"""Hard links: whether every name of a file lies among the submissions of a class."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from grader.answers.names import is_left_aside, submission_stem

MAX_LINKED_FILES = 200_000
"""Files of a class that are looked at for hard links."""

MAX_LINKED_DEPTH = 12
"""Folders in folders that are looked into for hard links."""

NOT_HANDED_IN = frozenset({"specs", "reference", "results"})
"""Folders that may lie beside submissions and are the course's."""

SHARED_FILE_NOTE = (
    "has another name in a neighbour's folder (a hard link): whose work it is cannot be told from the file"
)


def all_links_handed_in(file: os.stat_result, submission: Path) -> bool:
    """Whether as many names of a file as it has are found in the submission and its neighbours."""
    return _names_among_neighbours(submission).get((file.st_dev, file.st_ino), 0) >= file.st_nlink


def shared_files(submission: Path) -> list[str]:
    """The files of a submission that a neighbour has as well, under another name of the same file."""
    named: Counter[tuple[int, int]] = Counter()
    names: dict[str, os.stat_result] = {}
    for name, entry in _files_below(submission) if submission.is_dir() else ():
        names[name] = status = entry.stat(follow_symlinks=False)
        named[status.st_dev, status.st_ino] += 1
    if not submission.is_dir() and not submission.is_symlink():
        names[submission.name] = status = submission.stat()
        named[status.st_dev, status.st_ino] += 1
    linked = {name: status for name, status in names.items() if status.st_nlink > named[status.st_dev, status.st_ino]}
    return sorted(name for name, status in linked.items() if all_links_handed_in(status, submission))


def _names_among_neighbours(submission: Path) -> Mapping[tuple[int, int], int]:
    """For each file with several names (by device and inode), how many of them the submissions of the class hold."""
    folder = Path(os.path.abspath(submission)).parent
    return _counted_names(folder, folder.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _counted_names(folder: Path, _changed_ns: int) -> Mapping[tuple[int, int], int]:
    """Of the files in a folder and in the folders in it."""
    counts: Counter[tuple[int, int]] = Counter()
    for number, entry in enumerate(_submitted_files(folder)):
        if number >= MAX_LINKED_FILES:
            break
        status = entry.stat(follow_symlinks=False)
        if status.st_nlink > 1:
            counts[status.st_dev, status.st_ino] += 1
    return counts


def _submitted_files(folder: Path) -> Iterator[os.DirEntry[str]]:
    yield from (
        entry
        for entry in _entries(folder)
        if stat.S_ISREG(_mode(entry)) and submission_stem(entry.name) is not None and entry.name != "marks.yaml"
    )
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.is_symlink() and path.name not in NOT_HANDED_IN and path.name[0] != ".":
            yield from (entry for _, entry in _files_below(path))


def _files_below(top: Path) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """The plain files of a submission with their relative names, in its folders too; at most MAX_LINKED_FILES."""
    waiting, count = [(top, "", 0)], 0
    while waiting and count < MAX_LINKED_FILES:
        folder, around, depth = waiting.pop()
        for entry in _entries(folder):
            count += 1
            mode = _mode(entry)
            if stat.S_ISREG(mode):
                yield around + entry.name, entry
            elif stat.S_ISDIR(mode) and depth < MAX_LINKED_DEPTH:
                waiting.append((folder / entry.name, f"{around}{entry.name}/", depth + 1))


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """What a folder holds, but for what systems leave there; nothing where it cannot be listed."""
    try:
        with os.scandir(folder) as entries:
            yield from (entry for entry in entries if not is_left_aside(entry.name))
    except OSError:
        return


def _mode(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_mode
    except OSError:
        return 0
