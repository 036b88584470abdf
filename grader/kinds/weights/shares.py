"""Answers that earn a share of the points: right under another reading, or with values that the question forbids."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction

from flint import fmpq

from grader.deferred import dataclass
from grader.errors import Problem, SourceLocation, in_sentences, listed
from grader.kinds.weights.exact_texts import index_in_words
from grader.kinds.weights.forms import Convention
from grader.language.arrays import Value, entries
from grader.language.numbers import show_number
from grader.machines.display import shown
from grader.machines.system import Otherwise, Parameter
from grader.verdict import CheckResult, NamedMistake, QuestionResult, points_in_words

ValuePlaces = Mapping[str, tuple[SourceLocation, ...]]
"""Where the numbers of a parameter stand, in their order: one place for each, or one for all of them."""


@dataclass(frozen=True)
class BrokenRestriction:
    """The first number of a parameter that is not among those allowed, and what such an answer earns."""

    parameter: str
    entry: str
    number: fmpq
    allowed: tuple[fmpq, ...]
    otherwise: Otherwise
    place: SourceLocation | None

    def __str__(self) -> str:
        """`W[0][1] is 2, not -1, 0 or 1`."""
        return f"{self.entry} is {shown(self.number)}, not {self.allowed_in_words}"

    @property
    def allowed_in_words(self) -> str:
        """`-1, 0 or 1`."""
        return listed(map(show_number, self.allowed), "or")


def broken_restrictions(
    parameters: Mapping[str, Parameter], values: Mapping[str, Value], places: ValuePlaces
) -> Iterator[BrokenRestriction]:
    """The restrictions that an answer breaks without being refused for it."""
    for name, parameter in parameters.items():
        if parameter.allowed is None or parameter.otherwise is None:
            continue
        for i, number in enumerate(entries(values[name])):
            if number not in parameter.allowed:
                where = places.get(name, ())
                place = where[i if len(where) > i else 0] if where else None
                entry = f"{name}{index_in_words(parameter.shape, i)}"
                yield BrokenRestriction(name, entry, number, parameter.allowed, parameter.otherwise, place)
                break


def with_restriction(result: QuestionResult, broken: BrokenRestriction) -> QuestionResult:
    """What an answer earns that breaks a restriction: a share of what it would earn if there were none.

    Shares of several restrictions, and of a reading, are multiplied.
    """
    earns = broken.otherwise.earns
    problem = Problem(f"{broken}: the answer earns {in_percent(earns)} of its points", broken.place)
    said = in_sentences([part for part in (str(problem), broken.otherwise.say) if part])
    checks = tuple(_shared(check, earns, f"{broken}, which earns {in_percent(earns)}") for check in result.checks)
    named = NamedMistake("restriction", f"{broken.parameter} has other values than {broken.allowed_in_words}")
    return replace(result, checks=checks, messages=(said, *result.messages), mistakes=(named, *result.mistakes))


def with_reading(result: QuestionResult, reading: Convention) -> QuestionResult:
    """What an answer earns that was marked under a reading: its share of each line."""
    shared = replace(result, checks=tuple(_read(check, reading) for check in result.checks))
    lost = result.points - shared.points
    share = "all points" if reading.earns == 1 else f"{in_percent(reading.earns)} of the points"
    of_all = f" ({points_in_words(lost)} of {points_in_words(result.max_points)} are lost for it)" if lost else ""
    message = f"marked as a whole under the reading {reading.name!r}, which earns {share}{of_all}"
    named = NamedMistake("reading", reading.name)
    return replace(shared, messages=(message, *result.messages), mistakes=(named, *result.mistakes))


def _read(check: CheckResult, reading: Convention) -> CheckResult:
    earns = f", which earns {in_percent(reading.earns)}" if reading.earns < 1 and check.points else ""
    said = f"read with {reading.name!r}{earns}"
    if check.outcome in ("passed", "held") or check.points:
        return _shared(check, reading.earns, said)
    return replace(check, message=f"{check.message}; {said}") if check.outcome == "failed" else check


def _shared(check: CheckResult, share: Fraction, why: str) -> CheckResult:
    """A line with a share of its points; one that loses some of them has not passed."""
    if check.outcome not in ("passed", "held") and not check.points:
        return check
    loses = share < 1 and check.max_points > 0 and check.outcome == "passed"
    message = f"{check.message or 'holds'}; {why}"
    return replace(check, points=check.points * share, outcome="failed" if loses else check.outcome, message=message)


def in_percent(share: Fraction) -> str:
    """`60%`."""
    return f"{points_in_words(share * 100)}%"
