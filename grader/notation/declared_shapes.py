"""Whether the sizes in a student's formula fit: a dry run with the declared shapes, before anything is compared.

The rule: vectors are columns, and the transpose of a vector is a row. A formula whose sizes do not fit, whatever its
named sizes are, is refused with the sizes; it is never worked out as something else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from grader.deferred import dataclass
from grader.language import limits
from grader.language.arithmetic import Frame
from grader.language.arrays import Shape, ShapeError, Value
from grader.language.compile import compile_tree
from grader.language.scope import Scope
from grader.language.shapes import Shapes
from grader.language.sizes import NUMBER_SIZE, Size, product_size
from grader.language.tree import Tree
from grader.notation.symbols import Symbols


@dataclass(frozen=True)
class SizeAtEachStep:
    """A sequence in the dry run: one size at every step."""

    size: Size


class FormulaShapes(Shapes):
    """Sizes in students' formulas: vectors are columns, sequences have a step."""

    def index(self, value: Value, index: Value) -> Value:
        if isinstance(value, SizeAtEachStep):
            self.whole(index)
            return value.size
        return super().index(value, index)

    def transpose(self, value: Value) -> Value:
        if len(value.shape) == 1:
            return Size(value.shape, None, not value.row)
        return super().transpose(value)

    def matmul(self, left: Value, right: Value) -> Value:
        """A product of rows, columns and matrices; of two columns it is their dot product, as in NumPy."""
        if right.row and left.shape:
            if len(left.shape) == 2 and left.shape[1] == 1:
                return Size((left.shape[0], right.shape[0]))
            raise ShapeError(f"{left} @ {right}: the inner sizes differ")
        size = product_size(left, right)
        return Size(size.shape, None, len(size.shape) == 1 and left.row)


@dataclass(frozen=True)
class DeclaredShapes:
    """The shapes of a question's names; `cases` are the only sizes that it is asked for, where there are any."""

    symbols: Symbols
    cases: Sequence[Mapping[str, int]] = ()

    def size_of(self, tree: Tree) -> Size:
        """The size of a formula, whose names are known.

        Raises:
            ExpressionError: where sizes do not fit, with the place.
        """
        scope = Scope(functions=self.symbols.functions)
        scope.names = {name: scope.new_slot() for name in self._sizes}
        closure = compile_tree(self.symbols.written_out(tree), scope, FormulaShapes(), locate=True)
        frame: Frame = [limits.MAX_ITERATIONS, None, *self._sizes.values()]
        size: Size = closure([*frame, *[NUMBER_SIZE] * (scope.new_slot() - len(frame))])
        return size

    def of_quantity(self, name: str) -> Size:
        """The size of a sequence at a step, or of a symbol."""
        symbols = self.symbols
        quantity = symbols.sequences[name] if name in symbols.sequences else symbols.quantities[name]
        return Size(self._shape(quantity.shape))

    @cached_property
    def _sizes(self) -> dict[str, Size | SizeAtEachStep]:
        symbols = self.symbols
        sizes: dict[str, Size | SizeAtEachStep] = dict.fromkeys((*symbols.whole, "t"), NUMBER_SIZE)
        for name in symbols.sizes:
            sizes[name] = Size(dimension=self._dimension(name))
        sizes |= {name: self.of_quantity(name) for name in symbols.quantities}
        return sizes | {name: SizeAtEachStep(self.of_quantity(name)) for name in symbols.sequences}

    def _shape(self, shape: Shape) -> Shape:
        return tuple(self._dimension(size) if isinstance(size, str) else size for size in shape)

    def _dimension(self, name: str) -> int | str:
        """A named size: the number that it is in all cases, or the first name that is equal to it in all of them."""
        if not self.cases:
            return name
        values = [case[name] for case in self.cases]
        if len(set(values)) == 1:
            return values[0]
        return next(other for other in self.symbols.sizes if [case[other] for case in self.cases] == values)
