"""The entry that a fresh interpreter is given, `start.py zygote|probe|single|hdf5`; what it works on comes as input.

It loads this folder as a package without touching `sys.path`, so no file here shadows a module that a student imports.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from types import ModuleType

CHILD_PACKAGE = "grader_child"
ENTRY_MODULES = {"zygote": "zygote", "probe": "probes", "single": "single", "hdf5": "hdf5", "extract": "extract"}


def load(module: str) -> None:
    """Import `module` of this folder as `grader_child.<module>` and call its `main`."""
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
    main()


def hide_command() -> None:
    """Leave a bare command line and an empty `__main__`: they say where the grader and the interpreter lie."""
    sys.argv[:] = [""]
    sys.orig_argv[:] = ["python"]
    sys.executable = ""  # as where Python cannot find out
    sys.modules["__main__"] = ModuleType("__main__")


if __name__ == "__main__":
    load(ENTRY_MODULES[sys.argv[1]])
