"""Questions that are answered by choosing: one of several, or some of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from grader.documents import MappingNode, ScalarNode, SequenceNode, yaml_key
from grader.errors import Problem
from grader.kinds.base import EntryKind
from grader.kinds.copies import PlainDocument
from grader.page_details import PageDetails
from grader.verdict import QuestionResult

if TYPE_CHECKING:
    from grader.answers.submission import Answer
    from grader.kinds.asked import AskedAnswer
    from grader.kinds.choice.models import ChoiceModel
    from grader.kinds.choice.question import ChoiceQuestion
    from grader.kinds.finding import Finding
    from grader.kinds.kind import KindTable
    from grader.kinds.mutants import Mutant, MutantVerdict, StrengthRemark
    from grader.kinds.open_submission import OpenSubmission, Resources
    from grader.kinds.spec_table import SpecTable


class ChoiceKind(EntryKind):
    """Right where just the right options are chosen; in part, where the spec gives credit for each."""

    name = "choice"
    rests_on_answer_alone = True
    is_kept_whole = True
    asks = "one of the options, or a list of them"

    @property
    def model(self) -> type[ChoiceModel]:
        from grader.kinds.choice.models import ChoiceModel

        return ChoiceModel

    def build(
        self, model: ChoiceModel, root: MappingNode, path: Path, kinds: KindTable
    ) -> tuple[ChoiceQuestion | None, list[Problem]]:
        from grader.kinds.choice.models import build

        return build(model)

    def score_entry(self, question: ChoiceQuestion, entry: Answer, opened: OpenSubmission) -> QuestionResult:
        from grader.answers.prose import read_choices
        from grader.kinds.choice.reading import options_meant
        from grader.kinds.choice.score import score_choice

        notes: list[str] = []
        result = score_choice(question, options_meant(read_choices(entry), question.options, notes))
        return replace(result, messages=(*notes, *result.messages))

    def has_form(self, entry: Answer) -> bool:
        """Whether an entry is a list, or one word."""
        content = entry.content
        return isinstance(content, SequenceNode) or (isinstance(content, ScalarNode) and len(content.split()) == 1)

    def with_page_details(
        self, page: PageDetails, question: ChoiceQuestion, opened: OpenSubmission, result: QuestionResult
    ) -> PageDetails:
        """The options are part of what is asked."""
        options = "\n".join(f"- **{name}**: {' '.join(str(text).split())}" for name, text in question.options.items())
        page = replace(page, prompt=f"{page.prompt}\n\n{options}".strip())
        return super().with_page_details(page, question, opened, result)

    def read_entry(self, question: ChoiceQuestion, entry: Answer) -> list[str]:
        from grader.answers.prose import read_choices
        from grader.kinds.choice.reading import options_meant

        return [str(choice) for choice in options_meant(read_choices(entry), question.options, [])]

    def asked(self, question: ChoiceQuestion) -> AskedAnswer:
        from grader.kinds.asked import AskedAnswer

        options = tuple(f"{name}: {' '.join(text.split())}" for name, text in question.options.items())
        return AskedAnswer("line", "one of them, or several with commas between them", shown=options)

    def described(self, question: ChoiceQuestion) -> Iterator[SpecTable]:
        from grader.kinds.spec_table import SpecTable

        rows = tuple(
            (name, "right" if name in question.right else "", " ".join(text.split()), question.say.get(name, ""))
            for name, text in question.options.items()
        )
        how = "a share for each right option, less one for each wrong one" if question.each else "all or nothing"
        yield SpecTable("the options", rows, ("name", "", "text", "says"), (how,))

    def check_spec(self, question: ChoiceQuestion, run: Resources) -> Iterator[Finding]:
        from grader.kinds.choice.spec_check import check_choice_question

        yield from super().check_spec(question, run)
        yield from check_choice_question(question)

    def mutants(self, question: ChoiceQuestion, run: Resources) -> Iterator[Mutant]:
        from grader.kinds.choice.mutants import choice_mutants

        yield from choice_mutants(question)

    def judge_mutants(
        self, question: ChoiceQuestion, mutants: Sequence[Mutant], run: Resources
    ) -> Iterator[MutantVerdict]:
        from grader.kinds.choice.mutants import judged_choices

        yield from judged_choices(question, mutants)

    def strength_remarks(
        self, question: ChoiceQuestion, verdicts: Sequence[MutantVerdict], run: Resources
    ) -> Iterator[StrengthRemark]:
        from grader.kinds.choice.mutants import choice_remarks

        yield from choice_remarks(question, verdicts)

    def blank(self, question: ChoiceQuestion) -> Iterator[str]:
        for name, text in question.options.items():
            yield from (f"#   {line}" for line in f"{name}: {text}".splitlines())
        yield f"{yaml_key(question.id)}:  # one of them, or a list of them: [a, b]"

    def withheld(self, root: PlainDocument) -> PlainDocument:
        """The options are part of what is asked, so they stand in the copy's prompt."""
        options = "\n".join(f"{name}: {text}" for name, text in root["options"].items())
        prompt = f"{root.get('prompt', '').rstrip()}\n\n{options}\n".lstrip()
        return {**super().withheld(root), "prompt": prompt}


KIND = ChoiceKind()
