"""Which mutants are judged where there are more than are asked for."""

from collections import Counter

import pytest

from grader.kinds.mutants import Mutant
from grader.strength import sample
from grader.strength.sample import sampled

from .fakes import mutant


def made(**counts):
    """So many mutants of each operator."""
    return [mutant(f"{operator} {number}", operator) for operator, count in counts.items() for number in range(count)]


def operators(found):
    return Counter(one.operator for one in found.mutants)


def test_all_are_taken_where_there_are_not_too_many():
    found = sampled(made(sign=3, bound=2), 5, 0)
    assert [one.answer for one in found.mutants] == ["sign 0", "sign 1", "sign 2", "bound 0", "bound 1"]
    assert (found.made, found.is_listed_whole) == (5, True)


def test_of_two_with_the_same_answer_the_first_counts():
    found = sampled([mutant("1", "sign"), mutant("1", "bound"), mutant("2", "bound")], 10, 0)
    assert [(one.operator, one.answer) for one in found.mutants] == [("sign", "1"), ("bound", "2")]
    assert found.made == 2


@pytest.mark.parametrize(
    ("counts", "limit", "wanted"),
    [
        ({"sign": 900, "bound": 90, "index": 10}, 100, {"sign": 88, "bound": 10, "index": 2}),  # in shares
        ({"sign": 1000, "bound": 1, "index": 1}, 10, {"sign": 8, "bound": 1, "index": 1}),  # none vanishes
        ({"sign": 5, "bound": 5}, 9, None),
    ],
)
def test_each_operator_gets_its_share_and_none_vanishes(counts, limit, wanted):
    found = sampled(made(**counts), limit, 0)
    assert len(found.mutants) == limit
    assert found.made == sum(counts.values())
    if wanted:
        assert operators(found) == wanted
    assert all(operators(found)[operator] <= count for operator, count in counts.items())


def test_with_fewer_than_there_are_operators_some_operators_are_left_out():
    found = sampled(made(a=4, b=4, c=4), 2, 0)
    assert len(found.mutants) == 2
    assert len(operators(found)) == 2


def test_the_seed_says_which_ones_and_the_order_stays():
    many = made(sign=50, bound=50)
    first, again, other = sampled(many, 20, 1), sampled(many, 20, 1), sampled(many, 20, 2)
    assert first == again
    assert first.mutants != other.mutants
    assert [many.index(one) for one in first.mutants] == sorted(many.index(one) for one in first.mutants)


def test_a_larger_limit_keeps_what_a_smaller_one_took():
    many = made(sign=50, bound=50)
    smaller, larger = sampled(many, 10, 3), sampled(many, 30, 3)
    assert set(smaller.mutants) <= set(larger.mutants)


def test_no_more_than_a_limit_are_even_listed(monkeypatch):
    monkeypatch.setattr(sample, "MAX_LISTED_MUTANTS", 100)
    endless = (Mutant("sign", str(number), "here", number) for number in iter(int, 1))
    found = sampled(endless, 5, 0)
    assert not found.is_listed_whole
