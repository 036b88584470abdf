"""Bounded model checking: whether an input of a given length breaks a rubric line, lengths one after the other.

After Biere, Cimatti, Clarke, Zhu: "Symbolic model checking without BDDs" (1999), over linear arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import z3
from flint import fmpq

from grader.engines.terms import as_real
from grader.engines.transition import Phase, Transition
from grader.machines.alphabet import Alphabet, Word

SEARCH_RESOURCES = 3_000_000
"""z3's count of its work for one question."""

MAX_MET_STEPS = 8
"""Steps of the inputs among which one is looked for that a rubric line is about."""

MAX_SIMPLIFIED_NUMBERS = 24
"""Numbers of an input that are made simple one by one; of more, all at once."""

SIMPLE_NUMBERS = tuple(fmpq(*n) for n in ((0, 1), (1, 1), (-1, 1), (2, 1), (-2, 1), (1, 2), (-1, 2), (3, 1), (-3, 1)))
"""What a number of an input is tried to be, in this order."""

SIMPLE_BOUNDS = (1, 3, 10, 100)
"""Sizes of whole numbers that all numbers of an input are tried to have."""


def new_solver(system: Transition) -> z3.Solver:
    """A solver whose answers do not depend on the machine."""
    solver = z3.Solver(ctx=system.context)
    solver.set("rlimit", system.resources(SEARCH_RESOURCES))
    solver.set("ctrl_c", False)  # else z3 takes an interrupt as its own and gives up: a verdict that rests on a key
    solver.set("random_seed", 0)
    return solver


class _Unrolling:
    """The steps of all inputs of one length as constraints of a solver."""

    def __init__(self, system: Transition) -> None:
        self.system = system
        self.solver = new_solver(system)
        self.solver.add(system.start())
        self.inputs: list[tuple[z3.ArithRef, ...]] = []
        self._phase = system.phases[0]
        self._state: Sequence[z3.ArithRef] = self._phase.variables
        self._names: list[tuple[z3.ArithRef, z3.ArithRef]] = []

    def add_step(self) -> Phase:
        """Appends a step to the inputs and returns its phase, whose expressions `at_step` writes for this step."""
        if self.inputs:
            before, self._phase = self._phase, self.system.phases[self._phase.following]
            after = [self.at_step(value) for value in before.after]
            self._state = [
                z3.Real(f"{slot.name} at {len(self.inputs)}", self.system.context) for slot in self._phase.slots
            ]
            self.solver.add([variable == value for variable, value in zip(self._state, after, strict=True)])
        number = len(self.inputs)
        self.inputs.append(tuple(z3.Const(f"{v.decl().name()} at {number}", v.sort()) for v in self.system.inputs))
        self._names = [
            *zip(self._phase.variables, self._state, strict=True),
            *zip(self.system.inputs, self.inputs[-1], strict=True),
        ]
        self.solver.add(self.at_step(self._phase.allowed))
        return self._phase

    def at_step(self, expression: z3.ExprRef) -> z3.ExprRef:
        """An expression of the phase, written for the step that was added last."""
        return z3.substitute(expression, *self._names)


