"""The interpreter that students' code runs on: where it lies, and which of its files a submission may read."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from grader.errors import HarnessError
from grader.startup import ONE_THREAD_SETTINGS

from .installed import missing_package, places_of

CHILD_FOLDER = Path(__file__).parent / "child"
LIBRARY_FOLDERS = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")
OTHER_FILES = ("/etc/ld.so.cache", "/dev/null", "/dev/urandom", "/usr/share/zoneinfo")
NOT_STANDARD = {"site-packages", "dist-packages", "__pycache__"}
CHILD_INSIDE, PACKAGES_INSIDE = "/sandbox", "/packages"
"""Where these lie in a namespace of its own, so that no path there shows anything of this machine."""
# -I would ignore PYTHONHASHSEED; -s -P and an environment of our own isolate as well. -S: no site-packages, no .pth.
PYTHON_FLAGS = ("-s", "-P", "-S", "-B")
HASH_SEED = 0
ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "LD_BIND_NOW": "1",  # else each child looks up for itself where the functions are that it calls
    "PYTHONHASHSEED": str(HASH_SEED),
    **ONE_THREAD_SETTINGS,
    **dict.fromkeys(("NUMEXPR_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"),
}


@dataclass(frozen=True)
class Installation:
    """`packages` may be used, and lie with all that they need at `places`, in `folders`; `start` is what is run.

    What the system call level lets through: `listable` may be listed, `readable` read, all below them too.
    What a namespace of its own contains: `mounts`, coarser, read-only; and `moved`, from a path to where it lies there.
    """

    python: str
    packages: tuple[str, ...]
    places: Mapping[str, str]
    folders: tuple[str, ...]
    listable: tuple[str, ...]
    readable: tuple[str, ...]
    mounts: tuple[str, ...]
    moved: Mapping[str, str]
    start: str = str(CHILD_FOLDER / "start.py")

    def command(self, entry: str) -> list[str]:
        return [self.python, *PYTHON_FLAGS, self.start, entry]

    def in_namespace(self) -> Installation:
        """The same as it is seen in a namespace of its own."""
        readable = tuple(self.moved.get(path, path) for path in self.readable)
        folders = tuple(dict.fromkeys(PACKAGES_INSIDE for _ in self.folders))
        places = {name: self.moved.get(path, path) for name, path in self.places.items()}
        return replace(self, places=places, folders=folders, readable=readable, start=f"{CHILD_INSIDE}/start.py")


def installation(packages: tuple[str, ...]) -> Installation:
    """This interpreter with `packages`; HarnessError when one of them is not installed."""
    for name in packages:
        if problem := missing_package(name):
            raise HarnessError(problem)
    standard = _standard_folders()
    places = places_of(packages)
    roots = [*places.modules.values(), *places.libraries]
    readable = [entry for folder in standard for entry in _entries(folder) if entry.name not in NOT_STANDARD]
    readable += roots
    shared = [folder for name in LIBRARY_FOLDERS for folder in _shared_libraries(Path(name))]
    shared += _shared_libraries(Path(sys.base_prefix, "lib"))
    paths = [*map(str, readable), *map(str, shared), *OTHER_FILES]
    python: str = getattr(sys, "_base_executable", sys.executable)
    mounts = [
        *(name for name in LIBRARY_FOLDERS if not os.path.islink(name)),
        Path(sys.base_prefix, "lib"),
        *standard,
        python,
    ]
    moved = {str(root): f"{PACKAGES_INSIDE}/{root.name}" for root in roots} | {str(CHILD_FOLDER): CHILD_INSIDE}
    return Installation(
        python,
        packages,
        {name: str(place) for name, place in places.modules.items()},
        tuple(dict.fromkeys(str(root.parent) for root in roots)),
        tuple(map(str, standard)),
        tuple(dict.fromkeys(path for path in paths if os.path.exists(path))),
        tuple(dict.fromkeys(map(str, mounts))),
        moved,
    )


def _standard_folders() -> list[Path]:
    """Of the interpreter below any virtual environment."""
    base = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix, "installed_base": sys.base_prefix}
    return sorted({Path(sysconfig.get_path(name, vars=base)).resolve() for name in ("stdlib", "platstdlib")})


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _shared_libraries(folder: Path) -> list[Path]:
    """The files that extension modules are linked with, and the folders of Debian's layout that hold nothing else."""
    return [
        path for path in _entries(folder) if ".so" in path.name or path.name.endswith(("-linux-gnu", "-linux-musl"))
    ]
