"""An answer of weights, judged line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from grader.engines.engine import Findings
from grader.engines.table import decide
from grader.kinds.weights.counterexample import replayed
from grader.kinds.weights.margins import margins
from grader.kinds.weights.question import WeightsQuestion
from grader.kinds.weights.recognise import recognised, right_readings
from grader.kinds.weights.shares import ValuePlaces, broken_restrictions, with_reading, with_restriction
from grader.language.arrays import Value
from grader.machines.machine import AnswerMachine
from grader.verdict import CheckFault, CheckResult, Counterexample, Margin, QuestionResult

NO_INPUT_FOR_LINE = "no input that was looked at is about this line"
"""Why a rubric line is held: nothing shows whether the answer is right there."""

MAX_NAMED_READINGS = 4
"""Readings under which an answer is right that are named one by one."""


def score_weights(
    question: WeightsQuestion, values: Mapping[str, Value], places: ValuePlaces | None = None
) -> QuestionResult:
    """The marks of a value for each parameter, with a proof or a shortest counterexample for every line.

    `places` say where the values stand, for messages. An answer that loses points is marked by its best reading as a
    whole: the network itself and each reading that earns something give all lines anew, and the one under which the
    answer earns most counts; lines of several readings are never mixed. The network itself counts where none is better.

    Raises:
        HarnessError: if a counterexample does not hold when it is replayed.
    """
    own = _judged(question, values)
    best = own.result
    for reading in sorted(question.readings, key=lambda reading: -reading.earns):
        if reading.earns * question.points <= _worth(best):
            break
        marked = with_reading(_judged(question.under(reading), values).result, reading)
        best = max(best, marked, key=_worth)
    if own.wrong:
        readings = right_readings(question, values)
        said = [f"right for every input if {name}" for name in readings[:MAX_NAMED_READINGS]]
        if more := len(readings) - len(said):
            said.append(f"right for every input under {more} more readings as well")
        known = recognised(question, own.machine) if best is own.result else None
        best = replace(best, messages=(*best.messages, *([known.say] if known else []), *said))
    for broken in broken_restrictions(question.parameters, values, places or {}):
        best = with_restriction(best, broken)
    return best


class _Judged(NamedTuple):
    """An answer as it was judged under one reading; `wrong`: it breaks a line."""

    result: QuestionResult
    machine: AnswerMachine
    wrong: bool


def _worth(result: QuestionResult) -> Fraction:
    """The points of a result, and those that a person may still give."""
    return result.points + result.pending_points


def _judged(question: WeightsQuestion, values: Mapping[str, Value]) -> _Judged:
    machine = AnswerMachine(question.program, values)
    findings = decide(machine, question.specification, question.budget)
    checks = tuple(_checks(question, values, findings))
    held = [check for check in checks if check.outcome == "held" and check.max_points]
    result = QuestionResult(
        id=question.id,
        title=question.title,
        status="held" if held else "graded",
        max_points=question.points,
        checks=checks,
        messages=tuple(f"held, because of the spec: {check.name!r}: {check.message}" for check in held),
        margins=_margins(question, machine, findings),
    )
    return _Judged(result, machine, bool(findings.broken))


def _margins(question: WeightsQuestion, machine: AnswerMachine, findings: Findings) -> tuple[Margin, ...]:
    """The margins of a network that a complete walk proved right; none where states do not end."""
    walk = findings.walk
    return margins(question, machine, walk) if findings.proved_right and walk and walk.complete else ()


def _checks(question: WeightsQuestion, values: Mapping[str, Value], findings: Findings) -> list[CheckResult]:
    results: list[CheckResult] = []
    blocked_by = ""
    for i, line in enumerate(question.rubric):
        if blocked_by:
            message = f"counts once {blocked_by!r} holds"
            results.append(CheckResult(line.name, Fraction(0), line.points, "blocked", message=message))
        elif i in findings.broken:
            evidence = replayed(question, values, i, findings.broken[i])
            results.append(CheckResult(line.name, Fraction(0), line.points, "failed", evidence, _sentence(evidence)))
            blocked_by = line.name if question.ladder else ""
        elif i not in findings.met:
            results.append(
                CheckResult(
                    line.name, Fraction(0), line.points, "held", CheckFault(NO_INPUT_FOR_LINE), NO_INPUT_FOR_LINE
                )
            )
        else:
            results.append(CheckResult(line.name, line.points, line.points, "passed", findings.holds_for(i)))
    return results


def _sentence(evidence: Counterexample) -> str:
    """The failure in words."""
    last = evidence.trace[-1]
    which = "the shortest such input" if evidence.shortest else "found by sampling"
    if evidence.condition:
        given = f"on input {evidence.input} the output is {evidence.got}"
        return f"{given}; at step {last.t}: {evidence.condition} ({which})"
    return (
        f"on input {evidence.input} the output is {evidence.got}, but {evidence.expected} is wanted: "
        f"step {last.t} gives {last.output} instead of {last.expected} ({which})"
    )
