"""The kinds of certificates, each with the function that checks it; none of them searches for anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from grader.engines.box_proof import BOXES_KIND, CUTS_KIND, check_boxes
from grader.engines.claim import Claim, UnreadableCertificate
from grader.engines.listing import LISTING_KIND, check_listing
from grader.engines.walk import WALK_KIND
from grader.engines.walk_certificate import check_walk
from grader.evidence import Certificate, Proved

Checker = Callable[[Claim, Certificate], Proved | None]
"""The proof of a claim that a certificate is, as the engine gives it; None where it shows no such thing.

It comes from a file that anybody may have changed, so all of it is looked at, and what a report says of the proof is
made anew from it.

Raises:
    UnreadableCertificate: where a part of the content is missing, of another kind, or larger than any proof needs.
"""


def _check_horn_certificate(claim: Claim, certificate: Certificate) -> Proved | None:
    from grader.engines.horn_certificate import check_horn_certificate  # with z3, which takes long to load

    return check_horn_certificate(claim, certificate)


CHECKERS: Mapping[str, Checker] = {
    WALK_KIND: check_walk,
    LISTING_KIND: check_listing,
    BOXES_KIND: check_boxes,
    CUTS_KIND: check_boxes,
    "invariant": _check_horn_certificate,
    "unrolled": _check_horn_certificate,
}


def proof_of(claim: Claim, certificate: Certificate) -> Proved | None:
    """The proof of a claim that a certificate is; None where it shows no such thing.

    Raises:
        UnreadableCertificate: if it is not written as certificates of its kind are, or there is no such kind.
    """
    checker = CHECKERS.get(certificate.kind)
    if claim.network.program.in_doubles and certificate.kind not in (WALK_KIND, LISTING_KIND):
        raise UnreadableCertificate(f"a certificate of kind {certificate.kind!r} is not about float64")
    if checker is None:
        raise UnreadableCertificate(f"there is no certificate of kind {certificate.kind!r}")
    return checker(claim, certificate)
