"""The commands of `grader` by their names; each is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import Any

import click

from grader.console import ended_if_unread
from grader.shared_options import FilledText

COMMAND_PLACES: Mapping[str, tuple[str, str]] = {
    "grade": ("grader.cli_grade", "grade"),
    "verify": ("grader.cli_verify", "verify"),
    "grades": ("grader.cli_results", "grades"),
    "class": ("grader.cli_results", "show_class"),
    "diff": ("grader.cli_results", "diff"),
    "report": ("grader.cli_results", "report"),
    "review": ("grader.cli_review", "review"),
    "spec": ("grader.cli_course", "spec_group"),
    "try": ("grader.cli_try", "try_answers"),
    "new": ("grader.cli_new", "new"),
    "help": ("grader.cli_help", "help_on"),
    "export": ("grader.cli_export", "export"),
}
"""The module of each command and its name there; those of `grader.cli` itself are added to them."""

MAX_SUMMARY_CHARACTERS = 400
"""Characters of what a group says of each of its commands: more than any summary has."""


EMPTY_VALUE = "it is empty (a variable of the shell that is not set?)"


class CommandGroup(click.Group):
    """A group whose help says what each command does in whole sentences, on as many lines as these take."""

    def make_context(self, *arguments: Any, **options: Any) -> click.Context:
        with ended_if_unread():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: click.Context) -> Any:
        with ended_if_unread():
            return super().invoke(ctx)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, command, words = super().resolve_command(ctx, args)
        if command is not None and not isinstance(command, click.Group):
            refuse_empty_values(click.Context(command, ctx, name, **command.context_settings), words)
        return name, command, words

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        names = self.list_commands(ctx)
        rows = [(name, self.commands[name].get_short_help_str(MAX_SUMMARY_CHARACTERS)) for name in names]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def refuse_empty_values(context: click.Context, words: list[str]) -> None:
    """Refuses a path that is given as an empty text, which would be the current folder, and a `FilledText`.

    It comes from a variable of the shell that is not set: `--out "$RESULTS"`. Other values say themselves what they
    want.

    Raises:
        BadParameter: for the first of them, in the order of the command's help.
        UsageError: if the words are none that the command of this context takes.
    """
    if not any(word == "" or word.endswith("=") for word in words):
        return
    values, _, _ = context.command.make_parser(context).parse_args(list(words))
    for parameter in context.command.params:
        value = values.get(parameter.name or "")
        is_refused = isinstance(parameter.type, click.Path | FilledText)
        if is_refused and "" in (value if isinstance(value, list | tuple) else [value]):
            hint = f"'{parameter.human_readable_name}'" if isinstance(parameter, click.Argument) else None
            raise click.BadParameter(EMPTY_VALUE, context, parameter, hint)


class CommandTable(MutableMapping[str, click.Command]):
    """The commands of a group, which look to it like a dictionary of them."""

    def __init__(self, places: Mapping[str, tuple[str, str]]) -> None:
        self._places = dict(places)
        self._commands: dict[str, click.Command] = {}

    def __getitem__(self, name: str) -> click.Command:
        if name not in self._commands:
            self._commands[name] = self.made(name, *self._places[name])
        return self._commands[name]

    def made(self, name: str, module: str, attribute: str) -> click.Command:
        """The command of this name."""
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def __setitem__(self, name: str, command: click.Command) -> None:
        self._commands[name] = command

    def __delitem__(self, name: str) -> None:
        self._commands.pop(name, None)
        self._places.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._commands, *self._places)))

    def __len__(self) -> int:
        return len(self._commands.keys() | self._places.keys())
