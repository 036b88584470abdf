"""Questions without an answer: missing, or rejected where something that nothing reads may be the answer."""

from __future__ import annotations

from collections.abc import Iterator

from grader.answers.submission import Submission
from grader.answers.unread import MAX_UNREAD_LISTED, Unread, WantedFile
from grader.documents import shortened
from grader.errors import Problem, listed_first
from grader.kinds.blanks import not_of_blank
from grader.kinds.kind import kind_of
from grader.kinds.table import ways_of
from grader.kinds.unjudged import unjudged
from grader.spec.assignment import Assignment
from grader.spec.question import Question
from grader.verdict import QuestionResult

MAX_LISTED_FOR_QUESTION = 5
"""Of what may be the answer to one question and is not read; the report as a whole lists more."""


class WithoutAnswer:
    """What is left of a submission when every question was tried."""

    def __init__(self, submission: Submission, assignment: Assignment) -> None:
        ways = {way.id: way for question in assignment.questions for way in (*ways_of(question), question)}
        tried = {name: kind_of(way).wanted(way) for name, way in ways.items()}
        every = {name: tried.get(name) or WantedFile() for name in assignment.names_of_answers}
        self._wanted = tried
        self._submission = submission
        self._nothing_read = submission.nothing_read()
        self._unread = submission.unread(every, tried)

    def result(self, question: Question) -> QuestionResult:
        """No answer; whatever may be one, but is not read, is named, and the question is rejected."""
        names, alone = {question.id, *(way.id for way in ways_of(question))}, self._nothing_read is not None
        may_be = [u for u in self._unread if any(u.may_answer(name, self._wanted[name], alone) for name in names)]
        may_be += self._commented_out(question)
        if not may_be:
            return unjudged(question, "missing", "failed", ["no answer was handed in"])
        messages = [str(unread) for unread in may_be[:MAX_LISTED_FOR_QUESTION]]
        if more := sum(unread.more or 1 for unread in may_be[MAX_LISTED_FOR_QUESTION:]):
            messages.append(f"and {more} more that are not read")
        return unjudged(question, "rejected", "failed", messages)

    def _commented_out(self, question: Question) -> Iterator[Unread]:
        """Comments in the place of an answer; `grader new submission` writes some, which are none."""
        for name in dict.fromkeys(way.id for way in (question, *ways_of(question))):
            for comment in not_of_blank(question, self._submission.commented_out(name)):
                message = f"{shortened(comment.text)!r} is a comment, since # begins one in YAML"
                yield Unread(Problem(f"{message}: take the # away, or put the answer in quotes", comment.place), name)

    def messages(self) -> Iterator[str]:
        """What is said of the submission as a whole: files that hold no answers are named in one sentence."""
        if self._nothing_read is not None:
            yield str(self._nothing_read)
            return
        named = [unread for unread in self._unread if not unread.in_passing and not unread.quiet]
        yield from (str(unread) for unread in named[:MAX_UNREAD_LISTED] if not unread.more)
        if more := sum(unread.more or 1 for unread in named[MAX_UNREAD_LISTED:]):
            yield f"and {more} more keys or files belong to no question"
        others = [unread.file for unread in self._unread if unread.in_passing]
        if others:
            yield f"not read, since no answer is looked for there: {listed_first(others, MAX_UNREAD_LISTED)}"
