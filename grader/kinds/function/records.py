"""What a student's code fed to supplied functions: when a comparison of nothing may be right for such a record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from grader.kinds.function.references import Wanted
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import Array
from grader.language.floats import Floats
from grader.language.formula import Formula
from grader.language.parse import ExpressionError
from grader.language.tree import Compare, Tree, names_in, subtrees


class Records:
    """The records that an expression names, and what it says they are equal to."""

    def __init__(self, tree: Tree, fed: Mapping[str, tuple[str, int]], inputs: Sequence[str]) -> None:
        """`fed`: the supplied function and the place of the argument of each record, by name."""
        used = names_in(tree)
        self.fed = {name: where for name, where in fed.items() if name in used}
        self._equal_to = list(self._stated(tree, inputs)) if self.fed else []

    def __bool__(self) -> bool:
        return bool(self.fed)

    def _stated(self, tree: Tree, inputs: Sequence[str]) -> Iterator[Formula]:
        """The sides of equalities with a record on the other side that the inputs alone give."""
        for node in subtrees(tree):
            if isinstance(node, Compare) and any(name in self.fed for name in names_in(node)):
                for op, *sides in zip(node.ops, node.operands, node.operands[1:], strict=False):
                    for side in sides if op in ("==", "~") else ():
                        with suppress(ExpressionError):  # it names other things than inputs
                            yield Formula(side, list(inputs), Floats())

    def as_long_as_right_ones(self, values: Mapping[str, Any], wanted: Wanted | None) -> bool:
        """Whether every record has the length of a right one; without `wanted`, whether the inputs say it is empty."""
        if wanted is None:
            return any(_is_nothing(side, values) for side in self._equal_to)
        return all(
            len(wanted.fed.get(function, ())) == _length(values[name]) for name, (function, _place) in self.fed.items()
        )


def _length(record: Any) -> int:
    return int(record.shape[0]) if isinstance(record, Array) else len(record)


def _is_nothing(side: Formula, values: Mapping[str, Any]) -> bool:
    try:
        value = side(values)
    except EvaluationError:
        return False
    return isinstance(value, Array) and not value.entries
