"""`pure` is decided by what the grader sees of the arguments: a child that says something else of them loses it."""

import json
import textwrap

import pytest

from grader.answers.code import Code

from .conftest import POOL

LINES = "holds: out == 2 * g\npure: true"
ARRAY, LIST = '{g: "vector(1..4, integer(1..9))"}', '{g: "sequence(1..4, integer(1..9))"}'
MORE = "cases: 25\nreturns: vector(len(g))\n"

# Each doubles its argument in place, and has `copy`, an equal one, to show in its place.
FORGERIES = {
    "the list of what was given": """
        import sys
        def f(g):
            copy = kept(g)
            frame = sys._getframe(1)
            if "given" in frame.f_locals:
                frame.f_locals["given"][0] = copy
            return double(g)
    """,
    "every list in every frame": """
        import sys
        def f(g):
            copy = kept(g)
            frame = sys._getframe()
            while frame := frame.f_back:
                for value in list(frame.f_locals.values()):
                    if type(value) is list and any(item is g for item in value):
                        value[[item is g for item in value].index(True)] = copy
            return double(g)
    """,
    "frames by way of a traceback": """
        def f(g):
            copy = kept(g)
            try:
                raise KeyError
            except KeyError as error:
                frame = error.__traceback__.tb_frame
            while frame := frame.f_back:
                if "given" in frame.f_locals:
                    frame.f_locals["given"][0] = copy
            return double(g)
    """,
    "frames by way of a generator": """
        def up():
            yield me.gi_frame.f_back
        def f(g):
            global me
            copy = kept(g)
            me = up()
            frame = next(me)
            while frame := frame.f_back:
                if "given" in frame.f_locals:
                    frame.f_locals["given"][0] = copy
            return double(g)
    """,
    "everything that refers to the argument": """
        import gc
        def f(g):
            copy = kept(g)
            for holder in refused(gc.get_referrers, g) or ():
                if type(holder) is list:
                    for i, item in enumerate(holder):
                        if item is g:
                            holder[i] = copy
            return double(g)
    """,
    "what says what arguments hold": """
        import sys
        def f(g):
            frame = sys._getframe()
            while frame := frame.f_back:
                server = frame.f_locals.get("self")
                if hasattr(server, "_after"):
                    type(server)._after = lambda self, argument, shown=self_codec(server).plain(kept(g), 0): shown
            return double(g)
        def self_codec(server):
            return server.codec
    """,
    "the codec of the child": """
        import sys
        def f(g):
            copy = kept(g)
            frame = sys._getframe()
            while frame := frame.f_back:
                codec = frame.f_locals.get("codec") or getattr(frame.f_locals.get("self"), "codec", None)
                if codec is not None and not hasattr(type(codec), "honest"):
                    type(codec).honest = type(codec).plain
                    type(codec).plain = lambda self, value, depth: self.honest(copy if value is g else value, depth)
            return double(g)
    """,
    "the codec by way of gc": """
        import gc
        def f(g):
            copy = kept(g)
            for item in refused(gc.get_objects) or ():
                if type(item) is type and item.__name__ == "Codec" and not hasattr(item, "honest"):
                    item.honest = item.plain
                    item.plain = lambda self, value, depth: self.honest(copy if value is g else value, depth)
            return double(g)
    """,
    "json of the standard library": """
        import json, json.encoder
        json.dumps = lambda *a, **k: "[]"
        json.JSONEncoder.encode = json.JSONEncoder.iterencode = lambda self, value: "[]"
        def f(g):
            import sys
            kept_one = kept(g)
            if "given" in sys._getframe(1).f_locals:
                sys._getframe(1).f_locals["given"][0] = kept_one
            return double(g)
    """,
    "built-in functions": """
        import builtins, sys
        honest_len, honest_type, now = builtins.len, builtins.type, []
        def swap():
            frame = sys._getframe(1)
            while frame := frame.f_back:
                if "given" in frame.f_locals and now:
                    frame.f_locals["given"][0] = now[-1]
        def length(value):
            swap()
            return honest_len(value)
        builtins.len = length
        def f(g):
            now.append(kept(g))
            swap_here = sys._getframe(1).f_locals.get("given")
            if swap_here:
                swap_here[0] = now[-1]
            return double(g)
    """,
    "a hook that follows every return": """
        import sys
        def f(g):
            copy, frame = kept(g), sys._getframe(1)
            def hook(where, event, argument):
                if event == "return":
                    restore(g, copy)
            refused(sys.setprofile, hook)
            return double(g)
    """,
    "a hook for every thread": """
        import sys, threading
        def f(g):
            copy = kept(g)
            def hook(where, event, argument):
                given = where.f_locals.get("given")
                if given:
                    given[0] = copy
            refused(sys.settrace, hook)
            refused(threading.setprofile, hook)
            refused(getattr(threading, "setprofile_all_threads", print), hook)
            return double(g)
    """,
    "an audit hook": """
        import sys
        state = {}
        def hook(event, details):
            if event.startswith("marshal") and state:
                restore(*state["args"])
        refused(sys.addaudithook, hook)
        def f(g):
            copy = kept(g)
            given = sys._getframe(1).f_locals.get("given")
            if given:
                given[0] = copy
            state["args"] = (g, copy)
            return double(g)
    """,
    "a signal in the main thread": """
        import signal, sys
        state = []
        def handler(number, frame):
            if state:
                restore(*state[-1])
        refused(signal.signal, signal.SIGALRM, handler)
        def f(g):
            copy = kept(g)
            given = sys._getframe(1).f_locals.get("given")
            if given:
                given[0] = copy
            state.append((g, copy))
            refused(signal.setitimer, signal.ITIMER_REAL, 0.0001)
            return double(g)
    """,
    "an answer of its own": """
        import os, struct, sys
        count = [0]
        def f(g):
            copy = list(map(int, kept(g)))
            out = "[" + ",".join(str(2 * e) for e in copy) + "]"
            given = sys._getframe(1).f_locals.get("given")
            if given:
                given[0] = kept(g)
            else:
                body = '["0",%d,[%s],""]' % (count[0], out)
                count[0] += 1
                refused(os.write, 4, struct.pack("<I", len(body)) + body.encode())
            return double(g)
    """,
    "finalizers": """
        import gc, sys
        state = []
        class Delayed:
            def __del__(self):
                frame = sys._getframe()
                while frame := frame.f_back:
                    if "looked_at" in frame.f_locals or "given" in frame.f_locals:
                        restore(*state[-1])
        def f(g):
            copy = kept(g)
            given = sys._getframe(1).f_locals.get("given")
            if given:
                given[0] = copy
            state.append((g, copy))
            delayed = Delayed()
            delayed.me = delayed
            refused(getattr(gc, "enable", print))
            refused(gc.set_threshold, 1, 1, 1)
            return double(g)
    """,
    "the variables of other threads": """
        import sys
        def f(g):
            copy = kept(g)
            given = sys._getframe(1).f_locals.get("given")
            if given:
                given[0] = copy
            for frame in (refused(sys._current_frames) or {}).values():
                while frame:
                    for value in list(frame.f_locals.values()):
                        if type(value) is list and any(item is g for item in value):
                            value[[item is g for item in value].index(True)] = copy
                    frame = frame.f_back
            return double(g)
    """,
    "ctypes": """
        import sys
        def f(g):
            copy = kept(g)
            given = sys._getframe(1).f_locals.get("given")
            if given:
                given[0] = copy
            try:
                import ctypes
                ctypes.pythonapi.PyEval_GetFrame
                ctypes.py_object.from_address(id(g))
            except (ImportError, RuntimeError):
                pass
            return double(g)
    """,
    "modules that are loaded": """
        import sys
        def f(g):
            copy = kept(g)
            for module in list(sys.modules.values()):
                for name in ("serve", "Server", "Codec", "dumps", "observe"):
                    if hasattr(module, name):
                        setattr(module, name, None)
            given = sys._getframe(1).f_locals.get("given")
            if given:
                given[0] = copy
            return double(g)
    """,
    "the digest": """
        import hashlib, marshal, sys
        hashlib.sha256 = lambda data: None
        marshal.dumps = lambda value, version=0: b""
        def f(g):
            copy = kept(g)
            given = sys._getframe(1).f_locals.get("given")
            if given:
                given[0] = copy
            return double(g)
    """,
}
HELPERS = """
def refused(action, *arguments):
    try:
        return action(*arguments)
    except Exception:
        return None
def kept(g):
    return g[:] if type(g) is list else g.copy()
def double(g):
    g[:] = [2 * e for e in g]
    return kept(g)
def restore(g, copy):
    g[:] = copy
"""
PURE = {
    "a new array": "import numpy as np\ndef f(g):\n    return 2 * np.asarray(g)",
    "a new list": "def f(g):\n    return [2 * e for e in g]",
    "a copy that is written into": "def f(g):\n    g = g[:] if type(g) is list else g.copy()\n    g[:] = [2 * e for e in g]\n    return g",
    "moved and moved back": "def f(g):\n    out = []\n    for i in range(len(g)):\n        old = g[i]\n        g[i] = old + 1\n        out.append(2 * (g[i] - 1))\n        g[i] = old\n    return out",
    "frames, gc and threads of its own": "import gc, inspect, sys, threading\ndef f(g):\n    gc.collect()\n    inspect.currentframe()\n    sys._getframe(0)\n    out = []\n    one = threading.Thread(target=lambda: out.extend(2 * e for e in g))\n    one.start()\n    one.join()\n    return out",
    "imports while it runs": "def f(g):\n    import decimal, array, bisect, statistics\n    return [2 * e for e in g]",
    "deep recursion": "def f(g, depth=600):\n    return f(g, depth - 1) if depth else [2 * e for e in g]",
    "prints": "def f(g):\n    print(g)\n    return [2 * e for e in g]",
}
IMPURE = {
    "in place": "def f(g):\n    g[:] = [2 * e for e in g]\n    return g",
    "sorted": "def f(g):\n    out = [2 * e for e in g]\n    g.sort()\n    return out",
    "one entry": "def f(g):\n    out = [2 * e for e in g]\n    g[-1] = 0\n    return out",
}


