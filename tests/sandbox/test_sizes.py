"""What a child may send: counted before it is walked in the child, counted again in the parent, cut where it is text."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import numpy
import pytest

from grader.sandbox import BadValue, Raised, Returned, answers, codec
from grader.sandbox.answers import cut, load_of, reply_of, stable
from grader.sandbox.batch import MAX_REMEMBERED_FRAME_BYTES, Batch
from grader.sandbox.child import codec as child
from grader.sandbox.child import plain
from grader.sandbox.codec import UndecodableError, decode
from grader.sandbox.loading import Loading
from grader.sandbox.program import StudentProgram
from grader.sandbox.replies import LoadedProgram
from grader.sandbox.values import FunctionCall

CHILD = child.Codec(numpy)
WALKED = 200_000  # calls of Python functions that writing down any value may take, hostile ones included


def shared(width: int, depth: int) -> Any:
    """Lists that hold the same list `width` times, `depth` deep: nothing in memory, endless when written down."""
    value: Any = [0]
    for _ in range(depth):
        value = [value] * width
    return value


def calls_of(action: Any, *arguments: Any) -> tuple[int, Any]:
    """How many functions an action calls, and its result or exception."""
    count = 0

    def watch(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(watch)
    try:
        result = action(*arguments)
    except Exception as error:
        result = error
    finally:
        sys.setprofile(None)
    return count, result


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (numpy.zeros((10**9, 0)), "an array of shape (1000000000, 0); at most 65536 entries are taken"),
        (numpy.zeros((0, 10**9, 0)), "an array of shape (0, 1000000000, 0); at most 65536 entries"),
        (numpy.zeros((10**5, 10**5, 0)), "an array of shape (100000, 100000, 0)"),
        (numpy.zeros((2,) * 16), "an array of 16 dimensions; at most 8 are taken"),
        (numpy.zeros((0,) * 20), "an array of 20 dimensions; at most 8 are taken"),
        (numpy.zeros((60_000, 1, 1)), "at most 4096 matrices are taken"),
        (numpy.zeros((1, 60_000, 1, 0)), "at most 4096 matrices are taken"),
        (numpy.broadcast_to(numpy.float64(0), (10**12,)), "an array of 1000000000000 entries"),
        (numpy.broadcast_to(numpy.float64(0), (10**6, 10**6)), "an array of 1000000000000 entries"),
        ([[0]] * 31_000, "more than 4096 lists in one value; return an array"),
        ([[]] * 31_000, "more than 4096 lists"),
        ([()] * 31_000, "more than 4096 lists"),
        ([{}] * 31_000, "more than 4096 lists"),
        ([numpy.zeros(0)] * 5_000, "more than 4096 lists"),
        (shared(2, 30), "more than 4096 lists"),
        ([[0] * 1000] * 1000, "more than 65536 entries, all lists of it together"),
        (shared(10**6, 2), "1000000 entries; at most 65536 are taken"),
        ([[0] * 60_000] * 2, "more than 65536 entries, all lists of it together"),
        ({str(i): i for i in range(10**5)}, "100000 entries; at most 65536 are taken"),
        ("a" * 10**7, "a text of 10000000 characters; at most 129024 are taken"),
        ({"a" * 10**7: 1}, "a text of 10000000 characters"),
        (10**100_000, "an integer of more than 4300 digits"),
        ([10**5_000], "an integer of more than 4300 digits"),
        (shared(1, 40), "nested more than 32 deep"),
        (numpy.array([{}]), "an array of object"),
        (numpy.zeros(3, dtype=[("a", "f8")]), "an array of void"),
        (numpy.ma.zeros(3), "a subclass of numpy.ndarray"),
    ],
    ids=lambda part: part if isinstance(part, str) and len(part) < 100 else "",  # pytest would write out the values
)
@pytest.mark.sampled(2)
def test_a_value_that_is_too_large_is_named_before_it_is_walked(value: Any, message: str) -> None:
    count, result = calls_of(CHILD.text, value)
    assert isinstance(result, child.NotPlainError)
    assert message in result.message
    assert count < WALKED


@pytest.mark.parametrize(
    "value",
    [
        [[float(i)] for i in range(4_000)],
        [0] * 65_536,
        numpy.zeros((31_000, 2), "int8"),
        numpy.zeros((65_536, 0)),
        numpy.zeros((4_000, 3, 3), "int8"),
        numpy.zeros((1,) * 8),
        {str(i): i for i in range(8_000)},
        [-0.0, float("nan"), float("inf"), "a\0b", None, True],
    ],
    ids=lambda value: str(value)[:40],
)
def test_large_values_of_honest_code_arrive(value: Any) -> None:
    arrived = decode(json.loads(CHILD.text(value)))
    assert repr(arrived) == repr(value)


def test_both_sides_have_the_same_limits() -> None:
    assert codec.MAX_REPLY_ENTRIES == plain.MAX_SENT_ENTRIES
    assert codec.MAX_REPLY_CONTAINERS == plain.MAX_SENT_CONTAINERS
    assert codec.MAX_REPLY_DIMENSIONS == plain.MAX_SENT_DIMENSIONS


@pytest.mark.parametrize(
    "forged",
    [
        {"a": ["float64", [10**9, 0], ""]},
        {"a": ["float64", [0, 10**4000, 3], ""]},
        {"a": ["bool", [2] * 13, "A" * 10_924]},
        {"a": ["bool", [0] * 9, ""]},
        {"a": ["bool", [5_000, 1, 0], ""]},
        [[]] * 40_000,
        [{"t": []}] * 10_000,
        [{"d": []}] * 10_000,
        [{"a": ["bool", [0], ""]}] * 5_000,
        {"t": [[0]] * 5_000},
        {"d": [[str(i), []] for i in range(5_000)]},
        [[0] * 60_000, [0] * 5_537],
    ],
    ids=lambda forged: json.dumps(forged)[:40],
)
def test_a_forged_value_that_is_too_large_is_refused_before_it_is_walked(forged: Any) -> None:
    count, result = calls_of(decode, forged)
    assert isinstance(result, UndecodableError)
    assert count < 10 * codec.MAX_REPLY_CONTAINERS


def frame(*parts: Any) -> bytes:
    return json.dumps([0, *parts]).encode()


def test_what_a_child_says_of_an_exception_is_cut_and_escaped() -> None:
    lines = ["a\nb" + "l" * 10**4] * 1000
    reply = reply_of(frame("raised", "E" * 10**5, [], "m\x1b[2J\n\u202e" + "x" * 10**5, lines), 0, "f")
    assert isinstance(reply, Raised)
    assert reply.type_name == "E" * 80 + "... (99920 more characters)"
    assert reply.message.startswith("m\\x1b[2J\\n\\u202exxx")
    assert reply.message.endswith("... (99007 more characters)")
    assert len(reply.message) < 1_100
    assert len(reply.traceback_lines) == 16
    assert all(line.startswith("a\\nb") and len(line) < 350 for line in reply.traceback_lines)


def test_the_names_of_functions_are_cut_and_escaped() -> None:
    names = ["g" * 10**5, "a\nb", *["f"] * 1000]
    loaded = load_of(json.dumps(["loaded", names, 0, []]).encode(), Loading(StudentProgram(b"")))
    assert isinstance(loaded, LoadedProgram)
    assert loaded.functions[:3] == ("g" * 80 + "... (99920 more characters)", "a\\nb", "f")
    assert len(loaded.functions) == 100
    missing = reply_of(frame("missing", names, "w" * 10**5), 0, "h")
    assert len(str(missing)) < 2_000


def test_a_bad_value_is_cut_too() -> None:
    reply = reply_of(frame("bad", "T" * 10**4, "m" * 10**4, "[0]" * 10**4, []), 0, "f")
    assert isinstance(reply, BadValue)
    assert len(str(reply)) < 2_400


def test_text_that_needs_no_cut_is_kept() -> None:
    assert cut("Größe µ ∂ 你好", 80) == "Größe µ ∂ 你好"
    assert stable("no /usr/lib/python3.12/site-packages/numpy/core.py, (/opt/x/python3.11/json/a.py)") == (
        "no …/site-packages/numpy/core.py, (…/python3.11/json/a.py)"
    )
    assert stable("/site-packages/a at 0x7f0012345678 and a/b") == "/site-packages/a at 0x… and a/b"


HOSTILE = """
from grader.sandbox.answers import stable
for part in ("/", "/a", "//python3.1", "/site-packages", "0x", "0x00000", "/python3.11/x"):
    stable(part * 300_000)
