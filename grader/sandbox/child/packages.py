"""The packages that a course allows: importable wherever they lie, loaded once before anything is confined.

Nothing else of where they lie can be imported; a name that is not to be had is refused with what is allowed.
"""

from __future__ import annotations

import builtins
import contextlib
import importlib
import importlib.util
import os
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from types import ModuleType
from typing import Any, NamedTuple, NoReturn

from .own_process import OwnProcess
from .stand_ins import STAND_IN_LIBRARIES, StandIns

# Modules that homework uses: loaded once here rather than in every child. Each shared library makes every fork and
# every end of a child a little slower, so the rarer ones that have one (decimal, heapq, cmath) are left to children.
PRELOADED_MODULES = (
    "collections.abc", "copy", "dataclasses", "enum", "functools", "itertools", "math", "operator", "random", "re",
    "string", "time", "typing", "warnings",
)  # fmt: skip
PRELOADED_PARTS = {
    "numpy": ("numpy.linalg", "numpy.random"),
    "scipy": ("scipy.linalg", "scipy.optimize", "scipy.sparse", "scipy.special", "scipy.stats"),
    "matplotlib": ("matplotlib.pyplot",),
    "torch": ("torch.nn", "torch.nn.functional", "torch.optim", "torch.utils.data"),
}
"""Of a package, loaded with it: what homework uses, too large to load in each child."""

MAX_THREAD_END_S = 5.0  # seconds for threads that a package has started to end by themselves


class AllowedPackages:
    """The finder of packages and of what they need: `places` has where each name that can be imported lies."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self.places = places

    def find_spec(self, name: str, path: Sequence[str] | None = None, _target: object = None) -> ModuleSpec | None:
        """As every finder: where a module is, or None."""
        place = self.places.get(name) if path is None else None
        if place is None:
            return None
        if not os.path.isdir(place):
            return importlib.util.spec_from_file_location(name, place)
        for end in (".py", *EXTENSION_SUFFIXES):
            if os.path.isfile(file := os.path.join(place, f"__init__{end}")):
                return importlib.util.spec_from_file_location(name, file, submodule_search_locations=[place])
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [place]
        return spec


class NotAllowed:
    """The last finder: says of a name that nothing else has found what the course allows."""

    def __init__(self, packages: Iterable[str]) -> None:
        names = ["the standard library", *packages]
        self.allowed = f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
        self.handed_in: Iterable[str] = ()  # the paths of the submission's files

    def find_spec(self, name: str, path: Sequence[str] | None = None, _target: object = None) -> None:
        """Raises ModuleNotFoundError where a module is imported; None where its place alone is asked for."""
        asking = sys._getframe(2).f_code.co_name if path is None and "." not in name else ""
        if asking == "_find_and_load_unlocked":
            raise ModuleNotFoundError(f"No module named {name!r} ({self._why(name)})", name=name)

    def _why(self, name: str) -> str:
        for path in self.handed_in:
            if f"/{path}".endswith(f"/{name}.py"):
                module = path.removesuffix(".py").replace("/", ".")
                return f"{path} was handed in: its name here is {module}"
        return f"this assignment allows {self.allowed}, and no {name}.py was handed in"


def allowed_names() -> set[str]:
    """The names of packages that can be imported here."""
    return {name for finder in sys.meta_path if isinstance(finder, AllowedPackages) for name in finder.places}


class Preloaded(NamedTuple):
    """`numpy`: the module, None where it is not installed; `extra_bytes` of memory that packages besides it take."""

    numpy: ModuleType | None
    extra_bytes: int


def preload(settings: Mapping[str, Any], here: OwnProcess) -> Preloaded:
    """Load what submissions may use; nothing else stays importable.

    Settings: `packages`, the names that the course allows, and `places`, where each name that can be imported lies.
    """
    for name in PRELOADED_MODULES:
        importlib.import_module(name)
    packages: Sequence[str] = settings["packages"]
    sys.meta_path.append(AllowedPackages(settings["places"]))
    if "matplotlib" in settings["places"]:
        os.environ["MPLBACKEND"] = "agg"  # pictures go nowhere, and no window is looked for
    _load([package for package in packages if package == "numpy"])
    before = here.address_space_bytes()
    _load(packages)
    extra = max(here.address_space_bytes() - before, 0)
    if "torch" in packages:
        _settle_torch(sys.modules["torch"])
    sys.meta_path += [StandIns(STAND_IN_LIBRARIES - set(settings["places"])), NotAllowed(packages)]
    quitter = importlib.import_module("_sitebuiltins").Quitter
    for name in ("exit", "quit"):
        setattr(builtins, name, quitter(name, "end of file"))
    return Preloaded(sys.modules.get("numpy"), extra)


def _load(packages: Iterable[str]) -> None:
    for package in packages:
        importlib.import_module(package)
        for name in PRELOADED_PARTS.get(package, ()):
            importlib.import_module(name)


def _settle_torch(torch: Any) -> None:
    """PyTorch computes in the thread that asks, as threads do not survive a fork, and compiles nothing."""
    tempfile: Any = importlib.import_module("tempfile")
    tempfile.tempdir = os.path.join(os.sep, "tmp")  # it looks for one that it can write to, and there is none
    torch.optim.SGD([torch.zeros(1)])  # the first of them loads for seconds
    torch.set_num_threads(1)
    with contextlib.suppress(RuntimeError):  # it has been set already
        torch.set_num_interop_threads(1)

    def uncompiled(model: Any = None, **_settings: Any) -> Any:
        """To compile is to run a compiler, for speed alone: what is to be compiled stays as it is."""
        return uncompiled if model is None else model

    def one_thread(_threads: int) -> None:
        """More threads than may be started would end the process."""

    torch.compile, torch.set_num_threads, torch.set_num_interop_threads = uncompiled, one_thread, one_thread


def wait_for_threads(here: OwnProcess) -> None:
    """RuntimeError if a package has left a thread: children would inherit its locks."""
    end = time.monotonic() + MAX_THREAD_END_S
    while here.threads() > 1:
        if time.monotonic() > end:
            _refuse()
        time.sleep(0.01)


def _refuse() -> NoReturn:
    raise RuntimeError("a package that was loaded has started a thread; children would inherit its locks")
