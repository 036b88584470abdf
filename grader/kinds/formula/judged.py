"""Formulas that were judged before in a run: the same text is read and decided once, whoever wrote it, and wherever.

The rule: marks of a formula rest on its question and its text alone; only what is refused says where the text stands.
"""

from __future__ import annotations

from grader.documents import ScalarNode
from grader.kinds.formula import score
from grader.kinds.formula.question import FormulaQuestion
from grader.kinds.memo import BoundedMemo
from grader.verdict import QuestionResult

MAX_JUDGED_FORMULAS = 4_000
MAX_JUDGED_CHARACTERS = 1 << 20
"""Of the texts that are kept; what is said of one is some times as long."""


class JudgedFormulas:
    """Marks of formulas by question and text."""

    def __init__(self) -> None:
        self._memo: BoundedMemo[QuestionResult] = BoundedMemo(MAX_JUDGED_FORMULAS, MAX_JUDGED_CHARACTERS)

    def score(self, question: FormulaQuestion, text: ScalarNode) -> QuestionResult:
        """The marks of a formula, as `score_formula` gives them.

        Raises:
            SubmissionError, HarnessError: as that raises them.
        """
        key = (question, str(text))
        if (found := self._memo.get(key)) is not None:
            return found
        result = score.score_formula(question, text)
        if result.place is None:
            self._memo.keep(key, result, len(text))
        return result

    def close(self) -> None:
        """Forgets everything."""
        self._memo.close()
