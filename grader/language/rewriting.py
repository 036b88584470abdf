"""Trees from trees: names exchanged for expressions, a spec's functions written out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from flint import fmpq

from grader.language.scope import Function
from grader.language.tree import Call, Comprehension, Name, Tree


def replaced(tree: Tree, change: Callable[[Tree], Tree | None]) -> Tree:
    """The tree with every subtree, outermost first, exchanged for what `change` makes of it (None: look inside)."""
    if (new := change(tree)) is not None:
        return new
    parts: dict[str, Any] = {}
    for part in fields(tree):
        value = getattr(tree, part.name)
        if isinstance(value, tuple) and value and not isinstance(value[0], str):
            parts[part.name] = tuple(replaced(v, change) for v in value)
        elif not isinstance(value, tuple | str | int | fmpq):
            parts[part.name] = replaced(value, change)
    return replace(tree, **parts) if parts else tree


def substituted(tree: Tree, values: Mapping[str, Tree]) -> Tree:
    """The tree with names exchanged for trees; a loop's own variable is left alone."""

    def change(node: Tree) -> Tree | None:
        if isinstance(node, Name):
            return values.get(node.id, node)
        if isinstance(node, Comprehension) and node.variable in values:
            rest = {name: value for name, value in values.items() if name != node.variable}
            start, stop, step = (substituted(bound, values) for bound in (node.start, node.stop, node.step))
            return Comprehension(node.kind, substituted(node.body, rest), node.variable, start, stop, step, node.at)
        return None

    return replaced(tree, change)


def inlined(tree: Tree, functions: Mapping[str, Function]) -> Tree:
    """The tree with the functions that a spec defines written out."""

    def change(node: Tree) -> Tree | None:
        if not isinstance(node, Call) or node.function not in functions:
            return None
        function = functions[node.function]
        arguments = [inlined(argument, functions) for argument in node.arguments]
        return inlined(substituted(function.body, dict(zip(function.parameters, arguments, strict=True))), functions)

    return replaced(tree, change)
