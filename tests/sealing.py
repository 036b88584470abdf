"""Seals at the least cost that scrypt can have, for tests that are about something else than what a guess costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

KNOWING_THE_COST = ("grader.formulas", "grader.formulas.sealed", "grader.kinds.formula.seal")


@contextmanager
def cheap_seals() -> Iterator[None]:
    """Within it, copies are made and read in this process with n = 2; no other process can read them."""
    with pytest.MonkeyPatch.context() as patch:
        for module in KNOWING_THE_COST:
            patch.setattr(f"{module}.SCRYPT", (2, 1, 1))
        yield
