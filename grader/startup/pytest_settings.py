"""pytest's settings while submissions are graded: no file that was handed in is obeyed, however pytest is called.

pytest looks for its settings before it loads plugins: from the paths among its arguments upwards, among which it counts
the value of an option that it does not know yet, else from the current folder upwards. A `pytest.ini` there may name
plugins to import. So the functions of pytest that look are replaced, as soon as they are there, by ones that know which
folders were handed in. What the settings would be without these folders is what they are.
"""

from __future__ import annotations

import functools
import inspect
import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from . import arguments, leave_current_folder
from .handed_in import HandedIn

SUBMISSION_ATTRIBUTE = "handed_in_for_grading"
"""The attribute of pytest's plugin manager that holds what was handed in; the plugin refuses to run without it."""

SEARCH_ARGUMENTS = {"inifile", "args", "rootdir_cmd_arg", "invocation_dir"}
"""The arguments that pytest's search for settings must take; it may take more."""

_parsing: list[HandedIn] = []
"""What was handed in for the runs whose arguments are being read, the innermost last."""


def prepare(module: ModuleType) -> None:
    """Replaces the functions of `_pytest.config`; a pytest that has others is left alone, and the plugin refuses it."""
    config = getattr(module, "Config", None)
    manager = getattr(module, "PytestPluginManager", None)
    determine = getattr(module, "determine_setup", None)
    parse, loads = getattr(config, "parse", None), getattr(manager, "_is_in_confcutdir", None)
    if config is None or manager is None or determine is None or parse is None or loads is None:
        return
    if not set(inspect.signature(determine).parameters) >= SEARCH_ARGUMENTS:
        return
    usage_error: type[Exception] = module.UsageError
    config.parse = _parse(parse, usage_error)
    manager._is_in_confcutdir = _loads_conftest(loads)
    vars(module)["determine_setup"] = _determine_setup(determine, usage_error)


def leave_folders_handed_in(given: list[str]) -> None:
    """Takes the current folder off the path where it was handed in, according to the arguments of pytest."""
    try:
        written = arguments.written_out([*arguments.in_environment(), *given])[0]
    except ValueError:
        return
    if HandedIn(arguments.submissions(arguments.joined(written))).holds(os.getcwd()):
        leave_current_folder()


def _parse(parse: Callable[..., None], usage_error: type[Exception]) -> Callable[..., None]:
    """`Config.parse`, which reads the arguments and the settings."""

    @functools.wraps(parse)
    def with_submissions_known(self: Any, args: list[str], addopts: bool = True) -> None:
        written, files = arguments.written_out(args)
        args[:] = arguments.joined(written)
        with _environment_joined(addopts) as before:
            handed_in = HandedIn(arguments.submissions([*before, *args]))
            _refuse([("@", file) for file in files], handed_in, usage_error)
            setattr(self.pluginmanager, SUBMISSION_ATTRIBUTE, handed_in)
            if handed_in.submissions:
                _clean_path(handed_in)
            _parsing.append(handed_in)
            try:
                parse(self, args, addopts)
            finally:
                _parsing.pop()
        _refuse([("", path) for path in self.args if self.args_source == self.ArgsSource.ARGS], handed_in, usage_error)

    return with_submissions_known


@contextmanager
def _environment_joined(addopts: bool) -> Iterator[list[str]]:
    """PYTEST_ADDOPTS in a form in which no value of the grader's options is a path to pytest; its arguments."""
    written = os.environ.get(arguments.ADDOPTS_VARIABLE)
    if not addopts or not written:
        yield []
        return
    inside = arguments.joined(arguments.written_out(arguments.in_environment())[0])
    os.environ[arguments.ADDOPTS_VARIABLE] = shlex.join(inside)
    try:
        yield inside
    finally:
        os.environ[arguments.ADDOPTS_VARIABLE] = written


def _clean_path(handed_in: HandedIn) -> None:
    """Keeps modules that were handed in from being imported."""
    if handed_in.holds(os.getcwd()):
        leave_current_folder()
    leaving = handed_in.entries()
    sys.path[:] = [entry for entry in sys.path if entry not in leaving]


def _determine_setup(determine: Callable[..., Any], usage_error: type[Exception]) -> Callable[..., Any]:
    """`determine_setup`, which finds the root folder and the file of settings, and reads it."""

    bind = inspect.signature(determine).bind

    @functools.wraps(determine)
    def outside_of_submissions(*values: Any, **named: Any) -> Any:
        handed_in = _parsing[-1] if _parsing else HandedIn()
        if not handed_in.submissions:
            return determine(*values, **named)
        given = bind(*values, **named).arguments
        file, root = given["inifile"], os.path.expandvars(given["rootdir_cmd_arg"] or "")
        _refuse([("-c ", file or ""), ("--rootdir=", root)], handed_in, usage_error)
        paths = [path for path in given["args"] if path.startswith("-") or not handed_in.inside(_file_of(path))]
        handed_in.name(_file_of(path) for path in paths if not path.startswith("-"))
        start = handed_in.outside(given["invocation_dir"])
        while start is not None:
            found = determine(**{**given, "args": paths, "invocation_dir": start})
            chosen = found[:0] if file else found[1:2] if root else found[:2]  # what the user did not name
            wrong = [path for path in chosen if path is not None and handed_in.holds(path)]
            if not wrong:
                return found
            start = handed_in.outside(wrong[0].parent)
            paths = [str(start)]
        raise usage_error(f"--submission {handed_in.submissions[0]} holds this folder and all above it: name one below")

    return outside_of_submissions


def _loads_conftest(loads: Callable[[Any, Path], bool]) -> Callable[[Any, Path], bool]:
    """`_is_in_confcutdir`, which says whether the `conftest.py` of a folder is imported."""

    @functools.wraps(loads)
    def from_outside_of_submissions(self: Any, path: Path) -> bool:
        handed_in: HandedIn | None = getattr(self, SUBMISSION_ATTRIBUTE, None)
        return loads(self, path) and not (handed_in is not None and handed_in.holds(path))

    return from_outside_of_submissions


def _refuse(named: list[tuple[str, str]], handed_in: HandedIn, usage_error: type[Exception]) -> None:
    """A usage error for the first path (after what stands before it) that lies in a submission."""
    for before, path in named:
        file = _file_of(path)
        if os.path.exists(file) and handed_in.inside(file):
            where = handed_in.submissions[0]
            raise usage_error(f"{before}{path}: lies in the submission {where}, and nothing in there is run or obeyed")


def _file_of(argument: str) -> str:
    """The path in a test's id."""
    return argument.partition("::")[0]
