"""A formula question put to the test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from grader.documents import ScalarNode
from grader.errors import GraderError, SourceLocation, listed
from grader.formulas import (
    BeyondLimits,
    IntegerCase,
    Sealed,
    ShapeDifference,
    Unsettled,
    WantedFormula,
    against_itself,
    is_equal,
    is_zero,
    pairwise_different,
    recognise,
    where_defined,
)
from grader.kinds.finding import Finding, Level, known_answers
from grader.kinds.formula.question import FormulaQuestion
from grader.kinds.formula.reference import check_reference
from grader.kinds.formula.score import score_formula
from grader.kinds.formula.spec_names import check_declarations
from grader.language.printing import to_text
from grader.verdict import as_number


def check_formula_question(question: FormulaQuestion) -> Iterator[Finding]:
    """The right answer against itself and the reference, near misses against each other, known answers."""
    answer = question.engine.answer
    if answer is not None:
        yield Finding(question.id, "ok", f"what is right: {to_text(answer)}")
    if isinstance(question.engine, WantedFormula):
        faults = list(_faults_of_right(question, question.engine))
        yield from faults
        if any(fault.level == "fail" for fault in faults):
            return
        yield from _what_counts(question, question.engine)
    if question.reference:
        yield replace(check_reference(question), place=question.place("reference"))
    yield from _near(question)
    yield from check_declarations(question)
    yield from known_answers(question, lambda text: score_formula(question, text))


def _faults_of_right(question: FormulaQuestion, engine: WantedFormula) -> Iterator[Finding]:
    """What keeps a student who writes what is right from earning its points: it is graded as an answer is."""
    said = "right" if engine.backward is None else "derivative"

    def fault(level: Level, text: str) -> Finding:
        return Finding(question.id, level, f"{question.right_at}: {said}: {text}")

    verdict, where = against_itself(engine), where_defined(engine)
    if isinstance(verdict, ShapeDifference) and not where.defined:
        remedy = "give what belongs together the same sizes in `symbols`, or transpose one side"
        yield fault("fail", f"it has no value{_where(verdict.case)}: {verdict.message}: {remedy}")
    elif where.undefined or isinstance(verdict, ShapeDifference):
        case, why = next(zip(where.undefined, where.why, strict=True), ({}, ""))
        if isinstance(verdict, ShapeDifference):
            case, why = dict(verdict.case), verdict.message
        remedy = 'say which whole numbers it is about: `cases`, or `{o: "integer(0..n-1)"}` for an index from 0'
        yield fault("fail", f"it has no value{_where(case)}: {why}: {remedy}")
    elif not is_equal(verdict) and not where.defined:
        remedy = "correct it, or narrow what its symbols may be (`positive`, `unit`, `cases`)"
        yield fault("fail", f"it has no value at any point that was tried ({where.first_fault}): {remedy}")
    elif isinstance(verdict, BeyondLimits | Unsettled):
        yield fault(
            "fail", f"it cannot be worked out ({verdict.message}): write it with smaller numbers or fewer steps"
        )
    elif not is_equal(verdict):
        yield fault("fail", "graded as an answer it is not equal to itself: this is a fault of the grader")
    elif is_zero(engine):
        yield fault("warn", "it is 0 at every point that was tried")
    elif engine.backward is not None and engine.answer is not None and not is_equal(engine.decide(engine.answer)):
        yield fault("fail", f"{to_text(engine.answer)} is not equal to what is derived: this is a fault of the grader")


def _where(case: IntegerCase) -> str:
    """` where n = 2 and m = 3`; nothing where no whole number matters."""
    return f" where {listed([f'{name} = {value}' for name, value in case.items()])}" if case else ""


def _what_counts(question: FormulaQuestion, engine: WantedFormula) -> Iterator[Finding]:
    """In which steps a quantity counts that all of them share, where the spec does not say it in so many words."""
    backward = engine.backward
    if backward is not None and backward.first is not None and backward.by.step is None:
        first, by = to_text(backward.first), backward.by.name
        before = "the states before are given" if not engine.setting.initial else "where the equations begin"
        yield Finding(question.id, "ok", f"{by} counts from step {first} on ({before}): `since` changes it")


def check_sealed(question: FormulaQuestion, copied: FormulaQuestion) -> Iterator[Finding]:
    """Whether every known answer that is right here is right in the student's copy, which knows it by a seal alone."""
    right = [known for known in question.known if known.earns == question.points]
    for known in right:
        try:
            earned = score_formula(copied, ScalarNode(known.text, SourceLocation(known.name))).points
        except GraderError as error:
            yield Finding(question.id, "fail", f"the student's copy cannot grade known {known.name!r}: {error}")
            return
        if earned != known.earns:
            text = f"known {known.name!r} earns {as_number(earned)} in the student's copy, not {as_number(known.earns)}"
            yield Finding(question.id, "fail", text)
            return
    if right:
        answers = "the known right answer" if len(right) == 1 else f"the {len(right)} known right answers"
        yield Finding(question.id, "ok", f"a student's copy takes {answers} for right")


def _near(question: FormulaQuestion) -> Iterator[Finding]:
    """The right answer and the near misses, pairwise; each near miss, recognised as itself."""
    if isinstance(question.engine, Sealed):
        return
    names = ["the right answer", *(near.name for near in question.near)]
    trees = [near.tree for near in question.near]
    same = pairwise_different(question.engine, trees)
    for one, other in same:
        text, place = f"{names[one]!r} and {names[other]!r} are equal", question.place("near", other - 1, "formula")
        yield Finding(question.id, "fail", f"{text}: only the first of them is ever found", place=place)
    if not same and trees:
        recognised = [recognise(tree, trees, question.engine) for tree in trees]
        for number, near in enumerate(question.near):
            if recognised[number] != number:
                text = (
                    f"the near miss {near.name!r} is not recognised when it is handed in: it has no value, or its sizes"
                )
                place = question.place("near", number, "formula")
                yield Finding(question.id, "fail", f"{text} do not fit", place=place)
        if recognised == list(range(len(trees))):
            differ = "near misses differ from what is right and from each other, and earn what they say"
            text = f"{len(trees)} {differ}" if len(trees) != 1 else "the near miss is not right, and earns what it says"
            yield Finding(question.id, "ok", text)
    for i, near in enumerate(question.near):
        if not near.say:
            text = f"the near miss {near.name!r} says nothing to the student: add a `say`"
            yield Finding(question.id, "warn", text, place=question.place("near", i, "name"))
