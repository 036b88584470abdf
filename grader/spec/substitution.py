"""`${name}` in the values of a document: what stands for it is put there, and every place stays that of the file.

The rule: `${name}` alone is the value itself (a number, a list, a mapping), within a text it is the value's text, and
`$${` is a plain `${`. Braces after a dollar sign that hold no name (`${\\bf x}$`) are left as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import cast

from grader.documents import MappingNode, Node, ScalarNode, SequenceNode, describe_node
from grader.errors import Problem, SpecError

CONSTANT_REFERENCE = re.compile(r"(?P<escaped>\$)?\$\{ *(?P<name>[^\W\d]\w*) *\}|(?P<plain>\$\$\{)")

ConstantValues = Callable[[str, ScalarNode], Node]
"""What stands for a name in a scalar; it raises `SpecError` where nothing does."""


def names_used(node: Node) -> Iterator[tuple[str, ScalarNode]]:
    """Every name that stands in `${ }` in a document, with the scalar that it stands in."""
    if isinstance(node, MappingNode):
        for key, value in node.items():
            yield from names_used(key)
            yield from names_used(value)
    elif isinstance(node, SequenceNode):
        for item in node:
            yield from names_used(item)
    else:
        for found in CONSTANT_REFERENCE.finditer(node):
            if found["name"] and not found["escaped"]:
                yield found["name"], node


def substituted(node: Node, values: ConstantValues) -> Node:
    """The document with the values in place of their names; what has no name in it is the same object.

    Raises:
        SpecError: as `values` does, for a list or a mapping within a text, and for keys that become the same.
    """
    if isinstance(node, MappingNode):
        return _mapping(node, values)
    if isinstance(node, SequenceNode):
        items = [substituted(item, values) for item in node]
        if all(new is old for new, old in zip(items, node, strict=True)):
            return node
        return SequenceNode(node.place, items)
    return _scalar(node, values) if "$" in node else node


def _mapping(node: MappingNode, values: ConstantValues) -> MappingNode:
    items = [(substituted(key, values), substituted(value, values)) for key, value in node.items()]
    if all(key is old for (key, _), old in zip(items, node, strict=True)) and all(
        value is old for (_, value), old in zip(items, node.values(), strict=True)
    ):
        return node
    mapping = MappingNode(node.place)
    mapping.without_colon = list(node.without_colon)
    for (key, value), written in zip(items, node, strict=True):
        if not isinstance(key, ScalarNode):
            raise SpecError(Problem(f"{str(written)!r} is {describe_node(key)}, and a key is a word", written.place))
        if key in mapping:
            raise SpecError(Problem(f"{str(written)!r} is {str(key)!r}, which stands here already", written.place))
        mapping[key] = value
    return mapping


def _scalar(node: ScalarNode, values: ConstantValues) -> Node:
    whole = CONSTANT_REFERENCE.fullmatch(node.strip())
    if whole and whole["name"] and not whole["escaped"]:
        value = values(whole["name"], node)
        return ScalarNode(str(value), node.place, value.quoted, None) if isinstance(value, ScalarNode) else value
    is_value = False

    def text(found: re.Match[str]) -> str:
        nonlocal is_value
        if found["plain"] or found["escaped"]:
            return found.group()[1:]
        is_value = True
        value = values(found["name"], node)
        if not isinstance(value, ScalarNode):
            message = f"${{{found['name']}}} is {describe_node(value)}, which stands for a whole value and in no text"
            raise SpecError(Problem(message, node.place))
        return str(value)

    written = CONSTANT_REFERENCE.sub(text, node)
    # a scalar that was put together is as if it were written without quotes: YAML wants them in braces
    return ScalarNode(written, node.place, node.quoted and not is_value, None, node.escapes and not is_value)


def substituted_mapping(node: MappingNode, values: ConstantValues, left_out: frozenset[str]) -> MappingNode:
    """A mapping whose values are substituted, without the keys that are left out."""
    kept = MappingNode(node.place, {key: value for key, value in node.items() if key not in left_out})
    kept.without_colon = list(node.without_colon)
    return cast(MappingNode, substituted(kept, values))
