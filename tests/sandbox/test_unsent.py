"""Answers leave a child many at a time; whatever becomes of it, each is there and each loss is at its own call."""

from __future__ import annotations

import mmap
import random
from typing import Any

import pytest

from grader.sandbox import Batch, FunctionCall, Limits, Protocol, Raised, Returned, Sandbox, StudentProgram
from grader.sandbox.child import frames
from grader.sandbox.framing import UNSENT_BYTES, UNSENT_NUMBERS, UnsentFrames
from grader.sandbox.round import Round

LIMITS = Limits(call_seconds=0.3, load_seconds=1.0, run_seconds=5.0, log_limit=1 << 18)
CALLS = 60
TURN = 37  # not the first of those whose answers leave together
GARBAGE = b"\x05\0\0\0hello"


def replies_to(box: Sandbox, body: str, limits: Limits = LIMITS) -> tuple[list[Any], bool]:
    """What 60 calls of a function come to, and whether the session says that the program did what it should not."""
    source = f"import os, struct, sys, time\ndef f(x):\n    if x == {TURN}:\n        {body}\n    return x + 0.5\n"
    with box.open(StudentProgram(source.encode()), limits) as session:
        replies = session.call([FunctionCall("f", (x,)) for x in range(CALLS)])
        return [reply.value if isinstance(reply, Returned) else reply for reply in replies], session.irregular


ENDINGS = {
    "hangs": "while True: pass",
    "sleeps": "time.sleep(60)",
    "ends its process": "os._exit(3)",
    "ends its process as one does that cannot send": "os._exit(99)",
    "breaks its memory": "import ctypes; ctypes.string_at(0)",
    "prints without end": "print('x' * (1 << 21))",
    "closes the channel": "os.close(4)",
    "closes everything": "os.closerange(0, 64)",
    "writes garbage": f"os.write(4, {GARBAGE!r})",
    "writes half a frame": "os.write(4, b'\\x00\\x10\\x00\\x00[0,')",
    "writes a frame that is too large": "os.write(4, b'\\xff\\xff\\xff\\xff')",
    "answers ahead": f"os.write(4, struct.pack('<IBId', 13, 1, {TURN}, 7.0))",
    "answers another call": "os.write(4, struct.pack('<IBId', 13, 1, 3, 7.0))",
    "writes garbage, then ends its process": f"os.write(4, {GARBAGE!r}); os._exit(3)",
}


@pytest.mark.parametrize("body", [pytest.param(body, id=name) for name, body in ENDINGS.items()])
def test_a_loss_is_at_the_call_at_which_it_is_where_each_answer_leaves_at_once(
    monkeypatch: pytest.MonkeyPatch, box: Sandbox, body: str
) -> None:
    unsent = replies_to(box, body)
    begin = Round.__init__

    def begin_one_by_one(begun: Round, *arguments: Any) -> None:
        begin(begun, *arguments)
        begun._one_by_one = True

    monkeypatch.setattr(Round, "__init__", begin_one_by_one)
    one_by_one = replies_to(box, body)
    assert unsent == one_by_one
    replies, irregular = unsent
    assert irregular
    assert replies[:TURN] == [x + 0.5 for x in range(TURN)]
    assert any(not isinstance(reply, float) for reply in replies[TURN : TURN + 2])


def test_what_is_written_to_the_channel_by_one_child_alone_costs_a_call_too(box: Sandbox) -> None:
    """The next child is asked for the calls that are left, which are too few for it to do the same."""
    source = f"""\
import os, time
made = 0
def f(x):
    global made
    made += 1
    if x == 5:
        time.sleep(0.05)  # then the answers so far leave
    if made == {CALLS - 1}:
        os.write(4, {GARBAGE!r})
    return x
"""
    with box.open(StudentProgram(source.encode()), LIMITS) as session:
        first, second = session.stream(Batch([FunctionCall("f", (x,)) for x in range(CALLS)]), [10, CALLS - 10])
        assert session.irregular
    replies = [*first, *second]
    (lost,) = [reply for reply in replies if not isinstance(reply, Returned)]
    assert isinstance(lost, Protocol)
    assert replies.index(lost) == 6


