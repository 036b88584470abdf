"""Strategies in the words of specs."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import find, given
from hypothesis import strategies as st

import grader
from grader import strategies
from grader.errors import SpecError
from grader.kinds.table import load_assignment

ROOT = Path(__file__).parents[2]


@given(strategies.arguments(n="integer(1..5)", x="vector(n, real(-1..1))", m="matrix(2, n, integer(0..3))"))
def test_sets_may_speak_of_those_before(case):
    assert case["x"].shape == (case["n"],)
    assert case["m"].shape == (2, case["n"])
    assert np.all(np.abs(case["x"]) <= 1)


@given(strategies.values("word(1..5, abc)"), strategies.values("one of 0.5, 1, 5"), strategies.values("bits(3)"))
def test_single_sets(word, choice, bits):
    assert set(word) <= set("abc")
    assert choice in (0.5, 1, 5)
    assert len(bits) == 3


@given(strategies.values("generator"))
def test_generators_are_numpys(generator):
    assert 0 <= generator.random() < 1


def test_a_list_of_sets_is_any_of_them():
    wanted = strategies.arguments(x=["integer(0..3)", "integer(10..13)"])
    assert find(wanted, lambda case: case["x"] > 5) == {"x": 10}


def test_a_supplied_function_is_its_table():
    step = find(
        strategies.arguments(step={"arguments": {"s": "integer(0..1)"}, "gives": ["(s + 1) % 2"]}), lambda case: True
    )["step"]
    assert (step(0), step(1)) == (1, 0)
    assert repr(step) == "<step(s): {(0,): 1, (1,): 0}>"


@pytest.mark.parametrize(
    ("inputs", "word"),
    [({"x": "bit"}, "0"), ({"x": [-1, 0, 1]}, "-1"), ({"x": ["bit", "bit"]}, "(0,0)"), ({"x": "integer(2..9)"}, "2")],
)
def test_words_of_inputs(inputs, word):
    assert find(strategies.words(inputs), lambda _: True) == word


@pytest.fixture(scope="module")
def q6():
    return load_assignment(ROOT / "specs" / "assignment3" / "q6.yaml").questions[0]


@given(st.data())
def test_words_of_a_question_are_inputs_of_its_network(q6, data):
    word = data.draw(strategies.words(q6, longest=4))
    assert 1 <= len(q6.alphabet.read_word(word)) <= 4


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: strategies.values("vektor(3, bit)"), r"value: 'vektor\(3, bit\)' is not a set of inputs"),
        (lambda: strategies.arguments(x=[]), "x: a list of sets needs at least one"),
        (lambda: strategies.words({"x": "bits"}), "x: 'bits' is not a kind of input"),
        (lambda: strategies.words(grader.load("assignment3").only(["q2"]).questions[0]), "q2 is no weights question"),
    ],
)
def test_sets_that_are_none_are_said(wrong, message):
    with pytest.raises(SpecError, match=message):
        wrong()
