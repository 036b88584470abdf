"""What a specification says of one step: which outputs it takes, which inputs are allowed, which steps are judged."""

import pytest
from flint import fmpq

from grader.kinds.table import load_assignment
from grader.language.arrays import Array
from grader.machines.specification import JudgedSteps, RoundingSpecification

VECTOR = """
question: q
title: A pair
points: 1
answer: weights
network: {inputs: {x: bit}, parameters: {w: scalar}, equations: {y: "[w*x[t], x[t]/3]"}, output: y}
behaviour: {equations: {o: "[x[t], x[t]/3]"}, output: o}
checks: [{name: right, points: 1}]
"""
APART = """
question: q
title: Ones counted
points: 1
answer: weights
length: 2
network: {inputs: {x: [bit, bit]}, parameters: {w: scalar}, equations: {y: "w*x[t][0]"}, output: y}
behaviour: {equations: {o: "x[t][0]"}, output: o}
assume: x[t][0] == 1
judge: {at: end}
checks: [{name: where the second is 1, points: 1, when: "x[t][1] == 1"}]
"""


@pytest.fixture
def load(tmp_path):
    def load(text):
        (tmp_path / "q.yaml").write_text(text)
        return load_assignment(tmp_path / "q.yaml").questions[0]

    return load


def test_every_entry_of_an_output_is_within_the_rounding_of_a_reference(load):
    specification = load(VECTOR).specification
    rounding = RoundingSpecification(specification, fmpq(1, 10**9))
    (step,) = specification.machine().run([(fmpq(1),)])
    third, near, far = fmpq(1, 3), fmpq(1, 10**10), fmpq(1, 10**8)

    def takes(*entries):
        exact, rounded = (one.accepts(Array((2,), list(entries)), step) for one in (specification, rounding))
        return exact, rounded

    assert takes(fmpq(1), third) == (True, True)
    assert takes(1 + near, third - near) == (False, True)
    assert takes(1 + near, third + far) == (False, False)
    assert takes(1 - far, third) == (False, False)
    assert takes(fmpq(1), fmpq(1, 2)) == (False, False)


def test_what_is_allowed_judged_and_applied_to_are_told_apart(load):
    """Each of the three says something else of one step at least: of one step they are not read in each other's place."""
    specification = load(APART).specification
    one = fmpq(1)
    for first in (0, 1):
        for second in (0, 1):
            symbol = (Array((2,), [fmpq(first), fmpq(second)]),)
            early, last = specification.machine().run([symbol, symbol])
            assert [specification.allows(step) for step in (early, last)] == [first == 1] * 2
            assert [specification.counts(step) for step in (early, last)] == [False, True]
            assert specification.lines_applying_to(last) == [0] * second
            assert specification.lines_applying_to(early) == []
            assert (specification.assumed_value(last.expressions) == one) is (first == 1)


NAMED = """
question: q
title: Letters
points: 1
answer: weights
network: {{inputs: {{x: {{symbols: {{a: 1, b: -1, c: 0}}}}}}, parameters: {{w: scalar}}, equations: {{y: "w*x[t]"}}, output: y}}
behaviour: {{equations: {{o: '1 if {test} else 0'}}, output: o}}
checks: [{{name: right, points: 1}}]
"""


@pytest.mark.parametrize(
    ("test", "outputs"), [("{x} == {a}", [1, 0, 0]), ("{x} != {a}", [0, 1, 1]), ("{x} == {a} or {c} == {x}", [1, 0, 1])]
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_symbol_is_compared_with_its_name_on_either_side(load, test, outputs, turned):
    sides = {"x": '"a"', "a": "x[t]", "c": '"c"'} if turned else {"x": "x[t]", "a": '"a"', "c": '"c"'}
    if turned and "{c}" in test:
        test = "{x} == {a} or x[t] == {c}"
    specification = load(NAMED.format(test=test.format(**sides))).specification
    found = specification.machine().run([(fmpq(n),) for n in (1, -1, 0)])
    assert [step.output for step in found] == outputs


def test_the_empty_input_is_judged_only_where_the_question_says_so(load):
    assert JudgedSteps() == JudgedSteps(at_end=False, empty=False, length=None)
    assert not load(APART).specification.judged.empty
    assert load(VECTOR).specification.judged == JudgedSteps()
    prefix = VECTOR.replace('o: "[x[t], x[t]/3]"}', 'o: "[0, 0]"}').replace('y: "[w*x[t], x[t]/3]"}', 'y: "[0*w, 0]"}')
    assert load(f"{prefix}judge: {{empty: true}}\n").specification.judged == JudgedSteps(empty=True)
