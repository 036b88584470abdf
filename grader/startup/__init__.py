"""What runs when Python starts where the grader is installed, before anything that a student may have written can.

`proofgrade.pth` loads this package by its path, under the name `_grader_startup`: every Python of the environment pays
for it, so it imports nothing and only waits. When pytest is imported, `pytest_settings` takes its place in pytest; when
the grader is started, the current folder leaves the path on which modules are found.
"""

import os
import sys

TYPE_CHECKING = False  # as in `typing`; that, and even `__future__`, takes longer to import than all that is done here
if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any

PYTEST_MODULE = "_pytest.config"
"""The module of pytest that reads arguments and settings."""

RUNPY_MODULE = "runpy"
"""The first module that Python imports for `python -m`, when the current folder has just come onto the path."""


class Waiting:
    """A finder that finds nothing itself, and sees which modules are about to be imported."""

    def find_spec(
        self, name: str, path: "Sequence[str] | None" = None, target: "ModuleType | None" = None
    ) -> "ModuleSpec | None":
        """None: the other finders look; but pytest's settings are prepared as soon as their module has run."""
        if name == RUNPY_MODULE:
            leave_current_folder_if_asked_to()
        if name != PYTEST_MODULE:
            return None
        found = (finder.find_spec(name, path, target) for finder in sys.meta_path if finder is not self)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is not None and spec.loader is not None:
            _then_prepare(spec.loader)
        return spec


def _then_prepare(loader: "Any") -> None:
    """Lets the next module that `loader` runs be prepared afterwards."""
    run = loader.exec_module

    def exec_module(module: "ModuleType") -> None:
        del loader.exec_module
        run(module)
        from .pytest_settings import prepare

        prepare(module)

    loader.exec_module = exec_module


def begin() -> None:
    """Waits for pytest, and keeps the current folder away from a command that is already known."""
    sys.meta_path.insert(0, Waiting())
    if relative_entries():
        leave_current_folder_if_asked_to()


def leave_current_folder_if_asked_to() -> None:
    """Takes the current folder off the path for the grader, and for pytest where it may hold what was handed in."""
    name = program()
    if name == "grader":
        leave_current_folder()
    elif name in ("pytest", "py.test"):
        from .pytest_settings import leave_folders_handed_in

        leave_folders_handed_in(sys.argv[1:])


def program() -> str:
    """What was started: the name of a script, or of a module with `python -m`; empty where neither is known."""
    arguments = sys.argv
    if not arguments:
        return ""
    if arguments[0] != "-m":
        return os.path.basename(arguments[0]).removesuffix(".exe")
    name = sys.orig_argv[-len(arguments)]  # before the module's own arguments; `-Bmgrader` is a way to write it, too
    return name.partition("m")[2] if name.startswith("-") else name


START_THRESHOLDS, WORK_THRESHOLDS = (400_000, 20, 100), (20_000, 20, 100)
"""How many objects more there are when Python looks for cycles: imports make many objects, and exact numbers as well,
and hardly a cycle. One submission is checked before the first of these numbers is reached."""


def look_for_cycles_less_often(*, at_work: bool = False) -> None:
    """Python's collector of cycles runs less often: it took a third of the processor time of a command.

    Most of that it took when a command had ended: Python would look through all that is left several times, to free
    memory that the system takes back at once. What must be done at the end is left to no cycle: files and processes are
    closed by `with`, or by `weakref.finalize`, which comes first.

    `at_work`: much is going to be done, so that memory counts as well; what is there by now is looked at no more.
    """
    import gc

    if at_work:
        gc.freeze()
    else:
        import atexit

        atexit.register(gc.freeze)  # the first to be registered is the last to be called
    gc.set_threshold(*(WORK_THRESHOLDS if at_work else START_THRESHOLDS))


ONE_THREAD_SETTINGS = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "BLIS_NUM_THREADS"), "1"
)
"""How many threads libraries for arithmetic on arrays start, of which NumPy loads one; each reads this once."""


def calculate_in_one_thread() -> None:
    """Libraries for arithmetic on arrays start no threads, here and in processes that are started from here.

    The arrays of homework are small. As soon as OpenBLAS is loaded, a thread for each further core looks for work for a
    tenth of a second, which is taken from other processes that grade; and a process with threads is never forked. A
    number of threads that the user has set stays.
    """
    for name, value in ONE_THREAD_SETTINGS.items():
        os.environ.setdefault(name, value)


def leave_current_folder() -> None:
    """Keeps modules of the current folder from being imported, here and in processes that are started from here.

    Folders that the user has named in PYTHONPATH by an absolute path stay: they are the user's own choice.
    """
    try:
        here, relative = os.getcwd(), relative_entries()
    except FileNotFoundError:  # it was removed, so that nothing can be imported from it
        return
    leaving = {"", here, *relative, *map(os.path.abspath, relative)} - {*filter(os.path.isabs, pythonpath())}
    sys.path[:] = [entry for entry in sys.path if entry not in leaving or holds_the_grader(entry)]
    os.environ["PYTHONSAFEPATH"] = "1"
    if relative:
        os.environ["PYTHONPATH"] = os.pathsep.join(entry for entry in pythonpath() if entry not in relative)


def pythonpath() -> list[str]:
    """The entries of PYTHONPATH; an empty one is the current folder."""
    written = os.environ.get("PYTHONPATH")
    return written.split(os.pathsep) if written else []


def relative_entries() -> list[str]:
    """What PYTHONPATH names by where the command was started."""
    return [entry for entry in pythonpath() if not os.path.isabs(entry)]


def holds_the_grader(folder: str) -> bool:
    """Whether this package was loaded from a folder: a clone of the grader's repository, and no submission."""
    return os.path.realpath(folder) == os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))
