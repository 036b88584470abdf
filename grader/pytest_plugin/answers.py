"""What was handed in for a question, in a shape that tests by hand can use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grader.answers.submission import Submission
from grader.api import GradableAssignment
from grader.kinds.kind import kind_of
from grader.kinds.open_submission import OpenSubmission, Resources

if TYPE_CHECKING:
    from grader.sandbox import Requirement


class GetAnswer:
    """`answer("q5")`: the answer to a question of the run's assignment, read once."""

    def __init__(
        self, assignment: GradableAssignment, submission: Submission, require: Requirement, run: Resources
    ) -> None:
        self.assignment = assignment
        self._opened = OpenSubmission(submission, assignment, run, require, {})
        self._read: dict[str, Any] = {}

    def __call__(self, question: str) -> Any:
        """A `Network`, a `FormulaAnswer`, a `FunctionAnswer`, a list of choices, or text.

        Raises:
            SubmissionError: if nothing was handed in, or it cannot be used.
            SpecError: if there is no such question.
        """
        __tracebackhide__ = True
        if question not in self._read:
            asked = self.assignment.only([question]).questions[0]
            self._read[question] = kind_of(asked).answer(asked, self._opened)
        return self._read[question]
