"""Weights and inputs as a report carries them: exactly, so that what it says can be checked again from it alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flint import fmpq

from grader.language.arrays import Array, Value
from grader.language.limits import MAX_NUMBER_DIGITS
from grader.language.numbers import NumberError, read_rational
from grader.machines.alphabet import Alphabet, Word, numbers_of
from grader.machines.display import read_runs

ExactWord = tuple[tuple[str, ...], ...]
"""All numbers of each step."""


def exact_texts(values: Mapping[str, Value]) -> dict[str, Any]:
    """By name a text, or a list of texts or of lists, that `read_value` reads as the same value."""
    return {name: _nested(value) for name, value in values.items()}


def _nested(value: Value) -> Any:
    if isinstance(value, Array):
        return [_nested(value.item(i)) for i in range(value.shape[0])]
    return exact_text(value) if isinstance(value, fmpq) else str(value)


def exact_text(number: fmpq) -> str:
    """`-3/2`; a decimal with an exponent where a fraction has more digits than are read."""
    text = str(number)
    if len(text) <= MAX_NUMBER_DIGITS:
        return text
    places = len(str(number.q)) - 1
    if places >= MAX_NUMBER_DIGITS and number.q == 10**places:
        return f"{number.p}e-{places}"
    if len(text) > MAX_NUMBER_DIGITS and number.q == 1:
        stripped = text.rstrip("0")
        return f"{stripped}e{len(text) - len(stripped)}"
    return text


def exact_word(alphabet: Alphabet, word: Word, text: str) -> ExactWord:
    """The numbers of a word; empty where the text that a report shows of it is read as the same word."""
    if not word:
        return ()
    try:
        shown = read_runs(alphabet, text)
    except ValueError:
        shown = ()
    return () if shown == word else tuple(tuple(map(exact_text, numbers_of(symbol))) for symbol in word)


def read_exact_word(alphabet: Alphabet, shown: str, steps: ExactWord) -> Word:
    """The word of which a report shows a text and, where that is not exact, all steps.

    Raises:
        ValueError: if there is none.
    """
    if not steps:
        return read_runs(alphabet, shown) if shown else ()
    word = []
    for numbers in steps:
        symbol = alphabet.symbol([read_rational(number) for number in numbers])
        kinds = zip(alphabet.number_domains, numbers_of(symbol), strict=True)
        if not all(kind.holds(number) for kind, number in kinds):
            raise NumberError(f"({', '.join(numbers)}) is no input")
        word.append(symbol)
    return tuple(word)


def values_in_lines(weights: Mapping[str, Any]) -> Iterator[str]:
    """`W: [[1, 2], [3, 1/2]]`, a line a parameter, as it could stand in a file of answers."""
    yield from (f"{name}: {_in_brackets(value)}" for name, value in weights.items())


def _in_brackets(value: Any) -> str:
    return f"[{', '.join(map(_in_brackets, value))}]" if isinstance(value, list) else str(value)


def index_in_words(shape: tuple[int, ...], entry: int) -> str:
    """`[1][0]`: where an entry of an array of at most two dimensions stands, counted row by row; "" of a number."""
    if len(shape) == 2:
        return f"[{entry // shape[1]}][{entry % shape[1]}]"
    return f"[{entry}]" if shape else ""
