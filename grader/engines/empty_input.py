"""What is found of the empty input, before any engine looks at steps."""

from __future__ import annotations

from grader.engines.engine import NOTHING_FOUND, Broken, Findings
from grader.machines.enclosed import judged_empty_input, left_open
from grader.machines.machine import Machine
from grader.machines.specification import Specification


def empty_input_findings(network: Machine, specification: Specification) -> Findings:
    """Which rubric lines are broken by the empty input, and which it is about; none where it does not count."""
    run = judged_empty_input(network, specification) if specification.judged.empty else None
    if run is None:
        return NOTHING_FOUND
    lines = frozenset(specification.lines_applying_to(specification.empty_input))
    if run.open_question:
        return Findings(undecided=dict.fromkeys(lines, left_open(specification, (), run.open_question, run.bits)))
    return Findings({} if all(run.right) else {line: Broken(()) for line in lines}, met=lines)
