"""How a mutant is put to the test: in a process that is forked where pytest has collected the tests of its group.

Of each test it is known which lines it executes: found out once a group, in a process for each file of tests, so that
nothing that one file has computed once and for all hides what another rests on. A mutant runs the tests that execute
its line, the shortest first, then the others of their files, until one fails; the functions of its file get the changed
code. What a line that is executed while modules are imported gives may be part of what others have made by then: there
all is imported anew, in a fork of a process that has imported nothing of the project, and all tests of the group run.
"""

from __future__ import annotations

import gc
import importlib.abc
import importlib.machinery
import importlib.util
import os
import pickle
import resource
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType
from typing import IO, Any, Literal

MIN_SECONDS, TIMES_AS_LONG, WAITS = 8, 3, 20
"""A mutant hangs that takes more processor time than its tests without it, so many times, or waits for so much longer."""

MAX_BYTES = 8 << 30
SURVIVED, KILLED, NEEDS_IMPORT = 0, 1, 77
"""Exit statuses; the last one: the functions cannot get the changed code, as it binds other names of those around them."""

Outcome = Literal["killed", "survived", "executed by no test"]


@dataclass(frozen=True)
class Mutant:
    """A file of the project in which one line is changed, and the lines, from 1, of the statement that it lies in."""

    file: str
    line: int
    before: str
    after: str
    text: str = field(repr=False)
    statement: range

    def __str__(self) -> str:
        return f"{self.file}:{self.line}\n  - {self.before}\n  + {self.after}"

    @property
    def module(self) -> str:
        """The name that the file is imported under."""
        return self.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


@dataclass
class ExecutedLines:
    """Of each file the lines that are executed while all is imported, and by each test; and what each test takes."""

    imported: dict[str, set[int]] = field(default_factory=dict)
    by_test: dict[str, dict[str, set[int]]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)

    def tests_of(self, mutant: Mutant) -> list[str]:
        """The tests that execute a mutant, the shortest first, then the others of their files."""
        lines = set(mutant.statement)
        executing = [name for name, files in self.by_test.items() if lines & files.get(mutant.file, set())]
        files = {name.partition("::")[0] for name in executing}
        others = [name for name in self.by_test if name not in executing and name.partition("::")[0] in files]
        return sorted(executing, key=self.seconds.__getitem__) + others

    def is_imported(self, mutant: Mutant) -> bool:
        """True if it may have been executed before any test."""
        return bool(set(mutant.statement) & self.imported.get(mutant.file, set()))


def outcomes(
    root: Path, tests: Sequence[str], mutants: Sequence[Mutant], min_seconds: float = MIN_SECONDS
) -> Iterator[tuple[Mutant, Outcome]]:
    """What becomes of each mutant, as it is found. `min_seconds`: of processor time, before which none hangs.

    Raises:
        SystemExit: if a test fails without any change.
    """
    files = sorted({mutant.file for mutant in mutants})
    (lines,) = from_fork(lambda out: pickle.dump(_executed_lines(root, tests, files), out))
    if lines.failed:
        raise SystemExit(f"without any change these tests fail: {' '.join(sorted(lines.failed))}")
    imported = [mutant for mutant in mutants if lines.is_imported(mutant)]
    others = [mutant for mutant in mutants if not lines.is_imported(mutant)]
    for mutant, status in from_fork(
        lambda out: _pytest(root, tests, MutantRunner(root, others, lines, min_seconds, out))
    ):
        if status == NEEDS_IMPORT:
            imported.append(mutant)
        else:
            yield mutant, "executed by no test" if not lines.tests_of(mutant) else _outcome(status)
    limit = min_seconds + TIMES_AS_LONG * sum(lines.seconds.values())
    for mutant in imported:
        first = {name.partition("::")[0] for name, executed in lines.by_test.items() if mutant.file in executed}
        every = sorted({name.partition("::")[0] for name in lines.by_test}, key=lambda file: file not in first)
        yield mutant, _outcome(_status_in_fork(lambda m=mutant, t=every: _import_and_test(root, m, t), limit))


def _outcome(status: int) -> Outcome:
    return "survived" if status == SURVIVED else "killed"


