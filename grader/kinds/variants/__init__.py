"""A question with variants: each student meets the question with the own constants, as if it had been written so.

Before a submission is graded, its assignment becomes that of its student (`own_assignment`), in which every question is
one of an ordinary kind. So this kind scores nothing itself: it stands for the question where no student is named.

| file | owns |
| --- | --- |
| `spec_check` | its variants put to the test |
| `others` | for which variants of others a wrong answer is right |
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeGuard, cast

from grader.deferred import dataclass
from grader.documents import MappingNode, SequenceNode
from grader.errors import HarnessError, Problem, SourceLocation, SpecError
from grader.kinds.copies import CopiedQuestion, PlainDocument
from grader.kinds.finding import Finding
from grader.kinds.kind import AnswerPlace, Kind, kind_of
from grader.spec.assignment import Assignment
from grader.spec.places import find
from grader.spec.question import VARIANTS_KEY, PartsHeading, Question, RubricLine

if TYPE_CHECKING:
    from grader.answers.unread import WantedFile
    from grader.kinds.kind import KindTable
    from grader.kinds.mutants import Mutant, MutantVerdict, StrengthRemark
    from grader.kinds.open_submission import OpenSubmission, Resources
    from grader.page_details import PageDetails
    from grader.spec.fields import Strict
    from grader.spec.variants import Combination, VariantConstants, VariantDraws
    from grader.verdict import QuestionResult


@dataclass(frozen=True)
class QuestionSource:
    """What a question with variants was read from, and the `salt` and `packages` of its assignment.

    `heading` is the file of a part, where the variants stand there for all parts.
    """

    root: MappingNode
    path: Path
    kinds: KindTable
    heading: MappingNode | None = None
    salt: str = ""
    packages: tuple[str, ...] | None = None


@dataclass(frozen=True, eq=False)
class VariantsQuestion:
    """A question of which each student has an own variant; `first` is the one that stands for all.

    `refusal`: why the variant of the student whose assignment this is cannot be had.
    """

    draws: VariantDraws
    written: QuestionSource
    first: Question
    refusal: tuple[Problem, ...] = ()
    _own: dict[Combination, Question] = field(default_factory=dict, repr=False)

    @property
    def kind(self) -> VariantsKind:
        """How it is answered."""
        return VariantsKind(kind_of(self.first))

    @property
    def id(self) -> str:
        return self.first.id

    @property
    def title(self) -> str:
        """As it is written, with the names of constants in it."""
        return str(self.written.root.lookup("title") or self.first.title)

    @property
    def points(self) -> Fraction:
        return self.first.points

    @property
    def prompt(self) -> str:
        """As it is written."""
        return str(self.written.root.lookup("prompt") or "")

    @property
    def rubric(self) -> tuple[RubricLine, ...]:
        """Of the first variant; those of the others have the same points."""
        return self.first.rubric

    @property
    def source(self) -> MappingNode:
        """The mapping that it was read from."""
        return self.written.root

    def place(self, *keys: str | int) -> SourceLocation:
        """Where in its file the value under a path of keys starts."""
        place, node = find(self.written.root, keys)
        return place if node is None else node.place

    def root_of(self, constants: VariantConstants) -> MappingNode:
        """The question as a document, with these constants."""
        return self.draws.own(self.written.root, constants)

    def heading_of(self, constants: VariantConstants, heading: PartsHeading) -> PartsHeading:
        """What stands before all parts, with these constants; as it is where the variants are those of one part."""
        if self.written.heading is None:
            return heading
        root = self.draws.own(_said_before_parts(self.written.heading), constants)
        return replace(heading, title=str(root.lookup("title")), prompt=str(root.lookup("prompt") or ""))

    def own(self, combination: Combination) -> Question:
        """The question with the constants of a combination, loaded once.

        Raises:
            SpecError: if it cannot be loaded, or is worth other points than the first variant.
        """
        if combination not in self._own:
            self._own[combination] = self._loaded(self.draws.constants(combination))
        return self._own[combination]

    def _loaded(self, constants: VariantConstants) -> Question:
        loaded, problems = self.written.kinds.load_question(self.root_of(constants), self.written.path)
        if loaded is None or problems:
            raise SpecError(*(_of_variant(problem, constants) for problem in problems))
        if (points := _points_of(loaded)) != (wanted := _points_of(self.first)):
            first = self.draws.constants(self.draws.first)
            message = f"its rubric lines are worth {points}, and those of {first} {wanted}: tables of marks have"
            problem = Problem(f"{message} one column for all variants", self.draws.source.place)
            raise SpecError(_of_variant(problem, constants))
        if _readers_rubrics(loaded) != _readers_rubrics(self.first):
            problem = Problem("what readers look for is not the same in all variants", self.draws.source.place)
            raise SpecError(_of_variant(problem, constants))
        return self._placed(loaded)

    def _placed(self, question: Question) -> Question:
        from grader.spec.assignment_files import in_assignment

        packages = self.written.packages
        return question if packages is None else in_assignment(question, self.written.salt, packages)

    def with_source(self, **said: Any) -> VariantsQuestion:
        """The same question, of an assignment that says something for all."""
        written = replace(self.written, **said)
        changed = replace(self, written=written, _own={})
        return replace(changed, first=changed._placed(self.first), _own={})


def _of_variant(problem: Problem, constants: VariantConstants) -> Problem:
    return Problem(f"variant {constants}: {problem.message}", problem.place)


def _points_of(question: Question) -> list[str]:
    return [str(line.points) for line in question.rubric]


def _readers_rubrics(question: Question) -> list[str]:
    """By which a reader's mark is known to be given for this rubric, of each way to answer."""
    return [str(getattr(way, "rubric_fingerprint", "")) for way in kind_of(question).ways(question)]


