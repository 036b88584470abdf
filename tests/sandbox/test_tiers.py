"""Tiers: chosen by what works, refused with what is missing and what to do about it."""

from __future__ import annotations

import pytest

from grader.errors import HarnessError
from grader.sandbox import Batch, FunctionCall, Limits, Sandbox, StudentProgram, TimedOut, probe
from grader.sandbox.tiers import NEEDED_PROBES, PROBE_TEXTS, TIERS, Mechanism, best, check, mechanism


def all_but(*missing: str) -> list[Mechanism]:
    return [mechanism(name, name not in missing, "tried") for name in PROBE_TEXTS]


@pytest.mark.parametrize(
    ("missing", "tier"),
    [
        ((), "A"),
        (("bubblewrap",), "B"),
        (("private_user", "landlock_network", "bubblewrap"), "B"),
        (("landlock_files",), "C"),
        (("landlock_files", "bubblewrap"), "C"),
        (("system_call_filter",), "D"),
        (("process_descriptors",), "D"),
    ],
)
def test_the_tier_is_what_works(missing: tuple[str, ...], tier: str) -> None:
    assert best(all_but(*missing)).name == tier


def test_no_tier_above_the_highest_wanted() -> None:
    assert [best(all_but(), name).name for name in ("A", "B", "C", "D")] == ["A", "B", "C", "D"]


def test_everything_that_a_tier_needs_is_known_and_has_a_fix() -> None:
    assert {name for names in NEEDED_PROBES.values() for name in names} <= set(PROBE_TEXTS)
    assert all(purpose and fix for purpose, fix in PROBE_TEXTS.values())


def test_a_refusal_names_the_mechanism_and_the_fix() -> None:
    mechanisms = all_but("landlock_files")
    with pytest.raises(HarnessError) as caught:
        check(best(mechanisms), "strict", mechanisms)
    first, second, third = map(str, caught.value.problems)
    assert first == "students' code needs a sandbox of tier A or B, and only tier C works here"
    assert second.startswith("landlock files does not work (tried): use Linux 5.13 or newer with landlock")
    assert third.startswith("or ask for less: --require-sandbox degraded")


def test_less_must_be_asked_for() -> None:
    with Sandbox("strict", highest="C") as box, pytest.raises(HarnessError, match="this sandbox was limited to tier C"):
        box.open(StudentProgram(b""))
    with Sandbox("degraded", highest="C") as box:
        assert box.tier == TIERS["C"]


@pytest.mark.parametrize(("require", "highest", "name"), [("degraded", "D", "D"), ("off", "A", "off")])
def test_the_weakest_tiers_keep_time_and_separate_processes(require: str, highest: str, name: str) -> None:
    source = b"import numpy\ndef f(x): return x * 2\ndef hang():\n    while True: pass\ndef show(): print('shown')\n"
    limits = Limits(call_seconds=0.4)
    with Sandbox(require, highest=highest) as box:
        assert box.tier.name == name
        assert "nothing else is held back" in box.tier.holds
        with box.open(StudentProgram(source), limits) as session:
            replies = session.call(
                [FunctionCall("f", (1,)), FunctionCall("hang"), FunctionCall("f", (2,)), FunctionCall("show")]
            )
    assert (replies[0].value, replies[1], replies[2].value) == (2, TimedOut(0.4), 4)
    assert session.log == b"shown\n"


@pytest.mark.parametrize(
    ("require", "highest"), [("strict", "A"), ("strict", "B"), ("degraded", "C"), ("degraded", "D"), ("off", "A")]
)
def test_every_tier_gives_the_same_replies(require: str, highest: str) -> None:
    source = b"""
import time
from fractions import Fraction
class Cache: pass
def f(x):
    if x == 1: time.sleep(60)
    if x == 2: raise UnicodeError("no")
    return Fraction(x, 2), Cache()
"""
    calls = [FunctionCall("f", (x,), parts=((0, None),), whole=False) for x in range(5)]
    with (
        Sandbox(require, highest=highest) as box,
        box.open(StudentProgram(source), Limits(call_seconds=0.5)) as session,
    ):
        first, slow, refused, third, fourth = session.call(calls)
        (seen,) = session.observe(Batch(calls[3:4]))
    assert [repr(reply.value) for reply in (first, third, fourth)] == ["(0, …)", "(1.5, …)", "(2, …)"]
    assert slow == TimedOut(0.5)
    assert refused.is_a("ValueError")
    assert (repr(seen.value), seen.unchanged) == ("(1.5, …)", True)


def test_where_a_program_may_fork_its_processes_draw_numbers_of_their_own_and_end() -> None:
    """What `random` and `threading` do in a forked process is left out only where no program can fork."""
    source = b"""
import multiprocessing, os, random, threading
def drawn():
    ours, theirs = os.pipe()
    pid = os.fork()
    if not pid:
        os.write(theirs, repr(random.random()).encode())
        os._exit(0)
    os.waitpid(pid, 0)
    return os.read(ours, 100).decode()
def differ(): return drawn() != drawn()
def ended():
    codes = []
    def start():
        process = multiprocessing.get_context("fork").Process(target=int)
        process.start()
        process.join(20)
        codes.append(process.exitcode)
        process.kill()
    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    return codes
"""
    limits = Limits(call_seconds=30, run_seconds=60)
    with Sandbox("off") as box, box.open(StudentProgram(source), limits) as session:
        differ, ended = session.call([FunctionCall("differ"), FunctionCall("ended")])
    assert (differ.value, ended.value) == (True, [0])


def test_the_probe_tries_everything_and_agrees_with_the_sandbox(box: Sandbox) -> None:
    found = probe()
    assert [mechanism.name for mechanism in found.mechanisms] == list(PROBE_TEXTS)
    assert found.tier == box.tier
    assert all(mechanism.fix for mechanism in found.missing)
    assert not any(mechanism.fix for mechanism in found.mechanisms if mechanism.works)


def test_a_package_that_is_not_installed_is_named() -> None:
    with (
        Sandbox(packages=("numpy", "nonesuch")) as box,
        pytest.raises(HarnessError, match=r"'nonesuch', which .* pip install"),
    ):
        box.open(StudentProgram(b""))


def test_a_bubblewrap_that_does_not_work_here_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name, **_options: "/bin/false")
    with Sandbox() as box:
        assert box.tier.name == "B"
