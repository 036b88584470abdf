"""The strength of a spec as JSON, for other programs (`schema` 1); `grader help strength-json` has its fields."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

from grader.kinds.mutants import MutantVerdict
from grader.reports.json import marks_data
from grader.strength.outcome import MUTANT_STATUSES, SpecStrength, WayStrength

STRENGTH_SCHEMA = 1


def render(strength: SpecStrength) -> str:
    """One line of ASCII JSON; the same strength gives the same bytes."""
    return json.dumps(as_data(strength), ensure_ascii=True) + "\n"


def as_data(strength: SpecStrength) -> dict[str, Any]:
    """The strength as plain dictionaries, lists, numbers and text."""
    wanted = strength.at_least
    return {
        "schema": STRENGTH_SCHEMA,
        "assignment": strength.assignment,
        "mutants": strength.limit,
        "seed": strength.seed,
        "at_least": None if wanted is None else str(wanted),
        "reached": None if wanted is None else not strength.below,
        "counts": {status: strength.count(status) for status in MUTANT_STATUSES},
        "questions": [_way(way, wanted) for way in strength.ways],
    }


def _way(way: WayStrength, wanted: Fraction | None) -> dict[str, Any]:
    share, inputs = way.share, way.killing_inputs()
    return {
        "question": way.question,
        "way": way.way or None,
        "kind": way.kind,
        **marks_data(points=way.points),
        "made": way.made,
        "made_is_all": way.is_listed_whole,
        "judged": len(way.verdicts),
        "counts": {status: way.counts[status] for status in MUTANT_STATUSES},
        "share": None if share is None else str(share),
        "reached": None if wanted is None or share is None else share >= wanted,
        "fault": way.fault or None,
        "lines": [
            {"name": one.line.name, **marks_data(points=one.line.points), "kills": one.kills, "alone": one.kills_alone}
            for one in way.lines()
        ],
        "operators": [
            {"operator": one.operator, **{status: one.counts[status] for status in MUTANT_STATUSES}}
            for one in way.operators()
        ],
        "totals": [{**marks_data(points=points), "mutants": count} for points, count in way.totals()],
        **{
            status: [_mutant(verdict) for verdict in way.of(status)] for status in MUTANT_STATUSES if status != "killed"
        },
        "inputs": {
            "few": [{"input": one.input, "kills": one.kills} for one in inputs.inputs],
            "killed": inputs.killed,
            "without_input": inputs.without_input,
        },
        "remarks": [
            {"text": remark.text, "yaml": remark.yaml or None, "python": remark.python or None}
            for remark in way.remarks
        ],
    }


def _mutant(verdict: MutantVerdict) -> dict[str, Any]:
    mutant = verdict.mutant
    return {
        "operator": mutant.operator,
        "change": mutant.change,
        "source": mutant.source,
        **marks_data(points=verdict.points),
        "inputs": list(verdict.killing_inputs),
        "reason": verdict.reason or None,
    }
