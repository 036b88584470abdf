"""Wrong answers that are made on purpose (mutants), and what the marking of a question makes of them.

Source: R. DeMillo, R. Lipton, F. Sayward, "Hints on test data selection", Computer 11(4), 1978: a test is as strong as
the share of small faults that it notices. Here the test is the rubric of a question, and the faults are answers.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal

from grader.deferred import dataclass

MutantStatus = Literal["killed", "survived", "equivalent", "held"]
"""`killed`: it loses points. `survived`: it is wrong and loses none. `equivalent`: nothing was found that tells it from
a right answer, or it is proved right. `held`: it could not be judged."""

WRONG_AS_IT_STANDS = "wrong as it stands"
"""The operator of an answer, unchanged, that the spec gives all points to and that is wrong: nothing is made of it."""

NOTHING_IS_CHANGED = "nothing is changed"


@dataclass(frozen=True)
class Mutant:
    """A wrong answer that is made on purpose.

    `operator` is the field's name of the change (`relational operator`), `change` says in one line what was changed
    (`W2: 1 -> 1/2`; for code a diff of one line), `source` names the right answer that it is made of (`the reference`,
    a known answer). `answer` is what the kind judges: plain data that can be pickled and has a stable `repr`.
    """

    operator: str
    change: str
    source: str
    answer: Any


@dataclass(frozen=True)
class MutantVerdict:
    """What the marking makes of a mutant.

    `points` are those that it earns, `lost_lines` the rubric lines (indices) that it does not pass. `killing_inputs`
    are inputs, as the report shows them, that tell it from a right answer, each short enough to stand in a prompt: of
    a survivor the inputs that the spec could have drawn and did not. `behaviour` is a fingerprint that mutants share
    which answer alike; empty where it was not worked out.
    """

    mutant: Mutant
    status: MutantStatus
    points: Fraction
    lost_lines: tuple[int, ...] = ()
    killing_inputs: tuple[str, ...] = ()
    behaviour: str = ""
    reason: str = ""


@dataclass(frozen=True)
class StrengthRemark:
    """What the verdicts on all mutants of a question say of its spec.

    `yaml` is ready to be pasted into it, `python` into tests that are written by hand, if there is any.
    """

    text: str
    yaml: str = ""
    python: str = ""
