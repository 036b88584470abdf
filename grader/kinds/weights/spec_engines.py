"""Which engines decide a question: the reference and the known answers put to them before a class is graded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.engines.engine import Findings, OpenLines, Unknown
from grader.engines.horn import HornEngine
from grader.errors import SourceLocation, listed
from grader.evidence import Exhausted, NoProof, Sampled
from grader.kinds.finding import Finding
from grader.kinds.weights.question import WeightsQuestion
from grader.kinds.weights.score import judged_weights
from grader.kinds.weights.spec_networks import drawn_answers
from grader.language.arrays import Value
from grader.language.reals import Reals
from grader.machines.alphabet import FiniteAlphabet
from grader.verdict import CheckResult, QuestionResult, points_in_words

ENGINES_IN_WORDS = {
    "walk": "the walk (every joint state of network and behaviour is visited)",
    "Horn clauses": "Horn clauses (z3 finds an invariant, or a shortest wrong input)",
    "boxes": "boxes (sets of states that no input leads out of)",
    "listing": "listing (every input is run)",
    "sample": "samples (nothing is proved)",
}
"""What an engine does, for whoever writes a spec; others are known by their names."""


@dataclass(frozen=True)
class DecidedAnswer:
    """An answer of the spec's own, what the engines found about it, and its marks; `place`: where it stands."""

    name: str
    findings: Findings
    result: QuestionResult
    place: SourceLocation

    @property
    def is_right(self) -> bool:
        """True if no line is broken, proved or not."""
        return all(check.outcome == "passed" or check.unproved for check in self.result.checks)

    @property
    def unproved(self) -> list[CheckResult]:
        """The lines that were right wherever they were looked at, and are not proved."""
        return [check for check in self.result.checks if check.unproved]

    @property
    def looked_at(self) -> QuestionResult:
        """The marks once a person has let pass what is held because it is not proved."""
        checks = (
            replace(c, outcome="passed", points=c.max_points) if c.unproved and c.outcome == "held" else c
            for c in self.result.checks
        )
        return replace(self.result, checks=tuple(checks))


def decided_answer(
    question: WeightsQuestion, name: str, values: Mapping[str, Value], place: SourceLocation
) -> DecidedAnswer:
    """An answer of the spec as the engines decide students' answers."""
    judged = judged_weights(question, values)
    return DecidedAnswer(name, judged.findings, judged.result, place)


def decided_known(question: WeightsQuestion) -> list[DecidedAnswer]:
    """The known answers of a question, each in its own form, as the engines decide students' answers."""
    return [
        decided_answer(
            question.in_form(known.form), repr(known.name), known.values, question.place("known", known.name)
        )
        for known in question.known
    ]


def check_engines(question: WeightsQuestion, answers: Sequence[DecidedAnswer]) -> Iterator[Finding]:
    """Which engine decides the answers, which right ones stay unproved, and what no engine decides."""
    by_engine: dict[str, list[str]] = {}
    for answer in answers:
        by_engine.setdefault(answer.findings.engine, []).append(answer.name)
    if by_engine:
        parts = (f"{ENGINES_IN_WORDS.get(engine, engine)}: {_some(names)}" for engine, names in by_engine.items())
        yield Finding(question.id, "ok", f"decided by {'; by '.join(parts)}")
    for answer in answers:
        if answer.is_right and answer.unproved:
            why = _why(answer.unproved[0])
            text = f"{answer.name} is right wherever it was looked at, but not proved{why}"
            yield Finding(question.id, "warn", text, place=answer.place)
    yield Finding(question.id, "ok", f"{_left_open(question)}; a pass that is not proved {_worth(question)}")


MAX_NAMED_ANSWERS = 3
"""Answers that are named of those that one engine decides."""


def _some(names: Sequence[str]) -> str:
    more = len(names) - MAX_NAMED_ANSWERS
    return listed(names) if more <= 1 else listed([*names[:MAX_NAMED_ANSWERS], f"{more} more"])


def _why(check: CheckResult) -> str:
    evidence = check.evidence
    no_proof = evidence.no_proof if isinstance(evidence, Sampled | Exhausted) else NoProof("")
    if no_proof is None or not no_proof.reason:
        return ""
    remedies = f"; what would help: {listed(no_proof.remedies, 'or')}" if no_proof.remedies else ""
    return f": {no_proof.reason}{remedies}"


def _worth(question: WeightsQuestion) -> str:
    share = question.unproved_share
    if share is None:
        return "is held for a person (`unproved: hold`)"
    percent = points_in_words(share * 100)
    return "earns all its points (`unproved: full`)" if share == 1 else f"earns {percent}% of its points"


def _left_open(question: WeightsQuestion) -> str:
    """What no engine proves of other answers."""
    states = question.budget.bounds.states
    if question.program.in_doubles:
        return f"answers that do not settle within {states} joint states are sampled"
    if isinstance(question.program.arithmetic, Reals):
        return "answers that come close to a threshold in the long run are proved up to some length alone, or sampled"
    is_finite = isinstance(question.alphabet.symbol_set, FiniteAlphabet)
    without_end = f"answers whose joint states do not end within {states}" if is_finite else "answers"
    outcome = _asked_of_z3(question)
    if isinstance(outcome, Unknown):
        return f"{without_end} are sampled ({outcome.reason})"
    return f"{without_end} are left to Horn clauses, and sampled where z3 comes to no end"


def _asked_of_z3(question: WeightsQuestion) -> Findings | Unknown:
    """Whether Horn clauses can speak of a drawn answer at all: no line is asked about."""
    _, values, *_ = drawn_answers(question.parameters)
    network, no_lines = question.network(values), OpenLines(frozenset())
    return HornEngine().decide(network, question.specification, no_lines, question.budget)
