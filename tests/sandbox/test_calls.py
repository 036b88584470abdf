"""Calls and their replies, from end to end."""

from __future__ import annotations

from typing import Any

import numpy
import pytest

from grader.errors import HarnessError
from grader.inputs.argument_types import GeneratorArgument
from grader.sandbox import (
    BadValue,
    Batch,
    FunctionCall,
    Limits,
    LoadedProgram,
    MissingFunction,
    ObservedCall,
    Raised,
    Refused,
    Returned,
    Sandbox,
    Skipped,
    StudentProgram,
    TableFunction,
    TimedOut,
)

Ask = Any

TWO = b"def double(x):\n    return x * 2\n\ndef hang():\n    while True: pass\n"


def test_a_value_comes_back(ask: Ask) -> None:
    assert ask("def f(x): return x * 2", 21).value == 42


def test_an_array_comes_back(ask: Ask) -> None:
    reply = ask("import numpy as np\ndef f(x): return np.clip(x, -1, 1)", numpy.array([[-3.0, 0.5]]))
    assert reply.value.tolist() == [[-1.0, 0.5]]
    assert reply.value.dtype == numpy.float64


def test_an_exception_names_the_students_own_lines_only(ask: Ask) -> None:
    reply = ask("def g(x):\n    return 1 / x\n\ndef f(x):\n    return g(x)\n", 0)
    places = ("solution.py, line 5, in f", "    return g(x)", "solution.py, line 2, in g", "    return 1 / x")
    assert reply == Raised("ZeroDivisionError", "division by zero", places)
    assert str(reply) == "ZeroDivisionError: division by zero"


def test_lines_of_libraries_are_left_out(ask: Ask) -> None:
    reply = ask("import numpy as np\ndef f(): return np.linalg.inv(np.zeros((2, 2)))")
    assert reply.type_name == "LinAlgError"
    assert len(reply.traceback_lines) == 2


def test_a_syntax_error_names_its_line(box: Sandbox) -> None:
    with box.open(StudentProgram(b"def f():\n    return (1\n", "mine.py")) as session:
        assert isinstance(session.load, Raised)
        assert session.load.type_name == "SyntaxError"
        assert session.load.traceback_lines == ("mine.py, line 2", "    return (1", "           ^")


def test_a_missing_function_is_told_with_those_that_there_are(box: Sandbox) -> None:
    with box.open(StudentProgram(TWO)) as session:
        reply = session.call([FunctionCall("Double", (1,))])[0]
    assert reply == MissingFunction("Double", ("double", "hang"))
    assert str(reply) == "there is no function 'Double' (did you mean 'double'?); it defines double and hang"


def test_of_many_functions_some_are_named() -> None:
    names = tuple(f"g{number}" for number in range(100))
    assert str(MissingFunction("f", names)) == (
        "there is no function 'f'; it defines g0, g1, g2, g3, g4, g5, g6, g7, g8, g9, g10, g11 and 88 more"
    )


def test_a_long_line_is_shown_in_part(box: Sandbox) -> None:
    with box.open(StudentProgram(b"x = (" + b"1 + " * 1000 + b"1))\n")) as session:
        assert isinstance(session.load, Raised)
        place, line = session.load.traceback_lines
    assert place == "solution.py, line 1"
    assert line == f"    {('x = (' + '1 + ' * 1000)[:119]}…"


def test_a_hanging_call_costs_itself_only(box: Sandbox, short: Limits) -> None:
    calls = [FunctionCall("double", (1,)), FunctionCall("hang"), FunctionCall("double", (3,))]
    with box.open(StudentProgram(TWO), short) as session:
        first, second, third = session.call(calls)
    assert (first.value, third.value) == (2, 6)
    assert second == TimedOut(0.3)
    assert str(second) == "took longer than the 0.3 s that a call may take"


def test_the_runs_time_is_shared_by_all_calls(box: Sandbox) -> None:
    limits = Limits(call_seconds=0.2, run_seconds=0.5)
    with box.open(StudentProgram(TWO), limits) as session:
        replies = session.call([FunctionCall("hang")] * 6 + [FunctionCall("double", (1,))])
    assert replies[0] == TimedOut(0.2)
    assert TimedOut(0.5, "the whole run") in replies
    assert replies[-1] == Skipped("the 0.5 s that the whole run may take were used up")


def test_a_process_is_not_replaced_for_ever(box: Sandbox) -> None:
    source = b"import os\ndef f(): os._exit(0)\n"
    with box.open(StudentProgram(source), Limits(restarts=2)) as session:
        replies = session.call([FunctionCall("f")] * 5)
    assert [type(reply).__name__ for reply in replies] == ["Died", "Died", "Died", "Skipped", "Skipped"]
    assert str(replies[-1]) == "its process was lost 3 times"


