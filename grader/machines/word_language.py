"""The words of inputs that count: an automaton as one more equation of the behaviour, so that every engine obeys it.

A word counts where every step of it can be completed to a whole word of the language. The state of the automaton is a
quantity of the behaviour (`WORD_STATE`), which walks, invariants and samples carry along like any other.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from flint import fmpq

from grader.deferred import dataclass
from grader.language.tree import Binary, Call, Compare, IfExp, Index, ListExpr, Logic, Name, Number, Tree
from grader.machines.automaton import Automaton, AutomatonError, side_by_side

WORD_STATE = "word_state"
"""The quantity of a behaviour that is the state of the automaton of its inputs' language."""

MAX_JOINT_SYMBOLS = 4_096
"""Symbols of all inputs with a language together."""

MAX_MOVE_TESTS = 3_000
"""Comparisons in the equation of an automaton."""

MAX_SINGLE_COMPARISONS = 2_000
"""Numbers of all symbols up to which each is compared by itself, which solvers like better than whole vectors."""

DEAD_STATE = -1
"""The state behind a symbol with which no word goes on."""

SymbolNumbers = tuple[fmpq, ...]


@dataclass(frozen=True)
class WordLanguage:
    """The languages of all inputs that have one, as one automaton over their symbols side by side.

    `entries` is the expression of each number of such a symbol, `symbols` the numbers of each.
    """

    channels: tuple[str, ...]
    entries: tuple[Tree, ...]
    symbols: tuple[SymbolNumbers, ...]
    automaton: Automaton

    @cached_property
    def numbers(self) -> Mapping[SymbolNumbers, int]:
        """The number of each symbol."""
        return {symbol: i for i, symbol in enumerate(self.symbols)}

    @cached_property
    def equation(self) -> Tree:
        """The expression of the automaton's state after a step, in the state before it and the input's numbers.

        Raises:
            AutomatonError: if it has too many comparisons.
        """
        tests = itertools.count()

        def chosen(low: int, high: int) -> Tree:
            if high - low == 1:
                targets = {i: DEAD_STATE if t is None else t for i, t in enumerate(self.automaton.moves[low])}
                return self._by_symbol(targets, 0, tests)
            middle = (low + high) // 2
            before = Index(Name(WORD_STATE), Binary("-", Name("t"), _number(1)))
            return IfExp(Compare(("<",), (before, _number(middle))), chosen(low, middle), chosen(middle, high))

        return chosen(0, len(self.automaton.moves))

    def _by_symbol(self, targets: Mapping[int, int], first: int, tests: itertools.count[int]) -> Tree:
        """The target of a symbol, found by comparing its numbers with those between which targets change."""
        if next(tests) > MAX_MOVE_TESTS:
            raise AutomatonError(f"its automaton takes more than {MAX_MOVE_TESTS} comparisons to write down")
        if len(set(targets.values())) == 1:
            return _number(next(iter(targets.values())))
        values = sorted({self.symbols[i][first] for i in targets})
        if len(values) == 1:
            return self._by_symbol(targets, first + 1, tests)
        middle = values[len(values) // 2]
        below = {i: target for i, target in targets.items() if self.symbols[i][first] < middle}
        above = {i: target for i, target in targets.items() if i not in below}
        test = Compare(("<",), (self.entries[first], Number(middle)))
        return IfExp(test, self._by_symbol(below, first, tests), self._by_symbol(above, first, tests))

    def can_be_completed(self, longest: int | None) -> Tree:
        """True of a step after which some word of at most `longest` steps goes on or ends."""
        state, distances = Name(WORD_STATE), self.automaton.distances
        conditions: list[Tree] = [Compare((">=",), (state, _number(0)))]
        if longest is not None:
            for distance in sorted(set(distances) - {0}):
                nearer = sum(d >= distance for d in distances)  # the number of the first state that is nearer
                in_time = Compare(("<=",), (Name("t"), _number(longest - distance)))
                conditions.append(Logic("or", (Compare((">=",), (state, _number(nearer))), in_time)))
        return conditions[0] if len(conditions) == 1 else Logic("and", tuple(conditions))

    @property
    def is_whole(self) -> Tree:
        """True of the last step of a word of the language."""
        first = sum(distance > 0 for distance in self.automaton.distances)
        return Compare((">=",), (Name(WORD_STATE), _number(first)))

    def fitted(self, word: Sequence[SymbolNumbers], longest: int | None) -> list[SymbolNumbers]:
        """A word of the language (of at most `longest` steps) that has as much as can be of any word of its symbols.

        A symbol with which no word goes on is exchanged for one with which most do; at the end the word is completed.
        """
        automaton, state, found = self.automaton, self.automaton.start, list[int]()
        for numbers in word:
            moves, room = automaton.moves[state], None if longest is None else longest - len(found) - 1
            ways = {s: t for s, t in enumerate(moves) if t is not None and _fits(automaton.distances[t], room)}
            symbol = self.numbers.get(tuple(numbers), 0)
            if symbol not in ways:
                endless = [s for s, target in ways.items() if target in automaton.endless]
                if not (choices := endless or list(ways)):
                    break
                symbol = choices[symbol % len(choices)]
            found.append(symbol)
            state = ways[symbol]
        return [self.symbols[i] for i in (*found, *automaton.completion(state))]

    @property
    def shortest(self) -> int:
        """The steps of the shortest word that has any."""
        automaton = self.automaton
        return min(1 + automaton.distances[target] for target in automaton.moves[automaton.start] if target is not None)


def _fits(distance: int, room: int | None) -> bool:
    return room is None or distance <= room


@dataclass(frozen=True)
class SymbolInput:
    """An input with symbols: its name, the shape of its values, the numbers of each, and the words that count."""

    name: str
    shape: tuple[int, ...]
    symbols: tuple[SymbolNumbers, ...]
    words: Automaton | None

    @property
    def entries(self) -> list[Tree]:
        """The expression of each of its numbers at a step."""
        return entries_of(Index(Name(self.name), Name("t")), self.shape)

    @property
    def is_symbol(self) -> Tree | None:
        """True where it is one of its symbols; None where each of its numbers by itself shows that."""
        if not self.shape:
            return None
        if len(self.symbols) * len(self.symbols[0]) <= MAX_SINGLE_COMPARISONS:
            return _any_of([_equal(self.entries, numbers) for numbers in self.symbols])
        value = Index(Name(self.name), Name("t"))
        return _any_of([Call("all", (Compare(("==",), (value, self._value(numbers))),)) for numbers in self.symbols])

    def _value(self, numbers: SymbolNumbers) -> Tree:
        """A symbol's vector or matrix, written out."""
        items: list[Tree] = list(map(Number, numbers))
        for size in self.shape[:0:-1]:
            items = [ListExpr(tuple(items[i : i + size])) for i in range(0, len(items), size)]
        return ListExpr(tuple(items))


def language_of(inputs: Sequence[SymbolInput]) -> WordLanguage | None:
    """The language of inputs side by side; None where every word counts.

    Raises:
        AutomatonError: if its automaton is too large, or no word belongs to it.
    """
    restricted = [one for one in inputs if one.words is not None]
    if not restricted:
        return None
    total = 1
    for one in restricted:
        total *= len(one.symbols)
    if total > MAX_JOINT_SYMBOLS:
        raise AutomatonError(f"there are more than {MAX_JOINT_SYMBOLS} symbols side by side")
    entries = tuple(entry for one in restricted for entry in one.entries)
    rows = itertools.product(*(one.symbols for one in restricted))
    symbols = tuple(tuple(itertools.chain.from_iterable(row)) for row in rows)
    automaton = side_by_side([one.words for one in restricted if one.words is not None])
    language = WordLanguage(tuple(one.name for one in restricted), entries, symbols, automaton)
    _ = language.equation  # refused here if it is too large
    return language


def all_of(conditions: Iterable[Tree | None]) -> Tree | None:
    """One condition for several, of which some are none; the first that does not hold decides."""
    wanted = tuple(condition for condition in conditions if condition is not None)
    if len(wanted) <= 1:
        return wanted[0] if wanted else None
    return Logic("and", wanted)


def _any_of(conditions: Sequence[Tree]) -> Tree:
    return conditions[0] if len(conditions) == 1 else Logic("or", tuple(conditions))


def _equal(entries: Sequence[Tree], numbers: SymbolNumbers) -> Tree:
    tests = [Compare(("==",), (entry, Number(number))) for entry, number in zip(entries, numbers, strict=True)]
    return tests[0] if len(tests) == 1 else Logic("and", tuple(tests))


def entries_of(value: Tree, shape: tuple[int, ...]) -> list[Tree]:
    """The expressions of the single numbers of an input whose value at a step is the expression `value`."""
    entries = [value]
    for size in shape:
        entries = [Index(entry, _number(i), value.at) for entry in entries for i in range(size)]
    return entries


def _number(value: int) -> Number:
    return Number(fmpq(value))
