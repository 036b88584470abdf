"""Minimal machines as state diagrams."""

from __future__ import annotations

from markupsafe import Markup

from grader.network_details import MinimalMachines
from grader.page_details import MachinePath


def state_diagrams(machines: MinimalMachines, path: MachinePath | None = None) -> Markup:
    """The answer's machine beside the wanted one (where it is shown), the path of a counterexample in one colour."""
    return Markup()
