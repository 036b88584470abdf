"""A notebook with the questions of an assignment, and what is handed in with it: answers in cells, code in the others.

The rule: a code cell whose first line is `%%grade QUESTION` is the answer to that question, as text that would stand in
answers.yaml; every other code cell is code of the submission; a cell that grades is neither. Nothing of it is run here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from grader.kinds.cell_text import file_of_cell
from grader.kinds.kind import kind_of
from grader.kinds.table import ways_of
from grader.spec.assignment import Assignment
from grader.spec.question import Question
from grader.verdict import points_in_words
from grader.visible import one_line

CODE_OF_NOTEBOOK = "solution.ipynb"
"""What the code of a notebook is called in the submission that is made of it."""

MAX_FILES_BESIDE = 300
MAX_BYTES_BESIDE = 100 << 20
"""Files that lie beside a notebook, and all their bytes together: more are left aside."""

GRADING_MARK = "proofgrade"
"""The key of a cell's metadata that says what it is to the grader."""

_ANSWER = re.compile(r"%%grade[ \t]+(\S+)[ \t]*\r?(?:\n|$)")
_DEFINITION = re.compile(r"^(?:async +def|def|class|import|from)\b", re.MULTILINE)

NotebookCell = dict[str, Any]


def cell_name(text: str) -> str:
    """A name that every format of notebooks allows for a cell: `q3-1`."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", text)[:48] or "cell"


def question_cells(question: Question, name: str) -> Iterator[NotebookCell]:
    """What a student reads and fills in: the prompt, and a blank where the answer is no prose."""
    title = f"### {question.id}: {question.title} ({points_in_words(question.points)} points)"
    yield markdown_cell(f"prompt-{name}", f"{title}\n\n{question.prompt.strip()}".strip())
    kind = kind_of(question)
    if kind.marked_by_reader:
        return
    blank = "\n".join(kind.blank(question)).strip()
    source = blank if kind.takes_code else f"%%grade {question.id}\n{blank}"
    yield code_cell(f"answer-{name}", source, {GRADING_MARK: {"answer": question.id}})


def code_cell(name: str, source: str, metadata: Mapping[str, Any] = {}) -> NotebookCell:  # never changed
    return {
        "cell_type": "code", "id": name, "metadata": dict(metadata), "source": source,
        "execution_count": None, "outputs": [],
    }  # fmt: skip


def markdown_cell(name: str, source: str, metadata: Mapping[str, Any] = {}) -> NotebookCell:  # never changed
    return {"cell_type": "markdown", "id": name, "metadata": dict(metadata), "source": source}


def notebook(cells: list[NotebookCell]) -> bytes:
    """The notebook as a file (nbformat 4.5); the same cells give the same bytes; they may be no Unicode."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    data = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return (json.dumps(data, indent=1, ensure_ascii=False) + "\n").encode("utf-8", "surrogatepass")


def introduction(assignment: Assignment) -> NotebookCell:
    """The first cell: what this is, and how answers are written."""
    return markdown_cell(
        "introduction",
        f"# {one_line(assignment.title or assignment.id)}\n\n"
        "Cells that begin with `%%grade` hold an answer: fill in what stands below that line, which stays. Functions"
        " are written in cells of code. Where the grader is installed, `%load_ext grader` makes such a cell show its"
        " marks.",
    )


def submission_files(data: bytes, assignment: Assignment) -> dict[str, bytes]:
    """The files of a submission that a notebook is; one that cannot be read is handed on as it is, to be refused."""
    questions = {question.id: question for question in assignment.questions}
    try:
        cells = [cell for cell in json.loads(data)["cells"] if isinstance(cell, dict)]
        sources = [_source(cell) for cell in cells]
    except (ValueError, KeyError, TypeError, RecursionError):
        return {CODE_OF_NOTEBOOK: data}
    files: dict[str, bytes] = {}
    code: list[NotebookCell] = []
    for cell, source in zip(cells, sources, strict=True):
        if cell.get("cell_type") != "code" or is_grading(cell):
            continue
        found = _ANSWER.match(source.lstrip())
        if found is None or found[1] not in questions:
            code.append(code_cell(f"cell-{len(code)}", source))
            continue
        question, text = questions[found[1]], source.lstrip()[found.end() :]
        if any(kind_of(way).takes_code for way in ways_of(question)) and _DEFINITION.search(text):
            code.append(code_cell(f"cell-{len(code)}", text))
            continue
        for name, answer in file_of_cell(question, text).items():
            files[_free(name, files)] = answer.encode("utf-8", "surrogatepass")
    if any(cell["source"].strip() for cell in code):
        files[CODE_OF_NOTEBOOK] = notebook(code)
    return files


def is_grading(cell: Mapping[str, Any]) -> bool:
    """Whether a cell is one that grades, by what its metadata says of it."""
    metadata = cell.get("metadata")
    if not isinstance(metadata, dict):
        return False
    mark = metadata.get(GRADING_MARK)
    return isinstance(mark, dict) and "grades" in mark


def files_beside(folder: Path) -> dict[str, bytes]:
    """Plain files in the folder of a notebook that belong to the submission as well; links are left aside."""
    files: dict[str, bytes] = {}
    room = MAX_BYTES_BESIDE
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or not path.is_file() or path.suffix == ".ipynb" or len(files) >= MAX_FILES_BESIDE:
            continue
        room -= path.stat().st_size
        if room >= 0:
            files[path.name] = path.read_bytes()
    return files


def _source(cell: Mapping[str, Any]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _free(name: str, files: Mapping[str, bytes]) -> str:
    """A second answer to a question has the name of a copy, so that two that differ are refused by name."""
    stem, _, end = name.rpartition(".")
    turn = 0
    while name in files:
        turn += 1
        name = f"{stem} ({turn}).{end}"
    return name
