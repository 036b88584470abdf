"""The kinds of questions in one visible place; each is imported when a question of its kind is met."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from grader.documents import MappingNode, ScalarNode
from grader.kinds.kind import KindTable, kind_of
from grader.spec.assignment import Assignment
from grader.spec.question import LoadedFile, Question

KINDS = KindTable(
    {
        "weights": "grader.kinds.weights",
        "function": "grader.kinds.function",
        "formula": "grader.kinds.formula",
        "number": "grader.kinds.number",
        "choice": "grader.kinds.choice",
        "written": "grader.kinds.written",
        "either": "grader.kinds.either",
        "waits": "grader.kinds.withheld",
    }
)


def load_file(root: MappingNode, path: Path, kinds: KindTable = KINDS) -> LoadedFile:
    """Every question of a file: one, or its parts."""
    if root.lookup("parts") is not None:
        from grader.kinds import parts

        return parts.load(root, path, kinds)
    question, problems = kinds.load_question(root, path)
    name = root.lookup("question")
    questions = () if question is None else (question,)
    return LoadedFile(str(name) if isinstance(name, ScalarNode) else "", questions, tuple(problems))


def load_assignment(path: Path, kinds: KindTable = KINDS, asked: Iterable[str] = ()) -> Assignment:
    """The assignment at a path: a folder with `assignment.yaml`, or one question file; or the questions `asked` for.

    Raises:
        SpecError: with every problem of every file that is read, or for a question that there is not.
    """
    from grader.spec import assignment_files

    return assignment_files.load_assignment(path, partial(load_file, kinds=kinds), asked)


def ways_of_all(assignment: Assignment) -> Iterator[Question]:
    """Every question of an assignment, and every way of those that can be answered in several."""
    for question in assignment.questions:
        yield from ways_of(question)


def ways_of(question: Question) -> tuple[Question, ...]:
    """The questions of which answering one is enough: the question itself, for most kinds."""
    return kind_of(question).ways(question)


def schema_of_questions(kinds: KindTable = KINDS) -> str:
    """The JSON Schema of a question file: a question of one of the kinds, or one in parts."""
    from grader.kinds.question_schema import QUESTION_FILE, question_definitions
    from grader.spec.schema import reference, schema_text

    return schema_text("A question file of grader", reference(QUESTION_FILE), question_definitions(kinds))
