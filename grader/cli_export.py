"""`grader export PLATFORM`: a command for each row of `grader.export.table`, made when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click

from grader.cli_commands import CommandGroup, CommandTable
from grader.cli_options import COURSE_OPTION, assignment_asked_for
from grader.console import say, show
from grader.errors import SpecError
from grader.export.platform_export import PlatformExport
from grader.export.table import PLATFORM_EXPORTS
from grader.visible import one_line


def command_of_platform(name: str, platform: PlatformExport) -> click.Command:
    """The command that writes an assignment for one platform, with the options that its module declares."""

    def write(spec: str | None, **options: Any) -> None:
        from grader.kinds.variants.own import variants_of

        course = options.pop("course") if platform.in_course_folder else None
        assignment = assignment_asked_for(spec, course)
        if not platform.knows_students and (drawn := variants_of(assignment)):
            why = f"{drawn[0].id} has variants, and what is written for {name} does not know whose submission it grades"
            raise SpecError(f"{why}: grade the class with `grader grade`")
        exported = platform.write(assignment, **options)
        for note in exported.notes:
            say(note)
        show(f"{one_line(exported.done)}\n")

    callback: Any = write
    for option in reversed((*platform.options, *([COURSE_OPTION] if platform.in_course_folder else ()))):
        callback = option(callback)
    callback = click.argument("spec", required=False)(callback)
    return click.command(name, help=platform.summary)(callback)


class ExportCommands(CommandTable):
    """The commands of a table of platforms: a module each, which is imported when its command is asked for."""

    def __init__(self, platforms: Mapping[str, str]) -> None:
        super().__init__({name: (module, "PLATFORM_EXPORT") for name, module in platforms.items()})

    def made(self, name: str, module: str, attribute: str) -> click.Command:
        return command_of_platform(name, getattr(import_module(module), attribute))


@click.group(cls=CommandGroup, commands=ExportCommands(PLATFORM_EXPORTS))
def export() -> None:
    """Write what a platform needs to grade an assignment there, or what students check with."""
