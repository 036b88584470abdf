"""Evaluating one expression in a test: names and values in, the value out."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

from flint import fmpq

from grader.language import limits
from grader.language.arithmetic import STEP_BUDGET, THRESHOLDS, Arithmetic, Frame
from grader.language.arrays import Array, Value
from grader.language.compile import compile_tree
from grader.language.exact import Exact
from grader.language.parse import parse
from grader.language.scope import Function, Scope
from grader.language.shapes import Shapes
from grader.language.sizes import Size
from grader.language.tree import Tree

Definitions = Mapping[str, tuple[str, str]]
"""`{"phi": ("z", "z + 1")}`: parameters (with spaces between them) and body."""


def functions(definitions: Definitions) -> dict[str, Function]:
    """Definitions as `Scope` takes them."""
    return {name: Function(tuple(names.split()), parse(body)) for name, (names, body) in definitions.items()}


def evaluate(
    source: str | Tree,
    arithmetic: Arithmetic,
    values: Mapping[str, Value],
    defined: Mapping[str, Function],
    steps: int = limits.MAX_ITERATIONS,
    measured: frozenset[str] = frozenset(),
    **options: bool,
) -> tuple[Value, Frame]:
    """The value, and the frame as the evaluation left it."""
    tree = parse(source) if isinstance(source, str) else source
    scope = Scope(functions=defined, measured=measured)
    for name in values:
        scope.names[name] = scope.new_slot()
    closure = compile_tree(tree, scope, arithmetic, **options)
    frame: Frame = [None] * scope.new_slot()
    frame[STEP_BUDGET], frame[THRESHOLDS] = steps, []
    for name, value in values.items():
        frame[scope.names[name]] = value
    return closure(frame), frame


def exact(source: str | Tree, defined: Definitions | None = None, /, **values: Any) -> Any:
    """The value in rationals; numbers, lists and lists of lists go in and `Fraction`s in lists come out."""
    inputs = {name: rational(value) for name, value in values.items()}
    return plain(evaluate(source, Exact(), inputs, functions(defined or {}))[0])


def size(source: str | Tree, defined: Definitions | None = None, /, **shapes: tuple[int, ...]) -> Size:
    """The size that the dry domain finds."""
    inputs = {name: Size(shape) for name, shape in shapes.items()}
    found: Size = evaluate(source, Shapes(), inputs, functions(defined or {}))[0]
    return found


def rational(value: Any) -> Value:
    """A number, a list or a list of lists as the exact domain holds it."""
    if isinstance(value, list | tuple):
        items = [rational(item) for item in value]
        if isinstance(items[0], Array):
            return Array((len(items), *items[0].shape), [entry for row in items for entry in row.entries])
        return Array((len(items),), items)
    ratio = Fraction(value)
    return fmpq(ratio.numerator, ratio.denominator)


def plain(value: Value) -> Any:
    """An exact value as `Fraction`s, lists and lists of lists."""
    if isinstance(value, Array):
        return [plain(value.item(i)) for i in range(value.shape[0])]
    return Fraction(int(value.p), int(value.q))


@contextmanager
def no_hang(seconds: int = 20) -> Iterator[None]:
    """Fails what would otherwise run on and on."""

    def stop(*_: object) -> None:
        raise AssertionError(f"still running after {seconds} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
