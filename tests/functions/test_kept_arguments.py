"""What functions may and may not do besides: remember, refuse, leave alone, call what they are given."""

import pytest

from grader.hypothesis_corpus import smallest

from .conftest import judged, plan_of

WHOLE = '{x: "integer(-50..50)"}'


@pytest.mark.parametrize(
    ("inputs", "more"), [(WHOLE, ""), (WHOLE, "cases: 1\n"), (WHOLE, "cases: 2\n"), ("{x: one of 3}", "")]
)
@pytest.mark.parametrize(
    ("body", "points"),
    [
        ("last = None\ndef f(x):\n    global last\n    same, last = x == last, x\n    return -1000 if same else x", 0),
        ("seen = set()\ndef f(x):\n    new = x not in seen\n    seen.add(x)\n    return x if new else -1000", 0),
        ("last = (None, None)\ndef f(x):\n    global last\n    if x != last[0]: last = x, x\n    return last[1]", 1),
    ],
)
def test_a_function_that_remembers_its_last_argument_is_asked_the_same_at_once(judge, inputs, more, body, points):
    judgement = judge(body, "f(x)", inputs, "holds: out == x", more)
    assert judgement.only.points == points
    assert points or "when it was called again with the same arguments" in judgement.only.message


@pytest.mark.parametrize(
    ("raised", "points"),
    [
        ("ValueError('no')", 1),
        ("UnicodeError('no')", 1),
        ("json.JSONDecodeError('no', 'x', 0)", 1),
        ("Mine('no')", 1),
        ("np.linalg.LinAlgError('no')", 1),
        ("ValueError()", 0),
        ("KeyError('no')", 0),
        ("Exception('no')", 0),
        ("Fake('no')", 0),
        ("Late('no')", 0),
    ],
)
def test_subclasses_of_a_wanted_exception_count(judge, raised, points):
    start = (
        "import json\nimport numpy as np\nclass Mine(ValueError): pass\n"
        "Fake = type('ValueError', (Exception,), {})\nclass Late(Fake): pass\n"
    )
    assert (
        judge(f"{start}def f(x):\n    raise {raised}", "f(x)", "{x: bit}", "raises: ValueError").only.points == points
    )


def test_the_ancestors_of_ones_own_exception_count_by_name(judge):
    source = "class Broken(Exception): pass\nclass Worse(Broken): pass\ndef f(x):\n    raise Worse('no')"
    assert judge(source, "f(x)", "{x: bit}", "raises: Broken").only.points == 1
    assert judge(source, "f(x)", "{x: bit}", "raises: LookupError").only.points == 0


@pytest.mark.parametrize(
    ("body", "lines", "earned"),
    [
        ("return None", "holds: out == 2 * x\npure: true", [0, 0]),
        ("pass", "pure: true\nholds: out == 2 * x", [0, 0]),
        ("return 2 * x", "pure: true\nholds: out == 2 * x", [1, 1]),
        ("return abs(2 * x)", "when: x < 0, holds: out == 2 * x\npure: true\nwhen: x >= 0, holds: out == 2 * x", [0, 1, 1]),
        ("return 0", 'holds: out == 2 * x, points: 2, partly: [{holds: "abs(out) < 1", points: 1}]\npure: true', [1, 1]),
        ("return 0", "pure: true\npure: true", [1, 1]),
        ("return 0", "holds: out == 2 * x\npure: true\npure: true", [0, 0, 0]),
        ("raise ValueError('no')", "raises: ValueError\npure: true", [1, 0]),
    ],
)  # fmt: skip
def test_to_leave_arguments_alone_counts_for_a_function_that_does_something(judge, body, lines, earned):
    judgement = judge(f"def f(x):\n    {body}", "f(x)", WHOLE, lines, "returns: integer\n")
    assert [*judgement.earned.values()] == earned
    blocked = [check for check in judgement.result.checks if check.outcome == "blocked"]
    assert all("nothing shows that the function does something" in check.message for check in blocked)


STEP = "{step: {arguments: {state: integer(0..2), token: bit}, gives: [integer(0..2), bit]}, s: integer(0..2), k: bit}"


