"""The commands with their options, as `--help` shows them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import click

HELP_COLUMNS = 96


def page_text() -> str:
    """The page: a section for each command."""
    root: click.Command = import_module("grader.cli").cli
    sections = [
        f"## grader {path}\n\n```text\n{help_text(command, path)}```\n"
        for path, command in commands_below(root)
        if not isinstance(command, click.Group)
    ]
    return "\n".join(["# The commands and their options\n", *sections])


def commands_below(root: click.Command, path: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command with the words that call it (`spec check`), groups before what they hold."""
    if not isinstance(root, click.Group):
        return
    for name in sorted(root.commands):
        command = root.commands[name]
        words = f"{path} {name}".strip()
        yield words, command
        yield from commands_below(command, words)


def command_at(root: click.Command, words: tuple[str, ...]) -> click.Command | None:
    """The command that words call; None where there is none."""
    for word in words:
        if not isinstance(root, click.Group) or word not in root.commands:
            return None
        root = root.commands[word]
    return root


def help_text(command: click.Command, path: str) -> str:
    """What `grader PATH --help` shows, in lines of one length on every machine."""
    context = click.Context(
        command, info_name=f"grader {path}", terminal_width=HELP_COLUMNS, help_option_names=["-h", "--help"]
    )
    return command.get_help(context) + "\n"
