"""What an expression is, whatever its sizes: a number (rank 0), a vector (1) or a matrix (2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from grader.deferred import dataclass
from grader.language.functions.record import rank_of_largest
from grader.language.functions.table import FUNCTIONS
from grader.language.tree import (
    Binary,
    Call,
    Compare,
    Comprehension,
    IfExp,
    Index,
    ListExpr,
    Name,
    Transpose,
    Tree,
    Unary,
)


@dataclass(frozen=True)
class Ranks:
    """The ranks of plain names, and of one step of each sequence; a name that is not listed is a number."""

    names: Mapping[str, int] = field(default_factory=dict)
    sequences: Mapping[str, int] = field(default_factory=dict)

    def of(self, tree: Tree) -> int:
        """The rank of the value; where the parts do not fit together, the larger one."""
        match tree:
            case Name(id=name):
                return self.names.get(name, self.sequences.get(name, 0))
            case Index(base=Name(id=name)) if name in self.sequences:
                return self.sequences[name]
            case Index(base=base):
                return max(self.of(base) - 1, 0)
            case Unary(operand=inner) | Transpose(operand=inner) | Comprehension(body=inner):
                return self.of(inner)
            case Binary(op="@", left=left, right=right):
                a, b = self.of(left), self.of(right)
                return max(a + b - 2, 0) if a and b else max(a, b)
            case Binary(left=left, right=right):
                return max(self.of(left), self.of(right))
            case IfExp(then=then, otherwise=otherwise):
                return max(map(self.of, (tree.condition, then, otherwise)))
            case Call():
                return self.of_call(tree)
            case Compare(operands=operands):
                return max(map(self.of, operands))
            case ListExpr(items=items):
                return 1 + self.of(items[0])
        return 0

    def of_call(self, call: Call) -> int:
        """The rank of a call; the functions that a spec defines work entry by entry."""
        ranks = [self.of(argument) for argument in call.arguments]
        record = FUNCTIONS.get(call.function)
        return record.result_rank(ranks) if record else rank_of_largest(ranks)