def test_a_second_round_uses_the_same_child_and_fresh_a_new_one(box: Sandbox) -> None:
    source = b"n = 0\ndef f():\n    global n\n    n += 1\n    return n\n"
    with box.open(StudentProgram(source)) as session:
        rounds = [
            session.call([FunctionCall("f")])[0],
            session.call([FunctionCall("f")])[0],
            session.call([FunctionCall("f")], fresh=True)[0],
        ]
        many = [session.call([FunctionCall("f")], fresh=True)[0] for _ in range(25)]
    assert [reply.value for reply in rounds] == [1, 2, 1]
    assert {reply.value for reply in many} == {1}


def test_one_batch_serves_many_submissions(box: Sandbox) -> None:
    batch = Batch([FunctionCall("f", (number,)) for number in range(300)])
    for factor in (2, 3):
        with box.open(StudentProgram(f"def f(x): return x * {factor}".encode())) as session:
            assert [reply.value for reply in session.call(batch)] == [number * factor for number in range(300)]


def test_arguments_are_made_anew_for_each_call_and_watched_on_request(ask: Ask) -> None:
    source = "def f(x, y, rng): x.append(1); y[0] = 9.0"
    reply = ask(source, [0], numpy.zeros(2), GeneratorArgument(0), watch_arguments=True)
    after = reply.arguments_after
    assert (after[0], after[1].tolist(), after[2]) == ([0, 1], [9.0, 0.0], None)
    assert ask(source, [0], numpy.zeros(2), GeneratorArgument(0)).arguments_after is None


def test_a_generator_is_that_of_its_seed(ask: Ask) -> None:
    drawn = ask("def f(rng): return rng.random()", GeneratorArgument(7))
    assert drawn.value == numpy.random.default_rng(7).random()


STEP = TableFunction("step", 2, {(0, "a"): (1, "b"), (1, "b"): (0, "a"), ((0, 1), "c"): [1, 2]})


def test_a_table_function_answers_and_is_observed(ask: Ask) -> None:
    reply = ask("def f(step):\n    s, t = step(0, 'a')\n    return step(s, t)", STEP)
    assert reply.value == (0, "a")
    assert reply.observed == (ObservedCall("step", (0, "a"), (1, "b")), ObservedCall("step", (1, "b"), (0, "a")))


def test_a_table_function_takes_lists_arrays_and_numpy_numbers(ask: Ask) -> None:
    calls = "step(np.int64(0), 'a'), step(np.array([0, 1]), 'c'), step(False, 'a')"
    assert ask(f"import numpy as np\ndef f(step): return [{calls}]", STEP).value == [(1, "b"), [1, 2], (1, "b")]


def test_a_table_functions_result_is_the_students_to_change(ask: Ask) -> None:
    reply = ask("def f(step):\n    step([0, 1], 'c').append(9)\n    return step([0, 1], 'c')", STEP)
    assert reply.value == [1, 2]
    assert reply.observed[0].result == [1, 2]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("step(5, 'z')", "ValueError: step() is not defined for the arguments (5, 'z')"),
        ("step({1}, 'z')", "ValueError: step() is not defined for the arguments ({1}, 'z')"),
        ("step(5)", "TypeError: step() takes 2 arguments but 1 was given"),
    ],
)
def test_a_table_function_says_what_it_does_not_know(ask: Ask, call: str, message: str) -> None:
    assert str(ask(f"def f(step): return {call}", STEP)) == message


@pytest.mark.long
def test_calls_of_a_table_function_have_an_end(box: Sandbox) -> None:
    source = b"def f(step): return [step(0, 'a') for _ in range(10_001)]"
    with box.open(StudentProgram(source), Limits(call_seconds=60, run_seconds=60)) as session:
        reply = session.call([FunctionCall("f", (STEP,))])[0]
    assert str(reply) == "ValueError: step() was called more than 10000 times"


def test_what_is_printed_is_kept_to_its_end(box: Sandbox) -> None:
    source = (
        b"import sys\nprint('loading')\ndef f():\n    print('x' * 200, end='')\n    print('end', file=sys.stderr)\n"
    )
    with box.open(StudentProgram(source)) as session:
        session.call([FunctionCall("f")])
        assert session.log.startswith(b"loading\n")
    with box.open(StudentProgram(source), Limits(log_bytes=10)) as session:
        session.call([FunctionCall("f")])
    assert session.log == b"xxxxxxend\n"


def test_each_call_may_print(box: Sandbox) -> None:
    source = b"def f(n):\n    for _ in range(n): print('x' * 1000)\n    return n\n"
    with box.open(StudentProgram(source), Limits(log_limit=1 << 20)) as session:
        replies = session.call([FunctionCall("f", (300,))] * 20 + [FunctionCall("f", (5000,))])
    assert [reply.value for reply in replies[:20] if isinstance(reply, Returned)] == [300] * 20
    assert str(replies[20]) == "it printed more than 1 MiB"


