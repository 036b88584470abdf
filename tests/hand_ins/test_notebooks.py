"""Notebooks in the manner of real ones: what is around an answer costs nothing, and earns nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.answers.submission import Submission
from grader.grading import grade
from grader.kinds.function import code_runner
from grader.kinds.table import load_assignment
from grader.spec.assignment import Assignment
from grader.verdict import Report

from ..conftest import RUN

HEADS = {
    "sigmoid": ("sigmoid(x)", '{x: "vector(1..3, real(-4..4))"}'),
    "softmax": ("softmax(z)", '{z: "vector(2..3, real(-4..4))"}'),
    "one_hot": ("one_hot(i, n)", "{n: integer(3..5), i: integer(0..2)}"),
    "step": ("step(w, g, rate)", '{w: "vector(2, real(-4..4))", g: "vector(2, real(-4..4))", rate: real(0..1)}'),
}
REFERENCE = """\
import numpy as np
def sigmoid(x): return 1 / (1 + np.exp(-x))
def softmax(z): return np.exp(z) / np.exp(z).sum()
def one_hot(i, n): return np.eye(n)[i]
def step(w, g, rate): return w - rate * g
"""
NUMPY = "import numpy as np\n"
SIGMOID = "def sigmoid(x):\n    return 1 / (1 + np.exp(-x))\n"
SOFTMAX = "def softmax(z):\n    e = np.exp(z - np.max(z))\n    return e / e.sum()\n"
ONE_HOT = "def one_hot(i, n):\n    v = np.zeros(n)\n    v[i] = 1\n    return v\n"
STEP = "def step(w, g, rate):\n    return w - rate * g\n"
WRONG_STEP = "def step(w, g, rate):\n    return w + rate * g\n"
WRONG_SIGMOID = "def sigmoid(x):\n    return np.exp(-x) / (1 + np.exp(-x)) + 0.5\n"
ALL = SIGMOID + SOFTMAX + ONE_HOT + STEP
FULL = "sigmoid softmax one_hot step"

NOTEBOOKS: dict[str, tuple[list[str], str, list[str]]] = {
    "magics at the top": (
        ["%matplotlib inline\n%load_ext autoreload\n%autoreload 2\nimport numpy as np\nimport matplotlib.pyplot as plt",
         "!pip install -q torch \\\n    torchvision\n", "%config InlineBackend.figure_format = 'retina'\n" + ALL,
         "sigmoid?", "??softmax", "x = np.linspace(-4, 4, 9)\nplt.plot(x, sigmoid(x));"],
        FULL, []),
    "torch for comparison": (
        ["import torch\nimport torch.nn as nn\nimport numpy as np\n" + SIGMOID, SOFTMAX,
         "t = torch.randn(3)\nassert np.allclose(torch.softmax(t, 0).numpy(), softmax(t.numpy()))",
         ONE_HOT + "class Net(nn.Module):\n    def forward(self, x): return x\n" + STEP, "net = Net()\nnet(t)"],
        FULL, ["cell 1, line 1 stopped: ModuleNotFoundError"]),
    "a failing scratch cell": (
        [NUMPY + SIGMOID, "sigmoid('text')", SOFTMAX + "assert softmax(np.ones(2))[0] == 3\n" + ONE_HOT,
         "1/0", STEP, "raise NotImplementedError('ask about this')"],
        FULL, ["cell 2, line 1 stopped: TypeError", "cell 3, line 4 stopped: AssertionError",
               "cell 4, line 1 stopped: ZeroDivisionError", "cell 6, line 1 stopped: NotImplementedError"]),
    "a syntax error in one cell": (
        [NUMPY + ALL, "def train(:\n    pass", "print 'python 2'"],
        FULL, ["cell 2, line 1 stopped: SyntaxError", "cell 3, line 1 stopped: SyntaxError"]),
    "an answer in the cell that is no Python": (
        [NUMPY + SIGMOID + SOFTMAX, ONE_HOT + "def step(w, g, rate)\n    return w - rate * g"],
        "sigmoid softmax", ["cell 2, line 5 stopped: SyntaxError"]),
    "timed and captured": (
        ["%%time\n" + NUMPY + SIGMOID, "%%capture out\n%%time\n" + SOFTMAX, "%%time\n\n" + ONE_HOT,
         "%time step = lambda w, g, rate: w - rate * g", "%timeit sigmoid(np.ones(3))", "out.show()",
         "%prun softmax(np.ones(3))"],
        FULL, []),
    "other languages": (
        ["%%bash\nls -la | grep data\necho $HOME", "%%html\n<style>h1 {color: red}</style>", "%%javascript\nalert('x')",
         "%%writefile notes.txt\nit's text", "%%latex\n$x$", "%%sql\nselect * from t", NUMPY + ALL,
         "files = !ls *.csv\nfor file in files:\n    print(file)\nhere = %pwd"],
        FULL, []),
    "a training loop without end": (
        [NUMPY + SIGMOID, "W = np.zeros(2)\nwhile True:\n    W = W + 0.1", SOFTMAX + ONE_HOT + STEP],
        FULL, ["cell 2, line 2 was left out: it took longer than the 0.5 s that it may take"]),
    "what needs the keyboard and the disk": (
        [NUMPY + "name = input('your name: ')\n" + SIGMOID, "data = np.load('mnist.npz')\nx = data['x']\n" + SOFTMAX,
         "with open('log.txt', 'w') as log:\n    log.write('x')\n" + ONE_HOT,
         "from urllib.request import urlretrieve\nurlretrieve('http://127.0.0.1/x', 'x')\n" + STEP],
        FULL, ["cell 1, line 2 stopped: EOFError", "cell 2, line 1 stopped", "cell 3, line 1 stopped",
               "cell 4, line 2 stopped"]),
    "a command line": (
        ["import argparse, sys\nparser = argparse.ArgumentParser()\nparser.add_argument('--rate', type=float)\n"
         "parser.add_argument('--data', required=True)\nargs = parser.parse_args()",
         NUMPY + SIGMOID + SOFTMAX, "rate = args.rate", ONE_HOT + STEP, "sys.exit(0)", "exit()", "quit()"],
        FULL, ["cell 1, line 5 stopped: SystemExit: 2; cell 3 needs what it defines, and stops too",
               "cell 5, line 1 stopped: SystemExit: 0", "cell 6, line 1 stopped: SystemExit"]),
    "it ends its process": (
        [NUMPY + SIGMOID, "import os\nos._exit(0)", SOFTMAX, "os.abort()", ONE_HOT + STEP],
        FULL, ["cell 2, line 2 was left out: it ended the process itself (exit status 0)",
               "cell 4, line 1 was left out: it was killed (SIGABRT)"]),
    "types of a library that is not there": (
        [NUMPY + "import torch\nfrom typing import Optional", "def sigmoid(x: torch.Tensor) -> torch.Tensor:\n"
         "    return 1 / (1 + np.exp(-x))", "def softmax(z: Optional[torch.Tensor] = None):\n"
         "    return np.exp(z) / np.sum(np.exp(z))", ONE_HOT,
         "@torch.no_grad()\ndef step(w, g, rate):\n    return w - rate * g"],
        "sigmoid softmax one_hot", ["cell 1, line 2 stopped: ModuleNotFoundError"]),
    "a function that needs what failed": (
        ["import torch", NUMPY + "def sigmoid(x):\n    return torch.sigmoid(torch.tensor(x)).numpy()", SOFTMAX,
         "EYE = torch.eye(5)\ndef one_hot(i, n):\n    return EYE[i][:n]", STEP],
        "softmax step", ["cell 1, line 1 stopped: ModuleNotFoundError"]),
    "wrong answers among right ones": (
        [NUMPY + ALL, "assert False", WRONG_STEP, "%%time\n" + WRONG_SIGMOID, "import torch"],
        "softmax one_hot", ["cell 2, line 1 stopped: AssertionError", "cell 5, line 1 stopped: ModuleNotFoundError"]),
    "defined anew": (
        [NUMPY + WRONG_SIGMOID + SOFTMAX + ONE_HOT + WRONG_STEP, "print(step(1, 1, 1) / 0)", SIGMOID + STEP],
        FULL, ["cell 2, line 1 stopped: ZeroDivisionError"]),
    "prompts and indents": (
        [">>> import numpy as np\n>>> def sigmoid(x):\n...     return 1 / (1 + np.exp(-x))\n",
         "In [3]: def softmax(z):\n   ...:     return np.exp(z) / np.exp(z).sum()\n",
         "    def one_hot(i, n):\n        return np.eye(n)[i]\n", "pip install numpy", "cd data", STEP],
        FULL, []),
    "await at the top": (
        ["import asyncio\n" + NUMPY, "async def fetch():\n    await asyncio.sleep(0)\n    return 1.0",
         "one = await fetch()\ndef sigmoid(x):\n    return one / (one + np.exp(-x))", SOFTMAX + ONE_HOT + STEP],
        FULL, []),
    "too deep, too much": (
        [NUMPY + SIGMOID, "def dive(n): return dive(n + 1)\ndive(0)", "kept = bytearray(1 << 40)",
         "raise KeyboardInterrupt", SOFTMAX + ONE_HOT + STEP],
        FULL, ["cell 2, line 2 stopped: RecursionError", "cell 3, line 1 was left out: it needs more memory than the 1024 MiB that there are",
               "cell 4, line 1 stopped: KeyboardInterrupt"]),
    "as a program": (
        [NUMPY + ALL, "def main():\n    print(sigmoid(np.zeros(2)))\nif __name__ == '__main__':\n    main()\n    RATE = 1.0",
         "def step(w, g, rate):\n    return w - RATE * rate * g"],
        FULL, []),
    "everything from a module that is not there": (
        ["from d2l_helpers import *\n" + NUMPY, SIGMOID, "def softmax(z):\n    return my_softmax(z)", ONE_HOT + STEP],
        "sigmoid one_hot step", ["cell 1, line 1 stopped: ModuleNotFoundError"]),
}  # fmt: skip


def notebook(*cells: str) -> str:
    """Code cells between cells of prose, as Jupyter saves them."""
    made = []
    for number, cell in enumerate(cells):
        made.append({"cell_type": "markdown", "id": f"m{number}", "metadata": {}, "source": [f"## Part {number}\n"]})
        made.append(
            {
                "cell_type": "code",
                "id": f"c{number}",
                "execution_count": number,
                "metadata": {"scrolled": True},
                "outputs": [{"output_type": "stream", "name": "stdout", "text": ["def sigmoid(x): return 0\n"]}],
                "source": cell.splitlines(keepends=True) if number % 2 else cell,
            }
        )
    kernel = {"kernelspec": {"name": "python3"}, "language_info": {"name": "python", "version": "3.10.12"}}
    return json.dumps({"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}, indent=1)


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement that never ends is left out soon."""
    monkeypatch.setattr(code_runner, "LOADING_TIMEOUT_S", 1.0)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    root = tmp_path_factory.mktemp("course")
    specs = root / "specs" / "lab"
    specs.mkdir(parents=True)
    (root / "reference").mkdir()
    (root / "reference" / "lab.py").write_text(REFERENCE)
    (specs / "assignment.yaml").write_text(f"assignment: lab\nquestions: [{', '.join(HEADS)}]\n")
    for name, (head, inputs) in HEADS.items():
        (specs / f"{name}.yaml").write_text(
            f"question: {name}\ntitle: A function\npoints: 3\nanswer: function\nsignature: {head}\ninputs: {inputs}\n"
            f"cases: 6\nchecks:\n"
            f"  - {{name: right, points: 1, equals: reference.lab.{name}}}\n"
            f"  - {{name: hidden, points: 1, hidden: true, equals: reference.lab.{name}}}\n"
            "  - {name: leaves its arguments as they are, points: 1, pure: true}\n"
        )
    return load_assignment(specs)


