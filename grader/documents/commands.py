"""Notebook commands (`%time`, `!pip`, `f?`, prompts) as Python, by IPython's own input transformer: text in, text out.

Only text that is no Python and has lines that look like commands is transformed; nothing is run here. What comes out
are calls of `get_ipython()`, which in the child is a stand-in that does nothing (see `child/interactive.py`). Each
line keeps its number.
"""

from __future__ import annotations

import ast
import re
import warnings
from functools import cache
from typing import Any

MAX_COMPILED_CHARACTERS = 1_000_000
"""Of all cells of a program, each counted once for every command in it: Python reads a cell anew after each."""

MAX_TOKENIZED_CHARACTERS = 200_000
"""That IPython cuts into tokens, which takes a hundred times as long."""

MAX_TRANSFORMED_LINE_CHARACTERS = 10_000
"""A cell with a longer line is not transformed: searching one takes time with the square of its length."""

MAX_CELL_MAGICS = 8
"""That stand one after the other (`%%capture`, then `%%time`)."""

COMMAND_LINE = re.compile(r"^[ \t]*(?:[%!?;,/]|>>>|\.\.\.|In \[)|\?[ \t]*$|=[ \t]*[!%]|\A\s*^[ \t]+\S", re.MULTILINE)
PROMPT = re.compile(r"\s*In \[\d+\]: ")  # which is Python too, but for what follows it
CELL_MAGIC = re.compile(r"%%(\w+)[ \t]*(.*)")

# Their body is not Python of this notebook: another language, another process, or timed in a function of its own.
OTHER_CELL_MAGICS = frozenset({
    "!", "HTML", "R", "SVG", "bash", "bigquery", "cmd", "cython", "debug", "file", "html", "javascript", "js", "julia",
    "latex", "markdown", "perl", "pypy", "python", "python2", "python3", "ruby", "script", "sh", "sql", "svg", "sx",
    "system", "timeit", "writefile",
})  # fmt: skip

# What is written into `solution.py` is the code itself; into another file, a module that can be imported.
WRITES_SOLUTION = re.compile(r"(?:writefile|file) [\"']?(?:\./)?solution\.py[\"']?", re.IGNORECASE)
WRITES_MODULE = re.compile(r"(?:writefile|file) .*\.py[\"']?$", re.IGNORECASE)

# Words that IPython takes for commands though no `%` stands before them, where they are all that a cell holds.
COMMAND_WORDS = frozenset({
    "cat", "cd", "conda", "cp", "dir", "load_ext", "ls", "mamba", "mkdir", "mv", "pip", "pip3", "pwd", "rm", "uv",
})  # fmt: skip


class CommandTransformer:
    """Transforms the cells of one program, until so much has been read that it goes on no more."""

    def __init__(self) -> None:
        self._to_compile = MAX_COMPILED_CHARACTERS
        self._to_tokenize = MAX_TOKENIZED_CHARACTERS

    def python(self, text: str) -> str:
        """The text with its commands as Python; as it is where there are none, or no Python can be made of them."""
        if not COMMAND_LINE.search(text) and text.strip().partition(" ")[0] not in COMMAND_WORDS:
            return text
        if max(map(len, text.splitlines()), default=0) > MAX_TRANSFORMED_LINE_CHARACTERS:
            return text
        if not PROMPT.match(text) and self._error_line(text) is None:
            return text
        try:
            return self._made(text)
        except Exception:  # whatever IPython stumbles over: the child says what is wrong with the text
            return text

    def _made(self, text: str) -> str:
        lines = text.splitlines(keepends=True)
        if not lines[-1].endswith("\n"):
            lines[-1] += "\n"
        before: list[str] = []
        for _ in range(MAX_CELL_MAGICS):
            empty = next((i for i, line in enumerate(lines) if line.strip()), len(lines))
            before, lines = [*before, *lines[:empty]], lines[empty:]
            found = CELL_MAGIC.match(lines[0]) if lines else None
            if found is None:
                break
            name, line = found[1], found[2].strip()
            if name in OTHER_CELL_MAGICS and not WRITES_SOLUTION.fullmatch(f"{name} {line}"):
                body = "".join(["\n" * (len(before) + 1), *lines[1:]]) if WRITES_MODULE.match(f"{name} {line}") else ""
                call = f"get_ipython().run_cell_magic({name!r}, {line!r}, {body!r})\n"
                return "".join([*before, call, *["\n"] * (len(lines) - 1)])
            before.append(f"get_ipython().begin_cell_magic({name!r}, {line!r})\n")
            lines = lines[1:]
        return "".join([*before, *self._lines(lines)])

    def _lines(self, lines: list[str]) -> list[str]:
        """The lines of a cell without cell magics, each in its place."""
        if len(lines) == 1 and lines[0].split(" ")[0].strip() in COMMAND_WORDS:
            lines = [f"%{lines[0]}"]
        for transform in _manager().cleanup_transforms:
            lines = _padded(lines, transform(lines))
        while (at := self._error_line("".join(lines))) is not None:
            made = self._command_at(lines, at - 1) or self._first_command(lines)
            if made is None:
                break
            lines = made
        return lines

    def _command_at(self, lines: list[str], at: int) -> list[str] | None:
        """The lines with that one transformed where Python stopped; None: it is no command."""
        if not 0 <= at < len(lines) or not COMMAND_LINE.search(lines[at]):
            return None
        end = at + 1
        while end < len(lines) and lines[end - 1].endswith("\\\n"):
            end += 1
        made = self._first_command(lines[at:end])
        return None if made is None else [*lines[:at], *made, *lines[end:]]

    def _first_command(self, lines: list[str]) -> list[str] | None:
        """The lines with the first command in them transformed; None where IPython finds none."""
        self._to_tokenize -= sum(map(len, lines))
        if self._to_tokenize < 0:
            return None
        changed, made = _manager().do_one_token_transform(lines)
        return _padded(lines, made) if changed and made != lines else None

    def _error_line(self, text: str) -> int | None:
        """The line on which Python stops to read a text, 0 where it does not say; None: it reads all of it."""
        self._to_compile -= len(text)
        if self._to_compile < 0:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                compile(text, "", "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
            except SyntaxError as error:
                return error.lineno or 0
            except (ValueError, MemoryError, RecursionError):
                return 0
        return None


def _padded(before: list[str], after: list[str]) -> list[str]:
    """`after` with empty lines behind the first that is another, so that those that follow keep their numbers."""
    missing = len(before) - len(after)
    if missing <= 0:
        return after
    if before[missing:] == after:  # what was empty at the top
        return [*["\n"] * missing, *after]
    same = next((i for i, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), len(after) - 1)
    return [*after[: same + 1], *["\n"] * missing, *after[same + 1 :]]


@cache
def _manager() -> Any:
    from IPython.core.inputtransformer2 import TransformerManager  # here: most code needs none of it

    return TransformerManager()  # type: ignore[no-untyped-call]  # of IPython
