"""Where an answer to a question about float64 does something else in exact arithmetic: both in one line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from grader.engines.engine import Broken, Budget, Findings, OpenLines
from grader.engines.horn import HornEngine
from grader.engines.table import ENGINES, decide
from grader.kinds.weights.question import WeightsQuestion
from grader.language.arrays import Value
from grader.language.exact import Exact
from grader.language.tree import Tree
from grader.machines.enclosed import judged_run
from grader.machines.explore import Bounds
from grader.machines.machine import Machine
from grader.machines.specification import Specification

MAX_COMPARED_JOINT_STATES = 2_000
"""Joint states that a walk in exact arithmetic may meet where it only serves to be compared with float64."""

MAX_COUNTED_STEPS = 1_000_000
"""Steps beyond which a number of them is said by its first digit and the power of ten."""


class NothingMoreEngine:
    """The last engine of a comparison: it decides nothing, so lines that those before it left open stay undecided."""

    name = "nothing more"
    only_runs = True

    def undecidable(self, tree: Tree) -> Iterable[tuple[Tree, str]]:
        return ()

    def decide(self, network: Machine, specification: Specification, lines: OpenLines, budget: Budget) -> Findings:
        """No findings of its own."""
        return Findings()


def disagreement(question: WeightsQuestion, values: Mapping[str, Value], rounded: Findings) -> str:
    """`in exact arithmetic it fails after 48 steps; in float64 never`; empty where nothing shows a difference.

    `rounded` is what was found in float64. Samples are not drawn for it: what is not decided exactly is not said.
    """
    try:
        return _compared(question, values, rounded)
    except Exception:  # a remark, and the marks are known already: whatever goes wrong in it is not said
        return ""


def _compared(question: WeightsQuestion, values: Mapping[str, Value], rounded: Findings) -> str:
    if not question.exact_programs or not _outcome(rounded):
        return ""
    broken = _first(rounded)
    if broken is not None and _fails(question, values, broken):
        return ""
    bounds = question.budget.bounds
    budget = replace(question.budget, bounds=Bounds(min(bounds.states, MAX_COMPARED_JOINT_STATES), bounds.length))
    fails, covered = "", 0
    for program in question.exact_programs:
        in_fractions = isinstance(program.arithmetic, Exact)
        engines = [engine for engine in COMPARED_ENGINES if engine.only_runs or not in_fractions]
        exact = decide(question.network(values, program), question.specification, budget, engines)
        fails, covered = _outcome(exact), max(covered, exact.covered)
        if fails:
            break
    return _in_one_line(fails, covered, _outcome(rounded))


def _in_one_line(exact: str, covered: int, in_float64: str) -> str:
    """Both outcomes; `covered`: the steps for which it is surely right in exact arithmetic."""
    if exact == in_float64:
        return ""
    if exact == NEVER:
        return f"in float64 it {in_float64}; in exact arithmetic never"
    if exact:
        return f"in exact arithmetic it {exact}; in float64 {in_float64 if in_float64 == NEVER else f'it {in_float64}'}"
    if in_float64 != NEVER or covered <= MAX_COUNTED_STEPS:
        return ""
    return f"in exact arithmetic it may fail after {in_steps(covered)}, and not before; in float64 never"


COMPARED_ENGINES = (*(e for e in ENGINES[:-1] if not isinstance(e, HornEngine)), NothingMoreEngine())
"""Those that prove or refute within counted steps; z3 may take a minute, and is not asked for a remark."""

NEVER = "never"


def _outcome(findings: Findings) -> str:
    """`fails after 48 steps`, `never`; empty where neither is known."""
    broken = _first(findings)
    if broken is not None and not broken.word:
        return "fails on the empty input"
    if broken is not None:
        return f"fails after {'' if broken.shortest else 'at most '}{in_steps(len(broken.word))}"
    return NEVER if findings.proved_right else ""


def _first(findings: Findings) -> Broken | None:
    """A shortest of the words that break a line."""
    return min(findings.broken.values(), key=lambda broken: len(broken.word), default=None)


def _fails(question: WeightsQuestion, values: Mapping[str, Value], broken: Broken) -> bool:
    """True if the answer fails on the same word in exact arithmetic."""
    machine = question.network(values, question.exact_programs[0])
    wanted = question.specification.machine().run(broken.word)
    return False in judged_run(machine, question.specification, broken.word, wanted).right


def in_steps(number: int) -> str:
    """`1 step`, `48 steps`, `about 4e11 steps`."""
    if number <= MAX_COUNTED_STEPS:
        return f"{number} step{'' if number == 1 else 's'}"
    digits = len(str(number)) - 1
    lead = round(number / 10**digits)
    return f"about {lead}e{digits} steps" if lead < 10 else f"about 1e{digits + 1} steps"
