"""Grouping that goes on beside the desk: hundreds of answers take longer than a reader wants to wait for a page."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Thread

from grader.console import say
from grader.errors import reason_of
from grader.review.grouping import GroupedAnswers, grouped, identical


class GroupingJob:
    """Groups answers in a thread of its own, which ends with the process. `known` tells which answers these are.

    `asked` has for each what its student was asked ("": the same as all).
    """

    def __init__(self, known: Sequence[str], texts: Sequence[str | None], asked: Sequence[str] = ()) -> None:
        self.known = known
        self._texts = texts
        self._asked = asked
        self._found: GroupedAnswers | None = None
        self._identical: GroupedAnswers | None = None
        self._thread = Thread(target=self._group, daemon=True)
        self._thread.start()

    def _group(self) -> None:
        try:
            self._found = grouped(self._texts, self._asked)
        except Exception as error:  # what is similar helps a reader, who can read without it
            say(f"similar answers cannot be shown: {reason_of(error)}")

    def result(self, patience_seconds: float | None) -> GroupedAnswers:
        """The groups; after so long (None: however long it takes) those of identical answers alone."""
        self._thread.join(patience_seconds)
        if self._found is not None:
            return self._found
        if self._identical is None:
            self._identical = identical(self._texts, self._asked)
        return self._identical

    @property
    def is_done(self) -> bool:
        """Whether no more is looked for."""
        return not self._thread.is_alive()
