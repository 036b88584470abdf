"""The requirements of an exported grader, with the versions of the environment that the export was made in.

The rule: every distribution that the grader (and a package that the course allows) needs here, directly or through
another one, is pinned to the version that is installed here, since that is what the course was tried with. What only
another Python or system needs is not named; pip adds it there. The first line says which Python the versions are of.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable, Iterator
from importlib import metadata

from packaging.requirements import Requirement as PackageRequirement
from packaging.utils import canonicalize_name

from grader.errors import HarnessError
from grader.fingerprint import DISTRIBUTION
from grader.spec.packages import distribution_of


def pinned_requirements(packages: Iterable[str] = ()) -> str:
    """A requirements.txt for the grader and for `packages` that code may import, without the grader itself.

    Raises:
        HarnessError: if the grader runs without having been installed, or something that it needs is not there.
    """
    found = _closure(DISTRIBUTION, frozenset())
    allowed = sorted({distribution_of(package) for package in packages})
    free = [name for name in allowed if _version(name) is None]
    for name in allowed:
        if name not in free:
            found |= _closure(name, frozenset())
    found.pop(canonicalize_name(DISTRIBUTION), None)
    lines = [f"# The versions of Python {python_version()} with which the course was tried."]
    lines += [f"{name}=={version}" for name, version in sorted(found.items())]
    lines += [f"{name} # not installed where this was made, so no version is known" for name in free]
    return "".join(f"{line}\n" for line in lines)


def python_version() -> str:
    """`3.12`: the Python whose versions are pinned."""
    return ".".join(platform.python_version_tuple()[:2])


def _closure(name: str, extras: frozenset[str]) -> dict[str, str]:
    """The versions of a distribution and of all that it needs here, by their canonical names."""
    found: dict[str, str] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    waiting: list[tuple[str, frozenset[str]]] = [(canonicalize_name(name), extras)]
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        version = _version(one[0])
        if version is None:
            raise HarnessError(f"{one[0]} is not installed, so what {name} needs is not known: pip install {name}")
        found[one[0]] = version
        waiting += _needed(*one)
    return found


def _needed(name: str, extras: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """What a distribution needs here, with the extras that it asks for."""
    for line in metadata.requires(name) or ():
        needed = PackageRequirement(line)
        asked = [{"extra": extra} for extra in ("", *extras)]
        if needed.marker is None or any(needed.marker.evaluate(environment) for environment in asked):
            yield canonicalize_name(needed.name), frozenset(needed.extras)


def _version(name: str) -> str | None:
    """The version that is installed; of a build of one's own (`2.4.0+cpu`), that of the release. None where none is."""
    try:
        return re.sub(r"\+.*", "", metadata.version(name))
    except metadata.PackageNotFoundError:
        return None