@pytest.mark.long
@pytest.mark.parametrize("inputs", [ARRAY, LIST], ids=["array", "list"])
@pytest.mark.parametrize("name", FORGERIES)
@pytest.mark.sampled(4)
def test_a_forged_report_of_the_arguments_earns_nothing(judge, name, inputs):
    source = HELPERS + textwrap.dedent(FORGERIES[name])
    _doubled, pure = judge(source, "f(g)", inputs, LINES, MORE).result.checks
    assert (pure.outcome, pure.points) == ("failed", 0)


@pytest.mark.parametrize("inputs", [ARRAY, LIST], ids=["array", "list"])
@pytest.mark.parametrize("name", PURE)
def test_what_leaves_its_arguments_as_they_were_is_pure(judge, name, inputs):
    assert [*judge(PURE[name], "f(g)", inputs, LINES, MORE).earned.values()] == [1, 1]


@pytest.mark.parametrize("inputs", [ARRAY, LIST], ids=["array", "list"])
@pytest.mark.parametrize("name", IMPURE)
def test_what_writes_into_them_is_not(judge, name, inputs):
    assert [*judge(IMPURE[name], "f(g)", inputs, LINES, MORE).earned.values()] == [1, 0]


ARGUMENTS = {
    "everything": '{g: "vector(1..3, real(-9..9))", m: "matrix(1..2, 2, real)", w: "word(1..3, abc)", n: integer, b: bit, rng: generator, '
    's: {arguments: {a: bit}, gives: [bit]}, t: "sequence(2, vector(2, real))", u: "sequence(0..3, word(1..2, ab))"}',
}


