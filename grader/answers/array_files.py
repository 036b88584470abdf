"""A file of weights that belongs to an answer: named in the answers in place of numbers, or with words beside it."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress

from grader.answers.answer import Answer
from grader.answers.answers_file import AnswersFile
from grader.answers.formats import ARRAY_READERS
from grader.answers.names import suffix_of
from grader.documents import MappingNode, ScalarNode
from grader.errors import SubmissionError

FILE_KEY = "file"
"""The key of a file of weights, beside words that it cannot hold: `q6: {file: q6.pt, phi: relu}`."""


def file_named(answers: AnswersFile | None, files: Collection[str], question: str) -> str | None:
    """The one of the files that the answers name in place of numbers: `q6: w.npz` or `q6: {file: w.npz}`."""
    answer = _written(answers, question)
    content = answer.content if answer is not None else None
    if isinstance(content, MappingNode):
        content = content.lookup(FILE_KEY)
    if isinstance(content, ScalarNode):
        name = content.strip()
        return name if name in files and suffix_of(name) in ARRAY_READERS else None
    return None


def said_beside(answers: AnswersFile | None, question: str, file: str) -> MappingNode | None:
    """What the answers say beside a file of weights: words, which such a file cannot hold, and no numbers."""
    answer = _written(answers, question) if suffix_of(file) in ARRAY_READERS else None
    content = answer.content if answer is not None else None
    if not isinstance(content, MappingNode):
        return None
    if content.lookup(FILE_KEY) == file:
        return content
    words = [isinstance(value, ScalarNode) and value[:1].isalpha() for value in content.values()]
    return content if all(words) else None


def _written(answers: AnswersFile | None, question: str) -> Answer | None:
    """What the answers hold for a question; None where that cannot be used, which whoever reads it says."""
    with suppress(SubmissionError):
        return answers.answer(question) if answers is not None else None
    return None
