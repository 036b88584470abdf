"""The kinds of questions, in one visible place; each is imported when a question of its kind is met."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from grader.documents import Block, Text
from grader.errors import Problem, did_you_mean, listed
from grader.spec.question import Question

KINDS = ("weights", "function", "formula", "number", "choice", "written", "either", "waits")
"""What `answer:` may say."""

Loader = Callable[[Block, Path], tuple[Question | None, list[Problem]]]


@dataclass(frozen=True)
class Loaded:
    """What a question file holds: its own name, its questions (several where it has parts), every problem."""

    name: str
    questions: tuple[Question, ...]
    problems: tuple[Problem, ...]


def loader_of(kind: str) -> Loader | None:
    """The function that reads a question of a kind; None where there is no such kind."""
    match kind:
        case "weights":
            from grader.kinds.weights import question as weights

            return weights.load
        case "function":
            from grader.kinds.function import loader as function_loader

            return function_loader.load
        case "formula":
            from grader.kinds.formula import loader as formula_loader

            return formula_loader.load
        case "number":
            from grader.kinds.number import question as numbers

            return numbers.load
        case "choice":
            from grader.kinds.choice import question as choices

            return choices.load
        case "written":
            from grader.kinds.written import question as written

            return written.load
        case "waits":
            from grader.kinds import withheld as waits

            return waits.load
        case "either":
            from grader.kinds import either

            return either.load
    return None


def load_question(root: Block, path: Path) -> tuple[Question | None, list[Problem]]:
    """One question of any kind."""
    kind = root.lookup("answer")
    if not isinstance(kind, Text):
        kind = Text("weights", root.place)  # its own model says what is missing
    loader = loader_of(kind)
    if loader is None:
        advice = did_you_mean(kind, KINDS) or f" ({listed(KINDS)} can be)"
        return None, [Problem(f"answer: {str(kind)!r} is not a kind of answer{advice}", kind.place)]
    return loader(root, path)


def load_file(root: Block, path: Path) -> Loaded:
    """Every question of a file: one, or its parts."""
    if root.lookup("parts") is not None:
        from grader.kinds import parts

        return parts.load(root, path)
    question, problems = load_question(root, path)
    name = root.lookup("question")
    questions = () if question is None else (question,)
    return Loaded(str(name) if isinstance(name, Text) else "", questions, tuple(problems))
