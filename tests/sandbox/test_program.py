"""Source files: encodings, notebooks."""

from __future__ import annotations

import json
import random
import sys

import pytest

from grader.sandbox import FunctionCall, Limits, LoadedProgram, Returned, Sandbox, Session, StudentProgram


def notebook(*cells: str | list[str] | None) -> StudentProgram:
    """A notebook with these code cells; None: a cell of prose."""
    made = [
        {"cell_type": "markdown", "source": "# prose"}
        if source is None
        else {"cell_type": "code", "source": source, "outputs": [{"text": "42"}], "execution_count": 9}
        for source in cells
    ]
    return StudentProgram(json.dumps({"cells": made, "nbformat": 4}).encode(), "work.ipynb", "notebook")


def losses(session: Session) -> list[str]:
    """What stopped while the program was loaded."""
    assert isinstance(session.load, LoadedProgram)
    return [f"{loss.place}: {loss}" for loss in session.load.losses]


def load(box: Sandbox, program: StudentProgram) -> object:
    with box.open(program, Limits(load_seconds=1.0)) as session:
        return session.load


def test_the_cells_of_a_notebook_are_one_module(box: Sandbox) -> None:
    program = notebook("import math\nbase = 2\n", None, ["def f(x):\n", "    return base * math.floor(x)\n"])
    with box.open(program) as session:
        assert session.call([FunctionCall("f", (2.5,))])[0].value == 4


def test_a_cell_that_fails_is_named_and_costs_nothing_else(box: Sandbox) -> None:
    with box.open(notebook("x = 1", None, "y = 2\nz = y / 0\ndef f():\n    return x + y")) as session:
        assert losses(session) == ["cell 2: line 2 stopped: ZeroDivisionError: division by zero"]
        assert session.call([FunctionCall("f")])[0].value == 3


def test_a_function_of_a_notebook_names_its_cell(box: Sandbox) -> None:
    with box.open(notebook("pass", "def f():\n    raise ValueError('no')")) as session:
        assert session.call([FunctionCall("f")])[0].traceback_lines[0] == "cell 2, line 2, in f"


def test_a_cell_that_is_no_python_is_lost_alone(box: Sandbox) -> None:
    with box.open(notebook("def f():\n    return 1", "def g(:", "def h():\n    return g()")) as session:
        assert losses(session) == ["cell 2: line 1 stopped: SyntaxError: invalid syntax"]
        f, g, h = session.call([FunctionCall("f"), FunctionCall("g"), FunctionCall("h")])
    assert f.value == 1
    lost = "(cell 2, line 1, which would define it, stopped: SyntaxError: invalid syntax)"
    assert str(g) == f"there is no function 'g' {lost}; it defines f and h"
    assert h.message == f"name 'g' is not defined {lost}"


def test_a_line_of_python_may_begin_with_a_percent_sign(box: Sandbox) -> None:
    with box.open(notebook("def f():\n    return (7\n% 4)\ntext = '''\n!x\n'''")) as session:
        assert session.call([FunctionCall("f")])[0].value == 3


