"""Why an output is not accepted: the condition of `accept` that does not hold, and the values that it speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress

from grader.deferred import dataclass
from grader.errors import listed
from grader.language.arithmetic import EvaluationError, Frame
from grader.language.arrays import ShapeError, Value
from grader.language.ball_numbers import Undecided
from grader.language.doubles import exactly
from grader.language.printing import to_text
from grader.language.reals import is_true
from grader.language.tree import Compare, IfExp, Index, Logic, Name, Tree, Unary, children, names_in, subtrees
from grader.machines.display import shown
from grader.machines.machine import Step, Undefined
from grader.machines.program import Program
from grader.machines.specification import Specification

OPPOSITE = {"<": ">=", ">=": "<", ">": "<=", "<=": ">", "==": "!=", "!=": "=="}


def unmet(specification: Specification, output: Value, step: Step) -> str:
    """`y > 1/2 is wanted; y = -0.4` for an output that `accept` refuses at a step; empty where it is plain equality.

    Of several conditions that all have to hold, those that do not are shown. Where a condition has to be as true as
    something that the output has no part in, `(y > 1/2) == expected`, it is shown as it is wanted there.
    """
    predicate, output = specification.program.predicate, exactly(output)
    if predicate is None or step.frame is None:
        return ""
    if isinstance(output, Undefined):
        return f"{to_text(predicate.tree)} is wanted; {specification.answer} is undefined ({output.reason})"
    at_step = _AtStep(specification.program, step.frame, (output, step.output), specification.answer)
    wanted = list(at_step.unmet(predicate.tree))
    values = at_step.values(wanted)
    trouble = specification.trouble(output, step)
    parts = [f"{' and '.join(map(to_text, wanted))} is wanted", *([values] if values else [])]
    return f"{'; '.join(parts)}{f' ({trouble})' if trouble else ''}"


@dataclass(frozen=True)
class _AtStep:
    """The parts of `accept` at one step, for the output of an answer (called `answer`) and what is expected."""

    program: Program
    frame: Frame
    outputs: tuple[Value, Value]
    answer: str

    def unmet(self, tree: Tree) -> Iterator[Tree]:
        """What does not hold of a condition that does not hold as a whole."""
        match tree:
            case Logic(op="and", operands=operands):
                for operand in operands:
                    if not self._holds(operand):
                        yield from self.unmet(operand)
            case IfExp(condition=condition, then=then, otherwise=otherwise) if not self._speaks_of_answer(condition):
                yield from self.unmet(then if self._holds(condition) else otherwise)
            case Compare(ops=("==" | "!=" as op,), operands=(left, right)) if truth := self._truth(left, right):
                wanted = truth.holds is (op == "==")
                yield from self.unmet(truth.condition) if wanted else [_negated(truth.condition)]
            case _:
                yield tree

    def values(self, trees: list[Tree]) -> str:
        """`y = -0.4 and expected = 1`: each name in the conditions with its value, in the order they are met."""
        marks = [number for tree in trees for number in self._compared(tree)]
        named = [part for tree in trees for part in self._named(tree)]
        found = {to_text(part): value for part in named if (value := self._value(part, marks))}
        return listed(f"{name} = {value}" for name, value in found.items())

    def _compared(self, tree: Tree) -> Iterator[Value]:
        """The values of what is compared in a condition, from which the values of names have to look different."""
        for part in subtrees(tree):
            for side in part.operands if isinstance(part, Compare) else ():
                with suppress(Exception):  # as in `_value`
                    yield self.program.evaluate_part(side, self.frame, self.outputs)

    def _named(self, tree: Tree) -> Iterator[Tree]:
        """Names, and earlier values such as `h[t-1]`, but not the numbers of their steps."""
        match tree:
            case Name():
                yield tree
            case Index(base=Name(id=name)) if name in self.program.layout.scope.sequences:
                yield tree
            case _:
                for part in children(tree):
                    yield from self._named(part)

    def _value(self, part: Tree, marks: Sequence[Value]) -> str:
        """Empty for what has no value outside of a loop."""
        try:
            value = self.program.evaluate_part(part, self.frame, self.outputs)
        except Exception:  # the variable of a loop is no name here
            return ""
        return shown(value, *self.outputs, *marks)

    def _holds(self, tree: Tree) -> bool:
        """Whether a part holds; one that cannot be worked out does not."""
        try:
            return is_true(self.program.evaluate_part(tree, self.frame, self.outputs))
        except (EvaluationError, ShapeError, Undecided):
            return False

    def _speaks_of_answer(self, tree: Tree) -> bool:
        return self.answer in names_in(tree)

    def _truth(self, left: Tree, right: Tree) -> _Truth | None:
        """A condition on the answer that is compared with what the answer has no part in."""
        for condition, other in ((left, right), (right, left)):
            if _is_condition(condition) and self._speaks_of_answer(condition) and not self._speaks_of_answer(other):
                try:
                    value = self.program.evaluate_part(other, self.frame, self.outputs)
                except (EvaluationError, ShapeError):
                    return None
                return _Truth(condition, bool(value)) if value in (0, 1) else None
        return None


@dataclass(frozen=True)
class _Truth:
    """A condition, and whether what it has to be as true as holds."""

    condition: Tree
    holds: bool


def _is_condition(tree: Tree) -> bool:
    return isinstance(tree, Compare | Logic) or (isinstance(tree, Unary) and tree.op == "not")


def _negated(condition: Tree) -> Tree:
    """`y <= 1/2` for `y > 1/2`."""
    match condition:
        case Unary(op="not", operand=operand):
            return operand
        case Compare(ops=(op,), operands=operands) if op in OPPOSITE:
            return Compare((OPPOSITE[op],), operands)
    return Unary("not", condition)
