"""How far numbers may be apart by default, by the type of the arrays among the inputs."""

from __future__ import annotations

from collections.abc import Iterable

from grader.inputs.input_set import InputSet, sets_in

DEFAULT_TOLERANCES = 1e-9, 1e-12
"""Relative and absolute, of a line whose inputs are float64, whole numbers or Python's numbers."""

ROUNDED_TOLERANCES: dict[str, tuple[float, float]] = {"float32": (1e-4, 1e-5), "float16": (1e-2, 1e-3)}
"""Those of a line with inputs of fewer digits: a right answer that is worked out in them differs by so much."""


def tolerances_of(input_sets: Iterable[InputSet]) -> tuple[float, float]:
    """The tolerances of a line that states none: those of the type with the fewest digits among its inputs."""
    dtypes = {one.array_type.dtype for given in input_sets for one in sets_in(given) if one.array_type is not None}
    return max([DEFAULT_TOLERANCES, *(ROUNDED_TOLERANCES[dtype] for dtype in dtypes & ROUNDED_TOLERANCES.keys())])
