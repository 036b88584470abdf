"""What most kinds have in common, so that each says only how it differs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader.answers.answer import PlacedComment
from grader.answers.unread import WantedFile
from grader.deferred import replace
from grader.documents import MappingNode, ScalarNode, SequenceNode
from grader.errors import Problem, SubmissionError, listed
from grader.kinds.blanks import not_of_blank
from grader.kinds.copies import COMMON_KEYS, CopiedQuestion, PlainDocument, kept
from grader.kinds.finding import Finding
from grader.kinds.kind import AnswerPlace
from grader.page_details import PageDetails
from grader.spec.question import BaseQuestion, Question
from grader.verdict import AnswerLocation, QuestionResult, points_in_words

if TYPE_CHECKING:
    from grader.answers.submission import Answer
    from grader.kinds.asked import AskedAnswer
    from grader.kinds.kind import KindTable
    from grader.kinds.mutants import Mutant, MutantVerdict, StrengthRemark
    from grader.kinds.open_submission import OpenSubmission, Resources
    from grader.kinds.spec_table import SpecTable
    from grader.spec.fields import Strict


class BaseKind(ABC):
    """A kind whose questions have one way to be answered, and no test of their own."""

    name: str
    takes_code = False
    is_text = False
    marked_by_reader = False
    rests_on_answer_alone = False
    judging_modules: tuple[str, ...] = ()
    looks_in: frozenset[AnswerPlace] | None = None
    """Where answers are looked for: `score` is None where there is nothing (None: it has to be asked)."""
    shared_keys: tuple[str, ...] = ()
    copy_is_tried = False
    is_kept_whole = False
    asks = "an answer"
    """What a student's copy asks for where only the course can check the question."""

    @property
    @abstractmethod
    def model(self) -> type[Strict]: ...

    @abstractmethod
    def build(
        self, model: Any, root: MappingNode, path: Path, kinds: KindTable
    ) -> tuple[Question | None, list[Problem]]:
        """The question of a validated model, or every problem that keeps it from being one."""

    @abstractmethod
    def blank(self, question: Any) -> Iterator[str]: ...

    @abstractmethod
    def score(self, question: Any, opened: OpenSubmission) -> QuestionResult | None: ...

    @abstractmethod
    def answer(self, question: Any, opened: OpenSubmission) -> Any: ...

    def with_page_details(
        self, page: PageDetails, question: Any, opened: OpenSubmission, result: QuestionResult
    ) -> PageDetails:
        """Nothing more."""
        return page

    def load(self, root: MappingNode, path: Path, kinds: KindTable) -> tuple[Question | None, list[Problem]]:
        from grader.spec.problems import read_model

        model, problems = read_model(self.model, root)
        if model is None:
            return None, problems
        question, problems = self.build(model, root, path, kinds)
        return replace(question, source=root) if isinstance(question, BaseQuestion) else question, problems

    def resembles(self, question: Any, opened: OpenSubmission) -> bool:
        """Nothing is known of what was handed in."""
        return False

    def ways(self, question: Any) -> tuple[Question, ...]:
        return (question,)

    def wanted(self, question: Any) -> WantedFile:
        """Text under the question's name; kinds that read other files say so."""
        return WantedFile(place=f"under `{question.id}:` in answers.yaml")

    def check_spec(self, question: Any, run: Resources) -> Iterator[Finding]:
        """Nothing more than that it could be read; kinds that can be tested say more."""
        yield Finding(question.id, "ok", f"a {self.name} question of {points_in_words(question.points)} points")

    def asked(self, question: Any) -> AskedAnswer:
        """One line."""
        from grader.kinds.asked import AskedAnswer

        return AskedAnswer("line", self.asks)

    def described(self, question: Any) -> Iterator[SpecTable]:
        """None: title, points, prompt and rubric say it all."""
        yield from ()

    def mutants(self, question: Any, run: Resources) -> Iterator[Mutant]:
        """None: nothing can be said of wrong answers that no rule makes."""
        yield from ()

    def judge_mutants(self, question: Any, mutants: Sequence[Mutant], run: Resources) -> Iterator[MutantVerdict]:
        """None, as there are no mutants."""
        yield from ()

    def strength_remarks(
        self, question: Any, verdicts: Sequence[MutantVerdict], run: Resources
    ) -> Iterator[StrengthRemark]:
        """Nothing."""
        yield from ()

    def tests_of_inputs(self, question: Any, inputs: Sequence[str], run: Resources) -> Iterator[StrengthRemark]:
        """Nothing."""
        yield from ()

    def copied(self, root: PlainDocument, question: Any, prompt: str) -> PlainDocument:
        """The question without its check, which stays with the course."""
        return self.withheld(root)

    def withheld(self, root: PlainDocument) -> PlainDocument:
        """What stands in a copy for a question that only the course can check."""
        return {**kept(root, COMMON_KEYS), "answer": "waits", "asks": self.asks}

    def student_copy(self, root: PlainDocument, question: Any, around: PlainDocument) -> CopiedQuestion:
        return CopiedQuestion(self.copied(root, question, around.get("prompt", "")))

    def check_copy(self, question: Any, copied: Any) -> Iterator[Finding]:
        """Nothing: most copies check nothing, or as the course does."""
        yield from ()

    def salted(self, question: Any, salt: str) -> Question:
        """The question itself: most kinds draw no points."""
        return question  # type: ignore[no-any-return]  # a question of this kind

    def with_little_work(self, question: Any) -> Question:
        """The question itself: most kinds never take long."""
        return question  # type: ignore[no-any-return]  # a question of this kind

    def with_packages(self, question: Any, packages: tuple[str, ...]) -> Question:
        """The question itself: most kinds run no code."""
        return question  # type: ignore[no-any-return]  # a question of this kind

    def python_of(self, question: Any) -> Iterator[str]:
        """Its reference, where it has one."""
        if reference := getattr(question, "reference", ""):
            yield reference


