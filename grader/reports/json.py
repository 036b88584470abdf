"""A report as JSON: the stable format that other programs read (`schema` 1)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, assert_never

from grader.evidence import (
    MAX_COUNTED_INPUTS,
    AtPoints,
    CheckFault,
    Counterexample,
    Evidence,
    Examples,
    Exhausted,
    Identity,
    IdentityInCases,
    NoEvidence,
    NoProof,
    Proved,
    Sampled,
)
from grader.network_details import MachineTable, MinimalMachines, Robustness
from grader.verdict import CheckResult, CodeDigest, Lateness, Override, QuestionResult, Report, as_number

SCHEMA_VERSION = 1
WHOLE_PLACES = 10**6
"""Points of which this is a multiple of the denominator have at most the 6 places that `as_number` keeps."""


def render(report: Report) -> str:
    """The report as one line of ASCII JSON; the same report gives the same bytes."""
    return with_questions(report, map(render_question, report.questions))


def render_question(question: QuestionResult) -> str:
    """One question of a report as it stands there."""
    return json.dumps(question_data(question), ensure_ascii=True)


def with_questions(report: Report, questions: Iterable[str]) -> str:
    """The report with its questions as they were rendered before; what it says of them all is its own."""
    head = json.dumps({**as_data(report, with_questions=False), "questions": []}, ensure_ascii=True)
    return f"{head[: -len(']}')]}{', '.join(questions)}]}}\n"


def as_data(report: Report, *, with_questions: bool = True) -> dict[str, Any]:
    """The report as plain dictionaries, lists, numbers and text; the questions come last."""
    return {
        "schema": SCHEMA_VERSION,
        "assignment": report.assignment,
        "submission": report.submission,
        **({"fingerprints": {"spec": report.spec or None, "grader": report.grader}} if report.grader else {}),
        **marks_data(points=report.points, max_points=report.max_points, pending_points=report.pending_points),
        **({"lateness": lateness_data(report)} if report.lateness else {}),
        **({"variants_of": report.variants_of} if report.variants_of else {}),
        "messages": list(report.messages),
        **({"sandbox": report.sandbox} if report.sandbox else {}),
        **({"code": _code(report.code)} if report.code else {}),
        **({"questions": [question_data(question) for question in report.questions]} if with_questions else {}),
    }


def marks_data(**marks: Fraction) -> dict[str, Any]:
    """Points under their names; where a number is rounded (1/3), also exactly, `"exact": {"points": "1/3"}`."""
    exact = {name: str(points) for name, points in marks.items() if WHOLE_PLACES % points.denominator}
    return {**{name: as_number(points) for name, points in marks.items()}, **({"exact": exact} if exact else {})}


def lateness_data(report: Report) -> dict[str, Any]:
    """When it was handed in, and what is taken for that."""
    late = report.lateness or Lateness("", "", "")
    return {
        "handed_in": late.handed_in or None,
        "deadline": late.deadline,
        "days": late.days,
        "late_days": late.late_days,
        **marks_data(penalty=late.penalty, taken=report.late_points),
        "said": late.said,
    }


def override_data(override: Override) -> dict[str, Any]:
    """Points that a person gave, and the grader's."""
    before = {} if override.graded_points is None else marks_data(points=override.graded_points)
    return {
        **marks_data(points=override.points, max_points=override.max_points),
        "by": override.by,
        "reason": override.reason,
        "graded": {"points": None, **before, "as": override.graded_as},
    }


def _code(ran: CodeDigest) -> dict[str, Any]:
    modules = [_code(module) for module in ran.modules]
    return {"file": ran.file, "sha256": ran.sha256, **({"modules": modules} if modules else {})}


def question_data(question: QuestionResult) -> dict[str, Any]:
    """One question of a report."""
    margins = [{"quantity": m.quantity, "distance": m.distance, "where": m.where} for m in question.margins]
    mistakes = question.named_mistakes
    return {
        "id": question.id,
        "title": question.title,
        **marks_data(points=question.points, max_points=question.max_points),
        "status": question.status,
        **({"override": override_data(question.override)} if question.override else {}),
        **({"excused": question.excused} if question.excused else {}),
        **({"variant": dict(question.variant)} if question.variant else {}),
        **({"right_for": list(question.right_for)} if question.right_for else {}),
        "messages": list(question.messages),
        **({"margins": margins} if margins else {}),
        **({"robustness": _robustness(question.robustness)} if question.robustness else {}),
        **({"machines": _machines(question.machines)} if question.machines else {}),
        **({"fingerprint": question.fingerprint} if question.fingerprint else {}),
        **({"weights_fingerprint": question.weights_fingerprint} if question.weights_fingerprint else {}),
        **({"mistakes": [{"source": m.source, "name": m.name} for m in mistakes]} if mistakes else {}),
        **({"weights": dict(question.weights)} if question.weights else {}),
        **_certificate(question),
        "checks": [_check(check) for check in question.checks],
    }


def _robustness(found: Robustness) -> dict[str, Any]:
    """Numbers are texts, `1/3`, since JSON has no fractions; an end that does not exist is null."""
    radii = [{"radius": r.distance, "exact": r.exact} for r in found.radii]
    others = [{**radius, "weights": list(r.weights)} for radius, r in zip(radii, found.radii, strict=True) if r.weights]
    return {
        **(radii[0] if radii else {"radius": None, "exact": False, "reason": found.reason}),
        **({"others": others[0]} if others else {}),
        "weights": [
            {
                "weight": weight.weight,
                "value": weight.value,
                "interval": weight.interval,
                "exact": weight.exact,
                "low": weight.low or None,
                "low_included": weight.low_included,
                "low_exact": weight.low_exact,
                "high": weight.high or None,
                "high_included": weight.high_included,
                "high_exact": weight.high_exact,
            }
            for weight in found.ranges
        ],
        **({"left_out": list(found.left_out)} if found.left_out else {}),
    }