class BoundedSearch:
    """All inputs, length after length; `length` is how far the search has come."""

    def __init__(self, system: Transition, alphabet: Alphabet) -> None:
        self.system = system
        self.alphabet = alphabet

    @cached_property
    def _unrolling(self) -> _Unrolling:
        return _Unrolling(self.system)

    @property
    def length(self) -> int:
        """The steps of the inputs that were searched last."""
        return len(self._unrolling.inputs) if "_unrolling" in vars(self) else 0

    def next_length(self, lines: Sequence[int]) -> dict[int, Word] | None:
        """A simple word of one step more for each line that some such word breaks; None: z3 could not say."""
        phase, solver = self._unrolling.add_step(), self._unrolling.solver
        found: dict[int, Word] = {}
        for line in lines:
            solver.push()
            solver.add(self._unrolling.at_step(phase.broken[line]))
            answer = solver.check()
            if answer == z3.sat:
                word = self._simple_word()
                if word is None:
                    return None
                found[line] = word
            solver.pop()
            if answer == z3.unknown:
                return None
        return found

    def is_met(self, line: int, length: int | None) -> bool:
        """True if a rubric line is about the last step of some short input."""
        unrolling = _Unrolling(self.system)
        for _ in range(min(length or MAX_MET_STEPS, MAX_MET_STEPS)):
            phase = unrolling.add_step()
            unrolling.solver.push()
            unrolling.solver.add(unrolling.at_step(phase.applies[line]))
            if unrolling.solver.check() == z3.sat:
                return True
            unrolling.solver.pop()
        return False

    def _simple_word(self) -> Word | None:
        """A word that satisfies the solver, of simple numbers where there is one; None: its numbers are irrational."""
        unrolling, width = self._unrolling, len(self.system.inputs)
        numbers = simple_numbers(unrolling.solver, [number for symbol in unrolling.inputs for number in symbol])
        if numbers is None:
            return None
        return tuple(self.alphabet.symbol(numbers[i : i + width]) for i in range(0, len(numbers), width))


def word_along(
    system: Transition, alphabet: Alphabet, states: Sequence[Sequence[fmpq]], lines: Sequence[int]
) -> Word | None:
    """A word of simple numbers through the given states, whose last step breaks one of the lines; None: none is found.

    Each step is looked for by itself, so that long words cost no more for each step than short ones.
    """
    word, phase = [], system.phases[0]
    if tuple(states[0]) != system.initial:
        return None
    for state, following in zip(states, [*states[1:], None], strict=True):
        if len(state) != len(phase.slots):
            return None
        solver = new_solver(system)
        solver.add(phase.allowed, *phase.is_state(state))
        if following is None:
            solver.add(z3.Or([phase.broken[line] for line in lines]))
        else:
            after = zip(phase.after, following, strict=True)
            solver.add([number == as_real(n, system.context) for number, n in after])
        if solver.check() != z3.sat:
            return None
        numbers = simple_numbers(solver, system.inputs)
        if numbers is None:
            return None
        word.append(alphabet.symbol(numbers))
        phase = system.phases[phase.following]
    return tuple(word)


def simple_numbers(solver: z3.Solver, unknowns: Sequence[z3.ArithRef]) -> list[fmpq] | None:
    """Simple values of unknowns that satisfy a solver which is satisfiable; None: z3 gives irrational ones."""
    depth, model = solver.num_scopes(), solver.model()
    for bound in SIMPLE_BOUNDS:
        solver.push()
        for unknown in unknowns:
            solver.add(unknown >= -bound, unknown <= bound)
            if z3.is_real(unknown):
                solver.add(z3.IsInt(unknown))
        if solver.check() == z3.sat:
            model = solver.model()
            break
        solver.pop()
    if len(unknowns) <= MAX_SIMPLIFIED_NUMBERS:
        for unknown in unknowns:
            model = _with_simple(solver, unknown, model)
    solver.pop(solver.num_scopes() - depth)
    values = [_rational(model.eval(unknown, model_completion=True)) for unknown in unknowns]
    return [value for value in values if value is not None] if None not in values else None


def _with_simple(solver: z3.Solver, unknown: z3.ArithRef, model: z3.ModelRef) -> z3.ModelRef:
    """A model in which an unknown is the first of the simple numbers that it can be; later models have it too."""
    for simple in SIMPLE_NUMBERS:
        if z3.is_int(unknown) and simple.q != 1:
            continue
        solver.push()
        solver.add(unknown == (int(simple.p) if z3.is_int(unknown) else as_real(simple, solver.ctx)))
        if solver.check() == z3.sat:
            return solver.model()
        solver.pop()
    return model


def _rational(value: z3.ExprRef) -> fmpq | None:
    if z3.is_int_value(value):
        return fmpq(value.as_long())
    if z3.is_rational_value(value):
        return fmpq(value.numerator_as_long(), value.denominator_as_long())
    return None
