"""What students would read in their copy of an assignment beside its prompts, for the TA to look through."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader.documents import plain, read_yaml
from grader.kinds.copies import PlainDocument, texts
from grader.kinds.finding import Finding
from grader.kinds.kind import kind_of
from grader.spec.assignment import Assignment
from grader.spec.question import Question


def check_copy(assignment: Assignment) -> Iterator[Finding]:
    """One finding a question with every text of its copy that its prompt does not have; none for a copy itself."""
    if assignment.students_copy:
        return
    asked = {question.id: question for question in assignment.questions}
    for file in _files(assignment):
        root = plain(read_yaml(file.read_bytes(), file.name))
        prompt = root.get("prompt", "")
        for written in root.get("parts", [root]):
            if question := asked.get(written["question"]):
                yield _finding(written, question, "" if written is root else prompt)


def _files(assignment: Assignment) -> list[Path]:
    if not assignment.path.is_dir():
        return [assignment.path]
    names = dict.fromkeys(file for name in assignment.listed if (file := _file_of(assignment.path, name)))
    return list(names)


def _file_of(folder: Path, question: str) -> Path | None:
    """The file of a question, or of the question that it is a part of: `q3.1` in `q3.yaml`."""
    names = question.split(".")
    files = (folder / f"{'.'.join(names[:count])}.yaml" for count in range(len(names), 0, -1))
    return next((file for file in files if file.is_file()), None)


def _finding(root: PlainDocument, question: Question, prompt: str) -> Finding:
    shown = list(texts(kind_of(question).copied(root, question, prompt), prompt))
    text = f"a student's copy has beside the prompt: {'; '.join(shown)}" if shown else "a copy has the prompt alone"
    return Finding(question.id, "ok", text)
