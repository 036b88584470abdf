"""What a row needs of a question, as it is kept in JSON beside the text of its verdict."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any

from grader.evidence import Counterexample, Evidence, Examples, Exhausted, NoEvidence, Proved, Sampled, strength_of
from grader.grading import KnownVerdict
from grader.kinds.effects import effects_from
from grader.verdict import CheckResult, QuestionResult
from grader.written_answer import WrittenAnswer

MAX_WRITTEN_CHARACTERS = 200_000
"""Of a written answer that is kept for its reader."""

STRENGTH_ALONE: Mapping[str, Evidence] = {
    "proved": Proved(None),
    "exhausted": Exhausted(0, 0),
    "sampled": Sampled(0, 0),
    "examples": Examples(0),
    "none": NoEvidence(),
}
"""Evidence of which nothing but its strength is kept beside the report."""


def written_facts(written: WrittenAnswer) -> dict[str, Any]:
    """A written answer, cut where it is too long to be kept."""
    text = written.text
    cut = text is not None and len(text) > MAX_WRITTEN_CHARACTERS
    return {
        "text": text[:MAX_WRITTEN_CHARACTERS] if cut and text is not None else text,
        "fingerprint": written.fingerprint,
        "files": list(written.files),
        "notes": list(written.notes),
        **({"asked": written.asked} if written.asked else {}),
        "cut": cut,
    }


def facts_text(known: Mapping[str, Any], result: QuestionResult) -> str:
    """The facts of a kept verdict, in which what is `known` of a question comes first."""
    return json.dumps({**known, **_facts(result)})


def _facts(result: QuestionResult) -> dict[str, Any]:
    """What a row needs of a question beside its text: exact points, the strength of evidence, what is said of it."""
    found = (check.evidence for check in result.checks)
    wrong_on = next((evidence.input for evidence in found if isinstance(evidence, Counterexample)), None)
    return {
        "id": result.id,
        "title": result.title,
        "status": result.status,
        "max_points": str(result.max_points),
        "messages": list(result.messages),
        "fingerprint": result.fingerprint,
        "wrong_on": wrong_on,
        "checks": [
            [check.name, str(check.points), str(check.max_points), check.outcome, _kind(check.evidence), check.unproved]
            for check in result.checks
        ],
    }


def _kind(evidence: Evidence) -> str:
    return "wrong" if isinstance(evidence, Counterexample) else strength_of(evidence)


points_of_text = lru_cache(maxsize=4096)(Fraction)
"""Points of their text; a class has few different ones."""


def known_in(facts: Mapping[str, Any]) -> KnownVerdict:
    """The verdict that was kept with these facts, as far as they say it."""
    return KnownVerdict(_result(facts) if facts["answered"] else None, effects_from(facts["effects"]))


def _result(facts: Mapping[str, Any]) -> QuestionResult:
    """The question as far as a row and the totals of a report need it; its text says the rest."""
    wrong: Evidence = Counterexample(facts["wrong_on"] or "", "", "")
    checks = tuple(
        CheckResult(
            name,
            points_of_text(points),
            points_of_text(most),
            outcome,
            STRENGTH_ALONE.get(kind, wrong),
            unproved=unproved,
        )
        for name, points, most, outcome, kind, unproved in facts["checks"]
    )
    return QuestionResult(
        facts["id"],
        facts["title"],
        facts["status"],
        points_of_text(facts["max_points"]),
        checks,
        tuple(facts["messages"]),
        fingerprint=facts["fingerprint"],
    )
