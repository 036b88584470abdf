"""`grader help`: pages about topics and commands, set on a terminal and plain Markdown elsewhere."""

from __future__ import annotations

import shutil
import sys

import click

from grader.console import on_terminal, show, terminal_width, wants_colour
from grader.errors import listed
from grader.help_pages.commands import command_at, commands_below, help_text
from grader.help_pages.pages import (
    HelpPage,
    UnknownTopicError,
    help_page,
    list_of_topics,
    no_topic,
    pages_that_show,
    topics,
)


@click.command("help")
@click.argument("topic", nargs=-1)
def help_on(topic: tuple[str, ...]) -> None:
    """Show the page of a TOPIC, a section of it (keys weights), or a command; without a TOPIC, list them all."""
    words = tuple(" ".join(topic).split())  # also of a topic in quotes
    page = page_asked_for(words, click.get_current_context().find_root().command)
    if not on_terminal(sys.stdout):
        show(page.plain)
        return
    from grader.help_pages.terminal import set_page

    text = set_page(page, terminal_width(), colour=wants_colour())
    if on_terminal(sys.stdin) and text.count("\n") >= shutil.get_terminal_size().lines:
        click.echo_via_pager(text)
    else:
        show(text)


def page_asked_for(words: tuple[str, ...], root: click.Command) -> HelpPage:
    """The page of a topic, with the options of the command of that name; else a section, or a command.

    Raises:
        UnknownTopicError: if the words are neither.
    """
    if not words:
        return list_of_topics()
    name = " ".join(words)
    command = command_at(root, words)
    if name not in topics():
        if command is None and words[0] in topics():
            return help_page(words[0]).section(" ".join(words[1:]))
        if command is None:
            raise UnknownTopicError(no_topic(name, tuple(path for path, _ in commands_below(root))))
        return HelpPage(name, f"# grader {name}\n\n{_options(command, name)}{_where_shown(name)}")
    page = help_page(name)
    if command is None:
        return page
    return HelpPage(name, f"{page.text}\n## `grader {name}`\n\n{_options(command, name)}")


def _options(command: click.Command, path: str) -> str:
    return f"```text\n{help_text(command, path)}```\n"


def _where_shown(path: str) -> str:
    shown = [f"[`grader help {topic}`]({topic}.md)" for topic in pages_that_show(path)]
    return f"\nExamples of it: {listed(shown)}.\n" if shown else ""
