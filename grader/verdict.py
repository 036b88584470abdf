"""What the grader answers: one result a check, one a question, a report a submission.

Everything here is plain text and numbers, so that every format can be written from a `Report` and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import Any, Literal

from grader.deferred import dataclass
from grader.evidence import (
    STRENGTHS,
    Certificate,
    CheckFault,
    Evidence,
    EvidenceStrength,
    NoEvidence,
    Proved,
    strength_of,
)
from grader.network_details import MinimalMachines, Robustness
from grader.page_details import PageDetails
from grader.written_answer import WrittenAnswer

CheckOutcome = Literal["passed", "failed", "blocked", "pending", "held"]
QuestionStatus = Literal["graded", "pending", "held", "missing", "rejected", "excused"]


MistakeSource = Literal["near miss", "up to", "known answer", "reading", "restriction", "option", "partly"]
"""What of a spec foresees a mistake."""

HELD_BECAUSE = "held, because the grader failed"
"""How every message begins that tells why something is held."""


@dataclass(frozen=True)
class Override:
    """Points that a person gave in place of the grader's, which were `graded_points` (None: it was held).

    `graded_as` is the outcome of the line, or the status of the question, before; also of a line where there was no
    answer that can be used.
    """

    points: Fraction
    max_points: Fraction
    by: str
    reason: str
    graded_points: Fraction | None
    graded_as: str

    def __str__(self) -> str:
        """`overridden by N. Neumann: 3 of 5 because the sheet was wrong; graded: 0 of 5, failed`."""
        most = points_in_words(self.max_points)
        before = [] if self.graded_points is None else [f"{points_in_words(self.graded_points)} of {most}"]
        before += [self.graded_as] if self.graded_as != "graded" else []
        given = f"{points_in_words(self.points)} of {most} because {self.reason}"
        return f"overridden by {self.by}: {given}; graded: {', '.join(before)}"


@dataclass(frozen=True)
class Lateness:
    """When a submission was handed in, as the platform says ("": not known), and what that costs; times are text.

    `days` have begun after the deadline, `late_days` of them came off the budget. `penalty` is what is taken for the
    others, of which no more counts than was earned. `said` is all of it in words.
    """

    handed_in: str
    deadline: str
    said: str
    days: int = 0
    late_days: int = 0
    penalty: Fraction = Fraction(0)


@dataclass(frozen=True)
class NamedMistake:
    """A mistake that the spec foresees and that was recognised in an answer; the name is the spec's own."""

    source: MistakeSource
    name: str


@dataclass(frozen=True)
class CheckResult:
    """One rubric line: what it earned and why.

    `unproved`: it was right wherever it was looked at, and a proof was looked for and not found. Such a line has
    passed, or is held where the course wants a person to look at it. `mistakes` are those that explain this line.
    """

    name: str
    points: Fraction
    max_points: Fraction
    outcome: CheckOutcome
    evidence: Evidence = field(default_factory=NoEvidence)
    message: str = ""
    unproved: bool = False
    mistakes: tuple[NamedMistake, ...] = ()
    override: Override | None = None


@dataclass(frozen=True)
class Margin:
    """The smallest distance of one quantity to a threshold over all reachable steps, and where it is met first."""

    quantity: str
    distance: str
    where: str
    zero: bool


@dataclass(frozen=True)
class AnswerLocation:
    """Where an answer stands in the submission; `line` counts from 1, and is 0 where only the file is known."""

    file: str
    line: int = 0


