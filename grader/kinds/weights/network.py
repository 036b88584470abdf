"""A student's network for tests by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grader.kinds.weights.question import WeightsQuestion
from grader.language.arrays import Value
from grader.machines.alphabet import Word, show_outputs
from grader.machines.display import read_runs
from grader.machines.enclosed import narrow_run
from grader.machines.machine import AnswerMachine


@dataclass(frozen=True, eq=False)
class Network:
    """A network with a student's weights, exactly; called with an input as text, it gives its outputs as text.

    Irrational outputs are rounded to six digits, or to more where they would look like rounder numbers.
    """

    question: WeightsQuestion
    values: Mapping[str, Value]

    def __call__(self, word: str) -> str:
        """`network("1101")` is `"1100"`; `network("")`, the output for the empty input, where that counts."""
        return show_outputs([step.output for step in narrow_run(self.machine(keep_frames=False), self.word(word))])

    def word(self, text: str) -> Word:
        """The steps of an input, which may be written as reports write long ones; ValueError if it is none."""
        if self.question.specification.judged.empty and not text.strip():
            return ()
        return read_runs(self.question.alphabet, text)

    def machine(self, *, keep_frames: bool = False) -> AnswerMachine:
        """The network as a machine, in its initial state."""
        return self.question.network(self.values, keep_frames=keep_frames)

    def __repr__(self) -> str:
        return f"<the network handed in for {self.question.id}>"
