"""The submission's own modules: its other `.py` files, imported from memory where Python would look for them.

A name is looked for in the folder of the code, in those around it up to the submission's own, and in folders of it that
the code has put on `sys.path`; installed packages that the course allows come first, and stand-ins after it. A file
named like a module of the standard library is that module for the submission's own code alone, which finds in the
library what the file lacks; libraries and the grader never see it.
"""

from __future__ import annotations

import builtins
import importlib
import posixpath
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from .packages import NotAllowed, allowed_names
from .stand_ins import StandIns

if TYPE_CHECKING:
    from importlib.abc import Loader

SUBMISSION_FOLDER = "<submission>"  # begins every path of a package of the submission: no folder is called so
SUBMISSION_PACKAGE = "_submission"  # the submission's own folder, as a package: `from .utils import f` beside it
INIT_FILE = "__init__.py"
MAX_FILE_NAME_CHARACTERS = 80  # of a file that is asked for and not there

Execute = Callable[[str, str, dict[str, Any]], None]
"""Runs the text of a file in the names of its module."""

SentModule = tuple[str, "str | None", str]
"""A file's path in the submission, its text, or None and why there is none."""


class OwnModules:
    """A finder for `sys.meta_path`, and the loader of what it finds. `main` is the module of the code itself."""

    def __init__(self, sent: Sequence[SentModule], main: ModuleType, main_path: str, execute: Execute) -> None:
        self._texts: dict[str, tuple[str | None, str]] = {path: (text, why) for path, text, why in sent}
        self._main, self._main_path, self._execute = main, main_path, execute
        self._main_name = main.__name__  # which the code itself may delete
        self._folders = {folder for path in (*self._texts, main_path) for folder in _folders_around(path)}
        self._roots = tuple(_folders_around(main_path))
        self._usual_path = frozenset(sys.path)
        self._library_names: frozenset[str] = frozenset()

    def names(self) -> set[str]:
        """Of the modules and packages that the code can import without naming a folder."""
        inside = {path[len(root) :].lstrip("/") for root in self._roots for path in self._texts if _is_in(path, root)}
        return {path.partition("/")[0].partition(".")[0] for path in inside}

    def install(self) -> None:
        """Make them importable: after what is installed, ahead of stand-ins."""
        later = [index for index, finder in enumerate(sys.meta_path) if isinstance(finder, StandIns | NotAllowed)]
        sys.meta_path.insert(min(later, default=len(sys.meta_path)), self)
        for finder in sys.meta_path[min(later, default=len(sys.meta_path)) :]:
            if isinstance(finder, NotAllowed):
                finder.handed_in = tuple(self._texts)
        self._library_names = frozenset(filter(self._is_library, self.names() - allowed_names()))
        package = self._main_path.rpartition("/")[0].replace("/", ".")
        self._main.__package__ = package or SUBMISSION_PACKAGE
        self._main.__loader__ = cast("Loader", self)
        if self._library_names:
            builtins.__import__ = self._import_of(builtins.__import__)

    def _is_library(self, name: str) -> bool:
        """Whether a module of this name is the library's; asked of one name, for walking over all of them is slow."""
        return name in sys.stdlib_module_names or sys.modules.get(name, self._main) is not self._main

    # ------------------------------------------------------------------ finder
    def find_spec(self, name: str, path: Sequence[str] | None = None, _target: object = None) -> ModuleSpec | None:
        """As every finder: where a module is, or None."""
        if name == SUBMISSION_PACKAGE:
            return self._folder_spec(name, [""])
        parent, _, tail = name.rpartition(".")
        if parent == SUBMISSION_PACKAGE and tail not in self._library_names:
            return ModuleSpec(name, _alias(tail)) if self.find_spec(tail) else None
        folders = self._search_path() if path is None else _own_folders(path)
        namespace = []
        for folder in folders:
            place = posixpath.join(folder, tail)
            if (package := posixpath.join(place, INIT_FILE)) in self._texts:
                spec = self._spec(name, package)
                spec.submodule_search_locations = [_entry(place)]
                return spec
            if f"{place}.py" == self._main_path and self._main_path not in self._texts:
                return ModuleSpec(name, _alias(self._main_name))
            if f"{place}.py" in self._texts:
                return self._spec(name, f"{place}.py")
            if f"{place}.ipynb" in self._texts:
                return self._spec(name, f"{place}.ipynb")
            if place in self._folders:
                namespace.append(place)
        return self._folder_spec(name, namespace) if namespace else None

    def _spec(self, name: str, path: str) -> ModuleSpec:
        spec = ModuleSpec(name, cast("Loader", self), origin=path)
        spec.has_location = True
        return spec

    def _folder_spec(self, name: str, folders: Sequence[str]) -> ModuleSpec:
        """Of a folder without `__init__.py`."""
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = list(map(_entry, folders))
        return spec

    def _search_path(self) -> Iterator[str]:
        """The folders of the code and around it, then those that it has put on `sys.path` itself."""
        yield from self._roots
        for entry in list(sys.path):
            if type(entry) is str and entry not in self._usual_path:
                for start in self._roots:
                    folder = posixpath.normpath(posixpath.join(start, entry.replace("\\", "/").lstrip("./")))
                    if folder in self._folders and folder not in self._roots:
                        yield folder

    # ------------------------------------------------------------------ loader
    def create_module(self, _spec: ModuleSpec) -> None:
        """None: an ordinary module."""

    def exec_module(self, module: ModuleType) -> None:
        """Run a file, whose names are those of its module."""
        assert module.__spec__ is not None
        assert module.__spec__.origin is not None
        path = module.__spec__.origin
        text, why = self._texts[path]
        if text is None:
            raise ImportError(why, name=module.__name__, path=path)
        head = module.__name__.rpartition(".")[2]
        if module.__name__ == f"{SUBMISSION_PACKAGE}.{head}":
            module.__dict__["__getattr__"] = _of_library(head)
        self._execute(path, text, module.__dict__)

    def run_file(self, name: str, names: dict[str, Any]) -> None:
        """Run a file of the submission in other names, as `%run` does.

        Raises:
            ImportError: if there is no such file, or it cannot be run.
        """
        for folder in self._roots:
            path = posixpath.normpath(posixpath.join(folder, name.replace("\\", "/")))
            for whole in (path, f"{path}.py"):
                text, why = self._texts.get(whole, (None, ""))
                if text is not None:
                    return self._execute(whole, text, names)
                if why:
                    raise ImportError(why)
        raise ImportError(f"there is no {name[:MAX_FILE_NAME_CHARACTERS]} in the submission")

    def write_file(self, name: str, text: str, *, append: bool = False) -> None:
        """A file that a notebook writes beside itself, as `%%writefile` does: there to be imported, in memory alone."""
        path = posixpath.normpath(posixpath.join(self._roots[0], name.replace("\\", "/")))
        before = self._texts.get(path, ("", ""))[0] if append else ""
        self._texts[path] = ((before or "") + text, "")
        self._folders |= set(_folders_around(path))

    def get_source(self, name: str) -> str | None:
        """The text of a module, for `inspect`."""
        spec = getattr(sys.modules.get(name), "__spec__", None)
        return self._texts.get(getattr(spec, "origin", ""), (None, ""))[0]

    # --------------------------------------------------- names of the library
    def _import_of(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """`__import__` which gives the submission's own code its file where that has the name of a library's module."""

        def import_(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
            head = name.partition(".")[0]
            if level or head not in self._library_names or (globals or {}).get("__loader__") is not self:
                return original(name, globals, locals, fromlist, level)
            try:
                found = original(f"{SUBMISSION_PACKAGE}.{name}", globals, locals, fromlist, 0)
            except ModuleNotFoundError as error:
                if not (error.name or "").startswith(f"{SUBMISSION_PACKAGE}."):
                    raise
                found = original(name, globals, locals, fromlist, 0)
                return found if fromlist else sys.modules.get(f"{SUBMISSION_PACKAGE}.{head}", found)
            return found if fromlist else sys.modules[f"{SUBMISSION_PACKAGE}.{head}"]

        return import_


class Alias:
    """The loader of a second name for a module, which is loaded once."""

    def __init__(self, name: str) -> None:
        self.name = name

    def create_module(self, _spec: ModuleSpec) -> ModuleType:
        """The module itself, under whichever name it was asked for."""
        return importlib.import_module(self.name)

    def exec_module(self, module: ModuleType) -> None:
        """It has run, or runs at this moment."""
        module.__spec__ = getattr(module, "__spec__", None)


def _alias(name: str) -> Loader:
    return cast("Loader", Alias(name))


def _of_library(name: str) -> Callable[[str], Any]:
    """What a module of the submission lacks is looked up in the library's module of its name."""

    def attribute(wanted: str) -> Any:
        if not wanted.startswith("__"):
            try:
                return getattr(importlib.import_module(name), wanted)
            except (ImportError, AttributeError):
                pass
        raise AttributeError(f"module {name!r} of the submission has no attribute {wanted!r}")

    return attribute


def _folders_around(path: str) -> Iterator[str]:
    """The folder of a file and those around it, up to the submission's own, which is ""."""
    while path:
        path = path.rpartition("/")[0]
        yield path


def _is_in(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")


def _entry(folder: str) -> str:
    return f"{SUBMISSION_FOLDER}/{folder}"


def _own_folders(path: Sequence[str]) -> list[str]:
    """The folders of the submission among the places of a package."""
    start = f"{SUBMISSION_FOLDER}/"
    return [entry[len(start) :] for entry in path if type(entry) is str and entry.startswith(start)]
