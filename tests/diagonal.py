"""Crossed parameters of which the usual tests try each value once, and `pytest -m slow` every combination."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import pytest


def diagonal(*axes: Sequence[Any]) -> Iterator[Any]:
    """Parameters for every combination; those beyond the fewest in which each value occurs are marked slow."""
    longest = max(map(len, axes))
    usual = {tuple(n % len(axis) for axis in axes) for n in range(longest)}
    for indices in product(*(range(len(axis)) for axis in axes)):
        values = [axis[i] for axis, i in zip(axes, indices, strict=True)]
        yield pytest.param(*values, marks=[] if indices in usual else [pytest.mark.slow])
