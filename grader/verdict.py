"""What the grader answers: evidence by strength, one result a check, one a question, a report a submission.

Everything here is plain text and numbers, so that every format can be written from a `Report` and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, assert_never

from grader.network_details import MinimalMachines, Robustness

CheckOutcome = Literal["passed", "failed", "blocked", "pending", "held"]
QuestionStatus = Literal["graded", "pending", "held", "missing", "rejected"]


HELD_BECAUSE = "held, because the grader failed"
"""How every message begins that tells why something is held."""


@dataclass(frozen=True)
class NoProof:
    """Why no engine proved what was only looked at, and what would help, in words for the course."""

    reason: str
    remedies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sampled:
    """Held on this many generated inputs; the seed repeats them. `no_proof`: why that is all, where it is known."""

    examples: int
    seed: int
    no_proof: NoProof | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Invariant:
    """What is true of the joint state before every step, and under which no output is wrong; one text a phase of time.

    It was checked anew: it is true at the start, and every step keeps it. `margin`: where it is known, what under it is
    compared with a threshold is at least so far from it.
    """

    formulas: tuple[str, ...]
    margin: str = ""


@dataclass(frozen=True)
class Certificate:
    """What a proof rests on, written down so that it can be checked anew without the search that found it.

    `kind` names its checker, a row of `CHECKERS` in `grader/engines/checkers.py`. `content` is what JSON holds: text,
    whole numbers, truth values, lists, and mappings by text; a number that is not whole is text (`-3/2`).
    """

    kind: str
    content: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Proved:
    """Holds for every input (of every length, unless `length` bounds it).

    `states`: all of so many reachable joint states were seen; None where states need not end: `invariant` is why then,
    or every input of up to `length` steps was decided. Proofs of the same that differ in their certificates are equal.
    """

    states: int | None
    length: int | None = None
    invariant: Invariant | None = None
    certificate: Certificate | None = field(default=None, compare=False, repr=False)


MAX_COUNTED_INPUTS = 10**18
"""Inputs that are counted one by one; of more it is said that there are more."""


@dataclass(frozen=True)
class Exhausted:
    """Holds for every input up to a length; longer ones were sampled. `more`: there are at least `inputs` of them.

    `no_proof`: why it is not every length.
    """

    length: int
    inputs: int
    sampled: Sampled | None = None
    more: bool = False
    no_proof: NoProof | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Identity:
    """Equal for all values of all variables and all whole numbers, by normal form."""


@dataclass(frozen=True)
class IdentityInCases:
    """Equal for all values of all variables in this many cases of steps, gaps and sizes, by normal form.

    `where` says which cases in words; in others nothing is proved: `points` were looked at, in all of them together.
    `unreached` are conditions of the formulas of which only one side was met.
    """

    cases: int
    where: str
    points: int
    unreached: tuple[str, ...] = ()


@dataclass(frozen=True)
class AtPoints:
    """Equal at every sample point that was looked at, to at least this many bits.

    `where` says in words in which cases of whole numbers, if there are any; `unreached` as in `IdentityInCases`.
    """

    points: int
    bits: int
    where: str = ""
    unreached: tuple[str, ...] = ()


@dataclass(frozen=True)
class Examples:
    """Holds on the examples of the spec."""

    examples: int


@dataclass(frozen=True)
class TraceStep:
    """One step of a counterexample: every named quantity, the answer's beside what was wanted.

    `about`: whether the rubric line is about this step; one that is wrong and not about it is another line's.
    `counts`: whether the output at this step is judged at all; time 0 is before the first step, for the empty input.
    """

    t: int
    inputs: Mapping[str, str]
    student: Mapping[str, str]
    wanted: Mapping[str, str]
    output: str
    expected: str
    right: bool
    about: bool = True
    counts: bool = True


@dataclass(frozen=True)
class Counterexample:
    """A shortest input on which the answer is wrong (`shortest` False: found by sampling, then shrunk).

    `trace` has the last steps. `condition` says what is wanted of the last output where that is not just to be equal
    to what is expected: `y > 1/2 is wanted; y = -0.4`. `latex` typesets a formula that was handed in, and the right
    one where the spec lets it be shown. `steps` are the exact numbers of each step where `input` leaves some out.
    """

    input: str
    expected: str
    got: str
    trace: tuple[TraceStep, ...] = ()
    shortest: bool = True
    latex: tuple[str, ...] = ()
    condition: str = ""
    steps: tuple[tuple[str, ...], ...] = ()

    @property
    def first_wrong_step(self) -> int | None:
        """The first step of the trace that is wrong and that the rubric line is about."""
        return next((step.t for step in self.trace if not step.right and step.about), None)

    @property
    def input_in_words(self) -> str:
        """`input 0110`; the empty input by its name."""
        return "the empty input (ε)" if self.trace and self.trace[-1].t == 0 else f"input {self.input}"

    @property
    def length(self) -> int:
        """The steps of the input, as far as the trace tells."""
        return self.trace[-1].t if self.trace else 0


@dataclass(frozen=True)
class CheckFault:
    """The check could not be carried out; `reason` says why."""

    reason: str


@dataclass(frozen=True)
class NoEvidence:
    """Nothing was looked at."""


Evidence = (
    Proved
    | Exhausted
    | Sampled
    | Identity
    | IdentityInCases
    | AtPoints
    | Examples
    | Counterexample
    | CheckFault
    | NoEvidence
)


EvidenceStrength = Literal["proved", "exhausted", "sampled", "examples", "none"]
STRENGTHS: tuple[EvidenceStrength, ...] = ("proved", "exhausted", "sampled", "examples", "none")
"""From the strongest to the weakest."""


def strength_of(evidence: Evidence) -> EvidenceStrength:
    """How strong the evidence for a right answer is; equal at points, or in some cases, is as strong as samples."""
    match evidence:
        case Proved() | Identity():
            return "proved"
        case Exhausted():
            return "exhausted"
        case Sampled() | IdentityInCases() | AtPoints():
            return "sampled"
        case Examples():
            return "examples"
        case Counterexample() | CheckFault() | NoEvidence():
            return "none"
    assert_never(evidence)


@dataclass(frozen=True)
class CheckResult:
    """One rubric line: what it earned and why.

    `unproved`: it was right wherever it was looked at, and a proof was looked for and not found. Such a line has
    passed, or is held where the course wants a person to look at it.
    """

    name: str
    points: Fraction
    max_points: Fraction
    outcome: CheckOutcome
    evidence: Evidence = NoEvidence()
    message: str = ""
    unproved: bool = False


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
    `fingerprint` is the same for wrong networks that behave alike; "" where it is not known.
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

    @property
    def certificate(self) -> Certificate | None:
        """What all proofs of the question rest on, where they carry it: one engine has given them."""
        proofs = (check.evidence for check in self.checks if isinstance(check.evidence, Proved))
        return next((proof.certificate for proof in proofs if proof.certificate), None)

    @property
    def points(self) -> Fraction:
        return sum((check.points for check in self.checks), Fraction(0))

    @property
    def is_unproved(self) -> bool:
        """True if points of it rest on a pass that is not proved."""
        return any(check.unproved and (check.points or check.outcome == "passed") for check in self.checks)

    @property
    def pending_points(self) -> Fraction:
        """Points that wait for a reader, for the grader itself, or for a person to look at what is not proved."""
        if self.status == "held" and not self.checks:
            return self.max_points
        waiting = (c.max_points - c.points for c in self.checks if c.outcome in ("pending", "held"))
        return sum(waiting, Fraction(0))


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
    """One submission to one assignment; `sandbox` says in which tier its `code` ran, if any did."""

    assignment: str
    submission: str
    questions: tuple[QuestionResult, ...]
    messages: tuple[str, ...] = field(default=())
    sandbox: str = ""
    code: CodeDigest | None = None

    @property
    def points(self) -> Fraction:
        return sum((question.points for question in self.questions), Fraction(0))

    @property
    def max_points(self) -> Fraction:
        return sum((question.max_points for question in self.questions), Fraction(0))

    @property
    def pending_points(self) -> Fraction:
        return sum((question.pending_points for question in self.questions), Fraction(0))

    @property
    def weakest_evidence(self) -> EvidenceStrength | None:
        """The weakest evidence that points rest on; None where no points do (a reader's marks rest on the reader)."""
        checks = (check for question in self.questions for check in question.checks if check.points)
        found = [(strength_of(check.evidence), check.unproved) for check in checks]
        counted = {strength for strength, unproved in found if unproved or strength != "none"}
        return max(counted, key=STRENGTHS.index, default=None)

    @property
    def status(self) -> QuestionStatus:
        """The status that most wants attention: held, then rejected, missing, pending, graded."""
        if not self.questions:
            return "rejected"
        present = {question.status for question in self.questions}
        order: tuple[QuestionStatus, ...] = ("held", "rejected", "missing", "pending")
        return next((status for status in order if status in present), "graded")


def as_number(points: Fraction) -> int | float:
    """Points as a number for people and files: whole where they are whole, else rounded to 6 places."""
    return points.numerator if points.denominator == 1 else round(float(points), 6)


def points_in_words(points: Fraction) -> str:
    """`40`, `7.5`, `0.333333`."""
    return str(as_number(points))
