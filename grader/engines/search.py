"""Inputs that meet a condition, searched for on purpose: a rubric line about rare steps needs some to be looked at.

Best-first search over the states of the behaviour alone, nearest to the condition first (see distance.py). Where the
inputs cannot be listed, those tried at a state are numbers near the constants of the question, and those at which a
comparison turns: where both sides are linear in an input, two evaluations give the number exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from heapq import heappop, heappush
from itertools import pairwise
from random import Random
from typing import NamedTuple

from flint import fmpq

from grader.deferred import dataclass
from grader.engines.constants import fitted, numbers_near
from grader.engines.distance import Distances
from grader.language.arithmetic import EvaluationError
from grader.language.tree import Compare, Tree, subtrees
from grader.machines.alphabet import Alphabet, FiniteAlphabet, NumberDomain, Symbol, Word, numbers_of
from grader.machines.machine import EquationMachine, Step, Undefined, state_key
from grader.machines.program import State
from grader.machines.specification import Specification

MAX_WORD_STEPS = 2_000
"""Longest input that is searched for."""

MAX_SYMBOLS_TRIED = 48
"""Inputs tried at one state, out of each of the two sources: those near constants, those where a comparison turns."""

MAX_PROBED_NUMBERS = 8
"""Numbers of one step's input for which turning points are worked out."""

TURNING_POINT_DISTANCE = fmpq(1, 2**20)
"""How far beside a turning point numbers are tried, and how far apart the two values lie that give a slope."""

MAX_TURNING_POINT_ROUNDS = 12
"""How often turning points are worked out anew at one state, each time around the best input so far."""


@dataclass(frozen=True)
class _Node:
    """A state of the behaviour and the way to it."""

    state: State
    length: int
    symbol: Symbol | None = None
    before: _Node | None = None

    def word(self) -> Word:
        symbols, node = [], self
        while node.before is not None and node.symbol is not None:
            symbols.append(node.symbol)
            node = node.before
        return tuple(symbols[::-1])


class _Move(NamedTuple):
    """A step of the behaviour, and how far it is from the condition."""

    state: State
    step: Step
    distance: float


@dataclass(order=True)
class _Entry:
    """A node in the order in which nodes are looked at: nearest, then shortest, then first met."""

    distance: float
    length: int
    turn: int
    node: _Node = field(compare=False)


