"""`python -m tests.without_unix COURSE SPEC` grades in a process that has nothing of Unix that Windows lacks.

Without arguments pytest collects all tests there.

Modules are hidden, and names of `os` and `signal` taken away, once other libraries are imported, which have code of
their own for Windows. It is no Windows: paths, encodings and processes are this system's.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import shutil
import signal
import subprocess
import sys
import types
from pathlib import Path

import pytest

UNIX_MODULES = ("fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty")
UNIX_NAMES_OF_OS = (
    "MFD_ALLOW_SEALING", "MFD_CLOEXEC", "O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "O_SYNC", "WEXITSTATUS",
    "WIFEXITED", "WIFSIGNALED", "WNOHANG", "WTERMSIG", "chown", "eventfd", "fchmod", "fchown", "fork", "forkpty",
    "getegid", "geteuid", "getgid", "getgroups", "getpgid", "getpriority", "getuid", "killpg", "lchown", "memfd_create",
    "mkfifo", "nice", "openpty", "pidfd_open", "posix_spawn", "pread", "preadv", "pwrite", "register_at_fork",
    "sched_getaffinity", "sched_setaffinity", "set_blocking", "setpgid", "setsid", "statvfs", "ttyname", "uname", "wait3",
    "wait4",
)  # fmt: skip
NAMES_OF_SIGNAL = (
    "ITIMER_REAL",
    "SIG_BLOCK",
    "alarm",
    "pidfd_send_signal",
    "pthread_kill",
    "pthread_sigmask",
    "setitimer",
)
SIGNALS_OF_WINDOWS = {"SIGABRT", "SIGFPE", "SIGILL", "SIGINT", "SIGSEGV", "SIGTERM", "SIG_DFL", "SIG_IGN"}
IMPORTED_BEFORE = (
    "IPython.core.interactiveshell", "asyncio", "click", "filelock", "flint", "hypothesis.strategies", "jinja2",
    "markdown_it", "multiprocessing.pool", "multiprocessing.resource_tracker", "numpy", "platformdirs", "psutil", "pydantic",
    "pytest", "rich.console", "rich.markdown", "rich.progress", "sqlite3", "starlette.applications", "tarfile",
    "tempfile", "uvicorn", "webbrowser", "yaml", "z3", "zipfile",
)  # fmt: skip
ALSO_IMPORTED_BY_TESTS = (
    "distributed", "docx", "h5py", "http.server", "ipykernel.kernelapp", "matplotlib", "nbclient", "playwright.sync_api",
    "pypdf", "reportlab", "scipy", "ssl",
)  # fmt: skip
NOT_IMPORTED = ("grader.__main__", "grader.classroom.cluster_client", "grader.sandbox.child.", "grader.startup.")
"""What starts a program, what imports the parts of Dask for Windows, and what runs in the confined process, which there is on Linux."""


def hide_unix() -> None:
    """From here on this process has none of it."""
    for name in IMPORTED_BEFORE:
        importlib.import_module(name)
    subprocess.signal = types.SimpleNamespace(**vars(signal))  # type: ignore[attr-defined]  # it ends children by SIGKILL
    for name in UNIX_NAMES_OF_OS:
        if hasattr(os, name):
            delattr(os, name)
    for name in [*vars(signal)]:
        if name in NAMES_OF_SIGNAL or (name.startswith("SIG") and name not in SIGNALS_OF_WINDOWS):
            delattr(signal, name)
    os.supports_dir_fd.clear()
    shutil._use_fd_functions = False  # type: ignore[attr-defined]  # it was decided when shutil was imported
    sys.modules.update(dict.fromkeys(UNIX_MODULES))
    sys.platform = "win32"


def import_all() -> list[str]:
    """Every module that Windows would import; those that cannot be, with why."""
    import grader

    faults = []
    for module in pkgutil.walk_packages(grader.__path__, "grader.", onerror=lambda name: faults.append(name)):
        if not module.name.startswith(NOT_IMPORTED):
            try:
                importlib.import_module(module.name)
            except Exception as error:
                faults.append(f"{module.name}: {error!r}")
    return faults


def double(n):
    return 2 * n


def grade_there(course: str, spec: str) -> None:
    """Imports every module, and grades weights, a function, and a class."""
    hide_unix()
    print("cannot be imported:", import_all())
    import grader
    from grader.cli import cli

    os.chdir(course)
    result = grader.check("q5", W1=1, W2=1, b2=-1.5, W3=1, b3=0)
    print(result.id, result.status, result.points)
    result = grader.check("double", double, spec=spec)
    print(result.id, result.status, result.points)
    beside = Path(spec).parent
    words = ["grade", str(beside / "submissions"), "--course", course, "--out", str(beside / "results")]
    print("grade", cli.main(words, standalone_mode=False))


def collect_there() -> None:
    """Has pytest read all tests; it is told that this is neither Linux nor Windows, whose console it would look for."""
    for name in ALSO_IMPORTED_BY_TESTS:
        importlib.import_module(name)
    hide_unix()
    sys.platform = "neither"
    os.getuid = lambda: 0  # for the folder of temporary files, which pytest asks for where there is one
    print("pytest", int(pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider", "-W", "ignore"])))


if __name__ == "__main__":
    grade_there(*sys.argv[1:]) if len(sys.argv) > 1 else collect_there()
