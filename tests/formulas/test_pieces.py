"""Piecewise formulas against an independent evaluation in Python's own fractions: no false equal, no false different."""

import random
from fractions import Fraction

import pytest

from grader.formulas import Different, ProvedEqual, Quantity, Setting, Symbols, decide, is_equal
from grader.language.parse import parse

NAMES = "xyz"
SETTING = Setting(Symbols({name: Quantity() for name in NAMES}))
CONSTANTS = tuple(map(Fraction, ("0", "1", "2", "-3", "3/10", "77", "-100", "12345", "1/1000", "0.07")))


def sign(value):
    return (value > 0) - (value < 0)


class Tree:
    """A formula as text for the grader, and as a function of a point for the test."""

    def __init__(self, text, at):
        self.text, self.at = text, at


def constant(value):
    text = f"{value.numerator}/{value.denominator}" if value.denominator > 1 else str(value)
    return Tree(f"({text})", lambda point: value)


def name(letter):
    return Tree(letter, lambda point: point[letter])


def linear(rng):
    """`2*x - 3/10`, `x - y`, `77`."""
    letters = rng.sample(NAMES, rng.randint(1, 2))
    factors = [constant(Fraction(rng.choice((1, 1, -1, 2, -3)), rng.choice((1, 1, 2)))) for _ in letters]
    terms = [times(factor, name(letter)) for factor, letter in zip(factors, letters, strict=True)]
    return add(constant(rng.choice(CONSTANTS)), *terms)


def add(*parts):
    return Tree(f"({' + '.join(p.text for p in parts)})", lambda point: sum(p.at(point) for p in parts))


def times(left, right):
    return Tree(f"{left.text}*{right.text}", lambda point: left.at(point) * right.at(point))


def minus(left, right):
    return Tree(f"({left.text} - {right.text})", lambda point: left.at(point) - right.at(point))


def call(function, *parts):
    value = {
        "max": max,
        "min": min,
        "abs": abs,
        "relu": lambda a: max(a, Fraction(0)),
        "step": lambda a: Fraction(int(a >= 0)),
        "sign": lambda a: Fraction(sign(a)),
    }[function]
    text = f"{function}({', '.join(p.text for p in parts)})"
    return Tree(text, lambda point: value(*(p.at(point) for p in parts)))


def choose(op, left, right, then, otherwise):
    test = {"<": lambda a, b: a < b, "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b}[op]
    text = f"({then.text} if {left.text} {op} {right.text} else {otherwise.text})"
    return Tree(text, lambda p: then.at(p) if test(left.at(p), right.at(p)) else otherwise.at(p))


OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def pair(rng, depth):
    """Two equal formulas, written differently at random."""
    if depth == 0:
        tree = linear(rng)
        return tree, tree
    (a, c), (b, d) = pair(rng, depth - 1), pair(rng, depth - 1 if rng.random() < 0.5 else 0)
    match rng.randrange(9):
        case 0:
            return call("max", a, b), add(d, call("relu", minus(c, d)))
        case 1:
            return call("min", a, b), minus(c, call("relu", minus(c, d)))
        case 2:
            return call("abs", a), call("max", c, minus(constant(Fraction(0)), c))
        case 3:
            return call("relu", minus(a, b)), minus(call("max", c, d), d)
        case 4:
            op = rng.choice(sorted(OPPOSITE))
            left, right, other = linear(rng), linear(rng), linear(rng)
            return choose(op, left, right, a, other), choose(OPPOSITE[op], left, right, other, c)
        case 5:
            op = rng.choice(sorted(OPPOSITE))
            left, right = linear(rng), linear(rng)
            return choose(op, left, right, a, b), choose(TURNED[op], right, left, c, d)
        case 6:
            return add(a, b), add(d, c)
        case 7:
            edge = linear(rng)
            return add(a, call("step", edge)), choose(
                "<", edge, constant(Fraction(0)), c, add(c, constant(Fraction(1)))
            )
    edge = linear(rng)
    half = constant(Fraction(1, 2))
    return add(a, call("relu", edge)), add(c, times(half, add(edge, call("abs", edge))))


def disturbed(rng, tree):
    """A formula that differs from a tree on half a space, on a stripe or a line, or nowhere."""
    edge, other = linear(rng), linear(rng)
    zero, one = constant(Fraction(0)), constant(Fraction(1))
    match rng.randrange(7):
        case 0:
            return add(tree, call("relu", edge))
        case 1:
            return add(tree, choose(">", edge, zero, one, zero))
        case 2:
            return add(tree, minus(call("step", edge), choose(">", edge, zero, one, zero)))
        case 3:
            return call("min", tree, edge)
        case 4:
            return add(tree, call("relu", call("min", edge, other)))
        case 5:
            return choose(rng.choice(sorted(OPPOSITE)), edge, other, tree, add(tree, call("relu", other)))
    return add(tree, call("relu", minus(constant(Fraction(1, 1000)), call("abs", edge))))


def points(rng, count):
    """Points of all scales, and on a grid on which many conditions are exactly met."""
    grid = [*CONSTANTS, Fraction(1, 2), Fraction(-1)]
    for number in range(count):
        if number % 2:
            yield {letter: rng.choice(grid) for letter in NAMES}
        else:
            scale = Fraction(10) ** rng.randint(-4, 6)
            yield {letter: scale * Fraction(rng.randint(-999, 999), 997) for letter in NAMES}


def shown_point(verdict):
    entries = {letter: Fraction(1) for letter in NAMES}
    return entries | {key: Fraction(int(v.p), int(v.q)) for key, v in verdict.point.entries.items()}


def decided(left, right):
    return decide(parse(left.text), SETTING.read(parse(right.text)), SETTING)


def check_equal(seed):
    rng = random.Random(seed)
    left, right = pair(rng, rng.randint(1, 3))
    assert all(left.at(point) == right.at(point) for point in points(rng, 20))
    verdict = decided(left, right)
    assert is_equal(verdict), (left.text, right.text, verdict)
    return isinstance(verdict, ProvedEqual)


def check_disturbed(seed):
    rng = random.Random(seed)
    left, right = pair(rng, rng.randint(0, 2))
    wrong = disturbed(rng, left)
    verdict = decided(wrong, right)
    if isinstance(verdict, Different):
        there = shown_point(verdict)
        assert wrong.at(there) != right.at(there), (wrong.text, right.text, there)
        return True
    differs = next((p for p in points(rng, 600) if wrong.at(p) != right.at(p)), None)
    assert differs is None, (wrong.text, right.text, verdict, differs)
    assert isinstance(verdict, ProvedEqual), (wrong.text, right.text, verdict)
    return False


@pytest.mark.long
def test_equal_piecewise_formulas_are_proved_equal():
    proofs = [check_equal(seed) for seed in range(10)]
    assert sum(proofs) >= 9  # the others take more work than one comparison may


@pytest.mark.long
def test_disturbed_piecewise_formulas_differ_exactly_where_the_point_says():
    found = [check_disturbed(seed) for seed in range(25)]
    assert sum(found) > 15


@pytest.mark.slow
def test_many_piecewise_formulas():
    proofs = [check_equal(seed) for seed in range(4_000)]
    assert sum(proofs) >= 3_800
    assert sum(map(check_disturbed, range(4_000))) > 2_400