def graded(lab: Assignment, folder: Path, **files: str) -> Report:
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return grade(Submission(folder), lab, run=RUN)


def earned(report: Report) -> str:
    assert not [question.id for question in report.questions if question.status == "held"]
    return " ".join(question.id for question in report.questions if question.points == question.max_points)


@pytest.mark.parametrize(("cells", "right", "notes"), NOTEBOOKS.values(), ids=NOTEBOOKS)
def test_each_right_answer_earns_its_marks(
    lab: Assignment, tmp_path: Path, cells: list[str], right: str, notes: list[str]
) -> None:
    report = graded(lab, tmp_path / "alice", hw__ipynb=notebook(*cells))
    assert earned(report) == right
    shown = list(report.messages)
    assert len(shown) == len(notes), shown
    for note, message in zip(notes, shown, strict=False):
        assert message.startswith(f"hw.ipynb, {note}"), message
    if notes:
        assert shown[-1].endswith("; what everything else in hw.ipynb defines is used")


@pytest.mark.parametrize(
    "name", ["torch for comparison", "a failing scratch cell", "what needs the keyboard and the disk"]
)
def test_a_file_is_loaded_in_the_same_way(lab: Assignment, tmp_path: Path, name: str) -> None:
    cells, right, _notes = NOTEBOOKS[name]
    report = graded(lab, tmp_path / "alice", solution__py="\n\n# %%\n".join(cells))
    assert earned(report) == right
    assert all(message.startswith("solution.py, line ") for message in report.messages)


