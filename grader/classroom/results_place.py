"""Where results may lie: not among the submissions, through no link, and where files can be written."""

from __future__ import annotations

import os
from pathlib import Path

from grader.atomic import is_partial, opened_folder, try_to_write
from grader.classroom.gradebook_file import is_gradebook_file
from grader.classroom.result_names import GRADES_FILE, PAGES, REPORTS, is_class_page
from grader.errors import SubmissionError

NAME_ANOTHER_FOLDER = "name another folder with --out"
OR_REMOVE_IT = f"remove it, or {NAME_ANOTHER_FOLDER}"


def refuse_overlap(folder: Path, submissions: Path) -> None:
    """Results may not lie in a submission, nor take its name; only what an earlier run left there is used again.

    Raises:
        SubmissionError: if they would; it says what to do.
    """
    for part in (folder, folder / REPORTS):
        if not _below(part, submissions):
            continue
        direct = part is folder and part.resolve().parent == submissions.resolve()
        if not direct:
            raise SubmissionError(f"--out {folder}: lies among the submissions in {submissions}: {NAME_ANOTHER_FOLDER}")
        if folder.is_symlink() or (folder.exists() and not _is_of_earlier_run(folder)):
            raise SubmissionError(f"--out {folder}: {folder.name} is a submission itself: {NAME_ANOTHER_FOLDER}")
        return


def _below(path: Path, submissions: Path) -> bool:
    """Whether a path is the folder of submissions or lies in it, whatever links or letter cases it is written with."""
    here = path.resolve()
    return any(
        above == submissions.resolve() or (above.exists() and os.path.samefile(above, submissions))
        for above in (here, *here.parents)
    )


def _is_of_earlier_run(folder: Path) -> bool:
    """Whether a folder holds nothing but what `grade` writes: `grades.csv`, reports, and pages."""
    try:
        inside = list(folder.iterdir())
        reports = folder / REPORTS
        names = {path.name for path in inside if not is_partial(path.name) and not is_gradebook_file(path.name)}
        names, pages = {name for name in names if not is_class_page(name)}, names & {PAGES}
        return names - pages in ({GRADES_FILE, REPORTS}, {REPORTS}) and (
            _holds_only(reports, ".json") and all(_holds_only(folder / name, ".html") for name in pages)
        )
    except OSError:
        return False


def _holds_only(folder: Path, ending: str) -> bool:
    """Whether it is a folder with no files but those of an ending, and those that were being written."""
    return not folder.is_symlink() and all(path.suffix in (ending, ".part") for path in folder.iterdir())


def prepare(folder: Path, *, pages: bool = False) -> None:
    """Makes the folder of results, and tries whether it can be written to, before anything is graded.

    `pages`: pages are to be written there, too.

    Raises:
        SubmissionError: if it cannot, or a link or a file stands in its place: the command has to name another one.
    """
    parts = (folder, folder / REPORTS, *([folder / PAGES] if pages else []))
    try:
        for part in parts:
            if part.is_symlink():
                raise SubmissionError(f"{part}: is a symbolic link, and results go through none: {OR_REMOVE_IT}")
            if part.exists() and not part.is_dir():
                raise SubmissionError(f"{part}: cannot be made: a file is in its place: {OR_REMOVE_IT}")
            part.mkdir(parents=True, exist_ok=True)
    except (NotADirectoryError, FileExistsError) as error:
        message = f"{folder}: cannot be made: {error.strerror}: a file lies above it: {NAME_ANOTHER_FOLDER}"
        raise SubmissionError(message) from None
    except OSError as error:
        raise SubmissionError(f"{folder}: cannot be made: {error.strerror}; {NAME_ANOTHER_FOLDER}") from None
    for part in parts:
        try:
            with opened_folder(part) as descriptor:
                try_to_write(descriptor, part)
        except OSError as error:
            raise SubmissionError(f"{part}: cannot be written to: {error.strerror}; {NAME_ANOTHER_FOLDER}") from None
