"""The kinds of certificates, each with the function that checks it; none of them searches for anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from grader.engines.claim import Claim, UnreadableCertificate
from grader.verdict import Certificate

Checker = Callable[[Claim, Mapping[str, Any]], bool]
"""Whether a content shows a claim. It comes from a file that anybody may have changed: every part of it is looked at.

Raises:
    UnreadableCertificate: where a part of the content is missing, of another kind, or larger than any proof needs.
"""

CHECKERS: Mapping[str, Checker] = {}


def shows(certificate: Certificate, claim: Claim) -> bool:
    """Whether a certificate shows a claim.

    Raises:
        UnreadableCertificate: if it is not written as certificates of its kind are, or there is no such kind.
    """
    checker = CHECKERS.get(certificate.kind)
    if checker is None:
        raise UnreadableCertificate(f"there is no certificate of kind {certificate.kind!r}")
    return checker(claim, certificate.content)
