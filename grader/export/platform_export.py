"""What a platform's module declares so that `grader export` writes for it: a `PLATFORM_EXPORT`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

CommandOption = Callable[[Any], Any]
"""What `click.option(...)` gives."""


@dataclass(frozen=True)
class Exported:
    """What the command says at its end: what is there now (a line), and notes that somebody should read (stderr)."""

    done: str
    notes: Sequence[str] = ()


ExportWriter = Callable[..., Exported]
"""Writes the assignment that it is given, with the values of the platform's options by their names.

It raises a SpecError where what was asked for cannot be written, a ClickException where the files cannot.
"""


@dataclass(frozen=True)
class PlatformExport:
    """One platform: what its command says of itself, its options, and what writes.

    Every command takes a SPEC. `in_course_folder`: and `--course DIR`, where the course lies. `knows_students`: what is
    written says whose submission is graded, so that each can meet the own variants.
    """

    summary: str
    write: ExportWriter
    options: Sequence[CommandOption] = ()
    in_course_folder: bool = True
    knows_students: bool = False


def output_option(default: str | None, describes: str | None = None, metavar: str | None = None) -> CommandOption:
    """`--output`, where what is made is written to; without a default it has to be given."""
    said = {"required": True} if default is None else {"default": default, "show_default": True}
    return click.option("--output", "-o", type=click.Path(path_type=Path), metavar=metavar, help=describes, **said)