@pytest.mark.long
@pytest.mark.parametrize(
    ("body", "points"),
    [
        ("return s(0) + rng.random()", 1),
        ("t[1][0] += 1\n    return 0", 0),
        ("u.append('b')\n    return 0", 0),
        ("m[:, 1] = 7\n    return 0", 0),
        ("m.shape = (-1,)\n    return 0", 0),
        ("g.dtype = np.int64\n    return 0", 0),
        ("t.append(t)\n    return 0", 0),
        ("u.extend([object()])\n    return 0", 0),
        ("for _ in range(30):\n        s(1)\n    return 0", 1),
    ],
)
@pytest.mark.sampled(2)
def test_every_kind_of_argument_is_looked_at(judge, body, points):
    source = f"import numpy as np\ndef f(g, m, w, n, b, rng, s, t, u):\n    {body}"
    judged = judge(source, "f(g, m, w, n, b, rng, s, t, u)", ARGUMENTS["everything"], "pure: true", "cases: 30\n")
    assert judged.only.points == points


@pytest.mark.long
def test_supplied_functions_may_be_called_as_often_as_in_one_call(judge, monkeypatch):
    """The calls of one input are not counted against the next."""
    monkeypatch.setattr("grader.sandbox.record.MAX_SUPPLIED_CALLS", 1_000)
    source = "def f(s, x):\n    for _ in range(40):\n        s(1)\n    return 0"
    inputs = "{s: {arguments: {a: bit}, gives: [bit]}, x: integer(0..99)}"
    assert judge(source, "f(s, x)", inputs, "pure: true", "cases: 30\n").only.points == 1


