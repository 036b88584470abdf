"""How inputs, outputs and numbers are shown: long ones run by run, and what is shown can be read back."""

import random
from fractions import Fraction

import pytest
from flint import fmpq

from grader.language.arrays import Array
from grader.language.numbers import MAX_SHOWN_DIGITS, show_beside
from grader.machines.alphabet import BIT_DOMAIN, Alphabet, Channel, read_kind
from grader.machines.display import (
    MAX_INPUT_CHARACTERS,
    MAX_OUTPUT_CHARACTERS,
    MAX_PLAIN_CHARACTERS,
    read_runs,
    short_outputs,
    short_word,
    shown,
)

WHOLE = Alphabet({"x": Channel(read_kind("integer"))})
BITS = Alphabet({"x": Channel(BIT_DOMAIN)})
PAIRS = Alphabet({"x": Channel(BIT_DOMAIN, (2,))})
TWO = Alphabet({"x": Channel(read_kind("integer")), "y": Channel(read_kind("integer"))})


def word(alphabet, steps):
    return tuple(alphabet.symbol([fmpq(n) for n in (step if isinstance(step, tuple) else (step,))]) for step in steps)


SHOWN = [
    (WHOLE, [1] * 281 + [2], "281 x 1, then 2"),
    (WHOLE, [0, 1] * 50 + [2], "50 x (0 1), then 2"),
    (WHOLE, [7, 8] + [-3] * 40 + [9], "7 8, then 40 x -3, then 9"),
    (WHOLE, [1, 2, 3] * 30 + [1, 2], "30 x (1 2 3), then 1 2"),
    (WHOLE, [1, 2, 3], "1 2 3"),
    (BITS, [1] * 60, "1" * 60),
    (BITS, [1] * 61, "61 x 1"),
    (BITS, [0] + [1] * 70 + [0, 1] * 30, "0, then 70 x 1, then 30 x 01"),
    (PAIRS, [(0, 1)] * 40 + [(1, 1)], "40 x (0,1), then (1,1)"),
    (PAIRS, [(0, 1), (1, 0)] * 40, "40 x ((0,1) (1,0))"),
    (TWO, [(100, -200)] * 20, "20 x (100,-200)"),
]


@pytest.mark.parametrize(("alphabet", "steps", "text"), SHOWN)
def test_a_long_input_is_shown_run_by_run_and_can_be_read_back(alphabet, steps, text):
    assert short_word(alphabet, word(alphabet, steps)) == text
    assert read_runs(alphabet, text) == word(alphabet, steps)


@pytest.mark.parametrize("seed", range(40))
def test_what_is_shown_in_full_is_the_input(seed):
    """Random mixtures of runs, periods and noise, over each alphabet."""
    rng = random.Random(seed)
    alphabet = rng.choice([WHOLE, BITS, PAIRS, TWO])
    size, low = len(alphabet.number_domains), 0 if alphabet in (BITS, PAIRS) else -1

    def one():
        return tuple(rng.randint(low, 1) for _ in range(size))

    steps = []
    for _ in range(rng.randint(1, 6)):
        steps += [one() for _ in range(rng.randint(1, 9))] * rng.choice([1, 1, 2, 3, 30])
    text = short_word(alphabet, word(alphabet, steps))
    assert len(text) <= MAX_INPUT_CHARACTERS + 40
    if "more steps" not in text:
        assert read_runs(alphabet, text) == word(alphabet, steps)


@pytest.mark.parametrize(
    "text", ["", "3 x", "3 x a", "x 1", "1 x 1 x 1", "999999999 x 1", "60000 x 1, then 60000 x 0", "2 x (1 1"]
)
def test_what_is_no_input_is_refused(text):
    with pytest.raises(ValueError, match=r"number|input|takes|steps"):
        read_runs(WHOLE, text)


