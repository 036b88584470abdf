"""The input that is shown: the smallest, replayed in a fresh child, and in the student's own words."""

import pytest

from grader.evidence import Counterexample

TOTAL = "    def f(x):\n        return sum(x)\n"


@pytest.mark.long
@pytest.mark.parametrize(
    ("body", "inputs", "line", "shown", "wanted", "got"),
    [
        ("sum(x) + (sum(x) > 17)", "sequence(0..9, integer(-50..50))", "equals: reference.mod.f", "x=[18]", "18", "19"),
        ("sum(x[:2])", "sequence(0..9, integer(-50..50))", "equals: reference.mod.f", "x=[0, 0, 1]", "1", "0"),
        ("sum(set(x))", "sequence(0..9, integer(-50..50))", "equals: reference.mod.f", "x=[1, 1]", "2", "1"),
        ("abs(sum(x))", "sequence(0..9, integer(-50..50))", "equals: reference.mod.f", "x=[-1]", "-1", "1"),
        ("sum(x) + 1", "sequence(0..9, integer(-50..50))", "equals: reference.mod.f", "x=[]", "0", "1"),
        ("sum(x) + 1", "sequence(2..9, integer(3..50))", "equals: reference.mod.f", "x=[3, 3]", "6", "7"),
        ("float(sum(x)) / 2", "vector(1..5, real(-9..9))", "holds: out == sum(x)", "x=[1.0]", "out == sum(x)", "0.5"),
        ("x", "vector(1..5, real(-9..9))", "holds: norm(out) <= 5", "x=[6.0]", "norm(out) <= 5", "[6.0]"),
        ("x.T", "matrix(1..3, 1..3, real(-9..9))", "holds: out == x", "x=[[0.0, 0.0]]", "out == x", "[[0.0], [0.0]]"),
        ("x.T", "matrix(2, 2, real(-9..9))", "holds: out == x", "x=[[0.0, 0.0], [1.0, 0.0]]", "out == x",
         "[[0.0, 1.0], [0.0, 0.0]]"),
        ("x.upper()", "word(0..6, abC)", "holds: out == x", "x='a'", "out == x", "'A'"),
        ("x + (x > 2.5)", "real(-9..9)", "holds: out == x", "x=3.0", "out == x", "4.0"),
        ("x + (x == 7)", "integer(0..9)", "holds: out == x", "x=7", "out == x", "8"),
    ],
)  # fmt: skip
@pytest.mark.sampled(2)
def test_the_smallest_input_is_shown(judge, body, inputs, line, shown, wanted, got):
    result = judge(f"def f(x):\n    return {body}", "f(x)", f'{{x: "{inputs}"}}', line, reference=TOTAL).only
    assert result.evidence == Counterexample(f"f({shown})", wanted, got, shortest=False)
    assert result.message == f"f({shown}) gave {got}; wanted: {wanted}"


def test_of_a_list_to_the_end_the_shortest_is_shown(judge):
    result = judge(
        "def f(x, y):\n    return len(x) * 10 + len(y) - (len(y) > 1 or len(x) > 2)",
        "f(x, y)", '{x: "sequence(0..3, bit)", y: "sequence(0..3, bit)"}',
        'exhaustive: {length: 3}, holds: "out == 10 * len(x) + len(y)"',
    ).only  # fmt: skip
    assert result.evidence == Counterexample("f(x=[], y=[0, 0])", "out == 10 * len(x) + len(y)", "1", shortest=True)


def test_two_arguments_shrink_together(judge):
    result = judge(
        "def f(a, b):\n    return a * b if a + b < 20 else 0",
        "f(a, b)", "{a: integer(0..100), b: integer(0..100)}", "holds: out == a * b",
    ).only  # fmt: skip
    assert result.evidence.input in ("f(a=1, b=19)", "f(a=19, b=1)")


def test_inputs_that_the_function_does_not_take_are_named_beside_the_call(judge):
    result = judge(
        "def f(a):\n    return a // 2", "f(a)", "{a: integer(0..9), b: integer(0..9)}",
        'holds: "f(a + b) == f(a) + f(b)"',
    ).only  # fmt: skip
    assert result.evidence == Counterexample("f(a=1) with b=1", "f(a + b) == f(a) + f(b)", "0", shortest=False)


def test_an_exception_is_shown_with_the_students_own_line(judge):
    source = """
        def mean(x):
            return total(x) / len(x)

        def total(x):
            return sum(x)
    """
    result = judge(source, "mean(x)", '{x: "sequence(0..5, integer(-9..9))"}', "holds: out * len(x) ~ sum(x)").only
    where = "(solution.py, line 3, in mean: return total(x) / len(x))"
    assert result.message == f"mean(x=[]) raised ZeroDivisionError: division by zero {where}"


def test_of_a_call_inside_the_property_that_fails_is_told(judge):
    source = "def f(n):\n    return [1, 2, 4, 8][n]"
    result = judge(source, "f(n)", "{n: integer(0..3)}", 'holds: "f(n + 1) == 2 * f(n)"').only
    where = "(solution.py, line 2, in f: return [1, 2, 4, 8][n])"
    assert result.message == f"f(n=3) is held against f(4), which raised IndexError: list index out of range {where}"


def test_a_changed_argument_is_shown_before_and_after(judge):
    source = "def f(x):\n    x.append(1)\n    return len(x) - 1"
    result = judge(source, "f(x)", '{x: "sequence(0..4, bit)"}', "pure: true").only
    assert result.message == "f(x=[]) changed its argument from [] to [1]"


