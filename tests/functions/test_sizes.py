"""Long answers: judged in bounded steps and memory, shown in part, and never a reason to hold a question."""

from __future__ import annotations

import gc
import tracemalloc

import pytest

from grader.kinds.function.answers import MAX_NESTED_CALL_BYTES, bytes_of, in_pieces
from grader.kinds.function.values import MAX_SHOWN_CHARACTERS, show
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import Array
from grader.language.floats import Floats
from grader.language.formula import Formula
from grader.language.parse import parse
from grader.sandbox import FunctionCall

from .conftest import judged

N = '{n: "integer(0..300)"}'
LINES = """
    holds: out == n * 10
    holds: f(f(n)) == n * 100
    holds: "all(all(out[i] == out[j] for j in range(len(out))) for i in range(len(out)))"
    pure: true
"""


@pytest.mark.long
@pytest.mark.parametrize(
    "value",
    [
        "np.zeros((10**9, 0))",
        "np.zeros((0, 10**9, 0))",
        "[[0]] * 31_000",
        "np.zeros((2,) * 16)",
        "np.arange(60_000, dtype='int8')",
        "[0] * 60_000",
        "[0.5] * 25_000",
        "[0] * 65_536",
        "{str(i): 0 for i in range(8_000)}",
        "10**4000",
        "[10**4000] * 20",
        "'a' * 120_000",
        "np.broadcast_to(np.float64(0), (10**12,))",
    ],
)
@pytest.mark.sampled(2)
def test_a_value_of_any_size_is_wrong_and_not_held(judge, value):
    result = judge(f"import numpy as np\ndef f(n):\n    return {value}\n", "f(n)", N, LINES, more="cases: 4\n")
    assert [check.outcome for check in result.result.checks][:2] == ["failed", "failed"]
    assert all(len(check.message) < 3 * MAX_SHOWN_CHARACTERS for check in result.result.checks)


@pytest.mark.long
def test_a_right_answer_that_is_handed_back_in_pieces_keeps_its_marks(question):
    """The arguments of 50 calls of `f(f(n))` are 16 MiB, more than may be sent at once."""
    asked = question("f(n)", N, "holds: len(f(f(n))) == len(out)", "cases: 50\n")
    source = "import numpy as np\ndef f(n):\n    return np.zeros(30_000, dtype='int8')\n"
    assert judged(asked, source, 2.0).only.outcome == "passed"


def test_calls_are_sent_in_pieces_in_their_order():
    calls = [
        FunctionCall("f", ("x" * size,))
        for size in (10, MAX_NESTED_CALL_BYTES // 2, MAX_NESTED_CALL_BYTES // 2, 10, 10)
    ]
    pieces = list(in_pieces(calls))
    assert [call for piece in pieces for call in piece] == calls
    assert [len(piece) for piece in pieces] == [2, 3]
    assert all(sum(map(bytes_of, piece)) <= MAX_NESTED_CALL_BYTES for piece in pieces)


@pytest.mark.long
@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("all(all(out[i] <= out[j] for j in range(len(out))) for i in range(len(out)))", 65_536),
        ("all(sum(out) == 0 for i in range(len(out)))", 65_536),
        ("any(out == i + 1 for i in range(len(out)))", 65_536),
        ("sum(norm(out - i) for i in range(1, 50000))", 65_536),
        ("sum(diag(out)) == 0", 65_536),
        ("sum(outer(out, out)) == 0", 65_536),
    ],
)
def test_a_property_over_a_long_answer_ends_at_its_budget(text, entries):
    with pytest.raises(EvaluationError, match=r"loops take more than|too large"):
        Formula(parse(text), ["out"], Floats()).holds({"out": Array((entries,), [0] * entries)})


@pytest.mark.parametrize(
    "text",
    [
        "all(out[i] <= out[i + 1] for i in range(len(out) - 1))",
        "all(all(out[i] <= out[j] for j in range(i, len(out))) for i in range(len(out)))",
        "sum(outer(out, out)) == 0 and sum(diag(out)) == 0",
    ],
)
def test_a_property_over_an_answer_of_the_usual_size_has_a_value(text):
    assert Formula(parse(text), ["out"], Floats()).holds({"out": Array((100,), [0] * 100)})


def test_a_row_of_a_long_matrix_is_looked_up_alone():
    """The rows of the whole matrix were made for each of them: 31,000 times 31,000."""
    matrix = Array((31_000, 1), range(31_000))
    tracemalloc.start()
    for i in range(31_000):
        assert matrix.item(i).entries == (i,)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000


@pytest.mark.parametrize(
    "value",
    [
        [[0.5] * 60_000] * 60_000,
        "a" * 10**7,
        {"k" * 10**6: 1},
        Array((60_000, 1), [0] * 60_000),
        [10**100_000],
        tuple([()] * 60_000),
    ],
    ids=["lists", "text", "dictionary", "matrix", "integer", "tuple"],
)
def test_no_more_of_a_value_is_written_than_is_shown(value):
    tracemalloc.start()
    text = show(value)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(text) <= MAX_SHOWN_CHARACTERS
    assert peak < 1_000_000


@pytest.mark.long
def test_memory_does_not_grow_with_the_submissions_that_are_judged(question):
    """What each returns takes more than 2 MB to hold; what a batch keeps of them is bounded."""
    asked = question("f(n)", N, "holds: out == n * 10", "cases: 2\n")

    def grown(submissions):
        for number in submissions:
            judged(asked, f"def f(n):\n    return [{number}.5 + n] * 15_000\n", 2.0, shrink=False)
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    before = grown(range(1))
    after = grown(range(1, 3))
    tracemalloc.stop()
    assert after - before < 2_000_000
