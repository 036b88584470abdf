"""Marks without a browser, as the command has them: in the terminal, and in files that are written and come back."""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from grader.atomic import write_file, write_new_file
from grader.console import say, show, terminal_width
from grader.errors import SubmissionError
from grader.review.desk import Desk
from grader.review.pending import Review
from grader.review.spreadsheet import marks_table
from grader.review.spreadsheet_marks import take_marks_table
from grader.review.template import marks_template
from grader.review.terminal import mark_in_terminal
from grader.visible import one_line


def write_template(review: Review, output: Path | None, names: Sequence[str]) -> None:
    """Writes a file of marks that is to be filled in, or prints it. One that is there stays as it is.

    Raises:
        SubmissionError: if it cannot be written.
        SpecError: if there is no written question of one of the names, or the file of marks cannot be used.
    """
    _say_all(review)
    text = marks_template(review, names)
    if output is None:
        show(text)
        return
    try:
        write_new_file(output, text.encode("utf-8", "backslashreplace"))
    except FileExistsError:
        raise SubmissionError(f"{output} is there, and marks may be in it: name another file") from None
    except OSError as error:
        raise SubmissionError(f"{output}: cannot be written: {error.strerror}") from None
    show(f"{one_line(str(output))} is ready; once it is filled in, `grader grade` takes it with --marks\n")


def write_table(review: Review, output: Path, names: Sequence[str]) -> None:
    """Writes a table for a spreadsheet.

    Raises:
        SubmissionError: if it cannot be written, or is the file of marks.
        SpecError: as `write_template` does.
    """
    _say_all(review)
    if output.resolve() == review.store.path.resolve():
        raise SubmissionError(f"{output} has the marks themselves, and stays as it is: name another file")
    try:
        write_file(output, marks_table(review, names))
    except OSError as error:
        raise SubmissionError(f"{output}: cannot be written: {error.strerror}") from None
    show(f"{one_line(str(output))} is ready; --csv-in {one_line(str(output))} takes its marks once it is filled in\n")


def take_table(review: Review, file: Path, reader: str) -> None:
    """Saves the marks of a table that was filled in, and says what was done.

    Raises:
        GraderError: as `take_marks_table` does.
    """
    for line in take_marks_table(review, file, reader):
        show(f"{one_line(line)}\n")
    show(f"all marks are in {one_line(str(review.store.path))}\n")


def mark_here(desk: Desk, names: Sequence[str]) -> None:
    """Has a reader mark in this terminal, or by what comes through a pipe.

    Raises:
        GraderError: as `mark_in_terminal` does.
    """
    _say_all(desk.review)
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper):  # whatever a terminal sends or cannot show, nothing breaks off
            stream.reconfigure(errors=errors)
    with suppress(KeyboardInterrupt):
        mark_in_terminal(desk, sys.stdin, sys.stdout, names, terminal_width())
    show(f"all marks are in {one_line(str(desk.review.store.path))}\n")


def _say_all(review: Review) -> None:
    for message in review.said:
        say(message)
