"""Functions that raise, hang, die or lie about on some inputs: what they did answer keeps its credit."""

import re

import pytest

from grader.answers.code import Code
from grader.errors import SubmissionError
from grader.kinds.function import code_runner, score
from grader.kinds.function.score import FunctionScorer, score_function
from grader.sandbox import Limits
from grader.sandbox.timing import Stopwatch

from .conftest import POOL, grade, judged, question_text

NUMBERS = "{x: integer(-50..50)}"


@pytest.fixture
def short_rounds(monkeypatch):
    """Rounds of calls end soon."""
    monkeypatch.setattr("grader.kinds.function.code_runner.SESSION_TIMEOUT_S", 0.4)


HALVES = "when: x >= 0, holds: out == x\nwhen: x < 0, holds: out == x"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(x):\n    while x < 0:\n        pass\n    return x", "took longer than the 0.12 s that a call may take"),
        ("import os\ndef f(x):\n    if x < 0:\n        os._exit(0)\n    return x",
         "it ended the process itself (exit status 0) before it answered"),
        ("import os\ndef f(x):\n    if x < 0:\n        os.kill(os.getpid(), 9)\n    return x", "raised PermissionError"),
        ("import os\ndef f(x):\n    if x < 0:\n        os.abort()\n    return x", "it was killed (SIGABRT"),
        ("def f(x):\n    if x < 0:\n        raise RuntimeError('no')\n    return x", "raised RuntimeError: no"),
        ("import sys\ndef f(x):\n    if x < 0:\n        sys.exit()\n    return x", "raised SystemExit"),
        ("def f(x):\n    if x < 0:\n        return f(x)\n    return x", "raised RecursionError"),
        ("def f(x):\n    return object() if x < 0 else x", "returned object: not plain data"),
        ("def f(x):\n    return [0] * 10**6 if x < 0 else x", "at most 65536 are taken"),
    ],
)  # fmt: skip
def test_a_line_about_the_other_inputs_still_passes(judge, source, expected, short_rounds):
    result = judge(source, "f(x)", NUMBERS, HALVES, **({"seconds": 0.12} if "while" in source else {}))
    assert [*result.earned.values()] == [1, 0]
    assert expected in result.checks["line 2"].message


def test_of_calls_that_hang_the_first_is_shown_and_time_that_was_used_up_is_not(judge, short_rounds):
    message = judge(
        "def f(x):\n    while x != 3:\n        pass\n    return x", "f(x)", NUMBERS, "holds: out == x", seconds=0.12
    ).only.message
    assert "took longer than the 0.12 s" in message
    assert "used up" not in message


def test_a_slow_function_is_asked_in_several_rounds(question, monkeypatch):
    """Its calls take longer together than one round may, and each far less than a call may: none is lost."""
    monkeypatch.setattr(code_runner, "Limits", lambda **limits: Limits(**limits | {"run_seconds": 0.6}))
    slow = question("f(x)", "{x: integer(0..300)}", "holds: out == x", "cases: 60\n")
    assert judged(slow, "import time\ndef f(x):\n    time.sleep(0.012)\n    return x", 10).only.outcome == "passed"


def test_no_line_lacks_the_time_in_which_the_failure_of_another_is_made_smaller(judge, monkeypatch):
    """Calls for which a round had no time are made when their line is decided: by then nothing has been searched."""
    happened = []
    verdict, shrunk = FunctionScorer.verdict, score.shrunk
    monkeypatch.setattr(
        FunctionScorer, "verdict", lambda *given: (happened.append(given[1].check.name), verdict(*given))[1]
    )
    monkeypatch.setattr(score, "shrunk", lambda *given: (happened.append("smaller"), shrunk(*given))[1])
    lines = "holds: out == x, partly: [{holds: out >= x, points: 0}]\nholds: out != x\npure: true"
    result = judge("def f(x):\n    return x + (x > 9)", "f(x)", NUMBERS, lines)
    assert happened == ["line 1", "line 1", "line 2", "line 3", "smaller", "smaller"]
    assert result.checks["line 1"].message.startswith("f(x=10) gave 11")


@pytest.mark.long
@pytest.mark.parametrize("told_late_s", [0, 0.2])
def test_of_calls_that_there_is_no_time_for_it_is_said_so(question, monkeypatch, told_late_s):
    """No call was lost before them: the time of the second round was up, as was that of the first.

    Each call has more time than a round, so that none takes too long by itself on a busy machine: not even where it is
    told afterwards that the child stood in the queue, so that less than the time of the round was spent.
    """
    stop = Stopwatch.stop
    monkeypatch.setattr(Stopwatch, "stop", lambda watch: stop(watch) - told_late_s)
    monkeypatch.setattr(code_runner, "MAX_MORE_SESSIONS", 1)
    monkeypatch.setattr(code_runner, "Limits", lambda **limits: Limits(**limits | {"run_seconds": 2.0}))
    slow = question("f(x)", "{x: integer(0..300)}", "holds: out == x", "cases: 60\n")
    message = judged(slow, "import time\ndef f(x):\n    time.sleep(0.09)\n    return x", 30).only.message
    said = r"(took longer than )?the 2 s that the whole run may take( were used up)?"
    assert re.fullmatch(rf"f\(x=\d+\) gave no answer: {said}", message)


