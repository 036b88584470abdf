"""The domain of shapes: what size each value has, so that a spec whose sizes do not fit is refused before any work."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flint import fmpq

from grader.language.arithmetic import STEP_BUDGET, Arithmetic, Closure, EvaluationError, Frame
from grader.language.arrays import ShapeError, Value, describe
from grader.language.exact import Exact
from grader.language.functions.record import ArrayValues
from grader.language.functions.table import FUNCTIONS
from grader.language.sizes import NUMBER_SIZE, Size, joined, product_size, worked
from grader.language.tree import ComprehensionKind


class Shapes(Arithmetic):
    """Expressions over sizes: every loop body is looked at once, every branch that a constant does not rule out."""

    def number(self, value: fmpq) -> Size:
        return Size((), value)

    def comparison(self, op: str) -> Callable[[Value, Value], Value]:
        exact = Exact().comparison(op)

        def compare(left: Size, right: Size) -> Size:
            if left.constant is None or right.constant is None:
                return joined(left, right)
            return Size((), exact(left.constant, right.constant))

        return compare

    @property
    def functions(self) -> Mapping[str, Callable[..., Value]]:
        return _SIZE_FUNCTIONS

    def divide(self, left: Value, right: Value) -> Value:
        return joined(left, right)

    def floor_divide(self, left: Value, right: Value) -> Value:
        return joined(left, right)

    def modulo(self, left: Value, right: Value) -> Value:
        return joined(left, right)

    def power(self, base: Value, exponent: Value) -> Value:
        return joined(base, exponent)

    def whole(self, value: Value) -> int:
        if value.shape:
            raise ShapeError(f"{value} is not a whole number")
        if value.constant is None:
            return 0
        if value.constant.q != 1:
            raise EvaluationError(f"{value.constant} is not a whole number")
        return int(value.constant.p)

    def matmul(self, left: Value, right: Value) -> Value:
        return product_size(left, right)

    def if_exp(self, condition: Closure, then: Closure, otherwise: Closure) -> Closure:
        def choice(frame: Frame) -> Value:
            tested = condition(frame)
            if tested.constant is not None:
                return then(frame) if tested.constant else otherwise(frame)
            branches = then(frame), otherwise(frame)
            if tested.shape:
                return joined(tested, *branches)
            then_size, else_size = (Size(branch.shape, None, branch.row) for branch in branches)
            if then_size != else_size:
                raise ShapeError(f"the two branches differ: {then_size} if true, {else_size} if not")
            return then_size

        return choice

    def negation(self, operand: Closure) -> Closure:
        return lambda frame: worked(lambda value: fmpq(int(not value)), operand(frame))

    def logic(self, op: str, operands: list[Closure]) -> Closure:
        decisive = op == "or"

        def connective(frame: Frame) -> Value:
            sizes, decided = list[Size](), False
            for operand in operands:
                size = operand(frame)
                if size.constant is None:
                    sizes.append(size)
                elif bool(size.constant) is decisive:
                    sizes.append(NUMBER_SIZE)
                    decided = True
                    break
            if len({bool(size.shape) for size in sizes}) > 1:
                raise ShapeError(f"`{op}` joins a number with {joined(*sizes)}: write all(...) or any(...)")
            if decided or not sizes:
                return Size((), fmpq(int(decided is decisive)))
            return joined(*sizes)

        return connective

    def effort(self, value: Value) -> int:
        return 0

    def product_effort(self, left: Value, right: Value) -> int:
        return 0

    def comprehension(
        self, kind: ComprehensionKind, body: Closure, variable: int, bounds: tuple[Closure, Closure, Closure]
    ) -> Closure:
        def once(frame: Frame) -> Value:
            for bound in bounds:
                self.whole(bound(frame))
            frame[variable] = NUMBER_SIZE
            frame[STEP_BUDGET] -= 1
            value = body(frame)
            return Size(value.shape, None, value.row)

        return once

    def items(self, items: list[Value]) -> Value:
        shapes = list(dict.fromkeys(item.shape for item in items))
        if len(shapes) > 1:
            raise ShapeError(f"the entries of a list differ: {describe(shapes[0])} and {describe(shapes[1])}")
        if len(shapes[0]) > 1:
            raise ShapeError("lists are nested deeper than a matrix")
        return Size((len(items), *shapes[0]))

    def index(self, value: Value, index: Value) -> Value:
        if not value.shape:
            raise ShapeError("a number has no components")
        at, size = self.whole(index), value.shape[0]
        if index.constant is not None and (at < 0 or (isinstance(size, int) and at >= size)):
            last = size - 1 if isinstance(size, int) else f"{size} - 1"
            raise ShapeError(f"index {at} is outside {value} (0 to {last})")
        return Size(value.shape[1:])

    def transpose(self, value: Value) -> Value:
        return Size(value.shape[::-1])


_SIZE_FUNCTIONS: Mapping[str, Callable[..., Size]] = {
    name: record.values.size if isinstance(record.values, ArrayValues) else joined for name, record in FUNCTIONS.items()
}
