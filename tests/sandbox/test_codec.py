"""Values there and back: exactly what was sent, exactly what was returned, and nothing that is not plain data."""

from __future__ import annotations

import json
import math
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from enum import IntEnum, StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.inputs.argument_types import GeneratorArgument
from grader.sandbox.batch import CALLS_READ_TOGETHER, Batch
from grader.sandbox.child import frames
from grader.sandbox.child.codec import Codec as ChildCodec
from grader.sandbox.child.codec import NotPlainError
from grader.sandbox.codec import UndecodableError, decode, encode, parse
from grader.sandbox.values import (
    NOT_SENT,
    AttributeStep,
    FunctionCall,
    ObjectScript,
    ScriptArgument,
    ScriptStep,
    TableFunction,
    UnreadablePart,
)

CHILD = ChildCodec(numpy)
NOT_PLAIN = "not plain data: return numbers, booleans, strings, None, lists, tuples, dictionaries or arrays of them"

SCALARS = st.none() | st.booleans() | st.integers(-(10**40), 10**40) | st.floats() | st.text()
ARRAYS = arrays.arrays(
    st.sampled_from(["float64", "float32", "float16", "int64", "int8", "uint64", "bool"]),
    arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)
VALUES = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


def same(one: Any, other: Any) -> bool:
    """Equal in type and value; NaN is NaN and -0.0 is not 0.0."""
    if type(one) is not type(other):
        return False
    if isinstance(one, numpy.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and same(one.tolist(), other.tolist())
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, float):
        return repr(one) == repr(other)
    return bool(one == other)


def request_for(batch: Batch, indices: Sequence[int] | None = None) -> frames.CallRequest:
    """What a child reads of it."""
    return frames.CallRequest.read(batch.request(indices))


def sent(value: Any) -> Any:
    """As an argument of a call."""
    ((_name, (argument,), _tagged),) = request_for(Batch([FunctionCall("f", (value,))])).calls()
    return CHILD.value(argument, ())


def answered(value: Any) -> Any:
    """As the value of a supplied function."""
    return CHILD.value(json.loads(json.dumps(encode(value).sent)), ())


def returned(value: Any) -> Any:
    return decode(parse(f"[{CHILD.text(value)}]".encode("ascii"))[0])


@pytest.mark.long
@given(VALUES)
def test_an_argument_arrives_as_it_was_sent(value: Any) -> None:
    assert same(sent(value), value)
    assert same(answered(value), value)


@pytest.mark.long
@given(VALUES)
def test_a_result_arrives_as_it_was_returned(value: Any) -> None:
    assert same(returned(value), value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.0, 5e-324, 0.1, 2**53 + 1, 1e308])
def test_special_numbers_are_exact(value: Any) -> None:
    assert same(returned(value), value)
    assert same(sent(value), value)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (numpy.float64(0.1), 0.1),
        (numpy.float32(0.5), 0.5),
        (numpy.int64(3), 3),
        (numpy.uint8(3), 3),
        (numpy.bool_(True), True),
        (numpy.str_("a"), "a"),
    ],
)
def test_numbers_of_numpy_are_plain_numbers(value: Any, plain: Any) -> None:
    assert same(returned(value), plain)
    assert same(returned([value]), [plain])


@pytest.mark.parametrize("kind", [">f8", "<f8", ">i2", "longlong", "ulonglong", "intc", ">u4"])
def test_other_ways_to_store_the_same_numbers_arrive_as_the_usual_one(kind: str) -> None:
    value = numpy.array([[1, 2], [3, 4]], kind)[:, ::-1]
    for arrived in (returned(value), sent(value)):
        assert arrived.dtype == value.dtype.newbyteorder("=")
        assert arrived.tolist() == [[2, 1], [4, 3]]


def test_an_argument_can_be_written_into() -> None:
    arrived = sent(numpy.zeros((2, 2)))
    arrived[0] = 1
    assert arrived.flags.owndata or arrived.base.flags.owndata


