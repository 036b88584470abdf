"""A notebook: `%%grade` on cells of every kind, values checked as they are, and results that show themselves once."""

import atexit
import re
import types
from fractions import Fraction

import pytest

from ..reports.page_reader import Page


@pytest.fixture(scope="module")
def shell(tmp_path_factory):
    """An IPython of its own, which keeps no history and is not `__main__`; imported here, as it takes long."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    folder = str(tmp_path_factory.mktemp("ipython"))
    module = types.ModuleType("notebook_of_a_test")
    shell = InteractiveShell(config=config, ipython_dir=folder, user_module=module, user_ns=vars(module))
    shell.run_cell("%load_ext grader")
    yield shell
    shell.atexit_operations()
    atexit.unregister(shell.atexit_operations)


class Cell:
    """What became of a cell: its value, the text that it wrote, and the error that it ended in."""

    def __init__(self, shell, source):
        from IPython.utils.capture import capture_output

        with capture_output() as captured:
            ran = shell.run_cell(source, store_history=False)
        self.value = ran.result
        self.error = ran.error_before_exec or ran.error_in_exec
        self.out, self.err = captured.stdout, captured.stderr


LATEX = r"\frac{\partial L}{\partial h_{t+1}} \cdot W \cdot h_{t+1} (1 - h_{t+1})"


@pytest.mark.long
@pytest.mark.parametrize(
    ("cell", "points"),
    [
        ("%%grade q5\nW1: 1\nW2: 1\nb2: -1.5\nW3: 1\nb3: 0\n", 70),
        ("%%grade q5\n{W1: 1, W2: 0, b2: 0, W3: 1, b3: 0}", 40),
        ("%%grade q5\nq5: {W1: 1, W2: 1, b2: -3/2, W3: 1, b3: 0}  # as in answers.yaml", 70),
        ('%%grade q5\n{"W1": 1, "W2": 1, "b2": -1.5, "W3": 1, "b3": 0}', 70),
        ("%%grade q5\nW1 = W2 = W3 = 1\nb2, b3 = -1.5, 0\n", 70),
        ("%%grade q5 --spec assignment3\nW1, W2, b2, W3, b3 = 1, 1, -1.5, 1, 0", 70),
        ("%%grade q3.1\ndL[t+1] * W * h[t+1] * (1 - h[t+1])", 20),
        (f"%%grade q3.1\n{LATEX}", 20),
        (f"%%grade q3.1\n$$ {LATEX} $$\n", 20),
        ('%%grade q3.1\n"dL[t+1] * W * h[t+1] * (1 - h[t+1])"', 20),
        ("%%grade q3.1\nq3.1: dL[t+1] * h[t+1] * (1 - h[t+1])", 10),
        ("%%grade q3.3\n1/4", 10),
        ("%%grade q3.3\n[0.25]", 10),
        ("%%grade q3.3\n0.3\n", 0),
        ("%%grade q1\nsigmoid(10*sum((-1)^(T-i) * x[i] for i in range(1, T+1)))", 40),
        ("%%grade q1\nW1: 1", 0),
        ("%%grade q2\nIt says: nothing # of what 'words' have to do with one another.", 0),
    ],
)
def test_a_cell_is_handed_in_as_it_is(shell, cell, points):
    found = Cell(shell, cell)
    assert (found.error, found.value.points) == (None, points)
    assert found.out.count(str(found.value)) == 1


def test_a_function_of_a_cell_runs_in_the_notebook_and_is_checked_with_what_it_reaches(shell):
    Cell(shell, "def larger(a, b):\n    return a if a > b else b\n")
    found = Cell(shell, "%%grade linear_decay\ndef linear_decay(i, k, c, e):\n    return larger(e, k - c * i) - 1\n")
    assert found.out.count("agrees with the reference") == 1
    assert (found.value.status, found.value.points) == ("graded", 1)
    text = found.value.page.handed_in[0]
    assert (text.text.split("\n")[0], text.marked_lines) == ("def linear_decay(i, k, c, e):", (text.first_line,))
    assert Cell(shell, "linear_decay(2, 1, 0.25, 0)").value == -0.5


@pytest.mark.long
@pytest.mark.parametrize(
    ("line", "points"),
    [
        ("%grade q3.3 0.25", 10),
        ("%grade q3.3 1/4", 10),
        ("%grade q3.3 Fraction(1, 4)", 10),
        ("%grade q3.3 '1/4'", 10),
        ("%grade q3.3 np.float32(0.25)", 10),
        ("%grade q3.3 np.array(0.25)", 10),
        ("%grade q3.3 np.array([[0.25]])", 10),
        ("%grade q3.3 0.2500001", 0),
        ("%grade q3.3 1", 5),  # a near miss
        ("%grade q3.3 0.1 + 0.15 ", 10),
        ("%grade q5 --spec=assignment3 {'W1': 1, 'W2': 1, 'b2': np.float64(-1.5), 'W3': np.int8(1), 'b3': 0}", 70),
        ("%grade q5 dict(W1=1, W2=1, b2=Fraction(-3, 2), W3='1', b3=0)", 70),
    ],
)
def test_a_value_of_the_notebook_is_checked_as_it_is(shell, line, points):
    shell.user_ns["Fraction"] = Fraction
    Cell(shell, "import numpy as np")
    found = Cell(shell, line)
    assert (found.error, found.value.points) == (None, points)


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("%%grade\nx", "write `%%grade q5` above an answer, or `%grade q5 value`"),
        ("%grade q5", "write `%%grade q5` above an answer"),
        ("%grade", "write `%%grade q5` above an answer"),
        ("%%grade q5 and more\nx", "write `%%grade q5` above an answer"),
        ("%%grade q55\nx", "'q55' is not a question \\(did you mean 'q5'\\?\\)"),
        ("%%grade q5 --spec nowhere\nx", "nowhere"),
        ("%%grade one_hot\nx = 2", "the cell defines no one_hot, which one_hot asks for"),
        ("%grade q5 object()", "an answer is made of numbers, text, lists and arrays, not of object"),
    ],
)
def test_what_cannot_be_graded_is_said_in_a_line(shell, cell, message):
    found = Cell(shell, cell)
    assert type(found.error).__name__ == "UsageError"
    assert re.search(message, str(found.error))
    assert "Traceback" not in found.out + found.err


def test_a_cell_that_fails_is_not_graded(shell):
    found = Cell(shell, "%%grade one_hot\ndef one_hot(index, size):\n    return 1\none_hot(1, 2, 3)")
    assert "TypeError" in found.out
    assert found.value is None


def test_a_result_is_shown_once_as_text_and_as_a_part_of_the_page(shell, monkeypatch):
    """In Jupyter, where Rich would show what it writes into a text."""
    shown = []
    monkeypatch.setattr("rich.console._is_jupyter", lambda: True)
    monkeypatch.setattr("IPython.display.display", lambda *parts, **_: shown.append(parts))
    result = Cell(shell, "%grade q5 dict(W1=1, W2=0, b2=0, W3=1, b3=0)").value
    bundle, _ = shell.display_formatter.format(result)
    assert set(bundle) == {"text/plain", "text/html"}
    assert bundle["text/plain"].startswith("q5  A latch that remembers the first zero")
    page = Page(bundle["text/html"])
    assert page.tags.count("section") == 1
    assert "h1" not in page.tags
    printed = Cell(shell, "import grader\nprint(grader.check('q5', W1=1, W2=0, b2=0, W3=1, b3=0))")
    assert printed.out == f"{bundle['text/plain']}\n"
    assert shown == []


def test_an_executed_notebook_holds_each_result_once(here):
    """A real kernel: what a cell gives is its result, with text and the part of the page; printed, it is text."""
    import nbformat
    from nbclient import NotebookClient

    sources = [
        "%load_ext grader",
        "%%grade q5\nW1 = 1\nW2 = b2 = b3 = 0\nW3 = 1",
        "import grader\nresult = grader.check('q3.3', 4)\nprint(result)",
        "from rich import print\nprint(result)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    NotebookClient(notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(here)}}).execute()
    shown = [[(one.output_type, *sorted(one.get("data", {}))) for one in cell.outputs] for cell in notebook.cells]
    assert shown == [
        [],
        [("execute_result", "text/html", "text/plain")],
        [("stream",)],
        [("display_data", "text/html", "text/plain")],
    ]
    graded, printed = notebook.cells[1].outputs[0].data, notebook.cells[2].outputs[0].text
    assert graded["text/html"].count('<section class="question">') == 1
    assert "40 / 70" in graded["text/plain"]
    assert printed.startswith("q3.3  When do gradients neither vanish nor explode?")
