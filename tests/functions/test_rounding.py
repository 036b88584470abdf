"""Float64 as students have it: no right answer is refused for rounding, and what is truly wrong is not let through."""

import math

import pytest

from grader.kinds.function.values import as_value, same
from grader.language.floats import close

NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("body", "inputs", "line"),
    [
        ("x", "real(0..1000)", "holds: 0.1 * x + 0.2 * x + 0.7 * out == x * (1/10 + 2/10 + 7/10)"),
        ("x", "integer(1..1000)", "holds: out / 10 + out / 5 == 3 * x / 10"),
        ("x", "real(0.1..1000)", "holds: (1/3) * out + (1/3) * out + (1/3) * out == x"),
        ("x", "integer(1..1000)", "holds: sqrt(out) ** 2 ~ x, rtol: 0, atol: 1e-300"),
        ("10 ** 17 + x", "integer(1..9)", "holds: out * 0.1 != 10**16"),
        ("2 * x", "real(0.001..1)", "holds: out - x + 2**60 == x + 2**60"),
    ],
)
def test_what_holds_exactly_is_not_refused_for_the_last_bit(judge, body, inputs, line):
    result = judge(f"def f(x):\n    return {body}", "f(x)", f"{{x: {inputs}}}", line).only
    assert (result.outcome, result.message) == ("passed", "")


def test_the_examples_above_do_fail_in_float64():
    assert any(0.1 * x + 0.2 * x + 0.7 * x != x for x in (k / 1000 for k in range(1000)))
    assert any(x / 10 + x / 5 != 3 * x / 10 for x in range(1000))
    assert any(abs(math.sqrt(x) ** 2 - x) > 1e-300 for x in range(1000))
    assert (10**17 + 1) * 0.1 == 10**16


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("x + 1e-15", "holds: out == x"),
        ("x * (1 + 2e-16)", "holds: out == x"),
        ("x - 1e-15", "holds: out >= x"),
        ("x + 1e-15", "holds: out ~ x, rtol: 0, atol: 1e-16"),
        ("x + 1e-15", "equals: reference.mod.f, rtol: 0, atol: 0"),
        ("x * (1 + 3e-9)", "holds: out ~ x, atol: 0"),
        ("x * (1 + 3e-9)", "equals: reference.mod.f, atol: 0"),
    ],
)
def test_what_is_truly_off_is_refused(judge, body, line):
    reference = "def f(x):\n    return x"
    result = judge(f"def f(x):\n    return {body}", "f(x)", "{x: real(0.25..1)}", line, reference=reference).only
    assert result.outcome == "failed"


BAD_NUMBERS = ["float('nan')", "[float('nan')]", "np.full(x, np.nan)", "[1.0] * (x - 1) + [float('nan')]"]


@pytest.mark.parametrize("given", BAD_NUMBERS)
@pytest.mark.parametrize(
    "line",
    [
        "holds: not out > 5",
        "holds: out != 3",
        "holds: 1 == 1",
        "holds: x >= 1 or out > 0",
        "somewhere: out != 3",
        "when: not out < 5, holds: 1 == 1",
        "when: out > 50, holds: 1 == 1",
        'holds: "f(x) != 3"',
        "equals: reference.mod.f",
        "equals: reference.mod.ones",
    ],
)
@pytest.mark.sampled(2)
def test_nan_never_passes(judge, given, line):
    reference = "def f(x):\n    return 3.0\ndef ones(x):\n    return [1.0] * x"
    source = f"import numpy as np\ndef f(x):\n    return {given}"
    assert judge(source, "f(x)", "{x: integer(1..9)}", line, reference=reference).only.outcome == "failed"


@pytest.mark.parametrize(
    ("body", "line", "points"),
    [
        ("math.nan", "holds: out != out", 1),
        ("math.nan", "holds: out == out", 0),
        ("math.nan", "equals: reference.mod.f", 1),
        ("[math.nan, 1]", "equals: reference.mod.g", 1),
        ("[1, math.nan]", "equals: reference.mod.g", 0),
        ("0.0", "equals: reference.mod.f", 0),
        ("math.inf", "equals: reference.mod.f", 0),
        ("[math.nan, 7]", 'of: "out[0]", equals: reference.mod.g', 1),
        ("math.nan", "when: not out < 5, holds: out != 3", 1),
    ],
)
def test_nan_passes_where_it_is_asked_for(judge, body, line, points):
    reference = "def f(x):\n    return float('nan')\ndef g(x):\n    return [float('nan'), 1.0]"
    source = f"import math\ndef f(x):\n    return {body}"
    assert judge(source, "f(x)", "{x: bit}", f"nan: true, {line}", reference=reference).only.points == points


