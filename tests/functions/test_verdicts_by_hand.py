"""Every aim, for right and wrong functions: the verdict is what plain Python says over the same cases."""

import math
from itertools import product

import pytest

from .conftest import judged, plan_of

SIGNATURE, INPUTS = "f(x, n)", '{x: "sequence(0..4, integer(-5..5))", n: "integer(-3..3)"}'
REFERENCE = """
    def f(x, n):
        return sum(x) * n

    def doubled(x, n):
        return 2 * sum(x) * n
"""
STUDENTS = {
    "right": "def f(x, n):\n    return sum(x) * n",
    "a float": "def f(x, n):\n    return sum(x) * n + 0.0",
    "wrong where n is -3": "def f(x, n):\n    return sum(x) * n + (n == -3)",
    "wrong for long x": "def f(x, n):\n    return sum(x[:3]) * n",
    "wrong sign": "def f(x, n):\n    return sum(x) * abs(n)",
    "constant": "def f(x, n):\n    return 0",
    "raises for no entries": "def f(x, n):\n    return max(x) * 0 + sum(x) * n",
    "raises where n is 0": "def f(x, n):\n    return sum(x) * n * n // n",
    "refuses negative n": "def f(x, n):\n    if n < 0:\n        raise ValueError('n is negative')\n    return sum(x) * n",
    "refuses it with another error": "def f(x, n):\n    if n < 0:\n        raise KeyError('n')\n    return sum(x) * n",
    "refuses it without a word": "def f(x, n):\n    if n < 0:\n        raise ValueError\n    return sum(x) * n",
    "writes into x": "def f(x, n):\n    s = sum(x)\n    x.sort()\n    return s * n",
    "empties x": "def f(x, n):\n    s = 0\n    while x:\n        s += x.pop()\n    return s * n",
    "a list": "def f(x, n):\n    return [sum(x) * n]",
    "text": "def f(x, n):\n    return str(sum(x) * n)",
    "nothing": "def f(x, n):\n    sum(x) * n",
    "NaN": "def f(x, n):\n    return float('nan')",
    "NaN where n is 2": "def f(x, n):\n    return float('nan') if n == 2 else sum(x) * n",
    "infinite": "def f(x, n):\n    return float('inf')",
    "off by 1e-13": "def f(x, n):\n    return sum(x) * n + 1e-13",
    "off by 1e-6": "def f(x, n):\n    return sum(x) * n + 1e-6",
    "half": "def f(x, n):\n    return sum(x) * n / 2",
}


def returned(f, x, n):
    """What a call gives as a number; None where it gives none: a list with a number in it is no number."""
    try:
        out = f(list(x), n)
    except Exception:
        return None
    return out if isinstance(out, int | float) and not math.isnan(out) else None


def holds(test):
    def right(f, x, n):
        out = returned(f, x, n)
        return out is not None and test(out, x, n)

    return right


def agrees(within=None):
    """With the reference."""
    test = close if within is None else lambda out, wanted: abs(out - wanted) <= within
    return holds(lambda out, x, n: test(out, sum(x) * n))


def close(out, wanted):
    return abs(out - wanted) <= 1e-12 + 1e-9 * abs(wanted) if math.isfinite(out) else False


def raises_value_error(f, x, n):
    try:
        f(list(x), n)
    except ValueError as error:
        return type(error) is ValueError and bool(str(error))
    except Exception:
        return False
    return False


def pure(f, x, n):
    given = list(x)
    try:
        f(given, n)
    except Exception:
        return False
    return given == list(x)


LINES = {
    "holds: out == sum(x) * n": (holds(lambda out, x, n: out == sum(x) * n), all),
    "holds: out ~ sum(x) * n": (holds(lambda out, x, n: close(out, sum(x) * n)), all),
    "holds: abs(out) <= 60": (holds(lambda out, x, n: abs(out) <= 60), all),
    "holds: not out > 45": (holds(lambda out, x, n: not out > 45), all),
    "when: n >= 0, holds: out == sum(x) * n": (holds(lambda out, x, n: n < 0 or out == sum(x) * n), "n >= 0"),
    "when: len(x) < 4, equals: reference.mod.f": (agrees(), "len(x) < 4"),
    "somewhere: out == 0": (holds(lambda out, x, n: out == 0), any),
    "somewhere: out > 50": (holds(lambda out, x, n: out > 50), any),
    "equals: reference.mod.f": (agrees(), all),
    "equals: reference.mod.f, atol: 0.1": (agrees(within=0.1), all),
    "when: n < 0, raises: ValueError": (raises_value_error, "n < 0"),
    "pure: true": (pure, all),
}  # fmt: skip