def test_what_cannot_be_sent_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(TypeError, match="a value of type set cannot be sent to a submission"):
        Batch([FunctionCall("f", ({1},))])
    with pytest.raises(TypeError, match="has string keys, not 1"):
        Batch([FunctionCall("f", ({1: 2},))])
    with pytest.raises(TypeError, match="a value of type GeneratorArgument cannot be sent"):
        Batch([FunctionCall("f", (TableFunction("g", 1, {(1,): GeneratorArgument(1)}),))]).request()


def test_one_table_is_sent_once_for_many_calls() -> None:
    table = TableFunction("step", 1, {(1,): 2})
    request = request_for(Batch([FunctionCall("f", (table,)), FunctionCall("f", (table, [table]))]))
    assert request.tables == [["step", 1, []]], "its values stay with the grader"
    assert list(request.calls()) == [["f", [{"f": 0}], True], ["f", [{"f": 0}, [{"f": 0}]], True]]


def test_a_batch_can_be_asked_for_from_the_middle() -> None:
    batch = Batch([FunctionCall("f", (number,)) for number in range(4)])
    assert [call[1] for call in request_for(batch, range(2, 4)).calls()] == [[2], [3]]
    assert [call[1] for call in request_for(batch, [0, 3]).calls()] == [[0], [3]]
    assert batch.request() is batch.request()


@pytest.mark.parametrize("count", [0, 1, CALLS_READ_TOGETHER, CALLS_READ_TOGETHER + 1, 3 * CALLS_READ_TOGETHER])
def test_a_child_reads_some_calls_of_a_batch_when_they_are_due(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    request = request_for(Batch([FunctionCall("f", (number, "text", [1, {"a": (2,)}])) for number in range(count)]))
    read: list[bytes] = []
    real = frames._loads
    monkeypatch.setattr(frames, "_loads", lambda body: (read.append(body), real(body))[1])
    numbers = []
    for call in request.calls():
        numbers.append(call[1][0])
        assert call == ["f", [numbers[-1], "text", [1, {"d": [["a", {"t": [2]}]]}]], True]
        assert len(read) == -(-len(numbers) // CALLS_READ_TOGETHER)
    assert numbers == list(range(count))
    assert len(read) == len(request.some_calls)


def test_calls_that_are_given_the_same_list_get_one_each() -> None:
    """What a call writes into its argument comes to no other call."""
    shared = [1, 2]
    first, second = request_for(Batch([FunctionCall("f", (shared,))] * 2)).calls()
    first[1][0].append(3)
    assert second[1] == [[1, 2]]


def test_what_is_wanted_of_a_value_and_done_with_an_object_is_sent_as_lists() -> None:
    steps = (ScriptStep("w", "read", path=(AttributeStep(False, "layers"), AttributeStep(True, 0))),)
    call = FunctionCall(
        "Net",
        parts=(("w", None), ("a", ((1, None),))),
        script=ObjectScript((ScriptArgument(0, ("a", 1)),), (), steps, single=False),
    )
    ((_name, _arguments, _tagged, *more),) = request_for(Batch([call])).calls()
    path = [[False, "layers"], [True, 0]]
    said = {"init": [["", 0, ["a", 1]]], "set": [], "steps": [["w", "read", path, []]], "single": False}
    assert more == [False, [["w", None], ["a", [[1, None]]]], True, said]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "not an answer"),
        (b"{}", "not an answer"),
        (b"[1] 2", "not an answer"),
        (b"[1", "not an answer"),
        (b"\xff", "not an answer"),
        (b"[" * 100_000, "not an answer"),
        (b"[" + b"1" * 5000 + b"]", "not an answer"),
    ],
)
def test_bodies_that_are_no_frame(body: bytes, message: str) -> None:
    with pytest.raises(UndecodableError, match=message):
        parse(body)


