"""The code of a submission is a snapshot of one ordinary file of its own, which is never run here."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from grader.answers.code import Code, read_code
from grader.answers.files import MAX_FILE_BYTES
from grader.answers.tree import SubmissionFiles
from grader.errors import SubmissionError


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "solution.py").write_bytes(b"x = 1\r\n")
    assert read_code(SubmissionFiles(tmp_path)) == Code("solution.py", b"x = 1\r\n", "python")
    assert read_code(SubmissionFiles(tmp_path / "solution.py")) == Code("solution.py", b"x = 1\r\n", "python")


def test_a_notebook_is_one(tmp_path: Path) -> None:
    (tmp_path / "work.ipynb").write_bytes(b"{}")
    assert read_code(SubmissionFiles(tmp_path)) == Code("work.ipynb", b"{}", "notebook")


def test_where_there_is_no_code_there_is_none(tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text("q5: {}")
    assert read_code(SubmissionFiles(tmp_path)) is None


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("link", "solution.py: is a symbolic link: hand in the file itself"),
        ("hard", "solution.py: is a hard link to another file: hand in a copy"),
        ("folder", "solution.py: is a folder where a file should be"),
        ("pipe", "solution.py: is not a plain file (a pipe, socket or device)"),
        ("large", f"solution.py: is too large: {MAX_FILE_BYTES + 1} bytes (at most {MAX_FILE_BYTES})"),
    ],
)
def test_only_an_ordinary_file_of_its_own_is_read(tmp_path: Path, kind: str, expected: str) -> None:
    secret, handed_in = tmp_path / "secret", tmp_path / "alice"
    secret.write_text("SECRET = 1")
    handed_in.mkdir()
    path = handed_in / "solution.py"
    match kind:
        case "link":
            path.symlink_to(secret)
        case "hard":
            os.link(secret, path)
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case "large":
            path.write_bytes(bytes(MAX_FILE_BYTES + 1))
    with pytest.raises(SubmissionError) as caught:
        read_code(SubmissionFiles(handed_in))
    assert str(caught.value) == expected


def notebook(*cells: str) -> str:
    return json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells], "nbformat": 4})


F, G = "def f(x):\n    return x\n", "def g(x):\n    return 2\n"
NOTE = "the code was read from "

FOUND: dict[str, tuple[dict[str, str], str, str]] = {
    "any capitals": ({"SOLUTION.PY": F}, "SOLUTION.PY", NOTE + "SOLUTION.PY"),
    "a copy of the name": ({"solution (1).py": F}, "solution (1).py", NOTE + "solution (1).py"),
    "an ending hidden from its author": ({"solution.py.txt": F}, "solution.py.txt", NOTE + "solution.py.txt"),
    "a folder": ({"src/solution.py": F, "src/util.py": G}, "src/solution.py", NOTE + "src/solution.py"),
    "one module": ({"main.py": F}, "main.py", NOTE + "main.py"),
    "one notebook": ({"hw 3.ipynb": notebook(F)}, "hw 3.ipynb", ""),
    "modules that it imports": (
        {"main.py": f"from layers import f\n{G}", "layers.py": F}, "main.py", NOTE + "main.py, which defines g"),
    "a module that a script tries": (
        {"main.py": "import net\nprint(net.f(1))\n", "net.py": F}, "net.py", NOTE + "net.py, which defines f"),
    "a module that a test imports": (
        {"test_net.py": "from net import f\ndef test(): assert f(1) == 1\n", "net.py": F}, "net.py", NOTE + "net.py"),
    "the notebook that imports the module": (
        {"hw.ipynb": notebook("from util import *", G), "util.py": F}, "hw.ipynb", NOTE + "hw.ipynb, which defines g"),
    "a package that gathers what it holds": (
        {"hw.ipynb": notebook("from net import f", G), "net/__init__.py": "from .layers import *", "net/layers.py": F},
        "hw.ipynb", NOTE + "hw.ipynb, which defines g"),
    "imports below a command": (
        {"hw.ipynb": notebook("!pip install x\nfrom util import *\n%matplotlib inline", G), "util.py": F},
        "hw.ipynb", NOTE + "hw.ipynb, which defines g"),
    "imports in a cell that is no Python": (
        {"hw.ipynb": notebook("from util import f\nprint 'done'", G), "util.py": F},
        "hw.ipynb", NOTE + "hw.ipynb, which defines g"),
    "a module that a notebook runs": (
        {"hw.ipynb": notebook("%run -i ./lib/util.py", G), "lib/util.py": F}, "hw.ipynb",
        NOTE + "hw.ipynb, which defines g"),
    "a notebook with timed cells and its export": (
        {"hw.py": f"get_ipython().run_line_magic('cd', '..')\n{F}", "hw.ipynb": notebook(f"%cd ..\n{F}")},
        "hw.ipynb", NOTE + "hw.ipynb, which defines f"),
    "one of several notebooks": (
        {"play.ipynb": notebook("x = 1"), "hw.ipynb": notebook(F), "eda.ipynb": notebook("import pandas")},
        "hw.ipynb", NOTE + "hw.ipynb, which defines f"),
    "a notebook beside a template": (
        {"solution.py": "# write here\n", "hw.ipynb": notebook(F)}, "hw.ipynb", NOTE + "hw.ipynb, which defines f"),
    "the solution, whatever other modules define": ({"solution.py": F, "util.py": F.replace("x\n", "3\n")},
        "solution.py", ""),
    "a notebook that tries the solution": (
        {"solution.py": F, "play.ipynb": notebook("from solution import f\nf(3)")}, "solution.py", ""),
    "all from another module": ({"solution.py": "from util import *\n", "util.py": F}, "solution.py", ""),
    "a notebook and its export": (
        {"hw.py": f"# In[1]:\nget_ipython().run_line_magic('cd', '..')\n{F}", "hw.ipynb": notebook("%cd ..", F)},
        "hw.ipynb", NOTE + "hw.ipynb, which defines f"),
    "the solution and its notebook": ({"solution.py": F, "solution.ipynb": notebook(F)}, "solution.py", ""),
    "what is no Python yet": (
        {"a.py": "x = 1\n", "b.py": f"{F}def broken(:\n"}, "b.py", NOTE + "b.py, which defines f"),
    "inside of a condition": (
        {"a.py": "x = 1\n", "b.py": "try:\n    import torch\nexcept ImportError:\n    def f(x): return x\n"},
        "b.py", NOTE + "b.py, which defines f"),
    "a lambda": ({"a.py": "x = 1\n", "b.py": "f = lambda x: x\n"}, "b.py", NOTE + "b.py, which defines f"),
    "files of other programs": (
        {"conftest.py": F, "sitecustomize.py": F, "setup.py": G, "hw.py": F}, "hw.py", NOTE + "hw.py"),
    "nothing that is asked for": ({"solution.py": "def other(): pass\n", "x.ipynb": notebook("y = 1")},
        "solution.py", ""),
}  # fmt: skip


@pytest.mark.parametrize(("texts", "chosen", "note"), FOUND.values(), ids=FOUND)
def test_the_code_is_found_by_what_it_defines(tmp_path: Path, texts: dict[str, str], chosen: str, note: str) -> None:
    code = read_code(handed_in(tmp_path, texts), ("f", "g"))
    assert code is not None
    assert (code.name, code.notes) == (chosen, (note,) if note and note != NOTE else ())
    assert code.source.decode() == texts[chosen]


REFUSED: dict[str, tuple[dict[str, str], str]] = {
    "solution and notebook": (
        {"solution.py": F, "work.ipynb": notebook(F.replace("x\n", "3\n"))},
        "solution.py and work.ipynb both hold code that is asked for (f): keep one (solution.py, or one notebook)"),
    "each a part": (
        {"solution.py": F, "work.ipynb": notebook(G)},
        "solution.py and work.ipynb both hold code that is asked for (f and g): keep one (solution.py, or one notebook)"),
    "two notebooks": (
        {"a.ipynb": notebook(F), "b.ipynb": notebook(F, "y = 1", G)},
        "a.ipynb and b.ipynb both hold code that is asked for (f and g): keep one (solution.py, or one notebook)"),
    "two modules": (
        {"a.py": F, "b.py": G},
        "a.py and b.py both hold code that is asked for (f and g): keep one (solution.py, or one notebook)"),
    "two solutions": (
        {"solution.py": F, "Solution (2).py": F.replace("x\n", "3\n")},
        "Solution (2).py and solution.py both hold code that is asked for (f): keep one (solution.py, or one notebook)"),
    "none": (
        {"a.py": "x = 1\n", "b.py": "y = 1\n"},
        "none of a.py and b.py defines f or g: write it in solution.py, or in one notebook"),
    "very many": (
        {f"part{number:03}.py": "" for number in range(61)},
        "61 files hold code, among which the right one is not looked for: keep one (solution.py, or one notebook)"
        " and what it imports"),
}  # fmt: skip


@pytest.mark.parametrize(("texts", "message"), REFUSED.values(), ids=REFUSED)
def test_two_files_of_code_are_refused_by_name(tmp_path: Path, texts: dict[str, str], message: str) -> None:
    with pytest.raises(SubmissionError) as caught:
        read_code(handed_in(tmp_path, texts), ("f", "g"))
    assert str(caught.value) == message


HOSTILE = {
    "deep": "f = " + "-" * 100_000 + "1",
    "attributes": "f = a" + ".b" * 50_000,
    "operands": "f = 1" + "+1" * 50_000,
    "brackets": "f = " + "[" * 100_000,
    "calls": "f = " + "g(" * 90 + ")" * 90,
    "branches": "if a: pass\n" + "elif b: pass\n" * 5_000 + "def f(): pass",
    "null": "def f(): pass\0",
    "escapes": "def f(): return '\\d'",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_looked_through(tmp_path: Path, text: str) -> None:
    code = read_code(handed_in(tmp_path, {"a.py": text, "b.py": "x = 1"}), ("f",))
    assert code is not None
    assert code.name == "a.py"


def handed_in(folder: Path, texts: dict[str, str]) -> SubmissionFiles:
    for name, text in texts.items():
        path = folder / "alice" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    return SubmissionFiles(folder / "alice")


@pytest.mark.skipif(os.name != "posix", reason="names as POSIX has them")
def test_a_name_with_a_line_break_is_told_on_one_line(tmp_path: Path) -> None:
    code = read_code(handed_in(tmp_path / "one", {"a\nb.py": F, "c.txt": ""}), ("f",))
    assert code is not None
    assert "\n" not in "".join(code.notes)
    with pytest.raises(SubmissionError, match=r"^a\\nb\.py and c\.py both hold"):
        read_code(handed_in(tmp_path / "two", {"a\nb.py": F, "c.py": F.replace("x\n", "3\n")}), ("f",))


def test_a_notebook_may_be_larger_than_its_code(tmp_path: Path) -> None:
    cell = {"cell_type": "code", "source": F, "outputs": [{"data": {"image/png": "A" * (20 << 20)}}]}
    files = handed_in(tmp_path, {"hw.ipynb": json.dumps({"cells": [cell], "nbformat": 4})})
    code = read_code(files)
    assert code is not None
    assert len(code.source) > 20 << 20


def test_another_notebook_of_half_a_gigabyte_costs_nothing_and_is_named(tmp_path: Path) -> None:
    files = handed_in(tmp_path, {"hw.ipynb": notebook(F), "mnist.ipynb": ""})
    os.truncate(tmp_path / "alice" / "mnist.ipynb", 100 << 20)
    code = read_code(files, ("f",))
    assert code is not None
    assert code.notes == (
        f"{NOTE}hw.ipynb, which defines f",
        "mnist.ipynb: is too large: 104857600 bytes (at most 67108864); it was not looked through for code",
    )


def test_a_solution_that_cannot_be_read_is_not_passed_over(tmp_path: Path) -> None:
    files = handed_in(tmp_path, {"hw.ipynb": notebook(F), "other.py": F})
    (tmp_path / "alice" / "solution.py").symlink_to("other.py")
    with pytest.raises(SubmissionError, match=r"^solution.py: is a symbolic link: hand in the file itself$"):
        read_code(SubmissionFiles(files.path), ("f",))


def test_a_notebook_of_half_a_gigabyte_is_refused(tmp_path: Path) -> None:
    files = handed_in(tmp_path, {"hw.ipynb": ""})
    os.truncate(tmp_path / "alice" / "hw.ipynb", 500 << 20)
    with pytest.raises(SubmissionError, match=r"^hw.ipynb: is too large: 524288000 bytes \(at most 67108864\)$"):
        read_code(files)
