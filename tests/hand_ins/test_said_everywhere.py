"""What is said of the files of a hand-in stands in every format, and a class of archives is graded as one of folders."""

from __future__ import annotations

import csv
from base64 import b64decode
from html import unescape
from pathlib import Path

import pytest

from grader.reports.formats import FORMATS
from grader.spec.assignment import Assignment

from ..answers.helpers import run
from .course import DOUBLE, ESSAY, Q5, arrays, graded, make_course, tarred, written, zipped

__all__ = ["run"]


@pytest.fixture(scope="module")
def sheet(tmp_path_factory: pytest.TempPathFactory) -> Assignment:
    return make_course(tmp_path_factory.mktemp("course"))


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_names_what_was_read_as_another_name_and_what_was_not_read(sheet, tmp_path, name):
    files = {"Answers (1).yml": f"q2: {ESSAY}", "q5.pkl": b"", "loss.png": b""}
    report = graded(written(tmp_path / "alice", files), sheet)
    text = plain(FORMATS[name].render(report))
    assert "q5.pkl:isapickle,whichisaprogramandneverrunhere" in text
    if name not in ("github", "classroom"):  # which show problems of questions alone
        assert "Answers(1).yml:readasanswers.yml" in text
        assert "noanswerislookedforthere:loss.png" in text


def plain(text: str) -> str:
    """The text without blanks and the escapes of a format; GitHub Classroom's is wrapped in Base64."""
    if text.startswith("result="):
        text = b64decode(text.removeprefix("result=")).decode()
    return "".join(unescape(text).replace("\\", "").split())


def rows(folder: Path) -> dict[str, list[str]]:
    """`grades.csv` by submission: points of q2, q3 and q5, and the status."""
    with (folder / "grades.csv").open(newline="", encoding="utf-8") as file:
        return {row["submission"]: [row["q2"], row["q3"], row["q5"], row["status"]] for row in csv.DictReader(file)}


def test_a_class_of_archives_files_and_folders(sheet, tmp_path, run, monkeypatch):
    whole = {"hw5/answers.yaml": f"q2: {ESSAY}\n{Q5}", "hw5/solution.py": DOUBLE}
    class_folder = written(tmp_path / "class", {
        "ada.zip": zipped(whole), "ben.tar.gz": tarred(whole), "cleo.ZIP": zipped({"Answers (1).yaml": Q5}),
        "dan.rar": b"Rar!\x1a\x07\1\0", "eve.yaml.txt": Q5, "fay/hw5.zip": zipped({"q5.npz": arrays()}),
        "gus/my_answers.yaml": Q5, "hal.zip": zipped(whole)[:-30],
    })  # fmt: skip
    monkeypatch.chdir(sheet.path.parents[1] if sheet.path.is_dir() else sheet.path.parents[2])
    result = run("grade", class_folder, "--out", tmp_path / "out", "--spec", "sheet")
    nothing = ["0", "0", "0", "rejected"]
    assert rows(tmp_path / "out") == {
        "ada": ["0", "5", "70", "pending"], "ben": ["0", "5", "70", "pending"], "cleo": ["0", "0", "70", "missing"],
        "dan": nothing, "eve": ["0", "0", "70", "missing"], "fay": ["0", "0", "70", "missing"], "gus": nothing,
        "hal": nothing,
    }  # fmt: skip
    assert "dan: dan.rar: is a RAR archive, which is not read: hand in a folder, a .zip or a .tar.gz" in result.err
    assert "gus: my_answers.yaml: is not read: answers stand in answers.yaml" in result.err
    assert "hal: hal.zip: is damaged" in result.err