def test_an_exception_is_an_answer_like_others(box: Sandbox) -> None:
    replies, irregular = replies_to(box, "raise ValueError('no')")
    assert not irregular
    assert isinstance(replies[TURN], Raised)
    assert [reply for reply in replies if not isinstance(reply, Raised)] == [x + 0.5 for x in range(CALLS) if x != TURN]


def test_each_of_many_calls_may_print_though_their_answers_leave_together(box: Sandbox) -> None:
    """All of them print more than one call may."""
    source = b"import os\ndef f(x):\n    os.write(1, b'x' * 40_000)\n    return x\n"
    with box.open(StudentProgram(source), LIMITS) as session:
        replies = session.call([FunctionCall("f", (x,)) for x in range(CALLS)])
    assert [reply.value for reply in replies if isinstance(reply, Returned)] == list(range(CALLS))


def test_a_call_that_hangs_costs_nothing_of_the_calls_before_it_in_an_earlier_piece(box: Sandbox) -> None:
    """Their answers are unsent when it begins: they come when its time is up, and it is counted once."""
    source = f"def f(x):\n    while x == {TURN}: pass\n    return x\n".encode()
    with box.open(StudentProgram(source), LIMITS) as session:
        batch = Batch([FunctionCall("f", (x,)) for x in range(CALLS)])
        first, second = session.stream(batch, [TURN, CALLS - TURN])
        assert [reply.value for reply in first if isinstance(reply, Returned)] == list(range(TURN))
        assert str(second[0]) == "took longer than the 0.3 s that a call may take"
        assert [reply.value for reply in second[1:] if isinstance(reply, Returned)] == list(range(TURN + 1, CALLS))
        assert session.timed_out_seconds == LIMITS.call_seconds


class EndError(Exception):
    """The process ends here."""


@pytest.mark.parametrize("seed", range(40))
def test_wherever_a_process_ends_each_frame_is_held_or_has_left(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """In the middle of a call of the system too: what has left of unsent frames is not taken twice."""
    rng = random.Random(seed)
    left, made, budget = bytearray(), bytearray(), rng.randrange(60_000)

    def write(_descriptor: int, data: bytes) -> int:
        taken = min(len(data), rng.randint(1, 5_000), budget - len(left))
        left.extend(data[:taken])
        if len(left) == budget:
            raise EndError
        return taken

    monkeypatch.setattr(frames, "_write", write)
    with mmap.mmap(-1, UNSENT_BYTES) as memory:
        outgoing = frames.OutgoingFrames()
        outgoing.share(memory)
        try:
            for number in range(400):
                frame = frames.framed("x" * rng.choice([9, 9, 9, 60, 700, UNSENT_BYTES]))
                made += frame
                outgoing.add(frame)
                if number % 50 == 49:
                    outgoing.flush()
        except EndError:
            pass
        unsent = UnsentFrames.read(memory[:])
        outgoing._numbers.release()
    assert unsent.left <= len(left)
    there = bytes(left) + unsent.data[len(left) - unsent.left :]
    assert made.startswith(there)
    assert len(made) - len(there) <= UNSENT_BYTES + 4, "but for a frame that was too large to be unsent"


@pytest.mark.parametrize("numbers", [(0, 0), (0, 1 << 63), ((1 << 64) - 1, (1 << 64) - 1), (5, UNSENT_BYTES)])
def test_whatever_a_program_writes_there_is_no_more_than_there_is(numbers: tuple[int, int]) -> None:
    memory = UNSENT_NUMBERS.pack(*numbers) + bytes(UNSENT_BYTES - UNSENT_NUMBERS.size)
    unsent = UnsentFrames.read(memory)
    assert unsent.left == numbers[0]
    assert len(unsent.data) == min(numbers[1], UNSENT_BYTES - UNSENT_NUMBERS.size)


def test_both_sides_mean_the_same_memory() -> None:
    assert (UNSENT_BYTES, UNSENT_NUMBERS.size) == (frames.UNSENT_MEMORY_BYTES, frames.UNSENT_START)
