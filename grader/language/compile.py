"""Tree to closure: names become slots of a frame, functions are written out, a domain says what operations do."""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter

from grader.errors import did_you_mean, listed
from grader.language import limits
from grader.language.arithmetic import (
    THRESHOLDS,
    Arithmetic,
    Closure,
    EvaluationError,
    Frame,
    MissingValue,
    spend,
)
from grader.language.arrays import ShapeError, Value
from grader.language.functions.record import ArrayValues
from grader.language.functions.table import FUNCTIONS, JUMPS_AT_ZERO
from grader.language.parse import ExpressionError, unknown_function
from grader.language.scope import Function, Scope, time_lag
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
    children,
    subtrees,
)


def compile_tree(
    tree: Tree, scope: Scope, arithmetic: Arithmetic, *, watch: bool = False, locate: bool = False
) -> Closure:
    """The closure that evaluates `tree` on a frame laid out as `scope` says.

    With `watch`, each order comparison of a measured name adds `left - right` to the list in the frame's
    `THRESHOLDS` slot. With `locate`, errors of evaluation come as `ExpressionError`s that point into the text.

    Raises:
        ExpressionError: for unknown names and functions, recursion, and trees that grow too large.
    """
    return _Compiler(scope, arithmetic, watch, locate).compile(tree)


class _BodyError(ExpressionError):
    """An error in the body of a function: the message names the function, `at` is where the expression calls it."""


