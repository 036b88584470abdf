"""Where in a document something stands, by the path of keys that leads there."""

from __future__ import annotations

import re
from collections.abc import Iterable

from grader.documents import MappingNode, Node, SequenceNode
from grader.errors import SourceLocation

TIMED_NAME = re.compile(r"(\w+)\s*\[\s*(0|-\d{1,3})\s*\]")
FUNCTION_HEAD = re.compile(r"\s*([^\W\d]\w*)\s*\(\s*([^()]*?)\s*\)\s*")


def child(node: Node, key: str | int) -> tuple[SourceLocation, Node | None]:
    """The place of a key (or item) below a node, and what stands there."""
    if isinstance(node, SequenceNode) and isinstance(key, int) and key < len(node):
        item: Node = node[key]
        return item.place, item
    if isinstance(node, MappingNode):
        for name, value in node.items():
            head, timed = FUNCTION_HEAD.fullmatch(name), TIMED_NAME.fullmatch(name)
            if name == key or (head and head[1] == key) or (timed and f"{timed[1]}[{timed[2]}]" == key):
                return name.place, value
    return node.place, None


def find(node: Node, keys: Iterable[str | int]) -> tuple[SourceLocation, Node | None]:
    """The place where a path of keys ends, as far as it leads, and the node there (None if it leads nowhere)."""
    place: SourceLocation = node.place
    current: Node | None = node
    for key in keys:
        if current is None:
            break
        place, current = child(current, key)
    return place, current
