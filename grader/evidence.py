"""Evidence by strength: what a check rests on, from a proof for every input to nothing that was looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any, Literal, assert_never

from grader.deferred import dataclass


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
