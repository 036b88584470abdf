"""Random pairs against an independent oracle: no false equal, no false different; undecided and slow ones counted.

`pytest -m slow -s tests/formulas/test_differential.py` tries 10,000 pairs and prints the counts.
"""

import random
import time
from collections import Counter
from decimal import Decimal, localcontext

import pytest
from flint import fmpq

from grader.formulas import (
    BeyondLimits,
    Different,
    DomainDifference,
    NeverDefined,
    Quantity,
    Setting,
    Symbols,
    Unsettled,
    decide,
    is_equal,
)
from grader.language.parse import parse

from .decimal_oracle import (
    LENGTH,
    MORE_DIGITS,
    NUMBERS,
    POSITIVE,
    UNIT,
    VECTORS,
    OutOfReach,
    compiled,
    differ,
    points,
    value_at,
)
from .differential import Pair, pair

SYMBOLS = Symbols(
    {name: Quantity() for name in NUMBERS}
    | {POSITIVE: Quantity((), "positive"), UNIT: Quantity((), "unit")}
    | {name: Quantity((LENGTH,)) for name in VECTORS},
    {},
    ("n",),
)
SETTING = Setting(SYMBOLS)
SLOW_SECONDS = 2.0
"""Processor time of one decision from which on it is counted as slow."""


class Seen:
    """What the oracle sees of a pair: whether both differ somewhere, and whether the first alone is without a value."""

    def __init__(self, case: Pair, seed: int, count: int) -> None:
        self.left, self.right = compiled(case.left), compiled(case.right)
        self.differ, self.missing, self.both = False, 0, 0
        for point in points(random.Random(seed), count):
            try:
                left, right = value_at(self.left, point), value_at(self.right, point)
                self.missing += left is None and right is not None
                if left is not None and right is not None:
                    self.differ = self.differ or differ(self.left, self.right, point)
                    self.both += 1
            except OutOfReach:
                continue

    def at(self, verdict_point):
        """Both values at a point that the grader names.

        Raises:
            OutOfReach: where they agree, but only because no decimals are the point's fractions (as 1/3 is none).
        """
        point = {name: Decimal(1) for name in (*NUMBERS, POSITIVE)} | {UNIT: Decimal("0.5"), "n": Decimal(1)}
        point |= {name: [Decimal(1)] * LENGTH for name in VECTORS}
        exact = True
        for key, value in {**verdict_point.case, **verdict_point.entries}.items():
            number = in_decimals(value) if isinstance(value, fmpq) else Decimal(value)
            exact = exact and not (isinstance(value, fmpq) and 10**MORE_DIGITS % int(value.q))
            name, bracket, index = key.partition("[")
            if bracket:
                point[name][int(index[:-1])] = number
            else:
                point[name] = number
        left, right = (value_at(code, point, MORE_DIGITS) for code in (self.left, self.right))
        if left == right and not exact:
            raise OutOfReach
        return left, right


def in_decimals(value: fmpq) -> Decimal:
    with localcontext() as context:
        context.prec = MORE_DIGITS
        return Decimal(int(value.p)) / int(value.q)


def judged(case: Pair, seed: int, count: int) -> str:
    """The outcome of a pair in one word; raises AssertionError for a false one."""
    seen = Seen(case, seed, count)
    verdict = decide(parse(case.left), SETTING.read(parse(case.right)), SETTING)
    if not case.mutated:
        assert not seen.differ, (seed, case)  # the generator is right
    if is_equal(verdict):
        assert not seen.differ, ("false equal", seed, case, verdict)
        return "equal" if seen.both else "equal, and nothing that the oracle reaches"
    if isinstance(verdict, Unsettled):
        return "undecided"
    if isinstance(verdict, BeyondLimits):  # it costs the answer its marks
        assert case.mutated, ("false limit", seed, case, verdict)
        return "undecided, beyond the limits"
    assert case.mutated, ("false different", seed, case, verdict)
    if isinstance(verdict, NeverDefined):
        assert seen.missing or not seen.both, ("false different", seed, case, verdict)
        return "without a value"
    assert isinstance(verdict, Different | DomainDifference), verdict
    try:
        left, right = seen.at(verdict.point)
    except OutOfReach:
        return "different, at a point that the oracle does not reach"
    if isinstance(verdict, DomainDifference):
        assert (left, right).count(None) == 1, ("false difference of domains", seed, case, verdict)
        return "without a value"
    assert left is not None, ("false different", seed, case, verdict)
    assert right is not None, ("false different", seed, case, verdict)
    assert left != right, ("false different", seed, case, verdict)
    return "different"


def sweep(seeds, count):
    outcomes, slow, false = Counter(), [], []
    for seed in seeds:
        case, start = pair(seed), time.process_time()
        try:
            outcomes[("mutated: " if case.mutated else "rewritten: ") + judged(case, seed, count)] += 1
        except AssertionError as error:
            false.append(error.args)
        if time.process_time() - start > SLOW_SECONDS:
            slow.append(seed)
    return outcomes, slow, false


@pytest.mark.long
@pytest.mark.parametrize("pairs", [25, pytest.param(160, marks=pytest.mark.slow)])
def test_some_pairs_are_decided_as_the_oracle_does(pairs):
    outcomes, _, false = sweep(range(pairs), 24)
    assert not false
    decided = sum(number for outcome, number in outcomes.items() if "undecided" not in outcome)
    assert decided >= 0.94 * pairs, outcomes
    assert outcomes["rewritten: equal"] >= 0.4 * pairs, outcomes
    assert outcomes["mutated: different"] >= 0.35 * pairs, outcomes


@pytest.mark.parametrize(
    ("text", "values", "wanted"),
    [
        ("sigmoid(a)*2 + v[1]", {"a": Decimal(0), "v": [Decimal(i) for i in range(3)]}, Decimal(2)),
        ("7 % 3 + (-7) // 2 + 2**-1", {}, Decimal("-2.5")),
        ("sum(k*a for k in range(1, n + 1))", {"a": Decimal(2), "n": Decimal(3)}, Decimal(12)),
        ("sin(0)**2 + cos(0)**2 if a > 0.1 else 0", {"a": Decimal(1)}, Decimal(1)),
        ("log(a - 50)", {"a": Decimal(1)}, None),
        ("1/(a - 1)", {"a": Decimal(1)}, None),
    ],
)
def test_the_oracle_is_right_where_anybody_can_tell(text, values, wanted):
    got = value_at(compiled(text), values)
    assert got is None if wanted is None else abs(got - wanted) < Decimal("1e-40")


def test_the_oracle_tells_a_false_equal_and_a_false_different():
    assert Seen(Pair("a + b", "a - b", "x"), 1, 30).differ
    assert not Seen(Pair("a + b", "b + a", ""), 1, 30).differ
    assert Seen(Pair("log(a)", "a", "x"), 1, 30).missing


@pytest.mark.slow
def test_ten_thousand_pairs():
    outcomes, slow, false = sweep(range(1_000, 11_000), 24)
    for outcome, number in sorted(outcomes.items()):
        print(f"{number:6} {outcome}")
    print(f"{len(slow):6} slower than {SLOW_SECONDS} s of processor time: {slow}")
    print(f"{len(false):6} false: {false[:20]}")
    assert not false
