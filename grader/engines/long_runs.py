"""Runs of long words, whose numbers may grow with every step: bounded by their bits, not by the clock."""

from __future__ import annotations

from grader.deferred import dataclass
from grader.machines.alphabet import Word
from grader.machines.machine import Machine, Step, bits_of

MAX_SAMPLED_LENGTH = 80
"""Steps of the longest drawn word; longer ones are few, and cost what `LongRunBits` allows."""

MAX_LONG_WORD_BITS, MAX_LONG_RUN_BITS = 25_000_000, 80_000_000
"""Bits of all states, one after the other, of one long word and of all long words of one answer: a word of a thousand
steps whose fractions grow by forty bits a step has twenty million."""

BALL_STEP_BITS = 10_000
"""What a step in balls counts."""


@dataclass
class LongRunBits:
    """What is left for the steps of words beyond MAX_SAMPLED_LENGTH."""

    left: int = MAX_LONG_RUN_BITS

    def take(self, bits: int) -> bool:
        """Takes some away; False where not as many are left."""
        self.left -= bits
        return self.left >= 0


def steps_within(machine: Machine, word: Word, bits: LongRunBits) -> list[Step]:
    """The steps of a word, as far as numbers stay within the limits, and within what is left of the bits."""
    steps: list[Step] = []
    left = min(bits.left, MAX_LONG_WORD_BITS)
    for state, step in machine.trace(word):
        steps.append(step)
        if len(steps) > MAX_SAMPLED_LENGTH:
            size = bits_of(state)
            left, bits.left = left - size, bits.left - size
            if left < 0:
                break
    return steps
