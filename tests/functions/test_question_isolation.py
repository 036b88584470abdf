"""What the function of one question does to the grader's channel costs no other question anything."""

import pytest

from grader.answers.code import Code
from grader.errors import HarnessError
from grader.sandbox import Returned
from grader.sandbox.session import Session

from .conftest import POOL
from .test_rounds import batch, joint_batch, values

# A function that speaks on the channel itself; `turn` counts the calls of the process, as the frames do.
FORGER = """
import os, struct, json, threading, time
turn = 0
def frame(*parts):
    body = json.dumps(list(parts)).encode()
    os.write(4, struct.pack("<I", len(body)) + body)
def f(x):
    global turn
    turn += 1
    {attack}
    return x
def g(x):
    return -x
def h(x):
    return x + 1
"""
ATTACKS = {
    "an answer for the next call": "turn == 2 and frame(2, 'returned', 99)",
    "answers for all calls of the next question": "turn == 5 and [frame(n, 'returned', 99) for n in range(4, 12)]",
    "answers for some calls of the next question": "turn == 5 and [frame(n, 'returned', 99) for n in range(4, 7)]",
    "answers for others, then an exit": "turn == 5 and [frame(n, 'returned', 99) for n in range(4, 7)] and os._exit(0)",
    "answers for others, then a loop": "turn == 5 and [frame(n, 'returned', 99) for n in range(4, 7)] and time.sleep(9)",
    "all answers of all others and the end, then a loop": "turn == 5 and [frame(n, 'returned', 99) for n in range(4, 15)] and (frame(15, 'end'), time.sleep(9))",
    "an early end": "turn == 5 and frame(4, 'end')",
    "garbage": "turn == 3 and os.write(4, b'x' * 40)",
    "half a frame": "turn == 3 and os.write(4, b'\\x09')",
    "a frame that is too large": "turn == 3 and os.write(4, b'\\xff\\xff\\xff\\xff')",
    "an exit": "turn == 2 and os._exit(0)",
    "an abort": "turn == 2 and os.abort()",
    "a closed channel": "turn == 2 and os.close(4)",
    "a closed request channel": "turn == 2 and os.close(3)",
    "the requests read away": "turn == 5 and os.set_blocking(3, False) is None and os.read(3, 1)",
    "a loop": "turn == 2 and time.sleep(9)",
    "a thread that writes later": "turn == 5 and threading.Thread(target=lambda: (time.sleep(.02),"
    " frame(6, 'returned', 9), time.sleep(9)), daemon=True).start()",
    "too much printed": "turn == 2 and print('x' * (5 << 20))",
    "another answer after its own": "turn == 5 and frame(4, 'returned', x) and None",
}


@pytest.fixture
def opened(monkeypatch):
    """A runner of a source, with short calls."""
    made = []

    def runner(source):
        made.append(POOL.open(Code("solution.py", source.encode(), "python"), 0.3))
        return made[-1]

    yield runner
    for one in made:
        one.close()


@pytest.mark.parametrize("ahead", [True, False])
@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_in_the_first_question_costs_no_other_one(opened, attack, ahead):
    runner = opened(FORGER.format(attack=ATTACKS[attack]))
    first, second, third = batch("f", range(5)), batch("g", range(4)), batch("h", range(6))
    if ahead:
        runner.prefetch([first, second, third], joint_batch(first, second, third))
    runner.begin()
    assert len(runner.call(first)) == 5
    runner.begin()
    assert values(runner.call(second)) == [0, -1, -2, -3]
    runner.begin()
    assert values(runner.call(third)) == [1, 2, 3, 4, 5, 6]


@pytest.mark.long
@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_in_the_second_question_costs_neither_the_one_before_nor_the_one_after(opened, attack):
    runner = opened(FORGER.format(attack=ATTACKS[attack]))
    first, second, third = batch("g", range(4)), batch("f", range(5)), batch("h", range(6))
    runner.prefetch([first, second, third], joint_batch(first, second, third))
    runner.begin()
    assert values(runner.call(first)) == [0, -1, -2, -3]
    runner.begin()
    assert len(runner.call(second)) == 5
    runner.begin()
    assert values(runner.call(third)) == [1, 2, 3, 4, 5, 6]


def test_questions_of_an_honest_program_share_one_child_ahead(opened):
    runner = opened(FORGER.format(attack="None"))
    batches = [batch("f", range(5)), batch("g", range(4)), batch("h", range(6))]
    runner.prefetch(batches, joint_batch(*batches))
    child = runner._session._process
    for one in batches:
        runner.begin()
        assert all(isinstance(reply, Returned) for reply in runner.call(one))
    assert runner._session._process is child


@pytest.mark.parametrize("fault", [HarnessError("killed twice"), OSError("no more pipes")])
def test_a_question_that_is_held_holds_no_other_one(opened, monkeypatch, fault):
    """Whatever is killed is killed while the calls of the second question are made, every time."""
    runner = opened(FORGER.format(attack="None"))
    first, second, third = batch("f", range(5)), batch("g", range(4)), batch("h", range(6))
    real = Session._ask

    def ask(self, begun, end):
        if begun.batch is second or (len(begun.replies) >= 5 and len(begun.batch) > 6):
            raise fault
        real(self, begun, end)

    monkeypatch.setattr(Session, "_ask", ask)
    runner.prefetch([first, second, third], joint_batch(first, second, third))
    runner.begin()
    assert values(runner.call(first)) == [0, 1, 2, 3, 4]
    runner.begin()
    with pytest.raises(type(fault)):
        runner.call(second)
    runner.begin()
    assert values(runner.call(third)) == [1, 2, 3, 4, 5, 6]
