"""The parts of a line of text such as `vector(1..8, real(-1..1))`, each with its offset."""

from __future__ import annotations

import re

from grader.inputs.ranges import Length, value_of
from grader.language.arithmetic import EvaluationError
from grader.language.numbers import NumberError, read_rational
from grader.language.parse import ExpressionError, parse
from grader.language.tree import Tree

SET_HEAD = re.compile(r"([a-z]+)\s*(?:\((.*)\))?", re.DOTALL)
MAX_SET_DEPTH = 8
MAX_AXES = 6
"""Axes of an array."""

Part = tuple[str, int]


class InputSetError(ValueError):
    """Text that is no set of inputs; `at` is the offset of the trouble."""

    def __init__(self, message: str, at: int = 0) -> None:
        super().__init__(message)
        self.at = at


def split_parts(text: str, mark: str, at: int, most: int | None = None) -> list[Part]:
    """The parts between marks outside brackets, each with its offset; the last of `most` parts keeps its marks."""
    parts: list[Part] = []
    level, start, i = 0, 0, 0
    while i < len(text):
        level += (text[i] in "([") - (text[i] in ")]")
        if level == 0 and text.startswith(mark, i) and (most is None or len(parts) < most - 1):
            parts.append((text[start:i], at + start))
            i += len(mark)
            start = i
        else:
            i += 1
    parts.append((text[start:], at + start))
    return parts


def read_part(part: Part) -> Tree:
    """The expression that a part is.

    Raises:
        InputSetError: with the offset of what is not understood.
    """
    text, at = part
    try:
        return parse(text, keys=True)
    except ExpressionError as error:
        raise InputSetError(error.message, at + error.at) from None


def read_range(part: Part) -> tuple[Tree, Tree]:
    """The bounds of `a..b`.

    Raises:
        InputSetError: where there are not two, or the first is the larger one.
    """
    bounds = split_parts(part[0], "..", part[1])
    if len(bounds) != 2:
        raise InputSetError(f"{part[0].strip()!r} is not a range: write a..b", part[1])
    low, high = read_part(bounds[0]), read_part(bounds[1])
    if _is_number_above(low, high):
        raise InputSetError(f"{part[0].strip()!r} holds nothing: the smaller bound comes first", part[1])
    return low, high


def _is_number_above(low: Tree, high: Tree) -> bool:
    """Whether both are numbers, with names of no others in them, and the first is the larger one."""
    try:
        return bool(value_of(low, {}) > value_of(high, {}))
    except (ExpressionError, EvaluationError, TypeError):  # told elsewhere, or known once other inputs are
        return False


def read_length(part: Part) -> Length:
    """The sizes that `3`, `1..8` or `2..12 step 2` allows.

    Raises:
        InputSetError: with the offset of what is not understood.
    """
    text, at = part
    step = 1
    if found := re.search(r"\s+step\s+(\d+)\s*$", text):
        step, text = int(found[1]), text[: found.start()]
        if not step:
            raise InputSetError("a step is at least 1", at + found.start())
    if ".." in text:
        low, high = read_range((text, at))
        return Length(low, high, step)
    exact = read_part((text, at))
    return Length(exact, exact, step)


def read_value(text: str) -> int | float | str:
    """A number as Python has it, else the word itself."""
    try:
        number = read_rational(text.strip())
    except NumberError:
        return text.strip()
    return int(number.p) if number.q == 1 else int(number.p) / int(number.q)
