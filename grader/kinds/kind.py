"""What a kind of question is: one protocol, through which everything above asks whatever depends on the kind."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast

from grader.documents import MappingNode, ScalarNode
from grader.errors import Problem, did_you_mean, listed
from grader.kinds.copies import CopiedQuestion, PlainDocument
from grader.kinds.finding import Finding
from grader.page_details import PageDetails
from grader.spec.question import VARIANTS_KEY, Question
from grader.verdict import QuestionResult

if TYPE_CHECKING:
    from grader.answers.unread import WantedFile
    from grader.kinds.asked import AskedAnswer
    from grader.kinds.mutants import Mutant, MutantVerdict, StrengthRemark
    from grader.kinds.open_submission import OpenSubmission, Resources
    from grader.kinds.spec_table import SpecTable
    from grader.spec.fields import Strict


AnswerPlace = Literal["entry", "files"]
"""Where an answer may stand: under the question's name (`Submission.answer`), or in any file that holds no answers."""


class Kind(Protocol):
    """Everything that depends on how a question is answered; questions of the kind carry it as `question.kind`.

    `name` is what `answer:` says in a spec; `takes_code` says whether an answer is Python, `is_text` whether it is text
    as it stands, `marked_by_reader` whether a person gives the marks; `shared_keys` are what a question in parts may
    say once for all of its parts of this kind. `rests_on_answer_alone`: marks rest on nothing of a submission but what
    `Submission.answer` gives for the question. `judging_modules` are those that are imported when the first answer is
    judged. `asks` is what a student's copy asks for where only the course can check the answer. `looks_in`: the places
    where answers are looked for, in which `score` finds none where there is nothing; None where that cannot be said.
    """

    name: str
    asks: str
    takes_code: bool
    is_text: bool
    marked_by_reader: bool
    rests_on_answer_alone: bool
    judging_modules: tuple[str, ...]
    looks_in: frozenset[AnswerPlace] | None
    shared_keys: tuple[str, ...]

    @property
    def model(self) -> type[Strict]:
        """The pydantic model that the JSON Schema of the kind is made from."""

    def load(self, root: MappingNode, path: Path, kinds: KindTable) -> tuple[Question | None, list[Problem]]:
        """The question of a YAML mapping that was read from the file at `path`, or every problem of it.

        `kinds` are those that a question inside of this one may have.
        """

    def ways(self, question: Question) -> tuple[Question, ...]:
        """The questions of which answering one is enough: the question itself, for most kinds."""

    def wanted(self, question: Question) -> WantedFile:
        """How a question is handed in, for what is said of files and keys that nothing reads."""

    def score(self, question: Question, opened: OpenSubmission) -> QuestionResult | None:
        """The marks of what was handed in; None where nothing was.

        Raises:
            SubmissionError: if the answer cannot be used.
        """

    def with_page_details(
        self, page: PageDetails, question: Question, opened: OpenSubmission, result: QuestionResult
    ) -> PageDetails:
        """What a page shows of a result, with what the kind adds: what was handed in, and what is to be seen in it.

        It may raise whatever it likes: the page then is as it was.
        """

    def resembles(self, question: Question, opened: OpenSubmission) -> bool:
        """Whether what was handed in has the form of an answer of this kind, be it right, wrong or not to be used."""

    def answer(self, question: Question, opened: OpenSubmission) -> Any:
        """What was handed in, in a shape that tests by hand can use (the pytest fixture `answer`).

        Raises:
            SubmissionError: if nothing was handed in, or it cannot be used.
        """

    def check_spec(self, question: Question, run: Resources) -> Iterator[Finding]:
        """What a look at the question finds before anybody answers it; `run` has the sandbox for known answers."""

    def asked(self, question: Question) -> AskedAnswer:
        """How an answer is typed at a prompt."""

    def described(self, question: Question) -> Iterator[SpecTable]:
        """What the spec says, as tables: what is right, what each line is about, inputs as they are drawn.

        No code of students runs for it.

        Raises:
            SpecError: if the question cannot work.
        """

    def mutants(self, question: Question, run: Resources) -> Iterator[Mutant]:
        """Wrong answers made on purpose, in an order that is always the same; none where none can be made."""

    def judge_mutants(self, question: Question, mutants: Sequence[Mutant], run: Resources) -> Iterator[MutantVerdict]:
        """What the marking makes of each of these mutants, in their order; a verdict rests on its own mutant alone."""

    def strength_remarks(
        self, question: Question, verdicts: Sequence[MutantVerdict], run: Resources
    ) -> Iterator[StrengthRemark]:
        """What the verdicts on all mutants say of the spec, and what kept mutants from being made."""

    def tests_of_inputs(self, question: Question, inputs: Sequence[str], run: Resources) -> Iterator[StrengthRemark]:
        """Inputs that tell mutants from right answers as examples for the spec, or as tests to be written by hand."""

    def blank(self, question: Question) -> Iterator[str]:
        """The lines of `answers.yaml` that a student fills in."""

    def copied(self, root: PlainDocument, question: Question, prompt: str) -> PlainDocument:
        """The part of the question's YAML mapping that is copied unchanged into a student's copy.

        `prompt` is what they read before it.
        """

    def student_copy(self, root: PlainDocument, question: Question, around: PlainDocument) -> CopiedQuestion:
        """What the question becomes in the copy that students check with alone; `around`: what its file shares."""

    is_kept_whole: bool
    """Whether the cache keeps a question as it is, and not only what is asked of it before it is answered."""

    copy_is_tried: bool
    """Whether `check_copy` has something to say."""

    def check_copy(self, question: Question, copied: Question) -> Iterator[Finding]:
        """What the copy of a question makes of the answers that are known to be right."""

    def salted(self, question: Question, salt: str) -> Question:
        """The question with the course's secret salt, from which sample points are drawn."""

    def with_little_work(self, question: Question) -> Question:
        """The question as it is judged with little work: what it says costs and gives nobody a mark."""

    def with_packages(self, question: Question, packages: tuple[str, ...]) -> Question:
        """The question with the packages that code may import."""

    def python_of(self, question: Question) -> Iterator[str]:
        """The Python that a question names or holds, each piece by name."""


