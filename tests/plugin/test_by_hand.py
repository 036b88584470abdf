"""Fixtures, helpers and strategies in tests that people write themselves."""

import pytest

HEAD = "from grader.pytest_plugin import assert_equal_formula, assert_proved\nfrom grader import strategies\n"

ALIVE = '{"initial": {"alive": 1}, "equations": {"alive": "alive[t-1] and x[t]"}, "output": "alive"}'

PYTHON = """
class behaviour:
    initial = staticmethod(lambda: True)
    step = staticmethod(lambda alive, x: (alive and x == 1, alive and x == 1))
"""


@pytest.fixture
def by_hand(course, hand_in):
    """Runs a test that was written by hand on a submission."""

    def by_hand(answers, text, *arguments):
        hand_in(answers)
        path = course.makepyfile(HEAD + text)
        return course.runpytest_inprocess("--submission", "alice", path, "-k", "test_by_hand", *arguments)

    return by_hand


@pytest.mark.long
def test_a_right_network_is_proved(by_hand, right):
    by_hand(right, 'def test_by_hand(answer): assert_proved(answer("latch"))').assert_outcomes(passed=1, deselected=7)


@pytest.mark.long
@pytest.mark.parametrize(("before", "behaviour"), [("", ""), ("", f", {ALIVE}"), (PYTHON, ", behaviour")])
def test_a_wrong_network_shows_the_shortest_counterexample(by_hand, forgets, before, behaviour):
    result = by_hand(forgets, f'{before}\ndef test_by_hand(answer): assert_proved(answer("latch"){behaviour})')
    result.assert_outcomes(failed=1, deselected=7)
    result.stdout.fnmatch_lines(
        [
            "E * AssertionError: on input 01 the output is 01, but 00 is wanted (the shortest such input)",
            "E * t  x  output  wanted",
            "E * 1  0       0       0",
            "E * 2  1       1       0  <-- first wrong step",
        ]
    )
    assert "asserts.py" not in result.stdout.str()


def test_an_answer_is_a_network_that_can_be_called(by_hand, forgets):
    by_hand(forgets, 'def test_by_hand(answer): assert answer("latch")("1101") == "1101"').assert_outcomes(
        passed=1, deselected=7
    )


def test_nothing_is_proved_within_too_few_states(by_hand, right):
    result = by_hand(right, 'def test_by_hand(answer): assert_proved(answer("latch"), states=1)')
    result.stdout.fnmatch_lines(["E * AssertionError: not proved: *its states do not end within 1"])


@pytest.mark.long
@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        ('{"equations": {"k": "z[t]"}, "output": "k"}', "behaviour: equations.k: 'z' is not defined here*"),
        ('{"equations": {}}', "*output*"),
        ("3", "a behaviour is a mapping as in a spec, or has initial() and step(state, *inputs)"),
    ],
)
def test_a_behaviour_that_cannot_be_used_is_said(by_hand, right, behaviour, message):
    result = by_hand(right, f'def test_by_hand(answer): assert_proved(answer("latch"), {behaviour})')
    result.stdout.fnmatch_lines([f"E * grader.errors.SpecError: {message}"])


EQUAL = [
    '"(a + b)**2", "a**2 + 2*a*b + b**2"',
    '"(A @ B).T", "B.T @ A.T", A=["n", "m"], B=["m", "k"]',
    '"log(x**2)", "2*log(x)", x="positive"',
    '"sum(h[k] for k in range(t, T))", "sum(h[k + 1] for k in range(t - 1, T - 1))"',
    'r"\\frac{a}{b}", "a / b", a="scalar", b="positive"',
    'answer("p.1"), "a*a + 2*a*b + b*b"',
]


@pytest.mark.long
@pytest.mark.parametrize("formulas", EQUAL)
def test_equal_formulas(by_hand, right, formulas):
    by_hand(right, f"def test_by_hand(answer): assert_equal_formula({formulas})").assert_outcomes(
        passed=1, deselected=7
    )


DIFFERENT = [
    (
        '"(a + b)**2", "a**2 + b**2"',
        ["at a = 1, b = 1", "  (a + b)[*][*]2", "is 4, but", "  a[*][*]2 + b[*][*]2", "is 2"],
    ),
    ('"2*log(x)", "log(x**2)"', ["at x = -1", "  2[*]log(x)", "has no value (log(-1) does not exist)*"]),
    ('"A @ B", "B @ A", A=["n", "m"], B=["m", "n"]', ["A @ B and B @ A are not shown to be equal: *"]),
    ('answer("p.1"), "a**2"', ["at *", "  a^2 + b^2", "is 2, but", "  a[*][*]2", "is 1"]),
]