@dataclass(frozen=True)
class QuestionResult:
    """All rubric lines of a question; `messages` are for the student, `margins` come with a proof.

    `place` is None where nothing was handed in, `robustness` and `machines` where they were not asked for. `weights`
    are those that were judged, exactly: by parameter a text (`-3/2`), or a list of such texts or of lists.
    `fingerprint` is the same for wrong networks that behave alike; so is `weights_fingerprint` for weights that
    differ in the order of hidden units and in scale alone; "" where it is not known. `mistakes` are those that explain
    the answer as a whole. An `override` is of the question as a whole; `excused` says who decided that it does
    not count, and why ("": it does). `page` is what a page shows beside; None where that was not asked for. `written`
    is the answer to a written question, for its reader. `variant` has the constants that the question had for this
    student; `right_for` are other variants, in words, for which a wrong answer to the own one is right.
    """

    id: str
    title: str
    status: QuestionStatus
    max_points: Fraction
    checks: tuple[CheckResult, ...] = ()
    messages: tuple[str, ...] = ()
    margins: tuple[Margin, ...] = ()
    place: AnswerLocation | None = None
    weights: Mapping[str, Any] = field(default_factory=dict)
    robustness: Robustness | None = None
    machines: MinimalMachines | None = None
    fingerprint: str = ""
    weights_fingerprint: str = ""
    mistakes: tuple[NamedMistake, ...] = ()
    override: Override | None = None
    excused: str = ""
    page: PageDetails | None = None
    written: WrittenAnswer | None = None
    variant: Mapping[str, str] = field(default_factory=dict)
    right_for: tuple[str, ...] = ()

    @property
    def named_mistakes(self) -> tuple[NamedMistake, ...]:
        """The mistakes of the answer and of its lines, each once."""
        return tuple(dict.fromkeys(chain(self.mistakes, *(check.mistakes for check in self.checks))))

    @property
    def certificate(self) -> Certificate | None:
        """What all proofs of the question rest on, where they carry it: one engine has given them."""
        proofs = (check.evidence for check in self.checks if isinstance(check.evidence, Proved))
        return next((proof.certificate for proof in proofs if proof.certificate), None)

    @cached_property
    def points(self) -> Fraction:
        if self.override is not None:
            return self.override.points
        return added_up([check.points for check in self.checks])

    @property
    def is_decided(self) -> bool:
        """True if a person has decided of it as a whole, so that none of its lines count."""
        return self.override is not None or self.excused != ""

    @cached_property
    def is_unproved(self) -> bool:
        """True if points of it rest on a pass that is not proved."""
        if self.is_decided:
            return False
        return any(check.unproved and (check.points or check.outcome == "passed") for check in self.checks)

    @cached_property
    def evidence_strengths(self) -> frozenset[EvidenceStrength]:
        """What its points rest on, where the grader gave them."""
        checks = (check for check in self.checks if check.points and not check.override) if not self.override else ()
        found = [(strength_of(check.evidence), check.unproved) for check in checks]
        return frozenset(strength for strength, unproved in found if unproved or strength != "none")

    @cached_property
    def pending_points(self) -> Fraction:
        """Points that wait for a reader, for the grader itself, or for a person to look at what is not proved."""
        if self.is_decided:
            return Fraction(0)
        if self.status == "held" and not self.checks:
            return self.max_points
        return added_up([c.max_points - c.points for c in self.checks if c.outcome in ("pending", "held")])


def held_instead(result: QuestionResult, reason: str) -> QuestionResult:
    """The same question without marks, because the grader failed after it had been judged."""
    message = f"{HELD_BECAUSE}: {reason}"
    checks = tuple(
        CheckResult(check.name, Fraction(0), check.max_points, "held", CheckFault(message), message)
        for check in result.checks
    )
    return QuestionResult(result.id, result.title, "held", result.max_points, checks, (message,), (), result.place)


@dataclass(frozen=True)
class CodeDigest:
    """The file whose code was run, and the SHA-256 digest of its bytes; `modules` are those that it could import."""

    file: str
    sha256: str
    modules: tuple[CodeDigest, ...] = ()


