"""A question with variants, and each of its variants as a question of an ordinary kind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import field, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

from grader.deferred import dataclass
from grader.documents import MappingNode
from grader.errors import Problem, SourceLocation, SpecError
from grader.kinds.kind import kind_of
from grader.kinds.variants import VariantsKind
from grader.spec.places import find
from grader.spec.question import PartsHeading, Question, RubricLine

if TYPE_CHECKING:
    from grader.kinds.kind import KindTable
    from grader.spec.variants import Combination, VariantConstants, VariantDraws


KEYS_BEFORE_PARTS = ("title", "prompt")
"""What a question in parts says before them."""


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
    _with_little_work: dict[Combination, Question] = field(default_factory=dict, repr=False)

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
    def lines_of_others(self) -> Iterator[RubricLine]:
        """The rubric lines of the other variants, which may have other names; of very many, those of some."""
        for combination in self.draws.listed:
            with suppress(SpecError):
                yield from self.own(combination).rubric

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
        root = self.draws.own(self.written.heading.only(KEYS_BEFORE_PARTS), constants)
        return replace(heading, title=str(root.lookup("title")), prompt=str(root.lookup("prompt") or ""))

    def own(self, combination: Combination) -> Question:
        """The question with the constants of a combination, loaded once.

        Raises:
            SpecError: if it cannot be loaded, or is worth other points than the first variant.
        """
        if combination not in self._own:
            self._own[combination] = self._loaded(self.draws.constants(combination))
        return self._own[combination]

    def own_with_little_work(self, combination: Combination) -> Question:
        """The same, as it is judged with little work; made once, since marks are remembered by the question.

        Raises:
            SpecError: as `own` raises it.
        """
        if combination not in self._with_little_work:
            own = self.own(combination)
            self._with_little_work[combination] = kind_of(own).with_little_work(own)
        return self._with_little_work[combination]

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


def load(
    root: MappingNode, path: Path, kinds: KindTable, heading: MappingNode | None = None
) -> tuple[VariantsQuestion | None, list[Problem]]:
    """A question with variants; of a part, `heading` is the file whose variants are shared by all of its parts.

    Its first variant is loaded with it, and the others when they are asked for.
    """
    from grader.spec.assignment_files import declared_assignment
    from grader.spec.variants_reader import names_seen, read_draws, use_problems

    draws, problems = read_draws(root if heading is None else heading, declared_assignment(path.parent))
    if draws is None:
        return None, problems
    before = [] if heading is None else use_problems(draws, heading.only(KEYS_BEFORE_PARTS))
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


def has_variants(question: Question) -> TypeGuard[VariantsQuestion]:
    """Whether each student has an own variant; a question from the cache is not loaded for that."""
    return type(question) is VariantsQuestion
