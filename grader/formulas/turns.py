"""Numbers a + b*pi, exactly, so that sine and cosine are known exactly where they turn: sin(pi/2) is 1."""

from __future__ import annotations

from typing import Any

from flint import arb, fmpq

from grader.deferred import dataclass
from grader.language.numbers import show_number

_SIXTHS = {0: fmpq(0), 1: fmpq(1, 2), 3: fmpq(1), 5: fmpq(1, 2)}
"""The sines of multiples of pi/6 that are rational, which no others are (Niven 1956), below pi."""


@dataclass(frozen=True)
class Turn:
    """`rational + turns*pi`, where `turns` is not 0."""

    rational: fmpq
    turns: fmpq

    @classmethod
    def of(cls, rational: fmpq, turns: fmpq) -> Turn | fmpq:
        """The number, as a fraction where it is one."""
        return cls(rational, turns) if turns else rational

    def ball(self) -> arb:
        """The number, enclosed."""
        return arb(self.rational) + arb(self.turns) * arb.pi()

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Turn):
            return Turn.of(self.rational + other.rational, self.turns + other.turns)
        return Turn(self.rational + other, self.turns) if isinstance(other, fmpq) else self.ball() + other

    __radd__ = __add__

    def __neg__(self) -> Turn:
        return Turn(-self.rational, -self.turns)

    def __abs__(self) -> Turn:
        return self if self.ball() > 0 else -self

    def __sub__(self, other: Any) -> Any:
        return self + (-other)

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Turn):
            return self.ball() * other.ball()
        if isinstance(other, fmpq):
            return Turn.of(self.rational * other, self.turns * other)
        return self.ball() * other

    __rmul__ = __mul__

    def sine(self) -> fmpq | None:
        """The sine where it is rational; None where it is not."""
        sixths = self.turns * 6
        if self.rational or sixths.q != 1:
            return None
        number = int(sixths.p) % 12
        known = _SIXTHS.get(number % 6)
        return None if known is None else known if number <= 6 else -known

    def cosine(self) -> fmpq | None:
        """The cosine where it is rational; None where it is not."""
        shifted = Turn.of(self.rational, self.turns + fmpq(1, 2))
        return shifted.sine() if isinstance(shifted, Turn) else fmpq(0) if not shifted else None

    def __str__(self) -> str:
        """`pi/2`, `3*pi`, `1 + pi/4`."""
        top, bottom = abs(self.turns.p), self.turns.q
        turns = ("pi" if top == 1 else f"{top}*pi") + ("" if bottom == 1 else f"/{bottom}")
        if not self.rational:
            return turns if self.turns > 0 else f"-{turns}"
        return f"{show_number(self.rational)} {'+' if self.turns > 0 else '-'} {turns}"
