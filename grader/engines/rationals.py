"""What exact arithmetic cannot work out: engines that run machines over the rationals decide no network with it."""

from __future__ import annotations

from collections.abc import Iterator

from grader.language.irrational import irrational_parts
from grader.language.tree import Tree

IRRATIONAL_VALUES = "the network has irrational values"
"""Why an engine that works with fractions alone leaves everything open."""


def not_exact(tree: Tree) -> Iterator[tuple[Tree, str]]:
    """The parts of an expression that cannot be worked out exactly, each with the reason in words."""
    for part, name in irrational_parts(tree):
        yield (
            part,
            f"{name} has irrational values, so nothing about this machine could be decided exactly: "
            "use step, relu, sign, or a function of your own such as phi(z): 1 if z > 0 else 0",
        )


def nothing_undecidable(tree: Tree) -> Iterator[tuple[Tree, str]]:
    """No part of any expression keeps an engine that works with balls from deciding."""
    yield from ()
