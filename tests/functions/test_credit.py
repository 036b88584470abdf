"""What a line earns: part of its points, nothing after a broken rung, and never a zero for a fault of the spec."""

import pytest

from grader.errors import SpecError
from grader.verdict import NamedMistake

from .conftest import grade, judged, question_text

REFERENCE = """
    def f(x):
        return sum(x)

    def g(x):
        return sum(x) + 1
"""
X = '{x: "sequence(1..4, integer(0..9))"}'


@pytest.mark.parametrize(
    ("body", "points", "said"),
    [
        ("sum(x)", 4, ""),
        ("sum(x) + 1", 3, "One too many."),
        ("sum(x) + 0.25", 2, "Nearly."),
        ("sum(x) * 2 + 7", 1, "It is positive."),
        ("-1", 0, ""),
    ],
)
def test_the_best_part_that_holds_counts(judge, body, points, said):
    """In whatever order they stand."""
    parts = (
        "{holds: out >= 0, points: 1, say: It is positive.}, {equals: reference.mod.g, points: 3, say: One too many.},"
        " {holds: abs(out - sum(x)) <= 1/2, points: 2, say: Nearly.}"
    )
    line = f"points: 4, equals: reference.mod.f, partly: [{parts}]"
    result = judge(f"def f(x):\n    return {body}", "f(x)", X, line, reference=REFERENCE).only
    assert (result.points, result.outcome) == (points, "passed" if points == 4 else "failed")
    assert result.message.startswith(said)
    assert bool(said) is (0 < points < 4)
    assert result.mistakes == ((NamedMistake("partly", said),) if said else ())


def test_a_part_has_tolerances_of_its_own(judge):
    line = "points: 2, equals: reference.mod.f, partly: [{equals: reference.mod.f, atol: 0.1, points: 1}]"
    result = judge("def f(x):\n    return sum(x) + 0.05", "f(x)", X, line, reference=REFERENCE).only
    assert result.points == 1


def test_only_a_part_of_the_output_may_be_compared(judge):
    lines = (
        'of: "out[0]", equals: reference.mod.pair\nof: "out[1]", equals: reference.mod.pair\nequals: reference.mod.pair'
    )
    reference = "def pair(x):\n    return sum(x), max(x)"
    result = judge("def pair(x):\n    return sum(x), min(x)", "pair(x)", X, lines, reference=reference)
    assert [*result.earned.values()] == [1, 0, 0]
    assert result.checks["line 2"].message == "pair(x=[0, 1]) gave (1, 0); wanted: out[1] == 1"
    number = judge("def pair(x):\n    return 3", "pair(x)", X, lines, reference=reference)
    assert [*number.earned.values()] == [0, 0, 0]


LADDER = "holds: out >= 0\npoints: 2, equals: reference.mod.f, partly: [{holds: out >= 0, points: 1}]\nholds: out < 100"


def test_on_a_ladder_nothing_counts_above_a_rung_that_earns_a_part(judge):
    source = "def f(x):\n    return 3"
    climbed = judge(source, "f(x)", X, LADDER, "credit: ladder\n", REFERENCE)
    assert [check.outcome for check in climbed.result.checks] == ["passed", "failed", "blocked"]
    assert [*climbed.earned.values()] == [1, 1, 0]
    assert climbed.checks["line 3"].message == "counts once 'line 2' holds"
    each = judge(source, "f(x)", X, LADDER, "", REFERENCE)
    assert [*each.earned.values()] == [1, 1, 1]


