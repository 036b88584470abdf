"""Adding a question to the list in `assignment.yaml`: everything else that stands there keeps its bytes.

The one other thing that may change is `points`, where the assignment states its sum: the new question's are added.
"""

from __future__ import annotations

import re
from fractions import Fraction

import yaml

from grader.documents import DocumentError, MappingNode, ScalarNode, SequenceNode, plain, read_yaml
from grader.errors import Problem, SourceLocation, SpecError
from grader.spec.course import ASSIGNMENT_FILE, COPY
from grader.verdict import points_in_words


def listed_questions(data: bytes) -> list[str]:
    """The questions of an `assignment.yaml` in their order.

    Raises:
        SpecError: if they cannot be read, or it is a student's copy.
    """
    root = _root(data)
    questions = root.lookup("questions")
    if root.lookup(COPY) is not None:
        raise _problem("is a student's copy, which is made of the course's own assignment: add the question there")
    if not isinstance(questions, SequenceNode) or not all(isinstance(name, ScalarNode) for name in questions):
        raise _problem("has no list `questions` of names to add to")
    return [str(name) for name in questions]


def with_question(data: bytes, name: str, points: Fraction) -> bytes:
    """The file with one more question at the end of its list, and its points in the sum, if the file states one.

    Raises:
        SpecError: if that cannot be done without changing anything else; what to add by hand is said.
    """
    listed, stated = listed_questions(data), _root(data).lookup("points")
    try:
        total = None if stated is None else points_in_words(Fraction(str(stated)) + points)
        text = data.decode("utf-8")
        added = _edited(text, name, total).encode("utf-8")
        wanted = plain(_root(data)) | {"questions": [*listed, name]} | ({} if total is None else {"points": total})
        if plain(_root(added)) == wanted:
            return added
    except (UnicodeDecodeError, ValueError, yaml.YAMLError, DocumentError, _NotEditableError):
        pass
    raise _problem(f"cannot be added to as it is written: put {name!r} into its list `questions` by hand")


class _NotEditableError(Exception):
    """A list that is written in a way which is not known here."""


def _edited(text: str, name: str, total: str | None) -> str:
    """The text with both changes, from the back to the front, so that places stay right."""
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise _NotEditableError
    nodes = {key.value: node for key, node in root.value}
    changes = [_insertion(text, nodes["questions"], name)]
    if total is not None:
        node = nodes["points"]
        changes.append((node.start_mark.index, node.end_mark.index, total))
    for start, end, new in sorted(changes, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _insertion(text: str, questions: yaml.Node, name: str) -> tuple[int, int, str]:
    """Where the name goes, and with what around it: behind the last one, on a line of its own if those have such."""
    if not isinstance(questions, yaml.SequenceNode):
        raise _NotEditableError
    last = questions.value[-1].end_mark.index if questions.value else None
    if questions.flow_style:
        at = last if last is not None else questions.start_mark.index + 1
        return at, at, name if last is None else f", {name}"
    if last is None:
        raise _NotEditableError
    newline = "\r\n" if "\r\n" in text else "\n"
    end = re.compile(r"\r?\n|\Z").search(text, last)
    assert end is not None
    line = f"{' ' * questions.start_mark.column}- {name}"
    if end[0]:
        return end.end(), end.end(), line + newline
    return end.end(), end.end(), newline + line


def _root(data: bytes) -> MappingNode:
    try:
        root = read_yaml(data, ASSIGNMENT_FILE)
    except DocumentError as error:
        raise SpecError(*error.problems) from None
    if not isinstance(root, MappingNode):
        raise _problem("is no mapping with a list `questions`")
    return root


def _problem(message: str) -> SpecError:
    return SpecError(Problem(message, SourceLocation(ASSIGNMENT_FILE)))
