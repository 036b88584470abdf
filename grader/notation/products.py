"""Products of numbers, vectors and matrices, with the sign that people write between them, or without one.

The rule: a declared vector is a column, its transpose a row; a row times a column is the inner product, a column times
a row the outer one, and everything else is the matrix product, whatever sign stands there; `*` between two vectors or
two matrices is NumPy's, entry by entry. What has no reading is refused by its shapes.
"""

from __future__ import annotations

from functools import cached_property

from grader.language.functions.operations import EntryValues
from grader.language.functions.record import rank_of_largest
from grader.language.functions.table import FUNCTIONS
from grader.language.parse import ExpressionError
from grader.language.printing import Precedence, to_text
from grader.language.ranks import Ranks
from grader.language.tree import Binary, Call, IfExp, Transpose, Tree, Unary, children
from grader.notation.cursor import CursorTree
from grader.notation.declared_shapes import DeclaredShapes
from grader.notation.ones import Ones

NUMBER, COLUMN, ROW, MATRIX = "number", "column", "row", "matrix"
MATRIX_PRODUCT = "a product of vectors and matrices is read as the matrix product @"


def is_row(tree: Tree, ranks: Ranks) -> bool:
    """True if a formula is a row: a vector that was transposed once."""
    if ranks.of(tree) != 1:
        return False
    match tree:
        case Transpose(operand=operand):
            return not is_row(operand, ranks)
        case Unary(operand=operand):
            return is_row(operand, ranks)
        case Binary(op="@", left=left):
            return is_row(left, ranks)
        case Binary(left=left, right=right) | IfExp(then=left, otherwise=right):
            return is_row(left, ranks) or is_row(right, ranks)
        case Call(function=function, arguments=arguments):
            record = FUNCTIONS.get(function)
            entries = record is None or isinstance(record.values, EntryValues) or function in ("softmax", "min", "max")
            return entries and any(is_row(argument, ranks) for argument in arguments)
    return False


