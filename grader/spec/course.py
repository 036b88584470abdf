"""Where things are: a course is a folder with `specs/` and `reference/`; a spec is a folder, a file or a name."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from grader.documents import shortened
from grader.errors import SpecError, SubmissionError, did_you_mean, listed

ASSIGNMENT_FILE = "assignment.yaml"


def courses_above(*starts: Path) -> Iterator[Path]:
    """Folders that hold `specs/`, from each start upwards."""
    seen: set[Path] = set()
    for start in starts:
        for folder in (start, *start.parents):
            if folder not in seen and (folder / "specs").is_dir():
                seen.add(folder)
                yield folder


def assignments_in(course: Path) -> list[str]:
    """The names of the assignments of a course, in order."""
    return sorted(path.parent.name for path in (course / "specs").glob(f"*/{ASSIGNMENT_FILE}"))


def find_spec(named: str | None, *starts: Path) -> Path:
    """The path of a spec that a TA asks for: as given, or by its name, or the only one there is.

    Raises:
        SpecError: listing what there is, when none or several could be meant.
    """
    if named is not None and _exists(Path(named)):
        return Path(named).resolve()
    course = next(courses_above(*(start.resolve() for start in starts)), None)
    names = assignments_in(course) if course else []
    if named is not None:
        if course and named in names:
            return course / "specs" / named
        there = f"specs/ holds {listed(names)}" if names else "there is no specs/ folder here or above"
        raise SpecError(f"no spec {named!r}: neither a path nor an assignment{did_you_mean(named, names)} ({there})")
    if course and len(names) == 1:
        return course / "specs" / names[0]
    if not names:
        raise SpecError("no spec: there is no specs/ folder with an assignment here or above; say --spec SPEC")
    raise SpecError(f"which assignment? specs/ holds {listed(names)}; say --spec NAME")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that no file can have
        return False


def find_named_spec(named: str, *starts: Path) -> Path:
    """The assignment that a submission names: only by its name, never by a path of the student's choosing.

    Raises:
        SubmissionError: listing the assignments, when there is none of that name.
    """
    course = next(courses_above(*(start.resolve() for start in starts)), None)
    names = assignments_in(course) if course else []
    if course is None or named not in names:
        there = f"specs/ holds {listed(names)}" if names else "there is no specs/ folder here or above"
        message = f"assignment: {shortened(named)!r} is not an assignment{did_you_mean(named, names)} ({there})"
        raise SubmissionError(message)
    return course / "specs" / named


def load_reference(dotted: str, spec_file: Path) -> ModuleType:
    """The module `reference.latch` from the `reference/` folder of the course that the spec belongs to.

    Raises:
        SpecError: if there is no such file, or it fails to load.
    """
    parts = dotted.split(".")
    if len(parts) < 2 or parts[0] != "reference" or not all(part.isidentifier() for part in parts):
        raise SpecError(f"a reference is written reference.module, not {dotted!r}")
    for folder in spec_file.resolve().parents:
        path = folder.joinpath(*parts).with_suffix(".py")
        if path.is_file():
            return _loaded(dotted, path)
    raise SpecError(f"{dotted} is not there: no {'/'.join(parts)}.py in the course of {spec_file.name}")


def _loaded(dotted: str, path: Path) -> ModuleType:
    name = f"_course_{dotted.replace('.', '_')}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise SpecError(f"{dotted} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise SpecError(f"{dotted} fails when it is loaded: {type(error).__name__}: {error}") from error
    finally:
        sys.modules.pop(name, None)
    return module