def messages(report: Report, question: str) -> str:
    (result,) = (one for one in report.questions if one.id == question)
    return " ".join([*result.messages, *(check.message for check in result.checks)])


def test_a_function_says_which_cell_it_misses(lab: Assignment, tmp_path: Path) -> None:
    report = graded(lab, tmp_path / "alice", hw__ipynb=notebook(*NOTEBOOKS["a function that needs what failed"][0]))
    lost = "(cell 1, line 1, which would define it, stopped: ModuleNotFoundError: "
    assert f"raised NameError: name 'torch' is not defined {lost}" in messages(report, "sigmoid")
    needed = "(cell 4, line 1, which would define it, stopped: NameError: name 'torch' is not defined; it needs cell 1"
    assert f"NameError: name 'EYE' is not defined {needed}" in messages(report, "one_hot")


def test_a_function_that_is_lost_says_why(lab: Assignment, tmp_path: Path) -> None:
    report = graded(lab, tmp_path / "alice", hw__ipynb=notebook(*NOTEBOOKS["types of a library that is not there"][0]))
    said = "there is no function 'step' (cell 5, line 2, which would define it, stopped: NameError: name 'torch'"
    assert messages(report, "step").startswith(said)


def test_what_stops_for_want_of_a_name_is_said_with_it(lab: Assignment, tmp_path: Path) -> None:
    needy = "import torch\nnet = torch.nn.Linear(1, 1)\nx = 1\ny = net(x)"
    report = graded(lab, tmp_path / "alice", hw__ipynb=notebook(needy, NUMPY + ALL, *["z = net(torch.ones(1))"] * 9))
    (note,) = report.messages
    assert note.endswith(
        "; line 2, line 4, cell 3, cell 4, cell 5, cell 6 and 5 more need what it defines, and stop too;"
        " what everything else in hw.ipynb defines is used"
    )


