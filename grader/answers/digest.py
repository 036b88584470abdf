"""What an answer is, as plain data: two answers of which that is equal get the same verdict in the same words."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from grader.answers.answer import Answer, DocumentFile
from grader.answers.formats import ArrayFile
from grader.documents import MappingNode, ScalarNode, SequenceNode, plain
from grader.errors import Problem, SourceLocation


def answer_facts(answer: Answer | None) -> Any:
    """All that a verdict on an answer can rest on, as JSON has it: its content with every place, and how it was read.

    Raises:
        TypeError: for content of a type that is not known here.
    """
    if answer is None:
        return None
    parts = (answer.content, answer.comments, answer.uncut, answer.notes, answer.beside)
    return [answer.file, *map(content_facts, parts)]


def answer_text(answer: Answer) -> str:
    """What was handed in as text for people; of a file that holds none, which one it was."""
    content = answer.content
    if isinstance(content, ArrayFile | DocumentFile):
        return f"{content.file}: {len(content.data)} bytes, SHA-256 {_digest(content.data)}"
    if isinstance(content, ScalarNode):
        return str(answer.uncut if answer.uncut is not None else content)
    return json.dumps(plain(content), ensure_ascii=False)


def content_facts(content: Any, *, places: bool = True) -> Any:
    """The content of a document as JSON has it; without `places`, what it says wherever it stands.

    Raises:
        TypeError: for content of a type that is not known here.
    """
    match content:
        case ScalarNode():
            at = [*_place(content.place), content.offset] if places else []
            return ["scalar", str(content), content.quoted, content.escapes, *at]
        case MappingNode():
            items = [[content_facts(part, places=places) for part in item] for item in content.items()]
            loose = [content_facts(key, places=places) for key in content.without_colon]
            return ["mapping", items, loose, *(_place(content.place) if places else [])]
        case SequenceNode():
            items = [content_facts(item, places=places) for item in content]
            return ["sequence", items, *(_place(content.place) if places else [])]
        case ArrayFile():
            return ["arrays", content.file, content.suffix, _digest(content.data)]
        case DocumentFile():
            return ["document", content.file, content.suffix, _digest(content.data), content.problem]
        case tuple():
            return [content_facts(part, places=places) for part in content]
        case Problem():
            return ["problem", str(content)]
        case str() | None:
            return content
    raise TypeError(f"{type(content).__name__} is no content of an answer that can be told apart")


def _place(place: SourceLocation) -> list[str | int]:
    return [place.file, place.line, place.column]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
