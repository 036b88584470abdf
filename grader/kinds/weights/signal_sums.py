"""What a unit adds up: signals, each times a weight, and a number; whatever is more than that is a unit of its own.

The rule: an expression that is a sum of signals times numbers is written down as that sum. Any other thing that is done
with signals (a threshold, an activation, a product of two of them) makes a unit that the sum then speaks of.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from flint import fmpq

from grader.language.arithmetic import COMPARISON_FUNCTIONS, EvaluationError
from grader.language.arrays import Array, Scalar, Value, zipped
from grader.language.exact import RationalOperations
from grader.language.functions.operations import EntryValues
from grader.language.functions.table import FUNCTIONS, values_in
from grader.language.numbers import RATIONAL_ONE, RATIONAL_ZERO, show_number

MAX_SUM_TERMS = 10_000
"""Terms of all sums that are made on the way to one drawn network."""

_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_WRITTEN_COMPARISONS = {"<=": "≤", ">=": "≥", "!=": "≠", "==": "="}
_ENTRY_NAMES = {r.values: name for name, r in FUNCTIONS.items() if isinstance(r.values, EntryValues)}


class TooManyTerms(Exception):
    """A network that is too large to be drawn weight by weight."""


@dataclass(frozen=True)
class Signal:
    """An entry of a quantity or an input, `lag` steps ago; `place` are its indices."""

    name: str
    place: tuple[int, ...] = ()
    lag: int = 0

    def __str__(self) -> str:
        return self.name + "".join(f"[{index}]" for index in self.place)


@dataclass(frozen=True)
class InnerUnit:
    """What an expression does with signals beside adding them up.

    `summed` goes in where it is one sum (an activation); else `signals` go in together, in whatever way `does` says.
    """

    does: str
    summed: SignalSum | None = None
    signals: tuple[Source, ...] = ()
    is_truth: bool = False
    """Whether it puts out 1 or 0 alone, as comparisons do."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """All that goes in."""
        return self.signals if self.summed is None else tuple(self.summed.weights)


Source = Signal | InnerUnit


class SignalSum:
    """Signals times numbers, and a number; a signal may have the weight 0."""

    __slots__ = ("_key", "number", "sums", "weights")

    def __init__(self, sums: SignalSums, weights: dict[Source, fmpq], number: fmpq = RATIONAL_ZERO) -> None:
        sums.spend(1 + len(weights))
        self.sums = sums
        self.weights = weights
        self.number = number
        self._key: int | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SignalSum) and self.weights == other.weights and self.number == other.number

    def __hash__(self) -> int:
        if self._key is None:
            self._key = hash((tuple(self.weights.items()), self.number))
        return self._key

    def __bool__(self) -> bool:
        raise EvaluationError("whether a signal is 0 depends on the input")

    @property
    def source(self) -> Source | None:
        """The signal or unit that the sum is and nothing else; None of any other sum."""
        if len(self.weights) != 1 or self.number:
            return None
        ((source, weight),) = self.weights.items()
        return source if weight == 1 else None

    @property
    def unit(self) -> InnerUnit | None:
        """The same where it is a unit."""
        return self.source if isinstance(self.source, InnerUnit) else None

    def __add__(self, other: Scalar) -> SignalSum:
        if isinstance(other, Array):
            return NotImplemented
        if not isinstance(other, SignalSum):
            return SignalSum(self.sums, self.weights, self.number + other)
        weights = dict(self.weights)
        for source, weight in other.weights.items():
            weights[source] = weights.get(source, RATIONAL_ZERO) + weight
        return SignalSum(self.sums, weights, self.number + other.number)

    __radd__ = __add__

    def __neg__(self) -> SignalSum:
        return self * fmpq(-1)

    def __sub__(self, other: Scalar) -> SignalSum:
        return NotImplemented if isinstance(other, Array) else self.__add__(-other)

    def __rsub__(self, other: Scalar) -> SignalSum:
        return self.__neg__().__add__(other)

    def __mul__(self, other: Scalar) -> SignalSum:
        if isinstance(other, Array):
            return NotImplemented
        if isinstance(other, SignalSum):
            return self.sums.mixed("×", self, other)
        weights = {source: weight * other for source, weight in self.weights.items()}
        return SignalSum(self.sums, weights, self.number * other)

    __rmul__ = __mul__

    def __truediv__(self, other: Scalar) -> SignalSum:
        if isinstance(other, SignalSum):
            return self.sums.mixed("÷", self, other)
        if not other:
            raise EvaluationError("a signal is divided by zero")
        return self.__mul__(1 / other)

    def __rtruediv__(self, other: Scalar) -> SignalSum:
        return self.sums.made_of(f"{show_number(other)} ÷", self)

    def in_terms_of(self, other: SignalSum) -> str:
        """The sum by another one, called z: `z`, `0.5·z + 1`; empty where it is no multiple of that and a number."""
        ratio = next((w / other.weights[s] for s, w in self.weights.items() if w and other.weights.get(s)), None)
        if ratio is None or (other * ratio).weights != self.weights:
            return ""
        rest = self.number - other.number * ratio
        multiple = "z" if ratio == 1 else f"{show_number(ratio)}·z"
        return f"{multiple} + {show_number(rest)}" if rest else multiple


class SignalSums:
    """Makes sums and units of signals, and counts their terms."""

    def __init__(self) -> None:
        self.terms_left = MAX_SUM_TERMS
        self.functions = values_in(_SignalOperations(self))
        self.functions["softmax"] = partial(self._softmax, self.functions["softmax"])

    def spend(self, terms: int) -> None:
        """Counts the terms of a new sum.

        Raises:
            TooManyTerms: if there are too many of all of them.
        """
        self.terms_left -= terms
        if self.terms_left < 0:
            raise TooManyTerms

    def alone(self, source: Source) -> SignalSum:
        """A signal, or what a unit puts out, by itself."""
        return SignalSum(self, {source: RATIONAL_ONE})

    def made_of(self, does: str, summed: SignalSum) -> SignalSum:
        """What a unit makes of a sum."""
        return self.alone(InnerUnit(does, summed))

    def mixed(self, does: str, *parts: Scalar, is_truth: bool = False) -> SignalSum:
        """What a unit makes of several numbers together; a sum that is more than one signal is a unit of its own."""
        sums = [part for part in parts if isinstance(part, SignalSum)]
        sources = tuple(part.source or InnerUnit("", part) for part in sums)
        return self.alone(InnerUnit(does, None, sources, is_truth))

    def compared(self, op: str, left: Scalar, right: Scalar) -> Scalar:
        """1 or 0; a sum beside a number makes a unit with a threshold."""
        if isinstance(left, SignalSum) and isinstance(right, SignalSum):
            return self.mixed(_WRITTEN_COMPARISONS.get(op, op), left, right, is_truth=True)
        if isinstance(right, SignalSum):
            return self.compared(_MIRRORED.get(op, op), right, left)
        if isinstance(left, SignalSum):
            return self.alone(
                InnerUnit(f"{_WRITTEN_COMPARISONS.get(op, op)} {show_number(right)}", left, is_truth=True)
            )
        return fmpq(int(COMPARISON_FUNCTIONS[op](left, right)))

    def choice(self, condition: Value, then: Value, otherwise: Value) -> Value:
        """`then if condition else otherwise` entry by entry."""
        if isinstance(condition, Array):
            count = len(condition.entries)
            branches = [b.entries if isinstance(b, Array) else (b,) * count for b in (then, otherwise)]
            return Array(condition.shape, map(self.choice, condition.entries, *branches))
        if not isinstance(condition, SignalSum):
            return then if condition else otherwise
        if isinstance(then, Array) or isinstance(otherwise, Array):
            return zipped(lambda one, other: self.choice(condition, one, other), then, otherwise)
        return self._chosen(condition, then, otherwise)

    def _softmax(self, of_numbers: Callable[..., Value], value: Value) -> Value:
        """An entry each with its own sum: what it shares with the others is in the name."""
        if not isinstance(value, Array) or not any(map(_is_sum, value.entries)):
            return of_numbers(value)
        return value.map(lambda one: self.made_of("softmax", one if _is_sum(one) else SignalSum(self, {}, one)))

    def _chosen(self, condition: SignalSum, then: Scalar, otherwise: Scalar) -> SignalSum:
        unit = condition.unit
        if unit is None or not unit.is_truth:
            condition = self.compared("!=", condition, RATIONAL_ZERO)
            unit = condition.unit
        if (then, otherwise) == (1, 0):
            return condition
        texts = [self._branch(unit, branch) for branch in (then, otherwise)]
        if unit is not None and all(texts):
            return self.alone(InnerUnit(f"{texts[0]} if {unit.does}, else {texts[1]}", unit.summed, unit.signals))
        names = [name if _is_sum(part) else show_number(part) for name, part in (("a", then), ("b", otherwise))]
        return self.mixed(f"{names[0]} if c, else {names[1]}", condition, then, otherwise)

    def _branch(self, unit: InnerUnit | None, branch: Scalar) -> str:
        """A branch of a choice as a number, or by the sum that the choice looks at; empty of any other."""
        if not isinstance(branch, SignalSum):
            return show_number(branch)
        return branch.in_terms_of(unit.summed) if unit is not None and unit.summed is not None else ""


class _SignalOperations(RationalOperations):
    """The functions of the language over sums of signals."""

    def __init__(self, sums: SignalSums) -> None:
        super().__init__(vacuous=True)
        self.sums = sums
        self.smaller = lambda left, right: self._extreme("min", left, right)
        self.larger = lambda left, right: self._extreme("max", left, right)

    def _extreme(self, name: str, left: Scalar, right: Scalar) -> Scalar:
        sums = [number for number in (left, right) if isinstance(number, SignalSum)]
        if not sums:
            return min(left, right) if name == "min" else max(left, right)
        if len(sums) == 2:
            return self.sums.mixed(name, left, right)
        (number,) = (number for number in (left, right) if not isinstance(number, SignalSum))
        return self.sums.made_of(f"{name}(z, {show_number(number)})", sums[0])

    def of_entry(self, values: EntryValues) -> Callable[[Scalar], Scalar]:
        name = _ENTRY_NAMES[values]
        return lambda value: self.sums.made_of(name, value) if isinstance(value, SignalSum) else values.exact(value)

    def norm(self, numbers: Sequence[Scalar]) -> Scalar:
        return self.sums.mixed("norm", *numbers) if any(map(_is_sum, numbers)) else super().norm(numbers)


def _is_sum(number: Scalar) -> bool:
    return isinstance(number, SignalSum)