@dataclass(frozen=True)
class Report:
    """One submission to one assignment; `sandbox` says in which tier its `code` ran, if any did.

    What a person has excused counts neither in the points nor in their maximum.
    `spec` and `grader` are fingerprints of what it was graded against and by; "" where nobody has asked for them.
    `variants_of` is the student whose variants of questions it met; "" where no question has variants.
    """

    assignment: str
    submission: str
    questions: tuple[QuestionResult, ...]
    messages: tuple[str, ...] = field(default=())
    sandbox: str = ""
    code: CodeDigest | None = None
    lateness: Lateness | None = None
    spec: str = ""
    grader: str = ""
    variants_of: str = ""

    @cached_property
    def counted(self) -> tuple[QuestionResult, ...]:
        """The questions that count."""
        return tuple(question for question in self.questions if not question.excused)

    @cached_property
    def earned(self) -> Fraction:
        """The points of the questions, before anything is taken for lateness."""
        return added_up([question.points for question in self.counted])

    @property
    def points(self) -> Fraction:
        return self.earned - self.late_points if self.lateness else self.earned

    @property
    def late_points(self) -> Fraction:
        """The points that are taken for lateness: no more than were earned."""
        return min(self.lateness.penalty, self.earned) if self.lateness else Fraction(0)

    @cached_property
    def max_points(self) -> Fraction:
        return added_up([question.max_points for question in self.counted])

    @cached_property
    def pending_points(self) -> Fraction:
        return added_up([question.pending_points for question in self.questions])

    @property
    def weakest_evidence(self) -> EvidenceStrength | None:
        """The weakest evidence that points rest on; None where no points do (a person's rest on the person)."""
        strengths = frozenset[EvidenceStrength]().union(*(question.evidence_strengths for question in self.counted))
        return max(strengths, key=STRENGTHS.index, default=None)

    @property
    def status(self) -> QuestionStatus:
        """The status that most wants attention: held, then rejected, missing, pending, graded; excused if all is."""
        if not self.questions:
            return "rejected"
        if not self.counted:
            return "excused"
        present = {question.status for question in self.counted}
        order: tuple[QuestionStatus, ...] = ("held", "rejected", "missing", "pending")
        return next((status for status in order if status in present), "graded")


def added_up(points: Sequence[Fraction]) -> Fraction:
    """The sum of points; whole ones are added as integers, which takes a third of the time."""
    ratios = [one.as_integer_ratio() for one in points]
    whole = sum([numerator for numerator, denominator in ratios if denominator == 1])
    return sum([Fraction(*ratio) for ratio in ratios if ratio[1] != 1], Fraction(whole))


def as_number(points: Fraction) -> int | float:
    """Points as a number for people and files, rounded to 6 places; whole where that is whole."""
    if points.denominator == 1:
        return points.numerator
    rounded = round(float(points), 6)
    return int(rounded) if rounded.is_integer() else rounded


_UNSEEN = re.compile(r"no\. \d+")


def unseen_constant(number: int) -> str:
    """What is said of a constant that students do not see in the question: which of its values it is, from 1 on."""
    return f"no. {number}"


def constants_seen(variant: Mapping[str, str]) -> dict[str, str]:
    """The constants of a variant without those of which it is only said which of their values they are."""
    return {name: value for name, value in variant.items() if not _UNSEEN.fullmatch(value)}


def variant_in_words(variant: Mapping[str, str]) -> str:
    """`h0 = 1, theta = 1/4`, of the constants of a question."""
    return ", ".join(f"{name} = {value}" for name, value in variant.items())


def points_in_words(points: Fraction) -> str:
    """`40`, `7.5`, `0.333333`, `0.00001`."""
    text = str(as_number(points))
    return f"{Decimal(text):f}" if "e" in text else text


def counted_points(points: Fraction) -> str:
    """`1 point`, `2.5 points`."""
    return f"{points_in_words(points)} {'point' if points == 1 else 'points'}"


def points_in_full(points: Fraction) -> str:
    """Points as a spec has them, exactly: `3`, `7.5`, `1/3`."""
    text = points_in_words(points)
    return text if Fraction(text) == points else str(points)
