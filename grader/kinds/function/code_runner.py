"""Where students' code runs: one sandbox for a whole run of the grader, one runner a submission."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from grader.answers.code import Code
from grader.kinds.open_submission import Resources
from grader.sandbox import (
    Batch,
    FunctionCall,
    Limits,
    Load,
    Loading,
    Observation,
    Reply,
    Requirement,
    RetryPolicy,
    Sandbox,
    Session,
    Skipped,
    StudentProgram,
    retry_all,
)
from grader.spec.packages import DEFAULT_PACKAGES

SESSION_TIMEOUT_S = 5.0
"""What one round of calls may take before the rest of it is given up; the next round starts with a fresh child."""

LOADING_TIMEOUT_S = 5.0
"""What loading the code may take; one statement of it may take half of that."""

CHILD_SEED = 0
"""What `random` and `numpy.random` start from in every child."""

MAX_MORE_SESSIONS = 6
"""Sessions that a submission may use up besides one for each question."""


MAX_TIMEOUTS = 5
"""Timeouts, in full limits of a call, after which the calls of a submission get reduced limits."""

REDUCED_FACTOR = 1 / 4
"""The reduced limits of a call, as a part of the usual ones."""


class CodeRunner:
    """A submission's code, ready to be called; where one round used up its time, the next gets a fresh child.

    A class has many who loop: after `MAX_TIMEOUTS` timeouts of a submission its calls get reduced limits, so that
    eleven functions that never return do not take a minute, and those that do return are still called.
    """

    def __init__(self, open_session: Callable[[bool], Session]) -> None:
        """`open_session` takes whether calls get the reduced limits."""
        self._open = open_session
        self._session = open_session(False)
        self._timed_out_seconds = 0.0
        self._reduced_limits = False
        self._more = MAX_MORE_SESSIONS
        self._knows_secrets = False
        self._questions = 0
        self._fresh = False
        self._settled = True
        self._coming: Iterator[tuple[Batch, list[Reply]]] = iter(())
        self._ahead: dict[Batch, list[Reply]] = {}

    @property
    def load(self) -> Load:
        """How loading went."""
        return self._session.load

    def begin(self) -> None:
        """Starts the next question: what earlier questions did or used up costs it neither marks nor time.

        Its calls run in a child of its own. Only prefetched replies came from a child that several questions share; if
        that child did what no honest one does, they are dropped, and each question is asked alone.
        """
        self._questions += 1
        self._fresh = self._questions > 1
        if self._fresh and self._session.irregular:
            self._drop_ahead()
        if self._session.spent > self._session.limits.run_seconds / 2 or self._session.used_up:
            self._renew()

    def prefetch(self, batches: Sequence[Batch], whole: Batch, retry: RetryPolicy = retry_all) -> None:
        """Makes the calls of several batches in one go (`whole` holds them all); `call` waits for those of one."""
        pieces = self._session.stream(whole, [len(batch) for batch in batches], retry)
        self._coming = zip(batches, pieces, strict=True)
        self._settled = False

    def another_round(self) -> bool:
        """Whether calls that there was no time for can still be made."""
        return not self._session.used_up or self._more > 0

    def call(
        self,
        calls: Sequence[FunctionCall] | Batch,
        *,
        fresh: bool = False,
        secret: bool = False,
        retry: RetryPolicy = retry_all,
    ) -> list[Reply]:
        """One reply a call, in order; `secret` calls run in a child of their own, which no other call can learn from.

        `retry`: which calls are made after one that gave no answer.
        """
        if (replies := self._prefetched(calls)) is not None:
            return replies
        if self._session.used_up and self._more > 0:
            self._more -= 1
            self._renew()
        if self._knows_secrets is not secret:
            fresh, self._knows_secrets = True, secret
        fresh, self._fresh = fresh or self._fresh, False
        return self._session.call(calls, fresh=fresh, retry=retry)

    def observe(self, batch: Batch) -> list[Observation]:
        """What calls do to their arguments, in a child of its own; nothing of calls after one without an answer."""
        return self._session.observe(batch)

    def _prefetched(self, calls: Sequence[FunctionCall] | Batch) -> list[Reply] | None:
        """The prefetched replies to a batch; None where there are none, or time was up before its first call."""
        try:
            if self._questions > 1 and not self._settled:
                self._settle()
            for batch, replies in self._coming:
                self._ahead[batch] = replies
                if batch is calls:
                    break
        except Exception:  # ours, whatever it is: it holds no other question than the one that it comes to again
            self._drop_ahead()
        replies = self._ahead.pop(calls, []) if isinstance(calls, Batch) else []
        return None if all(isinstance(reply, Skipped) for reply in replies) else replies

    def _settle(self) -> None:
        """Waits for all prefetched replies: only their end may show that the first question wrote to the channel."""
        self._settled = True
        self._ahead.update(self._coming)
        if self._session.irregular or not self._session.at_rest():
            self._drop_ahead()

    def _drop_ahead(self) -> None:
        """Drops the prefetched replies; the next call gets a fresh child, as this one may be in the middle of one."""
        self._coming, self._settled = iter(()), True
        self._ahead.clear()
        self._fresh = True

    def _renew(self) -> None:
        if not self._reduced_limits:
            self._timed_out_seconds += self._session.timed_out_seconds
            self._reduced_limits = self._timed_out_seconds >= MAX_TIMEOUTS * self._session.limits.call_seconds
        self._session.close()
        self._session = self._open(self._reduced_limits)

    def close(self) -> None:
        """Ends the child."""
        self._session.close()


class RunnerPool:
    """A sandbox with what the grader asks of it; nothing starts before code has to run."""

    def __init__(self, require: Requirement, packages: tuple[str, ...] = DEFAULT_PACKAGES) -> None:
        self._sandbox = Sandbox(require, packages=tuple(map(str, packages)))

    def close(self) -> None:
        """Ends every process of the sandbox."""
        self._sandbox.close()

    @property
    def tier(self) -> str:
        """The sandbox's tier in words and the seeds that code ran with, for reports."""
        tier = self._sandbox.tier
        return f"{tier.name}: {tier.holds}; random seeds {CHILD_SEED}, PYTHONHASHSEED {self._sandbox.hash_seed}"

    def open(self, code: Code, call_seconds: float, round_seconds: float | None = None) -> CodeRunner:
        """A submission's code, loaded in a child of its own; `round_seconds` (None: the usual) for a round of calls.

        Raises:
            HarnessError: if this machine offers no sandbox that is good enough; it says what is missing.
        """
        modules = {module.path: module.source for module in code.modules.files if not module.problem}
        refused = {module.path: module.problem for module in code.modules.files if module.problem}
        loading = Loading(StudentProgram(code.source, code.name, code.kind, modules, refused))
        limits = Limits(
            call_seconds=call_seconds,
            load_seconds=LOADING_TIMEOUT_S,
            run_seconds=max(SESSION_TIMEOUT_S if round_seconds is None else round_seconds, 2.5 * call_seconds),
        )
        note = f" after others have taken {MAX_TIMEOUTS * call_seconds:g} s in vain"
        reduced = replace(limits, call_seconds=REDUCED_FACTOR * call_seconds, call_note=note)
        return CodeRunner(
            lambda reduced_limits: self._sandbox.open(loading, reduced if reduced_limits else limits, CHILD_SEED)
        )


def runner_pool(run: Resources, require: Requirement, packages: tuple[str, ...] = DEFAULT_PACKAGES) -> RunnerPool:
    """The runner pool of a run of the grader, which ends with it: one for all that may import the same packages."""
    name = f"runners in a sandbox: {require} with {', '.join(packages)}"
    return run.resource(name, lambda: RunnerPool(require, packages))
