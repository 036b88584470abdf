"""Sequences in time while a formula is evaluated: given values, free ones, and those that an equation computes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from typing import Any

from grader.deferred import dataclass
from grader.formulas.fractions import Fraction
from grader.formulas.normal import NormalForms
from grader.language.arithmetic import Arithmetic, EvaluationError
from grader.language.arrays import Value
from grader.language.balls import Balls
from grader.language.exact import Exact


class OutOfTime(EvaluationError):
    """A step at which a sequence has no value."""


TimelineStep = int | tuple[Any, ...]
"""A step of a sequence: a whole number, or a key of a step that varies."""


@dataclass
class Timeline:
    """A sequence: `lookup` works out the value at a step, once; `anywhere`: it is free and exists at every step."""

    lookup: Callable[[Any], Value]
    known: dict[TimelineStep, Value] = field(default_factory=dict)
    anywhere: bool = False

    def at(self, step: TimelineStep) -> Value:
        """The value at a step."""
        if step not in self.known:
            self.known[step] = self.lookup(step)
        return self.known[step]


@dataclass
class ObservedStep:
    """A sequence as formulas see it: which steps they ask for is noted."""

    timeline: Timeline
    reached: set[int]

    def at(self, step: int) -> Value:
        """The value at a step."""
        self.reached.add(step)
        return self.timeline.at(step)


def indexed(arithmetic: Arithmetic, value: Value, index: Value) -> Value:
    """`h[t+1]`: an index into a sequence is a step."""
    if isinstance(value, ObservedStep | Timeline):
        return value.at(arithmetic.whole(index))
    return None


class BallsInTime(Balls):
    """Balls, with sequences."""

    def index(self, value: Value, index: Value) -> Value:
        found = indexed(self, value, index)
        return super().index(value, index) if found is None else found


class NormalFormsInTime(NormalForms):
    """Normal forms, with sequences; a step that varies makes a variable of a free sequence, one for each step."""

    def index(self, value: Value, index: Value) -> Value:
        timeline = value.timeline if isinstance(value, ObservedStep) else value
        varies = isinstance(index, Fraction) and index.constant() is None
        if isinstance(timeline, Timeline) and timeline.anywhere and varies:
            return timeline.at(index.key())
        found = indexed(self, value, index)
        return super().index(value, index) if found is None else found


class ExactInTime(Exact):
    """Rationals, with sequences."""

    def index(self, value: Value, index: Value) -> Value:
        found = indexed(self, value, index)
        return super().index(value, index) if found is None else found
