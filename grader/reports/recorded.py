"""A report in JSON made a report again, so that another format can show it, to another audience.

What JSON leaves out is not there: places in files, and certificates, which no format for people shows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from grader.evidence import (
    AtPoints,
    CheckFault,
    Counterexample,
    Evidence,
    Examples,
    Exhausted,
    Identity,
    IdentityInCases,
    Invariant,
    NoEvidence,
    NoProof,
    Proved,
    Sampled,
    TraceStep,
)
from grader.verdict import CheckResult, Lateness, Margin, NamedMistake, Override, QuestionResult, Report

Data = Mapping[str, Any]


def report_in(text: str) -> Report:
    """The report that was written as this JSON (`grader.reports.json`).

    Raises:
        ValueError: if it is none.
    """
    data = json.loads(text, parse_float=Decimal)
    try:
        fingerprints = data.get("fingerprints", {})
        return Report(
            data["assignment"],
            data["submission"],
            tuple(_question(question) for question in data["questions"]),
            tuple(data["messages"]),
            data.get("sandbox", ""),
            lateness=_lateness(data["lateness"]) if "lateness" in data else None,
            variants_of=data.get("variants_of", ""),
            spec=fingerprints.get("spec") or "",
            grader=fingerprints.get("grader", ""),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no report of the grader: {type(error).__name__}: {error}") from None


MAX_POINTS_DENOMINATOR = 1_000
"""Of points that JSON has rounded to 6 places; two fractions with such denominators are never rounded to one."""


@lru_cache(maxsize=1_000)  # a class has few different ones
def exact_points(number: int | Decimal) -> Fraction:
    """The points that were rounded to this number: 1/3 of 0.333333."""
    written = Fraction(number)
    near = written.limit_denominator(MAX_POINTS_DENOMINATOR)
    return near if round(near, 6) == written else written


def _points(data: Data, name: str) -> Fraction:
    """The points under a name; JSON has them exactly beside the number where that is rounded."""
    exact = data.get("exact", {}).get(name)
    return Fraction(exact) if exact is not None else exact_points(data[name])


def _lateness(data: Data) -> Lateness:
    return Lateness(
        data["handed_in"] or "",
        data["deadline"],
        data["said"],
        data["days"],
        data["late_days"],
        _points(data, "penalty"),
    )


def _override(data: Data | None) -> Override | None:
    if data is None:
        return None
    graded = data["graded"]
    before = None if graded["points"] is None else _points(graded, "points")
    points, most = _points(data, "points"), _points(data, "max_points")
    return Override(points, most, data["by"], data["reason"], before, graded["as"])


def _question(data: Data) -> QuestionResult:
    margins = (Margin(m["quantity"], m["distance"], m["where"], m["distance"] == "0") for m in data.get("margins", ()))
    return QuestionResult(
        data["id"],
        data["title"],
        data["status"],
        _points(data, "max_points"),
        tuple(_check(check) for check in data["checks"]),
        tuple(data["messages"]),
        tuple(margins),
        weights=data.get("weights", {}),
        fingerprint=data.get("fingerprint", ""),
        weights_fingerprint=data.get("weights_fingerprint", ""),
        mistakes=tuple(NamedMistake(mistake["source"], mistake["name"]) for mistake in data.get("mistakes", ())),
        override=_override(data.get("override")),
        excused=data.get("excused", ""),
        variant=data.get("variant", {}),
        right_for=tuple(data.get("right_for", ())),
    )


def _check(data: Data) -> CheckResult:
    return CheckResult(
        data["name"],
        _points(data, "points"),
        _points(data, "max_points"),
        data["outcome"],
        _evidence(data["evidence"]),
        data["message"],
        data.get("unproved", False),
        override=_override(data.get("override")),
    )


def _evidence(data: Data) -> Evidence:
    match data["kind"]:
        case "proved":
            return _proved(data)
        case "exhausted":
            drawn = data.get("sampled")
            sampled = Sampled(drawn["examples"], drawn["seed"]) if drawn else None
            return Exhausted(data["length"], data["inputs"], sampled, data.get("more", False), _no_proof(data))
        case "sampled":
            return _sampled(data)
        case "examples":
            return Examples(data["examples"])
        case "counterexample":
            return _counterexample(data)
        case "error":
            return CheckFault(data["reason"])
        case "none":
            return NoEvidence()
    raise ValueError(f"no report of the grader: evidence {data['kind']!r}")


def _proved(data: Data) -> Evidence:
    if data.get("method") == "normal form":
        return Identity()
    if "method" not in data:
        return Proved(data["states"], data.get("length"))
    found = Invariant(tuple(data["invariant"]), data.get("margin", "")) if "invariant" in data else None
    return Proved(None, data.get("length"), found)


def _sampled(data: Data) -> Evidence:
    unreached = tuple(data.get("unreached", ()))
    if "cases" in data:
        return IdentityInCases(data["cases"], data["where"], data["examples"], unreached)
    if "bits" in data:
        return AtPoints(data["examples"], data["bits"], data.get("where", ""), unreached)
    return Sampled(data["examples"], data["seed"], _no_proof(data))


def _no_proof(data: Data) -> NoProof | None:
    found = data.get("not_proved")
    return NoProof(found["reason"], tuple(found["would_help"])) if found else None


def _counterexample(data: Data) -> Counterexample:
    return Counterexample(
        data["input"],
        data["expected"],
        data["got"],
        tuple(_step(step) for step in data["trace"]),
        data["shortest"],
        tuple(data.get("latex", ())),
        data.get("condition", ""),
        tuple(map(tuple, data.get("steps", ()))),
    )


def _step(data: Data) -> TraceStep:
    return TraceStep(
        data["t"],
        data["input"],
        data["student"],
        data["wanted"],
        data["output"],
        data["expected"],
        data["right"],
        data.get("about", True),
        data.get("counts", True),
    )
