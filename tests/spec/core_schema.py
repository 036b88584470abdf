"""YAML as an editor reads it: YAML 1.2 with its core schema (section 10.3.2), where PyYAML alone reads YAML 1.1."""

from __future__ import annotations

import re

import yaml

NULL, BOOLEAN = r"~|null|Null|NULL|", r"true|True|TRUE|false|False|FALSE"
INTEGER = r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
FLOAT = r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"


class CoreLoader(yaml.SafeLoader):
    """Reads scalars that are not in quotes by these four rules and no others; keys are text, as in JSON."""

    yaml_implicit_resolvers = {}  # noqa: RUF012  # PyYAML looks for this name on the class


for tag, pattern in (("null", NULL), ("bool", BOOLEAN), ("int", INTEGER), ("float", FLOAT)):
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{pattern})\\Z"), None)


def _integer(loader, node):
    return int(node.value, 0) if node.value.startswith(("0o", "0x")) else int(node.value)


def _float(loader, node):
    return float(re.sub(r"\.(inf|nan)", r"\1", node.value.lower()))


def _mapping(loader, node):
    return {key.value: loader.construct_object(value, deep=True) for key, value in node.value}


CoreLoader.add_constructor("tag:yaml.org,2002:bool", lambda loader, node: node.value.lower() == "true")
CoreLoader.add_constructor("tag:yaml.org,2002:int", _integer)
CoreLoader.add_constructor("tag:yaml.org,2002:float", _float)
CoreLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


def as_an_editor_reads(text):
    """A text of YAML 1.2 as values of JSON."""
    return yaml.load(text, CoreLoader)
