"""A formula question put to the test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from grader.documents import ScalarNode
from grader.errors import GraderError, SourceLocation, SpecError
from grader.formulas import Sealed, pairwise_different, recognise
from grader.kinds.finding import Finding, known_answers
from grader.kinds.formula.question import FormulaQuestion
from grader.kinds.formula.score import read, score_formula
from grader.language.arithmetic import EvaluationError
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
    yield from known_answers(question, lambda text: score_formula(question, text))


def _near(question: FormulaQuestion) -> Iterator[Finding]:
    """The right answer and the near misses, pairwise; each near miss, recognised as itself."""
    if isinstance(question.engine, Sealed):
        return
    names = ["the right answer", *(near.name for near in question.near)]
    trees = [near.tree for near in question.near]
    same = pairwise_different(question.engine, trees)
    for one, other in same:
        yield Finding(question.id, "fail", f"{names[one]!r} and {names[other]!r} are equal")
    if not same and trees:
        recognised = [recognise(tree, trees, question.engine) for tree in trees]
        if recognised == list(range(len(trees))):
            text = f"{len(trees)} near misses differ from what is right and from each other, and earn what they say"
            yield Finding(question.id, "ok", text)
    for near in question.near:
        if not near.say:
            yield Finding(question.id, "warn", f"the near miss {near.name!r} says nothing to the student")


def _closed(question: FormulaQuestion) -> Tree | None:
    """A right answer as one formula, from the known ones."""
    for known in question.known:
        if known.earns == question.points:
            return read(question, ScalarNode(known.text, SourceLocation(known.name))).tree
    return None


def _reference(question: FormulaQuestion, answer: Tree | None) -> Finding:
    if answer is None:
        text = f"{question.reference} is not compared: no right answer in one formula is known"
        return Finding(question.id, "warn", text)
    try:
        worst = _worst(question, answer)
    except GraderError as error:
        return Finding(question.id, "fail", f"{question.reference} fails: {error}")
    except Exception as error:  # the reference is the course's own code: whatever it raises is a finding
        return Finding(question.id, "fail", f"{question.reference} fails: {type(error).__name__}: {error}")
    if worst > REFERENCE_TOLERANCE:
        return Finding(question.id, "fail", f"{question.reference} differs from what is right, by up to {worst:.2g}")
    return Finding(question.id, "ok", f"{question.reference} agrees at {REFERENCE_SAMPLES} random points")


def _worst(question: FormulaQuestion, answer: Tree) -> float:
    """The largest difference between the formula and the reference, relative to values above 1.

    Raises:
        SpecError: if there is no such reference, or one of the two has no finite value at a point.
    """
    import numpy as np

    module, _, name = question.reference.rpartition(".")
    sample = getattr(load_reference(module, question.path), name, None)
    if not callable(sample):
        raise SpecError(f"{module} defines no function {name!r}")
    worst = 0.0
    for seed in range(REFERENCE_SAMPLES):
        values, wanted = sample(np.random.default_rng(seed))
        where = f"at point {seed + 1} of {REFERENCE_SAMPLES}"
        try:
            given = float(Formula(answer, list(values), Floats())(_for_expressions(values)))
        except EvaluationError as error:
            raise SpecError(f"what is right has no value {where}: {error}") from None
        wanted = float(wanted)
        for whose, value in (("it gives", wanted), ("what is right is", given)):
            if not isfinite(value):  # a comparison with NaN is false, so that it would count as agreeing
                raise SpecError(f"{whose} {value} {where}, where a finite number is wanted")
        worst = max(worst, abs(given - wanted) / max(1.0, abs(wanted)))
    return worst


def _for_expressions(values: Mapping[str, Any]) -> dict[str, Any]:
    """Sequences as arrays by step, numbers as Python's."""
    return {
        name: Array((len(value),), map(float, value)) if isinstance(value, list) else value
        for name, value in values.items()
    }