def test_what_was_fed_is_shown(judge):
    inputs = "{step: {arguments: {a: bit}, gives: [bit]}, n: integer(0..3)}"
    reference = "def run(step, n):\n    return [step(0) for _ in range(n)]"
    source = "def run(step, n):\n    return [step(1) for _ in range(n)]"
    result = judge(source, "run(step, n)", inputs, "feeds: reference.mod.run", reference=reference).only
    assert result.message == "run(step=<(a) -> 0>, n=1) called step with [1]; wanted: [0]"


def test_a_function_that_remembers_is_told_so(judge):
    source = """
        seen = []
        def f(x):
            seen.append(x)
            return x if len(seen) < 30 else 0
    """
    result = judge(source, "f(x)", "{x: integer(1..1000)}", "holds: out == x").only
    assert result.outcome == "failed"
    assert result.message.endswith(
        " gave 0; wanted: out == x (only after other calls: the function remembers something, or draws random numbers of its own)"
    )


def test_a_function_that_answers_from_memory_fails_whatever_it_remembers(judge):
    """It returns the first answer that it ever gave."""
    source = """
        memory = {}
        def f(x):
            return memory.setdefault("answer", x)
    """
    assert judge(source, "f(x)", "{x: integer(1..1000)}", "holds: out == x").only.outcome == "failed"


def test_a_second_call_that_differs_is_shown(judge):
    source = """
        calls = {}
        def f(x):
            calls[x] = calls.get(x, 0) + 1
            return x if calls[x] == 1 else -1
    """
    result = judge(source, "f(x)", "{x: integer(1..1000)}", "holds: out >= 0").only
    assert result.message == "f(x=1) gave 1, and -1 when it was called again with the same arguments"
    assert result.evidence == Counterexample("f(x=1)", "the same answer to the same call", "-1", shortest=False)


def test_a_refusal_that_comes_once_is_none(judge):
    source = """
        refused = set()
        def f(x):
            if x not in refused:
                refused.add(x)
                raise ValueError("no")
            return x
    """
    result = judge(source, "f(x)", "{x: integer(1..1000)}", "raises: ValueError").only
    assert result.message.startswith("f(x=1) raised ValueError: no")
    assert result.message.endswith(", and 1 when it was called again with the same arguments")


def test_the_wrong_exception_is_shown(judge):
    inputs, line = "{x: integer(1..9)}", "raises: ValueError"
    wrong = judge("def f(x):\n    raise KeyError(x)", "f(x)", inputs, line).only
    assert (
        wrong.message
        == "f(x=1) raised KeyError: 1 (solution.py, line 2, in f: raise KeyError(x)); wanted: ValueError raised"
    )
    silent = judge("def f(x):\n    raise ValueError", "f(x)", inputs, line).only
    assert silent.message == "f(x=1) raised ValueError without saying why"
    none = judge("def f(x):\n    return x", "f(x)", inputs, line).only
    assert none.message == "f(x=1) gave 1; wanted: ValueError raised"


def test_nowhere_is_told_without_an_input(judge):
    result = judge("def f(x):\n    return 0", "f(x)", "{x: integer(1..9)}", "somewhere: out > 0").only
    assert result.message == "on none of the inputs that were tried this holds: out > 0"


def test_values_that_are_no_plain_data_are_named(judge):
    result = judge("def f(x):\n    return {x}", "f(x)", "{x: integer(1..9)}", "holds: out == x").only
    assert result.message.startswith("f(x=1) gave no answer: returned set: ")


def test_long_values_are_cut(judge):
    result = judge("def f(x):\n    return [x] * 5000", "f(x)", "{x: integer(1..9)}", "holds: len(out) == 1").only
    assert result.message.startswith("f(x=1) gave [1, 1, 1,")
    assert len(result.message) < 500


@pytest.mark.parametrize("evidence", ["sampled", "exhausted"])
def test_passed_lines_count_the_inputs_that_they_are_about(judge, evidence):
    listed = "exhaustive: {length: 9}, " if evidence == "exhausted" else ""
    result = judge(
        "def f(x):\n    return x", "f(x)", "{x: integer(0..9)}", f"{listed}when: x > 6, holds: out == x"
    ).only
    count = result.evidence.inputs if listed else result.evidence.examples
    assert count == 3
    assert result.message == ""


def test_a_line_about_no_input_at_all_shows_no_evidence(judge):
    result = judge("def f(x):\n    return x", "f(x)", "{x: integer(0..9)}", "when: out > 50, holds: out == x").only
    assert (result.outcome, result.message) == (
        "failed",
        "none of the outputs is one that this is about",
    )


@pytest.mark.parametrize(
    ("body", "line", "shortest"),
    [
        ("return x + (len(x) > 1) * [1]", "holds: out == x, exhaustive: {length: 3}", True),
        ("return x + (len(x) > 1) * [1]", "holds: out == x", False),
        ("return x + (len(x) > 1) * [1]", "holds: out == x, exhaustive: {length: 3}, hidden: true", False),
        ("raise KeyError(x)", "holds: out == x", False),
        ("import os\n    os._exit(1)", "holds: out == x", False),
    ],
)
def test_an_input_is_called_a_shortest_one_only_where_all_shorter_ones_were_tried(judge, body, line, shortest):
    check = judge(f"def f(x):\n    {body}", "f(x)", '{x: "sequence(0..4, bit)"}', line).only
    assert check.outcome == "failed"
    assert check.evidence.shortest is shortest