@pytest.mark.parametrize(
    "call",
    [
        "step(s, k)",
        "step(state=s, token=k)",
        "step(token=k, state=s)",
        "step(s, token=k)",
        "step(*[s], **dict(token=k))",
    ],
)
def test_a_supplied_function_takes_its_arguments_by_position_and_by_name(judge, call):
    """In a student's code and in the course's."""
    reference = f"def f(step, s, k):\n    return list({call})"
    source = f"def f(step, s, k):\n    return list({call})"
    lines = "equals: reference.mod.f\nfeeds: reference.mod.f"
    assert [*judge(source, "f(step, s, k)", STEP, lines, "", reference).earned.values()] == [1, 1]


@pytest.mark.parametrize("call", ["step(s)", "step(s, k, 1)", "step(s, tokens=k)", "step(s, k, token=k)"])
def test_a_supplied_function_refuses_other_arguments(judge, call):
    source = f"def f(step, s, k):\n    return list({call})"
    assert "TypeError: step() takes" in judge(source, "f(step, s, k)", STEP, "holds: len(out) == 2").only.message


@pytest.mark.parametrize(
    ("inputs", "count"),
    [
        ('{x: "one of 1, 1, 2"}', 2),
        ("{x: [bit, integer(0..3)]}", 4),
        ('{x: "sequence(0..2, one of 1, 1)"}', 3),
        ('{x: ["one of a", "word(1, ab)"]}', 2),
        ("{x: bit}", 2),
    ],
)
def test_what_an_exhaustive_line_lists_twice_counts_once(question, inputs, count):
    group = plan_of(question("f(x)", inputs, "holds: out == x, exhaustive: {length: 2}")).groups[0]
    assert len(group.cases) == count == group.evidence(len(group.cases)).inputs


@pytest.mark.parametrize("more", ["", "cases: 30\n"])
def test_whole_numbers_begin_with_those_that_must_not_be_missing(question, more):
    for inputs in ("{x: integer}", '{x: "integer(-2000..2000)"}', '{x: integer, y: "integer(0..5)"}'):
        signature = "f(x, y)" if "y" in inputs else "f(x)"
        cases = [case["x"] for case in plan_of(question(signature, inputs, "holds: out == x", more)).groups[0].cases]
        assert {0, 1, -1, 2, 3, 10, 100} < set(cases[:15])
        assert max(cases[:15]) > 1000
        assert len(cases) <= (30 if more else 200)


@pytest.mark.long
@pytest.mark.parametrize("wrong_at", [0, 1, -1, 7, 10, 100, "x > 1000", "x < -1000"])
def test_a_function_that_is_wrong_at_one_of_them_is_found_out(judge, wrong_at):
    test = wrong_at if isinstance(wrong_at, str) else f"x == {wrong_at}"
    source = f"def f(x):\n    return x + ({test})"
    assert judge(source, "f(x)", "{x: integer}", "holds: out == x", "cases: 40\n").only.points == 0


def test_shrinking_asks_about_so_many_inputs_and_no_more(question, monkeypatch):
    """However many candidates there are: 64 reals, all of which have to stay above a bound."""
    monkeypatch.setattr("grader.kinds.function.smallest.MAX_SHRINKING_CALLS", 30)
    tried = []

    def counted(*arguments, found=smallest, **named):
        strategy, fails, *rest = arguments

        def test(value):
            tried.append(value)
            return fails(value)

        return found(strategy, test, *rest, **named)

    monkeypatch.setattr("grader.kinds.function.smallest.smallest", counted)
    asked = question("f(x)", '{x: "vector(64, real(0..1000))"}', "holds: out == sum(x)", "cases: 40\n")
    check = judged(asked, "def f(x):\n    return 0.0 if sum(x) > 5 else sum(x)").only
    assert check.outcome == "failed"
    assert 0 < len(tried) <= 40 + 30 + 1


def test_an_argument_of_many_calls_is_sent_once(question):
    inputs = '{w: "one of 1", x: "integer(0..200)", step: {arguments: {k: integer(0..69)}, gives: ["k + 1"]}}'
    batch = plan_of(question("f(step, x)", inputs, "holds: out == x, exhaustive: {length: 1}")).groups[0].batch
    assert len(batch.calls) > 200
    assert len(batch._tables) == 1
