"""Drawn values as the sandbox sends them to a student's function."""

from __future__ import annotations

from typing import Any

from grader.inputs.argument_types import GeneratorArgument
from grader.inputs.drawn_values import Seed, Table
from grader.language.arrays import Array


def plain_argument(value: Any) -> Any:
    """A drawn value, or one worked out by a property, as it is sent where no set says more: arrays are NumPy's."""
    if isinstance(value, Array):
        return numpy_array(value, float)
    if isinstance(value, list | tuple):
        made = map(plain_argument, value)
        return tuple(made) if isinstance(value, tuple) else list(made)
    if isinstance(value, dict):
        return {key: plain_argument(item) for key, item in value.items()}
    if isinstance(value, Seed):
        return GeneratorArgument(value.seed)
    if isinstance(value, Table):
        raise TypeError("a table is made into a function once a case, by the plan")
    return value


def numpy_array(value: Any, dtype: Any) -> Any:
    """An array, or nested lists of numbers, as a NumPy array.

    Raises:
        TypeError, ValueError, OverflowError: for a value (of a property) that is no such array.
    """
    import numpy as np

    if isinstance(value, Array):
        return np.asarray(value.entries, dtype).reshape(value.shape)
    return np.asarray(value, dtype)


def items(value: Any) -> list[Any] | None:
    """The parts of an array along its first axis, or of a list or a tuple; None of anything else."""
    if isinstance(value, Array):
        return [value.item(i) for i in range(value.shape[0])]
    return list(value) if isinstance(value, list | tuple) else None
