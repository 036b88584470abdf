"""Evidence in words, the same in every format that people read."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import log10
from typing import assert_never

from grader.errors import listed
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
from grader.verdict import CheckResult, Margin, QuestionResult, Report, points_in_words, variant_in_words

UNPROVED_MARK = "~"
"""Stands before the outcome of a line that passed and is not proved, and before marks that rest on one."""

UNPROVED_LEGEND = f"{UNPROVED_MARK} right wherever it was looked at, but not proved"


def explained(check: CheckResult) -> str:
    """Why a line has its points: who gave them, where a person did, and behind it why the grader gave its own."""
    return "; ".join(part for part in (str(check.override or ""), _explained(check)) if part)


def decisions_in_words(question: QuestionResult) -> list[str]:
    """What a person has decided of a question as a whole."""
    excused = [f"does not count: {question.excused}"] if question.excused else []
    return [*([str(question.override)] if question.override else []), *excused]


def said_of(report: Report) -> tuple[str, ...]:
    """What is said of a submission as a whole: its time, where there is a deadline, its variants, then its messages."""
    return (*([report.lateness.said] if report.lateness else []), *_said_of_variants(report), *report.messages)


def _said_of_variants(report: Report) -> Iterator[str]:
    """`the variants of alice: q5 has h0 = 1, theta = 1/4`; that they were met, where a reader may know no constant."""
    drawn = [(question.id, question.variant) for question in report.questions if question.variant]
    of_each = [f"{name} has {variant_in_words(variant)}" for name, variant in drawn]
    if report.variants_of:
        yield f"the variants of {report.variants_of}{': ' if of_each else ' were met'}{'; '.join(of_each)}"


def _explained(check: CheckResult) -> str:
    """What is said of a line, else its evidence; of a line that is not proved, both."""
    evidence = in_words(check.evidence)
    if check.unproved and check.message and evidence:
        return f"{check.message} ({evidence})"
    return check.message or evidence


def outcome_mark(check: CheckResult, mark: str) -> str:
    """The mark of an outcome, with `~` before it where a line passed and is not proved."""
    return f"{UNPROVED_MARK}{mark}" if check.unproved and check.outcome == "passed" else mark


def _proof(evidence: Proved) -> str:
    """What a proof rests on, in brackets."""
    if evidence.states is not None:
        return f" ({counted(evidence.states, 'state')})"
    if evidence.invariant is None:
        return ""
    formulas, margin = dict.fromkeys(evidence.invariant.formulas), evidence.invariant.margin
    shown = f"invariant: {'; later: '.join(formulas)}" if list(formulas) != ["true"] else "from any state"
    return f" ({shown}; at least {margin} from a threshold)" if margin else f" ({shown})"


def in_words(evidence: Evidence) -> str:
    """`proved for every input of every length (3 states)`."""
    match evidence:
        case Proved(length=length):
            steps = "every length" if length is None else f"up to {counted(length, 'step')}"
            return f"proved for every input of {steps}{_proof(evidence)}"
        case Exhausted():
            return _exhausted(evidence)
        case Sampled(examples=examples, seed=seed, no_proof=no_proof):
            were = "was" if examples == 1 else "were"
            drawn = f"held on {counted(examples, 'input')} that {were} drawn (seed {seed})"
            return f"{drawn}; not proved{_because(no_proof)}"
        case Identity():
            return "proved equal for all values of all variables"
        case IdentityInCases(where=where, points=points, unreached=unreached):
            looked = f"{where}, and at {counted(points, 'sample point')}"
            return (
                f"equal for all values of all variables {looked}; not proved for other whole numbers{_sides(unreached)}"
            )
        case AtPoints(points=points, bits=bits, where=where, unreached=unreached):
            looked = f"{counted(points, 'sample point')}{f' ({where})' if where else ''}"
            return f"equal at {looked}, to at least {bits} bits; not proved{_sides(unreached)}"
        case Examples(examples=examples):
            return f"held on {counted(examples, 'example')}"
        case Counterexample(input_in_words=word, got=got, condition=condition) if condition:
            return f"on {word} the output is {got}; {condition}"
        case Counterexample(input_in_words=word, expected=expected, got=got):
            return f"on {word} the output is {got}, but {expected} is wanted"
        case CheckFault(reason=reason):
            return reason
        case NoEvidence():
            return ""
    assert_never(evidence)


def _exhausted(evidence: Exhausted) -> str:
    """What was looked at, and that it is no proof."""
    length, inputs, sampled = evidence.length, evidence.inputs, evidence.sampled
    checked = f"holds for all {counted(inputs, 'input')} of up to {length} in length"
    if evidence.more:
        many = "more than 10^18" if inputs >= MAX_COUNTED_INPUTS else f"at least {count_in_words(inputs)}"
        checked = f"holds for all inputs of up to {count_in_words(length)} in length ({many})"
    ones, were = ("one", "was") if sampled and sampled.examples == 1 else ("ones", "were")
    longer = (
        f", and on {count_in_words(sampled.examples)} longer {ones} that {were} drawn (seed {sampled.seed})"
        if sampled
        else ""
    )
    return f"{checked}{longer}; not proved{_because(evidence.no_proof)}"


def _because(no_proof: NoProof | None) -> str:
    """`: the walk ended after 9 joint states (a larger budget would help)`; empty where nothing is known."""
    return f": {no_proof_in_words(no_proof)}" if no_proof else ""


def no_proof_in_words(no_proof: NoProof) -> str:
    """Why there is no proof, and what the course could do about it."""
    help_ = f" (what would help: {listed(no_proof.remedies, 'or')})" if no_proof.remedies else ""
    return f"{no_proof.reason}{help_}"


def _sides(unreached: tuple[str, ...]) -> str:
    """`; not both sides were reached of relu(x**2 + 1)`, at most three."""
    return f"; not both sides were reached of {', '.join(unreached[:3])}" if unreached else ""


def complaints(report: Report) -> list[str]:
    """What cannot be used in a submission, and what is held, each said once; for stderr."""
    troubled: dict[str, list[str]] = {}
    for question in report.questions:
        for message in question.messages if question.status in ("held", "rejected") else ():
            if message not in report.messages:
                troubled.setdefault(message, []).append(question.id)
    return [*report.messages, *(f"{', '.join(ids)}: {message}" for message, ids in troubled.items())]


def counted(number: int, noun: str) -> str:
    """`1 state`, `3 states`, `2^21 - 2 states`."""
    return f"{count_in_words(number)} {noun}{'' if number == 1 else 's'}"


MAX_COUNT_IN_DIGITS = 1_000_000
"""A count beyond this is said as a power of two or of ten; Python writes no more than 4300 digits anyway."""


def count_in_words(number: int) -> str:
    """`8190`; beyond a million `2^21 - 2` where that is what it is, else `about 3.5*10^7`."""
    if number <= MAX_COUNT_IN_DIGITS:
        return str(number)
    for below in (0, 1, 2):  # there are 2^(n+1) - 2 inputs of 1 to n bits
        if (number + below).bit_count() == 1:
            return f"2^{(number + below).bit_length() - 1}{f' - {below}' if below else ''}"
    power = int(log10(2) * (number.bit_length() - 1))
    power += number >= 10 ** (power + 1)
    exact = Fraction(number, 10**power)
    lead = round(exact, 2)
    if lead == 10:
        lead, power = Fraction(1), power + 1
    text = f"10^{power}" if lead == 1 else f"{float(lead):g}*10^{power}"
    return text if lead == exact else f"about {text}"


def margin_in_words(margins: tuple[Margin, ...]) -> str:
    """The smallest distance to a threshold, and a friendly word where it is zero."""
    closest = margins[0]
    text = f"smallest distance to a threshold: {closest.distance}, at {closest.quantity} when {closest.where}"
    if closest.zero:
        text += " (right, and no points lost; but the slightest rounding would tip it)"
    return text


def marks_in_words(part: Report | QuestionResult) -> str:
    """`40 / 70`, and `40 / 70 (10 pending)` where points are pending."""
    text = f"{points_in_words(part.points)} / {points_in_words(part.max_points)}"
    return f"{text} ({points_in_words(part.pending_points)} pending)" if part.pending_points else text
