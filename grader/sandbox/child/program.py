"""A submission's source as one module: a Python file, or the code cells of a notebook in their order.

The rule: code is loaded one statement at a time, from top to bottom. What one statement raises is noted and costs
nothing but what that statement would have defined. A cell that is no Python is lost alone; a Python file that is none
is refused as a whole, as a person who runs it would see none of it. A module of the submission that it imports is
loaded in the same way, and fails to be imported where it is no Python.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import os
import random
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from types import FunctionType, ModuleType
from typing import Any

from .failures import described, remember
from .interactive import InteractiveShell, display
from .losses import Losses
from .modules import OwnModules, SentModule
from .plain import name_of
from .trees import (
    ANNOTATED_STATEMENTS,
    DEFINITIONS,
    FUTURE_FLAGS,
    UNEVALUATED_ANNOTATIONS,
    module_of,
    names_bound,
    parsed,
    single_imports,
)

STUDENT_MODULE = "solution"  # whatever the file is called: `json.py` must not shadow the standard library
NOTEBOOK_MODULE = "__main__"  # what a notebook's code finds in `__name__`
STUDENT_COMMAND_LINE = ("solution.py",)

MAX_NAMED_FUNCTIONS = 100  # that are named
MAX_FUNCTION_NAME_CHARACTERS = 100
ALLOW_TOP_LEVEL_AWAIT = 0x2000  # of `compile` (ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
RETURNS_COROUTINE = 0x80  # of a code object (inspect.CO_COROUTINE)

OUT_OF_MEMORY_STATUS = 97  # with which a child ends itself when a statement of the program has used up the memory

USUAL_SEED = 0

NOTHING_LEFT_OUT: Mapping[str, str] = {}

Announce = Callable[[str], None]


class ExecutedProgram:
    """`cells` are (name, text) in order; a Python file is one cell.

    `left_out`: the steps that are not taken, as `cell:number`, and why: they took too long or ended the process in a
    child before this one. A step is the reading of a cell (0), or one statement of it (from 1). `late`: a step from
    which on only definitions are run, the time being up, and what is said of the others. `path` is where it lies in the
    submission, `modules` are the other files there, which are counted after the cells.
    """

    def __init__(
        self,
        cells: Sequence[Sequence[str]],
        *,
        notebook: bool = False,
        left_out: Mapping[str, str] = NOTHING_LEFT_OUT,
        late: Sequence[Any] | None = None,
        path: str = "",
        modules: Sequence[SentModule] = (),
    ) -> None:
        self.cells = cells
        self.notebook = notebook
        self.left_out = left_out
        self.late = late
        self.sources = {name: remember(name, text) for name, text in cells}
        self.module_name = NOTEBOOK_MODULE if notebook else STUDENT_MODULE  # which the code itself may delete
        self.module = ModuleType(self.module_name)
        self.module.__file__ = cells[0][0] if cells else STUDENT_MODULE
        self._builtins = ModuleType("builtins")  # a copy: what the code changes there changes no library and none of us
        self.losses = Losses()
        self.own_modules = OwnModules(modules, self.module, path, self._load_module)
        self._numbers = {name: len(cells) + number for number, (name, *_) in enumerate(modules)}
        self._names = self.module.__dict__  # those of the file that is loaded
        self._announce: Announce | None = None
        self._cell_number = 0
        self._announced = ""  # the step that was announced last
        self._flags = 0
        self._is_late = False

    @classmethod
    def of(cls, request: Mapping[str, Any]) -> ExecutedProgram:
        """The program of the grader's first frame."""
        keys = ("notebook", "left_out", "late", "path", "modules")
        return cls(request["cells"], **{key: request[key] for key in keys})

    def run(self, announce: Announce | None = None) -> None:
        """Run every statement; `announce` is given each step before it is taken, as JSON: cell, number and line.

        A step in which a module is loaded is announced once more when that is done.

        Raises:
            SyntaxError: if a Python file is none.
        """
        if STUDENT_MODULE not in self.own_modules.names():  # else a notebook may import it
            sys.modules[STUDENT_MODULE] = self.module
        if self.notebook:
            sys.modules[NOTEBOOK_MODULE] = self.module
        sys.argv[:] = STUDENT_COMMAND_LINE
        shell = InteractiveShell(self.module.__dict__, self.own_modules)
        builtins.get_ipython, builtins.display = (lambda: shell), display  # type: ignore[attr-defined]  # as in IPython
        builtins.help = display  # type: ignore[assignment]  # which an interpreter without site-packages lacks
        self.own_modules.install()
        self._builtins.__dict__.update(vars(builtins))
        sys.modules["builtins"] = self._builtins
        self._announce = announce
        for cell, (name, text) in enumerate(self.cells):
            self._cell_number = cell
            if self._begins(cell, name, 0, 1):
                try:
                    self._cell(cell, name, text)
                except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
                    if not self.notebook:
                        raise
                    self.losses.add_unparsed(cell, name, text, error)
        self._announce = self.late = None  # a module that is imported by a call is loaded in the call's time

    def _load_module(self, path: str, text: str, names: dict[str, Any]) -> None:
        """Run another file of the submission in the names of its module."""
        self.sources[path] = remember(path, text)
        around = self._names, self._flags
        announced, self._names, self._flags = self._announced, names, 0
        try:
            self._cell(self._numbers.get(path, self._cell_number), path, text)
        except SyntaxError as error:
            error.msg = f"{error.msg} ({path}, line {error.lineno})"  # the import that fails stands elsewhere
            raise
        finally:
            self._names, self._flags = around
            self._say(announced)

    def _say(self, step: str) -> None:
        """Announce a step, while the program is loaded."""
        self._announced = step
        if self._announce is not None and step:
            self._announce(step)

    def _begins(self, cell: int, name: str, number: int, line: int, statement: Any = None) -> bool:
        """Whether a step is to be taken; one that is not is noted."""
        step = f"{cell}:{number}"
        reason = self.left_out.get(step)
        if self.late is not None:
            self._is_late = self._is_late or step == self.late[0]
            if self._is_late and statement is not None and not isinstance(statement, DEFINITIONS):
                reason = reason or self.late[1]
        if reason is not None:
            names = () if statement is None else names_bound(statement)
            self.losses.add(cell, name, line, "", reason, names)
        else:
            self._say(f"[{cell},{number},{line}]")
        return reason is None

    def _cell(self, cell: int, name: str, text: str) -> None:
        for number, statement in enumerate(parsed(text, name), 1):
            if self._begins(cell, name, number, statement.lineno, statement):
                try:
                    self._execute(statement, name)
                except BaseException as error:
                    if issubclass(type(error), MemoryError) and self._announce is not None:
                        os._exit(OUT_OF_MEMORY_STATUS)  # what it has kept would be missed by all that follows
                    self._lose(cell, name, statement, error)

    def _lose(self, cell: int, name: str, statement: Any, error: BaseException) -> None:
        kind, _ancestors, message, _lines = described(error, self.sources)
        cause = self.losses.cause_of(error)
        self.losses.add(cell, name, statement.lineno, str(kind), str(message), names_bound(statement), cause)

    def _execute(self, statement: Any, name: str) -> None:
        try:
            self._run_compiled(statement, name, self._flags)
        except ImportError:
            # `from model import Net, Affine`: that there is no Net costs no Affine.
            for single in single_imports(statement):
                with contextlib.suppress(ImportError):
                    self._run_compiled(single, name, self._flags)
            raise
        except Exception:
            # `def f(x: torch.Tensor)` needs no torch, and Python 3.14 takes `x: np.array | None`, as it looks at no
            # annotation by itself: a definition whose annotations fail is one without them.
            if not isinstance(statement, ANNOTATED_STATEMENTS):
                raise
            self._run_compiled(statement, name, self._flags | UNEVALUATED_ANNOTATIONS)

    def _run_compiled(self, statement: Any, name: str, flags: int) -> None:
        module = module_of(statement)
        self._names.setdefault("__builtins__", vars(self._builtins))
        try:
            code = compile(module, name, "exec", flags, dont_inherit=True)
        except SyntaxError:  # `await` at the top, as a notebook may have it
            code = compile(module, name, "exec", flags | ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        self._flags |= code.co_flags & FUTURE_FLAGS
        if code.co_flags & RETURNS_COROUTINE:
            importlib.import_module("asyncio").run(eval(code, self._names))  # noqa: S307  # as the line below
        else:
            exec(code, self._names)  # noqa: S102  # this is what the confined process is for

    def why_missing(self, name: str) -> str:
        """Why nothing that can be called has this name in the end, in brackets; "" where nothing explains it."""
        if why := self.losses.why_undefined(name):
            return why
        if name in self.module.__dict__:
            return f" (the code gives this name to a value of type {name_of(type(self.module.__dict__[name]))})"
        inside = re.compile(rf"[ \t]+(?:async[ \t]+)?(?:def|class)[ \t]+{re.escape(name)}\b")
        for file, lines in self.sources.items():
            for number, line in enumerate(lines, 1):
                if inside.match(line):
                    return (
                        f" ({file}, line {number}, defines it inside of something else: begin that line at the margin)"
                    )
        return ""

    def functions(self) -> list[str]:
        """The names of the functions that the student wrote, in order of definition; not of thousands."""
        found = []
        own = self.module_name
        for name, value in self.module.__dict__.items():
            if type(name) is str and type(value) is FunctionType and value.__module__ == own:
                found.append(name[:MAX_FUNCTION_NAME_CHARACTERS])
                if len(found) == MAX_NAMED_FUNCTIONS:
                    break
        return found


class Seeds:
    """Makes the two global random number generators start from a number.

    They are made to start from `USUAL_SEED` in the zygote already, for all children that want no other.
    """

    def __init__(self, numpy: Any) -> None:
        self._numpy = numpy
        self._start(USUAL_SEED)

    def start_from(self, number: int) -> None:
        """Once, before anything has drawn a number."""
        if number != USUAL_SEED:
            self._start(number)

    def _start(self, number: int) -> None:
        random.seed(number)
        if self._numpy is not None:
            self._numpy.random.seed(number)
