"""The table of pairs: no wrong decision, none left open."""

import pytest

from grader.formulas import Different, Setting, decide, is_equal
from grader.language.parse import parse

from .pairs import DIFFERENT, EQUAL


def test_the_table_is_large():
    assert len(set(EQUAL) | set(DIFFERENT)) >= 150


@pytest.mark.parametrize(("left", "right"), EQUAL)
@pytest.mark.sampled(6)
def test_equal_pairs_are_equal_both_ways(setting: Setting, left: str, right: str):
    for a, b in ((left, right), (right, left)):
        verdict = decide(parse(a), setting.read(parse(b)), setting)
        assert is_equal(verdict), verdict


@pytest.mark.parametrize(("left", "right"), DIFFERENT)
@pytest.mark.sampled(3)
def test_different_pairs_differ_both_ways(setting: Setting, left: str, right: str):
    for a, b in ((left, right), (right, left)):
        verdict = decide(parse(a), setting.read(parse(b)), setting)
        assert isinstance(verdict, Different), verdict
        assert verdict.student != verdict.wanted


@pytest.mark.parametrize("text", sorted({text for pair in EQUAL + DIFFERENT for text in pair}))
@pytest.mark.sampled(8)
def test_every_formula_equals_itself_and_no_disturbed_copy(setting: Setting, text: str):
    wanted = setting.read(parse(text))
    assert is_equal(decide(parse(text), wanted, setting))
    assert isinstance(decide(parse(f"({text}) + 1e-9"), wanted, setting), Different)
