"""Fingerprints: digests by which two things are told to be the same, of plain data and of the grader itself."""

from __future__ import annotations

import hashlib
import json
import platform
import re
from collections.abc import Container, Iterable, Iterator
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

DISTRIBUTION = "proofgrade"

HEX_DIGITS_KEPT = 32
"""Hexadecimal digits of a fingerprint."""

_REQUIREMENT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_EXTRA = re.compile(r"extra\s*==\s*[\"']([\w.-]+)")


def fingerprint(data: Any) -> str:
    """The fingerprint of what JSON can hold; tuples are lists, and the order of keys counts."""
    return hashlib.sha256(json.dumps(data).encode()).hexdigest()[:HEX_DIGITS_KEPT]


@cache
def grader_fingerprint() -> str:
    """The fingerprint of whatever grades: the source of this package, the Python that runs it, and its libraries.

    The rule: verdicts of a grader that has changed in any file are another grader's, and are not used again.
    """
    return fingerprint([source_digest(), platform.python_version(), list(package_libraries())])


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


def _source_files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir():
            if path.name != "__pycache__":
                yield from _source_files(path)
        elif path.suffix not in (".pyc", ".pyo"):
            yield path


def package_libraries(extras: Container[str] | None = None) -> Iterator[tuple[str, str]]:
    """The libraries that the package needs, and those of some extras (None: of all): names and versions."""
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


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""
