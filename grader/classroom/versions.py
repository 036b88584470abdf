"""What grades in a process: the Python, this package and its libraries; two that differ may give different reports."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from functools import cache

from grader.fingerprint import DISTRIBUTION, package_libraries, package_versions, source_digest

PYTHON = "Python"
NOT_INSTALLED = "not installed"
SHOWN_DIGEST_DIGITS = 12

READING_EXTRAS = ("documents", "hdf5")
"""Extras without which some answers cannot be read, so that their marks would depend on who grades them."""


@cache
def installed_versions() -> Mapping[str, str]:
    """Versions by name, as they are in this process; that of this package has a digest of its source."""
    ((_, version),) = package_versions([DISTRIBUTION])
    found = {PYTHON: platform.python_version()}
    found[DISTRIBUTION] = f"{version or NOT_INSTALLED} (source {source_digest()[:SHOWN_DIGEST_DIGITS]})"
    return found | {name: version or NOT_INSTALLED for name, version in package_libraries(READING_EXTRAS)}


def differences(here: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """What is another there, in words."""
    names = dict.fromkeys((*here, *there))
    return [
        f"{name} {there.get(name, NOT_INSTALLED)} (here {here.get(name, NOT_INSTALLED)})"
        for name in names
        if here.get(name) != there.get(name)
    ]
