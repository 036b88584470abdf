"""Crossed parameters of which the usual tests try each value once, and `pytest -m slow` every combination."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest


def diagonal(*axes: Sequence[Any]) -> list[Any]:
    """Parameters for every combination; those beyond the fewest in which each value occurs are marked slow."""
    longest = max(map(len, axes))
    usual = {tuple(n % len(axis) for axis in axes) for n in range(longest)}
    return [
        pytest.param(
            *(axis[i] for axis, i in zip(axes, indices, strict=True)),
            marks=[] if indices in usual else [pytest.mark.slow],
        )
        for indices in product(*(range(len(axis)) for axis in axes))
    ]
