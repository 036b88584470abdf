"""A number against the right one, rigorously: exactly, or within the tolerance of the spec."""

from __future__ import annotations

import re
from fractions import Fraction

from flint import ctx

from grader.documents import ScalarNode
from grader.errors import HarnessError, Problem, SubmissionError
from grader.evidence import AtPoints, CheckFault, Counterexample, Evidence, Examples
from grader.formulas import (
    BeyondLimits,
    Different,
    EqualityVerdict,
    NeverDefined,
    Setting,
    ShapeDifference,
    Symbols,
    Unsettled,
    decide,
    is_equal,
    point_at,
    read_answer,
)
from grader.kinds.formula.score import equality_evidence
from grader.kinds.number.question import NUMBER_LINE, NearNumber, NumberQuestion
from grader.language.arithmetic import EvaluationError
from grader.language.arrays import ShapeError
from grader.language.ball_numbers import Undecided
from grader.language.balls import Balls
from grader.language.formula import Formula
from grader.language.numbers import without_decimal_comma
from grader.language.parse import ExpressionError
from grader.language.tree import Binary, Call, Compare, Logic, Tree, Unary
from grader.verdict import CheckResult, NamedMistake, QuestionResult

WORKING_BITS = (128, 1024, 4096)
"""Precisions of the evaluations, one after the other."""

BORDER_BITS = 1024
"""Bits to which a distance has to agree with the tolerance to count as being equal to it."""


def score_number(question: NumberQuestion, text: ScalarNode) -> QuestionResult:
    """The marks of a number, written in any way that has its value.

    Raises:
        SubmissionError: if it cannot be read; the message points at the character.
        HarnessError: if the right number itself cannot be worked out.
    """
    if plain_writing(text) in map(plain_writing, question.accepts):
        check = CheckResult(
            NUMBER_LINE, question.points, question.points, "passed", Examples(1), "one of the accepted answers"
        )
        return _result(question, check, ())
    for near in question.near:
        if plain_writing(text) in map(plain_writing, near.writes):
            written = Counterexample("the answer", "a number", str(text))
            return _result(question, _near_miss(question, near, written, near.say), ())
    number = _without_unit(text, question.unit)
    if point := without_decimal_comma(number):
        raise SubmissionError(Problem(f"{number.strip()} has a decimal comma: write {point}", text.place))
    try:
        reading = read_answer(number, Symbols(), None, Setting(Symbols()))
    except ExpressionError as error:
        if found := _INEQUALITY.search(number):
            message = f"an inequality ({found[0].strip()}) is not a number: write the number alone"
            raise _unread(text, ExpressionError(message, found.start())) from None
        raise _unread(text, error) from None
    if isinstance(reading.tree, Compare | Logic) or (isinstance(reading.tree, Unary) and reading.tree.op == "not"):
        message = f"a condition ({reading.read_as}) is not a number: write the number alone"
        raise _unread(text, ExpressionError(message, reading.tree.at))
    verdict = decide(reading.tree, question.value, Setting(Symbols()))
    within = not isinstance(verdict, ShapeDifference) and is_within(reading.tree, question.value, question.tolerance)
    if is_equal(verdict) or within:
        evidence = equality_evidence(verdict) if is_equal(verdict) else Examples(1)
        unproved = isinstance(evidence, AtPoints)
        check = CheckResult(NUMBER_LINE, question.points, question.points, "passed", evidence, unproved=unproved)
    else:
        check = _failed(question, reading.tree, verdict)
    return _result(question, check, (f"read as {reading.read_as}", *reading.notes))


def _unread(text: ScalarNode, error: ExpressionError) -> SubmissionError:
    return SubmissionError(Problem(point_at(text, error), text.at(min(error.at, len(text)))))


def _result(question: NumberQuestion, check: CheckResult, messages: tuple[str, ...]) -> QuestionResult:
    return QuestionResult(question.id, question.title, "graded", question.points, (check,), messages)


def _failed(question: NumberQuestion, tree: Tree, verdict: EqualityVerdict) -> CheckResult:
    if isinstance(verdict, Different):
        evidence: Evidence = Counterexample("the number itself", "another number", verdict.student)
        sentence = f"{verdict.student} is not the number that is asked for"
    else:
        sentence = _without_value(question, verdict)
        evidence = CheckFault(sentence)
    for near in () if isinstance(verdict, BeyondLimits) else question.near:
        if near.value is not None and is_equal(decide(tree, near.value, Setting(Symbols()))):
            message = f"{near.say} ({sentence})" if near.say else sentence
            return _near_miss(question, near, evidence, message)
    return CheckResult(NUMBER_LINE, Fraction(0), question.points, "failed", evidence, sentence)


def _near_miss(question: NumberQuestion, near: NearNumber, evidence: Evidence, message: str) -> CheckResult:
    named = (NamedMistake("near miss", near.name),)
    return CheckResult(NUMBER_LINE, near.points, question.points, "failed", evidence, message, mistakes=named)


