"""YAML and JSON as trees: scalars stay text, every node has its place, and tags, anchors and duplicates are errors.

| file | owns |
| --- | --- |
| `tree`, `yaml`, `yaml_tree`, `json` | the tree that a document is read into; how each of the two is read |
| `field_nodes`, `scalar_schemas` | the node of a field as text or a flag; such nodes as JSON Schema |
| `encodings`, `blocks` | the text of a file as editors save it; its lines, one block an answer |
| `recovery`, `json_recovery`, `advice` | what can be read of a broken file of answers; what to write instead |
| `matrix_text` | matrices as people write and print them |
| `notebook`, `commands` | the code cells of a notebook; its commands as Python |
"""

from grader.documents.field_nodes import FieldError, read_flag, text_of
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
    "FieldError",
    "MappingNode",
    "Node",
    "ScalarNode",
    "SequenceNode",
    "decoded",
    "describe_node",
    "plain",
    "read_flag",
    "read_json",
    "read_yaml",
    "shortened",
    "split_number",
    "text_of",
    "yaml_key",
]
