"""The smallest failing case that Hypothesis comes to, and the searches that are not made twice.

A class makes the same mistakes over and over, and a search takes much longer than the calls that are made in it. What
it comes to rests on what these calls give and on nothing else, so it is remembered with them: where another submission
gives the same at each of these calls, one after the other and no others, a search for it would take the same course.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.hypothesis_corpus import SearchOverError, smallest
from grader.inputs.drawn_values import Case
from grader.kinds.function.case_answers import CaseAnswer
from grader.kinds.function.groups import repr_of
from grader.kinds.function.line_plan import LinePlan
from grader.kinds.function.mismatch import Mismatch, SearchTrace

MAX_SHRINKING_CALLS = 400
"""Inputs that may be asked about to make one failure smaller."""

MAX_CANDIDATES = 2_000
"""Inputs that may be looked at for it, those among them whose answer is known already."""

MAX_SHRUNK_CASE_BYTES = 1 << 20
"""Bytes of answers that may be looked at on the way: long answers get fewer tries."""


@dataclass(frozen=True)
class TriedCall:
    """A case that was called: what is wrong with the answer (None: nothing), the bytes that it takes, and itself."""

    case: Case
    wrong: Mismatch | None
    answer_bytes: int
    answer: CaseAnswer

    @property
    def timed_out(self) -> bool:
        """Whether it gave no answer; such a call may take seconds."""
        return self.wrong is not None and self.wrong.rank > 0

    @property
    def outcome(self) -> tuple[bool, bool, int]:
        """All of it that a search rests on."""
        return self.wrong is None, self.timed_out, self.answer_bytes


def smallest_failure(
    line: LinePlan, failing: Sequence[tuple[int, Mismatch]], tried: Callable[[Case], TriedCall], *, only_failing: bool
) -> tuple[Case, Mismatch | None] | None:
    """The smallest failing case that Hypothesis comes to from those of a line (by number), and how it fails, if known.

    `tried` makes a call; `only_failing`: of the other cases of the group it is not known that they are right.
    """
    group = line.group
    search = _Search(tried, {} if only_failing else dict.fromkeys(group.keys))
    search.known.update((group.keys[i], wrong) for i, wrong in failing)
    begins_with = (only_failing, *(i for i, _ in failing))
    before = line.searches.get(begins_with)
    if before is not None and search.follows(before):
        found = before.found
    else:
        found = smallest(group.strategy, search.fails, group.count, group.question.seed)
        if not any(call.timed_out for call in search.calls):
            calls = tuple((call.case, call.outcome) for call in search.calls)
            line.searches.keep(begins_with, SearchTrace(calls, found), 1 + len(calls))
    return None if found is None else (found, search.known[repr_of(found)])


class _Search:
    """What Hypothesis asks. `known`: what is wrong with cases, by their keys; `calls` were made, in their order."""

    def __init__(self, tried: Callable[[Case], TriedCall], known: dict[str, Mismatch | None]) -> None:
        self.known = known
        self.calls: list[TriedCall] = []
        self._tried = tried
        self._ahead: dict[str, TriedCall | Exception] = {}
        self._calls_left, self._looks_left = MAX_SHRINKING_CALLS, MAX_CANDIDATES
        self._bytes_left = MAX_SHRUNK_CASE_BYTES

    def follows(self, trace: SearchTrace) -> bool:
        """Makes the calls of a search until one gives something else; what was called by then is not called again."""
        known = {}
        for case, outcome in trace.calls:
            key = repr_of(case)
            try:
                call = self._ahead[key] = self._tried(case)
            except Exception as error:  # what Hypothesis would make of it, it makes of it
                self._ahead[key] = error
                return False
            if call.outcome != outcome:
                return False
            known[key] = call.wrong
        self.known |= known
        return True

    def fails(self, candidate: Case) -> bool:
        """Whether a case fails.

        Raises:
            SearchOverError: if too many were asked for.
        """
        self._looks_left -= 1
        key = repr_of(candidate)
        if self._looks_left < 0 or (key not in self.known and (not self._calls_left or self._bytes_left <= 0)):
            raise SearchOverError
        if key not in self.known:
            call = self._ahead.pop(key, None) or self._tried(candidate)
            if isinstance(call, Exception):
                raise call
            self.calls.append(call)
            self._bytes_left -= call.answer_bytes
            self._calls_left = 0 if call.timed_out else self._calls_left - 1
            self.known[key] = None if call.timed_out else call.wrong
        return self.known[key] is not None