class InputSearch:
    """Looks for inputs on which a rubric line is about the last step.

    `longest` bounds the steps of an input, `constants` are numbers of the question's expressions.
    """

    def __init__(
        self, specification: Specification, alphabet: Alphabet, longest: int | None, constants: Sequence[fmpq]
    ) -> None:
        self._specification = specification
        self._alphabet = alphabet
        self._longest = min(longest or MAX_WORD_STEPS, MAX_WORD_STEPS)
        self._kinds = alphabet.number_domains
        self._numbers = [_choices(kind, constants) for kind in self._kinds]
        self._plain = self._plain_symbols()
        self._machine = EquationMachine(specification.program, {}, keep_frames=True)
        self._steps_left = 0

    def words(self, line: int, enough: int, steps: int) -> list[Word]:
        """Up to `enough` inputs whose last step the line is about, in about `steps` steps of the behaviour."""
        condition = self._specification.condition(line)
        start = self._machine.initial
        if condition is None or isinstance(start, Undefined):
            return []
        self._prepare(condition)
        self._steps_left = steps
        found: dict[Word, None] = {}
        for word in self._nearest_first(line, start, (enough + 1) // 2):
            found.setdefault(word)
            if len(found) == 1:
                found.update(dict.fromkeys(self._varied(line, word, enough // 2)))
            if len(found) >= enough:
                break
        return list(found)

    def _prepare(self, condition: Tree) -> None:
        """Compiles how far a step is from the condition, and the comparisons that decide it."""
        distances = Distances(self._specification.program)
        equations = self._specification.program.system.equations.values()
        others = [tree for tree in (*equations, *self._specification.assumed()) if _compares(tree)]
        self._distance = distances.of(condition)
        self._differences = distances.differences([condition, *others])
        self._room = distances.room()

    def _nearest_first(self, line: int, start: State, most_at_once: int) -> Iterator[Word]:
        """Words that meet the condition, as they are found; at most so many from one state."""
        waiting, seen, turn = [_Entry(0.0, 0, 0, _Node(start, 0))], {state_key(start)}, 0
        while waiting and self._steps_left > 0:
            node, met = heappop(waiting).node, 0
            for symbol, result in self._moves(node.state).items():
                child = _Node(result.state, node.length + 1, symbol, node)
                if met < most_at_once and line in self._specification.lines_applying_to(result.step):
                    met += 1
                    yield child.word()
                key = state_key(result.state)
                if key not in seen and child.length < self._longest:
                    seen.add(key)
                    turn += 1
                    heappush(waiting, _Entry(result.distance, child.length, turn, child))

    def _varied(self, line: int, word: Word, most: int) -> Iterator[Word]:
        """Other words that meet the condition: all or some symbols exchanged, or more of them in front."""
        random = Random(len(word))
        for i in range(3 * most):
            if self._steps_left <= 0:
                return
            if i % 3 == 2:
                other = (*random.choices(self._plain, k=random.randint(1, 10)), *word)[-self._longest :]
            else:
                kept = 0.0 if i % 3 else 0.7
                other = tuple(s if random.random() < kept else random.choice(self._plain) for s in word)
            if other != word and self._meets(line, other):
                yield other

    def _meets(self, line: int, word: Word) -> bool:
        state, result = self._machine.initial, None
        for symbol in word:
            result = self._move(state, symbol)
            if result is None:
                return False
            state = result.state
        return result is not None and line in self._specification.lines_applying_to(result.step)

    def _move(self, state: State | Undefined, symbol: Symbol) -> _Move | None:
        """One step; None where there is none, or the question does not allow it."""
        self._steps_left -= 1
        try:
            following, step = self._machine.step(state, symbol)
        except EvaluationError:
            return None
        if isinstance(step.output, Undefined) or not self._specification.allows(step):
            return None
        return _Move(following, step, self._distance([*(step.frame or ()), *self._room]))

    def _moves(self, state: State) -> dict[Symbol, _Move]:
        """Every input that is tried at a state, with where it leads.

        Turning points are worked out around the simplest input, then around the best one as long as that gets nearer.
        """
        moves = {symbol: move for symbol in self._plain if (move := self._move(state, symbol))}
        if len({(state_key(move.state), move.distance) for move in moves.values()}) == 1 < len(moves):
            return moves  # the input does not matter here
        base, distance = self._plain[0], float("inf")
        for _ in range(MAX_TURNING_POINT_ROUNDS):
            for symbol in self._turning(state, base):
                if symbol not in moves and (move := self._move(state, symbol)):
                    moves[symbol] = move
            best = min(moves, key=lambda symbol: moves[symbol].distance, default=None)
            if best is None or not 0 < moves[best].distance < distance or self._steps_left <= 0:
                break
            base, distance = best, moves[best].distance
        return moves

    def _plain_symbols(self) -> list[Symbol]:
        """The inputs that are tried at every state."""
        match self._alphabet.symbol_set:
            case FiniteAlphabet(symbols=symbols) if len(symbols) <= MAX_SYMBOLS_TRIED:
                return list(symbols)
        longest = max(map(len, self._numbers))
        rows = [[numbers[i % len(numbers)] for numbers in self._numbers] for i in range(longest)]
        if len(self._numbers) > 1:  # one number after the other moved away from a row of the simplest ones
            first = [numbers[0] for numbers in self._numbers]
            for i, numbers in enumerate(self._numbers):
                rows += [[*first[:i], number, *first[i + 1 :]] for number in numbers[:8]]
        rows = [self._named(row, turn) for turn, row in enumerate(rows[: 2 * MAX_SYMBOLS_TRIED])]
        return list(dict.fromkeys(map(self._alphabet.symbol, rows)))

    def _named(self, row: list[fmpq], turn: int) -> list[fmpq]:
        """The row with one named symbol after the other where an input has them: single numbers make none."""
        numbers, at = list(row), 0
        for channel in self._alphabet.channels.values():
            if channel.names:
                numbers[at : at + channel.size] = channel.names[turn % len(channel.names)].numbers
            at += channel.size
        return numbers

    def _turning(self, state: State, symbol: Symbol) -> Iterator[Symbol]:
        """Inputs at, beside and between the points where a comparison turns, one number of a symbol moved at a time."""
        base = numbers_of(symbol)
        for position in range(min(len(self._kinds), MAX_PROBED_NUMBERS)):
            if self._kinds[position].values is None:
                turns = sorted(set(self._turns(state, base, position)))
                for number in _around(self._kinds[position], base[position], turns)[:MAX_SYMBOLS_TRIED]:
                    yield self._alphabet.symbol([*base[:position], number, *base[position + 1 :]])

    def _turns(self, state: State, base: list[fmpq], position: int) -> Iterator[fmpq]:
        """The values of one number at which a comparison's two sides would meet, were they linear in it."""
        numbers, kind = self._numbers[position], self._kinds[position]
        places = (base[position], numbers[len(numbers) // 2], numbers[-1])
        near = [] if kind.whole else [(base[position], base[position] + TURNING_POINT_DISTANCE)]
        for low, high in [*near, *((low, low + 1 if kind.holds(low + 1) else low - 1) for low in places)]:
            ends = [self._differences_at(state, base, position, end) for end in (low, high)]
            for at_low, at_high in zip(*ends, strict=True):
                if at_low is not None and at_high is not None and at_low != at_high:
                    yield low - at_low * (high - low) / (at_high - at_low)

    def _differences_at(self, state: State, base: list[fmpq], position: int, number: fmpq) -> list[fmpq | None]:
        """Left minus right side of every comparison, whether or not the question allows the step."""
        self._steps_left -= 1
        symbol = self._alphabet.symbol([*base[:position], number, *base[position + 1 :]])
        try:
            _, step = self._machine.step(state, symbol)
        except EvaluationError:
            return [None] * len(self._differences)
        if step.frame is None:
            return [None] * len(self._differences)
        frame = [*step.frame, *self._room]
        return [difference(frame) for difference in self._differences]


def _compares(tree: Tree) -> bool:
    return any(isinstance(part, Compare) for part in subtrees(tree))


def _choices(kind: NumberDomain, constants: Sequence[fmpq]) -> list[fmpq]:
    if kind.values is not None and len(kind.values) <= MAX_SYMBOLS_TRIED:
        return list(kind.values)
    near = numbers_near(kind, constants)
    fallback = kind.values or tuple(end for end in (kind.low, kind.high) if end is not None)
    return list(near or fallback)[:MAX_SYMBOLS_TRIED]


def _around(kind: NumberDomain, base: fmpq, turns: Sequence[fmpq]) -> tuple[fmpq, ...]:
    """Numbers of a kind between the turning points, at them, beyond the outermost, and halfway to each from `base`."""
    if not turns:
        return ()
    between = [(a + b) / 2 for a, b in pairwise(turns)]
    beside = [turn + step for turn in turns for step in (0, TURNING_POINT_DISTANCE, -TURNING_POINT_DISTANCE)]
    low, high = kind.low, kind.high
    halfway = [(base + max(low, turn) if low is not None else base + turn) / 2 for turn in turns]
    halfway += [(base + high) / 2] if high is not None and turns[-1] > high else []
    return fitted(kind, [*between, *beside, *halfway, turns[0] - 1, turns[-1] + 1, turns[0] - 1000, turns[-1] + 1000])
