"""Inputs of one step at which a comparison of the answer's network, or of what is wanted, turns.

A wrong answer and a right one often differ between two such points alone: `x > 6` and `x > 5` between 5 and 6, however
close the two thresholds are. All comparisons of one step are worked out at two inputs that differ in one number; where
their two sides would meet, were they linear in it, is a turning point (a few more rounds of the secant method come near
to those of products). Inputs at, beside and between these points are tried. They depend on the answer alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from flint import fmpq

from grader.engines.constants import fitted, numbers_near
from grader.language.arithmetic import EvaluationError, Frame
from grader.language.arrays import Array, ShapeError, Value, entries
from grader.language.exact import Exact
from grader.language.limits import MAX_NETWORK_BITS
from grader.machines.alphabet import NumberDomain, Symbol, Word
from grader.machines.machine import EquationMachine
from grader.machines.program import State
from grader.machines.specification import Specification

MAX_TURNED_NUMBERS = 8
"""Numbers of one step's input that are moved, each by itself."""

MAX_NOTED_COMPARISONS = 24
"""Comparisons of one step whose turning points are looked for."""

MAX_SECANT_ROUNDS = 6
MAX_TURNED_BASES = 12
"""Inputs from which one number is moved: a few to begin with, then those at turning points of another number."""

TURNING_GRID_BITS = 40
"""Turning points are rounded to multiples of 1/2^40 where they are no short fractions."""

BESIDE_TURNING_POINTS = tuple(fmpq(sign, 2**k) for k in (10, 20, 30, 40) for sign in (1, -1))


class NotingExact(Exact):
    """Exact arithmetic that notes left side minus right side of every comparison, and where functions have a kink."""

    def __init__(self) -> None:
        super().__init__(MAX_NETWORK_BITS)
        self.noted: list[fmpq] = []
        plain = super().functions
        self._functions = {**plain, **{name: self._kinked(plain[name], KINKS[name]) for name in KINKS}}

    @property
    def functions(self) -> Mapping[str, Callable[..., Value]]:
        return self._functions

    def comparison(self, op: str) -> Callable[[Value, Value], Value]:
        compare = super().comparison(op)

        def noting(left: Value, right: Value) -> Value:
            self._note(left, right)
            return compare(left, right)

        return noting

    def _kinked(self, function: Callable[..., Value], at_zero: bool) -> Callable[..., Value]:
        def noting(*arguments: Value) -> Value:
            if at_zero:
                self._note(arguments[0], fmpq(0))
            else:
                numbers = [number for argument in arguments for number in entries(argument)]
                for left, right in pairwise(numbers):
                    self._note(left, right)
            return function(*arguments)

        return noting

    def _note(self, left: Value, right: Value) -> None:
        one, other = entries(left), entries(right)
        if not isinstance(right, Array):
            other = tuple(other) * len(one)
        for a, b in zip(one, other, strict=False):
            if type(a) is fmpq and type(b) is fmpq and len(self.noted) < MAX_NOTED_COMPARISONS:
                self.noted.append(a - b)


KINKS: Mapping[str, bool] = {"relu": True, "abs": True, "step": True, "sign": True, "max": False, "min": False}
"""Functions that are linear on both sides of 0 (True), or where two of their arguments are equal."""


NOTING = NotingExact()


