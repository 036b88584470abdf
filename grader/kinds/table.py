"""The kinds of questions in one visible place; each is imported when a question of its kind is met."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import cast

from grader.documents import MappingNode, ScalarNode
from grader.errors import Problem, did_you_mean, listed
from grader.kinds.kind import Kind
from grader.spec import assignment as specs
from grader.spec.assignment import Assignment
from grader.spec.question import LoadedFile, Question


class KindTable(Mapping[str, Kind]):
    """Kinds by what `answer:` says; the value of a row is the module whose `KIND` it is."""

    def __init__(self, modules: Mapping[str, str]) -> None:
        self._modules = dict(modules)

    def __getitem__(self, name: str) -> Kind:
        return cast(Kind, importlib.import_module(self._modules[name]).KIND)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)

    def with_rows(self, modules: Mapping[str, str]) -> KindTable:
        """This table and more rows."""
        return KindTable({**self._modules, **modules})

    def load_question(self, root: MappingNode, path: Path) -> tuple[Question | None, list[Problem]]:
        """The question of a YAML mapping, or every problem that keeps it from being one."""
        name = root.lookup("answer")
        if not isinstance(name, ScalarNode):
            name = ScalarNode(DEFAULT_KIND, root.place)
        if name not in self:
            advice = did_you_mean(name, self) or f" ({listed(self)} can be)"
            return None, [Problem(f"answer: {str(name)!r} is not a kind of answer{advice}", name.place)]
        return self[name].load(root, path, self)


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

DEFAULT_KIND = "weights"
"""What a question is taken for that does not say how it is answered: the model then says what is missing."""


def load_file(root: MappingNode, path: Path, kinds: KindTable = KINDS) -> LoadedFile:
    """Every question of a file: one, or its parts."""
    if root.lookup("parts") is not None:
        from grader.kinds import parts

        return parts.load(root, path, kinds)
    question, problems = kinds.load_question(root, path)
    name = root.lookup("question")
    questions = () if question is None else (question,)
    return LoadedFile(str(name) if isinstance(name, ScalarNode) else "", questions, tuple(problems))


def load_assignment(path: Path, kinds: KindTable = KINDS) -> Assignment:
    """The assignment at a path: a folder with `assignment.yaml`, or one question file.

    Raises:
        SpecError: with every problem of every file.
    """
    return specs.load_assignment(path, partial(load_file, kinds=kinds))


def ways_of_all(assignment: Assignment) -> Iterator[Question]:
    """Every question of an assignment, and every way of those that can be answered in several."""
    for question in assignment.questions:
        yield from ways_of(question)


def ways_of(question: Question) -> tuple[Question, ...]:
    """The questions of which answering one is enough: the question itself, for most kinds."""
    return cast(Kind, question.kind).ways(question)


def schema_of_questions(kinds: KindTable = KINDS) -> str:
    """The JSON Schema of a question file: one of the kinds, or a question in parts."""
    from grader.kinds.parts import PartsModel
    from grader.spec.schema import question_schema

    return question_schema([*(kind.model for kind in kinds.values()), PartsModel])