def _without_value(question: NumberQuestion, verdict: EqualityVerdict) -> str:
    """Why an answer could not be compared; what is not known of the right number is no fault of the answer."""
    match verdict:
        case BeyondLimits(message=message):
            return f"it cannot be worked out: {message}"
        case NeverDefined(message=message) | ShapeDifference(message=message):
            return f"it has no value ({message})"
        case Unsettled(message=message):
            raise HarnessError(f"{question.id}: the right number cannot be worked out: {message}")
    return "it has no value"


def is_within(tree: Tree, value: Tree, tolerance: Tree | None) -> bool:
    """Whether `abs(tree - value) <= tolerance`, decided without rounding."""
    if tolerance is None:
        return False
    distance = Call("abs", (Binary("-", tree, value),))
    inside = Compare(("<=",), (distance, tolerance))
    for bits in WORKING_BITS:
        try:
            with ctx.workprec(bits):
                return Formula(inside, (), Balls()).holds({})
        except Undecided:
            continue
        except (EvaluationError, ShapeError, RecursionError):
            return False
    return _on_the_border(distance, tolerance)


def _on_the_border(distance: Tree, tolerance: Tree) -> bool:
    """Whether two numbers agree to `BORDER_BITS`, so that the student gets the benefit of what no precision tells.

    A distance that is not known so well (`sin` of something enormous) is that of an answer without a value.
    """
    beyond = Binary("-", distance, tolerance)
    try:
        with ctx.workprec(WORKING_BITS[-1]):
            gap, allowed = Formula(beyond, (), Balls())({}), Formula(tolerance, (), Balls())({})
            return bool(abs(gap) <= abs(allowed) / 2**BORDER_BITS)
    except (Undecided, EvaluationError, ShapeError, RecursionError):
        return False


_INEQUALITY = re.compile(r"(?<![=-])[<>≤≥⩽⩾≦≧]=?|\\(?:[lg]e(?:q|qq|qslant)?|lt|gt)(?![a-z])")
"""The sign of an inequality, but for the arrows `=>` and `->`."""

_ASKED = re.compile(r"\s*(?:\\?(?:max|min)\b)?\s*([|‖]?)\s*[^\W\d]\w*\s*\1\s*")
"""The side of an equation that names what is asked: `|w|`, `max |w|`. A product (`w*2`, `w w`) does not."""

_TYPESETTING = re.compile(r"\$|\\(?:left|right|lvert|rvert|[,;!])")
"""What LaTeX sets around a name, and is no part of it."""


def plain_writing(text: str) -> str:
    """Two writings are the same that differ in spaces, signs of products and a few letters of notation alone.

    Capital letters count as small ones, but for one that stands alone beside its small letter: `T - t` is not `t - T`.
    Brackets are left out where nothing depends on them: `1/(2σ)` is not `1/2σ`, `log(ab)c` not `log(abc)`, and `1*2`
    and `(1)(2)` are not twelve.
    """
    formulas = [side for side in text.split("=") if not _ASKED.fullmatch(_TYPESETTING.sub("", side.lower()))]
    plain = formulas[0] if len(formulas) == 1 else text
    letters = set(_SINGLE_LETTER.findall(plain))
    plain = _SINGLE_LETTER.sub(lambda one: f"{one[0]}↑" if one[0].lower() in letters - {one[0]} else one[0], plain)
    plain = plain.lower()
    plain = plain.replace("**", "^").replace("′", "'").replace("’", "'").replace("{", "(").replace("}", ")")
    plain = re.sub(r"(?<=\d)(?:\s|[*·]|\\cdot)+(?=\d)", "×", plain)
    plain = re.sub(r"(?<=\d)(?=\(+\d)|(?<=\d\))(?=\(*\d)", "×", plain)
    plain = re.sub(r"[\s$\\*·]|cdot|left|right", "", plain)
    for sign in ("sigmoid", "sigma", "σ"):
        plain = plain.replace(sign, "σ")
    left_out = -1
    while left_out:
        plain, left_out = _IDLE_BRACKETS.subn(_inside, plain)
    return plain


_SINGLE_LETTER = re.compile(r"(?<![^\W\d])[^\W\d_](?![^\W\d])")
"""A letter that no other letter stands beside."""

_IDLE_BRACKETS = re.compile(
    r"\(((?:max|min|abs|exp|log|ln|sqrt|σ'+)*(?:[\d.]+|[^\W\d]'*))\)"  # round one number or letter
    r"|(?<![/^σ'])(?<!max)(?<!min)(?<!abs)(?<!exp)(?<!log)(?<!ln)(?<!sqrt)(?<!sin)(?<!cos)(?<!tanh)"
    r"\(([^-()+/^×]*)\)(?!\^)"  # round a product that is no argument, divisor, power or base
)


def _inside(found: re.Match[str]) -> str:
    return found[1] or found[2] or ""


def _without_unit(text: ScalarNode, unit: str) -> str:
    stripped = text.rstrip()
    return stripped[: -len(unit)] if unit and stripped.endswith(unit) else str(text)
