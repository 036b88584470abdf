"""Checks that a set of joint states is closed under every allowed input, and that no output on the way is wrong."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from grader.engines.claim import Claim, UnreadableCertificate
from grader.evidence import Certificate, Proved
from grader.language.arithmetic import TooLarge
from grader.machines.alphabet import FiniteAlphabet

JointState = tuple[Any, Any]


def check_walk(claim: Claim, certificate: Certificate) -> Proved | None:
    """The proof that no step from any of so many joint states breaks a line; None where there are more or fewer.

    Raises:
        UnreadableCertificate: if it says of no number of states that the question allows.
    """
    states = certificate.content.get("states")
    if type(states) is not int or not 0 < states <= claim.bounds.states:
        raise UnreadableCertificate(f"`states` is a number of joint states, {claim.bounds.states} at most")
    level: list[JointState] = [(claim.network.initial, claim.specification.machine().initial)]
    seen, depth = {_key(claim, level[0])}, 0
    while level and depth != claim.length:
        following: list[JointState] = []
        for state in level:
            for after in _steps(claim, state):
                if after is None:
                    return None
                key = _key(claim, after)
                if key not in seen:
                    seen.add(key)
                    following.append(after)
            if len(seen) > states:
                return None
        level, depth = following, depth + 1
    return Proved(states, claim.length, certificate=certificate) if len(seen) == states else None


def _key(claim: Claim, state: JointState) -> Hashable:
    return claim.network.key_of(state[0]), claim.specification.machine().key_of(state[1])


def _steps(claim: Claim, state: JointState) -> Iterator[JointState | None]:
    """The joint states after one allowed input; None: it breaks a line, or numbers are too large."""
    specification, behaviour = claim.specification, claim.specification.machine()
    alphabet = claim.network.symbol_set
    if not isinstance(alphabet, FiniteAlphabet):
        yield None
        return
    for symbol in alphabet.symbols:
        try:
            theirs, wanted = behaviour.step(state[1], symbol)
            if not specification.allows(wanted):
                continue
            ours, answer = claim.network.step(state[0], symbol)
        except TooLarge:
            yield None
            return
        right = specification.accepts(answer.output, wanted)
        yield (ours, theirs) if right or claim.lines.isdisjoint(specification.lines_applying_to(wanted)) else None
