"""`grader doctor`: what the machine offers, tried out, and what to do about the rest."""

import sys

import pytest

from grader.cli import main
from grader.doctor import DOCTOR_COLUMNS, render
from grader.sandbox import Mechanism, Probe
from grader.sandbox.tiers import TIERS

from .conftest import POOL


@pytest.fixture
def doctor(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["grader", "doctor"])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 0
    return capsys.readouterr().out


def test_the_tier_is_the_one_that_code_runs_in(doctor):
    assert f"tier {POOL.tier.partition(chr(59))[0]}" in " ".join(doctor.split())


def test_each_mechanism_has_a_line_and_what_is_missing_a_fix(doctor):
    lines = doctor.splitlines()
    marks = [line[:4] for line in lines if line[:4] in ("ok  ", "no  ")]
    assert len(marks) >= 8
    assert marks.count("no  ") == sum("to have it:" in line for line in lines)
    assert max(map(len, lines)) <= DOCTOR_COLUMNS


def test_what_is_missing_is_said_with_its_fix():
    works = Mechanism("landlock_files", "only the interpreter's files can be read", True, "ABI 7")
    missing = Mechanism("bubblewrap", "a world without other files", False, "bwrap is not installed", "install it")
    assert render(Probe(TIERS["B"], (works, missing))).splitlines()[:4] == [
        "ok  landlock files: only the interpreter's files can be read (ABI 7)",
        "no  bubblewrap: a world without other files (bwrap is not installed)",
        "      to have it: install it",
        "",
    ]
