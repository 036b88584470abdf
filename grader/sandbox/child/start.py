"""The entry that a fresh interpreter is given, `start.py zygote|probe|single|hdf5`; what it works on comes as input.

It loads this folder as a package without touching `sys.path`, so no file here shadows a module that a student imports.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from types import ModuleType
from typing import Any

CHILD_PACKAGE = "grader_child"
ENTRY_MODULES = {"zygote": "zygote", "probe": "probes", "single": "single", "hdf5": "hdf5", "extract": "extract"}

MODULES_WITH_HOOKS = ("random", "threading")


def load(module: str, *given: Any) -> None:
    """Import `module` of this folder as `grader_child.<module>` and call its `main` with what is `given`."""
    here = os.path.dirname(os.path.abspath(__file__))
    spec = importlib.util.spec_from_file_location(
        CHILD_PACKAGE, os.path.join(here, "__init__.py"), submodule_search_locations=[here]
    )
    assert spec is not None
    sys.modules[CHILD_PACKAGE] = importlib.util.module_from_spec(spec)
    main = importlib.import_module(f"{CHILD_PACKAGE}.{module}").main
    for name in [name for name in sys.modules if name.split(".")[0] == CHILD_PACKAGE]:
        del sys.modules[name]
    hide_command()
    main(*given)


def import_without_hooks(*names: str) -> list[dict[str, Any]]:
    """Import modules without what they have the interpreter do in each forked child, which takes half a millisecond.

    It has no use here: a child seeds `random` itself, and it goes on with the one thread that the zygote has, which
    `threading` knows already. The hooks are returned, for a child that may fork itself has use for them.
    """
    system: Any = os
    hooks: list[dict[str, Any]] = []
    register = getattr(system, "register_at_fork", None)
    system.register_at_fork = lambda **functions: hooks.append(functions)
    try:
        for name in names:
            importlib.import_module(name)
    finally:
        if register is None:
            del system.register_at_fork  # as on Windows
        else:
            system.register_at_fork = register
    return hooks


def hide_command() -> None:
    """Leave a bare command line and an empty `__main__`: they say where the grader and the interpreter lie."""
    sys.argv[:] = [""]
    sys.orig_argv[:] = ["python"]
    sys.executable = ""  # as where Python cannot find out
    sys.modules["__main__"] = ModuleType("__main__")


if __name__ == "__main__":
    given = [import_without_hooks(*MODULES_WITH_HOOKS)] if sys.argv[1] == "zygote" else []
    load(ENTRY_MODULES[sys.argv[1]], *given)
