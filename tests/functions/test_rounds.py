"""The calls of all questions go out together; whatever one function does, the others are judged as if they were alone."""

import pytest

from grader import grading
from grader.answers.code import Code
from grader.kinds.function.code_runner import RunnerPool, runner_pool
from grader.kinds.kept_assignment import kept_or_loaded
from grader.kinds.open_submission import Resources
from grader.kinds.stored_question import kept_of
from grader.sandbox import Batch, FunctionCall, Limits, Returned, Skipped, StudentProgram, TimedOut
from grader.sandbox.round import Round
from grader.sandbox.zygote import Zygote

from .conftest import POOL, SANDBOX, grade, question_text

ECHO = "def f(x):\n    return x\ndef g(x):\n    return -x\n"


def batch(name, numbers):
    return Batch([FunctionCall(name, (number,)) for number in numbers])


def joint_batch(*batches):
    return Batch([call for one in batches for call in one.calls])


def values(replies):
    return [reply.value if isinstance(reply, Returned) else type(reply).__name__ for reply in replies]


@pytest.fixture
def runner():
    """A runner of a source, with short calls."""
    opened = []

    def made(source):
        opened.append(POOL.open(Code("solution.py", source.encode(), "python"), 0.2))
        return opened[-1]

    yield made
    for one in opened:
        one.close()


def test_replies_to_calls_made_ahead_are_those_of_each_batch(runner):
    echo, first, second = runner(ECHO), batch("f", range(300)), batch("g", range(200))
    echo.prefetch([first, second], joint_batch(first, second))
    assert values(echo.call(first)) == list(range(300))
    assert values(echo.call(second)) == [-n for n in range(200)]
    assert values(echo.call(first)) == list(range(300))


def test_batches_may_be_looked_at_in_any_order_with_other_calls_between(runner):
    echo, first, second, third = runner(ECHO), batch("f", range(50)), batch("g", range(50)), batch("f", range(7))
    echo.prefetch([first, second, third], joint_batch(first, second, third))
    assert values(echo.call(second)) == [-n for n in range(50)]
    assert values(echo.call([FunctionCall("f", (99,))])) == [99]
    assert values(echo.call([FunctionCall("f", (98,))], fresh=True)) == [98]
    assert values(echo.call(third)) == list(range(7))
    assert values(echo.call(first)) == list(range(50))


def test_a_batch_of_which_no_call_was_made_is_asked_again(runner, monkeypatch):
    monkeypatch.setattr("grader.kinds.function.code_runner.SESSION_TIMEOUT_S", 0.5)
    source = "def f(x):\n    while True: pass\ndef g(x):\n    return x\n"
    code, hanging, fine = runner(source), batch("f", range(9)), batch("g", range(9))
    code.prefetch([hanging, fine], joint_batch(hanging, fine))
    lost = code.call(hanging)
    assert isinstance(lost[0], TimedOut)
    assert isinstance(lost[-1], Skipped)
    assert values(code.call(fine)) == list(range(9))


@pytest.mark.parametrize("sizes", [[10], [1] * 10, [3, 0, 7], [9, 1], [0, 10]])
def test_a_session_gives_its_replies_in_pieces(sizes):
    with SANDBOX.open(StudentProgram(ECHO.encode())) as session:
        pieces = list(session.stream(batch("f", range(10)), sizes))
        assert [len(piece) for piece in pieces] == sizes
        assert values([reply for piece in pieces for reply in piece]) == list(range(10))
        assert values(session.call([FunctionCall("g", (4,))])) == [-4]