def _pytest(root: Path, tests: Sequence[str], *plugins: object) -> int:
    """Runs pytest in this process, which says nothing; assertions stay plain, as else a plugin's modules are read anew."""
    import pytest

    silence = os.open(os.devnull, os.O_RDWR)
    for output in (0, 1, 2):
        os.dup2(silence, output)
    os.chdir(root)
    sys.path.insert(0, str(root))
    return int(pytest.main(["-q", "-x", "-p", "no:cacheprovider", "--assert=plain", *tests], [*plugins]))


def _import_and_test(root: Path, mutant: Mutant, tests: Sequence[str]) -> int:
    sys.meta_path.insert(0, ChangedModule(root, mutant))
    return _pytest(root, tests)


class ChangedModule(importlib.machinery.SourceFileLoader, importlib.abc.MetaPathFinder):
    """Finds the module of a mutant, changed."""

    def __init__(self, root: Path, mutant: Mutant) -> None:
        super().__init__(mutant.module, str(root / mutant.file))
        self._text = mutant.text

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """The changed module under its own name; others are found by those who find them otherwise."""
        return importlib.util.spec_from_file_location(name, self.path, loader=self) if name == self.name else None

    def get_code(self, fullname: str) -> Any:
        """What Python runs for it."""
        return compile(self._text, self.path, "exec", dont_inherit=True)


def _executed_lines(root: Path, tests: Sequence[str], files: Sequence[str]) -> ExecutedLines:
    recorder = LineRecorder(root, files)
    if _pytest(root, tests, recorder):
        recorder.found.failed.add("(they are not collected)")
    return recorder.found


class LineRecorder:
    """A plugin of pytest: runs each file of tests in a process of its own and records what each test executes."""

    def __init__(self, root: Path, files: Sequence[str]) -> None:
        self.found = ExecutedLines()
        self._root, self._files = root, files
        self._start()

    def _start(self) -> None:
        from coverage import Coverage

        self._coverage = Coverage(data_file=None, config_file=False, include=[str(self._root / f) for f in self._files])
        self._coverage.set_option("run:disable_warnings", ["no-data-collected"])  # not each test imports all of them
        self._coverage.start()

    def _executed(self) -> Iterator[tuple[str, str, set[int]]]:
        """Of each file and each test (none: "") the lines."""
        self._coverage.stop()
        data = self._coverage.get_data()
        for path in data.measured_files():
            lines: dict[str, set[int]] = {}
            for line, names in data.contexts_by_lineno(path).items():
                for name in names:
                    lines.setdefault(name, set()).add(line)
            for name, executed in lines.items():
                yield name, str(Path(path).relative_to(self._root)), executed

    def pytest_runtestloop(self, session: Any) -> bool:
        for _, file, lines in self._executed():
            self.found.imported[file] = lines
        session.config.option.maxfail = 0
        by_file: dict[str, list[Any]] = {}
        for item in session.items:
            by_file.setdefault(item.nodeid.partition("::")[0], []).append(item)
        for items in by_file.values():
            (found,) = from_fork(lambda out, some=items: pickle.dump(self._run(session, some), out))
            self.found.by_test |= found.by_test
            self.found.seconds |= found.seconds
            self.found.failed |= found.failed
        return True

    def _run(self, session: Any, items: list[Any]) -> ExecutedLines:
        self._start()
        _run_items(session, items)
        for name, file, lines in self._executed():
            self.found.by_test.setdefault(name, {})[file] = lines
        self.found.by_test.pop("", None)
        return self.found

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._coverage.switch_context(nodeid)
        self.found.by_test[nodeid] = {}
        self.found.seconds[nodeid] = -sum(os.times()[:4])

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.found.seconds[nodeid] += sum(os.times()[:4])

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.found.failed.add(report.nodeid)


def _run_items(session: Any, items: list[Any]) -> int:
    """Runs some of the collected tests in this process, and ends what they share."""
    from _pytest import main as pytest_main

    session.items[:] = items
    try:
        pytest_main.pytest_runtestloop(session)
    except session.Failed:
        pass
    finally:
        session._setupstate.teardown_exact(None)
    return KILLED if session.testsfailed else SURVIVED