@pytest.mark.parametrize(
    ("inputs", "line", "more", "reference", "expected"),
    [
        (X, "equals: reference.mod.f", "", "def f(x):\n    return 1 / 0",
         "reference.mod.f fails: ZeroDivisionError: division by zero"),
        (X, "equals: reference.mod.f", "", "def f(x):\n    return open(__file__ + '.csv')",
         "reference.mod.f fails: FileNotFoundError: [Errno 2] No such file or directory: 'reference/mod.py.csv'"),
        (X, "equals: reference.mod.h", "", "", "q: reference.mod defines no function 'h'"),
        (X, "equals: reference.mod.f", "", "def f(x):\n    return float('nan')",
         "'line 1': the reference gives NaN, which agrees with no answer (`nan: true` lets it)"),
        (X, "equals: reference.mod.f", "", "import nothing_there",
         "reference.mod fails when it is loaded: ModuleNotFoundError: No module named 'nothing_there'"),
        (X, 'equals: reference.mod.f, of: "out[5]"', "", "def f(x):\n    return x",
         "'line 1': out[5] of the reference's output"),
        (X, "holds: out == sum(x)", "assume: sum(x) > 99\n", "", "q: there is no input in the sets that it draws from"),
        ("{x: integer(1/5..4/5)}", "holds: out == x", "", "", "q: there is no input in the sets that it draws from"),
        ("{x: integer(1/5..4/5)}", "exhaustive: {length: 3}, holds: out == x", "", "",
         "q: there is no input in the sets that it draws from"),
        ('{x: "integer(0..1/0)"}', "holds: out == x", "", "", "q: inputs: division by zero"),
        (X, "holds: out == sum(x)", 'assume: "x[7] > 0"\n', "", "q: assume: index 7 is outside"),
        (X, 'when: "x[7] > 0", holds: out == sum(x)', "", "", "'line 1': `when` cannot be worked out: index 7 is outside"),
        (X, 'holds: "f(x, x) == 1"', "", "", "q: 'f(x, x) == 1': f takes 1 arguments, not 2"),
        ("{x: real(0..1)}", "exhaustive: {length: 3}, holds: out == x", "", "",
         "q: the inputs cannot be listed to their end: reals, unbounded integers, generators and drawn tables cannot be listed"),
        ('{x: "sequence(0..9, integer(0..99))"}', "exhaustive: {length: 3}, holds: out == x", "", "",
         "q: an exhaustive check lists more than 50000 inputs"),
        ("{x: {arguments: {a: integer(0..2000)}, gives: [bit]}}", "holds: out == 1", "", "",
         "q: the inputs cannot be listed to their end: a supplied function has at most 1000 rows"),
    ],
)  # fmt: skip
@pytest.mark.sampled(2)
def test_a_fault_of_the_spec_is_never_a_zero(question, course, hand_in, inputs, line, more, reference, expected):
    source = "def f(x):\n    return 1"
    with pytest.raises(SpecError) as caught:
        judged(question("f(x)", inputs, line, more, reference), source)
    assert str(caught.value).startswith(expected)
    report = grade(hand_in(solution__py=source), course(reference, q=question_text("f(x)", inputs, line, more)))
    assert report.questions[0].status == "held"
    assert report.questions[0].pending_points == report.questions[0].max_points


def test_the_same_input_drawn_twice_counts_once(question):
    from .conftest import plan_of

    small = question("f(x)", "{x: bit}", "holds: out == x")
    assert [case["x"] for case in plan_of(small).lines[0].group.cases] == [0, 1]


def test_lines_with_the_same_inputs_share_one_round_of_calls(question):
    from .conftest import plan_of

    lines = "holds: out == x\nequals: reference.mod.f\npure: true\nholds: out == x, inputs: {x: integer(5..9)}"
    groups = plan_of(question("f(x)", "{x: bit}", lines, "", REFERENCE)).groups
    assert [group.watched for group in groups] == [True, False]


def test_each_case_is_asked_in_a_shuffled_order_and_some_twice(question):
    from .conftest import plan_of

    group = plan_of(question("f(x)", "{x: integer(0..99)}", "holds: out == x")).groups[0]
    asked = list(dict.fromkeys(group.order))
    assert sorted(asked) == list(range(len(group.cases))) != asked
    assert group.order[-24:] == [*(case for case in asked[-8:] for _ in range(2)), *asked[:8]]
