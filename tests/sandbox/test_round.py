"""A batch on its way: replies in their places whatever is lost, skipped or sent twice; known answers are not read again."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.sandbox import Batch, Died, FunctionCall, Protocol, Returned, Skipped
from grader.sandbox.batch import REMEMBERED_OVERHEAD_BYTES
from grader.sandbox.child.frames import CallRequest
from grader.sandbox.round import Round

LOST = Died("lost")


def calls(count: int) -> Batch:
    return Batch([FunctionCall("f", (number,)) for number in range(count)])


def child(answered: int = 0) -> Any:
    return SimpleNamespace(answered=answered)


def answer(number: int, value: object) -> bytes:
    return json.dumps([number, "returned", value]).encode()


def end(number: int) -> bytes:
    return json.dumps([number, "end"]).encode()


def asked(body: bytes | None) -> list[int]:
    """The numbers in a request."""
    assert body is not None
    return [call[1][0] for call in CallRequest.read(body).calls()]


def values(begun: Round) -> list[Any]:
    return [reply.value if isinstance(reply, Returned) else type(reply).__name__ for reply in begun.replies]


def test_an_answer_that_has_come_before_is_the_same_object() -> None:
    batch = calls(2)
    first = batch.reply(0, answer(0, [1, 2]), 0)
    assert isinstance(first, Returned)
    assert first.shared
    assert batch.reply(0, answer(0, [1, 2]), 0) is first
    assert batch.reply(0, answer(0, [1, 3]), 0) is not first


def test_a_known_answer_of_another_call_is_out_of_turn() -> None:
    """Or a program could answer a call with what another one was right about."""
    batch = calls(3)
    batch.reply(0, answer(0, 7), 0)
    batch.reply(1, answer(1, 8), 1)
    begun = Round(batch)
    begun.next_request(child())
    assert not begun.take([answer(0, 7), answer(0, 7)])
    assert begun.problem == "it sent an answer that nobody had asked for"
    again = Round(batch)
    again.next_request(child(answered=1))  # this child counts call 0 as its call 1
    assert not again.take([answer(0, 7)])


def test_answers_that_a_child_counts_otherwise_are_read_each_time() -> None:
    batch = calls(2)
    known = batch.reply(1, answer(1, 8), 1)
    other = batch.reply(1, answer(5, 8), 5)
    assert isinstance(other, Returned)
    assert not other.shared
    assert other is not known


def test_only_so_much_is_remembered() -> None:
    batch = calls(1)
    frame = answer(0, "x" * 1000)
    batch._room = len(frame) + REMEMBERED_OVERHEAD_BYTES
    assert batch.reply(0, frame, 0) is batch.reply(0, frame, 0)
    more = answer(0, "y" * 1000)
    first = batch.reply(0, more, 0)
    assert isinstance(first, Returned)
    assert not first.shared
    assert batch.reply(0, more, 0) is not first


def test_after_a_loss_the_next_child_is_asked_for_the_rest_alone() -> None:
    begun = Round(calls(6), lambda lost, left: [call for call in left if call % 2])
    assert asked(begun.next_request(child())) == [0, 1, 2, 3, 4, 5]
    assert begun.take([answer(0, 0), answer(1, 1)])
    begun.lose(LOST)
    assert begun.frames_until(6) == 3
    assert asked(begun.next_request(child())) == [3, 5]
    assert begun.take([answer(0, 3), answer(1, 5), end(2)])
    assert values(begun) == [0, 1, "Died", 3, "Skipped", 5]
    assert begun.frames_until(6) == 0


def test_where_nothing_is_left_nobody_is_asked() -> None:
    begun = Round(calls(4), lambda lost, left: ())
    begun.next_request(child())
    begun.lose(LOST)
    assert begun.frames_until(4) == 0
    begun.skip(4, Skipped("no"))
    assert values(begun) == ["Died", "Skipped", "Skipped", "Skipped"]


def test_a_piece_waits_for_the_end_when_nothing_is_left_after_it() -> None:
    """Or the end would still be in the pipe when the same child is asked again."""
    begun = Round(calls(6), lambda lost, left: [1, 2])
    begun.next_request(child())
    begun.lose(LOST)
    begun.next_request(child())
    assert begun.frames_until(3) == 3
    assert begun.take([answer(0, 1), answer(1, 2), end(2)])
    assert begun.frames_until(6) == 0


def test_one_answer_too_many_costs_the_last() -> None:
    begun = Round(calls(2))
    begun.next_request(child())
    assert not begun.take([answer(0, 0), answer(1, 1), answer(2, 2)])
    begun.lose(Protocol("one more"))
    assert values(begun) == [0, "Protocol"]


@pytest.mark.long
@given(st.data())
def test_whatever_is_lost_every_reply_stands_in_its_place(data: st.DataObject) -> None:
    """Against the plain account: a call is answered, lost, or one that was not worth making after a loss."""
    count = data.draw(st.integers(1, 12))
    lost = data.draw(st.sets(st.integers(0, count - 1)))
    kept = data.draw(st.sets(st.integers(0, count - 1)))
    begun = Round(calls(count), lambda _lost, left: [call for call in left if call in kept])
    wanted: list[Any] = []
    for call in range(count):
        dropped = any(isinstance(value, str) and value == "Died" for value in wanted) and call not in kept
        wanted.append("Skipped" if dropped else "Died" if call in lost else call)
    while len(begun.replies) < count:
        if not begun.frames_until(count):
            begun.skip(count, Skipped("no"))
            break
        now = child(data.draw(st.integers(0, 3)))
        number = now.answered
        todo = asked(begun.next_request(now))
        for call in todo:
            if call in lost:
                begun.lose(LOST)
                break
            assert begun.take([answer(number, call)])
            number += 1
        else:
            assert begun.take([end(number)])
            begun.skip(count, Skipped("no"))
    assert values(begun) == wanted


@pytest.mark.parametrize("frame", [b"[0,1]", b"[]", b'[0,"end"]', b'[1,"returned",1]', b"\xff"])
def test_anything_else_is_no_answer(frame: bytes) -> None:
    begun = Round(calls(1))
    begun.next_request(child())
    assert not begun.take([frame])
