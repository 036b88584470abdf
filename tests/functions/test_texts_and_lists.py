"""What float64 says of texts and lists, which are never rounded, is not overturned by the second look without rounding."""

import itertools

import pytest

from grader.kinds.function.rigorous import RigorousCheck
from grader.kinds.function.values import as_value
from grader.language.arithmetic import EvaluationError
from grader.language.floats import Floats
from grader.language.formula import Formula
from grader.language.parse import parse

EXPRESSIONS = [
    "len(out) == len(w)",
    "len(out) == 1",
    "len(out) < 2",
    "len(out[0]) == 1",
    "len(out[1]) == 2",
    "min(len(out), 5) == 1",
    "sum(1 for i in range(len(out))) == 1",
    "all(out[i] == out[0] for i in range(len(out)))",
    "out == w",
    "out != w",
    "out == 1",
    "out[0] == w",
    "out[len(out) - 1] == 2",
    "out == [1, 2]",
    "1 if out else 0",
]
VALUES = ["", "a", "abc", (1, "a"), (1, [2, 3]), ([1], [2, 3]), None, {"a": 1}, True, 2.5, [1, 2], [], [[1, 2], [3, 4]]]
VALUES += [("a", "b"), ["a", "b"], (None,)]
OTHERS = ["", "ab", (1, "b"), [1.0, 2.0]]


@pytest.mark.parametrize("text", EXPRESSIONS)
@pytest.mark.parametrize("vacuous", [False, True])
def test_the_second_look_agrees(text, vacuous):
    tree, names = parse(text), ["out", "w"]
    floats = Formula(tree, names, Floats(vacuous=vacuous))
    again = RigorousCheck(tree, names, 1e-9, 1e-12, vacuous)
    for out, w in itertools.product(VALUES, OTHERS):
        values = {"out": as_value(out), "w": as_value(w)}
        try:
            held = floats.holds(values)
        except EvaluationError:
            continue  # a failure that is never looked at again
        assert held or not again(values), (out, w)


@pytest.mark.parametrize(
    ("body", "points"),
    [
        ("return w[::-1]", [1, 1]),
        ("return w.upper()", [1, 0]),
        ("return w.replace('a', '')", [0, 0]),
        ("return w + w", [0, 0]),
        ("return w[:1]", [0, 0]),
        ("return 'abcdefgh'[:len(w)]", [1, 0]),
    ],
)
def test_lengths_of_texts_count(judge, body, points):
    """The truth from Python's own `len` and reversal."""
    lines = "holds: len(out) == len(w)\nholds: f(out) == w"
    result = judge(f"def f(w):\n    {body}", "f(w)", '{w: "word(0..4, abc)"}', lines, "returns: text\n")
    assert [*result.earned.values()] == points


@pytest.mark.parametrize(
    ("text", "x", "decided"),
    [
        ("x + 1/10 == 3/10", 0.2, False),  # the float is no fifth
        ("x * 4 == 1", 0.25, True),
        ("sqrt(x)**2 == x", 2.0, None),  # equal, and no precision tells
        ("exp(x) > 2718281828/10**9", 1.0, True),  # by 5e-10
        ("exp(x) > 2718281829/10**9", 1.0, False),
        ("sqrt(x) >= 0", -1.0, None),  # in balls there is no such root
        ("1/x > 0", 0.0, None),
        ("log(x) < exp(1/x)", 0.0, None),
        ("0 < x < 1", 0.5, True),
        ("0 < x < 1", -2.0, False),
        ("0 < x < 1", 2.0, False),
        ("x ~ 1 < 2", 1.0, True),  # every link of a chain counts
        ("x ~ 1 < 1", 1.0, False),
        ("x ~ 2 > 1", 1.0, False),
        ("0 < x ~ 1 ~ 2", 1.0, False),
        ("0 < x ~ 1 ~ 2*x - 1", 1.0, True),
        ("x == x", float("inf"), None),
        ("x == x", float("nan"), None),
    ],
)
def test_the_second_look_decides_or_leaves_what_float64_said(text, x, decided):
    assert RigorousCheck(parse(text, closeness=True), ["x"], 1e-9, 1e-12, False)({"x": x}) is decided
