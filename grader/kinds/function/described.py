"""A function question as tables: what is called, what each line wants of how many inputs, and the first inputs."""

from __future__ import annotations

from collections.abc import Iterator

from grader.kinds.function.groups import Group
from grader.kinds.function.line_plan import LinePlan
from grader.kinds.function.plan import Plan, plan_of
from grader.kinds.function.question import FunctionQuestion
from grader.kinds.function.values import show
from grader.kinds.spec_table import SHOWN_INPUTS, SpecTable, key_rows, written_rows
from grader.language.printing import to_text

DECIDED_BY_RUNS = "none: code is run in the sandbox on all of these inputs, and a failure is replayed"


def described_function(question: FunctionQuestion) -> Iterator[SpecTable]:
    """Every table of a function question; its references are loaded, and its inputs drawn, as for grading."""
    root, plan = question.source, plan_of(question)
    said = key_rows(root, "signature", "class", "returns", "assume", "network", "cases", "seed", "call_seconds")
    yield SpecTable("what is called", (*said,))
    yield SpecTable("sets of inputs", (*written_rows(root, "inputs"),))
    rows = [(line.check.name, *_wanted(line), _about(line)) for line in plan.lines]
    notes = ("a line about what comes out meets more or fewer inputs, by the answer",)
    depends = any(line.depends_on_output for line in plan.lines)
    head = ("line", "when", "wants", "inputs")
    yield SpecTable("what each line is about", (*rows,), head, notes if depends else ())
    for group in plan.groups:
        yield _inputs(question, plan, group)
    yield SpecTable("which engine decides", ((DECIDED_BY_RUNS,),))


def _wanted(line: LinePlan) -> tuple[str, str]:
    """When a line counts, and what it wants then, as the spec has it."""
    check = line.check
    when = "always" if check.when is None else to_text(check.when)
    hidden = " (students do not see it)" if check.hidden else ""
    return when, f"{check.aim}{hidden}"


def _about(line: LinePlan) -> str:
    every, about = len(line.group.cases), len(line.applicable_cases)
    return f"up to {every}" if line.depends_on_output else f"{about} of {every}"


def _inputs(question: FunctionQuestion, plan: Plan, group: Group) -> SpecTable:
    """The first inputs that some lines share, in the order in which they are drawn or listed."""
    names = [*group.sets]
    rows = tuple(tuple(show(case[name]) for name in names) for case in group.cases[:SHOWN_INPUTS])
    how = f"drawn from seed {question.seed}" if group.longest is None else f"all with sequences up to {group.longest}"
    notes = [f"{len(group.cases)} inputs, {how}"]
    if len(plan.groups) > 1:
        lines = ", ".join(repr(line.check.name) for line in plan.lines if line.group is group)
        notes.append(f"for {lines}")
    return SpecTable(f"the first {len(rows)} inputs", rows, (*names,), (*notes,))
