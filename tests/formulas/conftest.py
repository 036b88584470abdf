"""The setting in which the table of pairs is decided."""

from __future__ import annotations

import pytest

from grader.formulas import Quantity, SequenceSymbol, Setting, Symbols

NUMBERS = "abcdhruwxyz"


@pytest.fixture(scope="session")
def setting() -> Setting:
    quantities = {name: Quantity() for name in NUMBERS}
    quantities |= {name: Quantity((3,)) for name in ("v", "w3", "y3")} | {"p3": Quantity((3,), "unit")}
    quantities |= {"A": Quantity((2, 3)), "B": Quantity((3, 2))}
    quantities |= {"q": Quantity((), "positive"), "p": Quantity((), "unit")}
    cases = tuple({"T": T} for T in (3, 1, 2, 5))
    return Setting(Symbols(quantities, {"s": SequenceSymbol()}, ("T",)), cases=cases)
