"""The files of a submission, looked for where it was graded from: what a reader opens."""

from __future__ import annotations

from pathlib import Path

from grader.answers.document_text import MAX_DOCUMENT_BYTES
from grader.answers.submission import Submission
from grader.classroom.entries import entries_in
from grader.classroom.unpacking import opened_class
from grader.errors import GraderError, SubmissionError


def handed_in_file(source: Path, submission: str, name: str, results: Path) -> bytes:
    """The bytes of a file of a submission of the class at `source` (a folder, or the zip of a download).

    Raises:
        SubmissionError: if it is not there any more, or cannot be read.
    """
    gone = f"{name} of {submission} is not where it was graded from, in {source}: look for it there, or grade again"
    if not source.exists():
        raise SubmissionError(gone)
    try:
        with opened_class(source) as (folder, _):
            entries = entries_in(folder, results).submissions
            entry = next((entry for entry in entries if entry.name == submission), None)
            if entry is None:
                raise SubmissionError(gone)
            opened = Submission(entry.path, entry.name, [(part.name, part.path) for part in entry.parts])
            return opened.files.read(name, MAX_DOCUMENT_BYTES)
    except (OSError, GraderError) as error:
        raise SubmissionError(f"{name} of {submission} cannot be opened: {error}") from None
