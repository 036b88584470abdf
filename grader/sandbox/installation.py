"""The interpreter that students' code runs on: where it lies, and which of its files a submission may read."""

from __future__ import annotations

import importlib.util
import os
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from grader.errors import HarnessError

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
    "PYTHONHASHSEED": str(HASH_SEED),
    **dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"),
}


@dataclass(frozen=True)
class Installation:
    """`folders` hold the packages that may be used, `start` is what the interpreter is given to run.

    What the system call level lets through: `listable` may be listed, `readable` read, all below them too.
    What a namespace of its own contains: `mounts`, coarser, read-only; and `moved`, from a path to where it lies there.
    """

    python: str
    packages: tuple[str, ...]
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
        return replace(self, folders=folders, readable=readable, start=f"{CHILD_INSIDE}/start.py")


def installation(packages: tuple[str, ...]) -> Installation:
    """This interpreter with `packages`; HarnessError when one of them is not installed."""
    standard = _standard_folders()
    roots = [_root_of(name) for name in packages]
    readable = [entry for folder in standard for entry in _entries(folder) if entry.name not in NOT_STANDARD]
    roots += [libraries for root in roots if (libraries := root.with_name(f"{root.name}.libs")).is_dir()]
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


def _root_of(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise HarnessError(
            f"the package {name!r}, which submissions may use, is not installed; run: pip install {name}"
        )
    return Path(spec.origin).resolve().parent


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _shared_libraries(folder: Path) -> list[Path]:
    """The files that extension modules are linked with, and the folders of Debian's layout that hold nothing else."""
    return [
        path for path in _entries(folder) if ".so" in path.name or path.name.endswith(("-linux-gnu", "-linux-musl"))
    ]
