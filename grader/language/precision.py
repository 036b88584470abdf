"""Questions about balls, asked with more and more bits until they are decided; the bits are counted."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Iterator
from typing import TypeVar

from flint import ctx

from grader.language.ball_numbers import Undecided

PRECISION_BITS = (64, 128, 256, 512, 1_024, 2_048, 4_096)
"""Bits of the balls, one after the other, until a question is decided."""

MAX_REFINED_STEP_BITS = 1 << 24
"""Steps times bits of all runs of one answer with more than the first precision: 4,096 steps of 4,096 bits."""

MIN_AFFORDED_RUNS = 4
"""A run is only begun if so many like it could be: one long input leaves enough for others."""

Answered = TypeVar("Answered")


class Refinement:
    """How much may still be run with more bits; the same for all runs about one answer, so that none of them hangs.

    `bits`: the precision that was taken last.
    """

    def __init__(self, step_bits: int = MAX_REFINED_STEP_BITS) -> None:
        self.left = step_bits
        self.bits = PRECISION_BITS[0]

    def precisions(self, steps: int, *, tried: int = 0) -> Iterator[int]:
        """The precisions of more than `tried` bits with which so many steps may be run, each counted as it is taken."""
        for bits in PRECISION_BITS[bisect(PRECISION_BITS, tried) :]:
            if bits > PRECISION_BITS[0]:
                if self.left < steps * bits * MIN_AFFORDED_RUNS:
                    return
                self.left -= steps * bits
            self.bits = bits
            yield bits

    def halve_rest(self) -> None:
        """Gives up half of the bits that are left: other questions like one that stayed open would cost the same."""
        self.left //= 2


def decided(ask: Callable[[], Answered], refinement: Refinement | None = None, steps: int = 1) -> Answered:
    """The answer to a question about balls, asked with more and more bits.

    Raises:
        Undecided: if it stays open with the last precision.
    """
    open_question, refinement = Undecided("nothing was looked at"), refinement or Refinement()
    for bits in refinement.precisions(steps):
        try:
            with ctx.workprec(bits):
                return ask()
        except Undecided as undecided:
            open_question = undecided
    refinement.halve_rest()
    raise open_question