class _Compiler:
    def __init__(self, scope: Scope, arithmetic: Arithmetic, watch: bool, locate: bool) -> None:
        self.scope = scope
        self.arithmetic = arithmetic
        self.watch = watch
        self.locate = locate
        self.nodes = 0
        self.depth = 0
        self.loops = 0
        self.locals: dict[str, int] = {}
        self.measured: frozenset[str] = scope.measured
        self.calling: tuple[str, ...] = ()
        self.call_site: int | None = None

    def compile(self, tree: Tree) -> Closure:
        self.nodes += 1
        if self.nodes > limits.MAX_EQUATION_NODES:
            raise ExpressionError("the expression is too large once its functions are written out", tree.at)
        if self.depth >= limits.MAX_WRITTEN_DEPTH:
            raise ExpressionError("the expression is nested too deeply once its functions are written out", tree.at)
        self.depth += 1
        self.arithmetic.enter(tree)
        closure = self.closure(tree)
        self.arithmetic.leave()
        self.depth -= 1
        if self.loops and isinstance(tree, Name):
            closure = self.read_in_loop(closure)
        elif self.loops and not isinstance(tree, Number):
            closure = self.metered(closure, max(0, sum(1 for _ in children(tree)) - 2))
        return self.located(closure, tree) if self.locate else closure

    def metered(self, closure: Closure, extra: int) -> Closure:
        """A closure inside a loop, which takes its steps off the budget; long lists and chains cost `extra` ones."""
        effort = self.arithmetic.effort

        def paid(frame: Frame) -> Value:
            value = closure(frame)
            spend(frame, extra + effort(value))
            return value

        return paid

    def read_in_loop(self, closure: Closure) -> Closure:
        """A name inside a loop, where reading it costs anything in this arithmetic."""
        reading = self.arithmetic.reading
        if type(self.arithmetic).reading is Arithmetic.reading:
            return closure

        def read(frame: Frame) -> Value:
            value = closure(frame)
            spend(frame, reading(value))
            return value

        return read

    def located(self, closure: Closure, tree: Tree) -> Closure:
        at = tree.at if self.call_site is None else self.call_site

        def checked(frame: Frame) -> Value:
            try:
                value = closure(frame)
            except (EvaluationError, ShapeError) as error:
                raise ExpressionError(str(error), at) from None
            if isinstance(value, MissingValue):
                raise ExpressionError(f"{value.label} is needed but has no initial value", at)
            return value

        return checked

    def closure(self, tree: Tree) -> Closure:
        arithmetic = self.arithmetic
        match tree:
            case Number(value=value):
                constant = arithmetic.number(value)
                return lambda frame: constant
            case Text(value=text):
                return lambda frame: text
            case Name():
                return itemgetter(self.slot(tree))
            case Index():
                return self.index(tree)
            case Unary(op="not", operand=operand):
                return arithmetic.negation(self.compile(operand))
            case Unary(op=op, operand=operand):
                inner = self.compile(operand)
                return (lambda frame: -inner(frame)) if op == "-" else inner
            case Binary(op=op):
                return self.binary(op, self.compile(tree.left), self.compile(tree.right))
            case Compare():
                return self.compare(tree)
            case Logic(op=op, operands=operands):
                return arithmetic.logic(op, [self.compile(o) for o in operands])
            case IfExp():
                return arithmetic.if_exp(*map(self.compile, (tree.condition, tree.then, tree.otherwise)))
            case Call():
                return self.call(tree)
            case Comprehension():
                return self.comprehension(tree)
            case ListExpr(items=items):
                parts = [self.compile(item) for item in items]
                return lambda frame: arithmetic.items([part(frame) for part in parts])
            case Transpose(operand=operand):
                inner = self.compile(operand)
                return lambda frame: arithmetic.transpose(inner(frame))

    def binary(self, op: str, left: Closure, right: Closure) -> Closure:
        match op:
            case "+":
                return lambda frame: left(frame) + right(frame)
            case "-":
                return lambda frame: left(frame) - right(frame)
            case "*":
                return lambda frame: left(frame) * right(frame)
        function = self.arithmetic.binary(op)
        if op == "@":
            return self.product(left, right, function)
        if op == "**":
            guard = self.arithmetic.guard
            return lambda frame: guard(function(left(frame), right(frame)))
        return lambda frame: function(left(frame), right(frame))

    def product(self, left: Closure, right: Closure, function: Callable[[Value, Value], Value]) -> Closure:
        effort = self.arithmetic.product_effort

        def multiply(frame: Frame) -> Value:
            a, b = left(frame), right(frame)
            spend(frame, effort(a, b))
            return function(a, b)

        return multiply

    def slot(self, name: Name) -> int:
        scope = self.scope
        if name.id in self.locals:
            return self.locals[name.id]
        if name.id in scope.names:
            return scope.names[name.id]
        if name.id in scope.sequences:
            return self.lagged(name.id, 0, name.at)
        raise ExpressionError(self.unknown(name.id), name.at)

    def unknown(self, name: str) -> str:
        if name in self.scope.functions or name in FUNCTIONS:
            return f"{name!r} is a function: write {name}(...)"
        known = [*self.locals, *self.scope.names, *self.scope.sequences]
        advice = did_you_mean(name, known) or f" ({listed(known) or 'nothing'} can be used)"
        return f"{name!r} is not defined here{advice}"

    def lagged(self, name: str, lag: int, at: int) -> int:
        slots = self.scope.sequences[name]
        if lag in slots:
            return slots[lag]
        if lag < 0:
            raise ExpressionError(f"{name}[t+{-lag}] lies in the future: a step may use t, t-1, t-2, ...", at)
        if 0 not in slots:
            raise ExpressionError(f"{name}[t] is not known at this point: write {name}[t-1]", at)
        raise ExpressionError(f"{name}[t-{lag}] is not kept here", at)

    def index(self, tree: Index) -> Closure:
        base = tree.base
        if isinstance(base, Name) and base.id in self.scope.sequences and base.id not in self.locals:
            lag = None if "t" in self.locals else time_lag(tree.index)
            if lag is None:
                message = f"{base.id} is indexed by the step: {base.id}[t], {base.id}[t-1], ..."
                raise ExpressionError(message, tree.index.at)
            return itemgetter(self.lagged(base.id, lag, tree.at))
        value = self.closure(base) if isinstance(base, Name) else self.compile(base)  # one entry of it is read
        index, pick = self.compile(tree.index), self.arithmetic.index
        return lambda frame: pick(value(frame), index(frame))

    def depends(self, tree: Tree) -> bool:
        return any(isinstance(sub, Name) and sub.id in self.measured for sub in subtrees(tree))

    def watched(self, closure: Closure) -> Closure:
        """A closure that also notes its own value, a distance to 0."""

        def note(frame: Frame) -> Value:
            value = closure(frame)
            frame[THRESHOLDS].append(value)
            return value

        return note

    def compare(self, tree: Compare) -> Closure:
        operands = [self.compile(operand) for operand in tree.operands]
        tests = [self.arithmetic.comparison(op) for op in tree.ops]
        pairs = list(zip(tree.operands, tree.operands[1:], strict=False))
        watch = [
            self.watch and op not in ("==", "!=") and (self.depends(a) or self.depends(b))
            for op, (a, b) in zip(tree.ops, pairs, strict=True)
        ]
        if len(tests) == 1:
            left, right, test = operands[0], operands[1], tests[0]
            if not watch[0]:
                return lambda frame: test(left(frame), right(frame))

            def watched(frame: Frame) -> Value:
                a, b = left(frame), right(frame)
                frame[THRESHOLDS].append(a - b)
                return test(a, b)

            return watched
        both = self.arithmetic.functions["min"]

        def chain(frame: Frame) -> Value:
            values = [operand(frame) for operand in operands]
            truth = None
            for test, noted, a, b in zip(tests, watch, values, values[1:], strict=False):
                if noted:
                    frame[THRESHOLDS].append(a - b)
                truth = test(a, b) if truth is None else both(truth, test(a, b))
            return truth

        return chain

    def call(self, tree: Call) -> Closure:
        if tree.function in self.scope.functions:
            return self.defined_call(tree, self.scope.functions[tree.function])
        record = FUNCTIONS.get(tree.function)
        if record is None:
            raise ExpressionError(unknown_function(tree.function, list(self.scope.functions)), tree.at)
        if problem := record.wrong_count(len(tree.arguments)):
            raise ExpressionError(problem, tree.at)
        function = self.arithmetic.functions[tree.function]
        arguments = [self.compile(argument) for argument in tree.arguments]
        if tree.function in JUMPS_AT_ZERO and self.watch and self.depends(tree.arguments[0]):
            arguments = [self.watched(arguments[0])]
        if isinstance(record.values, ArrayValues) and record.values.multiplies:
            return self.product(arguments[0], arguments[1], function)
        if len(arguments) == 1:
            only = arguments[0]
            return lambda frame: function(only(frame))
        return lambda frame: function(*[argument(frame) for argument in arguments])

    def defined_call(self, tree: Call, function: Function) -> Closure:
        """Writes the function out: its arguments get slots of their own, its body is compiled in their sight alone."""
        if tree.function in self.calling:
            raise ExpressionError(f"{tree.function!r} calls itself, which a function may not", tree.at)
        if len(tree.arguments) != len(function.parameters):
            wanted = f"{tree.function}({', '.join(function.parameters)})"
            raise ExpressionError(f"{wanted} takes {len(function.parameters)}, not {len(tree.arguments)}", tree.at)
        arguments = [self.compile(argument) for argument in tree.arguments]
        dependent = {p for p, a in zip(function.parameters, tree.arguments, strict=True) if self.depends(a)}
        slots = [self.scope.new_slot() for _ in arguments]
        outer = self.locals, self.measured, self.calling, self.call_site
        self.locals = dict(zip(function.parameters, slots, strict=True))
        self.measured = (self.scope.measured - set(function.parameters)) | dependent
        self.calling = (*self.calling, tree.function)
        self.call_site = tree.at if self.call_site is None else self.call_site
        try:
            body = self.compile(function.body)
        except _BodyError as error:
            raise _BodyError(error.message, tree.at) from None
        except ExpressionError as error:
            raise _BodyError(f"in {tree.function}: {error.message}", tree.at) from None
        finally:
            self.locals, self.measured, self.calling, self.call_site = outer
        guard = self.arithmetic.guard
        if len(slots) == 1:
            slot, argument = slots[0], arguments[0]

            def call_one(frame: Frame) -> Value:
                frame[slot] = argument(frame)
                return guard(body(frame))

            return call_one

        def call_many(frame: Frame) -> Value:
            for target, value in zip(slots, [argument(frame) for argument in arguments], strict=True):
                frame[target] = value
            return guard(body(frame))

        return call_many

    def comprehension(self, tree: Comprehension) -> Closure:
        start, stop, step = (self.compile(bound) for bound in (tree.start, tree.stop, tree.step))
        slot = self.scope.new_slot()
        outer = self.locals, self.measured
        self.locals = {**self.locals, tree.variable: slot}
        self.measured = self.measured - {tree.variable}
        self.loops += 1
        try:
            body = self.compile(tree.body)
        finally:
            self.locals, self.measured = outer
            self.loops -= 1
        return self.arithmetic.comprehension(tree.kind, body, slot, (start, stop, step))
