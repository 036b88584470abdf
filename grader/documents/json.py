"""JSON as the same kind of tree."""

from __future__ import annotations

import json
import re
from typing import Any

from grader.documents.tree import (
    MAX_DOCUMENT_DEPTH,
    MAX_DOCUMENT_NODES,
    DocumentError,
    Faults,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    decoded,
    shortened,
)
from grader.errors import Problem, SourceLocation


def read_json(data: bytes, file: str) -> Node:
    """One JSON document as the same kind of tree; numbers keep their text.

    Raises:
        DocumentError: for broken JSON, duplicate keys, nesting or size beyond the limits.
    """
    return read_json_text(decoded(data, file), file)


def read_json_text(text: str, file: str) -> Node:
    """The tree of a JSON text; raises what `read_json` does."""
    place = SourceLocation(file)
    if not text.strip():
        raise DocumentError(Problem("the file is empty", place))
    parts = JsonParts(place)
    try:
        raw = parts.decoder.decode(text)
    except json.JSONDecodeError as error:
        message = f"this is not JSON: {error.msg}{comma_advice(text, error.pos)}"
        raise DocumentError(Problem(message, SourceLocation(file, error.lineno, error.colno))) from None
    except RecursionError:
        raise DocumentError(Problem(f"nested more than {MAX_DOCUMENT_DEPTH} deep", place)) from None
    root = parts.node(raw, 0, None)
    parts.faults.settle(root)
    return root


def comma_advice(text: str, at: int) -> str:
    """What is said where a number with a decimal comma ends the reading: `{"a": 1,5}`."""
    whole, part = re.search(r"(-?\d{1,20}),$", text[max(0, at - 22) : at]), re.match(r"\d{1,20}", text[at : at + 20])
    return f" (a decimal comma? write {whole[1]}.{part[0]})" if whole and part else ""


class _Pairs(list[tuple[str, Any]]):
    """The pairs of a JSON object, some keys perhaps twice."""


class JsonParts:
    """The tree of what the JSON parser gives, value by value; `faults` has what is wrong in them."""

    def __init__(self, place: SourceLocation) -> None:
        self.place = place
        self.nodes = 0
        self.faults = Faults()
        self.decoder = json.JSONDecoder(
            object_pairs_hook=_Pairs, parse_int=self._number, parse_float=self._number, parse_constant=self._number
        )

    def _number(self, text: str) -> ScalarNode:
        return ScalarNode(text, self.place)

    def node(self, raw: Any, depth: int, top: str | None) -> Node:
        """A value `depth` levels down, under the top key `top`."""
        self.nodes += 1
        if self.nodes > MAX_DOCUMENT_NODES:
            raise DocumentError(Problem(f"the file holds more than {MAX_DOCUMENT_NODES} values", self.place))
        if depth > MAX_DOCUMENT_DEPTH:
            raise DocumentError(Problem(f"nested more than {MAX_DOCUMENT_DEPTH} deep", self.place))
        if isinstance(raw, ScalarNode):
            return raw
        if isinstance(raw, str):
            return ScalarNode(raw, self.place, quoted=True, escapes=True)
        if isinstance(raw, _Pairs):
            return self.block(raw, depth, top)
        if isinstance(raw, list):
            return SequenceNode(self.place, (self.node(value, depth + 1, top) for value in raw))
        return ScalarNode("null" if raw is None else "true" if raw else "false", self.place)

    def block(self, pairs: _Pairs, depth: int, top: str | None) -> MappingNode:
        result = MappingNode(self.place)
        for key, value in pairs:
            if key in result:
                problem = Problem(f"{shortened(key)!r} stands twice in one object", self.place)
                self.faults.note(problem, top if depth else key)
            result[ScalarNode(key, self.place)] = self.node(value, depth + 1, top if depth else key)
        return result
