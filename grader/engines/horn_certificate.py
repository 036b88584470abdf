"""Certificates of the Horn engine as a report carries them: written once found, read and checked anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import z3

from grader.engines.certificate import holds, none_breaks, steps_taken
from grader.engines.claim import Claim, UnreadableCertificate
from grader.engines.smt_text import read_smt, smt_text
from grader.engines.term_text import text_of
from grader.engines.transition import Transition
from grader.engines.transition_builder import transition
from grader.evidence import Certificate, Invariant, Proved
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import ShapeError

INVARIANT_KIND = "invariant"
"""`phases`: for each the names of the numbers of its state and, in SMT-LIB, what `holds` of them.

`steps`: it is about inputs of up to so many, and speaks of |steps taken|, too.
"""

UNROLLED_KIND = "unrolled"
"""`steps`: all inputs of up to so many were put to z3, one question for each length."""


def invariant_certificate(system: Transition, formulas: Sequence[z3.BoolRef], steps: int | None = None) -> Certificate:
    """The formulas as a report carries them."""
    phases = [
        {"state": [slot.name for slot in phase.slots], "holds": smt_text(formula)}
        for phase, formula in zip(system.phases, formulas, strict=True)
    ]
    return Certificate(INVARIANT_KIND, {"phases": phases, **({} if steps is None else {"steps": steps})})


def unrolled_certificate(steps: int) -> Certificate:
    """What a report carries where z3 was asked about all inputs of up to so many steps: their length alone."""
    return Certificate(UNROLLED_KIND, {"steps": steps})


def proof_by(system: Transition, lines: Sequence[int], certificate: Certificate, length: int | None) -> Proved | None:
    """The proof that inputs of up to `length` steps break none of the lines by a certificate of this file.

    Raises:
        UnreadableCertificate: if it is not written as these certificates are.
    """
    steps = certificate.content.get("steps")
    if steps is not None and not (type(steps) is int and length is not None and 0 < length <= steps):
        raise UnreadableCertificate(f"`steps` is the length of the longest inputs ({length}), or more")
    if certificate.kind == UNROLLED_KIND:
        shown = length is not None and none_breaks(system, lines, length)
        return Proved(None, length, certificate=certificate) if shown else None
    formulas = _formulas(system, certificate.content, steps)
    if not holds(system, lines, formulas, steps):
        return None
    return Proved(None, length, None if steps else _in_words(system, formulas), certificate)


def _in_words(system: Transition, formulas: Sequence[z3.BoolRef]) -> Invariant:
    """The formulas in the names of the spec."""
    pairs = zip(formulas, system.phases, strict=True)
    return Invariant(tuple(text_of(z3.And(formula, phase.in_range())) for formula, phase in pairs))


def _formulas(system: Transition, content: Mapping[str, Any], steps: int | None) -> list[z3.BoolRef]:
    phases = content.get("phases")
    if not isinstance(phases, list) or len(phases) != len(system.phases):
        raise UnreadableCertificate(f"`phases` is a list of {len(system.phases)}, one for each kind of step")
    formulas, counter = [], [] if steps is None else [steps_taken(system)]
    for written, phase in zip(phases, system.phases, strict=True):
        names = [slot.name for slot in phase.slots]
        if not isinstance(written, dict) or written.get("state") != names:
            raise UnreadableCertificate(f"the state of a phase is {names}")
        formulas.append(read_smt(written.get("holds"), [*phase.variables, *counter], system.context))
    return formulas


def check_horn_certificate(claim: Claim, certificate: Certificate) -> Proved | None:
    """The proof of a claim by a certificate of this file, if it is one.

    Raises:
        UnreadableCertificate: as `proof_by` does.
    """
    try:
        system = transition(claim.network, claim.specification)
    except (EvaluationError, ShapeError):
        return None
    return proof_by(system, sorted(claim.lines), certificate, claim.length)
