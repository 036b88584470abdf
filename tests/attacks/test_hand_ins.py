"""Every hostile hand-in, graded through the API on every tier: its marks, what it shows, what it leaves, its neighbour."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

import grader
from grader.api import GradableAssignment
from grader.errors import SpecError, SubmissionError
from grader.export.student import write_bundle
from grader.kinds.fingerprint import stamped
from grader.kinds.function.code_runner import RunnerPool
from grader.reports import json as as_json
from grader.sandbox import Sandbox

from ..sealing import cheap_seals
from . import findings
from .hand_in import LINUX, NO_CODE, TIERS, HostileSubmission, read_hand_ins
from .surroundings import SharedSurroundings, Surroundings
from .tally import TALLY, Fault
from .test_attacks import nothing_is_left

CORPUS = read_hand_ins()
pytestmark = LINUX


def usual_tier(hand_in: HostileSubmission) -> str:
    """The tier that a hand-in is always tried on, by its name; `pytest -m slow` tries the others as well."""
    return hand_in.tried_on[crc32(hand_in.id.encode()) % len(hand_in.tried_on)]


CASES = [
    pytest.param(one, tier, id=f"{one.id}-{tier}", marks=[] if tier == usual_tier(one) else [pytest.mark.slow])
    for one in CORPUS
    for tier in one.tried_on
]


@pytest.fixture
def use_tier(boxes: dict[str, Sandbox], monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """From then on code runs on that tier; the test is skipped where the machine does not have it."""

    def use(tier: str) -> None:
        if tier == NO_CODE:
            return
        if boxes[tier].tier.name != tier:
            pytest.skip(f"tier {tier} does not work on this machine")
        made = RunnerPool("degraded")
        made._sandbox = boxes[tier]
        monkeypatch.setattr("grader.kinds.function.submitted.runner_pool", lambda run, require, packages: made)

    return use


@cache
def loaded(spec: Path) -> GradableAssignment:
    """The assignment of a course, which all attacks and neighbours share: what one of them changes in it, others show."""
    return grader.load(str(spec))


def graded(spec: Path, folder: Path) -> str:
    """The report as JSON; what cannot be used at all is a report without marks."""
    try:
        assignment = grader.load(str(spec)) if "copy" in spec.parts else loaded(spec)
        return as_json.render(stamped(assignment.grade(folder), assignment))
    except SubmissionError as error:
        return json.dumps({"questions": [], "messages": [str(problem) for problem in error.problems]})


@pytest.fixture(scope="module")
def honest_reports() -> dict[tuple[Path, str], str]:
    """What a neighbour's report is where no attacker is near, by spec and tier."""
    return {}


def attacked(
    hand_in: HostileSubmission, tier: str, spec: Path, folder: Path, surroundings: Surroundings
) -> Iterator[Fault]:
    try:
        with findings.bounded():
            text = graded(spec, folder)
    except findings.HangError:
        yield Fault("hangs", f"not graded after {findings.MAX_SECONDS} s")
        return
    except SpecError:
        raise
    except Exception as error:
        yield Fault("lost results", f"{type(error).__name__}: {error}")
        return
    yield from findings.in_report(hand_in, json.loads(text), tier)
    yield from findings.in_text(hand_in, surroundings, text)
    yield from findings.in_saying(hand_in, json.dumps(json.loads(text), ensure_ascii=False))
    yield from findings.in_length(text)


def harmed(hand_in: HostileSubmission, spec: Path, folder: Path, alone: str) -> Iterator[Fault]:
    """The neighbour, graded after the attacker, against the report of a neighbour who is alone."""
    try:
        with findings.bounded():
            text = graded(spec, folder)
    except findings.HangError:
        yield Fault("neighbours harmed", "the neighbour is not graded")
        return
    if hand_in.links_a_neighbour:  # both reports say that the file is shared, and no more
        text, alone = (json.dumps({**json.loads(one), "messages": []}) for one in (text, alone))
    if text != alone:
        yield Fault("neighbours harmed", f"another report: {text[:300]}")


def alone(reports: dict[tuple[Path, str], str], hand_in: HostileSubmission, tier: str, spec: Path, folder: Path) -> str:
    """The neighbour's report before any attack of that assignment; it has full marks, but for what a reader marks."""
    key = spec, tier if hand_in.has_code else NO_CODE
    if key not in reports:
        reports[key] = graded(spec, folder)
        read: dict[str, Any] = json.loads(reports[key])
        assert 0 < read["max_points"] == read["points"] + read["pending_points"], reports[key]
        assert not any(question["status"] == "held" for question in read["questions"])
    return reports[key]


def spec_for(hand_in: HostileSubmission, surroundings: Surroundings) -> Iterator[Path | Fault]:
    """The course's spec, or that of the student's copy with what is wrong with it."""
    if not hand_in.copy:
        yield surroundings.spec(hand_in)
        return
    bundle = surroundings.folder / "copy"
    write_bundle(loaded(surroundings.spec(hand_in)), bundle)
    written = "".join(path.read_text(encoding="utf-8") for path in bundle.rglob("*.yaml"))
    yield from findings.in_text(HostileSubmission("", "", "", ""), surroundings, written)
    yield bundle / "specs" / hand_in.assignment


@pytest.fixture(autouse=True, scope="module")
def _cheap_copies() -> Iterator[None]:
    with cheap_seals():
        yield


@pytest.mark.parametrize(("hand_in", "on"), CASES)
@pytest.mark.sampled(6)
def test_a_hand_in_earns_what_it_should_and_harms_nobody(
    hand_in: HostileSubmission,
    on: str,
    shared_surroundings: SharedSurroundings,
    monkeypatch: pytest.MonkeyPatch,
    use_tier: Callable[[str], None],
    honest_reports: dict[tuple[Path, str], str],
) -> None:
    use_tier(on)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # whatever changes in the course is a fault
    surroundings = shared_surroundings.ready()
    neighbour = surroundings.place_neighbour(hand_in.assignment, "zoe")
    alone_report = alone(honest_reports, hand_in, on, surroundings.spec(hand_in), neighbour)
    folder = surroundings.place(hand_in)
    *faults, spec = spec_for(hand_in, surroundings)
    assert isinstance(spec, Path)
    before = surroundings.snapshot()
    found: list[Any] = [*faults, *attacked(hand_in, on, spec, folder, surroundings)]
    found += harmed(hand_in, surroundings.spec(hand_in), neighbour, alone_report)
    found += findings.in_surroundings(surroundings, before)
    if not nothing_is_left():
        found.append(Fault("other harm", "a process of the attack is left"))
    TALLY.add(hand_in.kind, found)
    assert not found, f"{hand_in.about}\n" + "\n".join(map(str, found))


def test_the_corpus_is_large_and_each_attack_says_what_it_tries() -> None:
    assert len(CORPUS) >= 150
    assert len({one.about for one in CORPUS}) == len(CORPUS)
    assert all(one.about.endswith(".") for one in CORPUS)
    assert {usual_tier(one) for one in CORPUS if one.has_code} == set(TIERS)


def test_what_is_lost_is_counted_once_for_each_attack() -> None:
    """The table at the end can show harm: it is no list of zeros that were written down."""
    from .tally import Tally

    tally = Tally()
    tally.add("a kind", [Fault("leaks", "one"), Fault("leaks", "two"), Fault("hangs", "three")])
    tally.add("a kind", [])
    assert [row.split() for row in tally.table()[1:]] == [
        ["a", "kind", "2", "0", "1", "1", "0", "0", "0"],
        ["all", "2", "0", "1", "1", "0", "0", "0"],
    ]
