"""Questions that are answered with a number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader.documents import MappingNode, ScalarNode, SequenceNode, yaml_key
from grader.errors import Problem
from grader.kinds.base import EntryKind
from grader.kinds.finding import Finding
from grader.verdict import QuestionResult

if TYPE_CHECKING:
    from grader.answers.submission import Answer
    from grader.kinds.kind import KindTable
    from grader.kinds.mutants import Mutant, MutantVerdict, StrengthRemark
    from grader.kinds.number.models import NumberModel
    from grader.kinds.number.question import NumberQuestion
    from grader.kinds.open_submission import OpenSubmission, Resources
    from grader.kinds.spec_table import SpecTable


class NumberKind(EntryKind):
    """Right where an expression has the right value, exactly or within a tolerance."""

    name = "number"
    rests_on_answer_alone = True
    judging_modules = (
        *("grader.answers.prose", "grader.kinds.number.reading", "grader.kinds.number.score"),
        "grader.kinds.number.writings",
    )
    is_kept_whole = True
    asks = "a number"

    @property
    def model(self) -> type[NumberModel]:
        from grader.kinds.number.models import NumberModel

        return NumberModel

    def build(
        self, model: NumberModel, root: MappingNode, path: Path, kinds: KindTable
    ) -> tuple[NumberQuestion | None, list[Problem]]:
        from grader.kinds.number.models import build

        return build(model)

    def score_entry(self, question: NumberQuestion, entry: Answer, opened: OpenSubmission) -> QuestionResult:
        from grader.answers.prose import read_single
        from grader.kinds.number.score import score_number

        read = read_single(entry)
        result = score_number(question, read.text)
        return replace(result, messages=(*read.notes, *result.messages))

    def has_form(self, entry: Answer) -> bool:
        """Whether an entry is text or a number, perhaps in brackets."""
        return isinstance(entry.content, ScalarNode | SequenceNode)

    def read_entry(self, question: NumberQuestion, entry: Answer) -> str:
        from grader.answers.prose import read_single

        return str(read_single(entry).text)

    def described(self, question: NumberQuestion) -> Iterator[SpecTable]:
        from grader.kinds.spec_table import SpecTable, key_rows, listed_rows

        yield SpecTable("what is right", (*key_rows(question.source, "value", "tolerance", "unit", "accepts"),))
        if near := (*listed_rows(question.source, "near", ("value", "writes", "points", "say")),):
            yield SpecTable("wrong answers that are known", near, ("number", "or written", "points", "says"))

    def check_spec(self, question: NumberQuestion, run: Resources) -> Iterator[Finding]:
        from grader.kinds.number.spec_check import check_number_question

        yield from check_number_question(question)

    def mutants(self, question: NumberQuestion, run: Resources) -> Iterator[Mutant]:
        from grader.kinds.number.mutants import number_mutants

        yield from number_mutants(question)

    def judge_mutants(
        self, question: NumberQuestion, mutants: Sequence[Mutant], run: Resources
    ) -> Iterator[MutantVerdict]:
        from grader.kinds.number.mutants import judged_numbers

        yield from judged_numbers(question, mutants)

    def strength_remarks(
        self, question: NumberQuestion, verdicts: Sequence[MutantVerdict], run: Resources
    ) -> Iterator[StrengthRemark]:
        from grader.kinds.number.mutants import number_remarks

        yield from number_remarks(question, verdicts)

    def blank(self, question: NumberQuestion) -> Iterator[str]:
        yield f"{yaml_key(question.id)}:  # a number, or an expression for it in quotes"


KIND = NumberKind()
