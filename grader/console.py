"""What the command says, and where: stdout for results, one line a problem on stderr, colour where it is wanted."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

import click

from grader.errors import GraderError, HarnessError


def say(message: str) -> None:
    """One line to stderr; where that cannot be written to, the work goes on without it."""
    from grader.visible import one_line

    with lost_if_unwritten():
        click.echo(f"grader: {one_line(message)}", err=True)


@contextmanager
def lost_if_unwritten() -> Iterator[None]:
    """In here, text goes to stderr; a reader that went away (`2>&1 | head`) or a full disk costs it, and no more."""
    try:
        yield
    except OSError:
        _discard(sys.stderr)


def _discard(stream: TextIO) -> None:
    """Sends what a stream has in its buffer, and all that is written to it later, to the null device."""
    with suppress(OSError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)


def complain(error: GraderError) -> None:
    """Every problem of an error to stderr, a line each."""
    for problem in error.problems:
        for line in str(problem).splitlines():
            say(line)


def show(text: str) -> None:
    """Text to stdout; a reader that went away (`| head`) changes neither what is done nor the exit code.

    Raises:
        HarnessError: if stdout cannot be written to for another reason (a full disk).
    """
    try:
        click.echo(text, nl=False, color=True)
    except OSError as error:
        _discard(sys.stdout)
        if not isinstance(error, BrokenPipeError):
            raise HarnessError(f"the output cannot be written: {error.strerror}") from None


@contextmanager
def ended_if_unread() -> Iterator[None]:
    """In here click may show what it shows by itself, such as help; it ends well where the reader of that goes away.

    Raises:
        HarnessError: if another pipe is broken: click would end with the exit code for points that were lost.
    """
    try:
        yield
    except BrokenPipeError as error:
        at = error.__traceback__
        while at is not None and at.tb_next is not None:
            at = at.tb_next
        if at is None or at.tb_frame.f_code is not click.echo.__code__:
            raise HarnessError("a pipe to a process of the grader itself is broken: try once more") from error
        _discard(sys.stdout)
        raise click.exceptions.Exit(0) from None


def write_output(path: Path, data: bytes) -> None:
    """Writes what a command gives, whole or not at all, to the file that was named for it.

    Raises:
        ClickException: if it cannot be written.
    """
    from grader.atomic import write_file

    with refused_unless_written(path):
        write_file(path, data)


@contextmanager
def refused_unless_written(path: Path) -> Iterator[None]:
    """In here, what a command gives is written to the place that was named for it.

    Raises:
        ClickException: if it cannot be written: then the command that names the place cannot be used.
    """
    try:
        yield
    except OSError as error:
        raise click.ClickException(f"{path}: cannot be written: {error.strerror}") from None


def on_terminal(stream: TextIO | None) -> bool:
    """Whether a stream is open, and someone watches it."""
    return stream is not None and stream.isatty()


def wants_colour() -> bool:
    """Only on a terminal, and not where NO_COLOR is set (no-color.org)."""
    return on_terminal(sys.stdout) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def terminal_width() -> int:
    """The width of the terminal, 80 in a pipe; never so wide that lines are hard to follow."""
    if not on_terminal(sys.stdout):
        return 80
    import shutil

    return min(shutil.get_terminal_size((80, 24)).columns, 120)