def student(name):
    scope = {}
    exec(STUDENTS[name], scope)
    return scope["f"]


def expected(line, f, cases):
    test, over = LINES[line]
    if isinstance(over, str):
        return all(test(f, c["x"], c["n"]) for c in cases if eval(over, {"x": c["x"], "n": c["n"], "len": len}))  # noqa: S307  # a text of `LINES`
    return over(test(f, c["x"], c["n"]) for c in cases)


def all_expected(name, cases):
    """What each line is worth; to leave its arguments alone counts for a function of which another line holds."""
    others = {line: int(expected(line, student(name), cases)) for line in LINES if not line.startswith("pure")}
    return {
        line: others.get(line, int(any(others.values()) and expected(line, student(name), cases))) for line in LINES
    }


@pytest.fixture
def sampled(question):
    return question(SIGNATURE, INPUTS, "\n".join(LINES), "cases: 60\n", REFERENCE)


@pytest.mark.long
@pytest.mark.parametrize("name", STUDENTS)
@pytest.mark.sampled(4)
def test_each_line_says_what_python_says_on_its_cases(sampled, name):
    cases = plan_of(sampled).lines[0].group.cases
    verdicts = dict(zip(LINES, judged(sampled, STUDENTS[name]).earned.values(), strict=True))
    assert verdicts == all_expected(name, cases)


@pytest.mark.long
@pytest.mark.parametrize("name", STUDENTS)
@pytest.mark.sampled(4)
def test_an_exhaustive_line_says_what_python_says_on_all_inputs(question, name):
    lines = ["exhaustive: {length: 2}, " + line for line in LINES]
    listed = question(
        SIGNATURE, '{x: "sequence(0..9, integer(-2..2))", n: "integer(-3..3)"}', "\n".join(lines), "", REFERENCE
    )
    every = [
        {"x": list(x), "n": n} for size in range(3) for x in product(range(-2, 3), repeat=size) for n in range(-3, 4)
    ]
    result = judged(listed, STUDENTS[name])
    assert dict(zip(LINES, result.earned.values(), strict=True)) == all_expected(name, every)
    assert len(plan_of(listed).lines[0].group.cases) == len(every) == 217


@pytest.mark.long
@pytest.mark.parametrize("name", STUDENTS)
@pytest.mark.sampled(2)
def test_properties_over_several_calls_say_what_python_says(question, name):
    lines = ['holds: "f(x, 2 * n) == 2 * f(x, n)"', 'when: n >= 0, holds: "f(x, n) <= f(x, n + 1) or sum(x) < 0"']
    several = question(SIGNATURE, INPUTS, "\n".join(lines), "cases: 60\nreturns: real\n", REFERENCE)
    f, cases = student(name), plan_of(several).lines[0].group.cases

    def outs(c, *numbers):
        found = [returned(f, c["x"], n) for n in (c["n"], *numbers)]
        return None if None in found else found

    def doubles(c):
        found = outs(c, 2 * c["n"])
        return found is not None and found[1] == 2 * found[0]

    def rises(c):
        found = outs(c, c["n"] + 1)
        return found is not None and (found[0] <= found[1] or sum(c["x"]) < 0)

    wanted = [all(map(doubles, cases)), all(rises(c) for c in cases if c["n"] >= 0)]
    assert [bool(points) for points in judged(several, STUDENTS[name]).earned.values()] == wanted


IDEMPOTENT = {
    "clips": ("def g(v):\n    return [min(1, max(-1, e)) for e in v]", True),
    "halves": ("def g(v):\n    return [e / 2 for e in v]", False),
    "clips in NumPy": ("import numpy as np\ndef g(v):\n    return np.clip(v, -1, 1)", True),
    "drops an entry": ("def g(v):\n    return v[1:]", False),
    "answers once": (
        "def g(v):\n    if max(abs(v)) <= 1:\n        raise ValueError('small')\n    return v / max(abs(v))",
        False,
    ),
}


@pytest.mark.parametrize("name", IDEMPOTENT)
def test_a_call_of_an_answer(judge, name):
    source, right = IDEMPOTENT[name]
    result = judge(source, "g(v)", '{v: "vector(1..4, real(-5..5))"}', "holds: g(g(v)) == g(v)")
    assert bool(result.only.points) is right


