"""The behaviour that is wanted, which also knows what each rubric line is about and what it accepts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.language.arrays import Value, describe
from grader.language.tree import Compare, Name, Tree
from grader.machines.alphabet import Symbol
from grader.machines.machine import EquationMachine, Step, Undefined
from grader.machines.program import Extra, Late, Program
from grader.machines.system import DefinitionError, Fault, System

EXPECTED = "expected"
MAX_STATES = 100_000
"""States of the behaviour that are remembered from one submission to the next."""


@dataclass(frozen=True)
class Line:
    """The steps that a rubric line is about (None: every step)."""

    name: str
    when: Tree | None = None


class Judge:
    """A behaviour with its rubric lines, built once a question and walked beside every answer.

    `answer` is the name under which `accept` speaks of the answer's output, `answer_shape` its shape; `accept` None
    stands for `answer == expected`.

    Raises:
        DefinitionError: with every fault of the behaviour and of the expressions about it.
    """

    def __init__(
        self,
        behaviour: System,
        lines: Sequence[Line],
        *,
        answer: str = "y",
        answer_shape: tuple[int, ...] = (),
        accept: Tree | None = None,
        assume: Tree | None = None,
    ) -> None:
        self.lines = tuple(lines)
        extras = [Extra(("checks", str(i), "when"), line.when) for i, line in enumerate(lines) if line.when is not None]
        places = iter(range(len(extras)))
        self._when = [None if line.when is None else next(places) for line in lines]
        self._assume = None
        if assume is not None:
            self._assume = len(extras)
            extras.append(Extra(("assume",), assume))
        late = None
        if accept is not None and accept not in _plain(answer):
            late = Late(("accept",), accept, {answer: answer_shape, EXPECTED: _output_shape(behaviour)})
        self.program = Program(behaviour, extras, late)
        self.compares_outputs = late is None
        if late is None and self.program.output_shape != answer_shape:
            message = f"is {describe(self.program.output_shape)}, but the network's output is {describe(answer_shape)}"
            raise DefinitionError([Fault(("output",), message)])
        self._machine: EquationMachine | None = None

    def machine(self, symbols: Sequence[Symbol]) -> EquationMachine:
        """The behaviour as a machine; its edges are kept from one walk to the next."""
        kept = self._machine
        if kept is None or kept.symbols is not symbols or kept.states > MAX_STATES:
            kept = self._machine = EquationMachine(self.program, {}, symbols, keep_frames=not self.compares_outputs)
        return kept

    def allows(self, step: Step) -> bool:
        """Whether the input belongs to those that the question assumes."""
        self._check(step)
        return self._assume is None or bool(step.extras[self._assume])

    def concerned(self, step: Step) -> list[int]:
        """The rubric lines (by number) that are about this step."""
        return [i for i, place in enumerate(self._when) if place is None or step.extras[place]]

    def accepts(self, output: Value, step: Step) -> bool:
        """Whether this output is right at this step."""
        if self.compares_outputs:
            return bool(output == step.output)
        if isinstance(output, Undefined) or step.frame is None:
            return False
        return bool(self.program.judge_late(step.frame, (output, step.output)))

    def _check(self, step: Step) -> None:
        if isinstance(step.output, Undefined):
            raise DefinitionError([Fault(("equations",), f"the behaviour itself is undefined: {step.output.reason}")])


def _plain(answer: str) -> tuple[Tree, Tree]:
    """The two ways to write the default of `accept`."""
    sides = Name(answer), Name(EXPECTED)
    return Compare(("==",), sides), Compare(("==",), sides[::-1])


def _output_shape(behaviour: System) -> tuple[int, ...]:
    return Program(behaviour).output_shape
