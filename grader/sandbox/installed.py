"""Installed packages: where they lie with everything that they need, and what to do about one that is not there."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path

from grader.spec.packages import distribution_of, is_installed

LIBRARY_SUFFIX = ".libs"  # of a folder beside a package, with the shared libraries that it brings along
NO_MODULE_SUFFIXES = (".dist-info", ".egg-info", ".data", ".pth", ".pyc")


@dataclass
class Places:
    """`modules`: where each name that can be imported lies; `libraries`: folders of shared libraries beside them."""

    modules: dict[str, Path] = field(default_factory=dict)
    libraries: list[Path] = field(default_factory=list)


def missing_package(package: str) -> str | None:
    """What to do about a package that is not installed; None where it is."""
    if is_installed(package):
        return None
    advice = f"run: pip install {distribution_of(package)}"
    return f"the package {package!r}, which submissions may use, is not installed; {advice}"


def places_of(packages: Iterable[str]) -> Places:
    """The places of packages and of all that these need, as their metadata says it."""
    places = Places()
    named, seen = list(packages), set()
    waiting = [name for package in named for name in _distributions_of(package)]
    while waiting:
        name = _normal(waiting.pop())
        if name in seen:
            continue
        seen.add(name)
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        _add(distribution, places)
        waiting += _needed(distribution)
    for package in named:
        if package not in places.modules:  # without metadata, or with metadata that says not where it lies
            places.modules.update(_place_of(package))
    places.modules = dict(sorted(places.modules.items()))
    places.libraries.sort()
    return places


def _distributions_of(package: str) -> list[str]:
    """The distributions that a package was installed by; looked for among all only where its name does not say it."""
    name = distribution_of(package)
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return _all_distributions().get(package, [])
    return [name]


@cache
def _all_distributions() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _place_of(package: str) -> Iterator[tuple[str, Path]]:
    spec = importlib.util.find_spec(package)
    if spec is not None and spec.submodule_search_locations:
        yield package, Path(next(iter(spec.submodule_search_locations))).resolve()
    elif spec is not None and spec.origin is not None:
        yield package, Path(spec.origin).resolve()


def _add(distribution: metadata.Distribution, places: Places) -> None:
    """The modules and folders that a distribution has put beside others."""
    tops = {file.parts[0] for file in distribution.files or () if not file.is_absolute()}
    for top in sorted(tops):
        place = Path(str(distribution.locate_file(top))).resolve()
        name = top.partition(".")[0]
        if top.endswith(LIBRARY_SUFFIX):
            places.libraries.append(place)
        elif name.isidentifier() and name != "__pycache__" and not top.endswith(NO_MODULE_SUFFIXES):
            places.modules.setdefault(name, place)


def _needed(distribution: metadata.Distribution) -> Iterator[str]:
    """The distributions that it needs whatever is asked of it (no extras); one for other systems is not installed."""
    for requirement in distribution.requires or ():
        name = re.match(r"[A-Za-z0-9._-]+", requirement)
        if name is not None and not re.search(r";.*\bextra\b", requirement):
            yield name[0]
