"""A few inputs that kill all mutants: greedy set cover."""

from fractions import Fraction
from itertools import combinations, permutations
from random import Random

import pytest

from grader.kinds.killing_inputs import few_killing_inputs
from grader.kinds.mutants import MutantVerdict

from .fakes import equivalent, killed, mutant, survived


def verdicts(*inputs):
    return [killed(mutant(number), inputs=one) for number, one in enumerate(inputs)]


def chosen(found):
    return [one.input for one in found.inputs]


@pytest.mark.parametrize(
    ("inputs", "wanted"),
    [
        ([], []),
        ([("0",)], ["0"]),
        ([("0", "1"), ("1", "00"), ("1",)], ["1"]),
        ([("0", "1"), ("0", "1")], ["0"]),  # a tie: the first in the order of text
        ([("00", "1"), ("00", "1")], ["1"]),  # a tie: the shorter one
        ([("a", "b"), ("a", "c"), ("d", "b"), ("d", "c")], ["a", "d"]),
    ],
)
def test_what_is_chosen(inputs, wanted):
    assert chosen(few_killing_inputs(verdicts(*inputs))) == wanted


def test_an_input_that_those_after_it_make_needless_is_left_out():
    """Greedy takes the one of three first; then both halves are needed, and together they do without it."""
    found = few_killing_inputs(verdicts(("x", "a"), ("x", "a"), ("x", "b"), ("x", "b"), ("a",), ("b",)))
    assert chosen(found) == ["a", "b"]
    assert [one.kills for one in found.inputs] == [3, 3]


def test_all_that_can_be_killed_is_killed_in_any_order_and_no_input_is_needless():
    random = Random(5)
    for _ in range(30):
        inputs = [tuple(random.sample("abcdef", random.randint(1, 3))) for _ in range(6)]
        found = few_killing_inputs(verdicts(*inputs))
        assert all(set(one) & set(chosen(found)) for one in inputs)
        for left_out in chosen(found):
            rest = set(chosen(found)) - {left_out}
            assert not all(set(one) & rest for one in inputs)
        assert found.inputs == few_killing_inputs(reversed(verdicts(*inputs))).inputs
        fewest = next(
            count
            for count in range(7)
            if any(all(set(one) & set(some) for one in inputs) for some in combinations("abcdef", count))
        )
        assert len(found.inputs) <= 2 * fewest  # 1 + ln(6) is more


def test_only_wrong_answers_count_and_those_without_an_input_are_counted_apart():
    found = few_killing_inputs([killed(mutant(1), inputs=["0"]), survived(mutant(2), inputs=["11"]), killed(mutant(3), inputs=[]), equivalent(mutant(4)), MutantVerdict(mutant(5), "held", Fraction(0))])  # fmt: skip
    assert (chosen(found), found.killed, found.without_input) == (["0", "11"], 2, 1)


def test_the_order_of_the_mutants_does_not_matter():
    given = verdicts(("0", "1"), ("1", "2"), ("2", "0"), ("3",))
    assert len({few_killing_inputs(one).inputs for one in permutations(given)}) == 1
