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
import math
import pickle
import sys
import sysconfig
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

ADVICE = "write it into a solution.py, and check its text or grade its folder"


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
        if own != name:
            self.parts.append(f"{name} = {own}")

    def _constant(self, name: str, value: Any) -> str:
        text = _literal(value)
        if text is None and _is_installed(sys.modules.get(type(value).__module__)):
            try:
                text = f'__import__("pickle").loads({pickle.dumps(value)!r})'
            except Exception:  # whatever its class has against it
                text = None
        if text is None:
            kind = type(value).__name__
            raise TypeError(f"{self._asked} reaches {name}, an object of type {kind} that cannot go with it: {ADVICE}")
        return text


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
    """Plain data as Python writes it; None of anything else."""
    kind = type(value)
    if value is None or kind in (bool, int, str, bytes):
        return repr(value)
    if kind is float:
        return repr(value) if math.isfinite(value) else f'float("{value}")'
    if kind in (list, tuple, set, frozenset):
        items = [_literal(item) for item in value]
        inside = ", ".join(item for item in items if item is not None)
        if None in items:
            return None
        return f"{kind.__name__}([{inside}])" if kind is not list else f"[{inside}]"
    if kind is dict:
        pairs = [(_literal(key), _literal(item)) for key, item in value.items()]
        if any(None in pair for pair in pairs):
            return None
        return f"{{{', '.join(f'{key}: {item}' for key, item in pairs)}}}"
    return None