@pytest.mark.parametrize(
    ("got", "wanted", "right"),
    [
        (1.0, 1, True),
        (True, 1, True),
        (1, True, True),
        (0.1 + 0.2, 0.3, True),
        (-0.0, 0.0, True),
        (1.0, INF, False),
        (-INF, INF, False),
        (INF, INF, True),
        (INF, 1.0, False),
        (INF, 10**400, False),
        (10**400, INF, False),
        (NAN, NAN, False),
        (NAN, INF, False),
        (10**400, 1.0, False),
        (1.0, 10**400, False),
        (10**400, 10**400, True),
        (10**400 + 1, 10**400, True),
        (10**400 + 10**395, 10**400, False),
        (2**53 + 1, 2.0**53, True),
        ("1", 1, False),
        (1, "1", False),
        ("a", "a", True),
        (None, None, True),
        (None, 0, False),
        (0, None, False),
        ([1, 2], (1, 2), True),
        ([1, 2], [1, 2, 3], False),
        ([], (), True),
        ([], [[]], False),
        ([[]], [[]], True),
        ([1], 1, False),
        (1, [1], False),
        ([1, 1], [[1, 1]], False),
        ([[1, 2], [3, 4]], ((1, 2), (3, 4)), True),
        ([[1], [2]], [1, 2], False),
        (([1.0], 2.0), [[1], 2], True),
        (([1.0], 2.0), [[1], 2, 3], False),
        ([[1, 2], [3]], ((1, 2), [3]), True),
        ([[1, 2], [3]], [[1, 2], [4]], False),
        (["a", 1], ["a", 1.0], True),
        (["a", 1], ["a", "1"], False),
        ({"W": [1.0], "b": 2}, {"b": 2.0, "W": (1,)}, True),
        ({"W": [1.0]}, {"W": [1.5]}, False),
        ({"W": [1.0]}, {"U": [1.0]}, False),
        ({"W": 1}, [1], False),
        ([NAN, 1.0], [NAN, 1.0], False),
        ([1.0, 2.0], [INF, 2.0], False),
    ],
)
def test_values_agree_as_they_should(got, wanted, right):
    assert same(as_value(got), as_value(wanted), 1e-9, 1e-12) is right


def test_arrays_agree_with_lists_of_the_same_shape():
    import numpy as np

    matrix = np.array([[1.0, 2.0], [3.0, 4.0]])
    for other, right in [
        ([[1, 2], [3, 4]], True),
        (((1, 2), (3, 4)), True),
        ([np.array([1.0, 2.0]), np.array([3.0, 4.0])], True),
        ((matrix[0], matrix[1]), True),
        ([1, 2, 3, 4], False),
        (matrix.T, False),
        (matrix.astype(int), True),
        (matrix[:, :1], False),
        (np.array([matrix]), False),
    ]:
        assert same(as_value(other), as_value(matrix), 1e-9, 1e-12) is right
        assert same(as_value(matrix), as_value(other), 1e-9, 1e-12) is right
    cube = np.arange(8.0).reshape(2, 2, 2)
    assert same(as_value(cube), as_value(cube.tolist()), 0, 0)
    assert not same(as_value(cube), as_value(cube + 1), 0, 0)
    assert same(as_value(np.zeros((0, 3))), as_value([]), 0, 0)
    assert same(as_value(np.float64(2)), 2, 0, 0)
    assert same(as_value(np.array(2)), 2, 0, 0)
    assert same(as_value(np.array([True, False])), as_value([1, 0]), 0, 0)
    assert same(as_value({"a": matrix}), as_value({"a": matrix.tolist()}), 0, 0)


