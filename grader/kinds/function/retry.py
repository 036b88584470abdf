"""Which calls are still worth making after one was lost: those that can decide a line which is not lost with it."""

from __future__ import annotations

from collections.abc import Sequence

from grader.kinds.function.groups import Group


class RetryUndecided:
    """A `Rest` for the batch of some groups (their cases in the order of asking, group after group).

    A call that gave no answer fails every line that is about it, so only the cases of other lines are asked for, and
    the same call is not made a second time.
    """

    def __init__(self, groups: Sequence[Group]) -> None:
        self._cases = [(group, case) for group in groups for case in group.order]
        self._lost: set[int] = set()

    def __call__(self, lost: int, left: Sequence[int]) -> list[int]:
        group, case = self._cases[lost]
        self._lost |= group.lines_lost_without_answer[case]
        again = {call for call in left if self._cases[call] == (group, case)}
        return [call for call in left if call not in again and not self._lines_decided_by(call) <= self._lost]

    def _lines_decided_by(self, call: int) -> frozenset[int]:
        group, case = self._cases[call]
        return group.lines_by_case[case]


def retry_none(_lost: int, _left: Sequence[int]) -> tuple[int, ...]:
    """For the calls of a single line, which has failed."""
    return ()
