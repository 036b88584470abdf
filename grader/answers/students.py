"""`students:` of a file of answers: who handed it in together, as they write it."""

from __future__ import annotations

import re

from grader.documents import MappingNode, Node, ScalarNode, SequenceNode, describe_node, shortened
from grader.errors import Problem, SubmissionError

MAX_STUDENTS_OF_SUBMISSION = 20
"""Who may hand in together."""

MAX_STUDENT_CHARACTERS = 100
"""Of one name, id or e-mail."""

SEVERAL_IN_TEXT = re.compile(r"\s*(?:[;,&\n]|\band\b|\bund\b)\s*")
"""What stands between students where they are one text: `ada, bob and carl`."""

WANTED = "write a list of ids, names or e-mails: `students: [1001, 1002]`"


def students_in(node: Node | None) -> tuple[str, ...]:
    """The students that are named, each once, as they are written: an id, a name or an e-mail each.

    An item of a list is one student, also `"Lovelace, Ada"`, and so is a mapping with a name and an id, of which the
    id counts; one text may name several.

    Raises:
        SubmissionError: if it is something else, or names too many.
    """
    if node is None or (isinstance(node, ScalarNode) and node.blank):
        return ()
    if isinstance(node, ScalarNode):
        names = SEVERAL_IN_TEXT.split(str(node))
    elif isinstance(node, SequenceNode):
        names = [_student(item) for item in node if not (isinstance(item, ScalarNode) and item.blank)]
    else:
        raise SubmissionError(Problem(f"students: {WANTED}, not {describe_node(node)}", node.place))
    names = list(dict.fromkeys(name for name in (" ".join(name.split()) for name in names) if name))
    if len(names) > MAX_STUDENTS_OF_SUBMISSION:
        raise SubmissionError(
            Problem(f"students: names {len(names)} (at most {MAX_STUDENTS_OF_SUBMISSION} hand in together)", node.place)
        )
    for name in names:
        if len(name) > MAX_STUDENT_CHARACTERS:
            raise SubmissionError(Problem(f"students: {shortened(name)!r} is no name: {WANTED}", node.place))
    return tuple(names)


def _student(item: Node) -> str:
    if isinstance(item, MappingNode):
        ids = [value for key, value in item.items() if key.lower() != "name" and isinstance(value, ScalarNode)]
        item = next((value for value in [*ids, item.lookup("name")] if value), item)
    if not isinstance(item, ScalarNode):
        raise SubmissionError(Problem(f"students: {WANTED}, not {describe_node(item)}", item.place))
    return str(item)
