"""Time is folded to what a system can tell apart, and never further."""

import random
from fractions import Fraction

import pytest
from flint import fmpq

from grader.language.arrays import Array
from grader.language.parse import parse
from grader.machines.alphabet import BIT_DOMAIN, Alphabet, Channel
from grader.machines.clock import MAX_FOLDED_COUNT, Clock, clock_of
from grader.machines.explore import Bounds, Walk

NO_INPUT = Alphabet({})
LONGEST = 60


@pytest.mark.parametrize(
    ("text", "clock"),
    [
        ("1", Clock()),
        ("h[t-1] + h[t]", Clock()),
        ("t > 1", Clock(cap=2, used=True)),
        ("t >= 3", Clock(cap=4, used=True)),
        ("t == 3.5", Clock(cap=4, used=True)),
        ("2 < t <= 5", Clock(cap=6, used=True)),
        ("t < -1/2 + 1", Clock(unbounded=True, used=True)),
        ("t % 2", Clock(period=2, used=True)),
        ("t % 2 == 0 and t % 3 == 1", Clock(period=6, used=True)),
        ("t % 4 if t > 7 else 0", Clock(cap=8, period=4, used=True)),
        ("t", Clock(unbounded=True, used=True)),
        ("(t + 1) % 2", Clock(unbounded=True, used=True)),
        ("t % h[t]", Clock(unbounded=True, used=True)),
        ("t % 2.5", Clock(unbounded=True, used=True)),
        ("t > h[t]", Clock(unbounded=True, used=True)),
        ("t > t", Clock(used=True)),
        ("v[t-1]", Clock(unbounded=True, used=True)),
        ("h[t][t-1]", Clock(unbounded=True, used=True)),
        (f"t > {MAX_FOLDED_COUNT}", Clock(unbounded=True, used=True)),
        (f"t % {MAX_FOLDED_COUNT + 1}", Clock(unbounded=True, used=True)),
        (f"t % {MAX_FOLDED_COUNT - 1} + t % {MAX_FOLDED_COUNT}", Clock(unbounded=True, used=True)),
    ],
)
def test_clocks(text, clock):
    """`h` is a quantity of the system; `v` is not, so that an index into it is a use of the time like any other."""
    assert clock_of([parse(text)], {"h"}) == clock


def test_times_go_round_from_the_cap_on():
    clock, t, times = Clock(cap=3, period=2, used=True), 1, []
    for _ in range(8):
        times.append(t)
        t = clock.after(t)
    assert times == [1, 2, 3, 4, 3, 4, 3, 4]


def test_deeply_nested_comparisons_take_no_time():
    """Each level of nesting must not double the work."""
    text = "(" * 60 + "h[t]" + " < 1)" * 60
    assert clock_of([parse(text)], {"h"}) == Clock()


class Timed:
    """A random expression in t: its text, and its value at a time."""

    def __init__(self, rng, depth):
        kind = rng.randrange(9) if depth else rng.randrange(3)
        number = rng.randint(0, 12)
        if kind == 0:
            self.text, self.at = str(number), lambda t: Fraction(number)
        elif kind == 1:
            op = rng.choice(["<", "<=", ">", ">=", "==", "!="])
            half = Fraction(2 * number + 1, 2) if rng.random() < 0.3 else Fraction(number)
            self.text = f"(t {op} {float(half)})" if rng.random() < 0.5 else f"({float(half)} {op} t)"
            turned = self.text.endswith("t)")
            self.at = lambda t: Fraction(self.compare(op, *((half, t) if turned else (t, half))))
        elif kind == 2:
            period = rng.randint(1, 6)
            self.text, self.at = f"(t % {period})", lambda t: Fraction(t % period)
        else:
            self.join(kind, *(Timed(rng, depth - 1) for _ in range(3)))

    @staticmethod
    def compare(op, a, b):
        return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b, "==": a == b, "!=": a != b}[op]

    def join(self, kind, a, b, c):
        if kind == 3:
            self.text, self.at = f"({a.text} + {b.text})", lambda t: a.at(t) + b.at(t)
        elif kind == 4:
            self.text, self.at = f"({a.text} * {b.text} - {c.text})", lambda t: a.at(t) * b.at(t) - c.at(t)
        elif kind == 5:
            self.text = f"({a.text} if {b.text} else {c.text})"
            self.at = lambda t: a.at(t) if b.at(t) else c.at(t)
        elif kind == 6:
            self.text, self.at = f"({a.text} and {b.text})", lambda t: Fraction(a.at(t) != 0 and b.at(t) != 0)
        elif kind == 7:
            self.text, self.at = f"({a.text} < {b.text})", lambda t: Fraction(a.at(t) < b.at(t))
        else:
            self.text, self.at = f"(not {a.text})", lambda t: Fraction(a.at(t) == 0)


