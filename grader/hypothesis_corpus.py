"""Drawing with Hypothesis from a fixed seed: no database, no deadline, no clock, so that a run can be repeated."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from grader.errors import HarnessError

if TYPE_CHECKING:
    import hypothesis
    from hypothesis.strategies import SearchStrategy

DrawnValue = TypeVar("DrawnValue")


class SearchOverError(BaseException):
    """Ends a search with what it has found; Hypothesis takes no other exception for more than a failure."""


class _Found(Exception):
    """A failing value has been drawn."""


def settings(examples: int) -> hypothesis.settings:
    """Settings under which the seed alone decides."""
    import hypothesis

    return hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink],
        suppress_health_check=list(hypothesis.HealthCheck),
        report_multiple_bugs=False,
        verbosity=hypothesis.Verbosity.quiet,
    )


def corpus(strategy: SearchStrategy[DrawnValue], examples: int, seed: int) -> list[DrawnValue]:
    """What Hypothesis draws from a strategy with a fixed seed, the same on every run; nothing where nothing is."""
    import hypothesis

    found: list[DrawnValue] = []

    @hypothesis.seed(seed)
    @settings(examples)
    @hypothesis.given(strategy)
    def draw(value: DrawnValue) -> None:
        found.append(value)

    with _nothing_local(), suppress(hypothesis.errors.Unsatisfiable):
        draw()
    return found


def smallest(
    strategy: SearchStrategy[DrawnValue], fails: Callable[[DrawnValue], bool], examples: int, seed: int
) -> DrawnValue | None:
    """The smallest failing value that Hypothesis comes to; None where it finds none.

    It starts from the first failing value of the `corpus` with the same strategy, number of examples and seed. Where
    `fails` raises `SearchOverError`, what was found last is returned.
    """
    import hypothesis

    found: list[DrawnValue] = []

    @hypothesis.seed(seed)
    @settings(examples)
    @hypothesis.given(strategy)
    def look(value: DrawnValue) -> None:
        if fails(value):
            found.append(value)
            raise _Found

    try:
        with _nothing_local(), suppress(hypothesis.errors.Unsatisfiable):
            look()
    except (_Found, SearchOverError):
        pass
    return found[-1] if found else None  # the last that it looks at is the smallest


@contextmanager
def _nothing_local() -> Iterator[None]:
    """Hypothesis likes to draw numbers that stand in the modules of the project around it (since 6.131), so that what
    it draws would hang on which are loaded, and on whether the grader is installed or checked out.
    """
    providers, configuration = _internals()
    replaced = ("_get_local_constants", "CONSTANTS_CACHE")
    before = [getattr(providers, name) for name in replaced]
    nothing = providers.Constants()
    with _files_of_our_own(configuration):
        providers._get_local_constants = lambda: nothing
        providers.CONSTANTS_CACHE = type(providers.CONSTANTS_CACHE)(1024)
        try:
            yield
        finally:
            for name, value in zip(replaced, before, strict=True):
                setattr(providers, name, value)


INTERNALS = {
    "hypothesis.internal.conjecture.providers": ("_get_local_constants", "CONSTANTS_CACHE", "Constants"),
    "hypothesis.configuration": ("set_hypothesis_home_dir", "__hypothesis_home_directory"),
}
"""What is used of Hypothesis that it does not document, by module."""


def _internals() -> list[Any]:
    """The modules of `INTERNALS`.

    Raises:
        HarnessError: if this version of Hypothesis lacks a name, so that other inputs than a class has met were drawn.
    """
    from hypothesis import __version__

    modules = [importlib.import_module(name) for name in INTERNALS]
    for module in modules:
        for name in INTERNALS[module.__name__]:
            if not hasattr(module, name):
                raise HarnessError(
                    f"Hypothesis {__version__} has no {module.__name__}.{name}, without which it draws other inputs on"
                    " every machine: install a version that the grader was tested with (see its pyproject.toml)"
                )
    return modules


@contextmanager
def _files_of_our_own(configuration: Any) -> Iterator[None]:
    """Hypothesis keeps its table of letters in `.hypothesis` of the current folder, which may be a submission: what is
    drawn would hang on a file that was handed in. In here it lies in the user's cache folder.
    """
    before = configuration.__hypothesis_home_directory
    configuration.set_hypothesis_home_dir(_cache_folder())
    try:
        yield
    finally:
        configuration.set_hypothesis_home_dir(before)


def _cache_folder() -> Path:
    """Where Hypothesis may keep files; where this user has no folder for them, a place that can hold none."""
    import platformdirs  # here, so that what draws nothing never pays for it

    try:
        return platformdirs.user_cache_path("proofgrade") / "hypothesis"
    except (OSError, RuntimeError):
        return Path(os.devnull)