print("done")
"""


@pytest.mark.long
def test_a_path_in_a_message_is_found_in_linear_time() -> None:
    """300,000 slashes kept a pattern that looked for the last of them from each of them busy for hours."""
    done = subprocess.run([sys.executable, "-c", HOSTILE], timeout=120, check=True, capture_output=True, text=True)
    assert done.stdout == "done\n"


def test_a_batch_remembers_no_long_answers() -> None:
    batch = Batch([FunctionCall("f")])
    short, long = (json.dumps([0, "returned", "a" * size]).encode() for size in (10, MAX_REMEMBERED_FRAME_BYTES))
    assert batch.reply(0, short, 0) is batch.reply(0, short, 0)
    assert batch.reply(0, long, 0) is not batch.reply(0, long, 0)


def test_a_child_that_is_asked_says_what_is_too_large(ask: Any) -> None:
    reply = ask("import numpy\ndef f():\n    return numpy.zeros((10**9, 0))\n")
    assert isinstance(reply, BadValue)
    assert "an array of shape (1000000000, 0)" in str(reply)


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("def f():\n    raise ValueError('/' * 120_000)\n", "ValueError: ////"),
        ("E = type('E' * 10**5, (Exception,), {})\ndef f():\n    raise E('x' * 10**7)\n", "EEEE"),
        ("E = type('E\\n\\x1b[31m', (Exception,), {})\ndef f():\n    raise E('a\\nb\\0')\n", "E\\n\\x1b[31m: a\\nb\\x00"),
        ("class E(Exception):\n    def __str__(self):\n        return 'x' * 10**7\ndef f():\n    raise E\n", "E: xxx"),
        ("def g(n):\n    g(n - 1) if n else 1 / 0\ng.__code__ = g.__code__.replace(co_name='g' * 10**5)\n"
         "def f():\n    g(500)\n", "ZeroDivisionError: division by zero"),
    ],
)  # fmt: skip
def test_exceptions_of_hostile_code_stay_short(ask: Any, source: str, shown: str) -> None:
    reply = ask(source)
    assert isinstance(reply, Raised)
    assert str(reply).startswith(shown)
    assert len(str(reply)) + sum(map(len, reply.traceback_lines)) < 5_000
    assert str(reply).isprintable()


def test_a_program_of_very_many_functions_names_the_first(box: Any, short: Any) -> None:
    from grader.sandbox import StudentProgram

    source = b"for i in range(10**4):\n    exec(f'def g{i}(): pass')\nexec('def ' + 'h' * 50_000 + '(): pass')\n"
    with box.open(StudentProgram(source), short) as session:
        assert isinstance(session.load, LoadedProgram)
        assert session.load.functions == tuple(f"g{i}" for i in range(answers.MAX_REPLY_NAMES))


def test_the_size_of_an_answer_is_known(ask: Any) -> None:
    reply = ask("def f():\n    return [0] * 1000\n")
    assert isinstance(reply, Returned)
    assert reply.size == len('[0,"returned",') + 2001 + len("]")
