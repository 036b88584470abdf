"""Hidden lines: no input, expected value or output of theirs is in any report, whatever the function does."""

import re

import pytest

from .conftest import both_reports, grade, question_text

SECRET = range(70_000, 80_000)
REFERENCE = "def f(x):\n    return x + 7_000_000\n"
ECHOES = {
    "a wrong value": "def f(x):\n    return x",
    "a message": "def f(x):\n    raise ValueError(f'the input is {x}')",
    "a message of another line": "def f(x):\n    assert False, x",
    "no plain value": "class S(str): pass\ndef f(x):\n    return S(x)",
    "a loud death": "import os\ndef f(x):\n    print(x)\n    os._exit(x % 200)",
    "hanging": "def f(x):\n    while True: pass",
    "a long answer": "def f(x):\n    return [x] * 1000",
    "changed": "def f(x):\n    return str(x)",
}


def worst(text):
    """Numbers of the hidden inputs and of what is wanted for them."""
    text = re.sub(r'"sha256": "[0-9a-f]{64}"', "", text)  # of the student's own code
    numbers = {int(number) for number in re.findall(r"\d+", text)}
    return [n for n in numbers if n in SECRET or n - 7_000_000 in SECRET]


@pytest.fixture
def lab(course):
    """A visible line about small numbers, and hidden ones about large ones."""

    def made(*hidden):
        lines = ["name: small, holds: abs(x) < 100 or out == 0"]
        lines += [f'hidden: true, {line}, inputs: {{x: "integer({SECRET[0]}..{SECRET[-1]})"}}' for line in hidden]
        text = question_text("f(x)", '{x: "integer(0..99)"}', "\n".join(lines), "call_seconds: 0.2\ncases: 40\n")
        return course(REFERENCE, q=text)

    return made


AIMS = ["equals: reference.mod.f", "holds: out == 2 * x", "raises: KeyError", "pure: true", 'holds: "f(x + 1) == -1"']


@pytest.mark.long
@pytest.mark.parametrize("name", ECHOES)
def test_nothing_of_a_hidden_line_is_shown(lab, hand_in, monkeypatch, name):
    monkeypatch.setattr("grader.kinds.function.code_runner.SESSION_TIMEOUT_S", 0.5)
    report = grade(hand_in(solution__py=ECHOES[name]), lab(*AIMS))
    checks = {check.name: check for check in report.questions[0].checks}
    failed = [check for key, check in checks.items() if key != "small" and check.outcome == "failed"]
    assert len(failed) >= 3
    assert {check.message for check in failed} == {"fails on an input that is not shown"}
    assert worst(both_reports(report)) == []


def test_the_same_lines_do_show_them_where_they_are_not_hidden(course, hand_in):
    text = question_text("f(x)", f"{{x: integer({SECRET[0]}..{SECRET[-1]})}}", "\n".join(AIMS))
    assert worst(both_reports(grade(hand_in(solution__py=ECHOES["a wrong value"]), course(REFERENCE, q=text)))) != []


@pytest.mark.long
@pytest.mark.parametrize(("given", "failed"), [("seen[-300:]", 6), ("x", 3)])
def test_a_function_that_keeps_hidden_inputs_has_no_line_to_tell_them_in(course, hand_in, given, failed):
    """It gives all it has seen, in visible lines before and after the hidden ones and in the next question."""
    source = f"""
        seen = []
        def f(x):
            seen.append(x)
            return {given}

        def g(x):
            return seen[-300:] or x
    """
    hidden = f'hidden: true, holds: "f(x) < 0", inputs: {{x: "integer({SECRET[0]}..{SECRET[-1]})"}}'
    lines = f'holds: out == x\n{hidden}\nholds: out + 0 == x\n{hidden}, when: x > 0\nholds: "f(x) < 100"'
    first = question_text("f(x)", '{x: "integer(0..99)"}', lines, "cases: 40\n")
    second = question_text("g(x)", '{x: "integer(0..99)"}', "holds: out == x", "cases: 40\n")
    report = grade(hand_in(solution__py=source), course(q=first, r=second))
    outcomes = [check.outcome for question in report.questions for check in question.checks]
    assert outcomes.count("failed") == failed
    assert worst(both_reports(report)) == []


def test_hidden_lines_still_count_and_say_what_the_teacher_says(course, hand_in):
    large = 'inputs: {x: "integer(70000..79999)"}'
    partly = "partly: [{holds: out > 0, points: 1, say: You forget the sum.}]"
    lines = (
        f"hidden: true, points: 2, equals: reference.mod.f, {large}, {partly}\nhidden: true, holds: out == x, {large}"
    )
    lab = course(REFERENCE, q=question_text("f(x)", "{x: bit}", lines))
    report = grade(hand_in(solution__py="def f(x):\n    return x"), lab)
    partly, passed = report.questions[0].checks
    assert partly.message == "You forget the sum. (fails on an input that is not shown)"
    assert (partly.points, partly.outcome) == (1, "failed")
    assert (passed.points, passed.outcome) == (1, "passed")
    assert worst(both_reports(report)) == []


@pytest.mark.parametrize(
    ("line", "reference"),
    [
        ("equals: reference.mod.f", "def f(x):\n    raise ValueError(f'no {x}')"),
        ("equals: reference.mod.f", "def f(x):\n    return float('nan')"),
        ('equals: reference.mod.f, of: "out[0]"', "def f(x):\n    return x"),
        ('when: "x[0] > 1", holds: out == x', ""),
    ],
)
def test_a_fault_of_the_spec_in_a_hidden_line_is_held_without_telling(course, hand_in, line, reference):
    hidden = f'hidden: true, {line}, inputs: {{x: "integer({SECRET[0]}..{SECRET[-1]})"}}'
    lab = course(reference, q=question_text("f(x)", "{x: bit}", f"name: secret, {hidden}"))
    report = grade(hand_in(solution__py="def f(x):\n    return x"), lab)
    assert report.questions[0].status == "held"
    assert report.questions[0].messages == (
        "held, because the grader failed: SpecError: q: 'secret' cannot be judged on an input that is not shown",
    )
    assert worst(both_reports(report)) == []
