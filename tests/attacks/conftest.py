"""The corpus of hostile and accidental submissions: `corpus/*.txt`, one part an attack.

A part begins with `--- name`. Then come fields, one a line:
- `about:` what it does;
- `expect:` alternatives with `|`: `Kind`, `Returned value` or `load Kind`;
- `message:` a pattern for whatever is not returned;
- `then:` and `fresh:` what a second call gets, in the same child and in a new one;
- `held by:` `files` (tiers A and B), `filter` (C too), else every tier.
The rest is the source, which may use `attempt` and `@NAMES@` (see `Ground.filled`).
"""

from __future__ import annotations

import os
import secrets
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

import pytest

import grader.sandbox
from grader.sandbox import Limits, Sandbox

from .surroundings import SharedSurroundings, Surroundings, new_surroundings
from .tally import TALLY

CORPUS = Path(__file__).parent / "corpus"
LIMITS = Limits(call_seconds=0.5, load_seconds=1.0, run_seconds=3.0, memory=512 << 20)
SHORT_LIMITS = replace(LIMITS, call_seconds=0.2)
"""For an attack whose first call must run out of time; no right answer has to come within them."""
TIERS = ("A", "B", "C", "off")
HELD_AT = {"process": "ABC-", "filter": "ABC", "files": "AB"}
ATTEMPT = '''
def attempt(action, *arguments):
    """The name of the exception that `action` raises, or `got` and what it returned."""
    try:
        return "got " + repr(action(*arguments))[:200]
    except BaseException as error:
        return type(error).__name__
'''


@dataclass(frozen=True)
class Attack:
    name: str
    about: str
    expect: str
    source: str
    message: str = ""
    then: str = ""
    fresh: str = ""
    held_by: str = "process"
    prelude: str = ATTEMPT

    @property
    def limits(self) -> Limits:
        """What it is run under."""
        return SHORT_LIMITS if self.expect in ("TimedOut", "TimedOut|Protocol") else LIMITS


def read_corpus() -> list[Attack]:
    parts = [part for file in sorted(CORPUS.glob("*.txt")) for part in file.read_text("utf-8").split("--- ")[1:]]
    return [read_attack(part) for part in parts]


def read_attack(part: str) -> Attack:
    name, *lines = part.splitlines()
    fields: dict[str, str] = {}
    known = {"about", "expect", "message", "then", "fresh", "held by"}
    while lines and lines[0].partition(":")[0] in known:
        key, _, value = lines.pop(0).partition(":")
        fields[key.replace(" ", "_")] = value.strip()
    return Attack(name, source="\n".join(lines), **fields)


@dataclass(frozen=True)
class Ground:
    """What surrounds an attack: a folder with a reference, a spec and another student, a server, secrets in each."""

    folder: Path
    port: int
    canary: str
    mark: str

    def filled(self, source: str) -> bytes:
        values = {
            "FOLDER": str(self.folder),
            "MARK": self.mark,
            "GRADER": str(os.getpid()),
            "PORT": str(self.port),
            "SANDBOX": str(Path(grader.sandbox.__file__).parent),
            "NULL": "\0",
            "BRACKETS": "[" * 100_000,
        }
        for name, value in values.items():
            source = source.replace(f"@{name}@", value)
        return source.encode()

    def snapshot(self) -> dict[str, tuple[int, int, int, bytes]]:
        """Everything in the folder, and whatever carries the mark elsewhere."""
        found = {}
        for path in sorted(self.folder.rglob("*")):
            status = path.stat()
            content = path.read_bytes() if path.is_file() else b""
            found[str(path)] = (status.st_mode, status.st_size, status.st_mtime_ns, content)
        for folder in ("/tmp", "/var/tmp", "/dev/shm", "/", ".", "/run", "/etc"):
            if (path := Path(folder, self.mark)).exists():
                found[str(path)] = (0, 0, 0, b"")
        return found


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    folder = tmp_path_factory.mktemp("course")
    canary = f"CANARY-{secrets.token_hex(12)}"
    for name in ("reference.py", "specs/q1.yaml", "bob/solution.py"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"SECRET = {canary!r}\n")
    folder.chmod(0o755)  # as a course's folder is: only the sandbox keeps submissions out
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADER_CANARY", canary)
        yield Ground(folder, server.getsockname()[1], canary, f"mark-{secrets.token_hex(8)}")


@pytest.fixture
def make_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Surroundings]:
    """A course of its own for each attack; nothing is compiled into it, so whatever changes there is a fault."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return lambda: new_surroundings(tmp_path / "surroundings", f"CANARY-{secrets.token_hex(12)}")


@pytest.fixture(scope="module")
def shared_surroundings(tmp_path_factory: pytest.TempPathFactory) -> SharedSurroundings:
    """One course for many attacks, as long as none of them leaves anything in it."""
    return SharedSurroundings(
        lambda: new_surroundings(tmp_path_factory.mktemp("shared") / "surroundings", f"CANARY-{secrets.token_hex(12)}")
    )


@pytest.fixture
def limits() -> Limits:
    return LIMITS


@pytest.fixture
def corpus() -> list[Attack]:
    return read_corpus()


@pytest.fixture(scope="session")
def boxes() -> Iterator[dict[str, Sandbox]]:
    opened = {
        "A": Sandbox("degraded"),
        "B": Sandbox("degraded", highest="B"),
        "C": Sandbox("degraded", highest="C"),
        "off": Sandbox("off"),
    }
    yield opened
    for box in opened.values():
        box.close()


@pytest.fixture
def box(tier: str, boxes: dict[str, Sandbox]) -> Sandbox:
    found = boxes[tier].tier.name
    if found != tier:
        pytest.skip(f"tier {tier} does not work on this machine")
    return boxes[tier]


def slow_on(number: int, name: str) -> list[pytest.MarkDecorator]:
    """The usual tests try each attack on two tiers, `pytest -m slow` on all."""
    return [pytest.mark.slow] if (number + crc32(name.encode())) % 2 else []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "attack" in metafunc.fixturenames:
        cases = [
            pytest.param(tier, attack, id=f"{tier}-{attack.name}", marks=slow_on(number, attack.name))
            for number, tier in enumerate(TIERS)
            for attack in read_corpus()
            if tier in getattr(metafunc.module, "TRIED_TIERS", TIERS)
            and tier.replace("off", "-") in HELD_AT[attack.held_by]
        ]
        metafunc.parametrize(("tier", "attack"), cases)
    elif "tier" in metafunc.fixturenames:
        metafunc.parametrize("tier", TIERS)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The table of hostile hand-ins: each kind, how often it was tried, and what came of it."""
    if TALLY.tried:
        terminalreporter.section("hostile hand-ins")
        for row in TALLY.table():
            terminalreporter.write_line(row)
