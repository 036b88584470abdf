"""The code of a submission is a snapshot of one ordinary file of its own, which is never run here."""

from __future__ import annotations

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


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["solution.py", "work.ipynb"],
         "solution.py and work.ipynb both hold code: keep one (solution.py, or one notebook)"),
        (["main.py"], "the code is looked for in solution.py: rename main.py"),
    ],
)  # fmt: skip
def test_there_is_one_place_for_code(tmp_path: Path, names: list[str], expected: str) -> None:
    for name in names:
        (tmp_path / name).write_text("x = 1")
    with pytest.raises(SubmissionError) as caught:
        read_code(SubmissionFiles(tmp_path))
    assert str(caught.value) == expected