class Products(Ones):
    """Reads what stands between two factors."""

    @cached_property
    def shapes(self) -> DeclaredShapes:
        """The shapes of the names that a formula may use."""
        return DeclaredShapes(self.symbols)

    @cached_property
    def dotted(self) -> dict[int, Tree]:
        """Numbers that rest on `u·v` of two vectors, by identity: a dot product, if not entry by entry is possible."""
        return {}

    def kind(self, tree: Tree) -> str:
        """Whether a tree is a number, a column, a row or a matrix."""
        rank = self.rank(tree)
        if rank == 1:
            return ROW if is_row(tree, self.ranks) else COLUMN
        return MATRIX if rank else NUMBER

    def multiplied(self, left: Tree, right: Tree, sign: str, at: int) -> Tree:
        """A product as the kinds of its factors have it; `sign` is "" where it is left out."""
        if (total := self.with_ones(left, right, sign, at)) is not None:
            return total
        kinds = self.kind(left), self.kind(right)
        self.check_order_of(left, right, kinds, sign, at)
        tree = self.product_of(left, right, kinds, sign, at)
        if (kinds == (MATRIX, COLUMN) and sign in ("*", "·")) or (kinds == (COLUMN, COLUMN) and sign in ("*", "⊙")):
            self.unbracketed[id(tree)] = tree, sign
        return tree

    def product_of(self, left: Tree, right: Tree, kinds: tuple[str, str], sign: str, at: int) -> Tree:
        """The product by the kinds of its factors."""
        if sign == "⊗":
            return self.tensor_product(left, right, kinds, at)
        if sign == "⊙" or (NUMBER in kinds and sign != "@"):
            self.check_dotted(left, right, sign, at)
            return self.built(Binary("*", left, right, at))
        if kinds == (COLUMN, ROW):
            return self.outer_product(left, right, at)
        if kinds == (COLUMN, COLUMN) and sign != "@":
            return self.of_columns(left, right, sign, at)
        if sign == "*" and kinds[0] == kinds[1] and not self.only_multiply(left, right):
            return self.built(Binary("*", left, right, at))
        if sign != "@":
            self.note(MATRIX_PRODUCT)
        return self.built(Binary("@", left, right, at))

    @cached_property
    def unbracketed(self) -> dict[int, tuple[Tree, str]]:
        """Products without brackets around them that a further factor could change, with their signs."""
        return {}

    def group(self) -> Tree:
        """An expression in brackets, in which the order of its factors is settled."""
        tree = super().group()
        self.unbracketed.pop(id(tree), None)
        return tree

    def check_order_of(self, left: Tree, right: Tree, kinds: tuple[str, str], sign: str, at: int) -> None:
        """Refuses `W*v*w` and `u ⊙ v W`, where it matters which product is meant first."""
        first, before = self.unbracketed.get(id(left), (left, ""))
        of_entries = kinds == (COLUMN, COLUMN) and sign in ("*", "⊙")
        if not before or not isinstance(first, Binary):
            return
        if (first.op == "@" and of_entries) or (first.op == "*" and kinds == (COLUMN, MATRIX) and sign == ""):
            a, b, c = (to_text(tree, Precedence.ATOM) for tree in (first.left, first.right, right))
            then = "@" if first.op == "*" else "*"
            ways = f"({a} {first.op} {b}) {then} {c} or {a} {first.op} ({b} {then} {c})"
            raise self.error(f"this could be {ways}: write the brackets", at)

    def only_multiply(self, left: Tree, right: Tree) -> bool:
        """True of two matrices of different shapes whose inner sizes are equal: `W^T * U` is no product of entries."""
        try:
            one, other = self.shapes.size_of(left).shape, self.shapes.size_of(right).shape
        except ExpressionError:  # the index of a loop around, or sizes that do not fit: told once all is read
            return False
        return len(one) == len(other) == 2 and one != other and one[1] == other[0]

    def second_factor(self, left: Tree, right: Tree, sign: str) -> Tree:
        """The factor after a sign; `δ ⊙ W v` multiplies W and v first, as no product of a vector and W is meant."""
        while self.kind(left) == COLUMN and self.kind(right) == MATRIX and sign != "@":
            token = self.token
            if self.starts_operand():
                right = self.multiplied(right, self.power(), "", token.at)
            elif token.is_op("@") and sign in ("⊙", "⊗"):
                self.take()
                right = self.multiplied(right, self.power(), "@", token.at)
            elif token.is_op("@"):
                a, b = to_text(left, Precedence.ATOM), to_text(right, Precedence.ATOM)
                ways = f"({a} {sign} {b}) @ ... or {a} {sign} ({b} @ ...)"
                raise self.error(f"this could be {ways}: write the brackets", token.at)
            else:
                break
        return right

    def in_angles(self) -> Tree:
        """`⟨u, v⟩`, the inner product: the sum of the products of entries."""
        opened = self.take()
        left = self.expression()
        self.expect("op", ",")
        right = self.expression()
        self.expect("op", "⟩", opened)
        if self.kind(left) == self.kind(right) == MATRIX:
            return self.called("sum", (self.built(Binary("*", left, right, opened.at)),), opened.at)
        return self.called("dot", (left, right), opened.at)

    def of_columns(self, left: Tree, right: Tree, sign: str, at: int) -> Tree:
        """`u*v` entry by entry, `u·v` the dot product; `u v` is neither."""
        if sign == "*":
            return self.built(Binary("*", left, right, at))
        if sign == "":
            raise self.error("two vectors: write a*b for entry by entry, or a@b for the dot product", at)
        self.note("the dot between two vectors is read as the dot product @")
        tree = self.built(Binary("@", left, right, at))
        self.dotted[id(tree)] = tree
        return tree

    def outer_product(self, left: Tree, right: Tree, at: int) -> Tree:
        """`u v^T`, the matrix of all products."""
        self.note("a column times a row is read as the outer product")
        column = right.operand if isinstance(right, Transpose) else right
        return self.called("outer", (left, column), at)

    def tensor_product(self, left: Tree, right: Tree, kinds: tuple[str, str], at: int) -> Tree:
        """`u ⊗ v` of two vectors is their outer product, with a number a multiple."""
        if NUMBER in kinds:
            return self.built(Binary("*", left, right, at))
        if kinds[0] == COLUMN and kinds[1] != MATRIX:
            return self.outer_product(left, right, at)
        raise self.error("⊗ is read between two vectors, as the outer product: write A*B for entry by entry", at)

    def check_dotted(self, left: Tree, right: Tree, sign: str, at: int) -> None:
        """`(w·x - y) x` has one reading, `u·v·w` has two: entry by entry is possible as well."""
        for one, other in ((left, right), (right, left)):
            if id(one) in self.dotted and (self.rank(other) == 2 or (self.rank(other) == 1 and sign)):
                raise self.two_dots(at)

    def two_dots(self, at: int) -> Exception:
        """The error for a dot between vectors that could be either product."""
        return self.error("the dot between two vectors could be a@b (a number) or a*b (entry by entry): write one", at)

    def built(self, tree: CursorTree) -> CursorTree:
        """A new tree; a number that rests on `u·v` is told from a vector that is added to it."""
        built = super().built(tree)
        if self.dotted and any(id(child) in self.dotted for child in children(tree)):
            ranks = [self.rank(child) for child in children(tree)]
            if isinstance(tree, Binary) and tree.op in ("+", "-", "/", "**") and rank_of_largest(ranks):
                raise self.two_dots(tree.at)
            if not self.rank(tree):
                self.dotted[id(tree)] = tree
        return built