def nested(depth: int) -> Any:
    return [nested(depth - 1), "x"] if depth else 1


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, "unknown kind"),
        ({"x": []}, "unknown kind"),
        ({"t": 1}, "unknown kind"),
        ({"t": [], "d": []}, "unknown kind"),
        ({"d": [["a"]]}, "malformed dictionary"),
        ({"d": [[1, 2]]}, "a number where a text belongs"),
        ({"d": [["a", 1], ["a", 2]]}, "one key twice"),
        ({"a": []}, "malformed array"),
        ({"a": ["object", [0], ""]}, "malformed array"),
        ({"a": [["float64"], [0], ""]}, "malformed array"),
        ({"a": ["float64", [0], [1.0]]}, "malformed array"),
        ({"a": ["float64", [-1], ""]}, "malformed array"),
        ({"a": ["int8", [True], "AA=="]}, "malformed array"),
        ({"a": ["int8", [1.0], "AA=="]}, "malformed array"),
        ({"a": ["int8", [1], "AA"]}, "malformed array"),
        ({"a": ["int8", [1], "A A=="]}, "malformed array"),
        ({"a": ["int8", [1], "AA==AA=="]}, "malformed array"),
        ({"a": ["int8", [1], "ÄÄ=="]}, "malformed array"),
        ({"a": ["int8", [0, 10**30], ""]}, "too many entries or rows"),
        ({"a": ["int8", [1] * 33, "AA=="]}, "malformed array"),
        ({"a": ["int8", [2], "AA=="]}, "do not fit"),
        ({"a": ["int16", [1], "AA=="]}, "do not fit"),
        ({"a": ["bool", [3], "AAIA"]}, "do not fit"),
        ({"a": ["float64", [10**30], "AA=="]}, "too many entries or rows"),
        ("\ud800", "not valid Unicode"),
        (nested(40), "nested too deeply"),
    ],
)
def test_values_that_no_honest_child_sends(value: Any, message: str) -> None:
    with pytest.raises(UndecodableError, match=message):
        decode(value)


def test_a_value_that_contains_itself_is_not_plain() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(NotPlainError, match="contains itself"):
        CHILD.text(value)


def test_what_many_calls_are_given_is_sent_once_and_made_anew_for_each() -> None:
    large, small = numpy.arange(100.0), [1, 2]
    batch = Batch([FunctionCall("f", (large, small, number)) for number in range(50)])
    request = request_for(batch)
    calls = list(request.calls())
    assert len(request.values) == 1
    assert len(batch.request()) < 5_000 + 2 * len(CHILD.text(large))
    common = CHILD.common(request.values)
    made = [CHILD.value(calls[number][1][0], (), common) for number in (0, 1)]
    assert all(same(one, large) for one in made)
    made[0][:] = 1
    assert same(made[1], large)
    assert same(CHILD.value({"v": 0}, (), common), large)


@pytest.mark.parametrize("shape", [(100,), (10, 10), (4, 5, 5)])
def test_an_array_that_many_calls_are_given_is_made_as_one_that_a_single_call_is(shape: tuple[int, ...]) -> None:
    """Whether it owns its entries, too: `resize` asks for that. What it is made of cannot be written into."""
    sent = encode(numpy.arange(100.0).reshape(shape)).sent
    one, many = CHILD.value(sent, ()), CHILD.value({"v": 0}, (), CHILD.common([sent]))
    assert same(one, many)
    assert one.flags.owndata == many.flags.owndata == (len(shape) == 1)
    (make,) = CHILD.common([encode(numpy.arange(100.0)).sent])
    assert not make.__self__.flags.writeable


class Pair(NamedTuple):
    one: int
    other: object


@pytest.mark.parametrize(
    ("value", "parts", "arrives"),
    [
        ((1, {2}), [[0, None]], (1, NOT_SENT)),
        ([1, {2}], [[0, None]], [1, NOT_SENT]),
        (Pair(1, object()), [[0, None]], (1, NOT_SENT)),
        (Pair(1, [2, object()]), [[1, [[0, None]]]], (NOT_SENT, [2, NOT_SENT])),
        ((1, 2), [[5, None]], (NOT_SENT, NOT_SENT)),
        ((1, [object()]), [[0, None], [1, None]], (1, UnreadablePart("object", NOT_PLAIN, "[1][0]"))),
        ((1, [{2}, 3]), [[1, [[1, None]]]], (NOT_SENT, [NOT_SENT, 3])),
        (7, [[0, None]], 7),
        ({"a": 1}, [[0, None]], {"a": 1}),
    ],
)
def test_parts_of_a_value_arrive_and_nothing_else(value: Any, parts: Any, arrives: Any) -> None:
    assert repr(decode(parse(f"[{CHILD.text(value, parts)}]".encode("ascii"))[0])) == repr(arrives)