@pytest.mark.parametrize("rtol", [0.0, 1e-9, 1.0])
@pytest.mark.parametrize("atol", [0.0, 1e-12, 3.0])
def test_closeness_is_what_it_says_for_ordinary_numbers(rtol, atol):
    numbers = [0.0, 1.0, -1.0, 1 + 1e-9, 1 + 2e-9, 1e-12, 2e-12, 3.5, 4, -4, 1e300]
    for got in numbers:
        for wanted in numbers:
            assert close(got, wanted, rtol, atol) is (abs(got - wanted) <= atol + rtol * abs(wanted))


@pytest.mark.parametrize(
    ("given", "line", "points"),
    [
        ("None", "holds: out != 3", 0),
        ("None", "holds: len(out) == 1", 0),
        ("None", "holds: out == out", 0),
        ("None", "holds: not out", 0),
        ("'yes'", "holds: out", 0),
        ("'yes'", "holds: out or x > 0", 0),
        ("'yes'", "holds: out != 3", 0),
        ("'yes'", "holds: 1 if out else 0", 0),
        ("['yes']", "holds: any(out)", 0),
        ("['yes']", "holds: all(out)", 0),
        ("{'a': 1}", "holds: out", 0),
        ("{'a': 1}", "holds: len(out) == 1", 0),
        ("[]", "holds: out", 0),
        ("[[1], [2, 3]]", "holds: out", 0),
        ("[[1], [2, 3]]", "holds: len(out) == 2", 1),
        ("[[1], [2, 3]]", 'holds: "out[1] == [2, 3]"', 1),
        ("[[1], [2, 3]]", "holds: out == out", 1),
        ("'abc'", "holds: len(out) == 3", 1),
        ("0", 'holds: "out == [0, 0, 0]"', 0),
        ("[0, 0, 0]", 'holds: "out == [0, 0, 0]"', 1),
        ("[0, 0]", 'holds: "out == [0, 0, 0]"', 0),
        ("[0, 0]", 'holds: "out != [0, 0, 0]"', 0),
        ("[0, 1, 0]", 'holds: "any(out != [0, 0, 0])"', 1),
        ("[0, 0, 0]", "holds: out == 0", 1),
        ("[]", "holds: out * 0.5 == 0", 0),
        ("[]", "holds: len(out * 0.5) == 0", 1),
        ("[[]]", "holds: len(out) == 1", 1),
        ("True", "holds: out == 1", 1),
        ("10 ** 400", "holds: out > 3", 1),
        ("10 ** 400", "holds: out ~ 3", 0),
        ("10 ** 400", "equals: reference.mod.three", 0),
        ("10 ** 4000", "holds: out * out * out > 0", 1),
        ("float('inf')", "holds: 3 ~ out", 0),
        ("float('inf')", "equals: reference.mod.infinite", 1),
        ("3.0", "equals: reference.mod.infinite", 0),
        ("3.0", "equals: reference.mod.three", 1),
        ("'3'", "equals: reference.mod.three", 0),
        ("[3]", "equals: reference.mod.three", 0),
    ],
)  # fmt: skip
def test_values_of_the_wrong_kind_are_no_truths(judge, given, line, points):
    reference = "def three(x):\n    return 3\ndef infinite(x):\n    return float('inf')"
    result = judge(f"def f(x):\n    return {given}", "f(x)", "{x: integer(1..2)}", line, reference=reference)
    assert result.only.points == points
    assert result.result.status == "graded"


def test_functions_of_the_language_are_those_of_mathematics(judge):
    lines = """
        holds: "softmax(out) ~ [exp(1), exp(2), exp(3)] / (exp(1) + exp(2) + exp(3))"
        holds: sin(out) ** 2 + cos(out) ** 2 ~ 1
        holds: cosh(out) ** 2 - sinh(out) ** 2 ~ 1
        holds: softplus(out) ~ log(1 + exp(out))
        holds: "diag(out) @ out ~ out * out"
        holds: "outer(out, out) @ out ~ out * dot(out, out)"
        holds: softplus(1000 * out) == 1000 * out
    """
    earned = judge("def f(x):\n    return [1, 2, 3]", "f(x)", "{x: bit}", lines).earned
    assert list(earned.values()) == [1] * 7
