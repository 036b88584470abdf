"""Fingerprints: digests by which two things are told to be the same, of plain data and of the grader itself."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Container, Iterable, Iterator
from contextlib import suppress
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from grader.errors import HarnessError
from grader.user_cache import keep_cached, read_cached

DISTRIBUTION = "proofgrade"

HEX_DIGITS_KEPT = 32
"""Hexadecimal digits of a fingerprint."""

ITEMS_TOGETHER = 256
"""Of a long fingerprint that are written as one text: written one by one they take several times as long."""

_REQUIREMENT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_FINGERPRINT = re.compile(rf"[0-9a-f]{{{HEX_DIGITS_KEPT}}}")
_EXTRA = re.compile(r"extra\s*==\s*[\"']([\w.-]+)")


def fingerprint(data: Any) -> str:
    """The fingerprint of what JSON can hold; tuples are lists, and the order of keys counts."""
    return hashlib.sha256(json.dumps(data).encode()).hexdigest()[:HEX_DIGITS_KEPT]


def fingerprint_of_each(items: Iterable[Any]) -> str:
    """The fingerprint of what JSON can hold, a part at a time: of many the text is never held as a whole."""
    found, left = hashlib.sha256(), iter(items)
    while part := list(islice(left, ITEMS_TOGETHER)):
        found.update(f"{json.dumps(part)}\n".encode())  # no JSON on one line has this sign in it
    return found.hexdigest()[:HEX_DIGITS_KEPT]


@cache
def grader_fingerprint() -> str:
    """The fingerprint of whatever grades: the source of this package, the Python that runs it, and its libraries.

    The rule: verdicts of a grader that has changed in any file are another grader's, and are not used again. The files
    are not read where the user's cache has the fingerprint of files of the same sizes and times of change.
    """
    name = f"grader-{state_on_disk()}"
    kept = (read_cached(name) or b"").decode("ascii", "replace")
    if _FINGERPRINT.fullmatch(kept):
        return kept
    import platform

    found = fingerprint([source_digest(), platform.python_version(), list(package_libraries())])
    keep_cached(name, found.encode("ascii"))
    return found


@cache
def state_on_disk() -> str:
    """A digest over the Python, sizes and times of the files of this package, and names of the libraries beside it."""
    state = hashlib.sha256(repr((sys.version, sys.executable)).encode())
    for path, status in sorted(_statuses(str(Path(__file__).parent))):
        state.update(f"{path}\0{status}\0".encode("utf-8", "surrogateescape"))
    for path in sys.path:
        for name in sorted(_installed_in(path or os.curdir)):
            state.update(f"{path}\0{name}\0".encode("utf-8", "surrogateescape"))
    return state.hexdigest()


def _installed_in(folder: str) -> Iterator[str]:
    """The metadata of the libraries in a folder: their names say which versions are installed."""
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        if name.endswith(".dist-info"):
            yield name
        elif name.endswith((".egg-info", ".egg-link", ".egg")):
            with suppress(OSError):
                yield f"{name} {os.stat(os.path.join(folder, name)).st_mtime_ns}"


def _statuses(folder: str) -> Iterator[tuple[str, str]]:
    """The files below a folder that count, each with what changes when it is written to."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                if entry.name != "__pycache__":
                    yield from _statuses(entry.path)
            elif not entry.name.endswith((".pyc", ".pyo")):
                found = entry.stat()
                yield entry.path, f"{found.st_size} {found.st_ino} {found.st_mtime_ns} {found.st_ctime_ns}"


@cache
def source_digest() -> str:
    """A SHA-256 digest over the source of this package."""
    folder, source = Path(__file__).parent, hashlib.sha256()
    for path in sorted(_source_files(folder)):
        data = path.read_bytes()
        source.update(f"{path.relative_to(folder).as_posix()}\0{len(data)}\0".encode())
        source.update(data)
    return source.hexdigest()


def package_versions(names: Iterable[str]) -> list[tuple[str, str]]:
    """Installed versions by the names to install by; "" where one is not installed."""
    return [(name, _version(name)) for name in names]


@cache
def course_versions(names: tuple[str, ...]) -> list[tuple[str, str]]:
    """The same for what a course allows: from the user's cache, where nothing was installed since."""
    name = f"versions-{hashlib.sha256(repr((state_on_disk(), names)).encode()).hexdigest()}"
    with suppress(ValueError):
        kept = json.loads(read_cached(name) or b"[]")
        if [one for one, _ in kept] == list(names):
            return [(one, str(version)) for one, version in kept]
    found = package_versions(names)
    keep_cached(name, json.dumps(found).encode())
    return found


def _source_files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir():
            if path.name != "__pycache__":
                yield from _source_files(path)
        elif path.suffix not in (".pyc", ".pyo"):
            yield path


def package_libraries(extras: Container[str] | None = None) -> Iterator[tuple[str, str]]:
    """The libraries that the package needs, and those of some extras (None: of all): names and versions."""
    from importlib import metadata

    try:
        required = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:  # it is run from where it was unpacked
        return
    names = set[str]()
    for text in required:
        name, extra = _REQUIREMENT_NAME.match(text), _EXTRA.search(text)
        if name and (extras is None or extra is None or extra[1] in extras):
            names.add(name[0].lower())
    yield from package_versions(sorted(names))


def released_version() -> str:
    """The version of the grader that is installed, by which `pip install proofgrade==...` finds it.

    Raises:
        HarnessError: if the grader runs without having been installed.
    """
    if not (version := _version(DISTRIBUTION)):
        raise HarnessError(f"{DISTRIBUTION} is not installed, so its version is not known: pip install it")
    return version


def _version(name: str) -> str:
    from importlib import metadata

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
