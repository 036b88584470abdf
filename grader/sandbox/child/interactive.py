"""Stand-ins for what a notebook finds in its session: `get_ipython()` and `display()`, which do nothing.

What IPython's input transformer makes of a command (`%`, `!`, `?`) is a call of one of these; only `%time` and the
like run code, that which they are given.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .modules import OwnModules

RUNNING_MAGICS = ("capture", "memit", "mprun", "prun", "time")  # they run the code that they are given
WRITING_MAGICS = ("file", "writefile")
FILE_MAGIC = "run"  # it runs another file as if its text stood here
PYLAB_MAGIC = "pylab"
PYLAB_MODULES = "import numpy, numpy as np, matplotlib, pylab, matplotlib.pyplot as plt"
PYLAB_NAMES = "from pylab import *"
MAGIC_CODE_NAME = "<magic>"


class Nothing:
    """Accepts every call and attribute; empty where it is walked."""

    def __call__(self, *_arguments: Any, **_named: Any) -> Nothing:
        return self

    def __getattr__(self, name: str) -> Nothing:
        if name[:2] == "__":
            raise AttributeError(name)
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __enter__(self) -> Nothing:
        return self

    def __exit__(self, *_error: object) -> None:
        return None


class ShellOutput(list[str]):
    """What a shell line has printed: nothing."""

    s = n = p = ""
    l = property(list)  # noqa: E741  # the name that IPython gives it


class InteractiveShell(Nothing):
    """`names` are those of the notebook; `files` are the other files of the submission."""

    def __init__(self, names: dict[str, Any], files: OwnModules) -> None:
        self.user_ns = names
        self._files = files

    def run_line_magic(self, name: str, line: str = "", *_more: Any) -> Any:
        if name == FILE_MAGIC:
            self._files.run_file(_first_name(line), self.user_ns)
        if name == PYLAB_MAGIC:
            self._run(PYLAB_MODULES if "--no-import-all" in line.split() else f"{PYLAB_MODULES}\n{PYLAB_NAMES}")
        return self._run(line) if name in RUNNING_MAGICS else None

    def run_cell_magic(self, name: str, line: str = "", body: str = "", *_more: Any) -> Any:
        self.begin_cell_magic(name, line)
        if name in WRITING_MAGICS and (file := _first_name(line)):
            self._files.write_file(file, body, append="-a" in line.split())
        return self._run(body) if name in RUNNING_MAGICS else None

    def begin_cell_magic(self, name: str, line: str) -> None:
        """The first line of a cell whose other lines are run as they are."""
        found = [word for word in line.split() if word.isidentifier()]
        if name == "capture" and found:
            self.user_ns[found[0]] = Nothing()

    def magic(self, line: str, *_more: Any) -> Any:
        name, _space, rest = line.lstrip("%").partition(" ")
        return self.run_line_magic(name, rest)

    def getoutput(self, *_command: Any, **_named: Any) -> ShellOutput:
        return ShellOutput()

    def _run(self, text: str) -> Any:
        """The value of an expression; None of other code, which is run."""
        try:
            code = compile(text.strip(), MAGIC_CODE_NAME, "eval", dont_inherit=True)
        except SyntaxError:
            code = compile(text, MAGIC_CODE_NAME, "exec", dont_inherit=True)
        return eval(code, self.user_ns)  # noqa: S307  # this is what the confined process is for


def _first_name(line: str) -> str:
    """The first word of a command's line that is no option."""
    return next((word for word in (part.strip("\"'") for part in line.split()) if word[:1] != "-"), "")


def display(*_objects: Any, **_named: Any) -> None:
    """Shows nothing."""
