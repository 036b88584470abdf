"""What was handed in for a question, in a shape that tests by hand can use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from grader.answers.code import Code, read_code
from grader.answers.prose import read_choices, read_text
from grader.answers.submission import Submission
from grader.api import Assignment
from grader.errors import SubmissionError
from grader.kinds.formula.score import read
from grader.kinds.function.code_runner import workshop
from grader.kinds.weights.answer import read_weights
from grader.language.arrays import Value
from grader.language.tree import Tree
from grader.machines.alphabet import Word, show_outputs
from grader.machines.machine import AnswerMachine
from grader.sandbox import Call, Returned
from grader.spec.question import Question

if TYPE_CHECKING:
    from grader.kinds.formula.question import FormulaQuestion
    from grader.kinds.function.code_runner import Runner
    from grader.kinds.function.question import FunctionQuestion
    from grader.kinds.weights.question import WeightsQuestion
    from grader.sandbox import Requirement


@dataclass(frozen=True, eq=False)
class Network:
    """A network with a student's weights, exactly; called with an input as text, it gives its outputs as text."""

    question: WeightsQuestion
    values: Mapping[str, Value]

    def __call__(self, word: str) -> str:
        """`network("1101")` is `"1100"`."""
        return show_outputs([step.output for step in self.machine(keep_frames=False).run(self.word(word))])

    def word(self, text: str) -> Word:
        """The steps of an input; ValueError if it is none."""
        return self.question.alphabet.read_word(text)

    def machine(self, *, keep_frames: bool = False) -> AnswerMachine:
        """The network as a machine, in its initial state."""
        return AnswerMachine(self.question.program, self.values, self.question.symbols or (), keep_frames)

    def __repr__(self) -> str:
        return f"<the network handed in for {self.question.id}>"


@dataclass(frozen=True, eq=False)
class FormulaAnswer:
    """A student's formula, as it was read."""

    question: FormulaQuestion
    text: str
    tree: Tree

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<the formula {self.text!r} handed in for {self.question.id}>"


class FunctionAnswer:
    """A student's function; each call runs in the sandbox."""

    def __init__(self, question: FunctionQuestion, code: Code, require: Requirement) -> None:
        self.question = question
        self._code = code
        self._require: Requirement = require

    @cached_property
    def _runner(self) -> Runner:
        return workshop(self._require).open(self._code, self.question.call_seconds)

    def __call__(self, *arguments: Any) -> Any:
        """What the function returns: numbers, text, lists, NumPy arrays.

        Raises:
            SubmissionError: if it does not return, with what happened instead.
        """
        __tracebackhide__ = True
        name = self.question.signature.name
        reply = self._runner.call([Call(name, arguments)])[0]
        if not isinstance(reply, Returned):
            raise SubmissionError(f"{name} did not return a value: {reply}")
        return reply.value

    def __repr__(self) -> str:
        return f"<the function {self.question.signature} handed in for {self.question.id}>"


class GetAnswer:
    """`answer("q5")`: the answer to a question of the run's assignment, read once."""

    def __init__(self, assignment: Assignment, submission: Submission, require: Requirement) -> None:
        self.assignment = assignment
        self.submission = submission
        self._require: Requirement = require
        self._read: dict[str, Any] = {}

    def __call__(self, question: str) -> Any:
        """A `Network`, a `FormulaAnswer`, a `FunctionAnswer`, a list of choices, or text.

        Raises:
            SubmissionError: if nothing was handed in, or it cannot be used.
            SpecError: if there is no such question.
        """
        __tracebackhide__ = True
        if question not in self._read:
            self._read[question] = self._answer(self.assignment.only([question]).questions[0])
        return self._read[question]

    def _answer(self, question: Question) -> Any:
        __tracebackhide__ = True
        if question.kind == "either":
            raise SubmissionError(f"{question.id} can be answered in several ways: grade it as a whole")
        if question.kind == "function":
            code = read_code(self.submission.path)
            if code is None:
                raise SubmissionError(f"{question.id}: no code was handed in")
            return FunctionAnswer(cast("FunctionQuestion", question), code, self._require)
        answer = self.submission.answer(question.id)
        if answer is None:
            raise SubmissionError(f"{question.id}: no answer was handed in")
        match question.kind:
            case "weights":
                weights = cast("WeightsQuestion", question)
                return Network(weights, read_weights(answer, weights.parameters))
            case "formula":
                formula, text = cast("FormulaQuestion", question), read_text(answer)
                return FormulaAnswer(formula, str(text), read(formula, text).tree)
            case "choice":
                return [str(choice) for choice in read_choices(answer)]
        return str(read_text(answer))