def _said_before_parts(root: MappingNode) -> MappingNode:
    """What a question in parts says before them."""
    said = MappingNode(root.place)
    said.update({key: value for key, value in root.items() if key in ("title", "prompt")})
    return said


def load(
    root: MappingNode, path: Path, kinds: KindTable, heading: MappingNode | None = None
) -> tuple[VariantsQuestion | None, list[Problem]]:
    """A question with variants; of a part, `heading` is the file whose variants are shared by all of its parts.

    Its first variant is loaded with it, and the others when they are asked for.
    """
    from grader.spec.assignment_files import declared_assignment
    from grader.spec.variants import names_seen, read_draws, use_problems

    draws, problems = read_draws(root if heading is None else heading, declared_assignment(path.parent))
    if draws is None:
        return None, problems
    before = [] if heading is None else use_problems(draws, _said_before_parts(heading))
    if problems := [*before, *use_problems(draws, root)]:
        return None, problems
    seen = names_seen(root) | (names_seen(heading) if heading is not None else frozenset())
    draws = replace(draws, seen=seen)
    constants = draws.constants(draws.first)
    try:
        first, problems = kinds.load_question(draws.own(root, constants), path)
    except SpecError as error:
        return None, [_of_variant(problem, constants) for problem in error.problems]
    if first is None or problems:
        return None, [_of_variant(problem, constants) for problem in problems]
    return VariantsQuestion(draws, QuestionSource(root, path, kinds, heading), first), []


# ------------------------------------------------------------- one student's
@dataclass(frozen=True)
class DrawnVariant:
    """What was drawn for a student; `refusal` says why nothing could be."""

    combination: Combination
    refusal: tuple[Problem, ...] = ()


DrawnVariants = tuple[tuple[str, DrawnVariant], ...]
"""By the name of each question with variants."""


def has_variants(question: Question) -> TypeGuard[VariantsQuestion]:
    """Whether each student has an own variant; a question from the cache is not loaded for that."""
    return type(question) is VariantsQuestion


def variants_of(assignment: Assignment) -> tuple[VariantsQuestion, ...]:
    """The questions of an assignment of which each student has an own variant."""
    return tuple(question for question in assignment.questions if has_variants(question))


def drawn_variants(assignment: Assignment, student: str) -> DrawnVariants:
    """What is drawn for a student, without loading it; empty for an assignment without variants.

    Raises:
        SpecError: if there are variants, and no student is named.
    """
    questions = variants_of(assignment)
    if questions and not student.strip():
        raise SpecError(
            f"{questions[0].id} has variants, so it matters whose they are: name the student (--student ID)"
        )
    return tuple((question.id, _drawn(question.draws, student)) for question in questions)