def test_notes_are_bounded_and_escaped(lab: Assignment, tmp_path: Path) -> None:
    hostile = "raise Exception('\\x1b[31m' + 'points: 4/4\\n' * 10**3)"
    report = graded(lab, tmp_path / "alice", hw__ipynb=notebook(*[f"{hostile}\n" * 30] * 30, NUMPY + ALL))
    assert earned(report) == FULL
    assert len(report.messages) == 2
    assert report.messages[0].startswith("hw.ipynb, cell 1, line 1 stopped: Exception: \\x1b[31mpoints: 4/4\\npoints")
    assert report.messages[0].endswith(" (and 39 more statements in the same way)")
    assert report.messages[1].startswith("hw.ipynb: 860 more statements stopped")
    assert all(len(message) < 500 and message.isprintable() for message in report.messages)


def test_a_file_that_is_no_python_shows_the_place(lab: Assignment, tmp_path: Path) -> None:
    report = graded(lab, tmp_path / "alice", solution__py=f"{NUMPY}{SIGMOID}def step(w, g, rate)\n    return w\n")
    wanted = (
        "the code could not be loaded: SyntaxError: expected ':'\nsolution.py, line 4\n"
        "    def step(w, g, rate)\n                        ^"
    )
    assert [(one.status, one.messages) for one in report.questions] == [("rejected", (wanted,))] * 4


def test_notes_of_a_notebook_without_failures_are_none(lab: Assignment, tmp_path: Path) -> None:
    assert graded(lab, tmp_path / "alice", hw__ipynb=notebook(NUMPY, "", "# nothing\n", ALL)).messages == ()
