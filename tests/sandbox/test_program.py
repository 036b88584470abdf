"""Source files: snapshots of what was handed in, encodings, notebooks."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from grader.errors import SubmissionError
from grader.sandbox import Call, Limits, Program, Raised, Refused, Sandbox, read_program


def notebook(*cells: str | list[str] | None) -> Program:
    """A notebook with these code cells; None: a cell of prose."""
    made = [
        {"cell_type": "markdown", "source": "# prose"}
        if source is None
        else {"cell_type": "code", "source": source, "outputs": [{"text": "42"}], "execution_count": 9}
        for source in cells
    ]
    return Program(json.dumps({"cells": made, "nbformat": 4}).encode(), "work.ipynb", "notebook")


def load(box: Sandbox, program: Program) -> object:
    with box.open(program, Limits(load_seconds=1.0)) as session:
        return session.load


def test_the_cells_of_a_notebook_are_one_module(box: Sandbox) -> None:
    program = notebook("import math\nbase = 2\n", None, ["def f(x):\n", "    return base * math.floor(x)\n"])
    with box.open(program) as session:
        assert session.call([Call("f", (2.5,))])[0].value == 4


def test_a_cell_that_fails_is_named(box: Sandbox) -> None:
    failure = load(box, notebook("x = 1", None, "y = 2\nz = y / 0"))
    assert failure == Raised("ZeroDivisionError", "division by zero", ("cell 2, line 2", "    z = y / 0"))


def test_a_function_of_a_notebook_names_its_cell(box: Sandbox) -> None:
    with box.open(notebook("pass", "def f():\n    raise ValueError('no')")) as session:
        assert session.call([Call("f")])[0].traceback_lines[0] == "cell 2, line 2, in f"


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
        assert session.call([Call("f")])[0].value == 3


@pytest.mark.parametrize(
    "source",
    [
        *(b"", b"{}", b"[]", b'{"cells": 1}', b'{"cells": [{}]}', b'{"cells": [1]}', b"[" * 200_000),
        b'{"cells": [{"cell_type": "code", "source": "\\ud800"}]}',
        b'{"cells": [{"cell_type": "code", "source": [1]}]}',
    ],
)
def test_what_is_no_notebook_is_refused(box: Sandbox, source: bytes) -> None:
    refused = load(box, Program(source, "work.ipynb", "notebook"))
    assert str(refused) == "work.ipynb is not a notebook of format 4 (nbformat)"


def test_a_notebook_without_code_defines_nothing(box: Sandbox) -> None:
    with box.open(notebook(None)) as session:
        assert str(session.call([Call("f")])[0]) == "there is no function 'f'; it defines no function"


def test_a_file_is_read_once_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "solution.py").write_bytes(b"x = 1\n")
    program = read_program(tmp_path / "solution.py")
    assert program == Program(b"x = 1\n", "solution.py", "python")
    assert program.digest == hashlib.sha256(b"x = 1\n").hexdigest()
    (tmp_path / "work.ipynb").write_bytes(b"{}")
    assert read_program(tmp_path / "work.ipynb").kind == "notebook"


def test_only_ordinary_files_are_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s")
    (tmp_path / "link.py").symlink_to(secret)
    (tmp_path / "folder.py").mkdir()
    os.link(secret, tmp_path / "hard.py")
    os.mkfifo(tmp_path / "pipe.py")
    expected = {
        "link.py": "link.py: is a link; hand in an ordinary file",
        "folder.py": "folder.py: is not an ordinary file of its own; hand in a plain copy",
        "hard.py": "hard.py: is not an ordinary file of its own; hand in a plain copy",
        "pipe.py": "pipe.py: is not an ordinary file of its own; hand in a plain copy",
        "none.py": "none.py: cannot be read (No such file or directory); hand in an ordinary file",
    }
    for name, message in expected.items():
        with pytest.raises(SubmissionError) as caught:
            read_program(tmp_path / name)
        assert str(caught.value) == message


def test_a_large_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "large.py").write_bytes(bytes(3000))
    with pytest.raises(SubmissionError, match=r"large\.py: is larger than 2 KiB"):
        read_program(tmp_path / "large.py", most_bytes=2048)
