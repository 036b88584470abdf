"""Answers that have come before are recognised in blocks, whatever stands before, between and behind them."""

from __future__ import annotations

import itertools
import json
import random
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from grader.sandbox import Batch, FunctionCall, Returned, Sandbox, StudentProgram, TableFunction
from grader.sandbox.framing import LENGTH_STRUCT, IncomingFrames
from grader.sandbox.known import BLOCK_CALLS, MAX_BLOCK_VARIANTS
from grader.sandbox.round import Round

CALLS = 3 * BLOCK_CALLS + 5


def batch_of(count: int = CALLS) -> Batch:
    return Batch([FunctionCall("f", (number,)) for number in range(count)])


def answers(change: dict[int, Any] = {}, count: int = CALLS) -> list[bytes]:  # noqa: B006  # nothing writes to it
    """The frames of a child that answers each call with its number, but for some."""
    frames = [json.dumps([n, "returned", change.get(n, n)]).encode() for n in range(count)]
    return [*frames, json.dumps([count, "end"]).encode()]


def sent(frames: list[bytes]) -> bytes:
    return b"".join(LENGTH_STRUCT.pack(len(frame)) + frame for frame in frames)


def taken(batch: Batch, data: bytes, pieces: list[int], child: Any = None) -> tuple[Round, list[int]]:
    """A round that is given the data in pieces, and how many frames were read one by one each time."""
    begun, incoming, read = Round(batch), IncomingFrames(1 << 17), []
    begun.next_request(child or SimpleNamespace(answered=0))

    def on_frames(frames: list[bytes]) -> bool:
        read.append(len(frames))
        return begun.take(frames)

    start = 0
    for end in [*pieces, len(data)]:
        incoming.add(data[start:end])
        start = end
        incoming.hand_over(begun.frames_until(len(batch)), on_frames, begun, questions=True)
    return begun, read


def values(begun: Round) -> list[Any]:
    return [reply.value for reply in begun.replies if isinstance(reply, Returned)]


def test_what_has_come_before_is_not_read_again() -> None:
    batch, data = batch_of(), sent(answers())
    first, read = taken(batch, data, [])
    assert sum(read) == CALLS + 1
    again, read = taken(batch, data, [])
    assert sum(read) == 1  # the end of the batch
    assert values(again) == values(first) == list(range(CALLS))
    assert all(one is other for one, other in zip(again.replies, first.replies, strict=True))
    assert again.frames_until(CALLS) == 0


def test_another_answer_is_seen_and_the_blocks_beside_it_are_known_still() -> None:
    batch = batch_of()
    taken(batch, sent(answers()), [])
    begun, read = taken(batch, sent(answers({BLOCK_CALLS + 3: "x"})), [])
    assert values(begun)[BLOCK_CALLS + 3] == "x"
    assert sum(read) == BLOCK_CALLS + 1


@pytest.mark.parametrize("seed", range(20))
def test_in_whatever_pieces_they_come(seed: int) -> None:
    rng = random.Random(seed)
    batch = batch_of()
    for _ in range(4):
        wanted = {rng.randrange(CALLS): rng.choice([-1, [2.5], "y"]) for _ in range(rng.randrange(3))}
        data = sent(answers(wanted))
        begun, _read = taken(batch, data, sorted(rng.sample(range(len(data)), 6)))
        assert values(begun) == [wanted.get(number, number) for number in range(CALLS)]
        assert begun.problem is None


