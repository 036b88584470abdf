"""An answer of weights, judged line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from grader.engines.engine import Findings
from grader.engines.table import decide
from grader.errors import listed
from grader.evidence import CheckFault, Counterexample, Evidence, Exhausted, Proved
from grader.kinds.open_submission import NO_DETAILS, Details
from grader.kinds.weights.beside_marks import with_details
from grader.kinds.weights.margins import margins
from grader.kinds.weights.question import WeightsQuestion
from grader.kinds.weights.shares import ValuePlaces, broken_restrictions, with_reading, with_restriction
from grader.language.arrays import Value
from grader.machines.machine import AnswerMachine
from grader.spec.question import RubricLine
from grader.verdict import CheckResult, Margin, NamedMistake, QuestionResult, points_in_words

NO_INPUT_FOR_LINE = "no input that was looked at is about this line"
"""Why a rubric line is held: nothing shows whether the answer is right there."""

UNPROVED_HELD = "held for a person to look at: right wherever it was looked at, but not proved"
"""Why a rubric line is held where the course wants proofs."""

MAX_NAMED_READINGS = 4
"""Readings under which an answer is right that are named one by one."""

NOT_DECIDED = "the precision does not suffice"
"""How a message begins that tells which output in balls was neither surely right nor surely wrong."""


def score_weights(
    question: WeightsQuestion,
    values: Mapping[str, Value],
    details: Details = NO_DETAILS,
    places: ValuePlaces | None = None,
) -> QuestionResult:
    """The marks of a value for each parameter, with a proof or a shortest counterexample for every line.

    `details` are what is said beside the marks, `places` where the values stand. An answer that loses points is marked
    by its best reading as a whole: the network itself and each reading that earns something give all lines anew, and
    the one under which the answer earns most counts; lines of several readings are never mixed. The network itself
    counts where none is better.

    Raises:
        HarnessError: if a counterexample does not hold when it is replayed.
    """
    return judged_weights(question, values, details, places).result


class JudgedWeights(NamedTuple):
    """The marks of an answer, the network that the question gives it, and what the engines found about that."""

    result: QuestionResult
    machine: AnswerMachine
    findings: Findings


def judged_weights(
    question: WeightsQuestion,
    values: Mapping[str, Value],
    details: Details = NO_DETAILS,
    places: ValuePlaces | None = None,
) -> JudgedWeights:
    """The marks as `score_weights` gives them, and what they rest on.

    Raises:
        HarnessError: if a counterexample does not hold when it is replayed.
    """
    own = _judged(question, values)
    best = _best_marks(question, own, values)
    if own.findings.broken:
        best = _explained(best, question, own, values, best is own.result)
    for broken in broken_restrictions(question.parameters, values, places or {}):
        best = with_restriction(best, broken)
    if question.budget.is_small:  # nobody reads what is said beside these marks
        return own._replace(result=best)
    return own._replace(result=with_details(best, question, own.machine, values, own.findings, details))


def marked_weights(question: WeightsQuestion, values: Mapping[str, Value]) -> JudgedWeights:
    """The marks of `judged_weights` without anything that is said beside them, for answers that nobody handed in.

    Raises:
        HarnessError: if a counterexample does not hold when it is replayed.
    """
    own = _judged(question, values)
    best = _best_marks(question, own, values)
    for broken in broken_restrictions(question.parameters, values, {}):
        best = with_restriction(best, broken)
    return own._replace(result=best)


def _best_marks(question: WeightsQuestion, own: JudgedWeights, values: Mapping[str, Value]) -> QuestionResult:
    """The marks by the network itself, or by the reading under which the answer earns more than all others give."""
    best = own.result
    for reading in question.earning_readings:
        if reading.earns * question.points <= _worth(best):
            break
        marked = with_reading(_judged(question.under(reading), values).result, reading)
        best = max(best, marked, key=_worth)
    return best


def _worth(result: QuestionResult) -> Fraction:
    """The points of a result, and those that a person may still give."""
    return result.points + result.pending_points


def _judged(question: WeightsQuestion, values: Mapping[str, Value]) -> JudgedWeights:
    machine = question.network(values)
    findings = decide(machine, question.specification, question.budget)
    checks = tuple(_checks(question, values, findings))
    held = [check for check in checks if check.outcome == "held" and check.max_points]
    messages = [_why_held(check) for check in held if not check.unproved]
    if waiting := [repr(check.name) for check in held if check.unproved]:
        messages.append(f"{UNPROVED_HELD}: {listed(waiting)}")
    if question.exact_programs:
        from grader.kinds.weights.both_arithmetics import disagreement

        messages += filter(None, [disagreement(question, values, findings)])
    result = QuestionResult(
        id=question.id,
        title=question.title,
        status="held" if held else "graded",
        max_points=question.points,
        checks=checks,
        messages=tuple(messages),
        margins=_margins(question, machine, findings),
    )
    return JudgedWeights(result, machine, findings)


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
            from grader.kinds.weights.counterexample import replayed

            evidence = replayed(question, values, i, findings.broken[i])
            results.append(CheckResult(line.name, Fraction(0), line.points, "failed", evidence, _sentence(evidence)))
            blocked_by = line.name if question.ladder else ""
        elif i in findings.undecided:
            message = f"{NOT_DECIDED}: {findings.undecided[i]}"
            results.append(CheckResult(line.name, Fraction(0), line.points, "held", CheckFault(message), message))
        elif i not in findings.met:
            results.append(
                CheckResult(
                    line.name, Fraction(0), line.points, "held", CheckFault(NO_INPUT_FOR_LINE), NO_INPUT_FOR_LINE
                )
            )
        else:
            results.append(_passed(question, line, findings.holds_for(i)))
    return results


def _passed(question: WeightsQuestion, line: RubricLine, evidence: Evidence) -> CheckResult:
    """A line that nothing breaks; what it earns where that is not proved is the course's choice.

    Proved is what holds for every input that counts, so also for all of up to the question's own `length`.
    """
    if isinstance(evidence, Proved) or _is_exhausted(question, evidence):
        return CheckResult(line.name, line.points, line.points, "passed", evidence)
    share = question.unproved_share
    if share is None:
        return CheckResult(line.name, Fraction(0), line.points, "held", evidence, UNPROVED_HELD, unproved=True)
    percent = f"{points_in_words(share * 100)}%"
    message = "" if share == 1 else f"earns {percent} of its points: right wherever it was looked at, but not proved"
    return CheckResult(line.name, line.points * share, line.points, "passed", evidence, message, unproved=True)


def _is_exhausted(question: WeightsQuestion, evidence: Evidence) -> bool:
    """True if all inputs were looked at that are no longer than those that count."""
    longest = question.budget.bounds.length
    return isinstance(evidence, Exhausted) and longest is not None and evidence.length >= longest


def _why_held(check: CheckResult) -> str:
    whose = "for a person to decide" if check.message.startswith(NOT_DECIDED) else "because of the spec"
    return f"held, {whose}: {check.name!r}: {check.message}"


def _sentence(evidence: Counterexample) -> str:
    """The failure in words."""
    last = evidence.trace[-1]
    which = "the shortest such input" if evidence.shortest else "found by sampling"
    if not last.t:
        said = evidence.condition or f"{evidence.expected} is wanted"
        return f"on {evidence.input_in_words} the output is {evidence.got}, before the first step; {said}"
    if evidence.condition:
        given = f"on {evidence.input_in_words} the output is {evidence.got}"
        return f"{given}; at step {last.t}: {evidence.condition} ({which})"
    return (
        f"on input {evidence.input} the output is {evidence.got}, but {evidence.expected} is wanted: "
        f"step {last.t} gives {last.output} instead of {last.expected} ({which})"
    )


def _explained(
    best: QuestionResult,
    question: WeightsQuestion,
    own: JudgedWeights,
    values: Mapping[str, Value],
    is_marked_so: bool,
) -> QuestionResult:
    """With what is said of a wrong answer beside its counterexample; a mistake is named where it costs the marks."""
    from grader.kinds.weights.recognise import recognised, right_readings

    known = recognised(question, own.machine) if is_marked_so else None
    readings = right_readings(question, values)
    explanations = [known.say] if known else []
    explanations += [f"right for every input if {name}" for name in readings[:MAX_NAMED_READINGS]]
    if (more := len(readings) - MAX_NAMED_READINGS) > 0:
        explanations.append(f"right for every input under {more} more readings as well")
    named = [NamedMistake("known answer", known.name)] if known else []
    named += [NamedMistake("reading", name) for name in readings]
    return replace(best, messages=(*best.messages, *explanations), mistakes=(*best.mistakes, *named))
