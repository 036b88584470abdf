"""One question of one submission, judged by its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, cast

from grader.answers.code import Code, read_code
from grader.answers.prose import read_choices, read_text
from grader.answers.submission import Submission
from grader.documents import Block, Series, Text
from grader.errors import SubmissionError
from grader.spec.assignment import Assignment
from grader.spec.question import Question
from grader.verdict import AnswerPlace, CheckResult, QuestionResult, Snapshot

if TYPE_CHECKING:
    from grader.answers.submission import Answer
    from grader.kinds.choice.question import ChoiceQuestion
    from grader.kinds.either import EitherQuestion
    from grader.kinds.formula.question import FormulaQuestion
    from grader.kinds.function.code_runner import Runner
    from grader.kinds.function.question import FunctionQuestion
    from grader.kinds.number.question import NumberQuestion
    from grader.kinds.weights.question import WeightsQuestion
    from grader.kinds.written.marks import Mark, Marks
    from grader.kinds.written.question import WrittenQuestion
    from grader.sandbox import Requirement


class HandIn:
    """A submission as it is judged: its answers, its code (loaded once, when it is asked for), a reader's marks."""

    def __init__(self, submission: Submission, assignment: Assignment, require: Requirement, marks: Marks) -> None:
        self.submission = submission
        self.marks = marks
        self._require: Requirement = require
        self._functions = tuple(cast("FunctionQuestion", q) for q in _all_ways(assignment) if q.kind == "function")
        self._runner: Runner | None = None
        self.tier = ""
        """The sandbox that code ran in, if any did."""
        self.ran: Snapshot | None = None

    def runner(self) -> Runner | None:
        """What calls it; None where no code was handed in.

        Raises:
            SubmissionError: if the code cannot be read.
            HarnessError: if there is no sandbox that is good enough.
        """
        if self._runner is None:
            if self._code is None:
                return None
            from grader.kinds.function.code_runner import workshop
            from grader.kinds.function.score import ask_ahead

            seconds = max(question.call_seconds for question in self._functions)
            self._runner = workshop(self._require).open(self._code, seconds)
            self.tier, self.ran = workshop(self._require).tier, self._code.snapshot
            ask_ahead(self._functions, self._runner)
        return self._runner

    @cached_property
    def _code(self) -> Code | None:
        return read_code(self.submission.path)

    def place_of(self, function: str) -> AnswerPlace | None:
        """The line that defines a function (of a notebook, the file alone)."""
        code = self._code
        if code is None:
            return None
        lines = code.source.splitlines() if code.kind == "python" else []
        defined = re.compile(rf"\s*(async\s+)?def\s+{re.escape(function)}\b".encode())
        return AnswerPlace(code.name, next((i for i, line in enumerate(lines, 1) if defined.match(line)), 0))

    def close(self) -> None:
        """Ends the child that runs the code."""
        if self._runner is not None:
            self._runner.close()


def _all_ways(assignment: Assignment) -> Iterator[Question]:
    """Every question, and every way of those that can be answered in several."""
    for question in assignment.questions:
        yield from cast("EitherQuestion", question).ways if question.kind == "either" else (question,)


def judge(handed_in: HandIn, question: Question) -> QuestionResult | None:
    """The marks of an answer, by its kind; None where nothing was handed in.

    Raises:
        SubmissionError: if the answer cannot be used.
    """
    if question.kind == "either":
        return _better(handed_in, cast("EitherQuestion", question))
    if question.kind == "waits":
        return _waiting(question)
    if question.kind == "function":
        from grader.kinds.function.score import judge_function

        runner = handed_in.runner()
        if runner is None:
            return None
        function = cast("FunctionQuestion", question)
        return replace(judge_function(function, runner), place=handed_in.place_of(function.signature.name))
    answer = handed_in.submission.answer(question.id)
    if answer is None:
        return None
    line = answer.content.place.line if isinstance(answer.content, Text | Block | Series) else 0
    mark = handed_in.marks.get((handed_in.submission.name, question.id))
    return replace(_judge_answer(answer, question, mark), place=AnswerPlace(answer.file, line))


def _judge_answer(answer: Answer, question: Question, mark: Mark | None) -> QuestionResult:
    match question.kind:
        case "weights":
            from grader.kinds.weights.answer import read_weights
            from grader.kinds.weights.score import judge_weights

            weights = cast("WeightsQuestion", question)
            return judge_weights(weights, read_weights(answer, weights.parameters))
        case "formula":
            from grader.kinds.formula.score import judge_formula

            return judge_formula(cast("FormulaQuestion", question), read_text(answer))
        case "number":
            from grader.kinds.number.score import judge_number

            return judge_number(cast("NumberQuestion", question), read_text(answer))
        case "choice":
            from grader.kinds.choice.score import judge_choice

            return judge_choice(cast("ChoiceQuestion", question), read_choices(answer))
        case "written":
            from grader.kinds.written.score import judge_written

            return judge_written(cast("WrittenQuestion", question), read_text(answer), mark)
    raise NotImplementedError(question.kind)


def _better(handed_in: HandIn, question: EitherQuestion) -> QuestionResult | None:
    """The best of the ways that were handed in; a way that cannot be used counts only where no other can."""
    results: list[QuestionResult] = []
    refused: SubmissionError | None = None
    for way in question.ways:
        try:
            result = judge(handed_in, way)
        except SubmissionError as error:
            refused = refused or error
            continue
        if result is not None:
            results.append(result)
    if not results and refused is not None:
        raise refused
    return max(results, key=lambda result: result.points, default=None)


def _waiting(question: Question) -> QuestionResult:
    """A question that this copy of the spec cannot check."""
    checks = tuple(
        CheckResult(line.name, Fraction(0), line.points, "pending", message="the course checks this")
        for line in question.rubric
    )
    return QuestionResult(question.id, question.title, "pending", question.points, checks)
