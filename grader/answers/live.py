"""A function of a running Python (a notebook's, a script's) as the text of a `solution.py`, with all that it reaches.

What a function names outside of itself goes with it: imports, functions and classes of the student's own, constants.
So it runs in the sandbox as it would when it is handed in, and not in the process that asks.
"""

from __future__ import annotations
import __future__

import ast
import builtins
import dis
import importlib
import inspect
import io
import math
import pickle
import sys
import sysconfig
import textwrap
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from grader.answers.files import MAX_FILE_BYTES

ADVICE = "write it into a solution.py, and check its text or grade its folder"
MAX_CONTAINERS_AROUND = 40
"""Lists in lists that are written down."""


def source_of(function: Any, name: str) -> str:
    """Python that defines `name` as a function of this process, and all that it reaches.

    Raises:
        TypeError: for something that cannot be written down: an open file, an object of the student's own class.
    """
    gathered = _Gatherer(name)
    gathered.take(name, function)
    return "\n".join([*gathered.futures, *gathered.parts])


class _Gatherer:
    """Writes definitions down, each behind those that it needs."""

    def __init__(self, asked: str) -> None:
        self.parts: list[str] = []
        self.futures: list[str] = []
        self._asked = asked
        self._taken: dict[str, Any] = {}
        self._whole: set[str] = set()

    def take(self, name: str, value: Any) -> None:
        """The name with its value, unless it is there already."""
        if name in self._taken:
            if self._taken[name] is not value:
                raise TypeError(f"{self._asked} reaches two different things called {name!r}: {ADVICE}")
            return
        self._taken[name] = value
        if isinstance(value, ModuleType):
            self._module(name, value)
        elif (place := _imported_from(value)) is not None:
            self.parts.append(f"from {place[0]} import {place[1]} as {name}")
        elif isinstance(inspect.unwrap(value) if callable(value) else value, FunctionType | type):
            self._definition(name, value)
        else:
            self.parts.append(f"{name} = {self._constant(name, value)}")
        self._whole.add(name)

    def _module(self, name: str, module: ModuleType) -> None:
        if _is_installed(module):
            self.parts.append(f"import {module.__name__} as {name}" if "." in module.__name__ else _plain(module, name))
            return
        try:
            text = inspect.getsource(module)
        except (OSError, TypeError):
            raise TypeError(f"{self._asked} reaches the module {name}, whose source is not there: {ADVICE}") from None
        self.parts += [
            "import sys, types",
            f"{name} = sys.modules[{module.__name__!r}] = types.ModuleType({module.__name__!r})",
            f"exec({text!r}, {name}.__dict__)",
        ]

    def _definition(self, name: str, value: Any) -> None:
        """A function or a class of the student's own, under its own name and the one that is asked for."""
        inner = inspect.unwrap(value)
        try:
            text = textwrap.dedent(inspect.getsource(inner))
            tree = ast.parse(text)
        except (OSError, TypeError, SyntaxError):
            raise TypeError(f"the source of {name} cannot be found: {ADVICE}") from None
        scope = _scope(inner)
        if isinstance(inner, FunctionType) and inner.__code__.co_flags & __future__.annotations.compiler_flag:
            self.futures = ["from __future__ import annotations"]
        own = inner.__name__
        self._taken.setdefault(own if own.isidentifier() else name, value)
        for needed in dict.fromkeys(_needed(inner, tree)):
            if needed in scope:
                self.take(needed, scope[needed])
        if own == "<lambda>":
            self.parts.append(f"{name} = {_only_lambda(tree, name)}")
            return
        self.parts.append(text)
        self._whole.add(own)
        if own != name:
            self.parts.append(f"{name} = {own}")

    def _constant(self, name: str, value: Any) -> str:
        text = self._written(name, value)
        if text is None:
            kind = type(value).__name__
            raise TypeError(f"{self._asked} reaches {name}, an object of type {kind} that cannot go with it: {ADVICE}")
        if len(text) > MAX_FILE_BYTES:
            size = f"takes {len(text):,} bytes to write down (at most {MAX_FILE_BYTES:,})"
            raise TypeError(f"{self._asked} reaches {name}, which {size}: make it inside of the function")
        return text

    def _written(self, name: str, value: Any, around: frozenset[int] = frozenset()) -> str | None:
        """Python that makes a value again, functions in it by their names; None of what cannot be made again.

        `around`: the containers that the value stands in, none of which it may be.
        """
        if (text := _literal(value)) is not None:
            return text
        if id(value) in around or len(around) > MAX_CONTAINERS_AROUND:
            return None
        kind, inside = type(value), around | {id(value)}
        if kind is partial:
            parts = [self._written(name, part, inside) for part in (value.func, value.args, value.keywords)]
            return None if None in parts else '__import__("functools").partial({}, *{}, **{})'.format(*parts)
        if kind in (list, tuple, set, frozenset):
            items = [self._written(name, item, inside) for item in value]
            if None in items:
                return None
            listed_items = f"[{', '.join(map(str, items))}]"
            return listed_items if kind is list else f"{kind.__name__}({listed_items})"
        if kind is dict:
            pairs = [
                (self._written(name, key, inside), self._written(name, item, inside)) for key, item in value.items()
            ]
            return None if any(None in pair for pair in pairs) else f"{{{', '.join(f'{k}: {v}' for k, v in pairs)}}}"
        if isinstance(value, FunctionType | type):
            return self._by_name(name, value)
        return _pickled(value)

    def _by_name(self, name: str, value: Any) -> str:
        """The name of a function or a class in a container, which is written down before the container."""
        own = value.__name__ if value.__name__.isidentifier() else f"{name}_lambda"
        if own in self._taken and own not in self._whole:
            raise TypeError(f"{self._asked}: {name} and {own} need each other: {ADVICE}")
        self.take(own, value)
        return str(own)


