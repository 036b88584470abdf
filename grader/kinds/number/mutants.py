"""Wrong numbers as people give them, what the marking makes of each, and near misses that would name them.

The rule for what is wrong: a number that the spec does not accept; and one that it does accept although it is off by a
quarter of the right number or more, which no tolerance for rounding is meant for. Nearer ones within the tolerance are
right by the spec.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from flint import arb, ctx, fmpq

from grader.documents import ScalarNode
from grader.errors import HarnessError, SourceLocation, SubmissionError
from grader.formulas import Setting, Symbols, decide, is_equal
from grader.kinds.mutants import Mutant, MutantStatus, MutantVerdict, StrengthRemark
from grader.kinds.number.question import NumberQuestion
from grader.kinds.number.reading import read_number
from grader.kinds.number.score import WORKING_BITS, is_within, score_number
from grader.kinds.proposals import loaded_with
from grader.language.arithmetic import EvaluationError
from grader.language.ball_numbers import Undecided
from grader.language.balls import Balls
from grader.language.build import ZERO
from grader.language.exact import Exact
from grader.language.formula import Formula
from grader.language.irrational import is_rational
from grader.language.numbers import short_decimal
from grader.language.parse import ExpressionError
from grader.language.tree import Binary, Call, Number, Tree

THE_RIGHT_NUMBER = "the value"

MISTAKES: Mapping[str, tuple[str, str]] = {
    "sign": ("-({})", "The sign is wrong."),
    "reciprocal": ("1/({})", "That is the reciprocal: 1 divided by the right number."),
    "times 10": ("10*({})", "That is ten times the right number: look for a slip of the decimal point."),
    "divided by 10": ("({})/10", "That is a tenth of the right number: look for a slip of the decimal point."),
    "in percent": ("100*({})", "That is a hundred times the right number: a number is asked for, not percent."),
    "of percent": ("({})/100", "That is a hundredth of the right number."),
    "doubled": ("2*({})", "That is twice the right number: look for a factor of 2."),
    "halved": ("({})/2", "That is half of the right number: look for a factor of 2."),
    "plus 1": ("({}) + 1", "That is one too many."),
    "minus 1": ("({}) - 1", "That is one too few."),
    "squared": ("({})^2", "That is the square of the right number."),
    "square root": ("sqrt({})", "That is the square root of the right number."),
}
"""By operator: how a mistake is written of a right number, and what there is to say to whoever makes it."""

ROUNDED_DIGITS = (1, 2, 3, 4)
"""Digits to which numbers are rounded."""

NEAR_SHARE = fmpq(249, 1000)
"""Of the right number: what is off by more (by a quarter, say) is wrong, whatever is accepted."""

MAX_NAMED_MISTAKES = 3

WITHIN = "within the tolerance of the spec"


def number_mutants(question: NumberQuestion) -> Iterator[Mutant]:
    """Numbers that are nearly the right one, each once; those of the near misses of the spec come last."""
    met = [question.value]
    for operator, text in _nearly_right(question):
        tree = _read(text)
        if tree is not None and _has_value(tree) and not any(_same(tree, other) for other in met):
            met.append(tree)
            yield Mutant(operator, f"{_value_text(question)} -> {text}", THE_RIGHT_NUMBER, text)


def _nearly_right(question: NumberQuestion) -> Iterator[tuple[str, str]]:
    """The name of each change, and the number as a student would write it."""
    value, text = _exactly(question.value), _value_text(question)
    for operator, (pattern, _) in MISTAKES.items():
        yield operator, _short(pattern.format(text))
    for digits in ROUNDED_DIGITS:
        if rounded := _rounded(question.value, digits):
            yield f"rounded to {digits} digit{'s' * (digits > 1)}", rounded
    decimal = short_decimal(value) if value is not None else ""
    for i in range(len(decimal) - 1):
        if decimal[i] != decimal[i + 1] and decimal[i : i + 2].isdecimal():
            yield "digits swapped", f"{decimal[:i]}{decimal[i + 1]}{decimal[i]}{decimal[i + 2 :]}"
    if question.tolerance is not None:
        room = str(question.source.lookup("tolerance"))
        for sign in "+-":
            yield "within the tolerance", _short(f"({text}) {sign} 0.9*({room})")
            yield "beyond the tolerance", _short(f"({text}) {sign} 1.1*({room})")
    for near in question.near:
        if near.value is not None:
            yield "near miss of the spec", near.name


def _value_text(question: NumberQuestion) -> str:
    return str(question.source.lookup("value"))


def _read(text: str) -> Tree | None:
    with suppress(ExpressionError):
        return read_number(text).tree
    return None


def _has_value(tree: Tree) -> bool:
    return _exactly(tree) is not None or _same(tree, tree)


def _same(one: Tree, other: Tree) -> bool:
    """Whether two numbers are equal; False where one has no value."""
    fractions = _exactly(one), _exactly(other)
    if None not in fractions:
        return fractions[0] == fractions[1]
    return is_equal(decide(one, other, Setting(Symbols())))


def _exactly(tree: Tree) -> fmpq | None:
    """The value of an expression where it is a fraction that can be worked out."""
    if not is_rational(tree):
        return None
    with suppress(EvaluationError):
        value = Formula(tree, (), Exact())({})
        return value if isinstance(value, fmpq) else None
    return None


def _short(text: str) -> str:
    """The value of an expression, as a decimal where it has one, where it is a fraction; else the expression."""
    tree = _read(text)
    value = None if tree is None else _exactly(tree)
    return text if value is None else short_decimal(value) or str(value)


def _rounded(tree: Tree, digits: int) -> str:
    """The value to so many digits; empty where it has none."""
    with suppress(EvaluationError, Undecided), ctx.workprec(WORKING_BITS[0]):
        value = Formula(tree, (), Balls())({})
        if isinstance(value, arb | fmpq):
            middle = float(value.mid()) if isinstance(value, arb) else int(value.p) / int(value.q)
            return f"{middle:.{digits}g}" if middle else ""
    return ""


def judged_numbers(question: NumberQuestion, mutants: Sequence[Mutant]) -> Iterator[MutantVerdict]:
    """The verdict on each number, in their order."""
    return (_verdict(question, mutant) for mutant in mutants)


def _verdict(question: NumberQuestion, mutant: Mutant) -> MutantVerdict:
    text, behaviour = str(mutant.answer), _short(str(mutant.answer))
    try:
        result = score_number(question, ScalarNode(text, SourceLocation("")))
    except SubmissionError as error:
        return MutantVerdict(mutant, "killed", Fraction(0), (0,), behaviour=behaviour, reason=str(error))
    except HarnessError as error:
        return MutantVerdict(mutant, "held", Fraction(0), reason=str(error))
    if result.points < question.points:
        named = [mistake.name for mistake in result.mistakes or result.checks[0].mistakes]
        reason = f"the near miss {named[0]!r}" if named else ""
        return MutantVerdict(mutant, "killed", result.points, (0,), behaviour=behaviour, reason=reason)
    status, reason = _accepted(question, text, read_number(text).tree)
    return MutantVerdict(mutant, status, result.points, behaviour=behaviour, reason=reason)


def _accepted(question: NumberQuestion, text: str, tree: Tree) -> tuple[MutantStatus, str]:
    """What a number is that the spec accepts, and that is another one than the right number."""
    share = Binary("*", Number(NEAR_SHARE), Call("abs", (question.value,)))
    if _same(ZERO, question.value) or is_within(tree, question.value, share):
        return "equivalent", WITHIN
    accepted = is_within(tree, question.value, question.tolerance)
    whose = "the tolerance" if accepted else "`accepts`"
    return "survived", f"{whose} takes {text}, which is off by a quarter of the right number or more"


class _Unnamed(NamedTuple):
    operator: str
    text: str


def number_remarks(question: NumberQuestion, verdicts: Sequence[MutantVerdict]) -> Iterator[StrengthRemark]:
    """A tolerance that is too wide, and near misses that would name common mistakes."""
    survivors = [verdict for verdict in verdicts if verdict.status == "survived"]
    if survivors:
        text = f"{len(survivors)} wrong numbers lose nothing: {survivors[0].reason}; narrow what is accepted"
        yield StrengthRemark(text)
    unnamed = [
        _Unnamed(verdict.mutant.operator, str(verdict.mutant.answer))
        for verdict in verdicts
        if verdict.status == "killed" and not verdict.reason and verdict.mutant.operator in MISTAKES
    ]
    proposals = ((one, _proposed_near(question, one)) for one in unnamed)
    yaml = [(one, text) for one, text in proposals if text][:MAX_NAMED_MISTAKES]
    if yaml:
        text = f"{len(unnamed)} of the mistakes that were tried are named by no `near`; these would name {len(yaml)}"
        yield StrengthRemark(text, "near:\n" + "".join(line for _, line in yaml))


def _proposed_near(question: NumberQuestion, unnamed: _Unnamed) -> str:
    """A near miss that names a number and earns nothing; empty where the question with it does not do so."""
    say = MISTAKES[unnamed.operator][1]
    line = f"  - {{value: {json.dumps(unnamed.text)}, points: 0, say: {json.dumps(say)}}}\n"
    changed = loaded_with(question, f"near:\n{line}", Path())
    if changed is None:
        return ""
    result = score_number(changed, ScalarNode(unnamed.text, SourceLocation("")))
    said = any(say in check.message for check in result.checks)
    return line if said and not result.points else ""
