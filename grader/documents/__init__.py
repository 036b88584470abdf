"""YAML and JSON as trees: scalars stay text, every node has its place, and tags, anchors and duplicates are errors."""

from grader.documents.json import read_json
from grader.documents.tree import (
    DocumentError,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    decoded,
    describe_node,
    plain,
    shortened,
    split_number,
    yaml_key,
)
from grader.documents.yaml import read_yaml

__all__ = [
    "DocumentError",
    "MappingNode",
    "Node",
    "ScalarNode",
    "SequenceNode",
    "decoded",
    "describe_node",
    "plain",
    "read_json",
    "read_yaml",
    "shortened",
    "split_number",
    "yaml_key",
]
