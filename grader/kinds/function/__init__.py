"""Questions that are answered with a Python function: one corpus for the class, one batch a function.

| file | owns |
| --- | --- |
| `question`, `models`, `loader` | the question, its YAML models, and how it is made of them |
| `submitted`, `code_runner` | the code of a submission, and what calls it |
| `load_notes` | what a report says of statements that stopped while it was loaded |
| `values` | what students and references give, as values to compare and to show |
| `parts` | which parts of an output a line speaks of |
| `input_reader` | the sets of inputs, of the question and of its lines |
| `objects`, `class_model` | a class as an answer: what is done with an object of it; how that is written |
| `differences` | where two values differ first |
| `forms` | whether an answer has the form of a right one, and what is said where it has not |
| `properties` | an expression over inputs, the output, records and nested calls, compiled once a question |
| `rigorous` | the same expression once more, without rounding |
| `references` | what is right: the course's own function, or the question's network |
| `groups` | the cases of a question, drawn once and encoded once |
| `line_plan`, `plan` | a line, compiled once: what it is about and what is right for it; all of them |
| `answers` | a submission's answers to the cases, and to the nested calls inside properties |
| `retry` | which calls are made after one that gave no answer |
| `case_answers`, `verdicts` | what came of one case; one case against one line |
| `shrinking` | the failure that is shown, replayed |
| `aims` | what a line asks for: a file for each aim, and the table of them |
| `mismatch` | what is wrong with a case; what a search has come to |
| `smallest` | the smallest input that Hypothesis finds for a failure, once for those who fail alike |
| `score` | a submission's functions, line by line |
| `shown_calls` | the call that goes wrong as a page shows it: arguments, what came, what was wanted |
| `shown_code` | the code as a page shows it, with the lines at which it failed |
| `copy` | what of a question students have in their copy |
| `returns`, `proposals` | the form of what is returned: read, proposed |
| `mutation` | how strong the rubric is: right answers changed in one line each, and judged |
| `described` | what the spec says, as tables |
| `spec_check`, `spec_lines`, `spec_outputs` | the question put to the test; its lines, read and tried on outputs |
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader.answers.unread import WantedFile
from grader.documents import MappingNode
from grader.errors import Problem, SpecError, SubmissionError
from grader.kinds.base import BaseKind
from grader.kinds.copies import PlainDocument
from grader.kinds.finding import Finding
from grader.page_details import PageDetails
from grader.verdict import QuestionResult

if TYPE_CHECKING:
    from grader.kinds.asked import AskedAnswer
    from grader.kinds.function.models import FunctionModel
    from grader.kinds.function.question import FunctionQuestion
    from grader.kinds.function.submitted import FunctionAnswer
    from grader.kinds.kind import KindTable
    from grader.kinds.mutants import Mutant, MutantVerdict, StrengthRemark
    from grader.kinds.open_submission import OpenSubmission, Resources
    from grader.kinds.spec_table import SpecTable


class FunctionKind(BaseKind):
    """Decided on inputs that the whole class meets; the student's code answers in a sandbox, and never judges."""

    name = "function"
    takes_code = True
    is_kept_whole = True
    looks_in = frozenset({"files"})

    @property
    def model(self) -> type[FunctionModel]:
        from grader.kinds.function.models import FunctionModel

        return FunctionModel

    def build(
        self, model: FunctionModel, root: MappingNode, path: Path, kinds: KindTable
    ) -> tuple[FunctionQuestion | None, list[Problem]]:
        from grader.kinds.function.loader import build

        return build(model, root, path)

    def wanted(self, question: FunctionQuestion) -> WantedFile:
        return WantedFile(frozenset(("code",)), f"as {question.signature} in solution.py or in a notebook")

    def score(self, question: FunctionQuestion, opened: OpenSubmission) -> QuestionResult | None:
        from grader.kinds.function.score import score_function
        from grader.kinds.function.submitted import SubmittedCodes

        code = SubmittedCodes.of(opened, question)
        runner = code.runner()
        if runner is None:
            return None
        result = score_function(question, runner, details=opened.details)
        return replace(result, place=code.place_of(question.signature.name))

    def with_page_details(
        self, page: PageDetails, question: FunctionQuestion, opened: OpenSubmission, result: QuestionResult
    ) -> PageDetails:
        from grader.kinds.function.shown_code import shown_code
        from grader.kinds.function.submitted import SubmittedCodes

        texts = SubmittedCodes.of(opened, question).texts
        return replace(page, handed_in=shown_code(texts, question.signature.name, result))

    def resembles(self, question: FunctionQuestion, opened: OpenSubmission) -> bool:
        """Whether the code that was handed in defines the function."""
        from grader.kinds.function.submitted import SubmittedCodes

        try:
            place = SubmittedCodes.of(opened, question).place_of(question.signature.name)
        except SubmissionError:
            return True
        return place is not None and bool(place.line or place.file.endswith(".ipynb"))

    def answer(self, question: FunctionQuestion, opened: OpenSubmission) -> FunctionAnswer:
        from grader.kinds.function.submitted import FunctionAnswer, SubmittedCodes

        return FunctionAnswer(question, SubmittedCodes.of(opened, question))

    def asked(self, question: FunctionQuestion) -> AskedAnswer:
        from grader.kinds.asked import AskedAnswer

        what = "the class" if question.signature.script else "the function"
        shown = (*self.blank(question),) if question.signature.script else ()
        return AskedAnswer("code", f"{what} {question.signature}", defines=question.signature.name, shown=shown)

    def described(self, question: FunctionQuestion) -> Iterator[SpecTable]:
        from grader.kinds.function.described import described_function

        yield from described_function(question)

    def check_spec(self, question: FunctionQuestion, run: Resources) -> Iterator[Finding]:
        from grader.kinds.function.code_runner import runner_pool
        from grader.kinds.function.spec_check import check_function_question

        yield from check_function_question(question, runner_pool(run, "strict", question.packages))

    def mutants(self, question: FunctionQuestion, run: Resources) -> Iterator[Mutant]:
        """Changes in one line of the references and of the known answers that earn everything."""
        from grader.kinds.function.mutation.judge import CodeMutantJudge

        yield from CodeMutantJudge.of(question, run).mutants()

    def judge_mutants(
        self, question: FunctionQuestion, mutants: Sequence[Mutant], run: Resources
    ) -> Iterator[MutantVerdict]:
        from grader.kinds.function.mutation.judge import judge_mutants

        yield from judge_mutants(question, mutants, run)

    def strength_remarks(
        self, question: FunctionQuestion, verdicts: Sequence[MutantVerdict], run: Resources
    ) -> Iterator[StrengthRemark]:
        from grader.kinds.function.mutation.judge import CodeMutantJudge
        from grader.kinds.function.mutation.remarks import strength_remarks

        yield from strength_remarks(question, verdicts, CodeMutantJudge.of(question, run))

    def tests_of_inputs(
        self, question: FunctionQuestion, inputs: Sequence[str], run: Resources
    ) -> Iterator[StrengthRemark]:
        from grader.kinds.function.code_runner import runner_pool
        from grader.kinds.function.mutation.assert_lines import assert_lines
        from grader.kinds.function.mutation.judge import CodeMutantJudge
        from grader.kinds.mutants import StrengthRemark

        pool = runner_pool(run, "strict", question.packages)
        if lines := assert_lines(CodeMutantJudge.of(question, run), inputs, pool):
            text = "these inputs as tests that are written by hand (np is NumPy)"
            yield StrengthRemark(text, python="".join(f"{line}\n" for line in lines))

    def blank(self, question: FunctionQuestion) -> Iterator[str]:
        from grader.answers.code import SOLUTION_FILE

        signature, where = question.signature, f"in {SOLUTION_FILE} (or in one notebook) beside this file"
        if signature.script is None:
            yield f"# define {signature} {where}"
            return
        from grader.kinds.function.objects import skeleton

        yield f"# define the class {signature.name} {where}:"
        lines = skeleton(signature.name, signature.script, signature.parameters)
        yield from (f"#   {line}".rstrip() for line in lines)

    def copied(self, root: PlainDocument, question: FunctionQuestion, prompt: str) -> PlainDocument:
        from grader.kinds.function.copy import copied_function

        return copied_function(root)

    def with_packages(self, question: FunctionQuestion, packages: tuple[str, ...]) -> FunctionQuestion:
        """The question with the packages that code may import.

        Raises:
            SpecError: if it hands out tensors, and code may not import torch.
        """
        if "torch" not in packages and (place := question.place_of_tensors()) is not None:
            advice = "add `packages: [torch]` to its assignment.yaml"
            raise SpecError(
                Problem(f"inputs: `array: torch` needs torch, which the assignment does not allow: {advice}", place)
            )
        return replace(question, packages=packages)

    def python_of(self, question: FunctionQuestion) -> Iterator[str]:
        """References of lines and of parts of lines, and known answers."""
        from grader.kinds.function.question import NETWORK_NAME

        named = (aim.reference for check in question.checks for aim in check.aims)
        yield from (reference for reference in named if reference not in ("", NETWORK_NAME))
        yield from (f"known: {known.name!r}" for known in question.known)


KIND = FunctionKind()
