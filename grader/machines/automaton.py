"""The automaton of a regular expression, which walks along with the words that belong to it: least states, no dead end.

Glushkov's construction (1961), made deterministic by sets of positions; then states with the same future are merged
(Moore 1956).
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Iterator, Sequence
from functools import cached_property

from grader.deferred import dataclass
from grader.machines.word_expression import EitherOf, InOrder, OneOf, Repeated, WordExpression

MAX_EXPRESSION_SYMBOLS = 2_000
"""Symbols of an expression after its counted repetitions are written out."""

MAX_AUTOMATON_STATES = 2_000
"""States of the deterministic automaton before those with the same future are merged."""

MAX_COUNTED_WORDS = 10**18


class AutomatonError(ValueError):
    """An expression whose automaton is too large, or that no word belongs to."""


Moves = tuple[tuple[int | None, ...], ...]
"""By state and symbol: the state after it; None: no word goes on so."""


@dataclass(frozen=True)
class Automaton:
    """From every state some word can be completed; states are ordered by how many steps that takes, most first.

    `distances` has this number for each state: 0 where a word is whole.
    """

    moves: Moves
    distances: tuple[int, ...]
    start: int

    def completion(self, state: int) -> list[int]:
        """The fewest symbols that complete a word, the first in order of several."""
        symbols = []
        while self.distances[state]:
            for symbol, target in enumerate(self.moves[state]):
                if target is not None and self.distances[target] < self.distances[state]:
                    symbols.append(symbol)
                    state = target
                    break
        return symbols

    @cached_property
    def endless(self) -> frozenset[int]:
        """The states from which words of every length go on."""
        left = {state: {t for t in row if t is not None} for state, row in enumerate(self.moves)}
        while ended := [state for state, targets in left.items() if not targets & left.keys()]:
            for state in ended:
                del left[state]
        return frozenset(left)

    @property
    def is_finite(self) -> bool:
        """True if there are only so many words."""
        return self.start not in self.endless

    @property
    def longest(self) -> int:
        """The steps of the longest word of a finite language."""
        lengths: dict[int, int] = {}
        for state in self._targets_first():
            lengths[state] = max((1 + lengths[t] for t in self.moves[state] if t is not None), default=0)
        return lengths[self.start]

    @property
    def words(self) -> int:
        """How many words a finite language has (MAX_COUNTED_WORDS: at least so many)."""
        counts: dict[int, int] = {}
        for state in self._targets_first():
            whole = int(not self.distances[state])
            total = whole + sum(counts[t] for t in self.moves[state] if t is not None)
            counts[state] = min(total, MAX_COUNTED_WORDS)
        return counts[self.start]

    def _targets_first(self) -> list[int]:
        """The states of a finite language, each after those to which it leads."""
        order, waiting = dict[int, None](), set(range(len(self.moves)))
        while waiting:
            for state in sorted(waiting, reverse=True):
                if all(target is None or target in order for target in self.moves[state]):
                    order[state] = None
            waiting -= order.keys()
        return list(order)


def automaton_of(expression: WordExpression, symbols: int, *, prefixes: bool = False) -> Automaton:
    """The automaton of an expression over so many symbols; `prefixes`: the beginnings of its words are words too.

    Raises:
        AutomatonError: if it is too large, or no word has a symbol.
    """
    positions = _Positions(symbols)
    fragment = positions.fragment(expression)
    numbers: dict[int, int] = {_INITIAL_POSITIONS: 0}
    todo, moves, accepting = deque([_INITIAL_POSITIONS]), list[list[int | None]](), list[bool]()
    while todo:
        state = todo.popleft()
        after = fragment.first if state == _INITIAL_POSITIONS else positions.after(state)
        accepting.append(fragment.nullable if state == _INITIAL_POSITIONS else bool(state & fragment.last))
        row: list[int | None] = []
        for symbol in range(symbols):
            target = after & positions.of_symbol[symbol]
            if target and target not in numbers:
                numbers[target] = len(numbers)
                todo.append(target)
                if len(numbers) > MAX_AUTOMATON_STATES:
                    raise AutomatonError(f"its automaton has more than {MAX_AUTOMATON_STATES} states")
            row.append(numbers[target] if target else None)
        moves.append(row)
    return _least(moves, accepting, prefixes=prefixes)


_INITIAL_POSITIONS = -1
"""Stands for the set of positions before the first symbol."""


@dataclass(frozen=True)
class _Fragment:
    """Of a part of an expression: whether the empty word belongs to it, and the positions it begins and ends with."""

    nullable: bool
    first: int
    last: int


_EMPTY_WORD = _Fragment(True, 0, 0)


class _Positions:
    """The symbols of an expression, each at its place: which can stand behind which. Sets are the bits of a number."""

    def __init__(self, symbols: int) -> None:
        self.following: list[int] = []
        self.of_symbol = [0] * symbols

    def after(self, positions: int) -> int:
        found = 0
        for position in _bits(positions):
            found |= self.following[position]
        return found

    def fragment(self, expression: WordExpression) -> _Fragment:
        match expression:
            case OneOf(symbols=symbols):
                return self._position(symbols)
            case InOrder(parts=parts):
                return self._in_order(map(self.fragment, parts))
            case EitherOf(parts=parts):
                fragments = [self.fragment(part) for part in parts]
                return _Fragment(
                    any(f.nullable for f in fragments),
                    _union(f.first for f in fragments),
                    _union(f.last for f in fragments),
                )
            case Repeated(part=part, low=low, high=high):
                copies = low if high is None else high
                fragments = [self.fragment(part) for _ in range(max(copies, int(high is None)))]
                if high is None:
                    self._follow(fragments[-1], fragments[-1])
                optional = [_Fragment(f.nullable or i >= low, f.first, f.last) for i, f in enumerate(fragments)]
                return self._in_order(iter(optional))

    def _position(self, symbols: frozenset[int]) -> _Fragment:
        number = len(self.following)
        if number >= MAX_EXPRESSION_SYMBOLS:
            raise AutomatonError(f"it has more than {MAX_EXPRESSION_SYMBOLS} symbols once {{n}} is written out")
        self.following.append(0)
        for symbol in symbols:
            self.of_symbol[symbol] |= 1 << number
        return _Fragment(False, 1 << number, 1 << number)

    def _in_order(self, fragments: Iterator[_Fragment]) -> _Fragment:
        whole = _EMPTY_WORD
        for fragment in fragments:
            self._follow(whole, fragment)
            whole = _Fragment(
                whole.nullable and fragment.nullable,
                whole.first | (fragment.first if whole.nullable else 0),
                fragment.last | (whole.last if fragment.nullable else 0),
            )
        return whole

    def _follow(self, before: _Fragment, behind: _Fragment) -> None:
        for position in _bits(before.last):
            self.following[position] |= behind.first


def _bits(number: int) -> Iterator[int]:
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


def _union(sets: Iterator[int]) -> int:
    found = 0
    for one in sets:
        found |= one
    return found


def side_by_side(automata: Sequence[Automaton]) -> Automaton:
    """The automaton of words that belong to each language in its own input; a symbol is one of each, the last fastest.

    Raises:
        AutomatonError: if it is too large, or no words of all of them have the same length.
    """
    if len(automata) == 1:
        return automata[0]
    start = tuple(automaton.start for automaton in automata)
    numbers, todo = {start: 0}, deque([start])
    moves, accepting = list[list[int | None]](), list[bool]()
    while todo:
        states = todo.popleft()
        accepting.append(not any(a.distances[state] for a, state in zip(automata, states, strict=True)))
        row: list[int | None] = []
        rows = [automaton.moves[state] for automaton, state in zip(automata, states, strict=True)]
        for targets in itertools.product(*rows):
            known = tuple(target for target in targets if target is not None)
            if len(known) < len(targets):
                row.append(None)
                continue
            if known not in numbers:
                numbers[known] = len(numbers)
                todo.append(known)
                if len(numbers) > MAX_AUTOMATON_STATES:
                    raise AutomatonError(f"their automaton has more than {MAX_AUTOMATON_STATES} states")
            row.append(numbers[known])
        moves.append(row)
    return _least(moves, accepting, prefixes=False)


def _least(moves: Sequence[Sequence[int | None]], accepting: Sequence[bool], *, prefixes: bool) -> Automaton:
    """The automaton with the fewest states, without those from which no word can be completed; state 0 is the start."""
    distances = _distances(moves, accepting)
    if distances[0] is None or not any(t is not None and distances[t] is not None for t in moves[0]):
        raise AutomatonError("no input that has a step belongs to it")
    kept = [[t if t is not None and distances[t] is not None else None for t in row] for row in moves]
    live = [state for state, distance in enumerate(distances) if distance is not None]
    steps = {state: 0 if prefixes else int(distances[state] or 0) for state in live}
    groups, count = {state: steps[state] for state in live}, len(set(steps.values()))
    while True:
        signatures = {s: (groups[s], *(None if t is None else groups[t] for t in kept[s])) for s in live}
        numbered = {signature: i for i, signature in enumerate(dict.fromkeys(signatures.values()))}
        groups = {state: numbered[signatures[state]] for state in live}
        if len(numbered) == count:
            break
        count = len(numbered)
    members: dict[int, int] = {}
    for state in live:
        members.setdefault(groups[state], state)
    order = sorted(members, key=lambda group: (-steps[members[group]], members[group]))
    place = {group: i for i, group in enumerate(order)}
    rows = tuple(tuple(None if t is None else place[groups[t]] for t in kept[members[g]]) for g in order)
    return Automaton(rows, tuple(steps[members[group]] for group in order), place[groups[0]])


def _distances(moves: Sequence[Sequence[int | None]], accepting: Sequence[bool]) -> list[int | None]:
    """By state: how many steps the shortest completion of a word takes; None: there is none."""
    before: list[set[int]] = [set() for _ in moves]
    for state, row in enumerate(moves):
        for target in row:
            if target is not None:
                before[target].add(state)
    distances: list[int | None] = [0 if whole else None for whole in accepting]
    todo = deque(state for state, whole in enumerate(accepting) if whole)
    while todo:
        state = todo.popleft()
        for earlier in sorted(before[state]):
            if distances[earlier] is None:
                distances[earlier] = int(distances[state] or 0) + 1
                todo.append(earlier)
    return distances
