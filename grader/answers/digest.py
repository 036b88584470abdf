"""What an answer is, as plain data: two answers of which that is equal get the same verdict in the same words."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from grader.answers.answer import Answer, DocumentFile, PlacedComment
from grader.answers.formats import ArrayFile
from grader.documents import MappingNode, ScalarNode, SequenceNode, plain
from grader.errors import SourceLocation


def answer_facts(answer: Answer | None) -> list[Any] | None:
    """All that a verdict on an answer can rest on, as JSON has it: its content with every place, and how it was read.

    It is one flat list, in which each part begins with what it is and how many parts follow.

    Raises:
        TypeError: for content of a type that is not known here.
    """
    if answer is None:
        return None
    found: list[Any] = [answer.file]
    for part in (answer.content, answer.comments, answer.uncut, answer.notes, answer.beside):
        _add_facts(part, found)
    return found


def _add_facts(content: Any, found: list[Any]) -> None:
    """Adds what a part of an answer says, and where it stands."""
    kind = type(content)
    if kind is ScalarNode:
        place = content.place
        found += ("scalar", content, content.quoted, content.escapes, content.offset)
        found += (place.file, place.line, place.column)
    elif kind is MappingNode:
        found += ("mapping", len(content), len(content.without_colon), *_place(content.place))
        for key, value in content.items():
            _add_facts(key, found)
            _add_facts(value, found)
        for key in content.without_colon:
            _add_facts(key, found)
    elif kind is SequenceNode:
        found += ("sequence", len(content), *_place(content.place))
        for item in content:
            _add_facts(item, found)
    elif kind is tuple:
        found += ("parts", len(content))
        for part in content:
            _add_facts(part, found)
    elif kind is ArrayFile:
        found += ("arrays", content.file, content.suffix, _digest(content.data))
    elif kind is DocumentFile:
        found += ("document", content.file, content.suffix, _digest(content.data), content.problem)
    elif kind is PlacedComment:
        found += ("comment", content.text, *_place(content.place))
    elif kind is str:
        found += ("text", content)
    elif content is None:
        found.append("nothing")
    else:
        raise TypeError(f"{kind.__name__} is no content of an answer that can be told apart")


def answer_text(answer: Answer) -> str:
    """What was handed in as text for people; of a file that holds none, which one it was."""
    content = answer.content
    if isinstance(content, ArrayFile | DocumentFile):
        return f"{content.file}: {len(content.data)} bytes, SHA-256 {_digest(content.data)}"
    if isinstance(content, ScalarNode):
        return str(answer.uncut if answer.uncut is not None else content)
    return json.dumps(plain(content), ensure_ascii=False)


def content_facts(content: Any) -> Any:
    """What a document says, wherever it stands there, as JSON has it.

    Raises:
        TypeError: for anything that is not of a document.
    """
    match content:
        case ScalarNode():
            return ["scalar", str(content), content.quoted, content.escapes]
        case MappingNode():
            items = [[content_facts(key), content_facts(value)] for key, value in content.items()]
            return ["mapping", items, [content_facts(key) for key in content.without_colon]]
        case SequenceNode():
            return ["sequence", [content_facts(item) for item in content]]
        case None:
            return None
    raise TypeError(f"{type(content).__name__} is not of a document")


def _place(place: SourceLocation) -> list[str | int]:
    return [place.file, place.line, place.column]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
