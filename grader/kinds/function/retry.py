"""Which calls are made after one gave no answer: those of lines that this one has not decided."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from grader.kinds.function.groups import Group


class RetryUndecided:
    """A `RetryPolicy` for a batch that holds the cases of some groups, group after group, in the order of asking.

    A call that gave no answer fails every line that is about it, so only the cases of other lines are asked for, and
    the same call is not made a second time.
    """

    def __init__(self, groups: Sequence[Group]) -> None:
        self._groups = groups
        self._lost: set[int] = set()

    @cached_property
    def _cases(self) -> list[tuple[Group, int]]:
        return [(group, case) for group in self._groups for case in group.order]

    def __call__(self, failed: int, left: Sequence[int]) -> list[int]:
        group, case = self._cases[failed]
        self._lost |= group.lines_lost_without_answer[case]
        again = {call for call in left if self._cases[call] == (group, case)}
        return [call for call in left if call not in again and not self._lines_decided_by(call) <= self._lost]

    def _lines_decided_by(self, call: int) -> frozenset[int]:
        group, case = self._cases[call]
        return group.lines_by_case[case]


def retry_none(_failed: int, _left: Sequence[int]) -> tuple[int, ...]:
    """A `RetryPolicy` for the calls of a single line, which fails with the first that gives no answer."""
    return ()