class _PlainPickler(pickle.Pickler):
    """Refuses what would be looked up in a module that is not there where it is read."""

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, FunctionType | type) and not _is_installed(sys.modules.get(value.__module__)):
            raise pickle.PicklingError(f"{value!r} is no installed one")
        return NotImplemented


def _pickled(value: Any) -> str | None:
    """Python that unpickles an object of an installed class; None of what holds anything of the student's own."""
    if not _is_installed(sys.modules.get(type(value).__module__)):
        return None
    written = io.BytesIO()
    try:
        _PlainPickler(written).dump(value)
    except Exception:  # whatever its class has against it
        return None
    return f'__import__("pickle").loads({written.getvalue()!r})'


def _plain(module: ModuleType, name: str) -> str:
    return f"import {name}" if module.__name__ == name else f"import {module.__name__} as {name}"


def _imported_from(value: Any) -> tuple[str, str] | None:
    """The installed module that a function or a class comes from, and its name there."""
    if not callable(value):
        return None
    name = getattr(value, "__name__", None)
    home = getattr(value, "__module__", None) or getattr(getattr(value, "__self__", None), "__name__", None)
    for module in (home, "numpy"):  # functions of NumPy's core do not say where they come from
        found = sys.modules.get(module) if isinstance(module, str) else None
        if found is not None and _is_installed(found) and name and getattr(found, name, None) is value:
            return found.__name__, name
    return None


def _is_installed(module: ModuleType | None) -> bool:
    """Whether a module is Python's own or an installed package: what can be imported elsewhere too."""
    if module is None or module.__name__ == "__main__":
        return False
    file = getattr(module, "__file__", None)
    if file is None:
        return module.__name__ in sys.builtin_module_names or module.__spec__ is not None
    folders = {Path(path).resolve() for path in sysconfig.get_paths().values()}
    return any(folder in Path(file).resolve().parents for folder in folders if folder.name != "bin")


def _scope(inner: Any) -> Mapping[str, Any]:
    """What the names in a function or a class mean outside of it."""
    if isinstance(inner, FunctionType):
        return {**inner.__globals__, **inspect.getclosurevars(inner).nonlocals}
    return vars(sys.modules.get(inner.__module__) or importlib.import_module("builtins"))


def _needed(inner: Any, tree: ast.Module) -> Iterator[str]:
    """The names that a definition takes from outside, those for its decorators and defaults among them."""
    if isinstance(inner, FunctionType):
        yield from _globals_of(inner.__code__)
        yield from inner.__code__.co_freevars
        nodes = [part for node in tree.body for part in _outer_parts(node)]
    else:
        nodes = [tree]
    for node in nodes:
        yield from (part.id for part in ast.walk(node) if isinstance(part, ast.Name) and not hasattr(builtins, part.id))


def _outer_parts(node: ast.stmt) -> list[ast.AST]:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return []
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    annotations = [node.returns, *(argument.annotation for argument in every if argument is not None)]
    return [part for part in (*node.decorator_list, *arguments.defaults, *arguments.kw_defaults, *annotations) if part]


def _globals_of(code: CodeType) -> Iterator[str]:
    yield from (step.argval for step in dis.get_instructions(code) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"))
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _globals_of(constant)


def _only_lambda(tree: ast.Module, name: str) -> str:
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Lambda)]
    if len(found) != 1:
        raise TypeError(f"{name} is a lambda beside others on its line: write it as a function of its own (def)")
    return ast.unparse(found[0])


def _literal(value: Any) -> str | None:
    """One plain value as Python writes it; None of anything else."""
    kind = type(value)
    if value is None or kind in (bool, int, str, bytes):
        return repr(value)
    if kind is float:
        return repr(value) if math.isfinite(value) else f'float("{value}")'
    return None