NO_NOTEBOOKS = {
    b"": "is not a whole notebook: it ends in the middle",
    b'{"cells": [': "is not a whole notebook: it ends in the middle",
    b"{}": "is not a notebook: it holds no list of cells (formats 3 and 4 of nbformat are read)",
    b"[]": "is not a notebook (nbformat 3 or 4): something else stands on line 1",
    b'{\n"cells": 1}': "is not a notebook (nbformat 3 or 4): something else stands on line 2",
    b'{"cells": [1]}': "is not a notebook (nbformat 3 or 4): something else stands on line 1",
    b"def f(x): return x": "is not a notebook (nbformat 3 or 4): something else stands on line 1",
    b'{"cells": []}}': "is not a notebook (nbformat 3 or 4): something else stands on line 1",
    b"[" * 200_000: "is not a notebook (nbformat 3 or 4): something else stands on line 1",
    b'{"cells": [{"cell_type": "code", "source": "\\ud800"}]}':
        "is not a notebook: the source of cell 1 is not valid Unicode",
    b'{"cells": [{"cell_type": "code", "source": [1]}]}':
        "is not a notebook: the source of cell 1 is neither text nor a list of lines",
    b'{"cells": [{"cell_type": "code", "source": ["x"]}, {"cell_type": "code", "source": 5}]}':
        "is not a notebook: the source of cell 2 is neither text nor a list of lines",
    b'{"cells": [{"cell_type": "code", "source": ' + b"[" * 10**5 + b"]" * 10**5 + b"}]}":
        "is not a notebook: the source of cell 1 is neither text nor a list of lines",
    b'{"cells": [{"cell_type": "code", "source": "' + b"#" * (1 << 20) + b'\\n"}]}':
        "is larger than 1024 KiB, its outputs not counted",
    b'{"cells": [], "x": [' + b"[]," * 500_000 + b"0]}":
        "holds more than 1000000 texts and lists: clear its outputs",
    b'{"cells": [' + b"{}," * 10_000 + b"{}]}": "holds more than 10000 cells",
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize(("source", "message"), NO_NOTEBOOKS.items(), ids=lambda part: str(part[:40]))
def test_what_is_no_notebook_is_refused(box: Sandbox, source: bytes, message: str) -> None:
    assert str(load(box, StudentProgram(source, "work.ipynb", "notebook"))) == f"work.ipynb {message}"


def test_a_notebook_without_code_defines_nothing(box: Sandbox) -> None:
    with box.open(notebook(None)) as session:
        assert str(session.call([FunctionCall("f")])[0]) == "there is no function 'f'; it defines no function"


def test_a_cell_that_holds_a_null_byte_is_lost_alone(box: Sandbox) -> None:
    refused = "SyntaxError" if sys.version_info >= (3, 11, 4) else "ValueError"  # as Python itself calls it
    with box.open(notebook("x = '\0'", "def f():\n    return 1")) as session:
        assert losses(session) == [f"cell 1: line 1 stopped: {refused}: source code string cannot contain null bytes"]
        assert session.call([FunctionCall("f")])[0].value == 1


ENCODED = {
    "utf-8-sig": "", "utf-8": "# coding: utf8", "latin-1": "# -*- coding: latin-1 -*-", "cp1252": "# coding=windows-1252",
    "iso8859-15": "#!/usr/bin/python\n# vim: set fileencoding=iso-8859-15 :", "gbk": "# coding: gbk",
}  # fmt: skip


@pytest.mark.parametrize(("encoding", "named"), ENCODED.items())
def test_a_file_is_read_in_the_encoding_that_it_names(box: Sandbox, encoding: str, named: str) -> None:
    text = "读" if encoding == "gbk" else "é"
    source = f"{named}\ndef f():\n    return '{text}'\n".encode(encoding)
    with box.open(StudentProgram(source)) as session:
        assert session.call([FunctionCall("f")])[0].value == text


STARTED = (
    "import random, threading\nimport numpy as np\nfrom concurrent.futures import ThreadPoolExecutor\n"
    "def f():\n    found = []\n    thread = threading.Thread(target=found.append, args=(1,))\n    thread.start()\n"
    "    thread.join()\n    with ThreadPoolExecutor(2) as pool:\n        found += pool.map(abs, [-2, -3])\n"
    "    alone = threading.active_count() == 1 and threading.current_thread() is threading.main_thread()\n"
    "    return found, alone, random.random(), np.random.random(), np.random.standard_normal()\n"
)


@pytest.mark.parametrize("seed", [0, 7])
def test_a_child_has_its_threads_and_its_seeds(box: Sandbox, seed: int) -> None:
    """Though what the library does in each forked child is left out, and NumPy starts from the usual seed before it."""
    import numpy as np

    with box.open(StudentProgram(STARTED.encode()), seed=seed) as session:
        (reply,) = session.call([FunctionCall("f")])
    assert isinstance(reply, Returned), reply
    found, alone, *drawn = reply.value
    numbers = np.random.RandomState(seed)
    assert found == [1, 2, 3]
    assert alone
    assert drawn == [random.Random(seed).random(), numbers.random_sample(), numbers.standard_normal()]
