"""What holds before the first step: the output for the empty input, from initial values.

At time 0 a quantity has its initial value; one without is worked out by its equation, where nothing in that lacks a
value then: `y: W*h[t] + b` needs `h[0]` alone, and one that speaks of `x[t]` has no value, as there is no input.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flint import fmpq

from grader.deferred import dataclass
from grader.language import limits
from grader.language.arithmetic import STEP_BUDGET, Arithmetic, Closure, Frame, MissingValue
from grader.language.arrays import Value
from grader.language.compile import compile_tree
from grader.language.parse import ExpressionError
from grader.language.scope import Scope
from grader.language.shapes import Shapes
from grader.language.sizes import NUMBER_SIZE, Size
from grader.language.tree import Tree
from grader.machines.layout import Layout
from grader.machines.system import DefinitionError, SystemFault

InitialValues = Mapping[tuple[str, int | None], Any]


@dataclass(frozen=True)
class AtTimeZero:
    """The frame before the first step, the output there, and the value of each step expression (None: it has none).

    `output` is a `MissingValue` where it has no value; `reason` says why.
    """

    frame: Frame
    output: Value | MissingValue
    expressions: tuple[Value | None, ...]
    reasons: Mapping[str, str]

    @property
    def reason(self) -> str:
        """Why the output has no value; empty where it has one."""
        return self.reasons[self.output.label] if isinstance(self.output, MissingValue) else ""


class TimeZero:
    """Works out in one arithmetic what holds before the first step."""

    def __init__(self, layout: Layout, arithmetic: Arithmetic) -> None:
        self._layout = layout
        self._number = arithmetic.number

        def compiled(tree: Tree, scope: Scope = layout.scope) -> Closure:
            return compile_tree(tree, scope, arithmetic, locate=True)

        self._equations = {name: compiled(layout.system.equations[name]) for name in layout.order}
        self._output = compiled(layout.system.output)
        self._expressions = [compiled(expression.tree) for expression in layout.expressions]
        self._size = layout.scope.new_slot()

    def at(self, frame: Frame, initial: InitialValues) -> AtTimeZero:
        """What holds under the parameters in a frame and these initial values."""
        layout = self._layout
        frame = [*frame, *[None] * (self._size - len(frame))]
        frame[STEP_BUDGET] = limits.MAX_ITERATIONS
        frame[layout.time] = self._number(fmpq(0))
        for name, lag in layout.past:
            frame[layout.slot(name, lag)] = _before(name, -lag, initial)
        for name in layout.system.alphabet.channels:
            frame[layout.slot(name)] = _before(name, 0, initial)
        reasons: dict[str, str] = {}
        for name in layout.order:
            value = _before(name, 0, initial)
            if isinstance(value, MissingValue):
                frame[layout.slot(name)] = value  # its own equation cannot need it
                value = _worked_out(self._equations[name], frame, reasons)
            frame[layout.slot(name)] = value
        output = _worked_out(self._output, frame, reasons)
        found = [_worked_out(expression, frame, reasons) for expression in self._expressions]
        values = tuple(None if isinstance(value, MissingValue) else value for value in found)
        return AtTimeZero(frame, output, values, reasons)


def _worked_out(closure: Closure, frame: Frame, reasons: dict[str, str]) -> Any:
    """The value; where it has none, what is missing, and in `reasons` why."""
    try:
        return closure(frame)
    except ExpressionError as error:
        label = error.message.removesuffix(_IS_MISSING)
        reasons.setdefault(label, error.message)
        return MissingValue(label)


_IS_MISSING = " is needed but has no initial value"


def _before(name: str, time: int, initial: InitialValues) -> Any:
    return initial.get((name, time), initial.get((name, None), MissingValue(f"{name}[{time}]")))


def check_time_zero(layout: Layout, shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Raises `DefinitionError` if an output has no value before the first step, whatever the parameters."""
    found = _sizes_at_time_zero(layout, shapes)
    if found.reason:
        raise no_output_at_time_zero(found.reason)


def check_accept_at_time_zero(layout: Layout, shapes: Mapping[str, tuple[int, ...]]) -> None:
    """Raises `DefinitionError` if `accept` speaks of what has no value before the first step."""
    predicate = layout.predicate
    if predicate is None:
        return
    frame = _sizes_at_time_zero(layout, shapes).frame
    closure = compile_tree(predicate.tree, layout.predicate_scope, Shapes(), locate=True)
    frame = [*frame, *[NUMBER_SIZE] * (layout.predicate_scope.new_slot() - len(frame))]
    for name, shape in predicate.names.items():
        frame[layout.predicate_scope.names[name]] = Size(shape)
    try:
        closure(frame)
    except ExpressionError as error:
        text = f"cannot be worked out for the empty input, which `judge: {{empty: true}}` asks for: {error.message}"
        raise DefinitionError([SystemFault(predicate.path, text, error.at)]) from None


def _sizes_at_time_zero(layout: Layout, shapes: Mapping[str, tuple[int, ...]]) -> AtTimeZero:
    frame: Frame = [NUMBER_SIZE] * layout.scope.new_slot()
    for name, parameter in layout.system.parameters.items():
        frame[layout.scope.names[name]] = Size(parameter.shape)
    channels = {name: channel.shape for name, channel in layout.system.alphabet.channels.items()}
    initial = {key: Size({**shapes, **channels}[key[0]]) for key in layout.system.initial}
    return TimeZero(layout, Shapes()).at(frame, initial)


def no_output_at_time_zero(reason: str) -> DefinitionError:
    """Why a question cannot be about the empty input."""
    text = f"has no value for the empty input, which `judge: {{empty: true}}` asks for ({reason})"
    advice = "give what it needs an initial value, such as `initial: {h: 0}`"
    return DefinitionError([SystemFault(("output",), f"{text}: {advice}")])
