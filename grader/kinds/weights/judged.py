"""Weights that were judged before in a run: the same values are decided once, however and wherever they are written.

The rule: marks of weights rest on the question in the form that was chosen, on the exact values and on the details that
were asked for. Only what is said of a value that is not allowed says where it stands, so there nothing is kept.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from grader.deferred import replace
from grader.kinds.memo import BoundedMemo
from grader.kinds.weights import score
from grader.kinds.weights.exact_texts import exact_texts
from grader.kinds.weights.symmetries import weights_fingerprint
from grader.verdict import QuestionResult

if TYPE_CHECKING:
    from grader.kinds.open_submission import Details
    from grader.kinds.weights.answer import AnswerInForm
    from grader.kinds.weights.question import WeightsQuestion

MAX_JUDGED_ANSWERS = 2_000
MAX_JUDGED_VALUE_CHARACTERS = 1 << 20
"""Of all values that are kept, as exact text."""


class JudgedAnswers:
    """Marks of weights by question and values."""

    def __init__(self) -> None:
        self._memo: BoundedMemo[QuestionResult] = BoundedMemo(MAX_JUDGED_ANSWERS, MAX_JUDGED_VALUE_CHARACTERS)

    def score(self, asked: WeightsQuestion, answer: AnswerInForm, details: Details) -> QuestionResult:
        """The marks of an answer to the question, with its fingerprint and its values as reports carry them.

        Raises:
            HarnessError: as `score_weights` raises it.
        """
        question = answer.question
        weights = {**exact_texts(answer.values), **dict(question.form.choices)}
        key = None
        if all(parameter.otherwise is None for parameter in question.parameters.values()):
            key = asked, question.form, repr(list(weights.items())), details
            if (found := self._memo.get(key)) is not None:
                return found
        result = self._scored(answer, details, weights)
        if key is not None and result.status != "held":
            self._memo.keep(key, result, len(key[2]))
        return result

    def _scored(self, answer: AnswerInForm, details: Details, weights: dict[str, Any]) -> QuestionResult:
        result, fingerprint = score.score_weights(answer.question, answer.values, details, answer.places), ""
        with suppress(Exception):  # the marks are known already
            fingerprint = weights_fingerprint(answer.question, answer.values)
        return replace(result, weights_fingerprint=fingerprint, weights=weights)

    def close(self) -> None:
        """Forgets everything."""
        self._memo.close()