class TurningPoints:
    """The turning points of one answer's network beside its specification."""

    def __init__(self, network: EquationMachine, specification: Specification) -> None:
        self._machines = network, specification.machine()
        self._compares = specification.compares_outputs
        self._alphabet = network.program.system.alphabet
        self._kinds = self._alphabet.number_domains
        self._network, self._behaviour = (machine.program.over(NOTING) for machine in self._machines)
        self._frame: Frame = [None] * self._network.size
        for name, value in network.parameter_values.items():
            self._frame[self._network.layout.scope.names[name]] = value

    def words(self, prefixes: Sequence[Word]) -> Iterator[Word]:
        """Each of the words with one step more, an input at which, beside which or between which something turns.

        None where numbers are not exact, or the numbers of an input belong together as a symbol.
        """
        exact = all(type(machine.program.arithmetic) is Exact for machine in self._machines)
        if not exact or any(channel.names for channel in self._alphabet.channels.values()):
            return
        for prefix in prefixes:
            states: list[Any] = [machine.initial for machine in self._machines]
            for symbol in prefix:
                states = [m.step(state, symbol)[0] for m, state in zip(self._machines, states, strict=True)]
            if all(isinstance(state, tuple) for state in states):
                yield from ((*prefix, symbol) for symbol in self._symbols(states))

    def _symbols(self, states: Sequence[State]) -> Iterator[Symbol]:
        bases, done = self._bases(), dict[tuple[fmpq, ...], None]()
        while bases and len(done) < MAX_TURNED_BASES:
            base = bases.pop(0)
            if base in done:
                continue
            done[base] = None
            for position in range(min(len(base), MAX_TURNED_NUMBERS)):
                turns = sorted(set(self._turns(states, base, position)))
                for i, number in enumerate(_tried(self._kinds[position], turns)):
                    moved = (*base[:position], number, *base[position + 1 :])
                    yield self._alphabet.symbol(moved)
                    if i < len(turns) and len(base) > 1:
                        bases.append(moved)

    def _bases(self) -> list[tuple[fmpq, ...]]:
        """A row of the simplest number, rows of other numbers, and one of numbers that are all different."""
        near = [numbers_near(kind, ()) or kind.values or (kind.low or fmpq(0),) for kind in self._kinds]
        rows = [tuple(numbers[i % len(numbers)] for numbers in near) for i in (0, 1, 2)]
        return [*dict.fromkeys(rows), tuple(numbers[i % len(numbers)] for i, numbers in enumerate(near))]

    def _turns(self, states: Sequence[State], base: tuple[fmpq, ...], position: int) -> Iterator[fmpq]:
        """Where the sides of a comparison meet, as far as one number of an input moves."""
        at_base = self._noted_at(states, base, position, base[position])
        for distance in (fmpq(1), fmpq(1, 2**10)):
            near = self._noted_at(states, base, position, base[position] + distance)
            if len(near) != len(at_base):
                continue
            for i, (low, high) in enumerate(zip(at_base, near, strict=True)):
                if low != high:
                    turn = base[position] - low * distance / (high - low)
                    yield self._nearer(states, base, position, i, (base[position], low), turn)

    def _nearer(
        self,
        states: Sequence[State],
        base: tuple[fmpq, ...],
        position: int,
        which: int,
        known: tuple[fmpq, fmpq],
        turn: fmpq,
    ) -> fmpq:
        """A turning point after some rounds of the secant method; the first guess where both sides are linear."""
        for _ in range(MAX_SECANT_ROUNDS):
            noted = self._noted_at(states, base, position, turn)
            if which >= len(noted) or not noted[which] or noted[which] == known[1]:
                break
            following = _on_grid(turn - noted[which] * (turn - known[0]) / (noted[which] - known[1]))
            known, turn = (turn, noted[which]), following
        return turn

    def _noted_at(
        self, states: Sequence[State], base: tuple[fmpq, ...], position: int, number: fmpq
    ) -> tuple[fmpq, ...]:
        """Left minus right side of all comparisons of a step, be its input allowed or not; empty where it fails."""
        NOTING.noted.clear()
        symbol = self._alphabet.symbol((*base[:position], number, *base[position + 1 :]))
        network, behaviour = self._network, self._behaviour
        try:
            frame, wanted = self._frame[:], behaviour.frame({})
            for program, one, state in ((network, frame, states[0]), (behaviour, wanted, states[1])):
                program.fill(one, state, symbol)
                program.advance(one)
            outputs = network.output(frame), behaviour.output(wanted)
            for condition in behaviour.expression_closures:
                condition(wanted)
            if not self._compares:
                behaviour.evaluate_accept(wanted, outputs)
        except (EvaluationError, ShapeError, TypeError):  # the last of a value that does not exist yet
            pass
        return tuple(NOTING.noted)


def _tried(kind: NumberDomain, turns: Sequence[fmpq]) -> tuple[fmpq, ...]:
    """Numbers at, between, beside and beyond turning points."""
    between = [(a + b) / 2 for a, b in pairwise(turns)]
    beside = [turn + step for turn in turns for step in (*BESIDE_TURNING_POINTS, fmpq(1), fmpq(-1))]
    beyond = [turns[0] - 1000, turns[-1] + 1000] if turns else []
    return fitted(kind, [*turns, *between, *beside, *beyond])


def _on_grid(number: fmpq) -> fmpq:
    if number.q <= 1 << TURNING_GRID_BITS:
        return number
    return fmpq((number * (1 << TURNING_GRID_BITS)).floor(), 1 << TURNING_GRID_BITS)
