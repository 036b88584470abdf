"""What a spec says of a question, as tables: what is right, what each rubric line is about, drawn inputs."""

from __future__ import annotations

from collections.abc import Iterator

from grader.deferred import dataclass
from grader.documents import MappingNode, Node, ScalarNode, SequenceNode

SHOWN_INPUTS = 10
"""Inputs of each set that are shown."""


@dataclass(frozen=True)
class SpecTable:
    """Rows below a title; `head` names the columns (none: each row is a name and what is said of it).

    `notes` are sentences below it.
    """

    title: str
    rows: tuple[tuple[str, ...], ...]
    head: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def as_written(node: Node | None) -> str:
    """A part of a spec on one line, as YAML in braces and brackets has it; empty where there is none."""
    if isinstance(node, MappingNode):
        return f"{{{', '.join(f'{key}: {as_written(value)}' for key, value in node.items())}}}"
    if isinstance(node, SequenceNode):
        return f"[{', '.join(map(as_written, node))}]"
    return " ".join(node.split()) if isinstance(node, ScalarNode) else ""


def written_rows(root: MappingNode, *keys: str) -> Iterator[tuple[str, str]]:
    """A row for each name below a key that is a mapping of names, as it is written: `W`, `[2, 2]`."""
    node: Node | None = root
    for key in keys:
        node = node.lookup(key) if isinstance(node, MappingNode) else None
    if isinstance(node, MappingNode):
        yield from ((str(name), as_written(value)) for name, value in node.items())


def key_rows(root: MappingNode, *keys: str) -> Iterator[tuple[str, str]]:
    """A row for each of these keys that a mapping has, with its value as it is written."""
    for key in keys:
        if (value := as_written(root.lookup(key))) != "":
            yield key, value


def listed_rows(root: MappingNode, key: str, columns: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """A row for each mapping of a list, with what stands under these keys of it."""
    items = root.lookup(key)
    for item in items if isinstance(items, SequenceNode) else ():
        if isinstance(item, MappingNode):
            yield tuple(as_written(item.lookup(column)) for column in columns)
