"""What one reader works through at the desk: groups of answers in an order that tells no names, and their marks.

Every change of a mark goes through `Desk.save`, which compares what the reader saw with what is kept now; nothing of
the marks is held here, so that what another reader, tab or editor writes is seen on the next page.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from itertools import count
from pathlib import Path
from threading import RLock

from grader.errors import SubmissionError, listed
from grader.kinds.written.marks import Mark
from grader.review.agreement import Agreement, TwiceRead, agreement, sampled
from grader.review.desk_answers import (
    DeskAnswer,
    DeskGroup,
    MissingAnswerError,
    QuestionAtDesk,
    SecondReading,
    seen_version,
)
from grader.review.drafts import DraftNotes
from grader.review.grouping import GroupedAnswers
from grader.review.grouping_job import GroupingJob
from grader.review.marks_store import MarkChange, MarkConflictError, mark_version
from grader.review.pending import ReadableAnswer, ReadQuestion, Review
from grader.spec.assignment import MARKS_FILE, OVERRIDES_FILE

MAX_UNDONE = 200
"""Changes that can be taken back, the last one first."""

KEY_DIGITS = 16
"""Of what stands for a submission in an address."""


class StaleMarkError(SubmissionError):
    """What the reader saw is not what is kept now; nothing was saved."""


class Desk:
    """The desk of one reader. Its methods may be called by several threads."""

    def __init__(
        self,
        open_review: Callable[[], Review],
        secret: bytes,
        reader: str = "",
        second: SecondReading | None = None,
        *,
        names: bool = False,
        patience_seconds: float | None = None,
    ) -> None:
        """`secret` makes keys of submissions that nobody can guess.

        A page waits so long for similar answers to be found (None: until they are).
        """
        self._open_review = open_review
        self._secret = secret
        self._lock = RLock()
        self._undo: list[tuple[MarkChange, ...]] = []
        self._grouping: dict[str, GroupingJob] = {}
        self._patience_seconds = patience_seconds
        self.reader = reader
        self.second = second
        self.names = names
        self.review = open_review()
        self._written = _when_written(self.review.assignment.path)
        self._drafts = DraftNotes(self.review.results, f"second {second.reader}" if second is not None else reader)

    def current_review(self) -> Review:
        """The review by the spec as it is now, which may be written on meanwhile; results are read again by itself.

        Raises:
            GraderError: if the spec cannot be used any more.
        """
        with self._lock:
            if (written := _when_written(self.review.assignment.path)) != self._written:
                self.review = self._open_review()
                self._written = written
            return self.review

    def key_of(self, submission: str) -> str:
        """What stands for a submission in addresses, in this run of the desk."""
        return hmac.new(self._secret, submission.encode("utf-8", "surrogatepass"), "sha256").hexdigest()[:KEY_DIGITS]

    def submission_of(self, key: str, names: Sequence[str]) -> str:
        """The submission that a key stands for. Raises `MissingAnswerError` if there is none."""
        for name in names:
            if hmac.compare_digest(self.key_of(name).encode(), key.encode()):
                return name
        raise MissingAnswerError("there is no such submission here any more: go back to the first page")

    # ------------------------------------------------------------- reading
    def answers(self, question: str) -> list[DeskAnswer]:
        """The answers to a question, in an order that does not tell whose they are."""
        read = sorted(self.review.answers(question), key=_place_of)
        if self.second is not None:
            names = sorted(answer.submission for answer in read)
            wanted = len(names) if self.second.count is None else self.second.count
            sample = frozenset(sampled(names, wanted, self.second.seed))
            read = [answer for answer in read if answer.submission in sample]
        return [self._at_desk(answer) for answer in read]

    def _at_desk(self, read: ReadableAnswer) -> DeskAnswer:
        key = self.key_of(read.submission)
        if self.second is None:
            first = read.mark if read.is_marked else None
            disputed = first is not None and any(_differ(first, other) for other in read.second_that_hold)
            return DeskAnswer(0, key, read, read.mark, read.state, disputed, read.flags)
        for own, (state, flags) in zip(read.second, read.second_standing, strict=True):
            if own.reader == self.second.reader:
                return DeskAnswer(0, key, read, own, state, disputed=False, flags=flags)
        return DeskAnswer(0, key, read, None, "pending", disputed=False)

    def question(self, name: str) -> QuestionAtDesk:
        """A question with all of its answers. Raises `SpecError` if there is none."""
        with self._lock:
            question = self.review.question(name)
            answers = self.answers(name)
            found = self._groups(name, answers)
            number = count(1)
            groups = [
                DeskGroup(i, tuple(replace(answers[place], number=next(number)) for place in group.members))
                for i, group in enumerate(found.groups)
            ]
            return QuestionAtDesk(question, tuple(groups), found.similar)

    def _groups(self, name: str, answers: Sequence[DeskAnswer]) -> GroupedAnswers:
        """Looked for once for the same answers, beside what else is done."""
        known = tuple(f"{answer.key} {answer.read.answer.fingerprint}" for answer in answers)
        job = self._grouping.get(name)
        if job is None or job.known != known:
            job = self._grouping[name] = GroupingJob(
                known,
                [answer.read.whole_text for answer in answers],
                [answer.read.answer.asked for answer in answers],
            )
        return job.result(self._patience_seconds)

    def is_grouping(self, name: str) -> bool:
        """Whether similar answers to a question are still looked for."""
        job = self._grouping.get(name)
        return job is not None and not job.is_done

    def notes(self, answers: Sequence[DeskAnswer]) -> list[str]:
        """Notes that were given to answers, those that were given most often first."""
        counts: dict[str, int] = {}
        for answer in answers:
            if answer.mark is not None and answer.mark.note:
                counts[answer.mark.note] = counts.get(answer.mark.note, 0) + 1
        return sorted(counts, key=lambda note: (-counts[note], note))

    def agreement(self, name: str) -> tuple[tuple[str, Agreement], ...]:
        """How far each second reader agrees with the marks that count, by reader; both of the answer as it is now."""
        question = self.review.question(name)
        read = self.review.answers(name)
        readers = sorted({mark.reader for answer in read for mark in answer.second})
        found = []
        for reader in readers:
            pairs = [
                TwiceRead(answer.submission, name, answer.mark, other)
                for answer in read
                for other in answer.second_that_hold
                if answer.mark is not None and answer.is_marked and other.reader == reader
            ]
            found.append((reader, agreement(question, pairs)))
        return tuple(found)

    def note_of(self, question: str, answer: DeskAnswer) -> str:
        """The note of the mark; of an answer that waits, what this reader has written so far."""
        if answer.mark is not None:
            return answer.mark.note
        return self._drafts.note(question, answer.read.submission)

    # ------------------------------------------------------------- writing
    def keep_note(self, question: str, answer: DeskAnswer, note: str) -> None:
        """Keeps a note on an answer that is not marked yet.

        Raises:
            HarnessError: if it cannot be written.
        """
        self._drafts.keep(question, answer.read.submission, note)

    def save(self, name: str, keys: Sequence[str], mark: Mark | None, seen: str) -> None:
        """Gives a mark to answers (None: takes theirs back), if all of them are as the reader saw them.

        Raises:
            StaleMarkError, MarkConflictError: if they are not; then nothing is saved. Where names are hidden, it is the
                one that names nobody.
        """
        with self._lock:
            at_desk = self.question(name)
            answers = [at_desk.found(key)[1] for key in keys]
            if seen_version(at_desk.question, answers) != seen:
                raise StaleMarkError("the answer, its rubric or its mark was changed since this page was opened")
            changes = [self._change(at_desk.question, answer, mark) for answer in answers]
            changes = [change for change, answer in zip(changes, answers, strict=True) if change.mark != answer.mark]
            if not changes:
                return
            self._keep(changes)
            before = {answer.read.submission: answer.mark for answer in answers}
            back = [replace(c, mark=before[c.submission], seen=mark_version(c.mark)) for c in changes]
            self._undo = [*self._undo, tuple(back)][-MAX_UNDONE:]
            for answer in answers:
                self._drafts.keep(name, answer.read.submission, "")

    def _keep(self, changes: Sequence[MarkChange]) -> None:
        try:
            self.review.store.save(changes)
        except MarkConflictError as error:
            if self.names:
                raise
            by = listed(dict.fromkeys(mark.reader for mark in error.now.values() if mark is not None and mark.reader))
            what = "these marks were" if len(error.now) > 1 else "this mark was"
            raise StaleMarkError(
                f"{what} changed since{f' (by {by})' if by else ''}, so that nothing was saved"
            ) from None

    def _change(self, question: ReadQuestion, answer: DeskAnswer, mark: Mark | None) -> MarkChange:
        if mark is not None:
            reader = self.second.reader if self.second is not None else self.reader
            mark = replace(mark, reader=reader, rubric=question.fingerprint, answer=answer.read.answer.fingerprint)
        second = self.second.reader if self.second is not None else ""
        return MarkChange(answer.read.submission, question.id, mark, mark_version(answer.mark), second)

    @property
    def undoable(self) -> int:
        """How many changes can be taken back."""
        return len(self._undo)

    def undo(self) -> tuple[str, str]:
        """Takes back the last change of this desk; gives back the question and the key of an answer it was of.

        Raises:
            SubmissionError: if there is none.
            StaleMarkError, MarkConflictError: if somebody has changed these marks since; then they stay as they are.
        """
        with self._lock:
            if not self._undo:
                raise SubmissionError("there is nothing to undo: this desk has changed no mark since it was started")
            back = self._undo.pop()  # also where it fails: what was changed since cannot be undone later either
            question = back[0].question
            self._keep(back)
            return question, self.key_of(back[0].submission)


def _when_written(spec: Path) -> tuple[tuple[str, int, int], ...]:
    """When the files of a spec were written last; marks and decisions lie beside them."""
    found = []
    for file in sorted(spec.glob("*.yaml")) if spec.is_dir() else [spec]:
        if file.name not in (MARKS_FILE, OVERRIDES_FILE):
            with suppress(OSError):
                status = file.stat()
                found.append((file.name, status.st_mtime_ns, status.st_size))
    return tuple(found)


def _place_of(answer: ReadableAnswer) -> str:
    """Where an answer stands at the desk: the same in each run, and not in the order of names."""
    return sha256(f"{answer.answer.fingerprint}\n{answer.submission}".encode("utf-8", "surrogatepass")).hexdigest()


def _differ(one: Mark, other: Mark) -> bool:
    return set(one.met) != set(other.met) or one.points != other.points
