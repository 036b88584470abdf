"""Values of inputs that neither Python nor `Array` has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Case = Mapping[str, Any]
"""One drawn input by name: Python numbers, text, lists, tuples, dictionaries, `Array`, `Table`, `Seed`."""


@dataclass(frozen=True)
class Seed:
    """A drawn generator."""

    seed: int


@dataclass(frozen=True, eq=False)
class Table:
    """A drawn function: the names of its arguments, and a value for each tuple of them."""

    parameters: tuple[str, ...]
    rows: Mapping[tuple[Any, ...], Any]
