"""How words of inputs are written and read: `0110`, `ab(a)b`, `<s> a b`, `-1 0 2`, `(0,1) (1,1)`, `(a,0.5) (b,1)`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from flint import fmpq

from grader.errors import did_you_mean
from grader.language.numbers import read_rational, show_number
from grader.machines.word_expression import symbol_list

if TYPE_CHECKING:
    from grader.machines.alphabet import Channel

_BETWEEN_PARTS = r"[\s,]+"

BIT_VALUES = (fmpq(0), fmpq(1))


class WordNotation:
    """The notation of words over some inputs.

    A step is a bit, the name of a symbol, a number, or a group of these in brackets, one for each number or symbol of a
    step. Bits, and names of one character, stand side by side; everything else is apart by spaces.
    """

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = channels
        only = next(iter(channels.values())) if len(channels) == 1 else None
        self._by_numbers = {
            name: {symbol.numbers: symbol.name for symbol in channel.names} for name, channel in channels.items()
        }
        self._by_name = {
            name: {symbol.name: symbol.numbers for symbol in channel.names} for name, channel in channels.items()
        }
        self.is_bits = only is not None and not only.shape and not only.names and only.kind.values == BIT_VALUES
        self._one_of = next(iter(channels)) if only is not None and only.names else ""
        short = self._one_of and all(len(name) == 1 for name in self._by_name[self._one_of])
        self._has_names = any(channel.names for channel in channels.values())
        self.joint = "" if self.is_bits or short else " "
        """What stands between two steps."""
        self.is_grouped = not self._one_of and (
            len(channels) > 1 or any(channel.size > 1 for channel in channels.values())
        )
        """Whether a step is a group in brackets."""

    def name_of(self, channel: str, numbers: Sequence[fmpq]) -> str:
        """The name of the symbol with these numbers; empty for an input without symbols."""
        return self._by_numbers[channel].get(tuple(numbers), "")

    def is_step(self, text: str) -> bool:
        """Whether a text is one step by itself, where steps have names that may hold brackets."""
        if self._one_of:
            return text in self._by_name[self._one_of]
        return self._has_names and self._step.fullmatch(text) is not None

    def show(self, numbers: Sequence[fmpq]) -> str:
        """One step, of all its numbers in a row."""
        rest, parts = list(numbers), list[str]()
        for name, channel in self._channels.items():
            own, rest = rest[: channel.size], rest[channel.size :]
            parts += [self.name_of(name, own)] if channel.names else map(show_number, own)
        return f"({','.join(parts)})" if len(parts) > 1 else parts[0]

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
        steps = [[read_rational(number) for number in group] for group in self._split_numbers(text)]
        for numbers in steps:
            self._check(numbers)
        return steps

    def _read_names(self, text: str) -> list[list[fmpq]]:
        known = self._by_name[self._one_of]
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
                wanted = "; ".join(self._in_words(name, channel) for name, channel in self._channels.items())
                raise ValueError(f"{text[at : at + 40]!r} is not a step of an input: write {self._example()}, {wanted}")
            steps.append(self._numbers(found.groups()))
            at = found.end()
        return steps

    @cached_property
    def _step(self) -> re.Pattern[str]:
        """One step in brackets, of names and numbers."""
        parts = [part for name, channel in self._channels.items() for part in self._parts(name, channel)]
        return re.compile(rf"\(\s*{_BETWEEN_PARTS.join(parts)}\s*\)")

    def _parts(self, name: str, channel: Channel) -> list[str]:
        if channel.names:
            return [f"({'|'.join(re.escape(known) for known in sorted(self._by_name[name], key=len, reverse=True))})"]
        return [r"([^\s,()]+)"] * channel.size

    def _numbers(self, texts: Sequence[str]) -> list[fmpq]:
        rest, numbers = list(texts), list[fmpq]()
        for name, channel in self._channels.items():
            if channel.names:
                numbers += self._by_name[name][rest.pop(0)]
            else:
                numbers += map(read_rational, rest[: channel.size])
                del rest[: channel.size]
        self._check(numbers)
        return numbers

    def _example(self) -> str:
        parts = [name for name, channel in self._channels.items() for _ in range(1 if channel.names else channel.size)]
        return f"({','.join(parts)})"

    def _in_words(self, name: str, channel: Channel) -> str:
        if channel.names:
            return f"{name} is one of {symbol_list(self._by_name[name])}"
        return f"{name} is {'a number' if channel.size == 1 else f'{channel.size} numbers'}"

    def _split_numbers(self, text: str) -> list[list[str]]:
        if self.is_bits and re.fullmatch(r"[01]+", text):
            return [[c] for c in text]
        if "(" not in text:
            return [[part] for part in re.split(r"[\s,]+", text.strip())]
        if not re.fullmatch(r"\s*(\([^()]*\)[\s,]*)+", text):
            raise ValueError(f"{text!r} is not an input: write one group a step, like (0,1) (1,1)")
        return [re.split(r"[\s,]+", inner.strip()) for inner in re.findall(r"\(([^()]*)\)", text)]

    def _check(self, numbers: Sequence[fmpq]) -> None:
        """Raises `ValueError` for a number that its input cannot be; of too many or too few nothing is said here."""
        owners = [(name, c) for name, c in self._channels.items() for _ in range(c.size)]
        for (name, channel), number in zip(owners, numbers, strict=False):
            if not channel.names and not channel.kind.holds(number):
                raise ValueError(f"{show_number(number)} is not a value of the input {name!r}")