@pytest.mark.parametrize(
    "sent",
    [
        {"p": []},
        {"p": [1, [[0, 1]]]},
        {"p": [-1, [], False]},
        {"p": [10**9, [], False]},
        {"p": [1, [[1, 1]], False]},
        {"p": [1, [[True, 1]], False]},
        {"p": [True, [], False]},
        {"p": [1, [0], False]},
        {"p": [1, [[0, {"x": [1, 2, 3]}]], False]},
        {"p": [1, [[0, {"x": ["a"]}]], False]},
        {"x": ["a", "b", "c"]},
        {"v": 0},
    ],
)
def test_parts_that_no_honest_child_sends(sent: Any) -> None:
    with pytest.raises(UndecodableError):
        decode(sent)


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ([1, {"a": (2, {3})}], "[1]['a'][1]"),
        (Pair(1, [Pair(1, 1j)]), "[1][0][1]"),
        ({"a" * 100: object()}, f"['{'a' * 39}]"),
        ({3}, ""),
        ([[0] * 60_000] * 2, ""),
    ],
)
def test_what_cannot_be_written_down_is_named_with_its_place(value: Any, where: str) -> None:
    with pytest.raises(NotPlainError) as caught:
        CHILD.text(value)
    assert caught.value.where == where


class Level(IntEnum):
    LOW = 1


class Word(StrEnum):
    A = "a"


class Same(float):
    def __eq__(self, other: object) -> bool:
        return True

    def __float__(self) -> float:
        return 1e9

    __hash__ = float.__hash__


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (Level.LOW, 1),
        ([Level.LOW, Word.A], [1, "a"]),
        ({Word.A: Level.LOW}, {"a": 1}),
        (Pair(1, Pair(2, None)), (1, (2, None))),
        (OrderedDict(a=[1]), {"a": [1]}),
        (defaultdict(list, a=[1]), {"a": [1]}),
        (Counter("aab"), {"a": 2, "b": 1}),
        (Same(0.5), 0.5),
        (Fraction(1, 3), 1 / 3),
        (Fraction(6, 3), 2),
        (Decimal("0.1"), 0.1),
        (Decimal("2.0"), 2),
        (numpy.longdouble(0.5), 0.5),
    ],
)
def test_a_value_of_a_subclass_is_what_the_plain_type_sees(value: Any, plain: Any) -> None:
    assert same(returned(value), plain)


def test_arrays_of_other_numbers_are_arrays_of_floats_or_lists() -> None:
    assert same(returned(numpy.array([0.5, 2], numpy.longdouble)), numpy.array([0.5, 2.0]))
    assert same(returned(numpy.array([[Fraction(1, 2), 3]], dtype=object)), [[0.5, 3]])
    assert same(returned(numpy.array([["a", "bc"], ["é", ""]])), [["a", "bc"], ["é", ""]])
    assert same(returned(numpy.array(["ab", 1], dtype=object)), ["ab", 1])
    assert same(returned([numpy.array("ab"), numpy.array(["ab", "c"])[1]]), ["ab", "c"])
    with pytest.raises(NotPlainError, match="an array of object"):
        CHILD.text(numpy.array([{1}], dtype=object))
    with pytest.raises(NotPlainError, match="not valid Unicode"):
        CHILD.text(numpy.array(["\ud800"]))
    with pytest.raises(NotPlainError, match="an array of bytes"):
        CHILD.text(numpy.array([b"ab"]))
    with pytest.raises(NotPlainError, match="too large for a float"):
        CHILD.text([Fraction(10**400, 3)])
