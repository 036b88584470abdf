"""An answer in words: prose, a formula, a number, a choice."""

from __future__ import annotations

from typing import NamedTuple

from grader.answers.answer import DocumentFile
from grader.answers.escapes import misread_escape
from grader.answers.formats import ArrayFile
from grader.answers.submission import Answer
from grader.documents import MappingNode, ScalarNode, SequenceNode, describe_node, shortened, split_number
from grader.errors import Problem, SourceLocation, SubmissionError

MAX_ANSWER_CHARACTERS = 100_000
"""Characters of one answer."""


MAX_SHOWN_CHOICES = 5
"""Choices that are written out in advice."""

MAX_CHOICES = 1_000
"""Options that one answer may name."""


TYPOGRAPHIC_QUOTES = {"“": "”“", "„": "“”", "«": "»", "‘": "’", "”": "”"}
"""Signs that open a quotation, and those that close it."""


def not_a_document(answer: Answer) -> SubmissionError:
    """What is said of a document where no prose is asked for."""
    advice = "write the answer in answers.yaml, since documents are read for prose alone"
    message = f"is a document, where text or numbers are wanted: {advice}"
    return SubmissionError(Problem(message, SourceLocation(answer.file)))


def read_text(answer: Answer, *, prose: bool = False) -> ScalarNode:
    """The text of an answer; `prose`: for people, so that quotes and line breaks in it mean nothing else.

    Raises:
        SubmissionError: for numbers in a file, mappings, lists, text without end, and escapes that were not meant.
    """
    content = answer.content
    if isinstance(content, ArrayFile):
        raise SubmissionError(Problem("holds arrays, where text is wanted", SourceLocation(answer.file)))
    if isinstance(content, DocumentFile):
        raise not_a_document(answer)
    if not isinstance(content, ScalarNode):
        advice = ": put the text in quotes, or write `|` after the name and the text below, indented"
        raise SubmissionError(Problem(f"wanted text, got {describe_node(content)}{advice}", content.place))
    if len(content) > MAX_ANSWER_CHARACTERS:
        raise SubmissionError(
            Problem(f"{len(content)} characters are too many (at most {MAX_ANSWER_CHARACTERS})", content.place)
        )
    if problem := misread_escape(content, prose=prose):
        raise SubmissionError(problem)
    if not prose and len(content) > 1 and content[-1] in TYPOGRAPHIC_QUOTES.get(content[0], ""):
        plain = shortened(content[1:-1])
        message = f"{content[0]} and {content[-1]} are typographic quotes: write '{plain}', or leave them out"
        raise SubmissionError(Problem(message, content.place))
    return content


class SingleText(NamedTuple):
    """The text of an answer that is one value, and what is said of how it was read."""

    text: ScalarNode
    notes: tuple[str, ...]


def read_single(answer: Answer) -> SingleText:
    """The text of an answer that is one value; one in brackets, `[1.5]` or `[[1.5]]`, counts as that value.

    A decimal comma in brackets, which makes two values, is put together again.

    Raises:
        SubmissionError: for what `read_text` refuses, and for a list of several values.
    """
    content, notes = answer.content, tuple[str, ...]()
    while isinstance(content, SequenceNode) and len(content) == 1:
        content, notes = content[0], ("it came in brackets: read as the value in them",)
    if isinstance(content, SequenceNode) and len(content) == 2 and (number := split_number(*content)):
        content = ScalarNode(number, content.place)
    if isinstance(content, SequenceNode) and content:
        raise SubmissionError(
            Problem(f"{len(content)} values in a list, and one is wanted: hand in one", content.place)
        )
    return SingleText(read_text(Answer(answer.file, content)), notes)


def read_choices(answer: Answer) -> list[ScalarNode]:
    """One word, or a list of at most MAX_CHOICES.

    Raises:
        SubmissionError: for anything else.
    """
    content = answer.content
    if isinstance(content, DocumentFile):
        raise not_a_document(answer)
    items = list(content) if isinstance(content, SequenceNode) else [content]
    if len(items) > MAX_CHOICES:
        place = getattr(content, "place", SourceLocation(answer.file))
        raise SubmissionError(Problem(f"{len(items)} choices are too many (at most {MAX_CHOICES})", place))
    for item in items:
        if not isinstance(item, ScalarNode) or isinstance(content, MappingNode):
            place = getattr(item, "place", SourceLocation(answer.file))
            names = content.without_colon if isinstance(content, MappingNode) else []
            advice = f": write [{', '.join(map(shortened, names[:MAX_SHOWN_CHOICES]))}]" if names else ""
            message = f"wanted one choice or a list of them, got {describe_node(content if names else item)}{advice}"
            raise SubmissionError(Problem(message, place))
    return [item for item in items if isinstance(item, ScalarNode)]
