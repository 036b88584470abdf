"""Numbers that nobody can aim at: drawn from the texts of both formulas and, where there is one, the course's salt."""

from __future__ import annotations

import hashlib

from flint import fmpq

from grader.deferred import dataclass

SECRET_BYTES = 32
NUMERATORS, DENOMINATORS = (1_001, 9_973), (1_001, 1_999)

DRAWN_EXPONENTS = ((-1, 1), (-6, 6), (0, 3), (-3, 0), (2, 6))
"""The powers of ten between which the numbers of a wide sample lie, in turn."""


@dataclass(frozen=True)
class Draws:
    """Numbers by name: the same secret and name, the same number on every machine."""

    secret: bytes

    @classmethod
    def of(cls, *texts: str) -> Draws:
        """The draws of some texts, in their order."""
        digest = hashlib.blake2b(digest_size=SECRET_BYTES)
        for text in texts:
            data = text.encode("utf-8", "surrogatepass")
            digest.update(len(data).to_bytes(8, "big") + data)
        return cls(digest.digest())

    def below(self, count: int, name: str) -> int:
        """A whole number from 0 to count - 1."""
        digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), key=self.secret, digest_size=8).digest()
        return int.from_bytes(digest, "big") % count

    def between(self, low: int, high: int, name: str) -> int:
        """A whole number from low to high."""
        return low + self.below(high - low + 1, name)

    def rational(self, exponents: tuple[int, int], name: str) -> fmpq:
        """A number of either sign between two powers of ten, with three or four digits above and below."""
        mantissa = fmpq(
            self.between(*NUMERATORS, f"{name} numerator"), self.between(*DENOMINATORS, f"{name} denominator")
        )
        value = mantissa * fmpq(10) ** self.between(*exponents, f"{name} exponent")
        return value if self.below(2, f"{name} sign") else -value
