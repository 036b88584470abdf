"""Every attack of the corpus, at every tier that holds it: its outcome and message, nothing leaked, left or changed."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from grader.sandbox import (
    FunctionCall,
    Limits,
    LoadedProgram,
    MissingFunction,
    Returned,
    Sandbox,
    Session,
    StudentProgram,
)

HANGS_AFTER_SECONDS = 120
"""Far above the limits that an attack runs under, on however busy a machine."""
HONEST = StudentProgram(b"def f():\n    return 7\n")
CALL = [FunctionCall("f")]
TRIED_TIERS = ("A", "B")
"""The weaker ones are tried in `test_attacks_on_weaker_tiers.py`, at the same time."""


def branches_and_leaves() -> tuple[int, int]:
    """How many processes this one has started, and how many ends the tree below it has.

    A zygote keeps one child ready, so each branch has one end; whatever an attack leaves behind is one more.
    """
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found, new = set(), {os.getpid()}
    while new:
        new = {pid for pid, parent in parents.items() if parent in new} - found
        found |= new
    return sum(parents[pid] == os.getpid() for pid in found), len(found - set(parents.values()))


def as_text(outcome: Any, *, loading: bool = False) -> str:
    """`Kind` and what is compared with an expectation."""
    kind = type(outcome).__name__
    return f"load {kind}" if loading else f"Returned {outcome.value}" if kind == "Returned" else kind


def matches(outcome: str, expected: str) -> bool:
    """Is it one of the alternatives? `Returned` alone stands for any value."""
    return any(outcome == one or (one == "Returned" and outcome.startswith("Returned ")) for one in expected.split("|"))


def judged(outcome: Any, expected: str, message: str, *, loading: bool = False) -> None:
    text = as_text(outcome, loading=loading)
    assert matches(text, expected), f"{text}: {outcome}"
    if message and not text.startswith("Returned"):
        assert re.search(message, str(outcome)), str(outcome)


def play(session: Session, attack: Any) -> list[Any]:
    """Load and call; every outcome in order, each as it should be."""
    if attack.expect.startswith("load ") and not isinstance(session.load, LoadedProgram):
        judged(session.load, attack.expect, attack.message, loading=True)
        return [session.load, *session.call(CALL)]
    if not isinstance(session.load, LoadedProgram):
        judged(session.load, attack.expect, attack.message)
        return [session.load]
    replies = session.call(CALL)
    if attack.expect == "load LoadLoss":
        judged(session.load.losses[0], attack.expect, attack.message, loading=True)
        assert isinstance(replies[0], Returned if "def f" in attack.source else MissingFunction), replies[0]
        return [*session.load.losses, *replies]
    judged(replies[0], attack.expect, attack.message)
    if attack.then:
        replies += session.call(CALL)
        judged(replies[1], attack.then, "")
    if attack.fresh:
        replies += session.call(CALL, fresh=True)
        judged(replies[2], attack.fresh, "")
    return replies


@pytest.mark.sampled(3)
def test_an_attack_is_held(attack: Any, tier: str, box: Sandbox, ground: Any, limits: Limits) -> None:
    with box.open(HONEST, limits) as session:
        assert as_text(session.call(CALL)[0]) == "Returned 7"
    before = ground.snapshot()
    with no_hang(), box.open(StudentProgram(ground.filled(attack_source(attack))), attack.limits) as session:
        outcomes = play(session, attack)
    with box.open(HONEST, limits) as session:
        assert as_text(session.call(CALL)[0]) == "Returned 7", "an honest submission after the attack"
    seen = f"{outcomes} {session.log!r}"
    assert ground.canary not in seen
    assert ground.snapshot() == before
    assert nothing_is_left(), "a process of the attack is left"


@contextmanager
def no_hang() -> Iterator[None]:
    """Fails what does not come to an end by itself."""

    def stop(*_: object) -> None:
        raise AssertionError("the attack is not ended by any limit")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(HANGS_AFTER_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def nothing_is_left() -> bool:
    """At least in the end: what was killed takes a moment to go."""
    until = time.monotonic() + HANGS_AFTER_SECONDS
    while time.monotonic() < until:
        branches, leaves = branches_and_leaves()
        if leaves <= branches:
            return True
        time.sleep(0.005)
    return False


def attack_source(attack: Any) -> str:
    """With `attempt` where it is used."""
    return f"{attack.prelude}{attack.source}" if "attempt(" in attack.source else attack.source


def test_the_corpus_is_large_and_described(corpus: list[Any]) -> None:
    assert len(corpus) >= 100
    assert duplicates(corpus) == []
    assert all(attack.about for attack in corpus)


def duplicates(corpus: list[Any]) -> list[str]:
    names = [attack.name for attack in corpus]
    return sorted({name for name in names if names.count(name) > 1})


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"def f():\n    return '\xff'\n", "line 2 is not UTF-8 (byte 0xff); save it as UTF-8"),
        ("def f(): return 1".encode("utf-16")[:-1], "line 1 is not UTF-8 (byte 0xff)"),
        ("def f(): return 1".encode("utf-16") + b"\x00\xd8", "line 1 is not UTF-8 (byte 0xff)"),
        ("def f(): return '\0'".encode("utf-16"), "line 1 holds a null byte; it is not a text file"),
        (b"#" * (2 << 20), "is larger than 1024 KiB"),
        (b"\x93NUMPY\x00", "line 1 is not UTF-8 (byte 0x93)"),
    ],
)
def test_what_is_no_text_is_refused(source: bytes, message: str, tier: str, box: Sandbox, limits: Limits) -> None:
    with box.open(StudentProgram(source), limits) as session:
        assert message in str(session.load)
        assert str(session.call(CALL)[0]) == "the program could not be loaded"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_attack(encoding: str, tier: str, box: Sandbox, limits: Limits) -> None:
    with box.open(StudentProgram("def f(): return 1".encode(encoding)), limits) as session:
        assert isinstance(session.call(CALL)[0], Returned)
