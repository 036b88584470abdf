"""An answer in words: prose, a formula, a number, a choice."""

from __future__ import annotations

from typing import NamedTuple

from grader.answers.formats import ArrayFile
from grader.answers.submission import Answer
from grader.documents import MappingNode, ScalarNode, SequenceNode, describe_node, split_number
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
    if isinstance(content, ArrayFile):
        raise SubmissionError(Problem("holds arrays, where text is wanted", SourceLocation(answer.file)))
    if not isinstance(content, ScalarNode):
        raise SubmissionError(Problem(f"wanted text, got {describe_node(content)}", content.place))
    if len(content) > MAX_ANSWER_CHARACTERS:
        raise SubmissionError(
            Problem(f"{len(content)} characters are too many (at most {MAX_ANSWER_CHARACTERS})", content.place)
        )
    return content


class SingleText(NamedTuple):
    """The text of an answer that is one value, and what is said of how it was read."""

    text: ScalarNode
    notes: tuple[str, ...]


def read_single(answer: Answer) -> SingleText:
    """The text of an answer that is one value; one in brackets, `[1.5]` or `[[1.5]]`, counts as that value.

    A decimal comma in brackets, which makes two values, is put together again.

    Raises:
        SubmissionError: for what `read_text` refuses.
    """
    content, notes = answer.content, tuple[str, ...]()
    while isinstance(content, SequenceNode) and len(content) == 1:
        content, notes = content[0], ("it came in brackets: read as the value in them",)
    if isinstance(content, SequenceNode) and len(content) == 2 and (number := split_number(*content)):
        content = ScalarNode(number, content.place)
    return SingleText(read_text(Answer(answer.file, content)), notes)


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
