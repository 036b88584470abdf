"""A counterexample's trace as a plot."""

from __future__ import annotations

from markupsafe import Markup

from grader.evidence import Counterexample


def trace_plot(found: Counterexample, output_name: str = "output") -> Markup:
    """Units and output over time, the answer's beside what was wanted, the first wrong step marked.

    The page shows the trace as a table beside it. Empty where the trace has no numbers.
    """
    return Markup()