def test_functions_that_hang_take_no_time_from_the_next_question(course, hand_in, short_rounds, monkeypatch):
    monkeypatch.setattr("grader.kinds.function.code_runner.MAX_MORE_SESSIONS", 0)
    hangs = question_text("f(x)", NUMBERS, "holds: out == x", "call_seconds: 0.12\n")
    fine = question_text("g(x)", NUMBERS, "holds: out == x", "call_seconds: 0.12\n")
    source = "def f(x):\n    while True: pass\ndef g(x):\n    return x\n"
    names = [f"q{i}" for i in range(4)]
    lab = course(**dict.fromkeys(names, hangs), last=fine)
    report = grade(hand_in(solution__py=source), lab)
    assert [int(question.points) for question in report.questions] == [0] * 4 + [1]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "import math\n\nf = math.exp(1000)\n",
            "line 3, which would define it, stopped: OverflowError: math range error",
        ),
        ("import os\nf = os._exit(3)\n", "line 2, which would define it, was left out: it ended the process itself"),
        ("def f(x=exit()): return x\n", "line 1, which would define it, stopped: SystemExit"),
        ("from nothing_like_it import f\n", "stopped: ModuleNotFoundError: No module named 'nothing_like_it'"),
        ("from nothing_like_it import *\n", "line 1, which might define it, stopped: ModuleNotFoundError: No module"),
    ],
)
def test_a_function_whose_statement_stops_is_missing_with_the_reason(question, source, expected):
    with pytest.raises(SubmissionError) as caught:
        judged(question("f(x)", NUMBERS, "holds: out == x"), source)
    assert str(caught.value).startswith("there is no function 'f' (solution.py, line ")
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("def f(x)\n    return x\n", "the code could not be loaded: SyntaxError: expected ':'\nsolution.py, line 1"),
        (
            "def f(x):\n    return x\n  y = 1\n",
            "the code could not be loaded: IndentationError: unindent does not match",
        ),
        ("# coding: utf-7\n", "the code could not be loaded: solution.py asks to be read as 'utf-7'"),
    ],
)
def test_each_way_not_to_load_is_reported(question, source, expected):
    with pytest.raises(SubmissionError) as caught:
        judged(question("f(x)", NUMBERS, "holds: out == x"), source)
    assert str(caught.value).startswith(expected)


def test_a_missing_function_is_named_with_one_like_it(judge):
    with pytest.raises(SubmissionError) as caught:
        judge("def clip_by_nrom(x):\n    return x\ndef other(): pass", "clip_by_norm(x)", NUMBERS, "holds: out == x")
    assert str(caught.value) == (
        "there is no function 'clip_by_norm' (did you mean 'clip_by_nrom'?); it defines clip_by_nrom and other"
    )


def test_without_any_function_it_says_so(judge):
    with pytest.raises(SubmissionError, match=r"^there is no function 'f'; it defines no function$"):
        judge("x = 3", "f(x)", NUMBERS, "holds: out == x")


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("f = len\nf = f([1])", "(the code gives this name to a value of type int)"),
        ("def f(x): return x\nf = [f(1)]", "(the code gives this name to a value of type list)"),
        ("class Solution:\n    def f(self, x): return x", "(solution.py, line 2, @)"),
        ("def main():\n\tx = 1\n\tdef f(x): return x\n\tprint(f(x))", "(solution.py, line 3, @)"),
        ("if __name__ == '__main__':\n    async def f(x): return x", "(solution.py, line 2, @)"),
        ("def f1(x):\n    def f2(x): return x\n    return f2(x)", "(did you mean 'f1'?)"),
    ],
)
def test_a_function_that_is_not_where_it_is_looked_for_is_missing_with_the_reason(judge, source, why):
    why = why.replace("@", "defines it inside of something else: begin that line at the margin")
    with pytest.raises(SubmissionError) as caught:
        judge(source, "f(x)", NUMBERS, "holds: out == x")
    assert str(caught.value).startswith(f"there is no function 'f' {why}; it defines ")


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ("x, y, z", "f() missing 1 required positional argument: 'z' (it is called with 2 arguments, by place and not by name)"),
        ("*, x, y", "f() takes 0 positional arguments but 2 were given (it is called with 2 arguments, by place and not by name)"),
        ("**named", "f() takes 0 positional arguments but 2 were given (it is called with 2 arguments, by place and not by name)"),
        ("", "f() takes 0 positional arguments but 2 were given (it is called with 2 arguments, by place and not by name)"),
    ],
)  # fmt: skip
def test_where_arguments_are_not_taken_it_is_said_how_they_are_given(judge, parameters, said):
    inputs = "{x: integer(-50..50), y: integer(-50..50)}"
    lines = "holds: out == x\nraises: ValueError"
    for check in judge(f"def f({parameters}):\n    return 0", "f(x, y)", inputs, lines).checks.values():
        assert f"raised TypeError: {said}" in check.message


