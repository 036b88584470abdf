"""A class as a platform hands it out, graded in this process, and what came of it."""

import csv

from ..answers.helpers import Q5, Q6
from .course import zipped

Q6_FILE = Q6.removeprefix("q6: ")


def lay_out(folder, files):
    """The folder with these files below it; names may have folders in them."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def grades(out):
    """`grades.csv` by the first cell: a mapping of its columns."""
    with (out / "grades.csv").open(encoding="utf-8", newline="") as file:
        return {row["submission"]: row for row in csv.DictReader(file)}


def grade_class_in(run, tmp_path, files, *options, code=0):
    """The rows of a class with these files, and the lines on stderr."""
    folder = lay_out(tmp_path / "class", files)
    result = run("grade", folder, "--out", tmp_path / "out", *options)
    assert result.code == code, result.err
    lines = result.err.splitlines()
    assert all(line.startswith("grader: ") for line in lines)
    return grades(tmp_path / "out"), [line.removeprefix("grader: ") for line in lines]


def totals(rows):
    """The total of each row, "" where it is held."""
    return {name: row["total"] for name, row in rows.items()}


__all__ = ["Q5", "Q6", "Q6_FILE", "grade_class_in", "grades", "lay_out", "totals", "zipped"]
