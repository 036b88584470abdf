"""The requirements of an export: what is installed here, all of it, and with its version."""

import re
from importlib import metadata

import pytest
from packaging.requirements import Requirement

from grader.errors import HarnessError
from grader.export import pinned
from grader.export.pinned import pinned_requirements, python_version


def by_name(text):
    comment, *lines = text.splitlines()
    assert comment == f"# The versions of Python {python_version()} with which the course was tried."
    return {Requirement(line.partition(" #")[0]).name: line for line in lines}


def test_every_line_is_the_version_that_is_installed():
    found = by_name(pinned_requirements())
    assert {"numpy", "z3-solver", "pytest", "python-flint"} <= set(found)
    assert {"iniconfig", "annotated-types"} <= set(found), "what the grader's own requirements need"
    assert not {"proofgrade", "ruff", "mypy", "distributed", "starlette"} & set(found)
    for name, line in found.items():
        assert line == f"{name}=={metadata.version(name).partition('+')[0]}"
    assert list(found) == sorted(found)


def test_every_requirement_of_every_line_is_there():
    found = by_name(pinned_requirements(["scipy"]))
    assert "scipy" in found
    for name in found:
        for line in metadata.requires(name) or ():
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                assert re.sub("[-_.]+", "-", needed.name).lower() in found


def test_a_package_that_is_not_installed_here_has_no_version():
    found = by_name(pinned_requirements(["numpy", "no_such_package", "sklearn"]))
    assert found["no_such_package"].startswith("no_such_package # not installed where this was made")


def test_a_build_of_ones_own_is_named_by_its_release(monkeypatch):
    monkeypatch.setattr(pinned.metadata, "version", lambda name: "2.4.0+cpu")
    assert set(by_name(pinned_requirements()).values()) == {f"{name}==2.4.0" for name in by_name(pinned_requirements())}


def test_without_an_installed_grader_nothing_is_known(monkeypatch):
    monkeypatch.setattr(pinned, "DISTRIBUTION", "not-the-grader")
    with pytest.raises(
        HarnessError, match="not-the-grader is not installed, so what not-the-grader needs is not known"
    ):
        pinned_requirements()
