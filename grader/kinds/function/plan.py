"""The plan of a question, made once for the whole class: its lines with their groups of cases."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from grader.errors import SpecError
from grader.inputs.input_set import fed_names
from grader.kinds.function.aims.table import AIMS
from grader.kinds.function.groups import Group, formula_of
from grader.kinds.function.line_plan import LinePlan
from grader.kinds.function.properties import OUTPUT_NAME
from grader.kinds.function.question import Aim, FunctionCheck, FunctionQuestion
from grader.kinds.function.references import Reference, reference_of
from grader.language.tree import names_in
from grader.sandbox import Batch

MAX_PREFETCH_BYTES = 2 << 20
"""Bytes of the calls of several questions that are made in one round."""


@dataclass
class Plan:
    """A question with everything drawn and compiled."""

    question: FunctionQuestion
    lines: list[LinePlan]
    groups: list[Group]


@lru_cache(maxsize=256)
def plan_of(question: FunctionQuestion) -> Plan:
    """The plan, made once a question.

    Raises:
        SpecError: for expressions and references that cannot work.
    """
    groups: dict[str, Group] = {}
    lines = []
    for check in question.checks:
        key = repr((sorted(check.sets.items(), key=lambda item: item[0]), check.longest, check.cases))
        group = groups.setdefault(key, Group(question, check.sets, check.longest, check.cases or question.cases))
        group.watched |= check.aim.watched
        group.hidden &= check.hidden
        lines.append(_line(question, check, group))
        group.lines.append(lines[-1])
    return Plan(question, lines, list(groups.values()))


@dataclass(frozen=True)
class Prefetch:
    """Groups of several questions, and all their calls as one batch."""

    groups: tuple[Group, ...]
    whole: Batch


@lru_cache(maxsize=64)
def prefetch_plan(questions: tuple[FunctionQuestion, ...]) -> Prefetch | None:
    """The groups, but for hidden ones, whose calls fit into one round; None if they are one or do not fit."""
    groups: list[Group] = []
    for question in questions:
        with suppress(SpecError):
            shown = [group for group in plan_of(question).groups if not group.hidden]
            groups += [group for group in shown if group.batch]
    whole = Batch([call for group in groups for call in group.batch.calls])
    return Prefetch(tuple(groups), whole) if len(groups) > 1 and len(whole.request()) <= MAX_PREFETCH_BYTES else None


def _line(question: FunctionQuestion, check: FunctionCheck, group: Group) -> LinePlan:
    names = [*check.sets, *fed_names(check.sets)]
    when = formula_of(question, check.when, [*names, OUTPUT_NAME]) if check.when else None
    names_when = names_in(check.when) if check.when is not None else []

    def planned(aim: Aim, rtol: float, atol: float) -> LinePlan:
        line = AIMS[type(aim)](
            *(check, aim, rtol, atol, group, names, when),
            depends_on_output=any(name not in check.sets for name in names_when),
            names_output=aim.reads_output or OUTPUT_NAME in names_when,
            returns=question.returns,
            model=_model(question, aim, check),
            reference=reference_of(question, aim.reference, group.sets) if aim.reference else None,
        )
        line.prepare()
        return line

    line = planned(check.aim, check.rtol, check.atol)
    parts = sorted(check.partly, key=lambda part: -part.points)
    line.partly = [(part, planned(part.aim, part.rtol, part.atol)) for part in parts]
    return line


def _model(question: FunctionQuestion, aim: Aim, line: FunctionCheck) -> tuple[str, Reference] | None:
    """What gives right outputs: the reference that an aim names, else the first that any line is equal to."""
    aims = [aim, *(check.aim for check in question.checks)]
    name = next((one.reference for one in aims if one.gives_outputs), None)
    return None if name is None else (name, reference_of(question, name, line.sets))