def test_the_middle_of_what_has_no_runs_is_left_out_and_counted():
    steps = list(range(1, 1001))
    text = short_word(WHOLE, word(WHOLE, steps))
    first, middle, last = text.split(", then ")
    front, back = [int(n) for n in first.split()], [int(n) for n in last.split()]
    assert front == steps[: len(front)]
    assert back == steps[-len(back) :]
    assert middle == f"({1000 - len(front) - len(back)} more steps)"
    assert MAX_INPUT_CHARACTERS * 0.8 < len(text) < MAX_INPUT_CHARACTERS + 40
    outputs = short_outputs([fmpq(n) for n in steps])
    assert outputs.startswith("1 2 3 ")
    assert outputs.endswith(" 999 1000")
    assert len(outputs) < MAX_OUTPUT_CHARACTERS + 40


NUMBERS = {
    ("1/3",): "0.333333 (1/3)", ("26/3",): "8.66667 (26/3)", ("1/2",): "0.5", ("-1/15",): "-0.0666667 (-1/15)",
    ("3",): "3", ("0",): "0", ("-2.5",): "-2.5", ("1/1024",): "0.0009765625",
    ("1/3", "1"): "0.333333 (1/3)", ("1/3", "0.333333"): "0.3333333 (1/3)",
    ("1000000003/3000000000", "1/3"): "0.333333334 (1000000003/3000000000)",
    ("1/3", "1000000003/3000000000"): "0.333333333 (1/3)",
    (f"1/2 + 1/{3**20}", "1/2"): "0.5000000003 (3486784403/6973568802)",
    (f"1/2 + 1/{7**30}", "1/2"): "about 0.50000000000000000000000004",
    (f"1/2 + 1/{7**70}", "1/2"): "0.5 + 6.97e-60", (f"1/2 - 1/{7**70}", "1/2"): "0.5 - 6.97e-60",
    (f"1/{7**50}",): "about 5.560297e-43", (f"-{10**30}/7",): "about -1.42857e+29",
    (f"1/2 + 1/{7**70}",): "0.5 + 6.97e-60", (f"1/2 - 1/{3**20}",): "0.4999999997 (3486784399/6973568802)",
    (f"{10**20}",): "1e+20", (f"{10**20 + 1}",): "1.00000000000000000001e+20", ("8 + 1/7000001",): "8.0000001 (56000009/7000001)",
}  # fmt: skip


def value(text):
    fraction = sum((Fraction(part) for part in text.replace("- ", "+ -").split(" + ")), Fraction(0))
    return fmpq(fraction.numerator, fraction.denominator)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_that_is_not_whole_is_a_decimal_with_enough_digits_beside_its_fraction(number):
    first, *others = map(value, number)
    assert show_beside(first, *others) == NUMBERS[number]


def test_two_numbers_that_differ_are_never_shown_alike():
    rng = random.Random(1)
    for _ in range(400):
        one = fmpq(rng.randint(-99, 99), rng.randint(1, 99))
        other = one + fmpq(rng.choice([1, -1]), rng.randint(2, 9) ** rng.randint(1, 2 * MAX_SHOWN_DIGITS))
        assert show_beside(one, other) != show_beside(other, one)


def test_a_number_is_true_to_its_digits():
    rng = random.Random(2)
    for _ in range(400):
        number = fmpq(rng.randint(-(10**6), 10**6), rng.randint(1, 10**5))
        decimal, _, fraction = show_beside(number).partition(" ")
        exact = Fraction(int(number.p), int(number.q))
        assert abs(Fraction(decimal) - exact) <= abs(exact) / 10**5
        assert not fraction or Fraction(fraction.strip("()")) == exact


def test_vectors_are_shown_entry_by_entry():
    one, other = Array((2,), [fmpq(1, 3), fmpq(2)]), Array((2,), [fmpq(333333, 10**6), fmpq(2)])
    assert shown(one) == "[0.333333 (1/3), 2]"
    assert shown(one, other) == "[0.3333333 (1/3), 2]"
    assert short_outputs([one, one]) == "[0.333333 (1/3), 2] [0.333333 (1/3), 2]"
    assert short_outputs([fmpq(1), fmpq(0)]) == "10"
    assert len(short_outputs([fmpq(1)] * MAX_PLAIN_CHARACTERS)) == MAX_PLAIN_CHARACTERS