SEEDED = {
    "draws from rng": ("def h(n, rng):\n    return [rng.random() for _ in range(n)]", [1, 1]),
    "a seed of its own": ("import numpy as np\ndef h(n, rng):\n    return np.random.default_rng(3).random(n)", [1, 0]),
    "the global generator": ("import numpy as np\ndef h(n, rng):\n    return np.random.random(n)", [0, 1]),
    "the clock": ("import time\ndef h(n, rng):\n    return [time.perf_counter() for _ in range(n)]", [0, 1]),
}


@pytest.mark.parametrize("name", SEEDED)
def test_the_same_generator_twice_and_another_one(judge, name):
    source, wanted = SEEDED[name]
    lines = 'holds: "h(n, rng) == out"\nsomewhere: "any(h(n, other) != out)"'
    result = judge(source, "h(n, rng)", "{n: integer(1..4), rng: generator, other: generator}", lines)
    assert [*result.earned.values()] == wanted


RUNS = {
    "right": ("out, fed = [], a\n    for _ in range(n):\n        fed = step(fed)\n        out.append(fed)\n    return out", [1, 1]),
    "feeds the first": ("return [step(a) for _ in range(n)]", [0, 0]),
    "one call too many": ("out, fed = [], a\n    for _ in range(n + 1):\n        fed = step(fed)\n        out.append(fed)\n    return out[:n]", [0, 1]),
    "calls nothing": ("return [0] * n", [0, 0]),
    "calls outside": ("return [step(7)] * n", [0, 0]),
    "by arrays": ("import numpy as np\n    out, fed = [], np.array(a)\n    for _ in range(n):\n        fed = np.array(step(fed))\n        out.append(fed)\n    return out", [1, 1]),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize("name", RUNS)
def test_what_is_fed_to_a_supplied_function(judge, name):
    body, wanted = RUNS[name]
    result = judge(
        f"def run(step, a, n):\n    {body}",
        "run(step, a, n)",
        "{step: {arguments: {a: integer(0..2)}, gives: [integer(0..2)]}, a: integer(0..2), n: integer(1..4)}",
        "feeds: reference.mod.run\nequals: reference.mod.run",
        reference=f"def run(step, a, n):\n    {RUNS['right'][0]}\n",
    )
    assert [*result.earned.values()] == wanted


def test_a_network_says_what_is_right(judge):
    network = 'network:\n  inputs: {z: integer}\n  initial: {y: 0}\n  equations: {y: "y[t-1] + z[t]"}\n  output: y\n'
    lines, inputs = "equals: network", '{z: "sequence(1..6, integer(-9..9))"}'
    assert judge("def total(z):\n    return sum(z)", "total(z)", inputs, lines, network).only.points == 1
    assert judge("def total(z):\n    return sum(z[1:])", "total(z)", inputs, lines, network).only.points == 0


def test_a_reply_that_was_right_once_is_asked_again_where_a_line_makes_calls_of_its_own(question):
    """Both give the same outputs; what the line calls itself tells them apart, also after a right answer."""
    asked = question("f(n)", '{n: "integer(1..9)"}', "holds: f(-n) == out\nholds: out == n", "cases: 9\n")
    right, wrong = "def f(n):\n    return abs(n)", "def f(n):\n    return n"
    for source, marks in ((right, [1, 1]), (wrong, [0, 1]), (right, [1, 1]), (wrong, [0, 1])):
        assert [*judged(asked, source).earned.values()] == marks


@pytest.mark.parametrize(
    ("body", "marks"),
    [
        ("return sum(x)", [1, 1]),
        ("x.append(0)\n    return sum(x)", [0, 1]),
        ("return 1 // (len(x) - 1) * 0 + sum(x)", [0, 0]),
        ("x.append(0)\n    return sum(x) // 0", [0, 0]),
    ],
)
def test_arguments_are_watched_where_every_call_has_a_value(question, body, marks):
    """A call without a value loses the line, whatever it does to its arguments; no other line is about arguments."""
    asked = question("f(x)", '{x: "sequence(0..3, integer(1..9))"}', "pure: true\nholds: out == sum(x)", "cases: 20\n")
    assert [*judged(asked, f"def f(x):\n    {body}").earned.values()] == marks
