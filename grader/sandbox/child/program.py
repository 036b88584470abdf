"""Running a submission's source as one module: a Python file, or the code cells of a notebook in their order."""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Sequence
from types import CodeType, FunctionType, ModuleType
from typing import Any

from .failures import remember
from .modules import OwnModules, SentModule

STUDENT_MODULE = "solution"  # whatever the file is called: `json.py` must not shadow the standard library


NOTEBOOK_COMMAND = re.compile(r"[ \t]*([!%].*)")
MAX_NAMED_FUNCTIONS = 100  # that are named
MAX_FUNCTION_NAME_CHARACTERS = 100


class RefusedError(Exception):
    """The program is not one that can be run; the message is for the student."""


class ExecutedProgram:
    """`cells` are (name, text) in order; a Python file is one cell. `modules` are the submission's other files."""

    def __init__(self, cells: Sequence[Sequence[str]], path: str, modules: Sequence[SentModule]) -> None:
        self.cells = cells
        self.sources = {name: remember(name, text) for name, text in cells}
        self.module = ModuleType(STUDENT_MODULE)
        self.module.__file__ = cells[0][0] if cells else STUDENT_MODULE
        self.own_modules = OwnModules(modules, self.module, path, self.run_text)

    def run(self) -> None:
        """Compile every cell, then run them all; whatever the student's code raises comes out."""
        sys.modules[STUDENT_MODULE] = self.module
        self.own_modules.install()
        for code in [self._compiled(name, text) for name, text in self.cells]:
            exec(code, self.module.__dict__)  # noqa: S102  # this is what the confined process is for

    def run_text(self, path: str, text: str, names: dict[str, Any]) -> None:
        """Run another file of the submission in the names of its module."""
        self.sources[path] = remember(path, text)
        exec(compile(text, path, "exec", dont_inherit=True), names)  # noqa: S102  # as above

    def _compiled(self, name: str, text: str) -> CodeType:
        """`%` and `!` begin lines of Python too, after a break in brackets; only what is no Python is refused."""
        try:
            return compile(text, name, "exec", dont_inherit=True)
        except SyntaxError as error:
            lines = self.sources[name]
            at = (error.lineno or 0) - 1
            if 0 <= at < len(lines) and (command := NOTEBOOK_COMMAND.match(lines[at])):
                raise RefusedError(
                    f"{name}, line {at + 1}: {command[1][:60]!r} is a notebook command, not Python; remove it"
                    " (cells are run as plain Python)"
                ) from None
            raise

    def functions(self) -> list[str]:
        """The names of the functions that the student wrote, in order of definition; not of thousands."""
        found = []
        for name, value in self.module.__dict__.items():
            if type(name) is str and type(value) is FunctionType and value.__module__ == STUDENT_MODULE:
                found.append(name[:MAX_FUNCTION_NAME_CHARACTERS])
                if len(found) == MAX_NAMED_FUNCTIONS:
                    break
        return found


def seed(number: int, numpy: Any) -> None:
    """Make the two global random number generators start from `number`."""
    random.seed(number)
    if numpy is not None:
        numpy.random.seed(number)