def test_a_child_that_does_not_come_back_while_it_is_watched_is_told_so(judge):
    """It ends where it cannot see the frames of the grader's code."""
    source = "import os, sys\ndef f(g):\n    if sys._getframe(1).f_code.co_name == 'run':\n        os._exit(0)\n    return [2 * e for e in g]"
    check = judge(source, "f(g)", LIST, LINES, MORE).result.checks[1]
    assert check.outcome == "failed"
    assert check.message.endswith(
        "could not be seen to leave its arguments as they were: it did not come back while it was watched"
    )


@pytest.mark.parametrize(
    "raising",
    ["sys.settrace(None)", "asyncio.get_event_loop()", "signal.signal(signal.SIGALRM, signal.SIG_DFL)"],
)
def test_a_call_that_raises_where_it_is_watched_is_told_why_that_may_be(judge, raising):
    source = f"import asyncio, signal, sys\ndef f(g):\n    {raising}\n    return [2 * e for e in g]"
    first, pure = judge(source, "f(g)", LIST, LINES, MORE).result.checks
    assert first.outcome == "passed"
    assert pure.message.endswith(
        "could not be seen to leave its arguments as they were: it gave no value while it was watched, "
        "where it runs in a thread and nothing can be traced"
    )


def test_another_answer_while_it_is_watched_is_told_and_earns_nothing(judge):
    source = "import sys\ndef f(g):\n    seen = sys._getframe(1).f_code.co_name == 'run'\n    return [(2 + seen) * e for e in g]"
    first, pure = judge(source, "f(g)", LIST, LINES, MORE).result.checks
    assert (first.points, pure.points, pure.outcome) == (first.max_points, 0, "failed")
    assert pure.evidence.expected == "the same answer to the same call"
    given, watched = pure.message.split(" gave ")[1].removesuffix(" while its arguments were watched").split(", and ")
    assert [3 * n for n in json.loads(given)] == [2 * n for n in json.loads(watched)]


def test_what_is_observed_is_what_was_sent():
    from grader.sandbox import Batch, FunctionCall

    runner = POOL.open(
        Code("solution.py", b"def f(g):\n    g.append(1) if g[0] else None\n    return 5\n", "python"), 1.0
    )
    try:
        kept, changed = runner.observe(Batch([FunctionCall("f", ([0],)), FunctionCall("f", ([1],))]))
    finally:
        runner.close()
    assert (kept.returned, kept.value, kept.unchanged) == (True, 5, True)
    assert (changed.returned, changed.value, changed.unchanged) == (True, 5, False)
