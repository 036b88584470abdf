"""A formula against the right one: equal, a near miss, or different at a simplest point."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from grader.audience import ReportField, enters_report
from grader.deferred import dataclass
from grader.documents import ScalarNode
from grader.errors import HarnessError, Problem, SubmissionError, listed
from grader.evidence import AtPoints, CheckFault, Counterexample, Evidence, Identity, IdentityInCases, NoEvidence
from grader.formulas import (
    BeyondLimits,
    Different,
    DomainDifference,
    Equal,
    EqualityVerdict,
    Gap,
    NeverDefined,
    ParsedFormula,
    ProvedEqual,
    ProvedInCases,
    SampledEqual,
    Sealed,
    SealedDifference,
    ShapeDifference,
    Unsettled,
    WantedFormula,
    constant_factor,
    opposite_sign,
    point_at,
    read_answer,
    recognise,
)
from grader.kinds.formula.question import FORMULA_LINE, FormulaQuestion
from grader.language.latex import to_latex
from grader.language.numbers import show_number
from grader.language.parse import ExpressionError
from grader.verdict import AnswerLocation, CheckResult, NamedMistake, QuestionResult


@dataclass(frozen=True)
class _Credit:
    """What a wrong formula earns all the same, and what to say."""

    points: Fraction
    say: str
    mistakes: tuple[NamedMistake, ...] = ()


NO_CREDIT = _Credit(Fraction(0), "")


def score_formula(question: FormulaQuestion, text: ScalarNode) -> QuestionResult:
    """The marks of a formula in any notation.

    Raises:
        SubmissionError: if it cannot be read; the message points at the character.
        HarnessError: if nothing rigorous can be said.
    """
    reading = read(question, text)
    verdict = question.engine.decide(reading.tree)
    messages = (f"read as {reading.read_as}", *reading.notes)
    if isinstance(verdict, Equal):
        evidence, points = equality_evidence(verdict), question.points
        unproved = not isinstance(evidence, Identity)
        check = CheckResult(FORMULA_LINE, points, points, "passed", evidence, unproved=unproved)
        messages += tuple(map(gap_in_words, verdict.gaps))
    else:
        check = _failed(question, reading, verdict)
    result = QuestionResult(question.id, question.title, "graded", question.points, (check,), messages)
    if isinstance(verdict, ShapeDifference) and not check.points:  # refused with the shapes, for the student to look at
        place = text.at(min(reading.tree.at, len(text)))
        problem = Problem(point_at(text, ExpressionError(check.message, reading.tree.at)), place)
        where = AnswerLocation(place.file, place.line)
        return replace(result, status="rejected", messages=(str(problem), *messages), place=where)
    return result


def read(question: FormulaQuestion, text: ScalarNode) -> ParsedFormula:
    """The student's text as a formula of the question."""
    try:
        return _parsed(question, str(text))
    except ExpressionError as error:
        raise SubmissionError(Problem(point_at(text, error), text.at(min(error.at, len(text))))) from None


@lru_cache(maxsize=32)  # what was scored is read once more for its page
def _parsed(question: FormulaQuestion, text: str) -> ParsedFormula:
    return read_answer(text, question.symbols, question.notation, question.engine.setting)


def gap_in_words(gap: Gap) -> str:
    """Where a right formula has no value, for a note."""
    where = f"where {gap.where}, as at {gap.point}" if gap.where else f"at {gap.point}"
    return f"it has no value {where} ({gap.message}); it is right wherever it has one, so this costs nothing"


def equality_evidence(verdict: EqualityVerdict) -> Evidence:
    """The evidence of an equality."""
    match verdict:
        case ProvedEqual():
            return Identity()
        case ProvedInCases(cases=cases, points=points):
            return IdentityInCases(len(cases), in_which_cases(verdict), points, verdict.unreached)
        case SampledEqual(points=points, bits=bits):
            return AtPoints(points, bits, in_which_cases(verdict), verdict.unreached)
    raise TypeError(verdict)