class MutantRunner:
    """A plugin of pytest: runs, in a process for each mutant, the tests that execute it, and writes the exit statuses."""

    def __init__(
        self, root: Path, mutants: Sequence[Mutant], lines: ExecutedLines, min_seconds: float, out: IO[bytes]
    ) -> None:
        self._root, self._mutants, self._lines, self._min_seconds, self._out = root, mutants, lines, min_seconds, out

    def pytest_runtestloop(self, session: Any) -> bool:
        items = {item.nodeid: item for item in session.items}
        functions = _functions_by_path()
        for mutant in self._mutants:
            path = str(self._root / mutant.file)
            names = self._lines.tests_of(mutant)

            def work(mutant: Mutant = mutant, names: Sequence[str] = names, path: str = path) -> int:
                if mutant.module not in sys.modules:
                    sys.meta_path.insert(0, ChangedModule(self._root, mutant))
                elif not _changed(functions.get(path, []), compile(mutant.text, path, "exec", dont_inherit=True)):
                    return NEEDS_IMPORT
                return _run_items(session, [items[name] for name in names])

            limit = self._min_seconds + TIMES_AS_LONG * sum(self._lines.seconds[name] for name in names)
            pickle.dump((mutant, _status_in_fork(work, limit)), self._out)
            self._out.flush()
        return True


def _functions_by_path() -> dict[str, list[FunctionType]]:
    """Every function that there is, by the file that its code is in."""
    gc.unfreeze()
    found: dict[str, list[FunctionType]] = {}
    for thing in gc.get_objects():
        if type(thing) is FunctionType:
            found.setdefault(thing.__code__.co_filename, []).append(thing)
    gc.freeze()
    return found


def _changed(functions: Sequence[FunctionType], module: CodeType) -> bool:
    """Gives functions of a module the code that they have in a changed one; False if one of them cannot have it."""
    codes = {(code.co_qualname, code.co_firstlineno): code for code in _codes_in(module)}
    for function in functions:
        code = codes.get((function.__code__.co_qualname, function.__code__.co_firstlineno))
        if code is not None and code.co_freevars != function.__code__.co_freevars:
            return False
        if code is not None:
            function.__code__ = code
    return True


def _codes_in(code: CodeType) -> Iterator[CodeType]:
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield inner
            yield from _codes_in(inner)


def from_fork(work: Callable[[IO[bytes]], object]) -> Iterator[Any]:
    """What a process writes, pickled, that is forked to do some work."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        with _ending_here(), open(writing, "wb") as out:
            work(out)
    os.close(writing)
    with open(reading, "rb") as found:
        while found.peek(1):
            yield pickle.load(found)  # noqa: S301  # what a process of this program wrote
    if os.waitpid(pid, 0)[1]:
        raise SystemExit("a process that runs tests has ended early")


def _status_in_fork(work: Callable[[], int], seconds: float) -> int:
    """The exit status of a process that is forked to do some work, KILLED where it takes more processor time."""
    limit = int(seconds) + 1
    pid = os.fork()
    if pid == 0:
        with _ending_here():
            os.setpgid(0, 0)
            for what, most in ((resource.RLIMIT_CPU, limit), (resource.RLIMIT_AS, MAX_BYTES)):
                resource.setrlimit(what, (most, resource.getrlimit(what)[1]))
            os._exit(work())
    return ended(pid, WAITS * limit)


@contextmanager
def _ending_here() -> Iterator[None]:
    """Around all that a forked process does: it ends there, whatever comes."""
    status = KILLED
    try:
        yield
        status = 0
    except BaseException as error:
        traceback.print_exception(error)
    finally:
        os._exit(status)


def ended(pid: int, seconds: float) -> int:
    """The exit status of a process; one that takes longer is ended, with all that it started."""
    until = time.monotonic() + seconds
    status = None
    while status is None and time.monotonic() < until:
        done, raw = os.waitpid(pid, os.WNOHANG)
        if done:
            status = raw
        else:
            time.sleep(0.01)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)  # also what it has left
    if status is None:
        status = os.waitpid(pid, 0)[1]
    return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else KILLED
