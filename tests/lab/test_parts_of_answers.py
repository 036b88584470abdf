"""`of` compares a part of the output with the same part of the reference's; `say` comes before what went wrong."""

import pytest

from grader.answers.code import Code
from grader.errors import SpecError
from grader.evidence import Counterexample, Exhausted
from grader.kinds.function.code_runner import runner_pool
from grader.kinds.function.score import score_function
from grader.kinds.table import load_assignment

from ..conftest import RUN

SPEC = """\
question: q
title: Sum and product
points: 3
answer: function
signature: f(a, b)
inputs: {a: integer(0..5), b: integer(0..5)}
checks:
  - {name: the sum,     points: 1, equals: reference.both.f, of: "out[0]", say: Add the two numbers.}
  - {name: the product, points: 2, equals: reference.both.f, of: "out[1]"}
"""


@pytest.fixture
def judged(tmp_path):
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "both.py").write_text("def f(a, b):\n    return a + b, a * b\n")

    def judge(source, spec=SPEC):
        path = tmp_path / "q.yaml"
        path.write_text(spec)
        question = load_assignment(path).questions[0]
        runner = runner_pool(RUN, "strict").open(Code("solution.py", source.encode(), "python"), question.call_seconds)
        try:
            return score_function(question, runner).checks
        finally:
            runner.close()

    return judge


def test_each_part_is_worth_its_own_points(judged):
    total, product = judged("def f(a, b):\n    return a - b, a * b\n")
    assert (total.points, product.points) == (0, 2)
    assert total.message == "Add the two numbers. (f(a=0, b=1) gave (-1, 0); wanted: out[0] == 1)"
    assert total.evidence.expected == "out[0] == 1"


def test_an_answer_without_the_part_has_another_form_and_is_told_so(judged):
    total, product = judged("def f(a, b):\n    return [a + b]\n")
    assert (total.points, product.points) == (0, 0)
    assert product.message == "f(a=0, b=0) returned a list of 1 number, where a vector of 2 is wanted"


def test_a_part_needs_something_to_agree_with(judged):
    spec = SPEC.replace("equals: reference.both.f, of", "holds: out == out, of")
    with pytest.raises(SpecError, match=r"checks\[1\].of: says which part of the output an `equals` compares"):
        judged("def f(a, b):\n    return a, b\n", spec)


def test_a_part_that_the_reference_does_not_have_is_the_spec_s_fault(judged):
    with pytest.raises(SpecError, match=r"'the product': out\[2\] of the reference's output \[0, 0\]: index 2"):
        judged("def f(a, b):\n    return a, b, 0\n", SPEC.replace("out[1]", "out[2]"))


def test_a_supplied_function_is_shown_by_its_usual_value_and_the_others(judged):
    spec = """\
question: q
title: Twice
points: 1
answer: function
signature: f(step, a)
inputs:
  step: {arguments: {n: integer(0..2)}, gives: ["n * n // 4"]}
  a: one of 2
checks:
  - {name: it steps, points: 1, holds: out == 7}
"""
    (check,) = judged("def f(step, a):\n    return step(a)\n", spec)
    assert check.message == "f(step=<(n) -> 0, but (2,): 1>, a=2) gave 1; wanted: out == 7"


WRITTEN_DOWN = """\
question: q
title: A walk
points: 2
answer: function
signature: f(step, token, length)
inputs:
  step: {arguments: {state: bit, token: "one of a, b"}, table: {"0, a": [1, b], "0, b": [0, a], "1, a": [1, a], "1, b": [0, b]}}
  token: one of a, b
  length: integer(0..4)
checks:
  - {name: walks, points: 1, equals: reference.decoder.walk, exhaustive: {length: 4}}
  - {name: feeds what came, points: 1, feeds: reference.decoder.walk}
"""
WALK = "def walk(step, token, length):\n    state, out = 0, []\n    for _ in range(length):\n        state, token = step(state, token)\n        out.append(token)\n    return out\n"


def test_a_supplied_function_can_be_written_down_row_by_row_and_its_inputs_listed(judged, tmp_path):
    (tmp_path / "reference").mkdir(exist_ok=True)
    (tmp_path / "reference" / "decoder.py").write_text(WALK)
    right, fed = judged(WALK.replace("walk(", "f("), WRITTEN_DOWN)
    assert (right.outcome, fed.outcome) == ("passed", "passed")
    assert right.evidence == Exhausted(4, 10)
    wrong, _ = judged("def f(step, token, length):\n    return [token] * length\n", WRITTEN_DOWN)
    assert isinstance(wrong.evidence, Counterexample)
    assert "token='a', length=1) gave ['a']; wanted: ('b',)" in wrong.message
