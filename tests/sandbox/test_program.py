"""Source files: encodings, notebooks."""

from __future__ import annotations

import json

import pytest

from grader.sandbox import FunctionCall, Limits, Raised, Refused, Sandbox, StudentProgram


def notebook(*cells: str | list[str] | None) -> StudentProgram:
    """A notebook with these code cells; None: a cell of prose."""
    made = [
        {"cell_type": "markdown", "source": "# prose"}
        if source is None
        else {"cell_type": "code", "source": source, "outputs": [{"text": "42"}], "execution_count": 9}
        for source in cells
    ]
    return StudentProgram(json.dumps({"cells": made, "nbformat": 4}).encode(), "work.ipynb", "notebook")


def load(box: Sandbox, program: StudentProgram) -> object:
    with box.open(program, Limits(load_seconds=1.0)) as session:
        return session.load


def test_the_cells_of_a_notebook_are_one_module(box: Sandbox) -> None:
    program = notebook("import math\nbase = 2\n", None, ["def f(x):\n", "    return base * math.floor(x)\n"])
    with box.open(program) as session:
        assert session.call([FunctionCall("f", (2.5,))])[0].value == 4


def test_a_cell_that_fails_is_named(box: Sandbox) -> None:
    failure = load(box, notebook("x = 1", None, "y = 2\nz = y / 0"))
    assert failure == Raised("ZeroDivisionError", "division by zero", ("cell 2, line 2", "    z = y / 0"))


def test_a_function_of_a_notebook_names_its_cell(box: Sandbox) -> None:
    with box.open(notebook("pass", "def f():\n    raise ValueError('no')")) as session:
        assert session.call([FunctionCall("f")])[0].traceback_lines[0] == "cell 2, line 2, in f"


def test_a_cell_with_a_syntax_error_is_named_before_anything_runs(box: Sandbox) -> None:
    with box.open(notebook("print('ran')", "def f(:")) as session:
        assert isinstance(session.load, Raised)
        assert session.load.traceback_lines[0] == "cell 2, line 1"
    assert session.log == b""


@pytest.mark.parametrize("command", ["%matplotlib inline", "!pip install numpy", "%%time", "  %timeit f()"])
def test_notebook_commands_are_refused(box: Sandbox, command: str) -> None:
    refused = load(box, notebook("x = 1", f"y = 2\n{command}"))
    assert isinstance(refused, Refused)
    wanted = f"cell 2, line 2: {command.strip()!r} is a notebook command, not Python; remove it"
    assert str(refused) == f"{wanted} (cells are run as plain Python)"


def test_a_line_of_python_may_begin_with_a_percent_sign(box: Sandbox) -> None:
    with box.open(notebook("def f():\n    return (7\n% 4)\ntext = '''\n!x\n'''")) as session:
        assert session.call([FunctionCall("f")])[0].value == 3


@pytest.mark.parametrize(
    "source",
    [
        *(b"", b"{}", b"[]", b'{"cells": 1}', b'{"cells": [{}]}', b'{"cells": [1]}', b"[" * 200_000),
        b'{"cells": [{"cell_type": "code", "source": "\\ud800"}]}',
        b'{"cells": [{"cell_type": "code", "source": [1]}]}',
    ],
)
def test_what_is_no_notebook_is_refused(box: Sandbox, source: bytes) -> None:
    refused = load(box, StudentProgram(source, "work.ipynb", "notebook"))
    assert str(refused) == "work.ipynb is not a notebook of format 4 (nbformat)"


def test_a_notebook_without_code_defines_nothing(box: Sandbox) -> None:
    with box.open(notebook(None)) as session:
        assert str(session.call([FunctionCall("f")])[0]) == "there is no function 'f'; it defines no function"
