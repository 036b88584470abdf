"""Supplied functions: their values and the record of their calls are the grader's, whatever the student's code does."""

from __future__ import annotations

import pytest

from grader.sandbox import Batch, FunctionCall, ObservedCall, Protocol, Returned, Sandbox, StudentProgram, TableFunction

STEP = TableFunction("step", 2, {(s, t): ((s + t) % 3, 10 * s + t) for s in range(3) for t in range(3)})
FIRST, SECOND = ObservedCall("step", (1, 2), (0, 12)), ObservedCall("step", (0, 1), (1, 1))

LOOKS = """
def f(step):
    import gc, types
    step(1, 2)
    seen, waiting, found = set(), [step], []
    while waiting and len(seen) < 5000:
        thing = waiting.pop()
        if id(thing) in seen or isinstance(thing, types.ModuleType):
            continue
        seen.add(id(thing))
        if isinstance(thing, (list, tuple)) and len(thing) == 2 and 21 in thing:
            found.append(list(thing))
        if isinstance(thing, dict) and (0, 0) in thing:
            found.append(list(thing))
        waiting += [getattr(thing, name, None) for name in ("__closure__", "__self__", "__dict__", "__defaults__")]
        waiting += gc.get_referents(thing)
    return found, [name for name in ("calls", "rows", "record", "observed", "table") if hasattr(step, name)]
"""


@pytest.mark.parametrize(
    "source",
    [
        "def f(step):\n    step(1, 2)\n    return step(0, 1)",
        "import copy\ndef f(step):\n    copy.deepcopy(step)(1, 2)\n    return copy.copy(step)(0, 1)",
        "def f(step):\n    from types import FunctionType as F\n"
        "    other = F(step.__code__, step.__globals__, 'x', None, step.__closure__)\n"
        "    step(1, 2)\n    return other(0, 1)",
        "import threading\ndef f(step):\n    step(1, 2)\n    thread = threading.Thread(target=step, args=(0, 1))\n"
        "    thread.start()\n    thread.join()",
        "def f(step):\n    step(1, 2)\n    step(0, 1)\n    step.calls = []\n    step.__dict__.clear()",
    ],
    ids=["called", "copied", "rebuilt", "in a thread", "with attributes of its own"],
)
def test_every_call_of_a_supplied_function_is_on_record(box: Sandbox, source: str) -> None:
    with box.open(StudentProgram(source.encode())) as session:
        reply = session.call([FunctionCall("f", (STEP,))])[0]
    assert isinstance(reply, Returned), reply
    assert reply.observed == (FIRST, SECOND)


def test_what_was_fed_is_on_record_as_it_was_then(box: Sandbox) -> None:
    """An array that is written into afterwards is not what was fed."""
    table = TableFunction("step", 1, {((0, 0),): 1, ((0, 1),): 2})
    source = b"import numpy\ndef f(step):\n    x = numpy.zeros(2)\n    step(x)\n    x[1] = 1\n    return step(x)"
    with box.open(StudentProgram(source)) as session:
        reply = session.call([FunctionCall("f", (table,))])[0]
    assert isinstance(reply, Returned), reply
    assert [list(one.args[0]) for one in reply.observed] == [[0, 0], [0, 1]]


def test_neither_values_nor_a_record_are_found_behind_a_supplied_function(box: Sandbox) -> None:
    with box.open(StudentProgram(LOOKS.encode())) as session:
        reply = session.call([FunctionCall("f", (STEP,))])[0]
    assert isinstance(reply, Returned), reply
    assert reply.value == ([], [])


ASKS = "import os, struct, json\ndef ask(text):\n    os.write(4, struct.pack('<I', len(text)) + text)\n"


def test_a_question_that_is_written_by_hand_is_a_call(box: Sandbox) -> None:
    source = f"""{ASKS}
def f(step):
    ask(b'["asks",0,[1,2]]')
    (size,) = struct.unpack("<I", os.read(3, 4))
    return json.loads(os.read(3, size))
"""
    with box.open(StudentProgram(source.encode())) as session:
        reply = session.call([FunctionCall("f", (STEP,))])[0]
    assert isinstance(reply, Returned), reply
    assert reply.value == [{"t": [0, 12]}]
    assert reply.observed == (FIRST,)


