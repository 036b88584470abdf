"""A fingerprint of many things is the same wherever they come from, and changes with each of them and their order."""

import pytest

from grader import fingerprint as fingerprints
from grader.fingerprint import fingerprint_of_each


@pytest.fixture
def items(monkeypatch):
    """Seven, of which three are written as one text."""
    monkeypatch.setattr(fingerprints, "ITEMS_TOGETHER", 3)
    return [[f"name {i}", i] for i in range(7)]


def test_it_changes_with_each_item_with_their_order_and_their_number(items):
    changed = [[*items[:i], "other", *items[i + 1 :]] for i in range(7)]
    swapped = [[*items[:i], items[i + 1], items[i], *items[i + 2 :]] for i in range(6)]
    shorter = [items[:i] for i in range(7)]
    joined = [[*items[:i], [items[i], items[i + 1]], *items[i + 2 :]] for i in range(6)]
    every = [items, *changed, *swapped, *shorter, *joined]
    assert len(set(map(fingerprint_of_each, every))) == len(every)


def test_it_is_the_same_of_items_that_come_one_by_one(items):
    assert fingerprint_of_each(iter(items)) == fingerprint_of_each(items)
