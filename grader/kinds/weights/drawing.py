"""The inputs of a question on which answers are sampled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.deferred import dataclass
from grader.machines.alphabet import FiniteAlphabet
from grader.machines.explore import Bounds
from grader.machines.program import Program
from grader.machines.specification import Specification

if TYPE_CHECKING:
    from grader.engines.corpus import Corpus
    from grader.engines.engine import Budget
    from grader.kinds.weights.question import WeightsQuestion

SMALL_STATES, SMALL_SAMPLES, SMALL_LONGEST = 300, 40, 12
"""Of a small budget: joint states of a walk, inputs that are drawn, and steps of the longest of them."""


@dataclass(frozen=True, eq=False)
class CorpusDrawing:
    """Draws the inputs of a question, around the constants of its expressions; `longest` is in steps."""

    program: Program
    specification: Specification
    bounds: Bounds
    samples: int
    seed: int
    longest: int

    def __call__(self) -> Corpus:
        from grader.engines.constants import constants_in
        from grader.engines.corpus import draw_corpus, in_floats

        program, specification = self.program, self.specification
        alphabet = program.system.alphabet
        constants = constants_in([*specification.trees(), *(tree for _, tree in program.system.trees())])
        corpus = draw_corpus(alphabet, specification, self.bounds, self.samples, self.seed, constants, self.longest)
        if not program.in_doubles or isinstance(alphabet.symbol_set, FiniteAlphabet):
            return corpus
        return in_floats(corpus, alphabet, specification, long_words=True)


def small_budget(question: WeightsQuestion) -> Budget:
    """A budget that is used up after little work, whatever the network is."""
    from grader.engines.engine import Budget

    own, program, specification = question.budget, question.program, question.specification
    bounds = Bounds(min(own.bounds.states, SMALL_STATES), own.bounds.length)
    samples = min(own.samples, SMALL_SAMPLES)
    drawing = CorpusDrawing(program, specification, bounds, samples, own.seed, SMALL_LONGEST)
    return Budget(bounds, samples, own.seed, drawing, is_small=True)
