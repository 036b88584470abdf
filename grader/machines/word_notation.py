"""How words of inputs are written and read: `0110`, `ab(a)b`, `<s> a b`, `-1 0 2`, `(0,1) (1,1)`, `(a,0.5) (b,1)`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

from flint import fmpq

from grader.deferred import dataclass
from grader.errors import did_you_mean
from grader.language.numbers import RATIONAL_ONE, RATIONAL_ZERO, read_rational, show_number
from grader.machines.word_expression import symbol_list

_BETWEEN_PARTS = r"[\s,]+"
_BITS = re.compile("[01]+")
_BIT_VALUES = {"0": RATIONAL_ZERO, "1": RATIONAL_ONE}


@dataclass(frozen=True)
class WrittenInput:
    """What of an input matters for how it is written: its numbers at a step, and its symbols by name, if it has any.

    `holds` says whether it may be a number, `is_bit` that it is 0 or 1.
    """

    size: int
    symbols: Mapping[str, tuple[fmpq, ...]]
    holds: Callable[[fmpq], bool]
    is_bit: bool


class WordNotation:
    """The notation of words over some inputs.

    A step is a bit, the name of a symbol, a number, or a group of these in brackets, one for each number or symbol of a
    step. Bits, and names of one character, stand side by side; everything else is apart by spaces.
    """

    def __init__(self, inputs: Mapping[str, WrittenInput]) -> None:
        self._inputs = inputs
        only = next(iter(inputs.values())) if len(inputs) == 1 else None
        self._names = {
            name: {numbers: symbol for symbol, numbers in one.symbols.items()} for name, one in inputs.items()
        }
        self.is_bits = only is not None and only.is_bit
        self._one_of = next(iter(inputs)) if only is not None and only.symbols else ""
        short = self._one_of and all(len(name) == 1 for name in inputs[self._one_of].symbols)
        self._has_names = any(one.symbols for one in inputs.values())
        self.joint = "" if self.is_bits or short else " "
        """What stands between two steps."""
        self.is_grouped = not self._one_of and sum(one.size for one in inputs.values()) > 1
        """Whether a step is a group in brackets."""

    def name_of(self, channel: str, numbers: Sequence[fmpq]) -> str:
        """The name of the symbol with these numbers; empty for an input without symbols."""
        names = self._names[channel]
        return names.get(tuple(numbers), "") if names else ""

    def is_step(self, text: str) -> bool:
        """Whether a text is one step by itself, where steps have names that may hold brackets."""
        if self._one_of:
            return text in self._inputs[self._one_of].symbols
        return self._has_names and self._step.fullmatch(text) is not None

    def show(self, numbers: Sequence[fmpq]) -> str:
        """One step, of all its numbers in a row."""
        parts = self._with_names(numbers) if self._has_names else [*map(show_number, numbers)]
        return f"({','.join(parts)})" if len(parts) > 1 else parts[0]

    def _with_names(self, numbers: Sequence[fmpq]) -> list[str]:
        rest, parts = list(numbers), list[str]()
        for name, one in self._inputs.items():
            own, rest = rest[: one.size], rest[one.size :]
            parts += [self.name_of(name, own)] if one.symbols else map(show_number, own)
        return parts

    def read(self, text: str) -> list[list[fmpq]]:
        """The numbers of each step in a row.

        Raises:
            ValueError: with what was wanted, for text that is no word.
        """
        if not text.strip() and self._has_names:
            raise ValueError("an input has at least one step")
        if self._one_of:
            return self._read_names(text)
        if self._has_names:
            return self._read_groups(text)
        if self.is_bits and _BITS.fullmatch(text):
            return [[_BIT_VALUES[c]] for c in text]
        steps = [[read_rational(number) for number in group] for group in self._split_numbers(text)]
        for numbers in steps:
            self._check(numbers)
        return steps

    def _read_names(self, text: str) -> list[list[fmpq]]:
        known = self._inputs[self._one_of].symbols
        names = text.split() if self.joint else list("".join(text.split()))
        unknown = next((name for name in names if name not in known), None)
        if unknown is not None:
            apart = " (symbols with longer names stand apart by spaces)" if self.joint else ""
            advice = did_you_mean(unknown, known) if self.joint else ""
            advice = advice or f" ({symbol_list(known)})"
            raise ValueError(f"{unknown!r} is not a symbol of {self._one_of}{advice}{apart}")
        return [list(known[name]) for name in names]

    def _read_groups(self, text: str) -> list[list[fmpq]]:
        """Steps in brackets, some of whose parts are names."""
        at, steps = 0, list[list[fmpq]]()
        while at < len(text.rstrip(" \t\n,")):
            at += len(text[at:]) - len(text[at:].lstrip(" \t\n,"))
            found = self._step.match(text, at)
            if not found:
                wanted = "; ".join(self._in_words(name, one) for name, one in self._inputs.items())
                raise ValueError(f"{text[at : at + 40]!r} is not a step of an input: write {self._example()}, {wanted}")
            steps.append(self._numbers(found.groups()))
            at = found.end()
        return steps

    @cached_property
    def _step(self) -> re.Pattern[str]:
        """One step in brackets, of names and numbers."""
        parts = [part for one in self._inputs.values() for part in self._parts(one)]
        return re.compile(rf"\(\s*{_BETWEEN_PARTS.join(parts)}\s*\)")

    def _parts(self, one: WrittenInput) -> list[str]:
        if one.symbols:
            return [f"({'|'.join(re.escape(known) for known in sorted(one.symbols, key=len, reverse=True))})"]
        return [r"([^\s,()]+)"] * one.size

    def _numbers(self, texts: Sequence[str]) -> list[fmpq]:
        rest, numbers = list(texts), list[fmpq]()
        for one in self._inputs.values():
            if one.symbols:
                numbers += one.symbols[rest.pop(0)]
            else:
                numbers += map(read_rational, rest[: one.size])
                del rest[: one.size]
        self._check(numbers)
        return numbers

    def _example(self) -> str:
        parts = [name for name, one in self._inputs.items() for _ in range(1 if one.symbols else one.size)]
        return f"({','.join(parts)})"

    def _in_words(self, name: str, one: WrittenInput) -> str:
        if one.symbols:
            return f"{name} is one of {symbol_list(one.symbols)}"
        return f"{name} is {'a number' if one.size == 1 else f'{one.size} numbers'}"

    def _split_numbers(self, text: str) -> list[list[str]]:
        if "(" not in text:
            return [[part] for part in re.split(r"[\s,]+", text.strip())]
        if not re.fullmatch(r"\s*(\([^()]*\)[\s,]*)+", text):
            raise ValueError(f"{text!r} is not an input: write one group a step, like (0,1) (1,1)")
        return [re.split(r"[\s,]+", inner.strip()) for inner in re.findall(r"\(([^()]*)\)", text)]

    def _check(self, numbers: Sequence[fmpq]) -> None:
        """Raises `ValueError` for a number that its input cannot be; of too many or too few nothing is said here."""
        owners = [(name, one) for name, one in self._inputs.items() for _ in range(one.size)]
        for (name, one), number in zip(owners, numbers, strict=False):
            if not one.symbols and not one.holds(number):
                raise ValueError(f"{show_number(number)} is not a value of the input {name!r}")
