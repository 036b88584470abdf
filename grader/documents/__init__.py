"""YAML and JSON read so that nothing surprises: scalars stay text, every node knows its place, tricks are errors."""

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
