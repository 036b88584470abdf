"""A question of an assignment that was loaded before: what reports on a missing answer need is there at once.

All else is asked of the question itself, which is loaded when more than that is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from grader.answers.unread import WantedFile
from grader.deferred import dataclass
from grader.errors import SubmissionError
from grader.kinds.kind import AnswerPlace, kind_of
from grader.kinds.table import KINDS
from grader.spec.question import Question, RubricLine

if TYPE_CHECKING:
    from grader.kinds.open_submission import OpenSubmission
    from grader.verdict import QuestionResult


@dataclass(frozen=True)
class KeptQuestion:
    """What is known of a question without loading it; `ways` are those of one that has several ways to be answered.

    `file` is the file that it stands in, `content` what it says as JSON has it, `python` the Python that it names;
    `whole` is the question itself where that can be kept.
    """

    id: str
    title: str
    points: Fraction
    prompt: str
    rubric: tuple[RubricLine, ...]
    kind: str
    takes_code: bool
    rests_on_answer_alone: bool
    looks_in: frozenset[AnswerPlace] | None
    wanted: WantedFile
    ways: tuple[KeptQuestion, ...]
    file: str
    content: Any
    python: tuple[str, ...]
    whole: bytes | None


class StoredQuestion:
    """A question of an assignment from the cache: whatever is not kept of it is asked of the question itself."""

    def __init__(self, kept: KeptQuestion, load: Callable[[], Question]) -> None:
        """`load` gives the question itself."""
        self.kept = kept
        self.id, self.title, self.points, self.prompt = kept.id, kept.title, kept.points, kept.prompt
        self.rubric = kept.rubric
        self.kind = StoredKind(kept)
        self.ways = tuple(StoredQuestion(way, partial(self._way, number)) for number, way in enumerate(kept.ways)) or (
            self,
        )
        self._load = load

    @cached_property
    def whole(self) -> Question:
        """The question itself."""
        return self._load()

    def _way(self, number: int) -> Question:
        return kind_of(self.whole).ways(self.whole)[number]

    def __eq__(self, other: object) -> bool:
        """A question is equal to itself alone, and this one stands for it."""
        return self is other or self.__dict__.get("whole") is other

    __hash__ = object.__hash__

    @property  # type: ignore[misc]  # read only, so that `isinstance` takes it for what it stands for
    def __class__(self) -> type:
        return type(self.whole)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.whole, name)


def kept_of(question: Question) -> KeptQuestion | None:
    """What is kept of a question; None of one that was loaded as it is."""
    return question.kept if type(question) is StoredQuestion else None


def loaded(value: Any) -> Any:
    """The question itself of one that is kept; anything else as it is."""
    return value.whole if type(value) is StoredQuestion else value


class StoredKind:
    """The kind of such a question: it answers what is kept, and passes all else on with the question itself."""

    def __init__(self, kept: KeptQuestion) -> None:
        self.name = kept.kind
        self.takes_code = kept.takes_code
        self.rests_on_answer_alone = kept.rests_on_answer_alone
        self.looks_in = kept.looks_in

    def ways(self, question: StoredQuestion) -> tuple[StoredQuestion, ...]:
        return question.ways

    def wanted(self, question: StoredQuestion) -> WantedFile:
        return question.kept.wanted

    def score(self, question: StoredQuestion, opened: OpenSubmission) -> QuestionResult | None:
        with suppress(SubmissionError):  # the question itself raises it again
            if all(_has_nothing(way, opened) for way in question.ways):
                return None
        return kind_of(question.whole).score(question.whole, opened)

    def __getattr__(self, name: str) -> Any:
        found = getattr(KINDS[self.__dict__["name"]], name)
        return partial(_passed_on, found) if callable(found) else found


def _passed_on(method: Any, *arguments: Any, **named: Any) -> Any:
    return method(*map(loaded, arguments), **{name: loaded(value) for name, value in named.items()})


def _has_nothing(way: StoredQuestion, opened: OpenSubmission) -> bool:
    """Whether nothing was handed in for sure where answers of its kind are looked for."""
    places = way.kept.looks_in
    if places is None:
        return False
    if "files" in places and not opened.submission.holds_entries_alone:
        return False
    return "entry" not in places or opened.submission.answer(way.id) is None
