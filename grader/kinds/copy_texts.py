"""A student's copy put to the test: what it says beside the prompts, and whether right answers are right there too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from grader.documents import MappingNode, plain, read_yaml
from grader.errors import SpecError
from grader.kinds.copies import COMMON_KEYS, SHARED_KEYS, PlainDocument, kept, texts
from grader.kinds.finding import Finding
from grader.kinds.kind import KindTable, kind_of
from grader.kinds.parts import with_shared
from grader.kinds.table import KINDS
from grader.kinds.variants.own import first_variants, own_assignment, own_file
from grader.spec.assignment import Assignment
from grader.spec.question import Question


def check_copy(assignment: Assignment, kinds: KindTable = KINDS) -> Iterator[Finding]:
    """For each question every text of its copy that its prompt does not have, and what the copy makes of right answers.

    Nothing for an assignment that is a copy itself; of questions with variants the first one is looked at.
    """
    if assignment.students_copy:
        return
    drawn = first_variants(assignment)
    asked = {question.id: question for question in own_assignment(assignment, drawn).questions}
    for file in _files(assignment):
        written = read_yaml(file.read_bytes(), file.name)
        root = plain(own_file(written, assignment, drawn) if isinstance(written, MappingNode) else written)
        prompt = root.get("prompt", "")
        for part in root.get("parts", [root]):
            if question := asked.get(part["question"]):
                yield _finding(part, question, "" if part is root else prompt)
                around = {} if part is root else kept(root, (*COMMON_KEYS, *SHARED_KEYS))
                yield from _tried(part, question, around, kinds)


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


def _tried(root: PlainDocument, question: Question, around: PlainDocument, kinds: KindTable) -> Iterator[Finding]:
    """The question of the copy, loaded as students load it and given the answers that are known to be right."""
    kind = kind_of(question)
    if not kind.copy_is_tried:
        return
    try:
        copied = kind.student_copy(root, question, around).document
    except SpecError:  # a known answer that cannot be read: the question's own check says so
        return
    text = yaml.safe_dump(copied, allow_unicode=True, sort_keys=False)
    part = read_yaml(text.encode(), f"{question.id}.yaml")
    shared = read_yaml(yaml.safe_dump(around, allow_unicode=True).encode(), f"{question.id}.yaml") if around else part
    assert isinstance(part, MappingNode)
    assert isinstance(shared, MappingNode)
    mine, problems = kinds.load_question(with_shared(part, shared, kinds), Path(f"{question.id}.yaml"))
    if mine is None or problems:
        why = "; ".join(problem.message for problem in problems)
        yield Finding(question.id, "fail", f"the student's copy of it cannot be loaded: {why}")
    elif kind_of(mine) is kind:
        yield from kind.check_copy(question, mine)
