"""Verdicts that several submissions of a run share: of two answers that are the same, one is judged.

The rule: a verdict is shared where it rests on nothing of a submission but the answer itself (`rests_on_answer_alone`),
the answer is the same down to its places, and judging it left nothing behind but its marks. What rests on students'
code is never shared, and neither is what is held. What a page shows of an answer is shared as far as judging it has
found that out; the lines of the file, and what else a page adds to any result, are each submission's own (`with_page`).
Where pages are written, a question with several ways to answer is judged each time, since its way adds such lines.
"""

from __future__ import annotations

import pickle
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import field
from typing import NamedTuple

from grader.classroom.verdicts import EarlierVerdicts, KeptVerdict
from grader.deferred import dataclass, replace
from grader.grading import KnownVerdict
from grader.kinds.effects import Effects, effects_so_far
from grader.kinds.fingerprint import SpecFingerprints
from grader.kinds.memo import BoundedMemo
from grader.kinds.open_submission import OpenSubmission, Resources
from grader.kinds.page import with_page
from grader.kinds.table import ways_of
from grader.spec.question import Question
from grader.verdict import QuestionResult

MAX_SHARED_VERDICTS = 4_000
MAX_SHARED_CHARACTERS = 16 << 20
"""Of the verdicts that one process keeps, as they stand in reports, and of what pages show of them."""

MAX_LEARNED_VERDICTS = 64
"""That wait to be told to other processes, where there may be none."""

TELLING_S = 0.0001
"""Processor time within which the parent of a run can tell a worker of a verdict; nothing of a report depends on it."""

MIN_TOLD_JUDGING_S = 0.003
"""Processor time of judging from which on a verdict is told: packing it, passing it on and taking it costs a tenth of
that, and of the verdicts that are told one in twenty is asked for; nearly all that telling spares lies above."""


def is_worth_telling(judging_s: float, workers: int) -> bool:
    """Whether a verdict is told to all workers of a run, by the processor time that judging it took.

    The rule: so many workers find out so many verdicts while one is judged, and the parent tells each of them to each
    worker. That it is not kept busy with this, judging takes longer than telling by the square of their number, and
    however few they are so long that the verdicts which nobody else asks for do not cost more than the others spare.
    """
    return judging_s > max(MIN_TOLD_JUDGING_S, TELLING_S * workers**2)


class SharedVerdict(NamedTuple):
    """The verdict on an answer as processes tell it each other: packed, as most are passed on and few are asked for.

    `key` is that of the answer, `judging_s` the processor time that judging it took.
    """

    key: str
    characters: int
    judging_s: float
    data: bytes

    def unpacked(self) -> JudgedQuestion:
        """The verdict itself."""
        judged: JudgedQuestion = pickle.loads(self.data)  # noqa: S301  # of a process of this run
        return judged


@dataclass(frozen=True)
class JudgedQuestion:
    """A question as it was judged, and how it stands in a report, under the key of the answer.

    `kept` is what is kept of it, which is the same for all in whose submissions the answer was found with the same
    `effects`; None where it rests on more than the answer.
    """

    key: str
    result: QuestionResult
    text: str
    kept: KeptVerdict | None = None
    effects: Effects = field(default_factory=Effects)

    @property
    def characters(self) -> int:
        """How much of it there is, with what a page shows of it, written out."""
        kept = len(self.kept.texts.facts) + len(self.kept.page.data) if self.kept is not None else 0
        return len(self.text) + kept + (len(repr(self.result.page)) if self.result.page is not None else 0)

    def packed(self, judging_s: float) -> SharedVerdict:
        """The same for other processes.

        Raises:
            Exception: if it holds what cannot be pickled.
        """
        return SharedVerdict(self.key, self.characters, judging_s, pickle.dumps(self, pickle.HIGHEST_PROTOCOL))