class EntryKind(BaseKind):
    """A kind whose questions are answered by one entry of `answers.yaml`, or by a file of their own."""

    looks_in = frozenset({"entry"})

    @abstractmethod
    def score_entry(self, question: Any, entry: Answer, opened: OpenSubmission) -> QuestionResult:
        """The marks of an answer.

        Raises:
            SubmissionError: if it cannot be used.
        """

    @abstractmethod
    def read_entry(self, question: Any, entry: Answer) -> Any:
        """The answer in a shape that tests by hand can use.

        Raises:
            SubmissionError: if it cannot be used.
        """

    def score(self, question: Any, opened: OpenSubmission) -> QuestionResult | None:
        entry = opened.submission.answer(question.id)
        if entry is None:
            return None
        line = entry.content.place.line if isinstance(entry.content, ScalarNode | MappingNode | SequenceNode) else 0
        of_comments = tuple(self.said_of_comments(not_of_blank(question, entry.comments)))
        try:
            result = self.score_entry(question, entry, opened)
        except SubmissionError as error:
            raise SubmissionError(*error.problems, *of_comments) from None
        messages = (*entry.notes, *of_comments, *result.messages)
        return replace(result, messages=messages, place=AnswerLocation(entry.file, line))

    def with_page_details(
        self, page: PageDetails, question: Any, opened: OpenSubmission, result: QuestionResult
    ) -> PageDetails:
        """With the lines of the file that hold the answer."""
        from grader.kinds.page import entry_texts

        return page if page.handed_in else replace(page, handed_in=entry_texts(question, opened, result))

    def said_of_comments(self, comments: Sequence[PlacedComment]) -> Iterator[str]:
        """What YAML has taken away from an answer."""
        if comments:
            yield f"not part of the answer, since # begins a comment in YAML: {listed(map(str, comments))}"

    def resembles(self, question: Any, opened: OpenSubmission) -> bool:
        try:
            entry = opened.submission.answer(question.id)
        except SubmissionError:  # it cannot be read at all
            return True
        return entry is not None and self.has_form(entry)

    def has_form(self, entry: Answer) -> bool:
        """Whether an entry is text, as the answers of most kinds are."""
        return isinstance(entry.content, ScalarNode)

    def answer(self, question: Any, opened: OpenSubmission) -> Any:
        entry = opened.submission.answer(question.id)
        if entry is None:
            raise SubmissionError(f"{question.id}: no answer was handed in")
        return self.read_entry(question, entry)
