"""The vector of ones, a bold 1: `\\mathbf{1}^T u` is the sum of u, and beside plus and minus it is the number 1."""

from __future__ import annotations

from functools import cached_property

from flint import fmpq

from grader.language.tree import Number, Tree
from grader.notation.slopes import Slopes
from grader.notation.tokens import Token


class Ones(Slopes):
    """Reads vectors of ones, whose size nothing says."""

    @cached_property
    def ones(self) -> dict[int, tuple[Tree, bool]]:
        """Vectors of ones by identity, and whether they are transposed."""
        return {}

    def vector_of_ones(self, token: Token, *, row: bool = False) -> Tree:
        """A bold 1 (taken); a number where the question has no vectors."""
        tree = self.built(Number(fmpq(1), token.at))
        if self.has_arrays:
            self.ones[id(tree)] = tree, row
        return tree

    def transposes_ones(self, base: Tree) -> bool:
        """Takes the T of `1^T`, in a question with vectors."""
        plain = isinstance(base, Number) and base.value == 1 and self.has_arrays
        braced = self.token.kind == "open" and self.token.text == "{"
        inner = self.peek() if braced else self.token
        sign = inner.is_op("⊤") or (inner.kind == "name" and inner.text == "T")
        if not plain or not sign or (braced and self.peek(2).kind != "close"):
            return False
        self.i += 3 if braced else 1
        return True

    def with_ones(self, left: Tree, right: Tree, sign: str, at: int) -> Tree | None:
        """`1^T u` and `u^T 1`, the sum; None where no factor is a vector of ones."""
        if id(left) not in self.ones and id(right) not in self.ones:
            return None
        for factor, other, row in ((left, right, True), (right, left, False)):
            if id(factor) in self.ones and self.ones[id(factor)][1] is row and self.rank(other) == 1 and sign != "⊙":
                self.note("1 is read as the vector of ones, and its product with a vector as the sum")
                return self.called("sum", (other,), at)
        raise self.error("a vector of ones is read in 1^T u, which is sum(u): write sums, or numbers", at)
