"""Questions that may be answered in one of several ways; the better one counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from grader.answers.unread import FileForm, WantedFile
from grader.documents import MappingNode, describe_node
from grader.errors import Problem, SubmissionError, listed, reason_of
from grader.kinds.base import BaseKind
from grader.kinds.copies import COMMON_KEYS, CopiedQuestion, PlainDocument, kept
from grader.kinds.finding import Finding
from grader.kinds.kind import kind_of
from grader.kinds.page import with_page
from grader.kinds.unjudged import held, rejected
from grader.page_details import PageDetails
from grader.spec.question import VARIANTS_KEY, BaseQuestion, Question, RubricLine
from grader.spec.question_models import AnsweredModel
from grader.verdict import QuestionResult, points_in_words

if TYPE_CHECKING:
    from grader.kinds.kind import KindTable
    from grader.kinds.open_submission import OpenSubmission, Resources
    from grader.kinds.spec_table import SpecTable

SHARED_BY_WAYS = ("question", "title", "points", "prompt")


class EitherModel(AnsweredModel):
    """The ways as they are written; each leaves out what the question says for all."""

    ways: list[Any] = Field(
        min_length=2,
        description="The ways to answer, each a question without what this one says for all; the better one counts.",
    )


@dataclass(frozen=True, eq=False)
class EitherQuestion(BaseQuestion):
    """A question with several ways to answer it, each a question of its own for the same points."""

    ways: tuple[Question, ...]

    @property
    def kind(self) -> EitherKind:
        """How it is answered."""
        return KIND

    @property
    def rubric(self) -> tuple[RubricLine, ...]:
        """The lines of the first way, for reports on answers that were not handed in."""
        return self.ways[0].rubric


class EitherKind(BaseKind):
    """The best of the ways that were handed in counts."""

    name = "either"
    copy_is_tried = True

    @property
    def model(self) -> type[EitherModel]:
        return EitherModel

    def build(
        self, model: EitherModel, root: MappingNode, path: Path, kinds: KindTable
    ) -> tuple[EitherQuestion | None, list[Problem]]:
        ways: list[Question] = []
        problems: list[Problem] = []
        for i, way in enumerate(model.ways):
            if not isinstance(way, MappingNode):
                place = getattr(way, "place", root.place)
                problems.append(Problem(f"ways[{i + 1}]: must be a mapping, not {describe_node(way)}", place))
                continue
            if (inside := way.lookup(VARIANTS_KEY)) is not None:
                message = f"ways[{i + 1}].variants: stand in the question itself, for all of its ways"
                problems.append(Problem(message, getattr(inside, "place", way.place)))
                continue
            whole = MappingNode(way.place, root.only(SHARED_BY_WAYS) | way)
            question, found = kinds.load_question(whole, path)
            problems += found
            if question is not None:
                ways.append(question)
        return None if problems else EitherQuestion(**model.question_fields(), ways=tuple(ways)), problems

    def ways(self, question: EitherQuestion) -> tuple[Question, ...]:
        return question.ways

    def wanted(self, question: EitherQuestion) -> WantedFile:
        every = [kind_of(way).wanted(way) for way in question.ways]
        places = dict.fromkeys(wanted.place for wanted in every)
        return WantedFile(frozenset[FileForm]().union(*(wanted.forms for wanted in every)), listed(places, "or"))

    def score(self, question: EitherQuestion, opened: OpenSubmission) -> QuestionResult | None:
        """The best result, which says which way it is; where no way can be used, why the nearest one cannot."""
        attempts = (_tried(way, number, opened) for number, way in enumerate(question.ways, 1))
        tried = [attempt for attempt in attempts if attempt is not None]
        judged = [attempt for attempt in tried if attempt.result.status != "rejected"]
        judged = [attempt for attempt in judged if not attempt.only_waits(opened)] or judged
        if judged:
            chosen = max(judged, key=_Attempt.worth)
        elif tried:
            chosen = min(tried, key=lambda attempt: attempt.distance(opened))
        else:
            return None
        messages = (*_said_of_ways(question, chosen, tried, opened), *chosen.result.messages)
        return replace(chosen.result, id=question.id, title=question.title, messages=messages)

    def with_page_details(
        self, page: PageDetails, question: EitherQuestion, opened: OpenSubmission, result: QuestionResult
    ) -> PageDetails:
        """What the way that counted shows, below what the question says for all ways."""
        if result.page is None or not result.page.prompt:
            return page
        prompts = (page.prompt, result.page.prompt)
        prompt = page.prompt if prompts[1] in page.prompt else "\n\n".join(filter(None, prompts))
        return replace(result.page, prompt=prompt)

    def answer(self, question: EitherQuestion, opened: OpenSubmission) -> Any:
        raise SubmissionError(f"{question.id} can be answered in several ways: grade it as a whole")

    def check_spec(self, question: EitherQuestion, run: Resources) -> Iterator[Finding]:
        for way in question.ways:
            yield from kind_of(way).check_spec(way, run)

    def described(self, question: EitherQuestion) -> Iterator[SpecTable]:
        for number, way in enumerate(question.ways, 1):
            for table in kind_of(way).described(way):
                yield replace(table, title=f"way {number} of {len(question.ways)} ({way.kind.name}): {table.title}")

    def blank(self, question: EitherQuestion) -> Iterator[str]:
        """A block for each name under which an answer may stand; of one name, all but one commented."""
        count = len(question.ways)
        yield f"# answer in one of these {count} ways (the better one counts; take away a # before the one you choose):"
        filled_in: set[str] = set()
        for number, way in enumerate(question.ways, 1):
            yield f"# way {number} of {count} ({way.kind.name}):"
            lines = list(kind_of(way).blank(way))
            for line in lines:
                yield f"# {line}" if way.id in filled_in and not line.startswith("#") else line
            if any(not line.startswith("#") for line in lines):
                filled_in.add(way.id)

    def copied(self, root: PlainDocument, question: EitherQuestion, prompt: str) -> PlainDocument:
        whole = f"{prompt} {root.get('prompt', '')}"
        ways = zip(root["ways"], question.ways, strict=True)
        return {**kept(root, COMMON_KEYS), "ways": [kind_of(way).copied(text, way, whole) for text, way in ways]}

    def student_copy(self, root: PlainDocument, question: EitherQuestion, around: PlainDocument) -> CopiedQuestion:
        copied = self.copied(root, question, around.get("prompt", ""))
        ways = zip(root["ways"], question.ways, strict=True)
        copies = [kind_of(way).student_copy(text, way, copied) for text, way in ways]
        notes = tuple(note for copy in copies for note in copy.notes)
        return CopiedQuestion({**copied, "ways": [copy.document for copy in copies]}, notes)

    def check_copy(self, question: EitherQuestion, copied: EitherQuestion) -> Iterator[Finding]:
        for way, mine in zip(question.ways, copied.ways, strict=True):
            if kind_of(way) is kind_of(mine):
                yield from kind_of(way).check_copy(way, mine)

    def salted(self, question: EitherQuestion, salt: str) -> EitherQuestion:
        return replace(question, ways=tuple(kind_of(way).salted(way, salt) for way in question.ways))

    def with_little_work(self, question: EitherQuestion) -> EitherQuestion:
        return replace(question, ways=tuple(kind_of(way).with_little_work(way) for way in question.ways))

    def with_packages(self, question: EitherQuestion, packages: tuple[str, ...]) -> EitherQuestion:
        return replace(question, ways=tuple(kind_of(way).with_packages(way, packages) for way in question.ways))

    def python_of(self, question: EitherQuestion) -> Iterator[str]:
        for way in question.ways:
            yield from kind_of(way).python_of(way)


@dataclass(frozen=True)
class _Attempt:
    """What came of an answer taken in one of the ways; `refusal` has the problems where it cannot be used."""

    way: Question
    number: int
    result: QuestionResult
    refusal: tuple[Problem, ...] = ()

    def worth(self) -> tuple[Fraction, Fraction]:
        """The points that it may still earn, then those that it has: what waits or is held is no zero yet."""
        return self.result.points + self.result.pending_points, self.result.points

    def only_waits(self, opened: OpenSubmission) -> bool:
        """Whether nothing was handed in for this way, and it is pending because only the course can check it."""
        return self.result.status == "pending" and not kind_of(self.way).resembles(self.way, opened)

    def distance(self, opened: OpenSubmission) -> tuple[bool, int]:
        """How far a refused answer is from this way: whether it has another form, then the number of its problems."""
        return not kind_of(self.way).resembles(self.way, opened), len(self.refusal or self.result.messages)

    def name(self, question: EitherQuestion) -> str:
        """`way 2 of 3 (weights)`."""
        return f"way {self.number} of {len(question.ways)} ({self.way.kind.name})"


def _tried(way: Question, number: int, opened: OpenSubmission) -> _Attempt | None:
    """The answer taken in one way; None where nothing was handed in for it. A fault of ours holds this way alone."""
    try:
        result = kind_of(way).score(way, opened)
    except SubmissionError as error:
        return _Attempt(way, number, _shown(rejected(way, error), way, opened), error.problems)
    except Exception as error:  # as in grading: whatever else goes wrong is our fault
        return _Attempt(way, number, _shown(held(way, reason_of(error)), way, opened))
    return None if result is None else _Attempt(way, number, _shown(result, way, opened))


def _shown(result: QuestionResult, way: Question, opened: OpenSubmission) -> QuestionResult:
    """The result with what a page shows of it, where that is asked for."""
    return with_page(result, way, opened) if opened.details.page else result


def _said_of_ways(
    question: EitherQuestion, chosen: _Attempt, tried: list[_Attempt], opened: OpenSubmission
) -> Iterator[str]:
    """Which way counted, and what came of the others that were handed in."""
    if chosen.result.status == "rejected":
        if len({attempt.result.messages for attempt in tried}) == 1 < len(tried):
            return  # what is wrong has nothing to do with the ways
        yield f"no way can be used; this is the nearest: {chosen.name(question)}"
        return
    yield f"{chosen.name(question)} counted"
    if chosen.result.points == question.points:
        return
    for other in tried:
        if other is not chosen and other.result.status != "rejected":
            yield f"{other.name(question)} earned {points_in_words(other.result.points)}"
        elif other is not chosen and kind_of(other.way).resembles(other.way, opened):
            yield f"{other.name(question)} cannot be used: {other.result.messages[0]}"


KIND = EitherKind()
