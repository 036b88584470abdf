"""The equations of a network under an answer's weights, read as sums of signals, entry by entry."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from itertools import pairwise, product

from flint import fmpq

from grader.kinds.weights.signal_sums import InnerUnit, Signal, SignalSum, SignalSums
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import Array, Scalar, Value, entries, shape_of, stacked, zipped
from grader.language.limits import MAX_ITERATIONS
from grader.language.printing import to_text
from grader.language.scope import Function, time_lag
from grader.language.tree import (
    Binary,
    Call,
    Compare,
    Comprehension,
    IfExp,
    Index,
    ListExpr,
    Logic,
    Name,
    Number,
    Text,
    Transpose,
    Tree,
    Unary,
    names_in,
)
from grader.machines.program import EXACT_ARITHMETIC

LATE_STEP = fmpq(1_000_000)
"""The step at which equations are drawn that change with time."""

MAX_DRAWING_NOTE_CHARACTERS = 120


class SignalReader:
    """Reads expressions over signals; `notes` say what of them is not drawn."""

    def __init__(
        self, shapes: Mapping[str, tuple[int, ...]], numbers: Mapping[str, Value], functions: Mapping[str, Function]
    ) -> None:
        """`shapes` are those of inputs and quantities, `numbers` the weights."""
        self.shapes = shapes
        self.numbers = numbers
        self.functions = functions
        self.sums = SignalSums()
        self.notes: dict[str, None] = {}
        self.loops_left = MAX_ITERATIONS

    def read(self, tree: Tree, names: Mapping[str, Value]) -> Value:
        """The value of an expression; `names` are those of its loops and of a function's arguments.

        Raises:
            EvaluationError, ShapeError: for what has no exact value, or depends on signals where that is not drawn.
            TooManyTerms: where it is too large.
        """
        match tree:
            case Number(value=value):
                return value
            case Text(value=text):
                raise EvaluationError(f"{text!r} is the name of a symbol")
            case Name(id=name):
                return self._named(name, names)
            case Index(base=Name(id=name), index=index) if name in self.shapes and name not in names:
                return self._signals(name, time_lag(index) or 0)
            case Index(base=base, index=index):
                return EXACT_ARITHMETIC.index(self.read(base, names), self.read(index, names))
            case Unary(op="not", operand=operand):
                return self._compared("==", self.read(operand, names), fmpq(0))
            case Unary(op=op, operand=operand):
                value = self.read(operand, names)
                return -value if op == "-" else value
            case Binary(op=op):
                return self._binary(op, self.read(tree.left, names), self.read(tree.right, names))
            case Compare(ops=ops, operands=operands):
                values = [self.read(operand, names) for operand in operands]
                pairs = zip(ops, pairwise(values), strict=True)
                return reduce(self._both, (self._compared(op, *pair) for op, pair in pairs))
            case Logic(op=op, operands=operands):
                return self._logic(op, [self.read(operand, names) for operand in operands])
            case IfExp():
                return self._choice(tree, names)
            case Call(function=function, arguments=arguments):
                return self._called(function, [self.read(argument, names) for argument in arguments])
            case Comprehension():
                return self._loop(tree, names)
            case ListExpr(items=items):
                return stacked([self.read(item, names) for item in items])
            case Transpose(operand=operand):
                return EXACT_ARITHMETIC.transpose(self.read(operand, names))

    def _named(self, name: str, names: Mapping[str, Value]) -> Value:
        if name in names:
            return names[name]
        if name in self.shapes:
            return self._signals(name, 0)
        if name in self.numbers:
            return self.numbers[name]
        self.notes["the step number t is part of the equations: drawn as at a late step"] = None
        return LATE_STEP

    def _signals(self, name: str, lag: int) -> Value:
        shape = self.shapes[name]
        places = product(*map(range, shape))
        found = [self.sums.alone(Signal(name, place, lag)) for place in places]
        return Array(shape, found) if shape else found[0]

    def _binary(self, op: str, left: Value, right: Value) -> Value:
        if op == "/":
            return zipped(lambda a, b: EXACT_ARITHMETIC.divide(a, b) if not _sums(a, b) else a / b, left, right)
        if op in ("+", "-", "*"):
            return EXACT_ARITHMETIC.binary(op)(left, right)
        if op == "@":
            return EXACT_ARITHMETIC.matmul(left, right)
        plain = EXACT_ARITHMETIC.binary(op)

        def entry(a: Scalar, b: Scalar) -> Scalar:
            if not _sums(a, b):
                return plain(a, b)
            if isinstance(a, SignalSum) and not isinstance(b, SignalSum):
                return self.sums.made_of(f"{op} {b}", a)
            return self.sums.mixed(op, a, b)

        return zipped(entry, left, right)

    def _compared(self, op: str, left: Value, right: Value) -> Value:
        return zipped(lambda a, b: self.sums.compared(op, a, b), left, right)

    def _both(self, left: Value, right: Value) -> Value:
        return self._logic("and", [left, right])

    def _logic(self, op: str, operands: list[Value]) -> Value:
        """`and`, `or`: a number that decides, or leaves the rest to decide, is not drawn."""

        def entry(a: Scalar, b: Scalar) -> Scalar:
            if not isinstance(a, SignalSum):
                a, b = b, a
            if not isinstance(a, SignalSum):
                return fmpq(int(bool(a) and bool(b) if op == "and" else bool(a) or bool(b)))
            if isinstance(b, SignalSum):
                return self.sums.mixed(op, a, b, is_truth=True)
            return self._true(a) if bool(b) == (op == "and") else fmpq(int(op == "or"))

        return reduce(lambda left, right: zipped(entry, left, right), operands)

    def _true(self, value: SignalSum) -> SignalSum:
        """1 where a sum is not 0, else 0."""
        is_truth = value.unit is not None and value.unit.is_truth
        return value if is_truth else self.sums.compared("!=", value, fmpq(0))

    def _choice(self, tree: IfExp, names: Mapping[str, Value]) -> Value:
        """A choice; of one that time alone decides, the part that a late step takes."""
        by_time = "t" in names_in(tree.condition) and "t" not in self.shapes and "t" not in names
        said = dict(self.notes)
        condition = self.read(tree.condition, names)
        if by_time and isinstance(condition, fmpq):
            self.notes = said
            taken, other = (tree.then, tree.otherwise) if condition else (tree.otherwise, tree.then)
            steps = f"steps {'with' if condition else 'without'} {to_text(tree.condition)}"
            text = f"drawn for {steps}; other steps have {to_text(other)} there"
            self.notes[
                text if len(text) <= MAX_DRAWING_NOTE_CHARACTERS else f"{text[:MAX_DRAWING_NOTE_CHARACTERS]}…"
            ] = None
            return self.read(taken, names)
        if isinstance(condition, fmpq):
            return self.read(tree.then if condition else tree.otherwise, names)
        return self.sums.choice(condition, self.read(tree.then, names), self.read(tree.otherwise, names))

    def _called(self, name: str, arguments: list[Value]) -> Value:
        function = self.functions.get(name)
        if function is None:
            return self.sums.functions[name](*arguments)
        if len(arguments) == 1 and _sums(*entries(arguments[0])):
            value = self._activated(name, function, arguments[0])
            if value is not None:
                return value
        return self.read(function.body, dict(zip(function.parameters, arguments, strict=True)))

    def _activated(self, name: str, function: Function, argument: Value) -> Value | None:
        """A function of the spec that works entry by entry, on the sums that go in; None of any other.

        It is tried on signals that stand for the entries: each entry of the value may speak of its own alone.
        """
        count, shape = len(entries(argument)), shape_of(argument)
        stand_ins = [Signal("z", (-1, i)) for i in range(count)]
        tried = list(map(self.sums.alone, stand_ins))
        body = self.read(function.body, {function.parameters[0]: Array(shape, tried) if shape else tried[0]})
        if shape_of(body) != shape:
            return None
        made: list[Scalar] = []
        for value, stand_in, given in zip(entries(body), stand_ins, entries(argument), strict=True):
            if not isinstance(value, SignalSum):
                made.append(value)
                continue
            if _ends(value) != {stand_in}:
                return None
            made.append(self._with_sum(name, value, stand_in, given))
        return Array(shape, made) if shape else made[0]

    def _with_sum(self, name: str, value: SignalSum, stand_in: Signal, given: Scalar) -> Scalar:
        """What a function made of a stand-in, of the sum itself; a unit inside of more than that has its name."""
        if set(value.weights) == {stand_in}:
            return given * value.weights[stand_in] + value.number
        if not isinstance(given, SignalSum):
            given = SignalSum(self.sums, {}, given)
        unit = value.unit
        if unit is not None and unit.summed == self.sums.alone(stand_in):
            return self.sums.made_of(unit.does, given)
        return self.sums.made_of(name, given)

    def _loop(self, tree: Comprehension, names: Mapping[str, Value]) -> Value:
        start, stop, step = (
            EXACT_ARITHMETIC.whole(self.read(bound, names)) for bound in (tree.start, tree.stop, tree.step)
        )
        if not step:
            raise EvaluationError("a range cannot have step 0")
        rounds = range(start, stop, step)
        self.loops_left -= len(rounds)
        if self.loops_left < 0:
            raise EvaluationError("loops take too many steps")
        values = [self.read(tree.body, {**names, tree.variable: fmpq(i)}) for i in rounds]
        if tree.kind in ("all", "any"):
            return self._logic("and" if tree.kind == "all" else "or", [fmpq(int(tree.kind == "all")), *values])
        if tree.kind in ("min", "max"):
            return reduce(self.sums.functions[tree.kind], values)
        join = EXACT_ARITHMETIC.binary("+" if tree.kind == "sum" else "*")
        return reduce(join, values, fmpq(0 if tree.kind == "sum" else 1))


def _sums(*values: Scalar) -> bool:
    return any(isinstance(value, SignalSum) for value in values)


def _ends(value: SignalSum) -> set[Signal]:
    """The signals that a sum depends on, through whatever units."""
    found: set[Signal] = set()
    waiting = list(value.weights)
    while waiting:
        source = waiting.pop()
        if isinstance(source, InnerUnit):
            waiting += source.sources
        else:
            found.add(source)
    return found
