"""Code in UTF-16, as editors of Windows save it, runs as the same code in UTF-8, and the report shows what ran."""

import hashlib

import pytest

from grader.answers.submission import Submission
from grader.grading import grade
from grader.kinds.open_submission import Details

from ..conftest import RUN
from .lab import hand_in, loaded, notebook, write_course

SOURCE = "# größer 读\r\ndef f(x):\r\n    return [2 * one + 1 for one in x]\r\n"
NOTE = "is UTF-16 or UTF-32, which Python itself does not run: save it as UTF-8"


@pytest.fixture(scope="module")
def specs(tmp_path_factory):
    return write_course(tmp_path_factory.mktemp("course"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_code_runs_and_the_report_says_how_it_was_read(specs, tmp_path, encoding):
    source = SOURCE.encode(encoding) if encoding != "utf-16-be" else b"\xfe\xff" + SOURCE.encode(encoding)
    report = hand_in(tmp_path / "kim", {"solution.py": source}, specs)
    (result,) = report.questions
    assert (result.points, result.place.line) == (4, 2), result.messages
    assert f"solution.py {NOTE}" in report.messages
    assert report.code.sha256 == hashlib.sha256(source).hexdigest()


@pytest.mark.parametrize(
    "files",
    [
        {"solution.py": "from utils import *\n", "utils.py": SOURCE.encode("utf-16")},
        {"main.py": SOURCE.encode("utf-16"), "plots.py": "def show():\n    pass\n"},
        {"hw.ipynb": notebook(SOURCE).encode("utf-16")},
        {"solution.py": f"# -*- coding: latin-1 -*-\n{SOURCE}".encode("utf-16")},
        {"solution.py": f"# -*- coding: latin-1 -*-\n{SOURCE}".encode("utf-8-sig")},
    ],
    ids=[
        "a module",
        "another name",
        "a notebook",
        "an encoding is named, too",
        "another one is named than the mark says",
    ],
)
def test_it_is_found_and_imported_as_any_code(specs, tmp_path, files):
    report = hand_in(tmp_path / "kim", files, specs)
    assert report.points == 4, (report.messages, report.questions[0].messages)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (SOURCE.encode("utf-16")[:-1], "solution.py, line 1 is not UTF-8 (byte 0xff); save it as UTF-8"),
        (SOURCE.encode("cp1252", "replace"), "solution.py, line 1 is not UTF-8 (byte 0xf6); save it as UTF-8"),
        (b"def f(x):\n    return '\0'\n", "solution.py, line 2 holds a null byte; it is not a text file"),
    ],
)
def test_what_is_broken_or_would_be_guessed_is_refused_as_python_refuses_it(specs, tmp_path, source, said):
    (result,) = hand_in(tmp_path / "kim", {"solution.py": source}, specs).questions
    assert result.points == 0
    assert said in "\n".join([*result.messages, *(check.message for check in result.checks)])


WRONG = SOURCE.replace("2 * one", "3 * one")


@pytest.mark.parametrize(
    ("source", "encoding"),
    [
        (WRONG, "utf-16"),
        (WRONG.replace("\r\n", "\r"), "utf-8"),
        (WRONG.replace("größer 读", "a page\x0c and a\u2028line"), "utf-8"),
        (WRONG.replace("größer", "coding: gbk"), "gbk"),
    ],
    ids=["UTF-16", "the line ends of old Macs", "line ends that are none to Python", "an old encoding"],
)
def test_a_page_shows_the_lines_that_ran(specs, tmp_path, source, encoding):
    folder = tmp_path / "kim"
    folder.mkdir()
    (folder / "solution.py").write_bytes(source.encode(encoding))
    (result,) = grade(Submission(folder), loaded(specs), run=RUN, details=Details(page=True)).questions
    (shown,) = result.page.handed_in
    assert (shown.text, shown.first_line, shown.marked_lines) == (
        "def f(x):\n    return [3 * one + 1 for one in x]", 2, (2,),
    )  # fmt: skip
