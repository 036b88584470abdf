"""YAML as a tree, for which the parser is imported when there is something to read."""

from __future__ import annotations

from grader.documents.tree import MAX_DOCUMENT_NODES, Node, decoded


def read_yaml(data: bytes, file: str, most_nodes: int = MAX_DOCUMENT_NODES) -> Node:
    """One YAML document as a tree of `ScalarNode`, `MappingNode` and `SequenceNode`.

    Raises:
        DocumentError: for broken YAML, duplicate keys, tags, anchors and aliases, several documents, nothing at all,
            nesting or size beyond the limits.
    """
    return read_yaml_text(decoded(data, file), file, most_nodes=most_nodes)


def read_yaml_text(text: str, file: str, first_line: int = 1, most_nodes: int = MAX_DOCUMENT_NODES) -> Node:
    """The tree of a text that begins on line `first_line` of a file; raises what `read_yaml` does."""
    from grader.documents.yaml_tree import yaml_tree

    return yaml_tree(text, file, first_line, most_nodes)
