"""A question with variants: each student meets the question with the own constants, as if it had been written so.

Before a submission is graded, its assignment becomes that of its student (`own_assignment`), in which every question is
one of an ordinary kind. So this kind scores nothing itself: it stands for the question where no student is named.

| file | owns |
| --- | --- |
| `question` | the question, and each of its variants |
| `own` | the assignment of one student |
| `spec_check` | its variants put to the test |
| `others` | for which variants of others a wrong answer is right |
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

from grader.documents import MappingNode
from grader.errors import HarnessError, Problem, SpecError
from grader.kinds.copies import CopiedQuestion, PlainDocument
from grader.kinds.finding import Finding
from grader.kinds.kind import AnswerPlace, Kind
from grader.spec.question import Question

if TYPE_CHECKING:
    from grader.answers.unread import WantedFile
    from grader.kinds.kind import KindTable
    from grader.kinds.mutants import Mutant, MutantVerdict, StrengthRemark
    from grader.kinds.open_submission import OpenSubmission, Resources
    from grader.kinds.variants.question import VariantsQuestion
    from grader.page_details import PageDetails
    from grader.spec.fields import Strict
    from grader.verdict import QuestionResult


class VariantsKind:
    """The kind of such a question: it says what is the same for all students, and gives no marks."""

    copy_is_tried = False

    def __init__(self, inner: Kind) -> None:
        """`inner` is the kind of its variants."""
        self._inner = inner
        self.name: str = inner.name
        self.takes_code: bool = inner.takes_code
        self.marked_by_reader: bool = inner.marked_by_reader
        self.rests_on_answer_alone: bool = inner.rests_on_answer_alone
        self.looks_in: frozenset[AnswerPlace] | None = inner.looks_in
        self.shared_keys: tuple[str, ...] = inner.shared_keys

    @property
    def model(self) -> type[Strict]:
        return self._inner.model

    def load(self, root: MappingNode, path: Path, kinds: KindTable) -> tuple[Question | None, list[Problem]]:
        from grader.kinds.variants.question import load

        return load(root, path, kinds)

    def ways(self, question: VariantsQuestion) -> tuple[Question, ...]:
        return self._inner.ways(question.first)

    def wanted(self, question: VariantsQuestion) -> WantedFile:
        return self._inner.wanted(question.first)

    def score(self, question: VariantsQuestion, opened: OpenSubmission) -> QuestionResult | None:
        """Nothing: a question that is still here was not drawn, or what was drawn cannot be used."""
        self._refuse(question)

    def with_page_details(
        self, page: PageDetails, question: VariantsQuestion, opened: OpenSubmission, result: QuestionResult
    ) -> PageDetails:
        return page

    def resembles(self, question: VariantsQuestion, opened: OpenSubmission) -> bool:
        return self._inner.resembles(question.first, opened)

    def answer(self, question: VariantsQuestion, opened: OpenSubmission) -> Any:
        self._refuse(question)

    def _refuse(self, question: VariantsQuestion) -> NoReturn:
        if question.refusal:
            raise HarnessError(*question.refusal)
        raise HarnessError(f"{question.id} has variants, and nobody said whose is wanted")

    def check_spec(self, question: VariantsQuestion, run: Resources) -> Iterator[Finding]:
        from grader.kinds.variants.spec_check import check_variants

        yield from check_variants(question, run)

    def mutants(self, question: VariantsQuestion, run: Resources) -> Iterator[Mutant]:
        """Those of the first variant."""
        yield from self._inner.mutants(question.first, run)

    def judge_mutants(
        self, question: VariantsQuestion, mutants: Sequence[Mutant], run: Resources
    ) -> Iterator[MutantVerdict]:
        yield from self._inner.judge_mutants(question.first, mutants, run)

    def strength_remarks(
        self, question: VariantsQuestion, verdicts: Sequence[MutantVerdict], run: Resources
    ) -> Iterator[StrengthRemark]:
        yield from self._inner.strength_remarks(question.first, verdicts, run)

    def tests_of_inputs(
        self, question: VariantsQuestion, inputs: Sequence[str], run: Resources
    ) -> Iterator[StrengthRemark]:
        yield from self._inner.tests_of_inputs(question.first, inputs, run)

    def blank(self, question: VariantsQuestion) -> Iterator[str]:
        raise SpecError(f"{question.id} has variants: say whose blank is wanted with --student ID")

    def copied(self, root: PlainDocument, question: VariantsQuestion, prompt: str) -> PlainDocument:
        raise SpecError(f"{question.id} has variants: a copy of it is one student's")

    def student_copy(self, root: PlainDocument, question: VariantsQuestion, around: PlainDocument) -> CopiedQuestion:
        raise SpecError(f"{question.id} has variants: say whose copy is wanted with --student ID")

    def check_copy(self, question: Any, copied: Any) -> Iterator[Finding]:
        yield from ()

    def salted(self, question: VariantsQuestion, salt: str) -> Question:
        return cast(Question, question.with_source(salt=salt))

    def with_little_work(self, question: VariantsQuestion) -> Question:
        return cast(Question, question)

    def with_packages(self, question: VariantsQuestion, packages: tuple[str, ...]) -> Question:
        return cast(Question, question.with_source(packages=packages))

    def python_of(self, question: VariantsQuestion) -> Iterator[str]:
        yield from self._inner.python_of(question.first)