@pytest.mark.parametrize(
    "streams",
    [
        "sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding='utf-8')",
        "sys.stdout = io.TextIOWrapper(sys.stdout.detach(), encoding='utf-8', line_buffering=True)",
        "sys.stdout = codecs.getwriter('utf-8')(sys.stdout.buffer)",
        "sys.stdout = codecs.getwriter('utf-8')(sys.stdout.detach())",
        "sys.stdout = io.TextIOWrapper(io.BufferedWriter(sys.stdout.buffer), encoding='utf-8')",
        "sys.stdout = open(sys.stdout.fileno(), 'w', encoding='utf-8', closefd=False)",
        "sys.stdout.reconfigure(encoding='utf-8')",
        "kept, sys.stdout = sys.stdout, io.StringIO()\nsys.stdout = kept",
        "sys.stdout = io.StringIO()\nsys.stdout = sys.__stdout__",
        "sys.stdout = sys.stderr = io.TextIOWrapper(sys.stderr.buffer, encoding='utf-8')",
        "sys.stdin = io.TextIOWrapper(sys.stdin.buffer, encoding='utf-8')",
    ],
)
def test_streams_may_be_put_in_the_place_of_the_standard_ones(box: Sandbox, streams: str) -> None:
    source = f"import codecs, io, sys\n{streams}\ndef f(n):\n    print('é', n, flush=True)\n    return n\n".encode()
    with box.open(StudentProgram(source)) as session:
        assert session.load == LoadedProgram(("f",))
        replies = session.call([FunctionCall("f", (number,)) for number in range(3)])
        assert [getattr(reply, "value", reply) for reply in replies] == [0, 1, 2]
        assert session.log.decode() == "é 0\né 1\né 2\n"


def test_a_large_batch_arrives_whole(ask: Ask) -> None:
    assert ask("def f(x): return len(x)", "x" * 2_000_000).value == 2_000_000


def test_a_batch_that_is_too_large_is_our_fault(box: Sandbox) -> None:
    with (
        box.open(StudentProgram(TWO), Limits(input_bytes=1 << 20)) as session,
        pytest.raises(HarnessError, match=r"a batch of calls takes 2\.0 MiB; send at most 1"),
    ):
        session.call([FunctionCall("double", ("x" * (2 << 20),))])


def test_answers_have_a_limit_together(box: Sandbox) -> None:
    source = b"def f(): return 'x' * 100_000\n"
    with box.open(StudentProgram(source), Limits(output_bytes=1 << 20)) as session:
        replies = session.call([FunctionCall("f")] * 20)
    assert isinstance(replies[0], Returned)
    assert str(replies[-1]) == "its answers are larger than 1 MiB together"


def test_a_closed_session_says_so(box: Sandbox) -> None:
    with box.open(StudentProgram(TWO)) as session:
        assert session.load == LoadedProgram(("double", "hang"))
    assert session.call([FunctionCall("double", (1,))]) == [Skipped("the session is closed")]


def test_a_program_that_does_not_load_skips_every_call(box: Sandbox) -> None:
    with box.open(StudentProgram(b"\xff")) as session:
        assert isinstance(session.load, Refused)
        assert session.call([FunctionCall("f")] * 2) == [Skipped("the program could not be loaded")] * 2


def test_no_calls_no_replies(box: Sandbox) -> None:
    with box.open(StudentProgram(TWO)) as session:
        assert session.call([]) == []


def test_a_bad_value_reads_as_a_sentence(ask: Ask) -> None:
    reply = ask("def f(): return object()")
    assert isinstance(reply, BadValue)
    assert str(reply).startswith("returned object: not plain data: return numbers, booleans")


@pytest.mark.parametrize(
    ("returned", "kind", "instead"),
    [
        ("map(abs, [1])", "map", "put list(...) around it, which holds its values"),
        ("(x for x in [1])", "generator", "put list(...) around it, which holds its values"),
        ("range(3)", "range", "put list(...) around it, which holds its values"),
        ("{'a': 1}.values()", "dict_values", "put list(...) around it, which holds its values"),
        ("{1}", "set", "a set has no order, return a list or a tuple"),
        ("sorted", "builtin_function_or_method", "it was not called, return what it gives"),
        ("lambda: 1", "function", "it was not called, return what it gives"),
        ("[].copy", "builtin_function_or_method", "it was not called, return what it gives"),
        ("2j", "complex", "a complex number, return its real part where that is meant"),
    ],
)
def test_of_what_is_often_returned_it_is_said_what_to_return(ask: Ask, returned: str, kind: str, instead: str) -> None:
    assert str(ask(f"def f(): return {returned}")) == f"returned {kind}: not plain data: {instead}"
    assert str(ask("async def f(): return 1")).endswith("it was not awaited, define the function without `async`")


def test_what_a_program_does_to_json_and_marshal_does_not_reach_the_reading_of_its_calls(box: Sandbox) -> None:
    source = (
        b"import json, marshal\njson.loads = json._default_decoder = json.decoder.JSONDecoder = None\n"
        b"marshal.loads = marshal.load = lambda _: [['f', [0], False]]\ndef f(x):\n    return x\n"
    )
    with box.open(StudentProgram(source)) as session:
        for _ in range(2):
            replies = session.call([FunctionCall("f", (number,)) for number in range(40)])
            assert [getattr(reply, "value", reply) for reply in replies] == list(range(40))