def outputs(machine):
    return [Fraction(int(s.output.p), int(s.output.q)) for s in machine.run([()] * LONGEST)]


@pytest.mark.long
def test_random_expressions_in_t_keep_their_values_when_time_is_folded(machine):
    """Up to t = 60, beyond every cap (13) and through every kind of period."""
    rng, folded = random.Random(5), 0
    for _ in range(400):
        timed = Timed(rng, rng.randint(0, 4))
        built = machine({"y": timed.text}, "y", alphabet=NO_INPUT)
        assert outputs(built) == [timed.at(t) for t in range(1, LONGEST + 1)], timed.text
        walk = Walk([built], built.symbol_set)
        walk.run(lambda *edge: True, Bounds())
        assert walk.complete
        folded += len(walk.nodes) < LONGEST
    assert folded > 350


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("t", lambda t: t),
        ("(t + 1) % 3", lambda t: (t + 1) % 3),
        ("t // 4", lambda t: t // 4),
        ("1 if t * t > 50 else 0", lambda t: int(t * t > 50)),
        ("[4, 5, 6][t % 3]", lambda t: [4, 5, 6][t % 3]),
        ("sum(i for i in range(t % 5))", lambda t: sum(range(t % 5))),
        ("t > 40", lambda t: int(t > 40)),
    ],
)
def test_uses_of_t_that_cannot_be_folded_keep_their_values_too(machine, expression, value):
    built = machine({"y": expression}, "y", alphabet=NO_INPUT)
    assert outputs(built) == [value(t) for t in range(1, LONGEST + 1)]


def test_a_vector_indexed_by_the_time_is_a_use_of_the_time(machine):
    """`w[t-1]` of a parameter looks like the past of a sequence and is none."""
    built = machine(
        {"y": "w[t-1] if t <= 3 else 0"}, "y", parameters={"w": (3,)}, values={"w": Array((3,), map(fmpq, (7, 8, 9)))}
    )
    assert [step.output for step in built.run([(fmpq(0),)] * 4)] == [7, 8, 9, 0]


def test_a_vector_of_the_present_indexed_by_the_time(machine):
    built = machine({"v": "[5, 6, 7]", "y": "v[t][t-1]"}, "y")
    assert [step.output for step in built.run([(fmpq(0),)] * 3)] == [5, 6, 7]


def test_time_inside_a_function_counts(machine):
    built = machine({"y": "late(x[t])"}, "y", functions={"late(z)": "z if t > 2 else 0"})
    assert [step.output for step in built.run([(fmpq(1),)] * 4)] == [0, 0, 1, 1]


def test_a_function_may_call_its_argument_as_a_quantity_is_called(machine):
    """Inside, `z` is the argument: it neither needs nor dates the quantity z."""
    alphabet = Alphabet({"x": Channel(BIT_DOMAIN)})
    built = machine(
        {"h": "phi(x[t])", "z": "h[t] + 1", "y": "z[t]"}, "y", functions={"phi(z)": "2*z"}, alphabet=alphabet
    )
    assert [step.output for step in built.run([(fmpq(1),), (fmpq(0),)])] == [3, 1]


def test_a_vector_argument_indexed_by_the_time_is_a_use_of_the_time(machine):
    built = machine({"h": "x[t]", "y": "at([5, 6, 7])"}, "y", functions={"at(h)": "h[t-1]"})
    assert [step.output for step in built.run([(fmpq(0),)] * 3)] == [5, 6, 7]
