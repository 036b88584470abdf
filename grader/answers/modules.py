"""The modules that a submission's code may import from beside it: its other Python files, read here as data."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator

from grader.answers.names import MODULE_SUFFIX, NOTEBOOK_SUFFIX
from grader.answers.tree import SubmissionFiles
from grader.deferred import dataclass
from grader.documents import shortened
from grader.documents.encodings import in_utf8
from grader.errors import SubmissionError
from grader.visible import one_line

MAX_MODULE_FILES = 300
"""Python files of one submission beside its code."""

MAX_MODULES_BYTES = 2 << 20
"""All of them together (2 MiB)."""

PACKAGE_FILE = "__init__.py"


@dataclass(frozen=True)
class ModuleFile:
    """A file that code may ask for; `problem` says why there is no source (an import of it then fails so)."""

    path: str
    source: bytes = b""
    problem: str = ""


@dataclass(frozen=True)
class ModuleFiles:
    """The files, nearest to the code first, and what a reader should know of those that are left out."""

    files: tuple[ModuleFile, ...] = ()
    notes: tuple[str, ...] = ()


def modules_beside(files: SubmissionFiles, code: str) -> ModuleFiles:
    """The Python files of a submission but for `code`; notebooks are named, and cannot be imported."""
    if files.single:
        return ModuleFiles()
    folder = code.rpartition("/")[0]
    names = [name for name in files.names if name.endswith((MODULE_SUFFIX, NOTEBOOK_SUFFIX)) and name != code]
    names.sort(key=lambda name: (_folders_between(name, folder), name))
    taken: list[ModuleFile] = []
    left, over = MAX_MODULES_BYTES, []
    for name in names[:MAX_MODULE_FILES]:
        module = _read(files, name, left)
        if module is None:
            over.append(name)
        else:
            taken.append(module)
            left -= len(module.source)
    return ModuleFiles(tuple(taken), _left_out([*over, *names[MAX_MODULE_FILES:]]))


def taken_names(code: str, source: bytes, modules: ModuleFiles, packages: Collection[str]) -> Iterator[str]:
    """What a reader should know of modules that have the name of a package or of a module of Python, and are asked for.

    The rule: a package that the course allows is that package, whatever file has its name; a module of the standard
    library is the file for the submission's own code, which finds in the library what the file lacks.
    """
    sources = [*map(in_utf8, (source, *(module.source for module in modules.files)))]
    folders = {"", code.rpartition("/")[0]}
    for module in modules.files:
        folder, _, file = module.path.removesuffix(f"/{PACKAGE_FILE}").rpartition("/")
        name = file.removesuffix(MODULE_SUFFIX)
        taken = name in packages or name in sys.stdlib_module_names
        if folder not in folders or not taken or not any(map(_import_of(name).search, sources)):
            continue
        shown = one_line(shortened(module.path))
        if name in packages:
            yield f"{shown} is not used: {name} is the package that the course allows; rename the file"
        else:
            yield f"{shown} stands for Python's own {name} in this code, which adds what it lacks"


def _import_of(name: str) -> re.Pattern[bytes]:
    """Where a source imports a module: at the start of a line, or of a line of a notebook."""
    wanted = re.escape(name.encode())
    return re.compile(
        rb'(?:^|")[ \t]*(?:from[ \t]+%s|import[ \t]+(?:[^#\n"]*,[ \t]*)?%s)\b' % (wanted, wanted), re.MULTILINE
    )


def _folders_between(name: str, folder: str) -> int:
    """How many folders lie between a file and the folder of the code, up and down."""
    there, here = name.split("/")[:-1], folder.split("/") if folder else []
    same = next((i for i, pair in enumerate(zip(there, here, strict=False)) if pair[0] != pair[1]), None)
    same = min(len(there), len(here)) if same is None else same
    return len(there) + len(here) - 2 * same


def _read(files: SubmissionFiles, name: str, left: int) -> ModuleFile | None:
    """None where it does not fit any more."""
    if name.endswith(NOTEBOOK_SUFFIX):
        stem = name.removesuffix(NOTEBOOK_SUFFIX)
        advice = f"save what is needed of it as {shortened(stem)}{MODULE_SUFFIX}"
        return ModuleFile(name, problem=f"{shortened(name)} is a notebook, which cannot be imported: {advice}")
    if files.size(name) > left:
        return None
    try:
        source = files.read(name)
    except SubmissionError as error:
        return ModuleFile(name, problem=str(error))
    return ModuleFile(name, source) if len(source) <= left else None


def _left_out(names: list[str]) -> tuple[str, ...]:
    if not names:
        return ()
    first, more = shortened(names[0]), len(names) - 1
    which = f"{first} and {more} more Python files are" if more else f"{first} is"
    return (
        f"{which} not there for the code to import: at most {MAX_MODULE_FILES} files of {MAX_MODULES_BYTES >> 20} MiB "
        "together are",
    )
