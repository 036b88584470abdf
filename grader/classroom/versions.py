"""What grades in a process: the Python, this package and its libraries; two that differ may give different reports."""

from __future__ import annotations

import hashlib
import platform
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

from grader.fingerprint import DISTRIBUTION

PYTHON = "Python"
NOT_INSTALLED = "not installed"
SHOWN_DIGEST_DIGITS = 12


@cache
def installed_versions() -> Mapping[str, str]:
    """Versions by name, as they are in this process; that of this package has a digest of its source."""
    found = {PYTHON: platform.python_version()}
    found[DISTRIBUTION] = f"{version_of(DISTRIBUTION)} (source {_source_digest()[:SHOWN_DIGEST_DIGITS]})"
    return found | {name: version_of(name) for name in _required()}


def version_of(distribution: str) -> str:
    """The installed version of a distribution."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return NOT_INSTALLED


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """What is another there, in words."""
    names = dict.fromkeys((*here, *there))
    return [
        f"{name} {there.get(name, NOT_INSTALLED)} (here {here.get(name, NOT_INSTALLED)})"
        for name in names
        if here.get(name) != there.get(name)
    ]


def _required() -> Iterator[str]:
    """The libraries that this package needs, without those of its extras."""
    try:
        required = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:  # it is run from where it was unpacked
        return
    for text in sorted(required):
        if "extra ==" not in text and (name := re.match(r"[\w.-]+", text)):
            yield name[0]


def _source_digest() -> str:
    whole, folder = hashlib.sha256(), Path(__file__).parent.parent
    for path in sorted(folder.rglob("*.py")):
        data = path.read_bytes()
        whole.update(f"{path.relative_to(folder).as_posix()}\0{len(data)}\0".encode())
        whole.update(data)
    return whole.hexdigest()
