"""`einsum` of one or two vectors and matrices, as products of them."""

from __future__ import annotations

import re
from collections import Counter

from grader.language.tree import Call, Transpose, Tree
from grader.notation.calls import FunctionCalls
from grader.notation.tokens import Token

_SUBSCRIPTS = re.compile(r"([a-zA-Z]*)(?:,([a-zA-Z]*))?(?:->([a-zA-Z]*))?")
FORMS = "forms of one or two vectors and matrices are read, such as 'ij,j->i'"


class Einsum(FunctionCalls):
    """Reads `einsum('ij,j->i', W, x)`."""

    def einsum(self, token: Token) -> Tree:
        """The call, whose name is passed."""
        opened = self.expect("open", "(")
        if self.token.kind != "text":
            raise self.error("einsum begins with its subscripts in quotes: einsum('ij,j->i', W, x)")
        text = self.take()
        operands: list[Tree] = []
        while self.take_op(","):
            operands.append(self.expression())
        self.expect("close", ")", opened)
        found = _SUBSCRIPTS.fullmatch("".join(text.text.split()))
        inputs = [part for part in (found[1], found[2]) if part is not None] if found else []
        if found is None or len(inputs) != len(operands):
            raise self.error(f"this einsum cannot be read: {FORMS}", text.at)
        for subscripts, operand in zip(inputs, operands, strict=True):
            if len(subscripts) != self.rank(operand) or len(set(subscripts)) < len(subscripts):
                raise self.error(f"{subscripts!r} does not fit its operand, which is a {self.kind(operand)}", text.at)
        counts = Counter("".join(inputs))
        output = found[3] if found[3] is not None else "".join(sorted(c for c in counts if counts[c] == 1))
        if set(output) - set(counts) or len(set(output)) < len(output):
            raise self.error(f"this einsum cannot be read: {FORMS}", text.at)
        tree = self.of_one(inputs[0], operands[0], output) if len(inputs) == 1 else None
        if len(inputs) == 2:
            tree = self.of_two(inputs[0], operands[0], inputs[1], operands[1], output, token.at)
        if tree is None:
            raise self.error(f"this einsum cannot be read: {FORMS}", text.at)
        return tree

    def of_one(self, subscripts: str, operand: Tree, output: str) -> Tree | None:
        """A sum of all entries, the operand itself, or its transpose."""
        if not output:
            return self.built(Call("sum", (operand,), operand.at))
        return self.turned(operand, subscripts, output) if len(output) == len(subscripts) else None

    def turned(self, operand: Tree, subscripts: str, output: str) -> Tree:
        """The operand, transposed if its subscripts are wanted the other way round."""
        return operand if subscripts == output else self.built(Transpose(operand, operand.at))

    def of_two(self, left: str, a: Tree, right: str, b: Tree, output: str, at: int) -> Tree | None:
        shared = set(left) & set(right)
        if set(left) == set(right):
            return self.of_entries(left, a, right, b, output, at)
        if not left or not right:
            product = self.multiplied(a, b, "*", at)
            return self.of_one(left + right, product, output)
        if not shared:
            return self.of_all_pairs(left, a, right, b, output, at)
        if not shared & set(output):
            return self.contracted(left, a, right, b, output, at)
        if sorted(output) == sorted(left if len(left) > len(right) else right):
            return self.scaled(left, a, right, b, output, at)
        return None

    def of_entries(self, left: str, a: Tree, right: str, b: Tree, output: str, at: int) -> Tree | None:
        """Products entry by entry, or their sum."""
        if len(left) == 1 and not output:
            return self.called("dot", (a, b), at)
        return self.of_one(left, self.multiplied(a, self.turned(b, right, left), "⊙", at), output)

    def of_all_pairs(self, left: str, a: Tree, right: str, b: Tree, output: str, at: int) -> Tree | None:
        """The outer product of two vectors, or the product of two sums."""
        if not output:
            one, other = (self.built(Call("sum", (operand,), operand.at)) for operand in (a, b))
            return self.multiplied(one, other, "*", at)
        if len(left) == len(right) == 1 and len(output) == 2:
            return self.called("outer", (a, b) if output == left + right else (b, a), at)
        return None

    def contracted(self, left: str, a: Tree, right: str, b: Tree, output: str, at: int) -> Tree | None:
        """A matrix product over the one subscript that both have."""
        [*shared] = set(left) & set(right)
        rest = [part.replace(shared[0], "") for part in (left, right)]
        if len(shared) > 1 or sorted(output) != sorted("".join(rest)):
            return None
        a, b = self.turned(a, left, rest[0] + shared[0]), self.turned(b, right, shared[0] + rest[1])
        return self.turned(self.multiplied(a, b, "@", at), "".join(rest), output)

    def scaled(self, left: str, a: Tree, right: str, b: Tree, output: str, at: int) -> Tree:
        """The rows or the columns of a matrix, multiplied by the components of a vector."""
        vector, subscript, matrix, subscripts = (a, left, b, right) if len(left) == 1 else (b, right, a, left)
        diagonal = self.called("diag", (vector,), at)
        rows = subscripts[0] == subscript
        product = self.multiplied(diagonal, matrix, "@", at) if rows else self.multiplied(matrix, diagonal, "@", at)
        return self.turned(product, subscripts, output)
