"""What was handed in for a question as pages show it: the lines of the file, of a long text the part that matters."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator

from grader.answers.answer import Answer, DocumentFile
from grader.answers.formats import ArrayFile
from grader.answers.submission import Submission
from grader.documents import MappingNode, Node, ScalarNode, plain
from grader.page_details import HandedInText

MAX_EXCERPT_LINES = 300
"""Lines of a text that are shown; of a longer one, those from a little before the first that is marked."""

MAX_HANDED_IN_CHARACTERS = 20_000

LINES_BEFORE_MARK = 20


def excerpt(
    file: str, lines: list[str], *, language: str = "text", first_line: int = 1, marked: Collection[int] = ()
) -> HandedInText:
    """Lines of a file, the first of which has the number `first_line`; `marked` are numbers of lines in the file."""
    inside = sorted(number for number in set(marked) if first_line <= number < first_line + len(lines))
    start = 0
    if inside and len(lines) > MAX_EXCERPT_LINES:
        start = min(max(0, inside[0] - first_line - LINES_BEFORE_MARK), len(lines) - MAX_EXCERPT_LINES)
    shown = lines[start : start + MAX_EXCERPT_LINES]
    text = "\n".join(shown)
    cut = len(shown) < len(lines) or len(text) > MAX_HANDED_IN_CHARACTERS
    text = text[:MAX_HANDED_IN_CHARACTERS]
    last = first_line + start + text.count("\n")
    numbers = tuple(number for number in inside if first_line + start <= number <= last)
    return HandedInText(file, text, language, first_line + start, numbers, cut)


def text_of_file(file: str, text: str, *, marked: Collection[int] = (), language: str = "text") -> HandedInText:
    """A whole file, without the blank lines at its ends."""
    lines = text.split("\n")
    while len(lines) > 1 and not lines[-1].strip():
        lines.pop()
    first = 0
    while first < len(lines) - 1 and not lines[first].strip():
        first += 1
    return excerpt(file, lines[first:], language=language, first_line=first + 1, marked=marked)


def handed_in_texts(submission: Submission, question: str, marked: Collection[int]) -> tuple[HandedInText, ...]:
    """What stands for a question in a file of answers, or in a file of its own; nothing of arrays and documents."""
    answer = submission.answered(question)
    if answer is not None and answer.text is not None:
        return (text_of_file(answer.file, answer.text, marked=marked, language=_language(answer)),)
    if blocks := submission.lines_of(question):
        return tuple(
            excerpt(block.file, block.lines, language=block.language, first_line=block.first_line, marked=marked)
            for block in blocks
        )
    if answer is None or isinstance(answer.content, ArrayFile | DocumentFile):
        return ()
    return (text_of_file(question, as_text(answer.content), language=_language(answer)),)


def _language(answer: Answer) -> str:
    if answer.file.lower().endswith((".md", ".markdown")):
        return "markdown"
    return "text" if isinstance(answer.content, ScalarNode) else "yaml"


def as_text(content: Node) -> str:
    """An answer that stands in no file: a text as it is, values by name a line each."""
    if isinstance(content, ScalarNode):
        return str(content)
    if isinstance(content, MappingNode):
        return "\n".join(f"{key}: {_in_one_line(value)}" for key, value in content.items())
    return _in_one_line(content)


def _in_one_line(node: Node) -> str:
    if isinstance(node, ScalarNode):
        return str(node)
    return json.dumps(plain(node), ensure_ascii=False).replace('"', "")


def lines_named(texts: Iterable[str], file: str) -> Iterator[int]:
    """The lines of a file that messages name: `answers.yaml:9:1`, or `solution.py, line 9`, as in a traceback.

    A student who writes such a text into an exception has another line of their own marked, and nothing else.
    """
    named = re.compile(rf"(?<![\w./]){re.escape(file)}(?::(\d{{1,7}})(?::\d+)?\b|, line (\d{{1,7}})\b)")
    for text in texts:
        yield from (int(found[1] or found[2]) for found in named.finditer(text))
