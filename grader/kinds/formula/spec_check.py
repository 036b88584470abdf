"""A formula question put to the test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from grader.documents import ScalarNode
from grader.errors import GraderError, SourceLocation, SpecError
from grader.formulas import Sealed, pairwise_different, recognise
from grader.kinds.finding import Finding, known_answers
from grader.kinds.formula.question import FormulaQuestion
from grader.kinds.formula.score import read, score_formula
from grader.kinds.formula.spec_names import check_declarations
from grader.language.arrays import Array
from grader.language.floats import Floats
from grader.language.formula import Formula
from grader.language.printing import to_text
from grader.language.tree import Tree
from grader.spec.course import load_reference

REFERENCE_SAMPLES = 40
REFERENCE_TOLERANCE = 1e-5
"""How far a formula may be from the central difference of a reference, relatively and absolutely."""


def check_formula_question(question: FormulaQuestion) -> Iterator[Finding]:
    """The right answer against the reference, near misses against each other, known answers against their marks."""
    answer = question.engine.answer
    if answer is not None:
        yield Finding(question.id, "ok", f"what is right: {to_text(answer)}")
    if question.reference:
        yield _reference(question, answer or _closed(question))
    yield from _near(question)
    yield from check_declarations(question)
    yield from known_answers(question, lambda text: score_formula(question, text))


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
        if recognised == list(range(len(trees))):
            text = f"{len(trees)} near misses differ from what is right and from each other, and earn what they say"
            yield Finding(question.id, "ok", text)
    for i, near in enumerate(question.near):
        if not near.say:
            text = f"the near miss {near.name!r} says nothing to the student: add a `say`"
            yield Finding(question.id, "warn", text, place=question.place("near", i, "name"))


def _closed(question: FormulaQuestion) -> Tree | None:
    """A right answer as one formula, from the known ones."""
    for known in question.known:
        if known.earns == question.points:
            return read(question, ScalarNode(known.text, SourceLocation(known.name))).tree
    return None


def _reference(question: FormulaQuestion, answer: Tree | None) -> Finding:
    place = question.place("reference")
    if answer is None:
        text = f"{question.reference} is not compared: no right answer in one formula is known"
        return Finding(question.id, "warn", text, place=place)
    try:
        worst = _worst(question, answer)
    except (GraderError, KeyError, TypeError, ValueError, IndexError) as error:
        return Finding(question.id, "fail", f"{question.reference} fails: {error}", place=place)
    if worst > REFERENCE_TOLERANCE:
        text = f"{question.reference} differs from what is right, by up to {worst:.2g}"
        return Finding(question.id, "fail", text, place=place)
    return Finding(question.id, "ok", f"{question.reference} agrees at {REFERENCE_SAMPLES} random points")


def _worst(question: FormulaQuestion, answer: Tree) -> float:
    """The largest difference between the formula and the reference, relative to values above 1."""
    import numpy as np

    module, _, name = question.reference.rpartition(".")
    sample = getattr(load_reference(module, question.path), name, None)
    if not callable(sample):
        raise SpecError(f"{module} defines no function {name!r}")
    worst = 0.0
    for seed in range(REFERENCE_SAMPLES):
        values, wanted = sample(np.random.default_rng(seed))
        if repr(sample(np.random.default_rng(seed))) != repr((values, wanted)):
            raise SpecError("it gives different values for the same seed; it must draw from its generator alone")
        given = float(Formula(answer, list(values), Floats())(_for_expressions(values)))
        worst = max(worst, abs(given - float(wanted)) / max(1.0, abs(float(wanted))))
    return worst


def _for_expressions(values: Mapping[str, Any]) -> dict[str, Any]:
    """Sequences as arrays by step, numbers as Python's."""
    return {
        name: Array((len(value),), map(float, value)) if isinstance(value, list) else value
        for name, value in values.items()
    }