def test_what_comes_in_pieces_again_and_again_leaves_room_for_other_answers() -> None:
    batch, data = batch_of(), sent(answers())
    for _ in range(MAX_BLOCK_VARIANTS):
        taken(batch, data, [len(data) // 8])
    other = sent(answers({3: "other"}))
    taken(batch, other, [])
    begun, read = taken(batch, other, [])
    assert values(begun)[3] == "other"
    assert sum(read) == 1  # the end of the batch


def test_a_program_that_sends_known_answers_out_of_turn_or_too_many_is_found_out() -> None:
    batch, frames = batch_of(), answers()
    taken(batch, sent(frames), [])
    for wrong in (frames[BLOCK_CALLS:], [*frames[:BLOCK_CALLS], *frames[:BLOCK_CALLS]], [*frames[:-1], frames[-2]]):
        begun, _read = taken(batch, sent(wrong), [])
        assert begun.problem == "it sent an answer that nobody had asked for"


def test_a_child_that_counts_otherwise_and_one_that_is_asked_for_values_are_read() -> None:
    batch = batch_of()
    taken(batch, sent(answers()), [])
    later = [json.dumps([n + 7, "returned", n]).encode() for n in range(CALLS)]
    begun, read = taken(batch, sent([*later, json.dumps([CALLS + 7, "end"]).encode()]), [], SimpleNamespace(answered=7))
    assert values(begun) == list(range(CALLS))
    assert sum(read) == CALLS + 1
    table = TableFunction("step", 1, {(1,): 2})
    supplied = Batch([FunctionCall("f", (number, table)) for number in range(BLOCK_CALLS)])
    for _ in range(2):
        _begun, read = taken(supplied, sent(answers(count=BLOCK_CALLS)), [])
        assert sum(read) == BLOCK_CALLS + 1


def test_only_so_many_different_answers_are_remembered() -> None:
    batch = batch_of()
    for number in range(MAX_BLOCK_VARIANTS + 3):
        taken(batch, sent(answers({0: -number})), [])
    _begun, read = taken(batch, sent(answers({0: -MAX_BLOCK_VARIANTS - 2})), [])
    assert read[0] == BLOCK_CALLS
    _begun, read = taken(batch, sent(answers({0: -MAX_BLOCK_VARIANTS + 1})), [])
    assert sum(read) == 1  # the end of the batch


@pytest.mark.parametrize(
    "sizes", [[BLOCK_CALLS, 3], [5, BLOCK_CALLS - 2], [1, 1, BLOCK_CALLS - 1], [BLOCK_CALLS + 1, 2]]
)
def test_batches_in_pieces_are_answered_in_one_child_for_ever(box: Sandbox, sizes: list[int]) -> None:
    """A block goes beyond no piece, so that the end of a batch is read where it comes."""
    program, whole, more = StudentProgram(b"def f(n):\n    return n\n"), batch_of(sum(sizes)), batch_of(2)
    for _ in range(3):
        with box.open(program) as session:
            pieces = list(session.stream(whole, sizes))
            assert [len(piece) for piece in pieces] == sizes
            assert session.at_rest()
            assert [reply.value for reply in session.call(more) if isinstance(reply, Returned)] == [0, 1]
            assert not session.irregular


@pytest.mark.parametrize("sizes", [[5, BLOCK_CALLS + 1, 3], [2 * BLOCK_CALLS + 2, 1]])
def test_of_pieces_that_have_come_before_only_the_end_is_read(sizes: list[int]) -> None:
    """In the pieces of before; in others what is asked for begins and ends within the blocks that are known."""
    count = sum(sizes)
    batch, data, read = batch_of(count), sent(answers(count=count)), [0]

    def on_frames(begun: Round, frames: list[bytes]) -> bool:
        read[0] += len(frames)
        return begun.take(frames)

    for wanted in (count + 1, 1):
        read[0] = 0
        begun, incoming = Round(batch, sizes=sizes), IncomingFrames(1 << 17)
        begun.next_request(SimpleNamespace(answered=0))  # type: ignore[arg-type]  # stands in for it
        incoming.add(data)
        for end in itertools.accumulate(sizes):
            incoming.hand_over(begun.frames_until(end), partial(on_frames, begun), begun, questions=True)
        assert values(begun) == list(range(count))
        assert read[0] == wanted


def changed(rng: random.Random, frames: list[bytes]) -> list[bytes]:
    """What a program sends that forges, repeats, leaves out, cuts or swaps frames, or whole blocks of them."""
    one, other = rng.randrange(len(frames)), rng.randrange(len(frames))
    start, end = one // BLOCK_CALLS * BLOCK_CALLS, other // BLOCK_CALLS * BLOCK_CALLS
    block = frames[start : start + BLOCK_CALLS]
    return rng.choice(
        [
            frames,
            [*frames[:one], *frames[one + 1 :]],
            [*frames[:one], frames[other], *frames[one:]],
            [*frames[:one], frames[one][:-1], *frames[one + 1 :]],
            [*frames[:one], b"", *frames[one + 1 :]],
            [*frames[:one], b"x" * ((1 << 17) + 1), *frames[one + 1 :]],
            [*frames[:end], *block, *frames[end:]],
            [*frames[:end], *block, *frames[end + BLOCK_CALLS :]],
            [*frames, frames[other]],
        ]
    )


def replies_in_pieces(batch: Batch, chunks: list[bytes], sizes: list[int], *, recognised: bool) -> list[Any]:
    """What stands in a round after each piece of a batch, up to one that does not come as it should; what is wrong."""
    begun, incoming = Round(batch, sizes=sizes), IncomingFrames(1 << 17)
    child, seen = SimpleNamespace(answered=0), []
    as_process: Any = child
    begun.next_request(as_process)
    left = list(chunks)
    for end in itertools.accumulate(sizes):
        while wanted := begun.frames_until(end):
            handed = incoming.hand_over(wanted, begun.take, begun if recognised else None, questions=True)
            if begun.problem or incoming.malformed or (handed.frames < wanted and not left):
                return [*seen, values(begun), begun.problem, incoming.malformed, child.answered]
            if handed.frames < wanted:
                incoming.add(left.pop(0))
        seen.append((values(begun), child.answered))
    return seen


@pytest.mark.parametrize("seed", range(10))
def test_whatever_a_program_sends_is_read_as_without_what_is_known(seed: int) -> None:
    rng = random.Random(seed)
    count = rng.choice([BLOCK_CALLS - 1, BLOCK_CALLS, 2 * BLOCK_CALLS + 1, CALLS])
    batch = batch_of(count)
    for _ in range(20):
        change = {rng.randrange(count): rng.choice(["x", [1.5]]) for _ in range(rng.randrange(3))}
        data = sent(changed(rng, answers(change, count)))
        cuts = [0, *sorted(rng.randrange(len(data) + 1) for _ in range(rng.choice([0, 2, 20]))), len(data)]
        chunks = [data[start:end] for start, end in itertools.pairwise(cuts)]
        ends = sorted({rng.randrange(1, count + 1), rng.randrange(1, count + 1), count})
        sizes = [end - start for start, end in itertools.pairwise([0, *ends])]
        found = replies_in_pieces(batch, chunks, sizes, recognised=True)
        assert found == replies_in_pieces(batch_of(count), chunks, sizes, recognised=False)
