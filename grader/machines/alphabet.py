"""What one input may be at one step (`bit`, a finite set, integers, reals), and how words of inputs are written."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from functools import cached_property

from flint import arb, fmpq

from grader.deferred import dataclass
from grader.language.arrays import Array, Value, entries
from grader.language.ball_numbers import show_ball
from grader.language.doubles import show_double
from grader.language.numbers import NumberError, read_rational, show_number
from grader.machines.automaton import Automaton
from grader.machines.word_language import SymbolInput, WordLanguage, language_of
from grader.machines.word_notation import WordNotation, WrittenInput

MAX_SYMBOLS = 4_096
"""Symbols of the largest alphabet that is explored symbol by symbol."""


@dataclass(frozen=True)
class NumberDomain:
    """The values of one number: a finite set, or the integers or reals between two bounds (None: unbounded)."""

    values: tuple[fmpq, ...] | None
    low: fmpq | None = None
    high: fmpq | None = None
    whole: bool = False

    def holds(self, value: fmpq) -> bool:
        """Whether the value belongs to the kind."""
        if self.values is not None:
            return value in self.values
        above = self.low is None or value >= self.low
        return above and (self.high is None or value <= self.high) and (not self.whole or value.q == 1)


BIT_DOMAIN = NumberDomain((fmpq(0), fmpq(1)))

_RANGE = re.compile(r"(integer|real)\s*(?:\(\s*(\S+?)\s*\.\.\s*(\S+?)\s*\))?")


def read_kind(text: str) -> NumberDomain:
    """`bit`, `integer`, `integer(-5..5)`, `real`, `real(-3..3)`.

    Raises:
        ValueError: for anything else, and for bounds that are no numbers or the wrong way round.
    """
    if text == "bit":
        return BIT_DOMAIN
    found = _RANGE.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a kind of input: write bit, [-1, 0, 1], integer(-5..5) or real(-3..3)")
    whole = found[1] == "integer"
    if not found[2]:
        return NumberDomain(None, whole=whole)
    try:
        low, high = read_rational(found[2]), read_rational(found[3])
    except NumberError as error:
        raise ValueError(f"{text!r}: {error}") from None
    if low > high:
        raise ValueError(f"{text!r} is empty: {found[2]} is larger than {found[3]}")
    if not whole:
        return NumberDomain(None, low, high)
    if low.q != 1 or high.q != 1:
        raise ValueError(f"{text!r}: the bounds of integers are whole numbers")
    if high - low < MAX_SYMBOLS:
        return NumberDomain(tuple(fmpq(n) for n in range(int(low.p), int(high.p) + 1)), low, high, whole=True)
    return NumberDomain(None, low, high, whole=True)


@dataclass(frozen=True)
class NamedSymbol:
    """A symbol of an input: its name, and its numbers in a row."""

    name: str
    numbers: tuple[fmpq, ...]


@dataclass(frozen=True)
class Channel:
    """One named input: a number (`shape` is `()`) or a vector or matrix of numbers of one kind.

    `names` are the symbols that it may be, where it has any; `words` is the automaton of the words of these that count
    (None: all do).
    """

    kind: NumberDomain
    shape: tuple[int, ...] = ()
    names: tuple[NamedSymbol, ...] = ()
    words: Automaton | None = None

    @property
    def size(self) -> int:
        """How many numbers one step takes."""
        count = 1
        for n in self.shape:
            count *= n
        return count

    def value(self, numbers: Sequence[fmpq]) -> Value:
        """The numbers of one step as one value."""
        return Array(self.shape, numbers) if self.shape else numbers[0]

    @property
    def choices(self) -> list[Sequence[tuple[fmpq, ...]]] | None:
        """What the numbers of one step are chosen from, some at a time; None where that cannot be listed."""
        if self.names:
            return [[symbol.numbers for symbol in self.names]]
        return None if self.kind.values is None else [[(value,) for value in self.kind.values]] * self.size


Symbol = tuple[Value, ...]
"""The values of all inputs at one step, in the order of their declaration."""

Word = tuple[Symbol, ...]
"""An input: one symbol a step."""


@dataclass(frozen=True, eq=False)
class FiniteAlphabet:
    """Every symbol of an alphabet, in order: machines over it can be walked."""

    symbols: tuple[Symbol, ...]


@dataclass(frozen=True)
class UnlistedAlphabet:
    """The symbols cannot be listed (reals, unbounded integers, more than MAX_SYMBOLS): machines can only be run."""


SymbolSet = FiniteAlphabet | UnlistedAlphabet
"""What is known of the symbols of one step; only a `FiniteAlphabet` has any that a walk could take."""


@dataclass(frozen=True)
class Alphabet:
    """The inputs of a system, side by side."""

    channels: Mapping[str, Channel]

    @property
    def number_domains(self) -> list[NumberDomain]:
        """The domain of each number of a symbol, all numbers in a row."""
        return [channel.kind for channel in self.channels.values() for _ in range(channel.size)]

    @cached_property
    def symbol_set(self) -> SymbolSet:
        """Every symbol where there are at most MAX_SYMBOLS of them."""
        choices, total = list[Sequence[tuple[fmpq, ...]]](), 1
        for channel in self.channels.values():
            for part in channel.choices or [()]:
                choices.append(part)
                total *= len(part)
                if not 0 < total <= MAX_SYMBOLS:
                    return UnlistedAlphabet()
        rows = itertools.product(*choices)
        return FiniteAlphabet(tuple(self.symbol([*itertools.chain.from_iterable(row)]) for row in rows))

    @property
    def symbol_inputs(self) -> list[SymbolInput]:
        """The inputs that have symbols."""
        return [
            SymbolInput(name, channel.shape, tuple(symbol.numbers for symbol in channel.names), channel.words)
            for name, channel in self.channels.items()
            if channel.names
        ]

    @cached_property
    def language(self) -> WordLanguage | None:
        """The words that count; None: all of them.

        Raises:
            AutomatonError: if no words of all inputs have the same length, or their automaton is too large.
        """
        return language_of(self.symbol_inputs)

    def fitted(self, word: Sequence[Symbol], longest: int | None = None) -> Word:
        """A word that counts (of at most `longest` steps), as near as can be to any word."""
        if self.language is None:
            return tuple(word)
        parts = [name in self.language.channels for name in self.channels]
        rows = [[n for value, one in zip(symbol, parts, strict=True) if one for n in entries(value)] for symbol in word]
        fitting = self.language.fitted([tuple(row) for row in rows], longest)
        found = []
        for i, numbers in enumerate(fitting):
            symbol, rest = list(word[min(i, len(word) - 1)]), list(numbers)
            for place, (one, channel) in enumerate(zip(parts, self.channels.values(), strict=True)):
                if one:
                    symbol[place], rest = channel.value(rest[: channel.size]), rest[channel.size :]
            found.append(tuple(symbol))
        return tuple(found)

    def symbol(self, numbers: Sequence[fmpq]) -> Symbol:
        """One symbol from all its numbers in a row.

        Raises:
            ValueError: if there are too many or too few.
        """
        wanted = sum(c.size for c in self.channels.values())
        if len(numbers) != wanted:
            raise ValueError(f"one step takes {wanted} number{'s' * (wanted > 1)}, not {len(numbers)}")
        rest = list(numbers)
        symbol = []
        for channel in self.channels.values():
            symbol.append(channel.value(rest[: channel.size]))
            rest = rest[channel.size :]
        return tuple(symbol)

    @cached_property
    def notation(self) -> WordNotation:
        """How words are written."""
        return WordNotation(
            {
                name: WrittenInput(
                    channel.size,
                    {symbol.name: symbol.numbers for symbol in channel.names},
                    channel.kind.holds,
                    channel.kind == BIT_DOMAIN and not channel.names and not channel.shape,
                )
                for name, channel in self.channels.items()
            }
        )

    @property
    def is_bits(self) -> bool:
        """One input of one bit: its words are written `0110`."""
        return self.notation.is_bits

    def read_word(self, text: str) -> Word:
        """`0110` for bits, `ab(a)b` or `<s> a b` for symbols; else one number or one group a step: see `WordNotation`.

        Raises:
            ValueError: with what was wanted, for text that is no word of this alphabet.
        """
        return tuple(map(self.symbol, self.notation.read(text)))

    def show_word(self, word: Sequence[Symbol]) -> str:
        """The text that `read_word` reads."""
        return self.notation.joint.join(self.notation.show(numbers_of(symbol)) for symbol in word)

    def named(self, symbol: Symbol) -> dict[str, Value | str]:
        """By input: its value at a step, or the name of the symbol that it is."""
        pairs = zip(self.channels.items(), symbol, strict=True)
        return {name: self.notation.name_of(name, entries(value)) or value for (name, _), value in pairs}


def numbers_of(symbol: Symbol) -> list[fmpq]:
    """All numbers of a symbol in a row; `Alphabet.symbol` makes a symbol of them."""
    return [number for value in symbol for number in entries(value)]


def show_value(value: Value) -> str:
    """`1`, `-0.5`, `[1, 0]`, `[[1, 0], [0, 1]]`."""
    if type(value) is float:
        return show_double(value)
    if isinstance(value, arb):
        return show_ball(value)
    if not isinstance(value, Array):
        return show_number(value) if isinstance(value, fmpq) else str(value)
    return f"[{', '.join(show_value(value.item(i)) for i in range(value.shape[0]))}]"


def show_outputs(outputs: Sequence[Value]) -> str:
    """`1110` where all are bits, else one value a step, apart by spaces."""
    texts = [show_value(output) for output in outputs]
    return ("" if all(text in ("0", "1") for text in texts) else " ").join(texts)


_VECTOR = r"[\[(]([^\[\]()]*)[\])]"


def read_outputs(text: str, steps: int) -> tuple[Value, ...]:
    """The outputs that `show_outputs` writes, one a step: `1110`, `1 0.5`; vectors: `(1,0) (0,1)`, `[1, 0] [0, 1]`.

    Raises:
        ValueError: if their number differs from the number of steps.
    """
    vectors = re.fullmatch(rf"\s*(?:{_VECTOR}[\s,]*)+", text)
    are_bits = steps > 1 and re.fullmatch(r"[01]+", text)
    plain = list(text) if are_bits else re.split(r"[\s,]+", text.strip())
    parts = re.findall(_VECTOR, text) if vectors else plain
    if len(parts) != steps:
        outputs = f"{len(parts)} output{'s' * (len(parts) != 1)}"
        raise ValueError(f"{text!r} gives {outputs} for {steps} step{'s' * (steps != 1)}")
    if not vectors:
        return tuple(read_rational(part) for part in parts)
    entries = [[read_rational(number) for number in re.split(r"[\s,]+", part.strip())] for part in parts]
    return tuple(Array((len(numbers),), numbers) for numbers in entries)