@pytest.mark.parametrize(
    "question",
    [
        b'["asks"]',
        b'["asks",0]',
        b'["asks",true,[1,2]]',
        b'["asks",0,[1]]',
        b'["asks",0,{"t":[1,2]}]',
        b'["asks",0,[1,{"x":[]}]]',
        b'["asks",0,[1,2],[0,12]]',
    ],
)
def test_what_is_no_question_costs_the_call(box: Sandbox, question: bytes) -> None:
    source = f"{ASKS}\ndef f(step):\n    ask({question!r})\n    os.read(3, 100)\n    return 1\n"
    with box.open(StudentProgram(source.encode())) as session:
        reply = session.call([FunctionCall("f", (STEP,))])[0]
        assert session.irregular
    assert isinstance(reply, Protocol), reply


def test_questions_that_do_not_wait_for_their_answers_cost_the_call(box: Sandbox) -> None:
    source = f"""{ASKS}
def f(step):
    one = b'["asks",0,[1,2]]'
    os.write(4, (struct.pack("<I", len(one)) + one) * 2)
    os.read(3, 1000)
    return 1
"""
    with box.open(StudentProgram(source.encode())) as session:
        assert isinstance(session.call([FunctionCall("f", (STEP,))])[0], Protocol)


def test_a_function_of_another_call_has_no_values_in_this_one(box: Sandbox) -> None:
    other = TableFunction("step", 1, {(1,): 5})
    source = b"kept = []\ndef f(step):\n    kept.append(step)\n    return kept[0](1)"
    mine = [TableFunction("step", 1, {(1,): 4}), other]
    with box.open(StudentProgram(source)) as session:
        first, second = session.call([FunctionCall("f", (table,)) for table in mine])
    assert isinstance(first, Returned)
    assert str(second) == "ValueError: step() was supplied for another call"


def test_the_same_answer_after_other_calls_is_another_reply(box: Sandbox) -> None:
    batch = Batch([FunctionCall("f", (STEP,))])
    for arguments, wanted in (("1, 2", (FIRST,)), ("0, 1", (SECOND,)), ("1, 2", (FIRST,))):
        with box.open(StudentProgram(f"def f(step):\n    step({arguments})\n    return 7".encode())) as session:
            reply = session.call(batch)[0]
        assert isinstance(reply, Returned), reply
        assert reply.observed == wanted


def test_arguments_of_many_bytes_have_an_end(box: Sandbox) -> None:
    source = b"def f(step):\n    for _ in range(100):\n        try:\n            step('x' * 100_000, 0)\n"
    source += b"        except ValueError as error:\n            if 'KiB' in str(error): raise\n"
    with box.open(StudentProgram(source)) as session:
        reply = session.call([FunctionCall("f", (STEP,))])[0]
    assert str(reply) == "ValueError: step() was called with more than 256 KiB of arguments"


NAMED = TableFunction("step", 2, STEP.rows, ("state", "token"))


@pytest.mark.parametrize("call", ["step(state=1, token=2)", "step(1, token=2)", "step(token=2, state=1)", "step(1, 2)"])
def test_arguments_may_be_given_by_name(box: Sandbox, call: str) -> None:
    with box.open(StudentProgram(f"def f(step): return {call}".encode())) as session:
        reply = session.call([FunctionCall("f", (NAMED,))])[0]
    assert isinstance(reply, Returned), reply
    assert (reply.value, reply.observed) == ((0, 12), (FIRST,))


@pytest.mark.parametrize(
    ("table", "call", "message"),
    [
        (NAMED, "step(1, state=2)", "step() takes the arguments state, token, and was called as step(1, state=2)"),
        (
            NAMED,
            "step(1, 2, token=2)",
            "step() takes the arguments state, token, and was called as step(1, 2, token=2)",
        ),
        (NAMED, "step(1, tokne=2)", "step() takes the arguments state, token, and was called as step(1, tokne=2)"),
        (NAMED, "step()", "step() takes 2 arguments (state, token) but 0 were given"),
        (NAMED, "step(1)", "step() takes 2 arguments (state, token) but 1 was given"),
        (STEP, "step(1, token=2)", "step() takes no arguments by name, and was called as step(1, token=2)"),
    ],
)
def test_names_that_are_not_its_own_are_refused(box: Sandbox, table: TableFunction, call: str, message: str) -> None:
    with box.open(StudentProgram(f"def f(step): return {call}".encode())) as session:
        assert str(session.call([FunctionCall("f", (table,))])[0]) == f"TypeError: {message}"