@pytest.mark.parametrize("sizes", [[10], [1] * 10, [5, 5], [6, 4]])
@pytest.mark.parametrize(
    ("body", "lost"),
    [
        ("os._exit(0)", "Died"),
        ("time.sleep(9)", "TimedOut"),
        ("os.close(4)", "Died"),
        ("os.write(4, b'\\3\\0\\0\\0[9]')", "Protocol"),
    ],
)
@pytest.mark.sampled(2)
def test_in_pieces_as_in_one_a_call_that_is_lost_is_lost_alone(sizes, body, lost):
    """The fifth call goes wrong; where its trouble shows only with the next frame, it is still the only one."""
    source = f"import os, time\ndef f(x):\n    if x == 5:\n        {body}\n    return x\n"
    limits = Limits(call_seconds=0.2, run_seconds=3)
    with SANDBOX.open(StudentProgram(source.encode()), limits) as session:
        replies = [reply for piece in session.stream(batch("f", range(10)), sizes) for reply in piece]
    with SANDBOX.open(StudentProgram(source.encode()), limits) as session:
        assert values(replies) == values(session.call(batch("f", range(10))))
    assert values(replies) == [0, 1, 2, 3, 4, lost, 6, 7, 8, 9]


def lost_calls(judge, monkeypatch, source, inputs, checks):
    """How many calls were lost while a source was judged, and the marks."""
    lost = []

    def lose(begun, reply, lose=Round.lose):
        lost.append(reply)
        lose(begun, reply)

    monkeypatch.setattr(Round, "lose", lose)
    judged = judge(source, "f(x)", inputs, checks, seconds=0.1)
    return len(lost), [*judged.earned.values()]


HANGS = "def f(x):\n    while {}: pass\n    return x"


@pytest.mark.long
@pytest.mark.parametrize(
    ("hangs", "checks", "lost", "earned"),
    [
        ("True", "holds: out == x\nholds: out >= x", 1, [0, 0]),
        ("x < 0", "when: x < 0, holds: out == x\nwhen: x >= 0, holds: out == x", 1, [0, 1]),
        ("True", "when: x < 0, holds: out == x\nwhen: x >= 0, holds: out == x", 2, [0, 0]),
        ("x == 3", "holds: out == x\nwhen: x > 3, holds: out == x\nwhen: out > 3, holds: out == x", 1, [0, 1, 0]),
        ("x == 3", "when: x > 5 and out > 3, holds: out == x", 1, [1]),
        ("x == 7", "when: x > 5 and out > 3, holds: out == x", 1, [0]),
        ("x > 3", "somewhere: out == 3", 6, [1]),
        ("x > 3", "somewhere: out == 3\nholds: out == x", 6, [1, 0]),
        ("x > 3", "when: x < 3, holds: f(x + 4) == x\nwhen: x < 3, holds: out == x", 2, [0, 1]),
    ],
)
def test_after_a_call_is_lost_only_those_that_can_decide_a_line_are_made(
    judge, monkeypatch, hangs, checks, lost, earned
):
    """A line is lost with the first call it is about; one that any call can save is asked to the end."""
    found = lost_calls(judge, monkeypatch, HANGS.format(hangs), "{x: integer(-2..9)}", checks)
    assert found == (lost, earned)


TROUBLE = {
    "hangs": "def bad(x):\n    while True: pass",
    "dies": "import os\ndef bad(x):\n    os._exit(0)",
    "is missing": "",
    "closes the channel": "import os\ndef bad(x):\n    os.close(4)",
    "floods": "def bad(x):\n    print('x' * 300_000)\n    return x",
    "answers too much": "def bad(x):\n    return list(range(15_000))",
    "spoils the module": "def bad(x):\n    globals().pop('good', None)\n    return x",
}


@pytest.mark.long
@pytest.mark.parametrize("name", TROUBLE)
def test_trouble_in_one_question_costs_no_other_its_points(course, hand_in, monkeypatch, name):
    monkeypatch.setattr("grader.kinds.function.code_runner.SESSION_TIMEOUT_S", 0.4)
    more = "call_seconds: 0.12\ncases: 60\n"
    inputs = "{x: integer(0..999)}"
    texts = {
        "before": question_text("good(x)", inputs, "holds: out == x", more),
        "trouble": question_text("bad(x)", inputs, "holds: out == -1", more),
        "after": question_text(
            "other(x)", inputs, "holds: out == x\nholds: 'other(x + 1) == x + 1'".replace("'", '"'), more
        ),
    }
    source = f"def good(x):\n    return x\ndef other(x):\n    return x\n{TROUBLE[name]}\n"
    report = grade(hand_in(solution__py=source), course(**texts))
    assert [int(question.points) for question in report.questions] == [1, 0, 2]


