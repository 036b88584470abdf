"""Loading one statement at a time: what is lost is left out by every later child, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from grader.sandbox import (
    Batch,
    FunctionCall,
    Limits,
    LoadedProgram,
    Protocol,
    Raised,
    Requirement,
    Returned,
    Sandbox,
    Session,
    StudentProgram,
)
from grader.sandbox.child.losses import Losses
from grader.sandbox.child.trees import names_bound, parsed
from grader.sandbox.loading import MAX_STEPS_LEFT_OUT, Loading, LoadWatch

SHORT = Limits(call_seconds=0.5, load_seconds=0.4, run_seconds=5.0, memory=256 << 20)
F = "\ndef f(x):\n    return x\n"
CALL = [FunctionCall("f", (3,))]


@pytest.fixture(scope="module", params=["strict", "off"])
def boxes(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    require: Requirement = request.param
    with Sandbox(require) as made:
        yield made


@pytest.fixture(scope="module")
def subprocesses() -> Iterator[Sandbox]:
    """As where nothing can be forked: a process of its own for each child."""
    with Sandbox("degraded", highest="D") as made:
        yield made


def losses(session: Session) -> list[str]:
    assert isinstance(session.load, LoadedProgram), session.load
    return [str(loss) for loss in session.load.losses]


def value(session: Session) -> object:
    return getattr(session.call(CALL)[0], "value", None)


TOO_LONG = "it took longer than the {} s that it may take while the code is loaded"
LOST = {
    "a loop": ("while True: pass", TOO_LONG.format(0.2)),
    "sleep": ("import time\ntime.sleep(99)", TOO_LONG.format(0.2)),
    "a loop that catches everything": (
        "def loop():\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass\nloop()",
        TOO_LONG.format(0.2)),
    "a loop in C": ("sum(iter(int, 1))", TOO_LONG.format(0.2)),
    "an end": ("import os\nos._exit(3)", "it ended the process itself (exit status 3)"),
    "a signal": ("import os\nos.abort()", "it was killed (SIGABRT)"),
    "a flood": ("for _ in range(99): print('x' * 10**5)", "it printed more than 4 MiB"),
    "what fills the memory": (
        "kept = []\nwhile True: kept.append(bytes(1 << 24))", "it needs more memory than the 256 MiB that there are"),
    "a lock that is never let go": (
        "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()", TOO_LONG.format(0.2)),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize(("text", "reason"), LOST.values(), ids=LOST)
def test_a_statement_that_is_lost_with_its_child_is_left_out(boxes: Sandbox, text: str, reason: str) -> None:
    with boxes.open(StudentProgram(f"y = 1\n{text}{F}z = 2\n".encode()), SHORT) as session:
        (loss,) = losses(session)
        assert loss.endswith(f" was left out: {reason}")
        assert value(session) == 3
        assert session.call([FunctionCall("f", (4,))], fresh=True)[0].value == 4


@pytest.mark.parametrize("text", ["while True: pass", "import os\nos._exit(3)", "1 / 0"])
def test_a_child_that_is_no_fork_loads_in_the_same_way(subprocesses: Sandbox, text: str) -> None:
    with subprocesses.open(StudentProgram(f"{text}{F}".encode()), SHORT) as session:
        assert len(losses(session)) == 1
        assert value(session) == 3


def test_what_is_left_out_is_known_to_later_sessions_and_to_observers(box: Sandbox) -> None:
    """A second session does not wait again: its first child leaves the loop out."""
    loading = Loading(StudentProgram(f"while True: pass{F}".encode()))
    for _ in range(2):
        with box.open(loading, SHORT) as session:
            assert losses(session) == [f"line 1 was left out: {TOO_LONG.format(0.2)}"]
            (seen,) = session.observe(Batch(CALL))
            assert (seen.returned, seen.value, seen.unchanged) == (True, 3, True)


EXCEPTIONS = {
    "of another class": "@property\n    def __class__(self): raise SystemExit",
    "without a message": "def __str__(self): raise SystemExit",
    "with a message that is none": "def __str__(self): return 3",
    "with a name of its own": "name = property(lambda self: 1 / 0)",
    "with a long name": "pass\nE.__name__ = 'E' * 10**6",
}


@pytest.mark.parametrize(
    "details", ["([], 1, 1, 't')", "('solution.py', 'x', [], 't')", "('solution.py', 9**9999, 9**99, 3)", "()"]
)
def test_syntax_errors_of_the_students_own_are_noted(box: Sandbox, details: str) -> None:
    with box.open(StudentProgram(f"raise SyntaxError('text', {details})\n{F}".encode()), SHORT) as session:
        assert len(losses(session)) == 1
        assert value(session) == 3


@pytest.mark.parametrize("body", EXCEPTIONS.values(), ids=EXCEPTIONS)
@pytest.mark.parametrize("base", ["BaseException", "NameError"])
def test_exceptions_of_the_students_own_are_noted(box: Sandbox, body: str, base: str) -> None:
    source = f"class E({base}):\n    {body}\nraise E('text')\n{F}"
    with box.open(StudentProgram(source.encode()), SHORT) as session:
        (loss,) = losses(session)
        assert " stopped: E" in loss
        assert len(loss) < 500
        assert value(session) == 3


def test_a_loop_behind_an_import_in_a_function_is_the_loop_that_is_left_out(box: Sandbox) -> None:
    main = b"def train():\n    import util\n    while True: pass\ntrain()\nfrom util import f\n"
    program = StudentProgram(main, modules={"util.py": f"import math{F}g = 1\n".encode()})
    with box.open(program, SHORT) as session:
        assert losses(session) == [f"line 4 was left out: {TOO_LONG.format(0.2)}"]
        assert value(session) == 3


def test_a_loop_in_a_module_is_left_out_of_the_module(box: Sandbox) -> None:
    program = StudentProgram(b"from util import f\n", modules={"util.py": f"x = 1\nwhile True: pass{F}".encode()})
    with box.open(program, SHORT) as session:
        assert losses(session) == [f"line 2 was left out: {TOO_LONG.format(0.2)}"]
        assert value(session) == 3


def test_each_loop_has_half_of_what_is_left(box: Sandbox) -> None:
    source = "while True: pass\n" * 3 + F
    with box.open(StudentProgram(source.encode()), SHORT) as session:
        wanted = [f"line {i} was left out: {TOO_LONG.format(s)}" for i, s in enumerate((0.2, 0.1, 0.05), 1)]
        assert losses(session) == wanted
        assert value(session) == 3


def test_a_program_of_nothing_but_ends_is_given_up(box: Sandbox) -> None:
    source = "import os\n" + "os._exit(1)\n" * (MAX_STEPS_LEFT_OUT + 1) + F
    with box.open(StudentProgram(source.encode()), SHORT) as session:
        assert str(session.load) == "it ended the process itself (exit status 1) before it answered"


def test_when_the_time_is_up_definitions_are_still_run(box: Sandbox) -> None:
    """All statements together take too long; on a busy machine one may take longer than its own share as well."""
    busy = "end = time.process_time() + 0.2\nwhile time.process_time() < end: pass\n"
    source = f"import time\n{busy * 4}a = 5\ndef f(x):\n    return x + a\nif a:\n    b = 1\n"
    with box.open(StudentProgram(source.encode()), replace(SHORT, load_seconds=0.5)) as session:
        found = losses(session)
        used_up = "was left out: the 0.5 s that loading may take were used up before it"
        for line, _, why in (loss.partition(" was left out: ") for loss in found):
            assert line in {"line 3", "line 5", "line 7", "line 9", "line 13"}
            assert f"was left out: {why}" == used_up or why.startswith("it took longer than the 0.")
        assert f"line 13 {used_up}" in found
        assert len(found) >= 2
        assert value(session) == 8


FORGED = {
    "a cell that is not there": "[7,3,1]",
    "a cell before the first": "[-1,3,1]",
    "a truth for a number": "[0,true,1]",
    "half a step": "[0,1]",
    "a loss of another cell": '["loaded",["f"],1,[[9,1,"E","m",0]]]',
    "a loss that causes an earlier one": '["loaded",["f"],1,[[0,1,"E","m",4]]]',
    "a loss without a message": '["loaded",["f"],1,[[0,1,"E",0]]]',
    "a number for losses": '["loaded",["f"],1,1]',
}


@pytest.mark.parametrize("frame", FORGED.values(), ids=FORGED)
def test_frames_that_are_forged_while_loading_are_the_programs_fault(box: Sandbox, frame: str) -> None:
    send = f"import os, struct\nbody = {frame!r}.encode()\nos.write(4, struct.pack('<I', len(body)) + body)\n"
    with box.open(StudentProgram(f"{send}{F}".encode()), SHORT) as session:
        assert isinstance(session.load, Protocol)


UNCLEAR = {
    "the channel is closed": "os.close(4)",
    "all channels are closed": "os.closerange(0, 64)",
    "half a frame, then a loop": "os.write(4, b'ab') and sum(iter(int, 1))",
}
"""What is wrong with the channel after steps that a child may not have sent."""


@pytest.mark.parametrize("text", UNCLEAR.values(), ids=UNCLEAR)
def test_of_what_is_wrong_with_the_channel_the_step_is_known(box: Sandbox, text: str) -> None:
    source = f"y = 1\nimport os\nz = 2\n{text}\nw = 3{F}"
    with box.open(StudentProgram(source.encode()), SHORT) as session:
        ((place, _, _),) = [loss.partition(" was left out: ") for loss in losses(session)]
        assert place == "line 4"
        assert value(session) == 3


def test_an_end_ahead_of_the_first_step_is_not_believed_before_each_step_is_sent_at_once() -> None:
    """A program that writes it itself is ahead of steps that are unsent; one without a step to take sends no other."""
    loading = Loading(StudentProgram(F.encode()))
    loading.cells(SHORT)
    watch = LoadWatch(loading)
    end = b'["loaded",["f"],0,[]]'
    assert not watch.take([end])
    assert isinstance(watch.result(), Protocol)
    assert watch.is_unclear(forged=False)
    watch.begin_again(together=False)
    assert not watch.take([end])
    assert watch.result() == LoadedProgram(("f",))
    assert not watch.is_unclear(forged=True)
    assert json.loads(loading.frame(SHORT, 0))["together"] is False


def test_steps_come_many_at_a_time(box: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """And each of them is seen: as many as there are."""
    came: list[int] = []
    take = LoadWatch.take
    monkeypatch.setattr(LoadWatch, "take", lambda self, frames: came.append(len(frames)) or take(self, frames))
    with box.open(StudentProgram(("y = 1\n" * 60 + F).encode()), SHORT) as session:
        assert value(session) == 3
    assert sum(came) == 1 + 60 + 1 + 1  # the reading, the statements, the function, the end
    assert len(came) <= 6


def notebook(*cells: str) -> StudentProgram:
    made = [{"cell_type": "code", "source": cell} for cell in cells]
    return StudentProgram(json.dumps({"cells": made}).encode(), "work.ipynb", "notebook")


STAND_INS = {
    "the session": "shell = get_ipython()\nshell.run_line_magic('matplotlib', 'inline')\nshell.magic('%cd ..')\n"
    "shell.events.register('x', print)\nassert not list(shell.history_manager)",
    "an exported cell": "get_ipython().run_cell_magic('time', '', 'y = 4')\nassert y == 4",
    "an exported line": "assert get_ipython().run_line_magic('time', '2 + 3') == 5",
    "what is captured": "%%capture out\nz = 7\n",
    "a shell's output": "files = !ls\nassert files == [] and files.n == '' and files.l == []",
    "display": "display(1, 2, metadata={})",
    "commands in a function": "def g():\n    !ls\n    return 1\nassert g() == 1",
    "the command line": "import sys\nassert sys.argv == ['solution.py']",
    "the name of a notebook": "assert __name__ == '__main__'\nimport __main__\nassert __main__.__dict__ is globals()",
    "future": "from __future__ import annotations\nclass C:\n    x: unknown = 1",
    "a data class": "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int = 3\nassert P().x == 3",
    "own text": "import inspect\ndef g(): return 1\nassert inspect.getsource(g) == 'def g(): return 1\\n'",
    "generators at the top": "rows = [i for i in range(3) if i in range(2)]\nassert rows == [0, 1]",
    "a class that speaks of itself": "class A:\n    def m(self) -> 'A': return self\nclass B(A): pass\nassert B().m()",
    "pickled": "import pickle\nclass D: pass\nassert type(pickle.loads(pickle.dumps(D()))) is D",
}


@pytest.mark.parametrize("text", STAND_INS.values(), ids=STAND_INS)
def test_what_notebooks_find_is_there(box: Sandbox, text: str) -> None:
    with box.open(notebook(text, F), SHORT) as session:
        assert losses(session) == []
        assert value(session) == 3


@pytest.mark.parametrize(
    "annotation",
    [
        "torch.Tensor", "np.array | None", "'int' | None", "int[3]", "Optional[int, str]", "SHAPES['x']", "1 / 0", "[][0]",
        "int('a')", "undefined()", "np.zeros(2) and 1", "Literal", "(lambda: nothing)()",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "definition",
    [
        "def f(x: @): return x",
        "def f(x) -> @: return x",
        "class A:\n    w: @\n    def m(self, x: @) -> @: return x\ndef f(x): return A().m(x)",
        "scale: @ = 1\ndef f(x): return x * scale",
    ],
)
def test_what_an_annotation_raises_costs_no_definition(box: Sandbox, definition: str, annotation: str) -> None:
    """Python 3.14 looks at no annotation before it is asked for: there all of these programs run."""
    before = "from typing import Optional\nimport numpy as np\nSHAPES = {}\n"
    with box.open(StudentProgram((before + definition.replace("@", annotation)).encode()), SHORT) as session:
        assert losses(session) == []
        assert value(session) == 3


def test_a_definition_that_fails_without_its_annotations_says_why(box: Sandbox) -> None:
    source = b"def refuse(f): raise ValueError('no')\n@refuse\ndef f(x: int): return x\n"
    with box.open(StudentProgram(source), SHORT) as session:
        assert losses(session) == ["line 3 stopped: ValueError: no"]


WRITTEN = {
    "a module": ["%%writefile util.py\ndef f(x):\n    return x\n", "from util import *"],
    "in two parts": [
        "%%writefile util.py\nimport math\n",
        "%%file -a 'util.py'\ndef f(x):\n    return x\n",
        "%run util.py",
    ],
    "in a package": ["%%writefile net/util.py\ndef f(x):\n    return x\n", "from net.util import f"],
    "the solution itself": ["%%writefile solution.py\ndef f(x):\n    return x\n", "import solution\nsolution.f(1)"],
    "the solution, never imported": ["\n%%writefile ./solution.py\ndef f(x):\n    return x\n"],
}


@pytest.mark.parametrize("cells", WRITTEN.values(), ids=WRITTEN)
def test_a_file_that_a_cell_writes_is_there_in_memory(box: Sandbox, cells: list[str]) -> None:
    with box.open(notebook(*cells), SHORT) as session:
        assert losses(session) == []
        assert value(session) == 3


def test_a_statement_that_stops_in_a_written_file_has_its_line_in_the_cell(box: Sandbox) -> None:
    with box.open(notebook("x = 1", "\n%%writefile util.py\ny = 1 / 0\n", f"import util{F}"), SHORT) as session:
        assert losses(session) == ["line 3 stopped: ZeroDivisionError: division by zero"]
        assert value(session) == 3


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import a.b, c as d", {"a", "d"}),
        ("from x import y as z, w", {"z", "w"}),
        ("from x import *", {"*"}),
        ("(a, *b), c[0], d.e = 1", {"a", "b"}),
        ("for i in x:\n    y = [q for q in i]\nelse:\n    z: int = 1", {"i", "y", "z"}),
        ("try:\n    a = 1\nexcept E as e:\n    b = 1\nfinally:\n    c = 1", {"a", "b", "c", "e"}),
        ("with f() as (g, h):\n    if (w := g): k += 1", {"g", "h", "w", "k"}),
        ("def f(a):\n    b = 1", {"f"}),
        ("class C:\n    x = 1", {"C"}),
        ("f(lambda u: u, {v: 1 for v in x})", set()),
    ],
)
def test_the_names_that_a_statement_binds(text: str, names: set[str]) -> None:
    assert {name for statement in parsed(text, "solution.py") for name in names_bound(statement)} == names


def test_losses_are_explained_from_their_root() -> None:
    found = Losses()
    found.add(0, "cell 1", 2, "ModuleNotFoundError", "No module named 'torch'", ["torch"])
    found.add_unparsed(1, "cell 2", "def g(:\n  import os as o\nk = 1\n", SyntaxError("invalid syntax"))
    missing = NameError("name 'torch' is not defined", name="torch")
    found.add(2, "cell 3", 1, "NameError", str(missing), ["net"], found.cause_of(missing))
    root = "cell 1, line 2 stopped: ModuleNotFoundError: No module named 'torch'"
    assert found.why_undefined("net") == (
        f" (cell 3, line 1, which would define it, stopped: NameError: name 'torch' is not defined; it needs {root})"
    )
    for name in ("g", "o", "k"):
        unread = "(cell 2, line 1, which would define it, stopped: SyntaxError: invalid syntax)"
        assert found.why_undefined(name) == f" {unread}"
    assert found.why_undefined("other") == found.explained(NameError("x", name="y"), "") == ""
    assert found.sent()[1][2] == [2, 1, "NameError", "name 'torch' is not defined", 0]  # type: ignore[index]  # a list


CHANGED_BUILTINS = {
    "another len": "builtins.len = lambda x: 7",
    "no len": "del builtins.len",
    "nothing can be called": "builtins.callable = lambda x: False",
    "another type": "builtins.type = lambda *of: 3",
    "no dict": "builtins.dict = None",
    "everything is anything": "builtins.isinstance = lambda *of: True",
    "nothing at all": "for name in [*vars(builtins)]: vars(builtins).pop(name)",
}


@pytest.mark.parametrize("change", CHANGED_BUILTINS)
def test_what_code_changes_of_builtins_changes_its_own_code_alone(box: Sandbox, change: str) -> None:
    """Neither NumPy nor what answers for it goes wrong by that, so that the verdict is on the function."""
    source = (
        "import builtins\nimport numpy as np\nsize = len\n"
        f"def f(x):\n    return [np.sum(np.array(x)), size(x)]\ndef own(x):\n    return len(x)\n{CHANGED_BUILTINS[change]}\n"
    )
    with box.open(StudentProgram(source.encode())) as session:
        replies = session.call([FunctionCall("f", ([1.5, 2],)), FunctionCall("own", ([1.5, 2],))])
    assert isinstance(replies[0], Returned)
    assert replies[0].value == [3.5, 2]
    if change == "another len":
        assert isinstance(replies[1], Returned)
        assert replies[1].value == 7
    elif change in ("no len", "nothing at all"):
        assert isinstance(replies[1], Raised)
        assert replies[1].is_a("NameError")
    else:
        assert isinstance(replies[1], Returned)
        assert replies[1].value == 2