def in_which_cases(verdict: ProvedInCases | SampledEqual) -> str:
    """`at every gap from t to T up to 6`, `in 27 cases of n and k`; "" where no whole number matters."""
    cases = verdict.cases
    if not cases:
        return ""
    if verdict.given:
        return f"at the {len(cases)} cases of the spec" if len(cases) > 1 else "at the one case of the spec"
    names = list(dict.fromkeys(name for case in cases for name in case))
    if {"t", "T"} <= set(names) and isinstance(verdict, ProvedInCases):
        gaps = {case["T"] - case["t"] for case in cases}
        longest = next(gap for gap in range(1, len(gaps) + 2) if gap + 1 not in gaps)
        if 1 in gaps:
            return f"at every gap from t to T up to {longest}"
    return f"in {len(cases)} {'case' if len(cases) == 1 else 'cases'} of {listed(names)}"


def _failed(question: FormulaQuestion, reading: ParsedFormula, verdict: EqualityVerdict) -> CheckResult:
    evidence, sentence = _difference(question, reading, verdict)
    credit = NO_CREDIT if isinstance(verdict, BeyondLimits) else _credit(question, reading)
    message = f"{credit.say} ({sentence})" if credit.say else sentence
    return CheckResult(
        FORMULA_LINE, credit.points, question.points, "failed", evidence, message, mistakes=credit.mistakes
    )


def _difference(question: FormulaQuestion, reading: ParsedFormula, verdict: EqualityVerdict) -> tuple[Evidence, str]:
    match verdict:
        case Different(point=point, student=student, wanted=wanted):
            latex = [reading.latex]
            shown = enters_report(ReportField.RIGHT_FORMULA, opened=question.reveal)
            if shown and question.engine.answer is not None:
                latex.append(to_latex(question.engine.answer))
            evidence = Counterexample(str(point), wanted, student, latex=tuple(latex))
            return evidence, f"at {point} it is {student}, but {wanted} is wanted"
        case SealedDifference(points=points):
            return NoEvidence(), (
                f"it is not the formula that was sealed: at one or more of {points} points its value is another "
                "(this copy knows no right value, so it cannot say where)"
            )
        case DomainDifference(point=point, undefined="student", message=message):
            return Counterexample(str(point), "a value", message), f"at {point} it has no value ({message})"
        case DomainDifference(point=point, message=message):
            return Counterexample(str(point), message, "a value"), f"at {point} it has a value, where there is none"
        case NeverDefined(point=point, message=message):
            at = f", as at {point}" if point.entries or point.case else ""
            return CheckFault(message), f"it has no value at any point that was tried{at} ({message})"
        case ShapeDifference(message=message):
            message = _shapes(question, reading) or message
            return CheckFault(message), message
        case BeyondLimits(point=point, message=message):
            return CheckFault(message), f"at {point} it cannot be worked out: {message}"
        case Unsettled(message=message):
            raise HarnessError(f"{question.id}: equality could not be decided: {message}")
    raise TypeError(verdict)


def _shapes(question: FormulaQuestion, reading: ParsedFormula) -> str:
    """Which shape the formula has and which is wanted, by the names of sizes; "" where they are the same."""
    engine = question.engine
    wanted = engine.size if isinstance(engine, WantedFormula) else None
    size = engine.setting.shapes.size_of(reading.tree)
    return f"{size} where {wanted} is wanted" if wanted and size.shape != wanted.shape else ""


def _credit(question: FormulaQuestion, reading: ParsedFormula) -> _Credit:
    """What a wrong formula earns: as the first near miss that it equals, else as right up to a sign or a factor."""
    engine = question.engine
    if isinstance(engine, Sealed) or not (question.near or question.sign is not None or question.factor is not None):
        return NO_CREDIT
    found = recognise(reading.tree, [near.tree for near in question.near], engine)
    if found is not None:
        near = question.near[found]
        named = (NamedMistake("near miss", near.name),)
        return _Credit(near.points, near.say or f"this is the near miss {near.name!r}", named)
    if question.sign is not None and opposite_sign(reading.tree, engine) is not None:
        return _Credit(question.sign, "right but for its sign", (NamedMistake("up to", "sign"),))
    if question.factor is not None and (multiple := constant_factor(reading.tree, engine)) is not None:
        said = f"right but for a constant factor: it is {show_number(multiple.factor)} times that"
        return _Credit(question.factor, said, (NamedMistake("up to", "constant factor"),))
    return NO_CREDIT