def test_a_spec_that_fails_keeps_no_other_question_from_being_judged(course, hand_in):
    fine = question_text("f(x)", "{x: bit}", "holds: out == x")
    faulty = question_text("f(x)", "{x: bit}", "equals: reference.mod.f")
    report = grade(hand_in(solution__py=ECHO), course("def f(x):\n    return 1 // 0", a=fine, b=faulty, c=fine))
    assert [question.status for question in report.questions] == ["graded", "held", "graded"]
    assert report.points == 2


def test_calls_get_less_time_once_many_were_lost_and_what_returns_still_counts(course, hand_in, monkeypatch):
    """Five calls' worth of patience; a function that is right is asked after that too."""
    monkeypatch.setattr("grader.kinds.function.code_runner.SESSION_TIMEOUT_S", 0.35)
    monkeypatch.setattr("grader.sandbox.process.MAX_WRITING_S", 0.1)  # each call that is lost costs the session 0.2 s
    more = "call_seconds: 0.1\ncases: 20\n"
    inputs = "{x: integer(0..99)}"
    hangs = {f"h{i}": question_text(f"h{i}(x)", inputs, "holds: out == x", more) for i in range(8)}
    last = question_text("good(x)", inputs, "holds: out == x", more)
    source = "def good(x):\n    return x\ndef hang(x):\n    while True: pass\n"
    source += "".join(f"h{i} = hang\n" for i in range(8))
    report = grade(hand_in(solution__py=source), course(**hangs, last=last))
    messages = [question.checks[0].message for question in report.questions]
    whole, less = (
        "longer than the 0.1 s that a call may take",
        "longer than the 0.025 s that a call may take after others",
    )
    assert [whole in message for message in messages] == [True] * 5 + [False] * 4
    assert [f"{less} have taken 0.5 s in vain" in message for message in messages] == [False] * 5 + [True] * 3 + [False]
    assert [int(question.points) for question in report.questions] == [0] * 8 + [1]


def test_a_run_has_one_pool_for_each_requirement_and_closes_it():
    first, second = Resources(), Resources()
    pool = runner_pool(first, "strict")
    assert runner_pool(first, "strict") is pool
    assert runner_pool(first, "off") is not pool
    assert runner_pool(second, "strict") is not pool
    pool.open(Code("solution.py", ECHO.encode(), "python"), 0.2).close()
    zygote = pool._sandbox._zygote
    first.close()
    assert pool._sandbox._zygote is None
    assert zygote._process.poll() is not None


def test_grading_without_a_run_leaves_no_sandbox_behind(course, hand_in, monkeypatch):
    closed = []
    close = RunnerPool.close

    def noted(pool):
        close(pool)
        closed.append(pool)

    monkeypatch.setattr(RunnerPool, "close", noted)
    report = grading.grade(
        hand_in(solution__py="def f(x):\n    return x\n"),
        course(q=question_text("f(x)", "{x: integer(0..9)}", "holds: out == x")),
    )
    assert (report.points, len(closed)) == (1, 1)


def test_questions_from_the_cache_share_one_child_too(course, hand_in, monkeypatch, tmp_path):
    """What is asked ahead is found again where a question is loaded when its answer is scored."""
    monkeypatch.setenv("GRADER_CACHE", str(tmp_path / "cache"))
    texts = {name: question_text(f"{name}(x)", "{x: integer(0..9)}", "holds: out * out == x * x") for name in "fg"}
    path, opened = course(**texts).path, []
    start = Zygote.fork
    monkeypatch.setattr(Zygote, "fork", lambda *args, **named: (opened.append(1), start(*args, **named))[1])
    for loads in ("loaded", "from the cache"):
        opened.clear()
        assignment = kept_or_loaded(path)
        report = grade(hand_in(solution__py=ECHO), assignment)
        assert (report.points, len(opened)) == (2, 1), loads
    assert kept_of(assignment.questions[0]) is not None
