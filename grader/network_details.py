"""What a report says of a network beside its marks, where it is asked for: how far weights may move, and machines."""

from __future__ import annotations

from grader.deferred import dataclass


@dataclass(frozen=True)
class WeightRange:
    """The values of one weight, around its own and with the others as they are, with which an answer stays right.

    Numbers are exact: `1/2`. An end that is "" does not exist; where one is not exact, the answer may be right beyond.
    """

    weight: str
    value: str
    low: str
    high: str
    low_included: bool
    high_included: bool
    low_exact: bool = True
    high_exact: bool = True

    @property
    def interval(self) -> str:
        """`(1/2, 3/2]`, `[1, infinity)`."""
        opening, closing = "[" if self.low_included else "(", "]" if self.high_included else ")"
        return f"{opening}{self.low or '-infinity'}, {self.high or 'infinity'}{closing}"

    @property
    def exact(self) -> bool:
        """True if the answer is wrong right behind both ends."""
        return self.low_exact and self.high_exact


@dataclass(frozen=True)
class SharedRadius:
    """An answer stays right while each of the `weights` moves by less than `distance`, whatever way.

    `distance` is exact, `1/4`, or `infinity`; `exact` False: it may move farther. `weights` empty: all of them.
    """

    distance: str
    exact: bool = True
    weights: tuple[str, ...] = ()


@dataclass(frozen=True)
class Robustness:
    """How far the weights of a proved answer may move: together, and each by itself.

    A second radius is that of the weights which may move at all. `left_out` are weights of which nothing is known;
    `reason` says why there is no radius.
    """

    radii: tuple[SharedRadius, ...] = ()
    ranges: tuple[WeightRange, ...] = ()
    left_out: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class MachineStep:
    """Where a step of a machine leads, by the number of the state, and the output there ("": it does not count)."""

    target: int
    output: str


@dataclass(frozen=True)
class MachineTable:
    """A minimal machine: its steps by state and by input; None where no input of the question comes there.

    `states` are named by a shortest input that leads there, the initial one, number 0, by "". `remembers`: some output
    that counts depends on more than the present input. `empty`: the output for the empty input, where that counts.
    """

    inputs: tuple[str, ...]
    states: tuple[str, ...]
    steps: tuple[tuple[MachineStep | None, ...], ...]
    remembers: bool
    empty: str = ""


@dataclass(frozen=True)
class MinimalMachines:
    """The minimal machine of an answer, and the wanted one (None: it is not shown); `reason` says why there is none.

    `joined_outputs`: outputs that `accept` does not tell apart are shown as one.
    """

    answer: MachineTable | None = None
    wanted: MachineTable | None = None
    reason: str = ""
    joined_outputs: bool = False
