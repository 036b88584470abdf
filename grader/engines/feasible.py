"""Whether any weights at all answer short inputs rightly: the weights are unknowns, and z3 looks for values of them.

Each step of each short input is written out over the weights. Where no weights make all outputs right that some rubric
lines are about, none are right for all inputs; a set of inputs that shows it is made as small as z3 can. More may be
impossible than is found: nothing is said where z3 comes to no end, and where a step cannot be written as terms.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import z3
from flint import fmpq

from grader.engines.solver_context import new_context
from grader.engines.term_domain import Terms
from grader.engines.terms import Term, as_real, truth
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import Array, ShapeError, Value, entries, shape_of
from grader.machines.alphabet import Alphabet, FiniteAlphabet, Symbol, Word
from grader.machines.machine import Undefined
from grader.machines.program import Program, State
from grader.machines.specification import Specification
from grader.machines.system import Parameter, System

FEASIBILITY_RESOURCES = 1_000_000
"""z3's count of its work for one set of inputs."""

NONLINEAR_RESOURCES = 300_000
"""The same where weights are multiplied by each other."""

MAX_PRODUCT_DEGREE = 2
"""Quantities that are multiplied by each other; z3's own count does not bound its work on more."""

MAX_NONLINEAR_STEPS = 8
"""Steps with such products that are written out."""

MAX_NONLINEAR_WEIGHTS = 5
"""Numbers of the weights of networks of which such products are written out at all."""

MAX_WRITTEN_STEPS = 160
"""Steps of short inputs that are written out."""

MAX_WRITTEN_LENGTH = 8
"""Steps of the longest of them."""

MAX_TRIED_SYMBOLS = 16
"""Symbols that these inputs are made of."""

TRIED_VALUES = tuple(fmpq(*number) for number in ((0, 1), (1, 1), (-1, 1), (2, 1), (1, 2), (-2, 1)))
"""Values of numbers that have no list of values."""

WEIGHT_TERMS = Terms()


@dataclass(frozen=True)
class WrittenStep:
    """The last step of an input: the rubric lines that are about it, and that its output is right, over the weights."""

    word: Word
    lines: frozenset[int]
    right: z3.BoolRef


@dataclass(frozen=True)
class Impossible:
    """Inputs whose last outputs no weights make right together."""

    words: tuple[Word, ...]


class ShortInputs:
    """The short inputs of a network whose weights are unknown, written out length after length."""

    def __init__(self, network: System, specification: Specification, length: int | None) -> None:
        self.specification = specification
        self.network = Program(network, arithmetic=WEIGHT_TERMS)
        self.behaviour = specification.program.over(WEIGHT_TERMS)
        self.restrictions: list[z3.BoolRef] = []
        weights = {name: self._unknown(name, parameter) for name, parameter in network.parameters.items()}
        self.weights = sum(len(entries(value)) for value in weights.values())
        self.steps: list[list[WrittenStep]] = []
        """By length, those that could be written out."""
        self.nonlinear = 0
        self._degrees: dict[int, int] = {}
        try:
            frame = self.network.frame(weights)
            self._write(frame, network.alphabet, min(length or MAX_WRITTEN_LENGTH, MAX_WRITTEN_LENGTH))
        except (EvaluationError, ShapeError):
            return

    def _unknown(self, name: str, parameter: Parameter) -> Value:
        size = 1
        for length in parameter.shape:
            size *= length
        allowed = parameter.allowed if parameter.otherwise is None else None
        terms = []
        for i in range(size):
            variable = z3.Real(f"{name} {i}")
            if allowed is not None:
                self.restrictions.append(z3.Or([variable == as_real(value) for value in allowed]))
            terms.append(Term(variable, None if allowed is None else frozenset(allowed)))
        return Array(parameter.shape, terms) if parameter.shape else terms[0]

    def _write(self, weights: list[Any], alphabet: Alphabet, longest: int) -> None:
        wanted = self.specification.machine()
        symbols = tried_symbols(alphabet)
        frame = self.behaviour.frame({})
        level: list[tuple[Word, State, Any, State]] = [
            ((), self.network.initial_state(weights), wanted.initial, self.behaviour.initial_state(frame))
        ]
        written = 0
        for _ in range(longest):
            following = []
            self.steps.append([])
            for (word, network, exact, behaviour), symbol in itertools.product(level, symbols):
                exact_after, step = wanted.step(exact, symbol)
                if isinstance(step.output, Undefined) or not self.specification.allows(step):
                    continue
                written += 1
                if written > MAX_WRITTEN_STEPS:
                    self.steps.pop()  # all inputs of a length or none
                    return
                longer = (*word, symbol)
                try:
                    after, right, behaviour_after = self._step(weights[:], network, behaviour, symbol, step.output)
                except (EvaluationError, ShapeError):
                    continue
                following.append((longer, after, exact_after, behaviour_after))
                if self.specification.counts(step):
                    self._keep(longer, frozenset(self.specification.lines_applying_to(step)), right)
            level = following

    def _keep(self, word: Word, lines: frozenset[int], right: z3.BoolRef) -> None:
        """Takes a step, unless z3 might not come to an end with it."""
        degree = degree_of(right, self._degrees)
        if degree > 1:
            if (
                degree > MAX_PRODUCT_DEGREE
                or self.weights > MAX_NONLINEAR_WEIGHTS
                or self.nonlinear >= MAX_NONLINEAR_STEPS
            ):
                return
            self.nonlinear += 1
        self.steps[-1].append(WrittenStep(word, lines, right))

    def _step(
        self, frame: list[Any], state: State, behaviour: State, symbol: Symbol, wanted: Value
    ) -> tuple[State, z3.BoolRef, State]:
        """The state after a step, that its output is right, and the state of the behaviour after it."""
        self.network.fill(frame, state, symbol)
        self.network.advance(frame)
        output = self.network.output(frame)
        if self.specification.compares_outputs:
            pairs = zip(entries(output), entries(wanted), strict=True) if shape_of(output) == shape_of(wanted) else None
            equal = WEIGHT_TERMS.comparison("==")
            right = z3.BoolVal(False) if pairs is None else z3.And([truth(equal(a, b)) for a, b in pairs])
            return self.network.next_state(state, frame), right, behaviour
        wanted_frame = self.behaviour.frame({})
        self.behaviour.fill(wanted_frame, behaviour, symbol)
        self.behaviour.advance(wanted_frame)
        accepted = self.behaviour.evaluate_accept(wanted_frame, (output, wanted))
        if isinstance(accepted, Array):
            raise ShapeError("a condition is a vector")
        following = self.behaviour.next_state(behaviour, wanted_frame)
        return self.network.next_state(state, frame), truth(accepted), following

    def impossible(self, lines: Collection[int]) -> Impossible | bool:
        """Inputs that no weights answer rightly, as far as the lines are about them.

        False: there are weights for all of them. True: z3 cannot say.
        """
        solver = _Solver(self.restrictions, NONLINEAR_RESOURCES if self.nonlinear else FEASIBILITY_RESOURCES)
        wanted = frozenset(lines)
        for steps in self.steps:
            about = [step for step in steps if step.lines & wanted]
            for step in about:
                solver.add(step)
            answer = solver.check(solver.names) if about else z3.sat
            if answer == z3.unsat:
                return Impossible(solver.smallest())
            if answer == z3.unknown:
                return True
        return False