@pytest.mark.long
@pytest.mark.parametrize(("formulas", "lines"), DIFFERENT)
def test_different_formulas_show_where(by_hand, forgets, formulas, lines):
    result = by_hand(forgets, f"def test_by_hand(answer): assert_equal_formula({formulas})")
    result.assert_outcomes(failed=1, deselected=7)
    result.stdout.fnmatch_lines([f"E * AssertionError: {lines[0]}", *(f"E   {line}" for line in lines[1:])])


def test_a_formula_that_cannot_be_read_points_at_the_place(by_hand, right):
    result = by_hand(right, 'def test_by_hand(): assert_equal_formula("a +", "a")')
    result.stdout.fnmatch_lines(["E * ValueError: *"])


@pytest.mark.long
@pytest.mark.parametrize(
    ("question", "message"),
    [
        ("two", "two can be answered in several ways: grade it as a whole"),
        ("p.1", "p.1: no answer was handed in"),
        ("latch", "answers.yaml:2:8: W2 and b are missing"),
        ("latsch", "'latsch' is not a question (did you mean 'latch'[?])*"),
    ],
)
def test_answers_that_are_not_there(by_hand, question, message):
    result = by_hand("assignment: small\nlatch: {W1: 1}\n", f'def test_by_hand(answer): answer("{question}")')
    result.stdout.fnmatch_lines([f"E * grader.errors.*Error: {message}"])


def test_the_assignment_grades(by_hand, right):
    text = "def test_by_hand(assignment, submission): assert assignment.grade(submission.path).points == 90"
    by_hand(right, text).assert_outcomes(passed=1, deselected=7)


@pytest.mark.long
def test_strategies_draw_words_of_a_question(by_hand, right):
    text = """
from hypothesis import given, strategies as st
@given(st.data())
def test_by_hand(answer, assignment, data):
    word = data.draw(strategies.words(assignment.only(["latch"]).questions[0]))
    ones = len(word) - len(word.lstrip("1"))
    assert answer("latch")(word) == "1" * ones + "0" * (len(word) - ones)
"""
    by_hand(right, text).assert_outcomes(passed=1, deselected=7)


@pytest.mark.long
def test_a_function_is_called_in_the_sandbox(course, hand_in):
    (course.path / "specs" / "double.yaml").write_text(
        "question: double\ntitle: Double\npoints: 1\nanswer: function\nsignature: double(x)\ninputs: {x: integer}\n"
        "checks: [{name: doubles, points: 1, holds: out == 2 * x}]\n"
    )
    hand_in("assignment: small\n", solution="def double(x):\n    return x + x if x else open('/etc/passwd').read()\n")
    path = course.makepyfile(
        "import pytest\n"
        "def test_right(answer): assert answer('double')(21) == 42\n"
        "def test_wrong(answer): answer('double')(0)\n"
    )
    result = course.runpytest_inprocess("--submission", "alice", "--spec", "specs/double.yaml", path, "-k", "test_")
    result.assert_outcomes(passed=1, failed=1, deselected=1)
    result.stdout.fnmatch_lines(["E * grader.errors.SubmissionError: double did not return a value: *"])


@pytest.mark.long
def test_own_code_on_another_system_runs_in_what_it_has_and_that_is_said(course, hand_in, monkeypatch):
    for module in ("sandbox.box", "own_code"):
        monkeypatch.setattr(f"grader.{module}.sys.platform", "darwin")
    (course.path / "specs" / "double.yaml").write_text(
        "question: double\ntitle: Double\npoints: 1\nanswer: function\nsignature: double(x)\ninputs: {x: integer}\n"
        "cases: 5\nchecks: [{name: doubles, points: 1, holds: out == 2 * x}]\n"
    )
    hand_in("assignment: small\n", solution="def double(x):\n    return 2 * x\n")
    options = ("--submission", "alice", "--spec", "specs/double.yaml")
    result = course.runpytest_inprocess(*options)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["code ran in tier D, all that this system has*", "alice: 1 of 1 points"])
    course.runpytest_inprocess(*options, "--require-sandbox", "strict").assert_outcomes(errors=1)


def test_without_a_submission_the_fixtures_say_what_they_need(course):
    path = course.makepyfile("def test_by_hand(answer): pass")
    result = course.runpytest_inprocess(path)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*this test is about a submission: say --submission DIR"])


def test_an_assignment_needs_no_submission(course):
    path = course.makepyfile("def test_by_hand(assignment): assert assignment.id == 'small'")
    course.runpytest_inprocess(path).assert_outcomes(passed=1)


def test_fixtures_of_the_same_name_take_their_place(course):
    course.makeconftest(
        "import pytest\n@pytest.fixture\ndef submission(): return 7\n@pytest.fixture\ndef answer(): return 8\n"
    )
    path = course.makepyfile("def test_by_hand(submission, answer): assert (submission, answer) == (7, 8)")
    course.runpytest_inprocess(path).assert_outcomes(passed=1)
