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

from collections.abc import Callable, Iterator
from functools import partial
from inspect import ismethod
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

from grader.documents import MappingNode
from grader.errors import HarnessError, Problem, SpecError
from grader.kinds.copies import PlainDocument
from grader.kinds.finding import Finding
from grader.kinds.kind import Kind
from grader.spec.question import Question

if TYPE_CHECKING:
    from grader.kinds.kind import KindTable
    from grader.kinds.open_submission import OpenSubmission, Resources
    from grader.kinds.variants.question import VariantsQuestion
    from grader.page_details import PageDetails
    from grader.verdict import QuestionResult


class VariantsKind:
    """The kind of such a question: it gives no marks, and whatever is not said here is said of its first variant."""

    copy_is_tried = False

    def __init__(self, inner: Kind) -> None:
        """`inner` is the kind of its variants."""
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.__dict__["_inner"], name)
        return partial(_of_first_variant, found) if ismethod(found) else found

    def load(self, root: MappingNode, path: Path, kinds: KindTable) -> tuple[Question | None, list[Problem]]:
        from grader.kinds.variants.question import load

        return load(root, path, kinds)

    def score(self, question: VariantsQuestion, opened: OpenSubmission) -> NoReturn:
        """Nothing: a question that is still here was not drawn, or what was drawn cannot be used."""
        self._refuse(question)

    def answer(self, question: VariantsQuestion, opened: OpenSubmission) -> NoReturn:
        self._refuse(question)

    def _refuse(self, question: VariantsQuestion) -> NoReturn:
        if question.refusal:
            raise HarnessError(*question.refusal)
        raise HarnessError(f"{question.id} has variants, and nobody said whose is wanted")

    def with_page_details(
        self, page: PageDetails, question: VariantsQuestion, opened: OpenSubmission, result: QuestionResult
    ) -> PageDetails:
        return page

    def check_spec(self, question: VariantsQuestion, run: Resources) -> Iterator[Finding]:
        from grader.kinds.variants.spec_check import check_variants

        yield from check_variants(question, run)

    def blank(self, question: VariantsQuestion) -> NoReturn:
        raise SpecError(f"{question.id} has variants: say whose blank is wanted with --student ID")

    def copied(self, root: PlainDocument, question: VariantsQuestion, prompt: str) -> NoReturn:
        raise SpecError(f"{question.id} has variants: a copy of it is one student's")

    def student_copy(self, root: PlainDocument, question: VariantsQuestion, around: PlainDocument) -> NoReturn:
        raise SpecError(f"{question.id} has variants: say whose copy is wanted with --student ID")

    def salted(self, question: VariantsQuestion, salt: str) -> Question:
        return cast(Question, question.with_source(salt=salt))

    def with_little_work(self, question: VariantsQuestion) -> Question:
        return cast(Question, question)

    def with_packages(self, question: VariantsQuestion, packages: tuple[str, ...]) -> Question:
        return cast(Question, question.with_source(packages=packages))


def _of_first_variant(method: Callable[..., Any], question: VariantsQuestion, *others: Any) -> Any:
    return method(question.first, *others)
