"""The sandbox as a whole: finds its tier once, keeps its zygote, opens sessions."""

from __future__ import annotations

import itertools
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any

from grader.errors import HarnessError

from .installation import HASH_SEED, installation
from .limits import DEFAULT_LIMITS, Limits
from .loading import Loading
from .process import Log, Process
from .program import StudentProgram
from .session import Session
from .single import SpawnedChild, settings
from .tiers import TIERS, Mechanism, Requirement, Tier, TierName, best, check, mechanism
from .zygote import Zygote, ZygoteGoneError, ZygoteKilledError, bubblewrap_command

# Users that children become where the grader is root: above those of people and services, below `nobody`.
FIRST_USER, USERS = 61_000, 4_000


FILTERED_TIERS: tuple[TierName, ...] = ("A", "B", "C")
"""The tiers that have a filter of system calls."""


class Sandbox:
    """Use as a context manager. Nothing starts before `open` or `tier`; what cannot be held is refused there."""

    hash_seed = HASH_SEED

    def __init__(
        self,
        require: Requirement = "strict",
        *,
        packages: tuple[str, ...] = ("numpy",),
        highest: TierName = "A",
    ) -> None:
        """`packages`: what submissions may import besides the standard library; `highest`: the best tier to try."""
        self.require: Requirement = require
        self._packages = packages
        self._highest: TierName = highest
        self._lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self._owner = os.getpid()
        self._zygote: Zygote | None = None
        self._found: Tier | None = None
        self._users: Iterator[int] | None = None

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the zygote, and with it every child."""
        if self._zygote is not None:
            self._zygote.close() if self._owner == os.getpid() else self._zygote.forget()
        self._forget()

    @property
    def tier(self) -> Tier:
        """HarnessError names what is missing, and the fix, where the tier is less than what was required."""
        with self._lock:
            if self._owner != os.getpid():  # forked: the zygote is the other process's
                if self._zygote is not None:
                    self._zygote.forget()
                self._forget()
            if self._found is None:
                self._found = self._start()
            return self._found

    def open(self, program: StudentProgram | Loading, limits: Limits = DEFAULT_LIMITS, seed: int = 0) -> Session:
        """A session with `program` loaded in a child of its own (see `Session.load` for how that went).

        Sessions with the same `Loading` leave out the same statements of it.
        """
        tier = self.tier
        filtered = tier.name in FILTERED_TIERS
        return Session(lambda log: self._spawn(tier, limits, log), program, limits, seed, can_kill_itself=not filtered)

    # -------------------------------------------------------------- starting
    def _start(self) -> Tier:
        self._installation = installation(self._packages)
        if self.require == "off":
            tier = TIERS["off"] if sys.platform == "linux" else TIERS["D"]
            if tier.name == "off":
                self._zygote = self._started(wrapped=False)
            return tier
        tier, mechanisms = self._strongest()
        try:
            check(tier, self.require, mechanisms)
        except HarnessError:
            self.close()
            raise
        return tier

    def _strongest(self) -> tuple[Tier, Sequence[Mechanism]]:
        """Try from the top: inside bubblewrap, without it, without a zygote."""
        mechanisms: list[Mechanism] = []
        for wrapped in (True, False):
            if sys.platform != "linux" or self._highest == "D":
                break
            if wrapped and (self._highest != "A" or not bubblewrap_command(self._installation)):
                continue
            try:
                zygote = self._started(wrapped=wrapped, probe=True)
            except HarnessError as error:
                if wrapped and not isinstance(error, ZygoteKilledError):
                    continue  # bubblewrap is installed, and may not make namespaces here
                raise
            mechanisms = [mechanism(name, *seen) for name, seen in zygote.probes.items()]
            mechanisms += [mechanism("bubblewrap", True, "")] if wrapped else []
            tier = best(mechanisms, self._highest)
            if tier.name != "D" and (tier.name == "A" or not wrapped):
                if zygote.probes["private_user"][0]:
                    start = os.getpid() * 64  # so that two graders on one machine share none
                    self._users = (FIRST_USER + (start + turn) % USERS for turn in itertools.count())
                    zygote.users = self._users
                self._zygote = zygote
                return tier, mechanisms
            zygote.close()
        return TIERS["D"], mechanisms

    # -------------------------------------------------------------- children
    def _spawn(self, tier: Tier, limits: Limits, log: Log) -> Process:
        policy: dict[str, Any] = {
            "memory": limits.memory,
            "cpu_seconds": limits.cpu_seconds,
            "file_bytes": limits.file_bytes,
            "open_files": limits.open_files,
            "threads": limits.threads,
            "seccomp": tier.name in FILTERED_TIERS,
            "landlock": tier.name in ("A", "B"),
        }
        if tier.name == "D":
            process = Process(SpawnedChild(self._installation), limits, log)
            process.send_settings(settings(self._installation, policy))
            return process
        for _attempt in range(2):
            zygote = self._zygote
            assert zygote is not None  # since it has a tier above D
            try:
                return Process(zygote.fork(policy), limits, log)
            except ZygoteGoneError:
                self._replace(zygote)
        raise HarnessError("the sandbox's process ended twice by itself; nothing was scored")

    def _replace(self, gone: Zygote) -> None:
        with self._lock:
            if self._zygote is gone:
                gone.close()
                self._zygote = self._another()

    def _another(self) -> Zygote:
        wrapped = self._found is not None and self._found.name == "A"
        return self._started(wrapped=wrapped)

    def _started(self, *, wrapped: bool, probe: bool = False) -> Zygote:
        """A zygote; one that is killed while it starts is started once more, never in a weaker sandbox.

        Raises:
            HarnessError: if it does not start; a `ZygoteKilledError` if it was killed twice.
        """
        try:
            return Zygote(self._installation, bubblewrap=wrapped, probe=probe, users=self._users)
        except ZygoteKilledError:
            return Zygote(self._installation, bubblewrap=wrapped, probe=probe, users=self._users)
