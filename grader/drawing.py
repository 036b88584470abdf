"""Drawing with Hypothesis from a fixed seed: no database, no deadline, no clock, so that a run can be repeated."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import hypothesis
    from hypothesis.strategies import SearchStrategy

T = TypeVar("T")


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


def corpus(strategy: SearchStrategy[T], examples: int, seed: int) -> list[T]:
    """What Hypothesis draws from a strategy with a fixed seed: the same on every run."""
    import hypothesis

    found: list[T] = []

    @hypothesis.seed(seed)
    @settings(examples)
    @hypothesis.given(strategy)
    def draw(value: T) -> None:
        found.append(value)

    draw()
    return found


def smallest(strategy: SearchStrategy[T], fails: Callable[[T], bool], examples: int, seed: int) -> T | None:
    """The smallest failing value that Hypothesis comes to from a seed; None where it finds none."""
    import hypothesis

    try:
        return hypothesis.find(strategy, fails, settings=settings(examples), random=Random(seed))
    except hypothesis.errors.NoSuchExample:
        return None