def _drawn(draws: VariantDraws, student: str) -> DrawnVariant:
    try:
        return DrawnVariant(draws.of_student(student))
    except SpecError as error:
        return DrawnVariant((), error.problems)


def own_assignment(assignment: Assignment, drawn: DrawnVariants) -> Assignment:
    """The assignment with the variants that were drawn, in which no question has variants any more.

    One whose variant cannot be had stays as it is, and is held when it is graded.
    """
    if not drawn:
        return assignment
    combinations, headings = dict(drawn), dict(assignment.headings)
    questions: list[Question] = []
    shown: dict[str, Mapping[str, str]] = {}
    for question in assignment.questions:
        if has_variants(question):
            variant = combinations[question.id]
            try:
                if variant.refusal:
                    raise SpecError(*variant.refusal)
                own = question.own(variant.combination)
            except SpecError as error:
                questions.append(replace(question, refusal=error.problems))
                continue
            constants = question.draws.constants(variant.combination)
            shown[question.id] = constants.shown
            if question.id in headings:
                headings[question.id] = question.heading_of(constants, headings[question.id])
            questions.append(own)
        else:
            questions.append(question)
    return replace(assignment, questions=tuple(questions), headings=headings, variants=shown)


def students_assignment(assignment: Assignment, student: str) -> Assignment:
    """The assignment of a student.

    Raises:
        SpecError: as `drawn_variants` raises it.
    """
    return own_assignment(assignment, drawn_variants(assignment, student))


def own_file(root: MappingNode, assignment: Assignment, drawn: DrawnVariants) -> MappingNode:
    """A question file as it would be written for one student; `assignment` is the one with the variants of all.

    Raises:
        SpecError: for a variant that cannot be had.
    """
    variants = dict(drawn)
    questions = {question.id: question for question in variants_of(assignment) if question.id in variants}

    def own(node: MappingNode, question: VariantsQuestion) -> MappingNode:
        variant = variants[question.id]
        if variant.refusal:
            raise SpecError(*variant.refusal)
        return question.draws.own(node, question.draws.constants(variant.combination))

    parts = root.lookup("parts")
    inside = [part for part in parts if isinstance(part, MappingNode)] if isinstance(parts, list) else [root]
    by_name = {str(part.lookup("question")): part for part in inside}
    found = [(by_name[name], question) for name, question in questions.items() if name in by_name]
    if found and root.lookup(VARIANTS_KEY) is not None:
        return own(root, found[0][1])
    whole = MappingNode(root.place)
    whole.update(root)
    if isinstance(parts, SequenceNode):
        written = SequenceNode(parts.place)
        of_part = {id(part): question for part, question in found if part.lookup(VARIANTS_KEY) is not None}
        written.extend(own(part, of_part[id(part)]) if id(part) in of_part else part for part in parts)
        whole[next(key for key in root if key == "parts")] = written
    return whole


def first_variants(assignment: Assignment) -> DrawnVariants:
    """Those that stand for all where no student is named."""
    return tuple((question.id, DrawnVariant(question.draws.first)) for question in variants_of(assignment))


# ------------------------------------------------------------- the kind
class VariantsKind:
    """The kind of such a question: it says what is the same for all students, and gives no marks."""

    copy_is_tried = False

    def __init__(self, inner: Kind) -> None:
        """`inner` is the kind of its variants."""
        self._inner = inner
        self.name: str = inner.name
        self.takes_code: bool = inner.takes_code
        self.rests_on_answer_alone: bool = inner.rests_on_answer_alone
        self.looks_in: frozenset[AnswerPlace] | None = inner.looks_in
        self.shared_keys: tuple[str, ...] = inner.shared_keys

    @property
    def model(self) -> type[Strict]:
        return self._inner.model

    def load(self, root: MappingNode, path: Path, kinds: KindTable) -> tuple[Question | None, list[Problem]]:
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

    def with_packages(self, question: VariantsQuestion, packages: tuple[str, ...]) -> Question:
        return cast(Question, question.with_source(packages=packages))

    def python_of(self, question: VariantsQuestion) -> Iterator[str]:
        yield from self._inner.python_of(question.first)
