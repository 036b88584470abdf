"""What of a formula question travels in a student's copy, and the seal that stands in place of the right formula."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from grader.documents import ScalarNode
from grader.errors import SourceLocation, SpecError
from grader.formulas import SCRYPT, Seal, Stage, read_answer, seal_of
from grader.formulas import WantedFormula as Right
from grader.kinds.copies import COMMON_KEYS, SHARED_KEYS, PlainDocument, kept
from grader.kinds.formula.question import FormulaQuestion
from grader.language.parse import ExpressionError

SALT_DIGITS = 32
"""Hexadecimal digits of the salt of a seal, which comes from what students can read."""


def copied_formula(root: PlainDocument) -> PlainDocument:
    """The part of a question's mapping that travels, but for the seal."""
    return {**kept(root, COMMON_KEYS), **kept(root, (*SHARED_KEYS, "without", "everywhere"))}


def seal(question: FormulaQuestion, public: PlainDocument) -> tuple[PlainDocument | None, tuple[str, ...]]:
    """What a copy has in place of the right formula, and what the TA should know of it.

    None where nothing can be sealed, so that the question waits for the course. `public` is what students can read of
    the question: the salt of the seal comes from it.

    Raises:
        SpecError: if the question is sealed already, or a known answer cannot be read.
    """
    if not isinstance(question.engine, Right):
        raise SpecError(f"{question.id}: is sealed already")
    salt = hashlib.sha256(json.dumps([question.id, public], sort_keys=True).encode()).hexdigest()[:SALT_DIGITS]
    try:
        sealed, unseen = seal_of(question.engine, salt, list(_right_answers(question)))
    except ValueError as error:
        return None, (f"{question.id}: waits for the course: {error}",)
    notes: tuple[str, ...] = ()
    if unseen.conditions:
        notes = (f"{question.id}: no point of the copy meets these sides of its conditions (if they exist): {unseen}",)
    gradients = dict(question.notation.gradients)
    return {**({"gradients": gradients} if gradients else {}), "sealed": _written(sealed)}, notes


def _right_answers(question: FormulaQuestion) -> Iterator[Any]:
    """The known answers that are right, as formulas."""
    for known in question.known:
        if known.earns == question.points:
            try:
                text = ScalarNode(known.text, SourceLocation(known.name))
                yield read_answer(text, question.symbols, question.notation, question.engine.setting).tree
            except ExpressionError as error:
                raise SpecError(f"{question.id}: known {known.name!r}: {error.message}") from None


def _written(sealed: Seal) -> PlainDocument:
    """A seal as it stands in YAML."""
    n, r, p = SCRYPT
    stages = [{"digest": stage.digest, "points": _points(stage)} for stage in sealed.stages]
    return {"scrypt": {"n": str(n), "r": str(r), "p": str(p)}, "salt": sealed.salt, "stages": stages}


def _points(stage: Stage) -> list[PlainDocument]:
    """The points of a stage, those of a case together where no value is chosen; in the order of the digest."""
    cases: dict[str, PlainDocument] = {}
    for point in stage.points:
        case = {name: str(value) for name, value in point.case.items()}
        shape = [str(size) for size in point.shape]
        fixed = {name: str(value) for name, value in point.fixed.items()}
        chosen = {"fixed": fixed} if fixed else {}
        entry = {"case": case, **chosen, "seeds": [], **({"shape": shape} if shape else {})}
        cases.setdefault(json.dumps([case, fixed, point.seed if fixed else 0]), entry)["seeds"].append(str(point.seed))
    return list(cases.values())
