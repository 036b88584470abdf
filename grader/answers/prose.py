"""An answer in words: prose, a formula, a number, a choice."""

from __future__ import annotations

from grader.answers.arrays import Numbers
from grader.answers.submission import Answer
from grader.documents import MappingNode, ScalarNode, SequenceNode, describe_node
from grader.errors import Problem, SourceLocation, SubmissionError

MAX_ANSWER_CHARACTERS = 100_000
"""Characters of one answer."""


MAX_CHOICES = 1_000
"""Options that one answer may name."""


def read_text(answer: Answer) -> ScalarNode:
    """The text of an answer.

    Raises:
        SubmissionError: for numbers in a file, mappings, lists, and text without end.
    """
    content = answer.content
    if isinstance(content, Numbers):
        raise SubmissionError(Problem("holds arrays, where text is wanted", SourceLocation(answer.file)))
    if not isinstance(content, ScalarNode):
        raise SubmissionError(Problem(f"wanted text, got {describe_node(content)}", content.place))
    if len(content) > MAX_ANSWER_CHARACTERS:
        raise SubmissionError(
            Problem(f"{len(content)} characters are too many (at most {MAX_ANSWER_CHARACTERS})", content.place)
        )
    return content


def read_choices(answer: Answer) -> list[ScalarNode]:
    """One word, or a list of at most MAX_CHOICES.

    Raises:
        SubmissionError: for anything else.
    """
    content = answer.content
    items = list(content) if isinstance(content, SequenceNode) else [content]
    if len(items) > MAX_CHOICES:
        place = getattr(content, "place", SourceLocation(answer.file))
        raise SubmissionError(Problem(f"{len(items)} choices are too many (at most {MAX_CHOICES})", place))
    for item in items:
        if not isinstance(item, ScalarNode) or isinstance(content, MappingNode):
            place = getattr(item, "place", SourceLocation(answer.file))
            raise SubmissionError(Problem(f"wanted one choice or a list of them, got {describe_node(item)}", place))
    return [item for item in items if isinstance(item, ScalarNode)]
