"""`holds: out >= 0`: an expression over inputs, `out` and further calls of the function that is true of every input."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from grader.inputs.input_set import fed_names
from grader.kinds.finding import Finding
from grader.kinds.function.line_plan import JudgedCase, LinePlan, RightOutput
from grader.kinds.function.mismatch import Mismatch
from grader.kinds.function.properties import OUTPUT_NAME, names_answers
from grader.kinds.function.question import Aim, AimKey, FunctionCheck, FunctionQuestion
from grader.kinds.function.values import has_nan, show
from grader.kinds.function.verdicts import mismatch
from grader.language.parse import ExpressionError, parse
from grader.language.rewriting import replaced
from grader.language.tree import Binary, Call, Compare, Comprehension, IfExp, Index, Name, Tree, names_in, subtrees

OPPOSITES = {frozenset(pair) for pair in (("<", ">="), (">", "<="), ("==", "!="), ("<", ">"), ("<", "=="), (">", "=="))}

TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
"""What is said of two sides, said of them in the other order."""


@dataclass(frozen=True)
class Holds(Aim):
    """An expression that is true of every input."""

    tree: Tree
    text: str = field(compare=False)
    keys: ClassVar = {
        "holds": AimKey(
            "property",
            "An expression that is true of every input: of the arguments, `out`, and further calls.",
            partly="An expression that is true where these points are earned.",
        )
    }
    reads_output: ClassVar = False

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Holds:
        expression = given[cls.key()]
        return cls(expression.tree, expression.text)

    @classmethod
    def tells_answer(cls, written: Any, function: str) -> bool:
        return _states_answer(written, function)

    def __str__(self) -> str:
        return f"{self.key()} {' '.join(self.text.split())}"

    def expressions(self) -> Mapping[str, Tree]:
        return {self.key(): self.tree}

    def contradicts(self, other: Aim) -> bool:
        """Whether two comparisons of the same sides exclude each other on every input."""
        if type(other) is not Holds or not isinstance(self.tree, Compare) or not isinstance(other.tree, Compare):
            return False
        if len(self.tree.ops) != 1 or len(other.tree.ops) != 1:
            return False
        (op,), (other_op,) = self.tree.ops, other.tree.ops
        if self.tree.operands == other.tree.operands:
            return frozenset((op, other_op)) in OPPOSITES
        turned = frozenset((TURNED.get(op, op), other_op))
        return self.tree.operands[::-1] == other.tree.operands and turned in OPPOSITES

    def check_written(
        self, question: FunctionQuestion, check: FunctionCheck, keys: tuple[str | int, ...]
    ) -> Iterator[Finding]:
        name = question.signature.name
        if not names_answers(self.tree, name) and not set(fed_names(check.sets)) & set(names_in(self.tree)):
            wrong = "does not speak of `out`, so that no function can be wrong"
        elif any(map(_is_same_on_both_sides, subtrees(_with_output_named(question, check, self.tree)))):
            wrong = "compares something with itself, which is true of every output"
        else:
            return
        text = f"{check.name!r}: {self.text.strip()!r} {wrong}: compare `out` with what is right"
        yield Finding(question.id, "fail", text, place=question.place(*keys, self.key()))


def _with_output_named(question: FunctionQuestion, check: FunctionCheck, tree: Tree) -> Tree:
    """An expression with `out` for the call of the function with its own arguments, which gives the same.

    Beside a random generator it need not: that a function draws from it alone is worth a line.
    """
    if any(members.is_random for members in check.sets.values()):
        return tree
    own = Call(question.signature.name, tuple(map(Name, question.signature.parameters)))
    return replaced(tree, lambda node: Name(OUTPUT_NAME) if node == own else None)


def _is_same_on_both_sides(tree: Tree) -> bool:
    return isinstance(tree, Compare) and tree.operands[0] == tree.operands[-1] and len(tree.operands) == 2


def _states_answer(text: str, function: str) -> bool:
    """Whether a property says how the output is computed: `out ~ 2 * x`, `abs(out - sum(x)) < 1e-6`."""
    try:
        tree = parse(text, closeness=True, keys=True)
    except ExpressionError:  # the spec could not be loaded with it
        return True
    return any(
        _is_answer(left, right, function) or _is_answer(right, left, function)
        for node in subtrees(tree)
        for left, right in _compared(node)
    )


def _compared(node: Tree) -> Iterator[tuple[Tree, Tree]]:
    match node:
        case Compare(ops=ops, operands=operands):
            pairs = zip(ops, operands, operands[1:], strict=False)
            yield from ((left, right) for op, left, right in pairs if op in ("==", "~"))
        case Binary(op="-", left=left, right=right):
            yield left, right


def _is_answer(left: Tree, right: Tree, function: str) -> bool:
    """Whether one side is about the output alone, and the other computes something from the arguments."""
    return names_answers(left, function) and not names_answers(right, function) and _computes(right)


def _computes(tree: Tree) -> bool:
    nodes = list(subtrees(tree))
    named = any(isinstance(node, Name) for node in nodes)
    return named and any(
        isinstance(node, Binary | Call | IfExp | Comprehension) for node in nodes if not _is_length(node)
    )


def _is_length(node: Tree) -> bool:
    """`len(x)`: the shape of an output is no answer."""
    return isinstance(node, Call) and node.function == "len" and isinstance(node.arguments[0], Name | Index)


class HoldsLine(LinePlan):
    """The expression, worked out for each answer."""

    aim: Holds

    def prepare(self) -> None:
        self.compile_property(self.aim.tree, self.aim.text)

    def mismatch(self, case: JudgedCase) -> Mismatch | None:
        assert self.property is not None
        rule = self.property.for_records(case.values, case.wanted)
        text = self.aim.text.strip()
        if not self.check.nan and any(has_nan(case.values.get(name)) for name in rule.answers):
            return mismatch(text, case.answer)
        met, error = rule.met(case.values)
        return None if met else mismatch(text, case.answer, f" ({error})" if error else "")

    def accepts(self, output: RightOutput) -> bool:
        return self._met(output)[0]

    def _met(self, output: RightOutput) -> tuple[bool, str]:
        assert self.property is not None
        return self.property.met({**self.group.inputs[output.case], OUTPUT_NAME: output.value})

    def check_outputs(
        self, right: Sequence[RightOutput], wrong: Sequence[RightOutput], keys: tuple[str | int, ...]
    ) -> Iterator[Finding]:
        question = self.group.question
        place = question.place(*keys, self.aim.key())
        text = f"{self.check.name!r}: {self.aim.text.strip()!r}"
        if wrong and OUTPUT_NAME in names_in(self.aim.tree) and all(map(self.accepts, wrong)):
            made = "made wrong (0, one more, negated, ...)"
            sentence = f"{text} is true of every output that was tried, of those {made} too: ask for more"
            yield Finding(question.id, "fail", sentence, place=place)
        for one in right if self.everywhere else ():
            met, error = self._met(one)
            if not met:
                case = f"{self.group.show_case(one.case)} gives {show(one.value)}"
                if error:
                    said = f"cannot be worked out for a right answer ({case}): {error}"
                elif self.model is not None:
                    said = f"is not true of what {self.model[0]} gives ({case})"
                else:
                    return  # it is said which known answer fails
                yield Finding(question.id, "fail", f"{text} {said}; correct the expression", place=place)
                return
