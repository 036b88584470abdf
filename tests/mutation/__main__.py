"""Changes the verdict path in small ways and lists the changes that no test notices: `python -m tests.mutation engines`.

Each mutant runs the tests of its group in a process of its own, forked where pytest and what takes long to import are
there already. It is killed where a test fails, or where the tests take many times as long as without it. (mutmut 3
changes neither constants nor functions with a decorator and takes no sample, and found no test for any mutant in a
copy of the project; cosmic-ray starts Python anew for each mutant and changes the files of the working folder.)
"""

from __future__ import annotations

import argparse
import ast
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import random
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.mutation.groups import GROUPS, Group
from tests.mutation.mutants import Mutant, mutants_of

ROOT = Path(__file__).parents[2]
SLOW_TO_IMPORT = (
    "pytest",
    "_pytest.assertion.rewrite",
    "hypothesis.strategies",
    "numpy",
    "flint",
    "pydantic",
    "yaml",
    "click",
    "rich.console",
)
MIN_SECONDS, TIMES_AS_LONG = 30, 5
"""A mutant that takes longer than the tests without it, so many times, hangs."""


@dataclass(frozen=True)
class Place:
    """A mutant and the file that it changes."""

    file: str
    mutant: Mutant

    def __str__(self) -> str:
        return f"{self.file}:{self.mutant.line}\n  - {self.mutant.before}\n  + {self.mutant.after}"


class ChangedModule(importlib.machinery.SourceFileLoader, importlib.abc.MetaPathFinder):
    """Finds one module, changed."""

    def __init__(self, name: str, path: Path, module: ast.Module) -> None:
        super().__init__(name, str(path))
        self._module = module

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """The changed module under its own name; others are found by those who find them otherwise."""
        if name != self.name:
            return None
        return importlib.util.spec_from_file_location(name, self.path, loader=self)

    def get_code(self, fullname: str) -> Any:
        """What Python runs for it."""
        return compile(self._module, self.path, "exec")


def tests_fail(tests: tuple[str, ...], root: Path, place: Place | None, seconds: float) -> bool:
    """True if a test fails, or all of them take longer than that, with a change of the project at `root`."""
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        os.chdir(root)
        sys.path.insert(0, str(root))
        if place is not None:
            name = place.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            sys.meta_path.insert(0, ChangedModule(name, root / place.file, place.mutant.module))
        import pytest

        # plain assertions: pytest takes a plugin's modules for tests, and would load the grader's itself, unchanged
        code = 1
        try:
            code = int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--assert=plain", *tests]))
        finally:
            os._exit(code)
    return _ended(pid, seconds) != 0


def _ended(pid: int, seconds: float) -> int:
    """The exit status of a process; one that takes longer is ended, with all that it started."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return status
        time.sleep(0.05)
    os.killpg(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


def places(group: Group, root: Path) -> list[Place]:
    """Every change of every file of a group."""
    files = sorted(path for pattern in group.sources for path in root.glob(pattern))
    return [
        Place(str(file.relative_to(root)), mutant) for file in files for mutant in mutants_of(file.read_text("utf-8"))
    ]


def survivors(group: Group, root: Path, chosen: list[Place]) -> Iterator[Place]:
    """The changes that no test notices, as they are found.

    Raises:
        SystemExit: if the tests fail without any change.
    """
    for name in SLOW_TO_IMPORT:
        importlib.import_module(name)
    began = time.monotonic()
    if tests_fail(group.tests, root, None, 3600):
        raise SystemExit(f"the tests {' '.join(group.tests)} fail without any change")
    seconds = max(MIN_SECONDS, TIMES_AS_LONG * (time.monotonic() - began))
    yield from (place for place in chosen if not tests_fail(group.tests, root, place, seconds))


def main() -> int:
    """0 where every mutant of the sample is killed, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__.partition("\n")[0])
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"{', '.join(GROUPS)} (default: all)")
    parser.add_argument("--sample", type=int, default=20, help="mutants of each group (default: 20)")
    parser.add_argument("--seed", type=int, default=1, help="which mutants are chosen (default: 1)")
    given = parser.parse_args()
    if unknown := set(given.groups) - set(GROUPS):
        parser.error(f"{', '.join(sorted(unknown))}: the groups are {', '.join(GROUPS)}")
    alive = 0
    for name in given.groups or GROUPS:
        every, left = places(GROUPS[name], ROOT), 0
        chosen = random.Random(given.seed).sample(every, min(given.sample, len(every)))
        for place in survivors(GROUPS[name], ROOT, chosen):
            print(place, flush=True)
            left += 1
        print(f"{name}: {len(chosen) - left} of {len(chosen)} mutants are killed ({len(every)} there are)", flush=True)
        alive += left
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
