"""Arguments that a student's function is given and Python does not have, as plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class TorchTensor:
    """A tensor by the NumPy array of its numbers, the name of its type in torch, and whether its gradient is tracked.

    Numbers of `bfloat16`, which NumPy lacks, are in float32. No module of torch is needed for one.
    """

    array: Any
    dtype: str
    requires_grad: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Its sizes along the axes."""
        return tuple(self.array.shape)

    def tolist(self) -> Any:
        """Its numbers as lists of Python's, as an array gives them."""
        return self.array.tolist()


@dataclass(frozen=True)
class GeneratorArgument:
    """Becomes `numpy.random.default_rng(seed)` in the student's process."""

    seed: int
