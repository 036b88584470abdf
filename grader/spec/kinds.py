"""The kinds of questions, in one visible place; each is imported when a question of its kind is met."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from grader.documents import Block
from grader.errors import Problem
from grader.spec.question import Question

KINDS = ("weights", "function")
"""What `answer:` may say."""

Loader = Callable[[Block, Path], tuple[Question | None, list[Problem]]]


def loader_of(kind: str) -> Loader | None:
    """The function that reads a question of a kind; None where there is no such kind."""
    match kind:
        case "weights":
            from grader.spec import weights

            return weights.load
        case "function":
            from grader.spec import functions

            return functions.load
    return None
