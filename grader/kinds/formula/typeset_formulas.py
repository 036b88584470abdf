"""The formulas that a page shows typeset: the one that was handed in, and the right one where the spec reveals it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from grader.answers.answer import Answer
from grader.answers.prose import read_text
from grader.audience import ReportField, enters_report
from grader.errors import SubmissionError
from grader.formulas import typeset_mathml
from grader.kinds.formula.question import FormulaQuestion
from grader.kinds.formula.score import read
from grader.language.printing import to_text
from grader.language.tree import Tree, subtrees
from grader.page_details import TypesetFormula
from grader.verdict import QuestionResult

MAX_TYPESET_NODES = 1_000
"""Names, numbers and operators of a formula that is typeset; nobody reads a longer one."""


def typeset_formulas(question: FormulaQuestion, entry: Answer, result: QuestionResult) -> tuple[TypesetFormula, ...]:
    """Nothing of an answer that cannot be read; the right formula only beside one that loses points."""
    return tuple(_formulas(question, entry, result))


def _formulas(question: FormulaQuestion, entry: Answer, result: QuestionResult) -> Iterator[TypesetFormula]:
    try:
        reading = read(question, read_text(entry))
    except SubmissionError:
        return
    if _fits(reading.tree):
        yield TypesetFormula("Yours, as it was read", reading.read_as, reading.mathml)
    right = question.engine.answer if result.status == "graded" and result.points < result.max_points else None
    if right is not None and enters_report(ReportField.RIGHT_FORMULA, opened=question.reveal) and _fits(right):
        mathml = typeset_mathml(right, question.notation)
        yield TypesetFormula("What is right", to_text(right), mathml, is_wanted=True)


def _fits(tree: Tree) -> bool:
    return next(islice(subtrees(tree), MAX_TYPESET_NODES, None), None) is None
