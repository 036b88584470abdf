"""`generator`: a fresh `numpy.random.Generator`, from a drawn seed."""

from __future__ import annotations

from dataclasses import dataclass

from grader.inputs.drawn_values import Seed
from grader.inputs.input_set import Chooser, Env, InputSet
from grader.inputs.set_forms import TextForm


@dataclass(frozen=True)
class GeneratorSet(InputSet):
    """Generators of every seed."""

    stands_alone = True
    is_random = True

    def drawn(self, chooser: Chooser, env: Env) -> Seed:
        return Seed(chooser.whole(range(2**32)))


GENERATOR_FORM = TextForm("generator", (0,), lambda parts, inner: GeneratorSet())