class SharedVerdicts:
    """What this process knows of answers in a run; `learned` are those that other processes should know, too."""

    def __init__(self) -> None:
        self._memo = BoundedMemo[JudgedQuestion | SharedVerdict](MAX_SHARED_VERDICTS, MAX_SHARED_CHARACTERS)
        self._learned: list[tuple[JudgedQuestion, float]] = []

    def get(self, key: str) -> JudgedQuestion | None:
        """The verdict on an answer that was judged before."""
        found = self._memo.get(key)
        if isinstance(found, SharedVerdict):
            judged = found.unpacked()
            self._memo.keep(key, judged, found.characters)
            return judged
        return found

    def keep(self, judged: JudgedQuestion, judging_s: float) -> None:
        """Keeps a verdict that was judged here, in so much processor time."""
        self._memo.keep(judged.key, judged, judged.characters)
        if is_worth_telling(judging_s, workers=2) and len(self._learned) < MAX_LEARNED_VERDICTS:
            self._learned.append((judged, judging_s))

    def take(self, verdicts: Iterable[SharedVerdict]) -> None:
        """Keeps verdicts that other processes have told of."""
        for verdict in verdicts:
            if self._memo.get(verdict.key) is None:
                self._memo.keep(verdict.key, verdict, verdict.characters)

    def learned(self) -> tuple[SharedVerdict, ...]:
        """Those that were judged here since this was asked last, and are worth telling."""
        found, self._learned = self._learned, []
        return tuple(_packed(found))

    def close(self) -> None:
        """Forgets everything."""
        self._memo.close()


def _packed(found: Iterable[tuple[JudgedQuestion, float]]) -> Iterator[SharedVerdict]:
    """Those that can be packed: of the others each process judges the answer itself."""
    for judged, judging_s in found:
        with suppress(Exception):
            yield judged.packed(judging_s)


def shared_verdicts(run: Resources) -> SharedVerdicts:
    """Those of a run in this process."""
    return run.resource("shared verdicts", SharedVerdicts)


@dataclass(frozen=True)
class _Judging:
    """A question that is judged: the key of its answer, what was read for that, and when it began.

    `is_kept_alike`: what is kept of it is the same for all who answer so, since nothing stands under the name of the
    question that the answer has not in it, and no page is made, for which the lines of the file are kept.
    """

    key: str
    effects: Effects
    began: float
    is_kept_alike: bool


class SubmissionVerdicts:
    """What is known of one submission's questions: from an earlier run, or from another submission of this one."""

    def __init__(self, earlier: EarlierVerdicts, shared: SharedVerdicts, specs: SpecFingerprints) -> None:
        self.earlier = earlier
        self._shared = shared
        self._specs = specs
        self._judging: dict[str, _Judging] = {}
        self._judged: dict[str, tuple[_Judging, float]] = {}
        self._found: dict[str, JudgedQuestion] = {}

    def known_unread(self, question: Question, opened: OpenSubmission) -> KnownVerdict | None:
        return self.earlier.known_unread(question, opened)

    def known(self, question: Question, opened: OpenSubmission, before: Effects) -> KnownVerdict | None:
        if (known := self.earlier.known(question, opened)) is not None:
            return known
        key, traits, page = self.earlier.key_of(question.id), self._specs.traits(question), opened.details.page
        if not key or not traits.rests_on_answer_alone or (page and len(ways_of(question)) > 1):
            return None
        read = effects_so_far(opened).since(before)  # the key has the answer in it, so that all of it was read
        key = f"{self._specs.shared} {'page' if page else ''} {key}"
        if (found := self._shared.get(key)) is None:
            is_kept_alike = question.id in traits.way_names and not page
            self._judging[question.id] = _Judging(key, read, time.thread_time(), is_kept_alike)
            return None
        self._found[question.id] = found
        result = with_page(found.result, question, opened) if page else found.result
        if found.kept is not None and found.effects == read:
            self.earlier.shared(question, found.kept)
        else:
            self.earlier.graded(question, result, read)
        return KnownVerdict(result, Effects())

    def graded(self, question: Question, result: QuestionResult | None, effects: Effects) -> None:
        judging = self._judging.pop(question.id, None)
        if judging is not None and result is not None and result.status != "held" and effects == judging.effects:
            self._judged[question.id] = judging, time.thread_time() - judging.began
        self.earlier.graded(question, result, effects)

    def text_of(self, result: QuestionResult) -> str | None:
        """How a question stands in a report, where that is known."""
        found = self._found.get(result.id)
        return found.text if found is not None else self.earlier.text_of(result)

    def kept(self, result: QuestionResult, text: str) -> KeptVerdict:
        """The verdict of a question that is in the report as `text`, for later submissions and runs."""
        judging, judging_s = self._judged.get(result.id, (None, 0.0))
        kept = self.earlier.kept(result, text)
        if judging is not None and result.status != "held":  # what cannot be written is held
            page = replace(result.page, prompt="", handed_in=()) if result.page is not None else None
            alike = kept if judging.is_kept_alike else None
            judged = JudgedQuestion(judging.key, replace(result, page=page), text, alike, judging.effects)
            self._shared.keep(judged, judging_s)
        return kept
