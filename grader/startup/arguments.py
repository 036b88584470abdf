"""pytest's arguments before pytest has read them: files of arguments, and the options of the grader."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Iterator

VALUE_OPTIONS = ("--submission", "--spec", "--course", "--require-sandbox")
"""The grader's options with a value. pytest does not know them yet when it looks among its arguments for paths."""

ADDOPTS_VARIABLE = "PYTEST_ADDOPTS"
MAX_ARGUMENT_FILES = 100
"""Files of arguments that are read: one may name itself."""


def in_environment() -> list[str]:
    """The arguments of the environment variable PYTEST_ADDOPTS.

    Raises:
        ValueError: if its quotes do not match.
    """
    return shlex.split(os.environ.get(ADDOPTS_VARIABLE, ""))


def written_out(arguments: Iterable[str]) -> tuple[list[str], list[str]]:
    """The arguments with those of files (`@FILE`, one a line) in the place of each file, and the files.

    A file that cannot be read stays as it is: pytest says so.
    """
    todo, done, files = [*arguments], list[str](), list[str]()
    while todo:
        argument = todo.pop(0)
        lines = _lines(argument[1:]) if argument.startswith("@") and len(files) < MAX_ARGUMENT_FILES else None
        if lines is None:
            done.append(argument)
        else:
            files.append(argument[1:])
            todo[:0] = lines
    return done, files


def _lines(path: str) -> list[str] | None:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read().splitlines()
    except (OSError, ValueError):
        return None


def joined(arguments: Iterable[str]) -> list[str]:
    """The arguments with `--submission DIR` written as `--submission=DIR`, which is no path to pytest."""
    done: list[str] = []
    todo = iter(arguments)
    for argument in todo:
        if argument == "--":
            return [*done, argument, *todo]
        value = next(todo, None) if argument in VALUE_OPTIONS else None
        if value is None:
            done.append(argument)
        elif value.startswith("-"):  # an option: the value is missing, and pytest says so
            done += [argument, *joined([value, *todo])]
        else:
            done.append(f"{argument}={value}")
    return done


def submissions(arguments: Iterable[str]) -> Iterator[str]:
    """The values of `--submission` among arguments that are `joined`, and in settings that are given with `-o`."""
    for argument in arguments:
        if argument == "--":
            return
        name, found, value = argument.partition("=")
        if found and name == "--submission":
            yield value
        if "addopts=" in argument:  # -oaddopts=..., -o addopts=..., --override-ini=addopts=...
            yield from submissions(joined(_split(argument.partition("addopts=")[2])))


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return []
