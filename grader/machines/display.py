"""Inputs and outputs of counterexamples for people: long ones run by run, numbers as decimals beside fractions."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from flint import arb, fmpq

from grader.deferred import dataclass
from grader.language.arrays import Array, Value
from grader.language.ball_numbers import midpoint, show_ball
from grader.language.doubles import show_double
from grader.language.numbers import short_decimal, show_beside
from grader.machines.alphabet import Alphabet, Symbol, Word

MAX_PLAIN_CHARACTERS = 60
"""Characters of an input or of outputs that are shown step by step; longer ones are shown run by run."""

MAX_INPUT_CHARACTERS, MAX_OUTPUT_CHARACTERS = 1_000, 240
"""Characters of an input and of outputs that are shown run by run; of longer ones the middle is left out."""

MAX_PERIOD_STEPS = 8
"""Steps of the longest stretch whose repetitions are counted."""

MIN_REPETITIONS, MIN_RUN_STEPS = 3, 6
"""Repetitions of a stretch, and the steps of all of them, from which on they are counted."""

MAX_READ_STEPS = 100_000
"""Steps of an input that is read run by run."""

_RUN = re.compile(r"(\d{1,9}) x (.+)", re.DOTALL)
_THEN = ", then "


def short_word(alphabet: Alphabet, word: Word) -> str:
    """An input as `show_word` has it; a long one run by run (`281 x 1, then 2`, `40 x (0 1)`): see `read_runs`."""
    plain = alphabet.show_word(word)
    if len(plain) <= MAX_PLAIN_CHARACTERS:
        return plain
    steps = [alphabet.show_word([symbol]) for symbol in word]
    return _in_runs(steps, alphabet.notation.joint, MAX_INPUT_CHARACTERS)


def read_runs(alphabet: Alphabet, text: str) -> Word:
    """An input as `Alphabet.read_word` reads it, or one that is written run by run.

    Raises:
        ValueError: for text that is no input.
    """
    word: list[Symbol] = []
    for part in text.split(_THEN):
        found = _RUN.fullmatch(part.strip())
        times = int(found[1]) if found else 1
        steps = alphabet.read_word(_without_brackets(alphabet, found[2]) if found else part)
        if len(word) + times * len(steps) > MAX_READ_STEPS:
            raise ValueError(f"an input of more than {MAX_READ_STEPS} steps is not read")
        word += steps * times
    return tuple(word)


def _without_brackets(alphabet: Alphabet, text: str) -> str:
    """The steps of a stretch; the brackets around several of them are neither a symbol's nor a step's of several."""
    notation = alphabet.notation
    if not notation.joint or notation.is_step(text):
        return text
    wrapped = text.startswith("((" if notation.is_grouped else "(") and text.endswith(
        "))" if notation.is_grouped else ")"
    )
    return text[1:-1] if wrapped else text


def short_outputs(outputs: Sequence[Value], beside: Sequence[Value] = (), marks: Sequence[Value] = ()) -> str:
    """Outputs, one a step: bits side by side, long ones run by run.

    `beside`: the other outputs at the same steps; `marks`: numbers that all of them are compared with.
    """
    texts = [shown(output, *beside[i : i + 1], *marks) for i, output in enumerate(outputs)]
    joint = "" if all(text in ("0", "1") for text in texts) else " "
    plain = joint.join(texts)
    return plain if len(plain) <= MAX_PLAIN_CHARACTERS else _in_runs(texts, joint, MAX_OUTPUT_CHARACTERS)


def shown(value: Value, *beside: Value) -> str:
    """`1`, `-0.5`, `0.333333 (1/3)`, `[1, 0]`: with enough digits to differ from the values that it stands beside."""
    if isinstance(value, fmpq) and (exact := short_decimal(value)):
        return exact
    if type(value) is float:
        return show_double(value)
    numbers = [other for other in beside if isinstance(other, (fmpq, arb))]
    if isinstance(value, arb):
        return show_ball(value, *numbers)
    if isinstance(value, fmpq):
        middles = (midpoint(other) if isinstance(other, arb) else other for other in numbers)
        return show_beside(value, *(other for other in middles if other is not None))
    if not isinstance(value, Array):
        return str(value)
    like = [other for other in beside if isinstance(other, Array) and other.shape == value.shape]
    items = (shown(value.item(i), *(other.item(i) for other in like), *numbers) for i in range(value.shape[0]))
    return f"[{', '.join(items)}]"


@dataclass(frozen=True)
class _Stretch:
    """Steps and how often they come, one time after the other."""

    steps: tuple[str, ...]
    times: int

    @property
    def length(self) -> int:
        return len(self.steps) * self.times

    def text(self, joint: str) -> str:
        stretch = joint.join(self.steps)
        if self.times == 1:
            return stretch
        return f"{self.times} x {stretch}" if len(self.steps) == 1 or not joint else f"{self.times} x ({stretch})"


def _in_runs(steps: Sequence[str], joint: str, most: int) -> str:
    """Steps run by run: `281 x 1, then 2`."""
    runs = _runs(steps)
    whole = _THEN.join(run.text(joint) for run in runs)
    if len(whole) <= most:
        return whole
    front = _fitting(runs, joint, most // 2, lambda steps, count: steps[:count])
    back = _fitting(runs[::-1], joint, most // 2, lambda steps, count: steps[len(steps) - count :])[::-1]
    left_out = len(steps) - sum(run.length for run in (*front, *back))
    parts = [*(run.text(joint) for run in front), f"({left_out} more steps)", *(run.text(joint) for run in back)]
    return _THEN.join(parts)


_Cut = Callable[[tuple[str, ...], int], tuple[str, ...]]
"""So many of the steps: from the front, or from the back."""


def _fitting(runs: Sequence[_Stretch], joint: str, most: int, cut: _Cut) -> list[_Stretch]:
    """The first runs, in about so many characters; of one without repetitions that does not fit, some of its steps."""
    chosen: list[_Stretch] = []
    for run in runs:
        size = len(run.text(joint)) + len(_THEN)
        if size > most:
            count = min(len(run.steps) - 1, most * len(run.steps) // size) if run.times == 1 else 0
            return [*chosen, _Stretch(cut(run.steps, count), 1)] if count > 0 else chosen
        chosen.append(run)
        most -= size
    return chosen


def _runs(steps: Sequence[str]) -> list[_Stretch]:
    """The steps in order, with repetitions counted where they come often enough."""
    runs: list[_Stretch] = []
    single: list[str] = []
    start = 0
    while start < len(steps):
        best = max(
            (_repeated(steps, start, period) for period in range(1, MAX_PERIOD_STEPS + 1)), key=lambda run: run.length
        )
        if best.times >= MIN_REPETITIONS and best.length >= MIN_RUN_STEPS:
            runs += [_Stretch(tuple(single), 1)] if single else []
            runs.append(best)
            single, start = [], start + best.length
        else:
            single.append(steps[start])
            start += 1
    return [*runs, _Stretch(tuple(single), 1)] if single else runs


def _repeated(steps: Sequence[str], start: int, period: int) -> _Stretch:
    """The stretch of so many steps from `start` on, as often as it comes."""
    stretch, times = tuple(steps[start : start + period]), 1
    while tuple(steps[start + times * period : start + (times + 1) * period]) == stretch:
        times += 1
    return _Stretch(stretch, times)