class _Solver:
    """Steps whose outputs are to be right, each of which can be left out; in a context of z3 of its own."""

    def __init__(self, restrictions: Sequence[z3.BoolRef], resources: int) -> None:
        self.context = new_context()
        self.solver = z3.Solver(ctx=self.context)
        self.solver.set("rlimit", resources)
        self.solver.set("ctrl_c", False)
        self.solver.set("random_seed", 0)
        self.solver.add([restriction.translate(self.context) for restriction in restrictions])
        self.steps: dict[str, WrittenStep] = {}

    @property
    def names(self) -> list[str]:
        """The names of the steps, in order."""
        return list(self.steps)

    def add(self, step: WrittenStep) -> None:
        name = f"right {len(self.steps)}"
        self.steps[name] = step
        self.solver.add(z3.Implies(z3.Bool(name, self.context), step.right.translate(self.context)))

    def check(self, names: Sequence[str]) -> z3.CheckSatResult:
        """Whether some weights make these steps right."""
        return self.solver.check(*(z3.Bool(name, self.context) for name in names))

    def smallest(self) -> tuple[Word, ...]:
        """After `unsat`: inputs that cannot all be right, none of which can be left out as far as z3 can say."""
        core = self._core()
        for name in sorted(core, key=lambda name: (-len(self.steps[name].word), self.names.index(name))):
            if name in core and self.check([other for other in core if other != name]) == z3.unsat:
                core = self._core()
        return tuple(self.steps[name].word for name in core)

    def _core(self) -> list[str]:
        found = {str(name) for name in self.solver.unsat_core()}
        return [name for name in self.steps if name in found]


def degree_of(expression: z3.ExprRef, known: dict[int, int]) -> int:
    """How many quantities are multiplied by each other somewhere in an expression; `known` are parts of it by id."""
    todo = [expression]
    while todo:
        part = todo[-1]
        inner = [child for child in part.children() if child.get_id() not in known]
        if inner:
            todo += inner
            continue
        degrees = [known[child.get_id()] for child in part.children()]
        if z3.is_mul(part):
            known[part.get_id()] = sum(degrees)
        else:
            known[part.get_id()] = max(
                degrees, default=int(z3.is_const(part) and z3.is_arith(part) and not _is_number(part))
            )
        todo.pop()
    return known[expression.get_id()]


def _is_number(part: z3.ExprRef) -> bool:
    return bool(z3.is_rational_value(part) or z3.is_int_value(part))


def tried_symbols(alphabet: Alphabet) -> list[Symbol]:
    """Symbols that short inputs are made of: all where they are few, else some, of simple numbers."""
    known = alphabet.symbol_set
    if isinstance(known, FiniteAlphabet):
        return list(known.symbols[:: -(-len(known.symbols) // MAX_TRIED_SYMBOLS)])
    choices = [
        [
            n
            for n in (*(domain.values or ()), *TRIED_VALUES, domain.low, domain.high)
            if n is not None and domain.holds(n)
        ]
        for domain in alphabet.number_domains
    ]
    return [alphabet.symbol(numbers) for numbers in itertools.islice(_diagonal(choices), MAX_TRIED_SYMBOLS)]


def _diagonal(choices: Sequence[Sequence[fmpq]]) -> Iterator[tuple[fmpq, ...]]:
    """Combinations of choices, those of early ones first."""
    most = max(map(len, choices), default=0)
    for size in range(1, most + 1):
        for indices in itertools.product(*(range(min(size, len(values))) for values in choices)):
            if max(indices) == size - 1:
                yield tuple(values[i] for values, i in zip(choices, indices, strict=True))