def kind_of(question: Question) -> Kind:
    """The kind of a question."""
    return cast(Kind, question.kind)


DEFAULT_KIND = "weights"
"""The kind of a question that does not say how it is answered; its model then says what is missing."""


VARIANTS_MODULE = "grader.kinds.variants.question"
"""What loads a question of which each student has an own variant, of whatever kind these are."""


class KindTable(Mapping[str, Kind]):
    """Kinds by what `answer:` says; the value of a row is the module whose `KIND` it is."""

    def __init__(self, modules: Mapping[str, str]) -> None:
        self._modules = dict(modules)

    def __getitem__(self, name: str) -> Kind:
        return cast(Kind, importlib.import_module(self._modules[name]).KIND)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)

    def with_rows(self, modules: Mapping[str, str]) -> KindTable:
        """This table and more rows."""
        return KindTable({**self._modules, **modules})

    def load_question(self, root: MappingNode, path: Path) -> tuple[Question | None, list[Problem]]:
        """The question of a YAML mapping, or every problem that keeps it from being one."""
        if root.lookup(VARIANTS_KEY) is not None:
            variants: Any = importlib.import_module(VARIANTS_MODULE)
            return cast(tuple[Question | None, list[Problem]], variants.load(root, path, self))
        name = root.lookup("answer")
        if not isinstance(name, ScalarNode):
            name = ScalarNode(DEFAULT_KIND, root.place)
        if name not in self:
            advice = did_you_mean(name, self) or f" ({listed(self)} can be)"
            return None, [Problem(f"answer: {str(name)!r} is not a kind of answer{advice}", name.place)]
        return self[name].load(root, path, self)
