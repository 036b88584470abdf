"""Names of questions: an answer stands under one, or in a file of that name, so each is one question's alone."""

from __future__ import annotations

from collections.abc import Iterable

from grader.documents import MappingNode, ScalarNode, SequenceNode
from grader.documents.recovery import KEYS_OF_NO_QUESTION
from grader.errors import Problem, in_one_form

_SEPARATORS_OF_FOLDERS = "/\\"


def names_in(file: MappingNode, listed: ScalarNode | None = None) -> list[ScalarNode]:
    """The names of the questions of a file: of its parts, or its own; where it is listed by another, that one."""
    parts = file.lookup("parts")
    inner = [part for part in parts if isinstance(part, MappingNode)] if isinstance(parts, SequenceNode) else []
    written = [question.lookup("question") for question in inner or [file]]
    names = [name for name in written if isinstance(name, ScalarNode)]
    return [listed] if listed is not None and not inner and names != [listed] else names


def problems_of_names(names: Iterable[ScalarNode]) -> list[Problem]:
    """What keeps the names of an assignment's questions from being told apart, or from being names of files.

    Capitals make no difference, since students write them as they like, and file systems take two such files for one.
    """
    problems = []
    earlier: dict[str, ScalarNode] = {}
    for name in names:
        if reason := _unusable(name):
            problems.append(Problem(f"question: {str(name)!r} {reason}", name.place))
        first = earlier.setdefault(in_one_form(name).casefold(), name)
        if first is not name and first == name:
            problems.append(Problem(f"question: {str(name)!r} is used twice (first in {first.place})", name.place))
        elif first is not name:
            same = f"is {str(first)!r} in other capitals (in {first.place})"
            problems.append(Problem(f"question: {str(name)!r} {same}: choose another name", name.place))
    return problems


def _unusable(name: str) -> str:
    """Why no answer can stand under a name, or in a file that is called so; empty where it can."""
    if name.lower() in KEYS_OF_NO_QUESTION:
        return "has a meaning of its own in answers.yaml, where no answer can stand under it: choose another name"
    if not name.isprintable():
        return "holds a character that cannot be seen, or a line break: leave it out"
    if any(sign in name for sign in _SEPARATORS_OF_FOLDERS):
        return "holds / or \\, which no name of a file can: choose another name"
    if name != name.strip() or name.endswith("."):
        return "begins or ends with a blank, or ends with a full stop, which Windows leaves out: leave it out"
    return ""
