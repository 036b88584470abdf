"""A trace's texts as numbers: one series a quantity, or one an entry of a vector, with the wanted one beside it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.evidence import TraceStep

_WRITTEN_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_SUM = re.compile(rf"(?:about )?({_WRITTEN_NUMBER})(?: ([+-]) ({_WRITTEN_NUMBER}))?(?: \(.*\))?", re.DOTALL | re.ASCII)
_EXACT_FRACTION = re.compile(r"([+-]?\d{1,40})/(\d{1,40})", re.ASCII)

MAX_READ_CHARACTERS = 20_000
"""Characters of one value of a trace that are read; a longer one is not plotted."""

MAX_READ_ENTRIES = 64
"""StepEntries of one vector that become series of their own."""


@dataclass(frozen=True)
class PlottedValue:
    """A value of a series at one step: its text, and the number that it is (None: it is none that can be plotted)."""

    text: str
    number: float | None


@dataclass(frozen=True)
class PlottedSeries:
    """A quantity over the steps of a trace; a step at which there is none has None.

    `is_output`: it is what is judged. A series of the answer, of what was wanted, or both at once.
    """

    name: str
    answer: tuple[PlottedValue | None, ...] = ()
    wanted: tuple[PlottedValue | None, ...] = ()
    is_output: bool = False

    @property
    def numbers(self) -> list[float]:
        """All that can be plotted."""
        values = (*self.answer, *self.wanted)
        return [value.number for value in values if value is not None and value.number is not None]


def plotted_value(text: str) -> PlottedValue:
    """`0.333333 (1/3)`, `-3/2`, `about 1e+20`, `0.5 + 1e-12`; anything else, an infinity, or NaN is no number."""
    found = _SUM.fullmatch(text) if len(text) <= MAX_READ_CHARACTERS else None
    value = None
    if found:
        value = float(found[1]) + (float(f"{found[2]}{found[3]}") if found[2] else 0.0)
    elif fraction := _EXACT_FRACTION.fullmatch(text):
        value = float(Fraction(int(fraction[1]), int(fraction[2]))) if int(fraction[2]) else None
    return PlottedValue(text, value if value is not None and math.isfinite(value) else None)


def entries_of(name: str, text: str) -> Iterator[tuple[str, str]]:
    """A number by its name; the entries of a vector or matrix as `h[0]`, `h[1][0]`, as many as are plotted."""
    if not text.startswith("[") or len(text) > MAX_READ_CHARACTERS:
        yield name, text
        return
    places: list[int] = []
    entry, count = "", 0
    for character in text:
        if character == "[":
            places.append(0)
        elif character in ",]":
            if entry.strip():
                yield name + "".join(f"[{place}]" for place in places), entry.strip()
                entry, count = "", count + 1
                if count == MAX_READ_ENTRIES:
                    return
            if character == "]" and places:
                places.pop()
            elif places:
                places[-1] += 1
        else:
            entry += character


def series_of(trace: Sequence[TraceStep]) -> list[PlottedSeries]:
    """The output first, then the answer's quantities, then those of the behaviour that is wanted.

    Only outputs are compared: a quantity of the behaviour has a series of its own, whatever the answer's are called.
    """
    own = _output_name([(step.student, step.output) for step in trace])
    behaviour = _output_name([(step.wanted, step.expected) for step in trace])
    given = [_entries({"output": step.output}) for step in trace]
    due = [_entries({"output": step.expected if step.counts else ""}) for step in trace]
    answers = [_entries(step.student, own) for step in trace]
    wanted = [_entries(step.wanted, behaviour) for step in trace]
    shown_as = f"{own} (output)" if own else "output"
    outputs = [
        PlottedSeries(name.replace("output", shown_as, 1), _values(name, given), _values(name, due), is_output=True)
        for name in _names([*given, *due])
    ]
    units = [PlottedSeries(name, answer=_values(name, answers)) for name in _names(answers)]
    return [*outputs, *units, *(PlottedSeries(name, wanted=_values(name, wanted)) for name in _names(wanted))]


StepEntries = dict[str, str]
"""The texts of numbers at one step, by their names."""


def _output_name(steps: Sequence[tuple[Mapping[str, str], str]]) -> str:
    """The last quantity, where it is the output under its own name, which is plotted once; else empty."""
    names = list(steps[-1][0])
    is_output = names and all(values.get(names[-1]) == output for values, output in steps)
    return names[-1] if is_output else ""


def _entries(values: Mapping[str, str], left_out: str = "") -> StepEntries:
    return {
        name: value
        for key, text in values.items()
        if text and (key != left_out or not left_out)
        for name, value in entries_of(key, text)
    }


def _names(steps: Sequence[StepEntries]) -> list[str]:
    return list(dict.fromkeys(name for step in steps for name in step))


def _values(name: str, steps: Sequence[StepEntries]) -> tuple[PlottedValue | None, ...]:
    found = tuple(plotted_value(step[name]) if name in step else None for step in steps)
    return found if any(found) else ()