def _machines(found: MinimalMachines) -> dict[str, Any]:
    """States are numbered from 0, the initial one; `after` is a shortest input that leads there."""
    if found.answer is None:
        return {"reason": found.reason}
    return {
        "answer": _machine(found.answer),
        **({"wanted": _machine(found.wanted)} if found.wanted else {}),
        "joined_outputs": found.joined_outputs,
    }


def _machine(table: MachineTable) -> dict[str, Any]:
    return {
        "states": len(table.states),
        "remembers": table.remembers,
        **({"empty": table.empty} if table.empty else {}),
        "steps": [
            {
                "after": after,
                "on": {
                    symbol: {**({"output": step.output} if step.output else {}), "to": step.target}
                    for symbol, step in zip(table.inputs, row, strict=True)
                    if step is not None
                },
            }
            for after, row in zip(table.states, table.steps, strict=True)
        ],
    }


def _check(check: CheckResult) -> dict[str, Any]:
    return {
        "name": check.name,
        **marks_data(points=check.points, max_points=check.max_points),
        "outcome": check.outcome,
        "evidence": _evidence(check.evidence),
        "message": check.message,
        **({"unproved": True} if check.unproved else {}),
        **({"override": override_data(check.override)} if check.override else {}),
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    match evidence:
        case Proved():
            return _proved(evidence)
        case Exhausted(length=longest, inputs=inputs, sampled=sampled, more=more):
            inputs, more = min(inputs, MAX_COUNTED_INPUTS), more or inputs > MAX_COUNTED_INPUTS
            rest: dict[str, Any] = {"more": True} if more else {}
            if sampled:
                rest["sampled"] = {"examples": sampled.examples, "seed": sampled.seed}
            return {"kind": "exhausted", "length": longest, "inputs": inputs, **rest, **_no_proof(evidence.no_proof)}
        case Sampled(examples=examples, seed=seed, no_proof=no_proof):
            return {"kind": "sampled", "examples": examples, "seed": seed, **_no_proof(no_proof)}
        case Identity():
            return {"kind": "proved", "states": 0, "method": "normal form"}
        case IdentityInCases(cases=cases, where=where, points=points, unreached=unreached):
            proof = {"method": "normal form", "cases": cases, "where": where}
            return {"kind": "sampled", "examples": points, "seed": 0, **proof, **_sides(unreached)}
        case AtPoints(points=points, bits=bits, where=where, unreached=unreached):
            place = {"where": where} if where else {}
            return {"kind": "sampled", "examples": points, "seed": 0, "bits": bits, **place, **_sides(unreached)}
        case Examples(examples=examples):
            return {"kind": "examples", "examples": examples}
        case Counterexample():
            return _counterexample(evidence)
        case CheckFault(reason=reason):
            return {"kind": "error", "reason": reason}
        case NoEvidence():
            return {"kind": "none"}
    assert_never(evidence)


def _no_proof(no_proof: NoProof | None) -> dict[str, Any]:
    """Why it is not proved, and what would help the course's question."""
    return {"not_proved": {"reason": no_proof.reason, "would_help": list(no_proof.remedies)}} if no_proof else {}


def _proved(evidence: Proved) -> dict[str, Any]:
    bound = {} if evidence.length is None else {"length": evidence.length}
    if evidence.states is not None:
        return {"kind": "proved", "states": evidence.states, **bound}
    found: dict[str, Any] = {}
    if evidence.invariant is not None:
        found["invariant"] = list(evidence.invariant.formulas)
        found.update({"margin": evidence.invariant.margin} if evidence.invariant.margin else {})
    return {
        "kind": "proved",
        "states": 0,
        **bound,
        "method": "search" if evidence.invariant is None else "invariant",
        **found,
    }


def _certificate(question: QuestionResult) -> dict[str, Any]:
    """The certificate of the proofs of a question; of a walk, the number of states in the evidence says it all."""
    found = question.certificate
    if found is None or found.kind == "walk":
        return {}
    return {"certificate": {"kind": found.kind, **found.content}}


def _sides(unreached: tuple[str, ...]) -> dict[str, list[str]]:
    return {"unreached": list(unreached)} if unreached else {}


def _counterexample(evidence: Counterexample) -> dict[str, Any]:
    return {
        "kind": "counterexample",
        "input": evidence.input,
        "expected": evidence.expected,
        "got": evidence.got,
        "shortest": evidence.shortest,
        **({"condition": evidence.condition} if evidence.condition else {}),
        **({"latex": list(evidence.latex)} if evidence.latex else {}),
        **({"steps": [list(step) for step in evidence.steps]} if evidence.steps else {}),
        "trace": [
            {
                "t": step.t,
                "input": dict(step.inputs),
                "student": dict(step.student),
                "wanted": dict(step.wanted),
                "output": step.output,
                "expected": step.expected,
                "right": step.right,
                **({} if step.right or step.about else {"about": False}),
                **({} if step.counts else {"counts": False}),
            }
            for step in evidence.trace
        ],
    }