def test_a_type_error_of_a_line_of_its_own_says_nothing_of_the_call(judge):
    message = judge("def f(x):\n    return len(x)", "f(x)", NUMBERS, "holds: out == x").only.message
    assert message.endswith("object of type 'int' has no len() (solution.py, line 2, in f: return len(x))")


def test_any_callable_will_do(judge):
    source = "import functools\nclass F:\n    def __call__(self, x):\n        return x\nf = functools.partial(F())"
    assert judge(source, "f(x)", NUMBERS, "holds: out == x").only.points == 1


def test_arguments_are_fresh_for_each_call(judge):
    """A function that empties its argument finds it full the next time."""
    source = "def f(x):\n    n = len(x)\n    x.clear()\n    return n"
    result = judge(source, "f(x)", '{x: "sequence(0..5, bit)"}', "holds: out == len(x)\npure: true")
    assert [*result.earned.values()] == [1, 0]


@pytest.mark.long
@pytest.mark.parametrize(
    ("inputs", "kinds"),
    [
        ('{x: "sequence(2, bit)"}', ["list", "int"]),
        ('{x: "vector(2, real(0..1))"}', ["ndarray", "float64"]),
        ('{x: "vector(2, integer(0..3))"}', ["ndarray", "float64"]),
        ('{x: "matrix(2, 2, bit)"}', ["ndarray", "ndarray"]),
        ('{x: "sequence(2, vector(2, bit))"}', ["list", "ndarray"]),
        ('{x: "sequence(2, sequence(1, real(0..1)))"}', ["list", "list"]),
        ('{x: "word(2, ab)"}', ["str", "str"]),
        ('{x: ["sequence(2, bit)", "sequence(3, bit)"]}', ["list", "int"]),
        ('{x: ["vector(2, bit)", "matrix(2, 2, bit)"]}', ["ndarray", None]),
        ('{x: generator}', ["Generator", None]),
        ('{x: "integer(0..9)"}', ["int", None]),
        ('{x: "real(0..9)"}', ["float", None]),
        ('{x: "one of 0.5, 0.25"}', ["float", None]),
        ('{x: bit}', ["int", None]),
    ],
)  # fmt: skip
@pytest.mark.sampled(2)
def test_arguments_are_of_the_kind_that_their_set_says(judge, inputs, kinds):
    """For the reference as for the student, and in calls inside a property."""
    source = f"""
        def f(x):
            outer, inner = {kinds!r}
            assert type(x).__name__ == outer, type(x)
            assert inner is None or type(x[0]).__name__ == inner, type(x[0])
            return 1
    """
    lines = 'equals: reference.mod.f\nholds: "f(x) == 1"'
    lines += '\nholds: "f(x * 1) == 1"' * ("word" not in inputs and "generator" not in inputs)
    result = judge(source, "f(x)", inputs, lines, reference=source)
    assert [check.message for check in result.result.checks] == [""] * len(result.result.checks)


def test_a_whole_number_worked_out_by_a_property_is_given_as_one(judge):
    result = judge(
        "def f(n):\n    return len(range(n))", "f(n)", "{n: integer(1..9)}", 'holds: "f(4 * n / 2) == 2 * out"'
    )
    assert result.only.points == 1


def test_an_output_that_is_no_argument_for_the_next_call_is_the_students_fault(judge):
    for given in ("None", "[[1], [2, 3]]", "{'a': [1]}", "10 ** 400"):
        source = f"def f(v):\n    v[0]\n    return {given}"
        result = judge(source, "f(v)", '{v: "vector(1..4, real(-5..5))"}', 'holds: "f(f(v)) == f(v)"')
        assert result.result.status == "graded"
        assert result.only.points == 0, given


def test_printing_is_no_answer(judge):
    result = judge("def f(x):\n    print(x)\n    return x", "f(x)", NUMBERS, "holds: out == x")
    assert result.only.points == 1


def test_a_session_is_closed_after_judging(question):
    runner = POOL.open(Code("solution.py", b"def f(x):\n    return x", "python"), 0.25)
    score_function(question("f(x)", NUMBERS, "holds: out == x"), runner)
    runner.close()
    runner.close()
    assert [str(reply) for reply in runner.call([])] == []
