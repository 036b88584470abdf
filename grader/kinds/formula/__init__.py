"""Questions that are answered with a formula.

| file | owns |
| --- | --- |
| `question`, `models`, `loader` | the question, its YAML models, and how it is made of them |
| `names`, `derived` | its symbols; the gradient that `derivative` describes |
| `score` | the marks of a formula |
| `judged` | formulas that were judged before, whoever wrote them |
| `typeset_formulas` | the formulas that a page shows |
| `mutation_rules`, `mutations` | small mistakes: what can be wrong at one place; in which places |
| `mutants`, `other_points` | wrong formulas that are made on purpose, judged; those taken for right, looked at again |
| `near_proposals` | near misses for the commonest of them that get no message |
| `answer` | an answer that tests by hand can use |
| `seal` | what of a question students have in their copy |
| `described` | what the spec says, as tables |
| `spec_check`, `spec_names`, `reference` | the question put to the test, also against a reference of the course |
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader.documents import MappingNode, yaml_key
from grader.errors import Problem
from grader.kinds.base import EntryKind
from grader.kinds.copies import SHARED_KEYS, CopiedQuestion, PlainDocument, kept
from grader.kinds.finding import Finding
from grader.page_details import PageDetails
from grader.verdict import QuestionResult

if TYPE_CHECKING:
    from grader.answers.submission import Answer
    from grader.kinds.asked import AskedAnswer
    from grader.kinds.formula.answer import FormulaAnswer
    from grader.kinds.formula.models import FormulaModel
    from grader.kinds.formula.question import FormulaQuestion
    from grader.kinds.kind import KindTable
    from grader.kinds.mutants import Mutant, MutantVerdict, StrengthRemark
    from grader.kinds.open_submission import OpenSubmission, Resources
    from grader.kinds.spec_table import SpecTable


class FormulaKind(EntryKind):
    """Right where it is equal to what is right, however it is written."""

    name = "formula"
    is_text = True
    rests_on_answer_alone = True
    judging_modules = ("grader.answers.prose", "grader.kinds.formula.judged")
    is_kept_whole = True
    copy_is_tried = True
    shared_keys = SHARED_KEYS

    @property
    def model(self) -> type[FormulaModel]:
        from grader.kinds.formula.models import FormulaModel

        return FormulaModel

    def build(
        self, model: FormulaModel, root: MappingNode, path: Path, kinds: KindTable
    ) -> tuple[FormulaQuestion | None, list[Problem]]:
        from grader.kinds.formula.loader import build

        return build(model, root, path)

    def score_entry(self, question: FormulaQuestion, entry: Answer, opened: OpenSubmission) -> QuestionResult:
        from grader.answers.prose import read_text
        from grader.kinds.formula.judged import JudgedFormulas

        return opened.run.resource("judged formulas", JudgedFormulas).score(question, read_text(entry))

    def with_page_details(
        self, page: PageDetails, question: FormulaQuestion, opened: OpenSubmission, result: QuestionResult
    ) -> PageDetails:
        from grader.kinds.formula.typeset_formulas import typeset_formulas

        page = super().with_page_details(page, question, opened, result)
        entry = opened.submission.answer(question.id)
        return page if entry is None else replace(page, formulas=typeset_formulas(question, entry, result))

    def read_entry(self, question: FormulaQuestion, entry: Answer) -> FormulaAnswer:
        from grader.answers.prose import read_text
        from grader.kinds.formula.answer import FormulaAnswer
        from grader.kinds.formula.score import read

        text = read_text(entry)
        return FormulaAnswer(question, str(text), read(question, text).tree)

    def asked(self, question: FormulaQuestion) -> AskedAnswer:
        from grader.kinds.asked import AskedAnswer

        return AskedAnswer("line", f"a formula ({question.symbols.known()})")

    def described(self, question: FormulaQuestion) -> Iterator[SpecTable]:
        from grader.kinds.formula.described import described_formula

        yield from described_formula(question)

    def check_spec(self, question: FormulaQuestion, run: Resources) -> Iterator[Finding]:
        from grader.kinds.formula.spec_check import check_formula_question

        yield from check_formula_question(question)

    def mutants(self, question: FormulaQuestion, run: Resources) -> Iterator[Mutant]:
        from grader.kinds.formula.mutants import formula_mutants

        yield from formula_mutants(question)

    def judge_mutants(
        self, question: FormulaQuestion, mutants: Sequence[Mutant], run: Resources
    ) -> Iterator[MutantVerdict]:
        from grader.kinds.formula.mutants import judge_formula_mutants

        yield from judge_formula_mutants(question, mutants, run)

    def strength_remarks(
        self, question: FormulaQuestion, verdicts: Sequence[MutantVerdict], run: Resources
    ) -> Iterator[StrengthRemark]:
        from grader.kinds.formula.near_proposals import formula_remarks

        yield from formula_remarks(question, verdicts)

    def blank(self, question: FormulaQuestion) -> Iterator[str]:
        yield f"{yaml_key(question.id)}:  # a formula in quotes ({question.symbols.known()})"

    def copied(self, root: PlainDocument, question: FormulaQuestion, prompt: str) -> PlainDocument:
        from grader.kinds.formula.seal import copied_formula

        return copied_formula(root)

    def student_copy(self, root: PlainDocument, question: FormulaQuestion, around: PlainDocument) -> CopiedQuestion:
        from grader.kinds.formula.seal import seal

        copied = self.copied(root, question, around.get("prompt", ""))
        sealed, notes = seal(question, {**kept(around, SHARED_KEYS), **copied})
        return CopiedQuestion({**copied, **sealed} if sealed else self.withheld(root), notes)

    def check_copy(self, question: FormulaQuestion, copied: FormulaQuestion) -> Iterator[Finding]:
        from grader.kinds.formula.spec_check import check_sealed

        yield from check_sealed(question, copied)

    def salted(self, question: FormulaQuestion, salt: str) -> FormulaQuestion:
        return question.salted(salt)


KIND = FormulaKind()
