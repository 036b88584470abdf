"""Sets of inputs as a line of text: `vector(1..8, real(-1000..1000))`, `one of 0.5, 1, 5`, `sequence(n, bit)`."""

from __future__ import annotations

import re
from collections.abc import Callable

from flint import fmpq

from grader.inputs.ranges import value_of
from grader.inputs.sets import ArraySet, Choice, GeneratorSet, InputSet, Length, NumberSet, SequenceSet
from grader.language.arithmetic import EvaluationError
from grader.language.numbers import NumberError, read_rational
from grader.language.parse import ExpressionError, parse
from grader.language.tree import Number as Literal
from grader.language.tree import Tree

SET_FORMS = (
    "bit",
    "bits(length)",
    "integer(a..b)",
    "real(a..b)",
    "one of a, b, c",
    "sequence(length, set)",
    "vector(length, set)",
    "matrix(rows, columns, set)",
    "array(n, m, ..., set)",
    "word(length, letters)",
    "generator",
)
SET_HEAD = re.compile(r"([a-z]+)\s*(?:\((.*)\))?", re.DOTALL)
MAX_SET_DEPTH = 8
MAX_AXES = 6
"""Axes of an array."""


class InputSetError(ValueError):
    """Text that is no set of inputs; `at` is the offset of the trouble."""

    def __init__(self, message: str, at: int = 0) -> None:
        super().__init__(message)
        self.at = at


def read_input_set(text: str, at: int = 0, depth: int = 0) -> InputSet:
    """The set that a line of text describes.

    Raises:
        InputSetError: with the offset of the part that is not understood.
    """
    if depth > MAX_SET_DEPTH:
        raise InputSetError("sets are nested too deeply", at)
    lead = len(text) - len(text.lstrip())
    at, text = at + lead, text.strip()
    if text.startswith("one of "):
        return _choice(text[len("one of ") :], at)
    found = SET_HEAD.fullmatch(text)
    name, inside = (found[1], found[2]) if found else ("", None)
    offset = at + (text.index("(") + 1 if inside is not None else 0)
    parts = split_parts(inside, ",", offset, _ARITY.get(name)) if inside is not None else []
    reader = _SET_READERS.get((name, len(parts)))
    if name == "array" and 2 <= len(parts) <= 1 + MAX_AXES:
        reader = _array
    if reader is None:
        raise InputSetError(f"{text!r} is not a set of inputs (there are {'; '.join(SET_FORMS)})", at)
    return reader(parts, depth + 1)


Part = tuple[str, int]


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
    text, at = part
    try:
        return parse(text, keys=True)
    except ExpressionError as error:
        raise InputSetError(error.message, at + error.at) from None


def read_range(part: Part) -> tuple[Tree, Tree]:
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


def _length(part: Part) -> Length:
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


def _number(kind: str) -> Callable[[list[Part], int], InputSet]:
    def read(parts: list[Part], depth: int) -> InputSet:
        low, high = read_range(parts[0]) if parts else (None, None)
        return NumberSet("integer" if kind == "integer" else "real", low, high)

    return read


def _choice(text: str, at: int) -> Choice:
    parts = split_parts(text, ",", at)
    for part, place in parts:
        if part.strip()[:1] in ("[", "("):
            advice = "write a YAML list of sets, such as vector(3, bit)"
            raise InputSetError(
                f"`one of` takes numbers and words, not lists like {part.strip()}: {advice}", place + len("one of ")
            )
    values = [read_value(part) for part, _ in parts]
    if not all(value != "" for value in values):
        raise InputSetError("a value is missing after `one of`", at)
    return Choice(tuple(values))


def read_value(text: str) -> int | float | str:
    """A number as Python has it, else the word itself."""
    try:
        number = read_rational(text.strip())
    except NumberError:
        return text.strip()
    return int(number.p) if number.q == 1 else int(number.p) / int(number.q)


BIT_SET = NumberSet("integer", Literal(fmpq(0)), Literal(fmpq(1)))


def _sequence(form: str) -> Callable[[list[Part], int], InputSet]:
    def read(parts: list[Part], depth: int) -> InputSet:
        element = _numbers(parts[1], depth) if form == "vector" else read_input_set(*parts[1], depth)
        return SequenceSet("vector" if form == "vector" else "sequence", _length(parts[0]), element)

    return read


def _array(parts: list[Part], depth: int) -> InputSet:
    *lengths, element = parts
    return ArraySet(tuple(map(_length, lengths)), _numbers(element, depth))


def _numbers(part: Part, depth: int) -> InputSet:
    """The entries of a vector or a matrix."""
    element = read_input_set(*part, depth)
    if isinstance(element, NumberSet) or (
        isinstance(element, Choice) and not any(isinstance(v, str) for v in element.values)
    ):
        return element
    raise InputSetError(f"{part[0].strip()!r} is no set of numbers, as a vector or a matrix holds", part[1])


def _word(parts: list[Part], depth: int) -> InputSet:
    letters = parts[1][0].strip()
    if not letters:
        raise InputSetError("a word needs letters", parts[1][1])
    return SequenceSet("word", _length(parts[0]), Choice(tuple(dict.fromkeys(letters))))


_SET_READERS: dict[tuple[str, int], Callable[[list[Part], int], InputSet]] = {
    ("bit", 0): lambda parts, depth: BIT_SET,
    ("bits", 1): lambda parts, depth: SequenceSet("sequence", _length(parts[0]), BIT_SET),
    ("integer", 0): _number("integer"),
    ("integer", 1): _number("integer"),
    ("real", 0): _number("real"),
    ("real", 1): _number("real"),
    ("sequence", 2): _sequence("sequence"),
    ("vector", 2): _sequence("vector"),
    ("matrix", 3): _array,
    ("word", 2): _word,
    ("generator", 0): lambda parts, depth: GeneratorSet(),
}
_ARITY = {name: arity for name, arity in _SET_READERS if arity > 1}
