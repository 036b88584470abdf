"""Trees from trees: names exchanged for expressions, a spec's functions written out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from itertools import count
from typing import Any

from flint import fmpq

from grader.language.scope import Function
from grader.language.tree import Call, Comprehension, Name, Tree, children, subtrees


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


def free_names(tree: Tree) -> set[str]:
    """The names in a tree that no loop around them gives a meaning."""
    if isinstance(tree, Name):
        return {tree.id}
    if isinstance(tree, Comprehension):
        bounds = (free_names(bound) for bound in (tree.start, tree.stop, tree.step))
        return (free_names(tree.body) - {tree.variable}).union(*bounds)
    return set[str]().union(*map(free_names, children(tree)))


def substituted(tree: Tree, values: Mapping[str, Tree]) -> Tree:
    """The tree with names exchanged for trees; a loop's own variable is left alone.

    A loop whose variable is a name in one of these trees gets another one, so that the name means what it did there.
    """

    def change(node: Tree) -> Tree | None:
        if isinstance(node, Name):
            return values.get(node.id, node)
        if not isinstance(node, Comprehension):
            return None
        used, variable = free_names(node.body), node.variable
        inside = {name: value for name, value in values.items() if name in used and name != variable}
        taken = {name for value in inside.values() for name in free_names(value)}
        if variable in taken:
            taken |= {part.id for part in subtrees(node.body) if isinstance(part, Name)}
            variable = next(name for n in count(2) if (name := f"{node.variable}{n}") not in taken)
            inside[node.variable] = Name(variable)
        start, stop, step = (substituted(bound, values) for bound in (node.start, node.stop, node.step))
        return Comprehension(node.kind, substituted(node.body, inside), variable, start, stop, step, node.at)

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
