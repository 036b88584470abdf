"""Numbers and small arrays leave a child as bytes: the same answers as in JSON, and nothing else is taken."""

from __future__ import annotations

import math
import struct
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.sandbox import compact
from grader.sandbox.answers import reply_of
from grader.sandbox.child import compact as child_compact
from grader.sandbox.child.codec import Codec as ChildCodec
from grader.sandbox.codec import UndecodableError
from grader.sandbox.replies import Returned

from .test_codec import same

CHILD = ChildCodec(numpy)
LENGTH_BYTES = 4

NUMBERS = st.floats() | st.integers(-(1 << 63), (1 << 63) - 1)
SMALL_ARRAYS = arrays.arrays(
    st.sampled_from(["float64", "int64"]), arrays.array_shapes(min_dims=1, max_dims=2, min_side=1, max_side=20)
)


def compact_body(value: Any, number: int = 7) -> bytes | None:
    frame = CHILD.compact.of(number, value)
    if frame is None:
        return None
    assert struct.unpack_from("<I", frame) == (len(frame) - LENGTH_BYTES,)
    return frame[LENGTH_BYTES:]


def read(body: bytes, number: int = 7) -> Returned:
    reply = reply_of(body, number, "f")
    assert isinstance(reply, Returned)
    return reply


@given(NUMBERS | SMALL_ARRAYS, st.integers(0, 10_000))
def test_an_answer_as_bytes_is_the_one_in_json(value: Any, number: int) -> None:
    """The size too, by which limits are told: it is that of the JSON."""
    body = compact_body(value, number)
    assert body is not None
    in_json = read(f'[{number},"returned",{CHILD.text(value)}]'.encode("ascii"), number)
    arrived = read(body, number)
    assert same(arrived.value, in_json.value)
    assert arrived.size == in_json.size
    if isinstance(value, numpy.ndarray):
        assert not arrived.value.flags.writeable


@pytest.mark.parametrize(
    "value",
    [
        True, None, "a", 1 << 63, -(1 << 63) - 1, [1.0], (1, 2), numpy.float64(0.5), numpy.int64(3),
        numpy.zeros(0), numpy.zeros((0, 3)), numpy.array(2.0), numpy.zeros((1, 1, 1)), numpy.zeros(3, bool),
        numpy.zeros(3, ">f8"), numpy.zeros(3, "float32"), numpy.zeros(child_compact.MAX_COMPACT_ENTRIES + 1),
        type("Number", (float,), {})(1.5), numpy.ma.zeros(3),
    ],
)  # fmt: skip
def test_what_is_none_of_these_is_said_in_json(value: Any) -> None:
    assert compact_body(value) is None


def test_arrays_in_any_order_of_memory_arrive_in_theirs() -> None:
    value = numpy.arange(24.0).reshape(4, 6).T[::2, ::-1]
    body = compact_body(value)
    assert body is not None
    assert read(body).value.tolist() == value.tolist()


def test_without_numpy_numbers_leave_as_bytes_too() -> None:
    assert child_compact.CompactFrames(None).of(7, 0.5) == CHILD.compact.of(7, 0.5)


def test_both_sides_mean_the_same() -> None:
    assert compact.MAX_COMPACT_ARRAY_ENTRIES == child_compact.MAX_COMPACT_ENTRIES
    kinds = {
        (dtype, dimensions): bytes([kind])
        for dtype, both in child_compact.COMPACT_ARRAYS.items()
        for dimensions, kind in enumerate(both, 1)
    }
    assert {
        (name, start.size // 4 - 1): first for first, (name, start) in compact.COMPACT_ARRAY_STARTS.items()
    } == kinds


VECTOR = struct.Struct("<BII").pack
MATRIX = struct.Struct("<BIII").pack


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"\1", id="a float without anything"),
        pytest.param(b"\1" + bytes(11), id="a float that is too short"),
        pytest.param(b"\1" + bytes(13), id="a float that is too long"),
        pytest.param(b"\2\7\0\0\0", id="an integer without its value"),
        pytest.param(struct.pack("<BId", 1, 8, 0.5), id="of another call"),
        pytest.param(VECTOR(3, 8, 1) + bytes(8), id="an array of another call"),
        pytest.param(b"\3\7\0\0\0", id="an array without its length"),
        pytest.param(VECTOR(3, 7, 0), id="an array of nothing"),
        pytest.param(VECTOR(3, 7, 2) + bytes(8), id="an array that is too short"),
        pytest.param(VECTOR(3, 7, 2) + bytes(17), id="an array that is too long"),
        pytest.param(VECTOR(3, 7, 513) + bytes(8 * 513), id="an array that is too large"),
        pytest.param(MATRIX(4, 7, 1 << 31, 1 << 31) + bytes(8), id="a matrix without end"),
        pytest.param(MATRIX(4, 7, 1 << 16, 0) + bytes(8), id="a matrix of rows of nothing"),
        pytest.param(MATRIX(6, 7, 2, 2) + bytes(24), id="a matrix that is too short"),
        pytest.param(b"\7" + bytes(12), id="of no kind"),
        pytest.param(b"\0" + bytes(12), id="of no kind either"),
    ],
)
def test_anything_else_is_no_answer(body: bytes) -> None:
    with pytest.raises(UndecodableError):
        reply_of(body, 7, "f")


@given(st.binary(max_size=60))
def test_whatever_bytes_come_they_are_an_answer_or_none(body: bytes) -> None:
    """Nothing but what a child of ours could have sent is taken, and nothing else is raised."""
    body = bytes([1 + len(body) % 6]) + body
    try:
        reply = read(body, int.from_bytes(body[1:5], "little"))
    except UndecodableError:
        return
    value = reply.value
    again = compact_body(value, int.from_bytes(body[1:5], "little"))
    assert again == body or (isinstance(value, float) and math.isnan(value))
