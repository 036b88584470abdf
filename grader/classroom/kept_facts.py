"""What a row needs of a question, as it is kept in JSON beside the text of its verdict."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Any, NamedTuple

from grader.evidence import Counterexample, Evidence, Examples, Exhausted, NoEvidence, Proved, Sampled, strength_of
from grader.grading import KnownVerdict
from grader.kinds.effects import effects_from
from grader.verdict import CheckResult, QuestionResult
from grader.written_answer import WrittenAnswer

MAX_WRITTEN_CHARACTERS = 200_000
"""Of a written answer that is kept for its reader."""

MAX_REMEMBERED_FACTS_CHARACTERS = 2_000
"""Of facts that are remembered once they were read; longer ones have a text in them that somebody wrote."""

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
    """`KeptVerdict.facts`, in which what is `known` of a question comes first."""
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


class ReadFacts(NamedTuple):
    """The facts of a kept verdict, and the verdict as far as they say it."""

    facts: Mapping[str, Any]
    known: KnownVerdict


def read_facts(text: str) -> ReadFacts:
    """The facts that are kept as this text; those that many submissions share are read once."""
    return (_read if len(text) > MAX_REMEMBERED_FACTS_CHARACTERS else _remembered)(text)


def facts_in(text: str) -> Mapping[str, Any]:
    """The same without the verdict, which is not made of a long text."""
    return json.loads(text) if len(text) > MAX_REMEMBERED_FACTS_CHARACTERS else _remembered(text).facts


def _read(text: str) -> ReadFacts:
    facts = json.loads(text)
    result = _result(facts) if facts["answered"] else None
    return ReadFacts(facts, KnownVerdict(result, effects_from(facts["effects"])))


_remembered = lru_cache(maxsize=512)(_read)


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
